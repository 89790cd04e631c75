"""How a tenant is reached: connected or not, until when, and the check list."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Proof, Tenant
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import clock, text
from saasbackup_desktop.ui.kit.layout import Card, Grid
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import TenantPlace
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.check_list import CheckList
from saasbackup_desktop.ui.rooms.tenants.leaf import TenantLeaf


class ConnectionLeaf(TenantLeaf):
    """A card that says how the connection is, and the check list."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._consent = ""
        self.mark = StatusMark()
        self.why = Text("", "muted", wrap=True)
        self.way = Stat(self.tr("Way in"))
        self.expires = Stat(self.tr("Valid until"))
        self.checked = Stat(self.tr("Last check"))
        self.looked = Stat(self.tr("Directory looked at"))
        figures = QWidget()
        figures.setLayout(grid := Grid(205))
        for stat in (self.way, self.expires, self.checked, self.looked):
            grid.addWidget(stat)
        self._card = Card(self.mark, self.why, figures, spacing=SPACE.medium)
        self.checks = CheckList()
        self.checks.again_wanted.connect(self.check)
        self.checks.remedy_wanted.connect(self.remedy)
        self._list = Card(self.checks)
        self.body.addWidget(self._card)
        self.body.addWidget(self._list, 1)
        self.depends(self._card, self._list)

    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
        self.checks.restart()

    def refresh(self) -> None:
        """Ask Microsoft again: this is what F5 is for here."""
        self.check()

    def first_focus(self) -> QWidget | None:
        """Start in the list."""
        return self.checks.table

    def check(self) -> None:
        """Check each line now."""
        self.run(self._check(), only="look")

    async def _check(self) -> None:
        name = self.name
        self.show_tenant(await self.known(self.bridge.call(self.door.find(name))))
        last = await self.bridge.call(self.door.last_check(name))
        if last is not None:
            self._show(last)
        self.checks.wait(True, self.tr("Asking Microsoft…"))
        try:
            self._show(await self.bridge.call(self.door.check(name)))
        except Fault:
            self.checks.mark.become(self.tr("Could not be checked"), Tone.BAD)
            raise
        finally:
            self.checks.wait(False)
        self.show_tenant(await self.bridge.call(self.door.find(name)))
        self.changed.emit()

    def _show(self, report: CheckReport) -> None:
        self._consent = report.consent
        self.checks.show_report(report)

    def show_tenant(self, tenant: Tenant) -> None:
        """Show how it is."""
        word, tone = words.link(tenant.link)
        self.mark.become(word, tone)
        self.why.setText(words.warning(tenant, clock.now()))
        self.why.setVisible(bool(self.why.text()))
        self.way.say(words.way(tenant.settings.way_in), tenant.signed_in)
        self.expires.say(*_expiry(tenant))
        self.checked.say(_ago(tenant.checked), text.utc(tenant.checked))
        self.looked.say(_ago(tenant.discovered), text.utc(tenant.discovered))

    def remedy(self, line: CheckLine) -> None:
        """Do what helps with a line, or lead to where it can be done."""
        doing: dict[str, Callable[[], object]] = {
            "consent": self._grant,
            "withdraw-consent": self._grant,
            "new-secret": self._to_settings,
            "new-certificate": self._to_settings,
            "upload-certificate": self._to_settings,
            "register-again": self._to_settings,
            "sign-in": self._to_settings,
            "widen-scope": self._to_settings,
        }
        doing.get(line.remedy, self.check)()

    def _grant(self) -> None:
        if not self._consent:
            self.check()
            return
        QDesktopServices.openUrl(QUrl(self._consent))
        self.banner.say(
            Tone.BUSY,
            self.tr("Granting goes on in the browser"),
            self.tr("An administrator agrees there. Then check again; it can take some minutes until it is in force."),
            self.tr("Check again"),
            self.check,
        )

    def _to_settings(self) -> None:
        self.wants.emit(TenantPlace(self.name, "settings"))


def _ago(moment: int | None) -> str:
    return text.ago(moment) if moment is not None else text.say("never")


def _expiry(tenant: Tenant) -> tuple[str, str]:
    if tenant.expires is None:
        return (text.say("while signed in"), "") if tenant.settings.proof is Proof.DEVICE_CODE else ("–", "")
    left = tenant.expires - clock.now()
    if left <= 0:
        return text.say("%1 (over)").replace("%1", text.day(tenant.expires)), text.utc(tenant.expires)
    days = text.counted(left // 86400, text.say("day left"), text.say("days left"))
    return f"{text.day(tenant.expires)} ({days})", text.utc(tenant.expires)
