"""The vault: one page of several leaves."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.core.jobs import Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Place, VaultPlace
from saasbackup_desktop.ui.rooms.vault.drills import DrillsLeaf
from saasbackup_desktop.ui.rooms.vault.holds import HoldsLeaf
from saasbackup_desktop.ui.rooms.vault.keys import KeysLeaf
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf
from saasbackup_desktop.ui.rooms.vault.mirror import MirrorLeaf
from saasbackup_desktop.ui.rooms.vault.overview import OverviewLeaf
from saasbackup_desktop.ui.rooms.vault.retention import RetentionLeaf
from saasbackup_desktop.ui.rooms.vault.trash import TrashLeaf

_LEAVES: Final[Mapping[str, Callable[[Bridge], Leaf]]] = {
    "overview": OverviewLeaf,
    "retention": RetentionLeaf,
    "trash": TrashLeaf,
    "holds": HoldsLeaf,
    "drills": DrillsLeaf,
    "mirror": MirrorLeaf,
    "keys": KeysLeaf,
}


class VaultPage(Page):
    """A title, and a tab for each leaf; only the leaf in view asks and listens."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.lock = Button(self.tr("&Lock"), picture="lock", pressed=lambda: self.run(self.lock_it(), only="lock"))
        self.lock.setToolTip(self.tr("Close the vault; opening it again takes the passphrase"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("kind", "leaves")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the vault"))
        self._names: list[str] = []
        self._made: dict[str, Leaf] = {}
        for name, label in (
            ("overview", self.tr("Overview")),
            ("retention", self.tr("Retention")),
            ("trash", self.tr("Trash")),
            ("holds", self.tr("Holds")),
            ("drills", self.tr("Drills")),
            ("mirror", self.tr("Copies")),
            ("keys", self.tr("Keys")),
        ):
            self._names.append(name)
            place = QWidget()
            place.setLayout(column())
            self.tabs.addTab(place, label)
        head = row(Text(self.tr("Vault"), "title"), None, self.lock)
        head.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.small)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.banner)
        outer.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _: self.refresh())

    @property
    def leaf(self) -> Leaf:
        """The leaf in view; it is made when it is first seen."""
        name = self._names[self.tabs.currentIndex()]
        if name not in self._made:
            made = _LEAVES[name](self.bridge)
            made.wants.connect(self._wanted)
            self._made[name] = made
            place = self.tabs.currentWidget().layout()
            if place is not None:
                place.addWidget(made)
        return self._made[name]

    def look_at(self, name: str) -> None:
        """Open a leaf; an empty name leaves the one in view."""
        if name in self._names:
            self.tabs.setCurrentIndex(self._names.index(name))

    def refresh(self) -> None:
        """Look again at the leaf in view."""
        self.leaf.refresh()

    def happened(self, event: Event) -> None:
        """Tell the leaf in view."""
        self.leaf.happened(event)

    def first_focus(self) -> QWidget | None:
        """Start at the tabs, from where the arrow keys lead to every leaf."""
        return self.tabs.tabBar()

    def _wanted(self, place: Place) -> None:
        """A leaf of this page is near; everywhere else the window leads."""
        if isinstance(place, VaultPlace):
            self.look_at(place.leaf)
            self.tabs.setFocus()
        else:
            self.wants.emit(place)
