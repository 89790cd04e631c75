"""What the leaves of the vault's page share."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import row, scroll
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.status import Picture
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE


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


def head(picture: str, words: str) -> QWidget:
    """Make the heading of a card."""
    shown = QWidget()
    shown.setLayout(row(Picture(picture, "accent", 20), Text(words, "heading"), None))
    return shown
