"""Activity: one page of three leaves."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from saasbackup_desktop.core.jobs import Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.activity.listing import AuditLeaf, ListLeaf
from saasbackup_desktop.ui.rooms.reports.leaf import ReportsLeaf

_LEAVES: Final[Mapping[str, Callable[[Bridge], Page]]] = {
    "system": ListLeaf,
    "security": AuditLeaf,
    "reports": ReportsLeaf,
}


class ActivityPage(Page):
    """A title, and a tab for each leaf; only the leaf in view asks and listens."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("kind", "leaves")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the activity"))
        self._made: dict[str, Page] = {}
        labels = {
            "system": self.tr("System activity"),
            "security": self.tr("Security audit"),
            "reports": self.tr("Reports"),
        }
        self._names = list(_LEAVES)
        for name in self._names:
            place = QWidget()
            place.setLayout(column())
            self.tabs.addTab(place, labels[name])
        head = row(Text(self.tr("Activity"), "title"), None)
        head.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.small)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.banner)
        outer.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _: self.refresh())

    @property
    def leaf(self) -> Page:
        """The leaf in view; it is made when it is first seen."""
        name = self._names[self.tabs.currentIndex()]
        if name not in self._made:
            made = _LEAVES[name](self.bridge)
            made.wants.connect(self.wants)
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
