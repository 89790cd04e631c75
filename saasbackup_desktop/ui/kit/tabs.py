"""Pages of several leaves, one of which is in view."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QTabWidget, QWidget

from saasbackup_desktop.core.jobs import Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import column
from saasbackup_desktop.ui.kit.pages import Page

L = TypeVar("L", bound=Page)


class LeafTabs(QTabWidget, Generic[L]):
    """A tab for each leaf; a leaf is made when it is first seen."""

    def __init__(
        self,
        name: str,
        labels: Sequence[tuple[str, str]],
        leaves: Mapping[str, Callable[[Bridge], L]],
        bridge: Bridge,
        meet: Callable[[L], object],
        parent: QWidget | None = None,
    ) -> None:
        """``labels``: names of leaves and what their tabs say; ``meet`` takes each leaf in that was made."""
        super().__init__(parent)
        self._leaves, self._bridge, self._meet = leaves, bridge, meet
        self._names = [leaf for leaf, _ in labels]
        self._made: dict[str, L] = {}
        self.setDocumentMode(True)
        self.setProperty("kind", "leaves")
        self.tabBar().setDrawBase(False)
        self.setAccessibleName(name)
        for _, label in labels:
            place = QWidget()
            place.setLayout(column())
            self.addTab(place, label)

    @property
    def leaf(self) -> L:
        """The leaf in view."""
        name = self._names[self.currentIndex()]
        if name not in self._made:
            made = self._made[name] = self._leaves[name](self._bridge)
            self._meet(made)
            place = self.currentWidget().layout()
            if place is not None:
                place.addWidget(made)
        return self._made[name]

    def turn_to(self, name: str) -> None:
        """Open a leaf; a name that none has leaves the one in view."""
        if name in self._names:
            self.setCurrentIndex(self._names.index(name))


class LeavesPage(Page):
    """A page of which only the leaf in view asks and listens. Whoever makes it sets ``tabs``."""

    tabs: LeafTabs[Page]

    @property
    def leaf(self) -> Page:
        """The leaf in view."""
        return self.tabs.leaf

    def look_at(self, name: str) -> None:
        """Open a leaf; an empty name leaves the one in view."""
        self.tabs.turn_to(name)

    def refresh(self) -> None:
        """Look again at the leaf in view."""
        self.leaf.refresh()

    def happened(self, event: Event) -> None:
        """Tell the leaf in view."""
        self.leaf.happened(event)

    def first_focus(self) -> QWidget | None:
        """Start at the tabs, from where the arrow keys lead to every leaf."""
        return self.tabs.tabBar()
