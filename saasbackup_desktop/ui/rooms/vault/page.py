"""The vault: one page of several leaves."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.tabs import LeafTabs, LeavesPage
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Place, VaultPlace
from saasbackup_desktop.ui.rooms.vault.drills import DrillsLeaf
from saasbackup_desktop.ui.rooms.vault.holds import HoldsLeaf
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.mirror import MirrorLeaf
from saasbackup_desktop.ui.rooms.vault.overview import OverviewLeaf
from saasbackup_desktop.ui.rooms.vault.retention import RetentionLeaf
from saasbackup_desktop.ui.rooms.vault.trash import TrashLeaf

_LEAVES: Final[Mapping[str, Callable[[Bridge], Page]]] = {
    "overview": OverviewLeaf,
    "retention": RetentionLeaf,
    "trash": TrashLeaf,
    "holds": HoldsLeaf,
    "drills": DrillsLeaf,
    "mirror": MirrorLeaf,
    "keys": KeysLeaf,
}


class VaultPage(LeavesPage):
    """A title, and a tab for each leaf; only the leaf in view asks and listens."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.lock = Button(self.tr("&Lock"), picture="lock", pressed=lambda: self.run(self.lock_it(), only="lock"))
        self.lock.setToolTip(self.tr("Close the vault; opening it again takes the passphrase"))
        labels = (
            ("overview", self.tr("Overview")),
            ("retention", self.tr("Retention")),
            ("trash", self.tr("Trash")),
            ("holds", self.tr("Holds")),
            ("drills", self.tr("Drills")),
            ("mirror", self.tr("Copies")),
            ("keys", self.tr("Keys")),
        )
        self.tabs = LeafTabs(self.tr("Parts of the vault"), labels, _LEAVES, bridge, self._meet)
        head = row(Text(self.tr("Vault"), "title"), None, self.lock)
        head.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.small)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.banner)
        outer.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _: self.refresh())

    def _meet(self, leaf: Page) -> None:
        leaf.wants.connect(self._wanted)

    def _wanted(self, place: Place) -> None:
        """A leaf of this page is near; everywhere else the window leads."""
        if isinstance(place, VaultPlace):
            self.look_at(place.leaf)
            self.tabs.setFocus()
        else:
            self.wants.emit(place)
