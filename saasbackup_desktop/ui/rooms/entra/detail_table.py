"""The parts of one object in a table: old and new side by side, the words that differ marked."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QResizeEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QHeaderView, QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from saasbackup_desktop.app.words.entra.values import Span
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, number, plain, say
from saasbackup_desktop.ui.kit.theme import scaled, tokens
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.details import MARKS, DetailRow, DetailSheet, Shape

_NARROWEST = 84
"""Pixels that a column has at least."""
_LINES = 12
"""Lines of a value that are shown; Enter shows all of them."""
_CHARACTERS = 1500
_KEPT = 1000
"""Texts that stay laid out."""
_TALL = 300
"""Rows of values that are as tall as their words; of an object with more, the others show their first line."""
Index = QModelIndex | QPersistentModelIndex


class Words(QStyledItemDelegate):
    """Paints words that wrap, with marks behind those that differ."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._made: dict[tuple[object, ...], QTextLayout] = {}
        self.least = 0
        """Pixels that a row of one line has."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a value."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, marks = str(index.data() or ""), index.data(MARKS) or ()
        shown.text = ""
        style = shown.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        if not text:
            return
        colours = tokens()
        ground = colours.bad_ground if index.column() == 1 else colours.good_ground
        ink = colours.bad if index.column() == 1 else colours.good
        place: QRect = option.rect.adjusted(SPACE.small, 0, -SPACE.small, 0)
        made = self._laid(text, tuple(marks), place.width(), option.font, ground, ink)
        above = max(0.0, (self.least - made.lineAt(0).height()) / 2)
        painter.save()
        painter.setClipRect(option.rect)
        painter.setPen(QColor(colours.muted if text == "–" else colours.text))
        made.draw(painter, QPointF(place.left(), place.top() + above))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As tall as the words need."""
        return QSize(scaled(80), self.height_of(str(index.data() or ""), option.rect.width(), option.font))

    def height_of(self, text: str, width: int, face: QFont) -> int:
        """Pixels that words need in a column of some width."""
        made = self._laid(text, (), max(24, width - 2 * SPACE.small), face, "", "")
        return round(made.boundingRect().height() - made.lineAt(0).height()) + self.least

    def _laid(self, text: str, marks: tuple[Span, ...], width: int, face: QFont, ground: str, ink: str) -> QTextLayout:
        key = (text, marks, width, face.key(), ground)
        if key not in self._made:
            if len(self._made) > _KEPT:
                self._made.clear()
            self._made[key] = _laid(text, marks, width, face, ground, ink)
        return self._made[key]


def _cut(text: str) -> str:
    lines = text[:_CHARACTERS].split("\n")
    whole = text.count("\n") + 1
    if len(lines) <= _LINES and len(text) <= _CHARACTERS:
        return text
    rest = whole - min(len(lines), _LINES)
    more = say("… %1 more lines: Enter shows them").replace("%1", number(rest)) if rest else say("… Enter shows more")
    return "\n".join([*lines[:_LINES], more])


