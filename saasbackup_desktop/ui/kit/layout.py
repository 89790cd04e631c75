"""Rows, columns, cards and pages."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE

Piece = QWidget | QLayout | int | None
"""A widget, a layout, a distance in pixels, or None for a stretch."""


def _fill(box: QBoxLayout, pieces: tuple[Piece, ...]) -> None:
    for piece in pieces:
        if piece is None:
            box.addStretch(1)
        elif isinstance(piece, int):
            box.addSpacing(piece)
        elif isinstance(piece, QWidget):
            box.addWidget(piece)
        else:
            box.addLayout(piece)


def row(*pieces: Piece, spacing: int = SPACE.small, margins: int = 0) -> QHBoxLayout:
    """Lay pieces side by side."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(margins, margins, margins, margins)
    _fill(made, pieces)
    return made


def column(*pieces: Piece, spacing: int = SPACE.small, margins: int = 0) -> QVBoxLayout:
    """Lay pieces one below the other."""
    made = QVBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(margins, margins, margins, margins)
    _fill(made, pieces)
    return made


def abreast(*fields: QWidget) -> QWidget:
    """Lay fields side by side, each as wide as the others."""
    whole = QWidget()
    line = row(*fields, spacing=SPACE.medium)
    for place in range(len(fields)):
        line.setStretch(place, 1)
    whole.setLayout(line)
    return whole


class Card(QFrame):
    """A raised surface that holds one thing."""

    def __init__(self, *pieces: Piece, spacing: int = SPACE.medium, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.body = column(*pieces, spacing=spacing, margins=SPACE.large)
        self.setLayout(self.body)


def in_reading_order(root: QWidget) -> list[QWidget]:
    """Everything that the tab key stops at, in the order of the layouts: from the left and from the top."""
    found = [root] if root.focusPolicy() & Qt.FocusPolicy.TabFocus else []
    if isinstance(root, QScrollArea):
        inside: QWidget | None = root.widget()
        return found + (in_reading_order(inside) if inside is not None else [])
    return found + _stops(root.layout())


def _stops(layout: QLayout | None) -> list[QWidget]:
    found: list[QWidget] = []
    for place in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(place) if layout is not None else None
        if item is not None and (widget := item.widget()) is not None:
            found += in_reading_order(widget)
        elif item is not None:
            found += _stops(item.layout())
    return found


def tab_as_read(root: QWidget, known: list[QWidget]) -> list[QWidget]:
    """Let the tab key go as the eye reads; ``known`` is what this gave before, so that nothing is done twice."""
    order = in_reading_order(root)
    if order != known:
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
    return order


def rule() -> QFrame:
    """Draw a thin line."""
    made = QFrame()
    made.setObjectName("rule")
    return made


def scroll(inside: QWidget) -> QScrollArea:
    """Let a tall widget scroll."""
    area = QScrollArea()
    dress_scroll(area, inside)
    return area


def dress_scroll(area: QScrollArea, inside: QWidget) -> None:
    """Put a tall widget into an area without a frame of its own."""
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inside.setObjectName(inside.objectName() or "pageBody")
    area.setWidget(inside)


class Grid(QLayout):
    """Equal columns that wrap: as many as fit, each ``least`` wide or more; ``fills``: few share all the width."""

    def __init__(
        self, least: int, spacing: int = SPACE.large, parent: QWidget | None = None, *, fills: bool = False
    ) -> None:
        super().__init__(parent)
        self._least, self._fills = scaled(least), fills
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Grow in width only."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Narrow is tall."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Say how tall it is."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """Ask for one column."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Ask for one column."""
        return QSize(self._least, max((i.minimumSize().height() for i in self._items), default=0))

    def setGeometry(self, rectangle: QRect) -> None:
        """Put all of them in their places."""
        super().setGeometry(rectangle)
        self._place(rectangle, move=True)

    def _place(self, area: QRect, *, move: bool) -> int:
        margins: QMargins = self.contentsMargins()
        area = area.marginsRemoved(margins)
        gap = self.spacing()
        shown = [item for item in self._items if (widget := item.widget()) is None or not widget.isHidden()]
        columns = max(1, (area.width() + gap) // (self._least + gap))
        if self._fills:
            columns = min(columns, max(1, len(shown)))
        width = (area.width() - gap * (columns - 1)) // columns
        top = area.top()
        for start in range(0, len(shown), columns):
            line = shown[start : start + columns]
            height = max((i.heightForWidth(width) if i.hasHeightForWidth() else i.sizeHint().height()) for i in line)
            if move:
                for place, item in enumerate(line):
                    item.setGeometry(QRect(QPoint(area.left() + place * (width + gap), top), QSize(width, height)))
            top += height + gap
        return max(0, top - gap - area.top()) + margins.top() + margins.bottom()


class Abreast(QWidget):
    """Two rows side by side where there is room for both, one below the other elsewhere."""

    def __init__(self, first: QLayout, second: QLayout, *, spacing: int = SPACE.small) -> None:
        super().__init__()
        self._parts = (first, second)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(spacing)
        self._box.addLayout(first, 1)
        self._box.addLayout(second)
        # Its width is given to it: if it asked for room, it could never become narrow again.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def is_beside(self) -> bool:
        """Whether both stand in one line."""
        return self._box.direction() == QBoxLayout.Direction.LeftToRight

    def event(self, event: QEvent) -> bool:
        """Turn when there is more or less room, or more or less to show."""
        done = super().event(event)
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._turn()
        return done

    def _turn(self) -> None:
        needed = sum(part.sizeHint().width() for part in self._parts) + self._box.spacing()
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if self.width() >= needed else ways.TopToBottom
        if way != self._box.direction():
            self._box.setDirection(way)
            self.updateGeometry()


class Leaves(QStackedWidget):
    """Widgets of which one is seen, and which is as tall as that one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def sizeHint(self) -> QSize:
        """As the widget that is seen."""
        shown = self.currentWidget()
        return self._tall_enough(shown.sizeHint()) if shown is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As the widget that is seen."""
        shown = self.currentWidget()
        return self._tall_enough(shown.minimumSizeHint()) if shown is not None else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """Answer no: Qt would ask the widgets that are not seen as well."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Text that wraps otherwise is taller or lower."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _tall_enough(self, hint: QSize) -> QSize:
        shown = self.currentWidget()
        if shown is not None and shown.hasHeightForWidth() and self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            return QSize(hint.width(), shown.heightForWidth(self.width()))
        return hint


def take_out(layout: QLayout) -> None:
    """Take everything out of a layout, and out of the layouts in it. The widgets themselves stay."""
    while (item := layout.takeAt(0)) is not None:
        if (inner := item.layout()) is not None:
            take_out(inner)
