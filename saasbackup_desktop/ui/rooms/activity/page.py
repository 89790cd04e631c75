"""Activity: one page of three leaves."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.tabs import LeafTabs, LeavesPage
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.activity.listing import AuditLeaf, ListLeaf
from saasbackup_desktop.ui.rooms.reports.leaf import ReportsLeaf

_LEAVES: Final[Mapping[str, Callable[[Bridge], Page]]] = {
    "system": ListLeaf,
    "security": AuditLeaf,
    "reports": ReportsLeaf,
}


class ActivityPage(LeavesPage):
    """A title, and a tab for each leaf; only the leaf in view asks and listens."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        labels = (
            ("system", self.tr("System activity")),
            ("security", self.tr("Security audit")),
            ("reports", self.tr("Reports")),
        )
        self.tabs = LeafTabs(self.tr("Parts of the activity"), labels, _LEAVES, bridge, self._meet)
        head = row(Text(self.tr("Activity"), "title"), None)
        head.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.small)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.banner)
        outer.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _: self.refresh())

    def _meet(self, leaf: Page) -> None:
        leaf.wants.connect(self.wants)
