"""What the leaves of the vault's page share."""

from collections.abc import Awaitable
from typing import TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import row, scroll
from saasbackup_desktop.ui.kit.notices import EmptyState
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE

T = TypeVar("T")


class Leaf(Page):
    """A banner, and a body that scrolls."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(SPACE.page, SPACE.large, SPACE.page, SPACE.wide)
        self.body.setSpacing(SPACE.large)
        self.body.addWidget(self.banner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll(inside))

    def depends(self, *pieces: QWidget) -> None:
        """Name the pieces that tell of the vault: they are not seen before it was read, nor when it cannot be."""
        self._pieces = pieces
        self._loading = EmptyState("history", self.tr("Reading the vault…"), "")
        self._unread = EmptyState(
            "attention",
            self.tr("This could not be read"),
            self.tr("What is here is not known until the vault can be reached."),
            self.tr("Try again"),
            self.refresh,
        )
        for state in (self._loading, self._unread):
            self.body.addWidget(state, 1)
        self._stand(self._loading)

    async def known(self, asked: Awaitable[T]) -> T:
        """Wait for what the pieces show, and let them be seen. Raises what the asking raises."""
        failed = not self._unread.isHidden()
        try:
            found = await asked
        except Fault:
            self._stand(self._unread)
            raise
        if failed:
            self.banner.hide()
        self._stand(None)
        return found

    def _stand(self, state: EmptyState | None) -> None:
        for piece in self._pieces:
            piece.setVisible(state is None)
        self._loading.setVisible(state is self._loading)
        self._unread.setVisible(state is self._unread)


def head(picture: str, words: str) -> QWidget:
    """Make the heading of a card."""
    shown = QWidget()
    shown.setLayout(row(Picture(picture, "accent", 20), Text(words, "heading"), None))
    return shown
