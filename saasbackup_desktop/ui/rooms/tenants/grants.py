"""What somebody else must do for a connection: an administrator's consent, and Exchange's roles behind a fence."""

import asyncio
from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.flows.saving import save_text
from saasbackup_desktop.app.tenants.views import Tenant, TenantSettings
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_PAUSE: Final = 2.0
"""Seconds between looks at a script that runs."""


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
        self.mark = StatusMark()
        self.words = Text("", "muted", wrap=True)
        self.prompt = Text("", "strong", wrap=True)
        self.prompt.hide()
        self.save = Button(self.tr("Save the &script…"), picture="save", pressed=lambda: self.tasks.start(self._save()))
        self.run = Button(self.tr("&Run it here"), "primary", "play", self._run)
        self.run.hide()
        self.was_run = Button(self.tr("It &was run elsewhere"), picture="check", pressed=self._note_run)
        self.was_run.hide()
        self.setLayout(
            column(
                Text(self.tr("Exchange's roles behind the fence"), "strong"),
                self.mark,
                self.words,
                self.prompt,
                self.banner,
                row(self.run, self.save, self.was_run, None),
            )
        )
        self.hide()

    def show_role(self, settings: TenantSettings, state: str, *, problem: str = "", is_kept: bool) -> None:
        """Show how the roles stand; nothing without a fence."""
        self._settings = settings
        self.setVisible(bool(settings.fence))
        if not settings.fence:
            return
        word, meaning, tone = words.role(state, problem)
        self.mark.become(word, tone)
        self.words.setText(meaning)
        self.words.setVisible(bool(meaning))
        self.save.setVisible(state != "in-force")
        waits = is_kept and state in ("", "to-run", "failed")
        self.was_run.setVisible(waits)
        self.run.hide()
        if waits:
            self.tasks.start(self._look(settings), only="look")

    def _show_tenant(self, tenant: Tenant) -> None:
        self.show_role(tenant.settings, tenant.role, problem=tenant.role_problem, is_kept=True)
        prompt = tenant.role_prompt
        self.prompt.setVisible(prompt is not None)
        if prompt is not None:
            said = self.tr("Exchange wants a sign-in: open %1 and type the code %2.")
            self.prompt.setText(said.replace("%1", prompt.address).replace("%2", prompt.code))

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
        name = self._settings.name
        self.tasks.start(self._watch(name), only="watch")
        try:
            tenant = await self.bridge.call(tenants(self.bridge).run_role_script(name))
        finally:
            self.tasks.drop("watch")
        self._show_tenant(tenant)
        self.ran.emit()

    async def _watch(self, name: ConnectionName) -> None:
        """While it runs, somebody may be asked to sign in to Exchange."""
        while True:
            await asyncio.sleep(_PAUSE)
            self._show_tenant(await self.bridge.call(tenants(self.bridge).find(name)))

    def _note_run(self) -> None:
        self.tasks.start(self._noted(), busy=self.was_run, only="noted")

    async def _noted(self) -> None:
        if self._settings is not None:
            self._show_tenant(await self.bridge.call(tenants(self.bridge).role_script_was_run(self._settings.name)))
            self.ran.emit()
