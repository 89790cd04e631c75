"""Dialogs that are awaited and never run a loop of their own."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import Piece, column, dress_scroll, row, scroll
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tasks import Tasks, Work, alive
from saasbackup_desktop.ui.kit.text import ElidedText, Text, plain
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE

_FRAME = 40
"""Pixels that the desktop's own frame and title of a dialog may take."""
_TITLE = 680
"""Pixels that a title may ask for."""
_UNBOUND = (1 << 24) - 1
"""The most pixels that Qt lets a widget have."""


class _Yielding(QScrollArea):
    """As tall as what is in it, up to ``most`` pixels: only then it scrolls."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        dress_scroll(self, inside)
        self.most = _UNBOUND
        self._inside = inside
        self._needed = QSize()

    def sizeHint(self) -> QSize:
        """Ask for what the inside asks for."""
        return self._bound(self._inside.sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Ask for what the inside needs."""
        return self._bound(self._inside.minimumSizeHint())

    def event(self, event: QEvent) -> bool:
        """Let the dialog know that the inside needs more or less room."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and (needed := self.minimumSizeHint()) != self._needed:
            self._needed = needed
            self.updateGeometry()
        return done

    def _bound(self, wanted: QSize) -> QSize:
        return QSize(wanted.width(), min(wanted.height(), self.most))


class Sheet(QDialog):
    """A dialog with a title, a body and buttons. ``answer`` opens it and waits.

    ``scrolls``: the body can become taller than the screen; where it can, moving it later would take long.
    """

    def __init__(
        self,
        title: str,
        lead: str = "",
        parent: QWidget | None = None,
        *,
        width: int = 520,
        scrolls: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(plain(title))
        self.setMinimumWidth(scaled(width))
        self.banner = Banner()
        self.tasks = Tasks(self, self.failed)
        self.body = column(spacing=SPACE.medium)
        self.buttons = row(None)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.large)
        outer.setSpacing(SPACE.large)
        self.title = ElidedText(title, "heading", snug=True)
        self.title.setMaximumWidth(max(scaled(width), scaled(_TITLE)))
        self.lead = Text(lead, "muted", wrap=True)
        outer.addLayout(column(self.title, self.lead, spacing=SPACE.hair))
        self.lead.setVisible(bool(lead))  # not before it has a place: alone it would be a window
        outer.addWidget(self.banner)
        self._area: _Yielding | None = None
        if scrolls:
            inside = QWidget()
            inside.setLayout(self.body)
            self._area = _Yielding(inside)
            outer.addWidget(self._area, 1)
        else:
            outer.addLayout(self.body, 1)
        outer.addLayout(self.buttons)
        self._outer = outer
        self._is_scrolled = scrolls
        self._reason: Text | None = None

    def fill(self, *pieces: Piece) -> None:
        """Put pieces into the body."""
        self.body.addLayout(column(*pieces, spacing=SPACE.medium))

    def offer(self, *buttons: Button) -> None:
        """Put buttons at the foot, the one that goes on last."""
        for button in buttons:
            self.buttons.addWidget(button)

    def explain(self, button: Button, words: str) -> None:
        """Say beside the buttons why one of them cannot be pressed; empty words take it back."""
        if self._reason is None:
            if not words:
                return
            self._reason = Text("", "caption", wrap=True)
            self.buttons.insertWidget(0, self._reason, 1)
            self.buttons.setStretch(1, 0)
        if self._reason.text() != words:
            self._reason.setText(words)
        button.setAccessibleDescription(words)

    def cancel_button(self, text: str = "") -> Button:
        """Make the button that leaves without doing anything."""
        return Button(text or self.tr("Cancel"), pressed=self.reject)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the buttons on the screen: what is too tall for it scrolls."""
        self._fit(self.screen().availableGeometry().height() - _FRAME)
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        """Look again when something in it has grown: only now it is known by how much."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return done

    def hug(self) -> None:
        """Be as tall as the words need at this width, and no taller; once it is shown."""
        self._outer.activate()
        if not self._is_scrolled and (needed := self._outer.totalHeightForWidth(self.width())) > 0:
            self.setMinimumHeight(needed)  # else the least is what the words would need where they are narrow
            self.resize(self.width(), needed)

    def adjustSize(self) -> None:
        """Be as tall as needed, and no taller than the screen."""
        if not self._is_scrolled:
            super().adjustSize()
        self._fit(self.screen().availableGeometry().height() - _FRAME)

    def fit(self) -> None:
        """Keep the buttons on the screen after something has grown."""
        if self.isVisible():
            self._fit(self.screen().availableGeometry().height() - _FRAME)

    def _fit(self, tallest: int) -> None:
        self._outer.activate()
        if self._area is not None:
            most = max(scaled(120), tallest - self._around())
            if most != self._area.most:
                self._area.most = most
                self._area.updateGeometry()
                self._outer.activate()
        if self._is_scrolled or self._outer.totalMinimumSize().height() <= tallest:
            return
        self._is_scrolled = True
        focus = self.focusWidget()
        place = self._outer.indexOf(self.body)
        self._outer.removeItem(self.body)
        self.body.setParent(None)
        inside = QWidget()
        inside.setLayout(self.body)
        area = scroll(inside)
        area.setMinimumSize(self.body.totalMinimumSize().width(), scaled(120))
        self._outer.insertWidget(place, area, 1)
        self._outer.activate()
        self.resize(self.width(), tallest)
        if focus is not None:
            focus.setFocus()

    def _around(self) -> int:
        """Pixels above, between and below the body and the other pieces."""
        pieces = [item for n in range(self._outer.count()) if (item := self._outer.itemAt(n)) and not item.isEmpty()]
        margins = self._outer.contentsMargins()
        gaps = self._outer.spacing() * (len(pieces) - 1) + margins.top() + margins.bottom()
        return gaps + sum(item.minimumSize().height() for item in pieces if item.widget() is not self._area)

    @property
    def must_stay(self) -> bool:
        """Closing it unasked would lose something that cannot be had again."""
        return False

    def run(self, work: Work, *, busy: QWidget | None = None, only: str = "") -> None:
        """Start work that ends with the dialog."""
        self.tasks.start(work, busy=busy, only=only)

    def failed(self, fault: Fault) -> None:
        """Say what went wrong on top of the dialog."""
        self.banner.fault(fault)

    async def answer(self) -> bool:
        """Open it, wait until it is closed, and tell whether it was accepted."""
        waiting: asyncio.Future[bool] = asyncio.get_event_loop().create_future()

        def closed(result: int) -> None:
            if not waiting.done():
                waiting.set_result(result == QDialog.DialogCode.Accepted)

        self.finished.connect(closed)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.open()
        try:
            return await waiting
        finally:
            self.tasks.cancel()
            if alive(self):  # the page below it may have taken it along
                self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is leaving without doing anything, if the dialog lets go."""
        self.reject()
        event.setAccepted(not self.isVisible())


