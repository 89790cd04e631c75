"""What is backed up, whether it may be restored, and whose mailboxes may be reached."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from saasbackup_desktop.app.flows.add_m365 import addresses
from saasbackup_desktop.app.tenants.views import SERVICES, TenantSettings, WayIn
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit.forms import Field, Line
from saasbackup_desktop.ui.kit.layout import Grid, column
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants import words


class ServicesForm(QWidget):
    """``changed`` fires with each change."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[Service, QCheckBox] = {}
        boxes = QWidget()
        boxes.setLayout(grid := Grid(230, SPACE.hair))
        for service in SERVICES:
            box = QCheckBox(words.service(service))
            box.setChecked(True)
            box.toggled.connect(lambda _: self.changed.emit())
            self._boxes[service] = box
            grid.addWidget(box)
        self._services_hint = Text("", "caption")
        self._services_hint.tone("bad")
        self._services_hint.hide()
        self.purposes = QButtonGroup(self)
        self.both = QRadioButton(self.tr("Back up and &restore"))
        self.read_only = QRadioButton(self.tr("Back up &only: nothing in Microsoft 365 can be changed"))
        self.both.setChecked(True)
        for number, (radio, hint) in enumerate(
            (
                (self.both, self.tr("Permissions to write are asked for, too.")),
                (
                    self.read_only,
                    self.tr("Permissions to write are asked for later, when something is to be restored."),
                ),
            )
        ):
            radio.setAccessibleDescription(hint)
            radio.setToolTip(hint)
            self.purposes.addButton(radio, number)
        self.purposes.idToggled.connect(lambda *_: self.changed.emit())
        self.exact = QCheckBox(self.tr("Also &keep Microsoft's own exact stream of each message"))
        hint = self.tr(
            "A restore from it is exact to the last property. It takes more room and one more permission; Microsoft "
            "says "
            "that it is not meant for backup, so everything is kept in the open form, too."
        )
        self.exact.setAccessibleDescription(hint)
        self.exact.setToolTip(hint)
        self.exact.toggled.connect(lambda _: self.changed.emit())
        self.fence = Line(placeholder=self.tr("Whole tenant"))
        self.fence.textChanged.connect(lambda _: self.changed.emit())
        self._fence_field = Field(
            self.tr("&Fence: only members of this group (optional)"),
            self.fence,
            self.tr("Address of a mail-enabled security group. Exchange's roles then keep the program out of every "
                    "other "
                    "mailbox; a script for them is made afterwards. To Do cannot be fenced."),
        )  # fmt: skip
        self.mailboxes = Line(placeholder="reception@example.com, info@example.com")
        self.mailboxes.textChanged.connect(lambda _: self.changed.emit())
        self._mailboxes_field = Field(
            self.tr("Further &mailboxes (optional)"),
            self.mailboxes,
            self.tr("Shared mailboxes that the person who signs in may open with full access."),
        )
        self.setLayout(
            column(
                Text(self.tr("What is backed up"), "strong"),
                boxes,
                self.exact,
                self._services_hint,
                SPACE.hair,
                Text(self.tr("What the program may do"), "strong"),
                column(self.both, self.read_only, spacing=0),
                SPACE.hair,
                self._fence_field,
                self._mailboxes_field,
            )
        )

    @property
    def services(self) -> tuple[Service, ...]:
        """Those that are ticked."""
        return tuple(service for service, box in self._boxes.items() if box.isChecked())

    @property
    def may_restore(self) -> bool:
        """Permissions to write are wanted."""
        return self.both.isChecked()

    @property
    def further(self) -> tuple[str, ...]:
        """Addresses of further mailboxes."""
        return addresses(self.mailboxes.text())

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return next(iter(self._boxes.values()))

    def show_way(self, way_in: WayIn) -> None:
        """Show what can be asked with a way in."""
        self._fence_field.setVisible(way_in is WayIn.LEAST_PRIVILEGE)
        self._mailboxes_field.setVisible(way_in is WayIn.ADMINISTRATOR)

    def fill(self, settings: TenantSettings) -> None:
        """Show what there is."""
        for service, box in self._boxes.items():
            box.setChecked(service in settings.services)
        (self.both if settings.may_restore else self.read_only).setChecked(True)
        self.exact.setChecked(settings.keeps_exact)
        self.fence.setText(settings.fence)
        self.mailboxes.setText(", ".join(settings.mailboxes))
        self.show_way(settings.way_in)

    def complain(self, missing: Mapping[str, str]) -> None:
        """Say what is missing."""
        self._services_hint.setText(self.tr("Tick at least one.") if "services" in missing else "")
        self._services_hint.setVisible("services" in missing)
        self._mailboxes_field.complain(self.tr("Whole addresses, please.") if "mailboxes" in missing else "")
