"""What somebody else must do for a connection: an administrator's consent, and Exchange's roles behind a fence."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.flows.saving import save_text
from saasbackup_desktop.app.tenants.views import TenantSettings
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants.door import offers, tenants


class ConsentRow(QWidget):
    """An address where an administrator agrees: to be copied, or opened here. Hidden without one."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.address = ""
        self._shown = ElidedText("", "body")
        self.open = Button(self.tr("&Open the consent page"), picture="open", pressed=self.go)
        self.copy = Button(self.tr("Cop&y address"), picture="copy", pressed=self._copy)
        line = row(self._shown, self.copy, self.open)
        line.setStretch(0, 1)
        self.setLayout(
            column(
                Text(self.tr("An administrator grants what is missing on this page:"), "strong"),
                line,
                spacing=SPACE.hair,
            )
        )
        self.hide()

    def show_address(self, address: str) -> None:
        """Offer an address; an empty one hides it all."""
        self.address = address
        self._shown.say(address)
        self.setVisible(bool(address))

    def go(self) -> None:
        """Open it in the browser."""
        if self.address:
            QDesktopServices.openUrl(QUrl(self.address))
            self.opened.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address)


class RoleRow(QWidget):
    """The script that lets the program into some mailboxes only: saved, or run here. ``ran`` fires after a run."""

    ran = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.banner = Banner()
        self.tasks = Tasks(self, self.banner.fault)
        self._settings: TenantSettings | None = None
        self._is_kept = False
        self.words = Text("", "muted", wrap=True)
        self.save = Button(self.tr("Save the &script…"), picture="save", pressed=lambda: self.tasks.start(self._save()))
        self.run = Button(self.tr("&Run it here"), "primary", "play", self._run)
        self.run.hide()
        self.setLayout(
            column(
                Text(self.tr("Exchange's roles behind the fence"), "strong"),
                self.words,
                self.banner,
                row(self.run, self.save, None),
            )
        )
        self.hide()

    def show_role(self, settings: TenantSettings, state: str, *, is_kept: bool) -> None:
        """Show how the roles stand; nothing without a fence."""
        self._settings, self._is_kept = settings, is_kept
        is_wanted = bool(settings.fence) and offers(self.bridge, "role_script")
        self.setVisible(is_wanted)
        if not is_wanted:
            return
        words = {
            "": self.tr("An administrator of Exchange runs the script once. Until it is in force, no mailbox can be "
                        "reached."),
            "to-run": self.tr("An administrator of Exchange runs the script once, in PowerShell with the module for "
                              "Exchange Online."),
            "running": self.tr("The script is being run."),
            "pending": self.tr("The script was run. Exchange says that it takes from 30 minutes to a day, seldom up "
                               "to three "
                               "days, until the roles are in force. It is looked at every day; nothing needs doing."),
            "in-force": self.tr("The roles are in force: only members of the group can be reached."),
            "failed": self.tr("The script did not come to its end. It is tried again every day; what is missing can "
                              "be seen "
                              "in the check list."),
        }  # fmt: skip
        self.words.setText(words.get(state, state))
        self.save.setVisible(state != "in-force")
        self.run.hide()
        if is_kept and state in ("", "to-run", "failed"):
            self.tasks.start(self._look(settings), only="look")

    async def _look(self, settings: TenantSettings) -> None:
        script = await self.bridge.call(tenants(self.bridge).role_script(settings))
        self.run.setVisible(script.can_run_here)

    async def _save(self) -> None:
        if self._settings is None:
            return
        script = await self.bridge.call(tenants(self.bridge).role_script(self._settings))
        file = await pick_new_file(self, self.tr("Save the script"), script.file_name, self.tr("PowerShell (*.ps1)"))
        if file is not None:
            await self.bridge.call(save_text(script.text, file))
            self.banner.say(Tone.GOOD, self.tr("Saved %1").replace("%1", str(file)))

    def _run(self) -> None:
        self.tasks.start(self._run_it(), busy=self.run, only="run")

    async def _run_it(self) -> None:
        if self._settings is None:
            return
        self.words.setText(self.tr("The script is being run. Exchange may ask for a sign-in in a browser."))
        tenant = await self.bridge.call(tenants(self.bridge).run_role_script(self._settings.name))
        self.show_role(tenant.settings, tenant.role, is_kept=True)
        self.ran.emit()