async def confirm(
    parent: QWidget, title: str, text: str, button: str, *, danger: bool = False, cancel: str = ""
) -> bool:
    """Ask before something is done."""
    sheet = Sheet(title, text, parent, width=440)
    go = Button(button, "danger" if danger else "primary", pressed=sheet.accept)
    stay = sheet.cancel_button(cancel)
    sheet.offer(stay, go)
    (stay if danger else go).setFocus()
    return await sheet.answer()


async def choose(parent: QWidget, title: str, text: str, first: str, other: str, *, cancel: str = "") -> int:
    """Ask which of two things is to be done: 1 for the first, which is what most want, 2 for the other; 0: neither."""
    sheet = Sheet(title, text, parent, width=520)
    chosen = 0

    def choose_one(number: int) -> None:
        nonlocal chosen
        chosen = number
        sheet.accept()

    go = Button(first, "primary", pressed=lambda: choose_one(1))
    go.setDefault(True)
    sheet.offer(sheet.cancel_button(cancel), Button(other, "danger", pressed=lambda: choose_one(2)), go)
    sheet.ensurePolished()  # else the buttons tell their widths before they are dressed
    sheet.setMinimumWidth(max(sheet.minimumWidth(), _wide(sheet)))
    go.setFocus()
    return chosen if await sheet.answer() else 0