def _laid(text: str, marks: tuple[Span, ...], width: int, face: QFont, ground: str, ink: str) -> QTextLayout:
    shown = _cut(text)
    made = QTextLayout(shown.replace("\n", "\N{LINE SEPARATOR}"), face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    made.setTextOption(option)
    formats = []
    for start, end in marks:
        if start >= len(shown):
            break
        one = QTextLayout.FormatRange()
        one.start, one.length = start, min(end, len(shown)) - start
        dressed = QTextCharFormat()
        dressed.setBackground(QColor(ground))
        dressed.setForeground(QColor(ink))
        dressed.setFontUnderline(True)  # colour alone would not tell everybody
        one.format = dressed
        formats.append(one)
    made.setFormats(formats)
    made.beginLayout()
    top = 0.0
    while (line := made.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += line.height()
    made.endLayout()
    return made


class DetailTable(Table):
    """Space ticks, Enter unfolds a heading or shows a value whole, Left and Right fold and unfold."""

    whole_wanted = Signal(object)

    def __init__(self, name: str, sheet: DetailSheet, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.sheet = sheet
        self.setModel(sheet)
        self._words = Words(self)
        self._words.least = self.verticalHeader().defaultSectionSize()
        self._tall: list[int] = []
        self._shares = (0.4, 0.3, 0.3)
        self.setItemDelegateForColumn(1, self._words)
        self.setItemDelegateForColumn(2, self._words)
        self.setProperty("flush", True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._measure)
        sheet.modelReset.connect(self._renewed)
        self.horizontalHeader().sectionResized.connect(lambda *_: self._soon.start(0))
        self.opened.connect(self._open)
        self.clicked.connect(self._clicked)

    def share(self, *shares: float) -> None:
        """Give each column its part of the width."""
        self._shares = (shares[0], shares[1], shares[2])
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width anew."""
        super().resizeEvent(event)
        self._divide()

    def _divide(self) -> None:
        wide = self.viewport().width()
        for place, part in enumerate(self._shares):
            if part:
                self.setColumnWidth(place, max(scaled(_NARROWEST), int(wide * part)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick, fold, or go on as in any table."""
        place = self.currentIndex().row()
        if place >= 0:
            found = self.sheet.rows[place]
            if event.key() == Qt.Key.Key_Space:
                self.tick()
                return
            folds = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}
            if found.shape is Shape.SECTION and event.key() in folds:
                if self.sheet.is_folded(place) == folds[Qt.Key(event.key())]:
                    self._fold(place)
                return
        super().keyPressEvent(event)

    def tick(self) -> None:
        """Tick or untick what is selected."""
        for place in self.picked():
            index = self.sheet.index(place, 0)
            if self.sheet.rows[place].keys:
                self.sheet.setData(index, None, Qt.ItemDataRole.CheckStateRole)

    def _open(self, index: Index) -> None:
        found = self.sheet.rows[index.row()]
        if found.shape is Shape.SECTION:
            self._fold(index.row())
        elif found.shape is Shape.VALUE:
            self.whole_wanted.emit(found)

    def _clicked(self, index: Index) -> None:
        found = self.sheet.rows[index.row()]
        if found.shape is Shape.SECTION and (index.column() or not found.keys):
            self._fold(index.row())

    def _fold(self, place: int) -> None:
        self.sheet.fold(place)
        self.go_to(place)

    def _renewed(self) -> None:
        self.clearSpans()
        for place, found in enumerate(self.sheet.rows):
            if found.shape is Shape.SECTION:
                self.setSpan(place, 0, 1, 3)
        self._measure()

    def _measure(self) -> None:
        """Make rows as tall as their words."""
        rows = self.verticalHeader()
        least = rows.defaultSectionSize()
        columns = [one for one in (1, 2) if not self.isColumnHidden(one)]
        measured = 0
        for place in self._tall:
            if place < rows.count():
                rows.resizeSection(place, least)
        self._tall = []
        for place, found in enumerate(self.sheet.rows):
            if found.shape is not Shape.VALUE:
                continue
            tall = least
            if measured < _TALL:
                measured += 1
                texts = {1: found.old, 2: found.new}
                tall = max(
                    least,
                    *(self._words.height_of(plain(texts[one]), self.columnWidth(one), self.font()) for one in columns),
                )
            if tall != least:
                rows.resizeSection(place, tall)
                self._tall.append(place)


async def show_whole(parent: QWidget, found: DetailRow, old: str, new: str) -> None:
    """Show a value whole; of two, side by side."""
    sheet = Sheet(found.title, found.hint, parent, width=760 if new else 560)
    panes = []
    for heading, text in ((old, found.old), (new, found.new)):
        if not heading:
            continue
        pane = QPlainTextEdit(plain(text))
        pane.setReadOnly(True)
        pane.setTabChangesFocus(True)
        pane.setAccessibleName(heading)
        pane.setMinimumHeight(scaled(280))
        panes.append(column(Text(heading, "strong"), pane))
    sheet.fill(row(*panes, spacing=SPACE.medium))
    sheet.offer(Button(say("Close"), "primary", pressed=sheet.accept))
    await sheet.answer()
