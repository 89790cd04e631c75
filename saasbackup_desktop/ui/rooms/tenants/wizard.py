"""The wizard that protects a Microsoft 365 tenant. The flow decides, the page draws."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from saasbackup_desktop.app.flows.add_m365 import AddM365, Entry, Step
from saasbackup_desktop.app.tenants.views import CheckLine, Given, SignedIn, WayIn
from saasbackup_desktop.app.tenants.views import Step as Done
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.activation import Rule, When
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button, goes_on
from saasbackup_desktop.ui.kit.forms import LABEL, Field, Line
from saasbackup_desktop.ui.kit.layout import Piece, column, row
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import AddBackup, TenantPlace
from saasbackup_desktop.ui.rooms.tasks.plan_line import PlanLine
from saasbackup_desktop.ui.rooms.tenants import words
from saasbackup_desktop.ui.rooms.tenants.account_choice import AccountChoice
from saasbackup_desktop.ui.rooms.tenants.by_hand_form import ByHandForm
from saasbackup_desktop.ui.rooms.tenants.check_list import CheckList
from saasbackup_desktop.ui.rooms.tenants.cloud_form import CloudForm
from saasbackup_desktop.ui.rooms.tenants.device_code import DeviceCode
from saasbackup_desktop.ui.rooms.tenants.grants import ConsentRow, RoleRow
from saasbackup_desktop.ui.rooms.tenants.services_form import ServicesForm
from saasbackup_desktop.ui.rooms.tenants.step_list import StepList
from saasbackup_desktop.ui.rooms.tenants.steps_page import StepsPage
from saasbackup_desktop.ui.rooms.tenants.way_form import WayForm
from saasbackup_desktop.ui.rooms.tenants.ways_sheet import WaysSheet


class AddTenantPage(StepsPage):
    """Way in, services, registration or sign-in, check list, accounts, summary."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Add Microsoft 365"))
        self.flow = AddM365()
        self.lay_steps(
            (
                (Step.WAY, self._way_page()),
                (Step.SERVICES, self._services_page()),
                (Step.REGISTER, self._register_page()),
                (Step.BY_HAND, self._by_hand_page()),
                (Step.SIGN_IN, self._sign_in_page()),
                (Step.CHECK, self._check_page()),
                (Step.ACCOUNTS, self._accounts_page()),
                (Step.SUMMARY, self._summary_page()),
            ),
            on=self.go_on,
            back=self._go_back,
            leave=self._leave,
        )
        self._show()

    def restart(self) -> None:
        """Begin anew."""
        self.tasks.cancel()
        self.codes.stop()
        self.code.stop()
        self.flow = AddM365()
        self.way.choose(self.flow.entry)
        self.cloud.fill(self.flow.settings())
        self.services.fill(self.flow.settings())
        self.hand.restart()
        self.name.clear()
        self.accounts.restart()
        self.checks.restart()
        self.registered.show_steps(())
        self.banner.hide()
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, wherever the focus is."""
        if goes_on(self, event):
            self.next.click()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Check again, on the page that checks: this is what F5 is for there."""
        if self.flow.step is Step.CHECK and not self.tasks.is_running("check"):
            self._check()

    def first_focus(self) -> QWidget | None:
        """Start at the first choice."""
        return self.way.first()

    # --- pages -------------------------------------------------------------------------------------------
    def _way_page(self) -> QWidget:
        self.way = WayForm()
        self.way.picked.connect(self._picked_way)
        self.way.more.clicked.connect(lambda: self.run(WaysSheet(self.door.ways(), self).answer(), only="ways"))
        self.cloud = CloudForm()
        return _page(Text(self.tr("How should the program reach Microsoft 365?"), "heading"), self.way, self.cloud)

    def _services_page(self) -> QWidget:
        self.services = ServicesForm()
        self.services.changed.connect(self._services_changed)
        self._asked = Text("", "caption", wrap=True)
        return _page(self.services, self._asked)

    def _register_page(self) -> QWidget:
        self.codes = DeviceCode(self.bridge)
        self.codes.signed_in.connect(self._may_register)
        self.registered = StepList(self.tr("Steps of the registration"))
        self._register_again = Button(self.tr("&Try again"), picture="retry", pressed=self._register)
        self._register_again.hide()
        return _page(
            Text(self.tr("An administrator signs in once"), "heading"),
            Text(
                self.tr("It takes somebody who may register programs and consent for everybody: a Global "
                        "Administrator, or "
                        "a Privileged Role Administrator. This sign-in is used for the steps below and then "
                        "forgotten."),
                "muted",
                wrap=True,
            ),
            self.codes,
            self.registered,
            row(self._register_again, None),
        )  # fmt: skip

    def _by_hand_page(self) -> QWidget:
        self.hand = ByHandForm(self.bridge)
        self.hand.entered.connect(self.go_on)
        self.hand.changed.connect(lambda: self.hand.complain({}))
        return _page(self.hand)

    def _sign_in_page(self) -> QWidget:
        self.code = DeviceCode(self.bridge)
        self.code.signed_in.connect(self._signed_in)
        return _page(
            Text(self.tr("Sign in with the account that reaches the mailboxes"), "heading"),
            Text(
                self.tr(
                    "The sign-in is kept sealed and renewed by itself, until the password changes or it is revoked."
                ),
                "muted",
                wrap=True,
            ),
            self.code,
        )

    def _check_page(self) -> QWidget:
        self.checks = CheckList()
        self.checks.again_wanted.connect(self._check)
        self.checks.remedy_wanted.connect(self._remedy)
        self.consent = ConsentRow()
        self.role = RoleRow(self.bridge)
        self.name = Line(placeholder=self.tr("Name of the organisation"), most=LABEL)
        self._name_field = Field(self.tr("Name &here"), self.name)
        return _page(self.checks, self.consent, self.role, self._name_field)

    def _accounts_page(self) -> QWidget:
        self.accounts = AccountChoice(self.bridge)
        self.accounts.changed.connect(self._judge)
        return _page(self.accounts)

    def _summary_page(self) -> QWidget:
        self._summary_mark = StatusMark(self.tr("Ready to be protected"), Tone.GOOD)
        self._summary = Text("", wrap=True)
        self.now = QCheckBox(self.tr("Make the first backup no&w"))
        self.now.setChecked(True)
        self.plan = PlanLine(self.bridge)
        return _page(self._summary_mark, self._summary, self.now, self.plan)

    # --- moving ------------------------------------------------------------------------------------------
    def go_on(self) -> None:
        """Do what the open page's button says."""
        if not self.next.isEnabled():
            return
        self._read()
        missing = self.flow.missing(has_secret=bool(self.hand.secret.text()))
        self._complain(missing)
        if missing:
            return
        self.banner.hide()
        work = {Step.CHECK: self._keep, Step.SUMMARY: self._finish}.get(self.flow.step)
        if work is not None:
            self.run(self._busy(work), only="step")
        else:
            self._advance()

    def _advance(self) -> None:
        self.flow.advance()
        self._show()
        match self.flow.step:
            case Step.REGISTER if self.flow.registered is None:
                self.codes.begin(self.flow.settings(), "set-up")
            case Step.SIGN_IN if self.flow.signed_in is None:
                self.code.begin(self.flow.settings(), "back-up")
            case Step.CHECK:
                self._check()

    def _go_back(self) -> None:
        self.tasks.cancel()
        self.codes.stop()
        self.code.stop()
        self.banner.hide()
        self.flow.back()
        self._show()

    def _leave(self) -> None:
        self.tasks.cancel()
        self.codes.stop()
        self.code.stop()
        self.hand.forget()
        if self.flow.is_kept:
            self.wants.emit(TenantPlace(self.flow.settings().name, "accounts"))
        else:
            self.wants.emit(AddBackup())

    async def _busy(self, work: Callable[[], Awaitable[None]]) -> None:
        self._moving.show()
        for button in (self.next, self.back):
            button.setEnabled(False)
        try:
            await work()
        finally:
            self._moving.hide()
            self.back.setEnabled(True)
            self._judge()

    def _read(self) -> None:
        flow = self.flow
        by_hand = flow.entry is Entry.BY_HAND
        flow.tenant = (self.hand.tenant if by_hand else self.cloud.tenant).text()
        flow.client = self.hand.client.text() if by_hand else ""
        flow.cloud = str(self.cloud.cloud.value())
        flow.login, flow.graph = self.cloud.login.text(), self.cloud.graph.text()
        flow.ca_file = self.cloud.ca_file.text()
        flow.services, flow.may_restore = self.services.services, self.services.may_restore
        flow.fence, flow.mailboxes = self.services.fence.text(), self.services.further
        flow.keeps_exact = self.services.exact.isChecked()
        flow.proof, flow.certificate = self.hand.how, self.hand.certificate
        flow.name = self.name.text()

    def _complain(self, missing: dict[str, str]) -> None:
        self.cloud.complain(missing if self.flow.step is Step.WAY else {})
        self.services.complain(missing)
        self.hand.complain(missing if self.flow.step is Step.BY_HAND else {})
        self._name_field.complain(self.tr("A name without “/” and “:”, please.") if "name" in missing else "")

    def _show(self) -> None:
        flow, step = self.flow, self.flow.step
        names = {
            Step.WAY: self.tr("way in"),
            Step.SERVICES: self.tr("services"),
            Step.REGISTER: self.tr("registration"),
            Step.BY_HAND: self.tr("registration"),
            Step.SIGN_IN: self.tr("sign-in"),
            Step.CHECK: self.tr("check list"),
            Step.ACCOUNTS: self.tr("accounts"),
            Step.SUMMARY: self.tr("summary"),
        }
        self.show_step(step, flow.number, len(flow.steps), names[step])
        self.back.setVisible(flow.can_go_back)
        self.cancel.setText(self.tr("Later") if flow.is_kept else self.tr("Cancel"))
        self.next.setText(
            {Step.CHECK: self.tr("Add the te&nant"), Step.SUMMARY: self.tr("Fi&nish")}.get(step, self.tr("&Next"))
        )
        self.cloud.ask_for_directory(flow.entry is not Entry.BY_HAND)
        self.services.show_way(WayIn.ADMINISTRATOR if flow.entry is Entry.ADMINISTRATOR else WayIn.LEAST_PRIVILEGE)
        if step is Step.SERVICES:
            self._services_changed()
        elif step is Step.SUMMARY:
            self._tell_summary()
        focus: dict[Step, QWidget | None] = {
            Step.WAY: self.way.first(),
            Step.SERVICES: self.services.first(),
            Step.BY_HAND: self.hand.tenant,
            Step.CHECK: self.checks.table,
            Step.ACCOUNTS: self.accounts.first(),
        }
        (focus.get(step) or self.next).setFocus()
        self._judge()

    def _judge(self) -> None:
        flow = self.flow
        waits = flow.step in (Step.REGISTER, Step.SIGN_IN, Step.CHECK)
        self.next.setEnabled(not (waits and flow.missing()))

    def _picked_way(self, entry: Entry) -> None:
        self.flow.choose(entry)
        self.cloud.ask_for_directory(entry is not Entry.BY_HAND)

    def _services_changed(self) -> None:
        if self.flow.step is not Step.SERVICES:
            return
        self._read()
        self.flow.forget_proof()
        asked = self.door.permissions(self.flow.settings())
        names = dict.fromkeys(line.name for line in asked)
        self._asked.setText(self.tr("Will be asked for: %1.").replace("%1", ", ".join(names)) if names else "")
        self._asked.setToolTip("\n".join(f"{line.name}: {words.why(line)}" for line in asked))

    # --- registration and sign-in ------------------------------------------------------------------------
    def _may_register(self, id: str, who: SignedIn) -> None:
        self.flow.sign_in, self.flow.signed_in = id, who
        self._register()

    def _register(self) -> None:
        self.run(self._register_it(), only="register")

    async def _register_it(self) -> None:
        self._register_again.hide()
        told = self.registered.told

        def progress(steps: Sequence[Done]) -> None:
            told.emit(tuple(steps))

        try:
            made = await self.bridge.call(self.door.register(self.flow.settings(), self.flow.sign_in, progress))
        except Fault:
            self._register_again.show()
            raise
        self.flow.registered = made
        self._judge()
        self.next.setFocus()

    def _signed_in(self, id: str, who: SignedIn) -> None:
        self.flow.sign_in, self.flow.signed_in = id, who
        self._judge()
        self.next.setFocus()

    # --- check list --------------------------------------------------------------------------------------
    def _check(self) -> None:
        self._read()
        self.run(self._check_it(), only="check")

    async def _check_it(self) -> None:
        settings = self.flow.settings()
        if not self.name.text():
            self.name.setText(self.flow.usual_name())
        self.role.show_role(settings, "", is_kept=False)
        if self.flow.report is None:
            self.checks.show_lines(self.door.permissions(settings))
        self.checks.wait(True, self.tr("Asking Microsoft…"))
        try:
            report = await self.bridge.call(self.door.try_out(settings, **self._credentials()))
        except Fault:
            self.checks.mark.become(self.tr("Could not be checked"), Tone.BAD)
            raise
        finally:
            self.checks.wait(False)
        self.banner.hide()
        self.flow.report = report
        self.checks.show_report(report)
        self.consent.show_address(report.consent)
        self._judge()
        if self.next.isEnabled() and not report.consent:
            self.next.setFocus()

    def _credentials(self) -> Given:
        flow = self.flow
        match flow.entry:
            case Entry.BY_HAND:
                made = flow.certificate.thumbprint if flow.certificate is not None else ""
                by_secret = self.hand.secret.text()
                return {"secret": by_secret} if flow.proof.value == "secret" else {"thumbprint": made}
            case _:
                return {"sign_in": flow.sign_in}

    def _remedy(self, line: CheckLine) -> None:
        if line.remedy == "consent" and self.consent.address:
            self.consent.go()
        else:
            self._check()

    # --- the tenant is kept, accounts are chosen -----------------------------------------------------------
    async def _keep(self) -> None:
        settings = self.flow.settings()
        if not self.flow.is_kept:
            await self.bridge.call(self.door.add(settings, **self._credentials()))
            self.flow.is_kept = True
            self.hand.forget()
        self._advance()
        await self.accounts.look(settings.name)

    async def _finish(self) -> None:
        name = self.flow.settings().name
        await self.plan.keep(name)
        await self._activate(name)
        if self.now.isChecked() and self.accounts.is_any:
            await self.bridge.call(self.door.backup(name))
        self.wants.emit(TenantPlace(name, "accounts"))

    async def _activate(self, name: ConnectionName) -> None:
        if self.accounts.wants_everybody:
            await self.bridge.call(self.door.put_rules(name, (Rule(id="everybody", when=When.ALWAYS),)))
        elif self.accounts.ids:
            await self.bridge.call(self.door.activate(name, self.accounts.ids))

    def _tell_summary(self) -> None:
        settings = self.flow.settings()
        lines = [
            self.tr("Organisation: %1").replace("%1", settings.name),
            self.tr("Way in: %1").replace("%1", words.way(settings.way_in)),
            self.tr("Services: %1").replace("%1", ", ".join(words.service(one).lower() for one in settings.services)),
            self.accounts.words,
        ]
        self._summary.setText("\n".join(lines))
        self.plan.show_name(settings.name)
        some = self.accounts.is_any
        self.now.setVisible(some)
        if some:
            self._summary_mark.become(self.tr("Ready to be protected"), Tone.GOOD)
        else:
            self._summary_mark.become(self.tr("Connected; nobody is protected yet"), Tone.ATTENTION)


def _page(*pieces: Piece) -> QWidget:
    made = QWidget()
    made.setLayout(column(*pieces, None, spacing=SPACE.large))
    return made
