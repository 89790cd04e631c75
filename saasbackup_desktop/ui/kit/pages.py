"""What all pages share: a title, a banner for failures, and work that ends with the page."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from saasbackup_desktop.core.errors import Fault, VaultKeysChanged
from saasbackup_desktop.core.jobs import Event
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.layout import column, row, scroll
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tasks import Tasks, Work
from saasbackup_desktop.ui.kit.text import ElidedText
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import Locked

_PAUSE = 300
"""Milliseconds between a hint and the look that follows it."""


class Page(QWidget):
    """One page of the window; ``wants`` carries the place that it leads to."""

    wants = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.bridge = bridge
        self.desk = bridge.desk
        self.banner = Banner()
        self.tasks = Tasks(self, self._tell_fault)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look_again)

    def run(self, work: Work, *, busy: QWidget | None = None, only: str = "") -> None:
        """Start work that belongs to this page."""
        self.tasks.start(work, busy=busy, only=only)

    def refresh(self) -> None:
        """Look again at everything that is shown."""

    def refresh_soon(self) -> None:
        """Look again shortly, once for many hints, and never before the last look has ended."""
        if not self._soon.isActive():
            self._soon.start(_PAUSE)

    def _tell_fault(self, fault: Fault) -> None:
        if isinstance(fault, VaultKeysChanged) and self.desk.is_open:
            # Only the keys of now help: they are asked for at the entrance.
            self.banner.fault(fault, self.tr("&Lock"), lambda: self.run(self.lock_it(), only="lock"))
        else:
            self.banner.fault(fault)

    async def lock_it(self) -> None:
        """Close the vault, and lead to its entrance."""
        await self.bridge.call(self.desk.lock())
        self.wants.emit(Locked())

    def _look_again(self) -> None:
        if self.tasks.is_running("look"):
            self._soon.start(_PAUSE)
        else:
            self.refresh()

    def happened(self, event: Event) -> None:
        """Take note of what the engine tells; called only while the page is in view."""

    def first_focus(self) -> QWidget | None:
        """Where the keyboard goes when the page is opened."""
        return None


class PlainPage(Page):
    """A page of a title, actions beside it, and a body that scrolls."""

    def __init__(self, bridge: Bridge, title: str, lead: str = "", parent: QWidget | None = None) -> None:
        super().__init__(bridge, parent)
        self.title = ElidedText(title, "title", snug=True)
        self.lead = ElidedText(lead, "muted", snug=True)
        self.commands = row()
        self.head = row(column(self.title, self.lead, spacing=2), None, self.commands)
        self.inside = QWidget()
        self.body = QVBoxLayout(self.inside)
        self.body.setContentsMargins(SPACE.page, SPACE.wide, SPACE.page, SPACE.wide)
        self.body.setSpacing(SPACE.large)
        self.body.addLayout(self.head)
        self.body.addWidget(self.banner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll(self.inside))


def toolbar(*pieces: QWidget | int | None) -> QFrame:
    """Make the strip on top of a page that fills its whole place."""
    made = QFrame()
    made.setObjectName("toolbar")
    made.setLayout(row(*pieces, margins=SPACE.medium))
    return made