def _wide(sheet: Sheet) -> int:
    """Pixels that all words of the buttons need."""
    buttons = sheet.findChildren(Button, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for one in buttons:
        one.ensurePolished()
    between = sheet.buttons.spacing() * len(buttons)
    return sum(one.sizeHint().width() for one in buttons) + between + 2 * SPACE.wide


async def tell(parent: QWidget, title: str, text: str, button: str = "") -> None:
    """Say something that must not be missed, and wait until it is read."""
    sheet = Sheet(title, text, parent, width=460)
    fine = Button(button or QCoreApplication.translate("words", "Close"), "primary", pressed=sheet.accept)
    fine.setDefault(True)
    sheet.offer(fine)
    await sheet.answer()


async def confirm_typed(
    parent: QWidget, title: str, text: str, word: str, button: str, *, details: Sequence[Piece] = (), width: int = 520
) -> bool:
    """Ask before something that cannot be undone: the button wakes when the word is typed, in any case."""
    sheet = Sheet(title, text, parent, width=width)
    field = QLineEdit()
    label = QCoreApplication.translate("words", "Type %1 to go on").replace("%1", word)
    caption = Text(label, "strong")
    caption.setBuddy(field)
    field.setAccessibleName(label)
    go = Button(button, "danger", pressed=sheet.accept)
    go.setEnabled(False)
    field.textChanged.connect(lambda typed: go.setEnabled(typed.strip().casefold() == word.casefold()))
    field.returnPressed.connect(go.click)
    sheet.fill(*details, column(caption, field, spacing=SPACE.hair))
    sheet.offer(sheet.cancel_button(), go)
    field.setFocus()
    return await sheet.answer()


async def _all_picked(dialog: QFileDialog) -> Sequence[Path]:
    waiting: asyncio.Future[list[str]] = asyncio.get_event_loop().create_future()

    def closed(result: int) -> None:
        if not waiting.done():
            waiting.set_result(dialog.selectedFiles() if result else [])

    dialog.finished.connect(closed)
    dialog.open()
    try:
        picked = await waiting
    finally:
        if alive(dialog):
            dialog.deleteLater()
    return [Path(one) for one in picked if one]


async def _picked(dialog: QFileDialog) -> Path | None:
    return next(iter(await _all_picked(dialog)), None)


async def pick_folder(parent: QWidget, title: str, start: str = "") -> Path | None:
    """Let a folder be chosen."""
    dialog = QFileDialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await _picked(dialog)


async def pick_file(parent: QWidget, title: str, kinds: str = "") -> Path | None:
    """Let an existing file be chosen."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return await _picked(dialog)


async def pick_files(parent: QWidget, title: str, kinds: str = "") -> Sequence[Path]:
    """Let existing files be chosen, several at once; none: the person thought better of it."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return await _all_picked(dialog)


async def pick_new_file(parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
    """Let a name for a new file be chosen; an existing one is asked about by the dialog."""
    return await _picked(new_file_dialog(parent, title, name, kinds))


def new_file_dialog(parent: QWidget, title: str, name: str, kinds: str = "") -> QFileDialog:
    """Make a dialog that asks about the very name that is written: with the ending of the kind that is chosen."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))

    def chosen(kind: str) -> None:
        if (ending := re.search(r"\*\.(\w+)", kind)) is not None:
            dialog.setDefaultSuffix(ending[1])

    dialog.filterSelected.connect(chosen)
    dialog.selectFile(name)
    return dialog
