"""The wizard that protects one more mailbox."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QWidget

from saasbackup_desktop.app.flows.add_imap import AddImap, Step
from saasbackup_desktop.app.views import ProbeReport, SignIn, Tls
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import ABILITIES, PROBE_WARNINGS, Tone, label
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, goes_on
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Count, Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import Card, column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.pages import PlainPage
from saasbackup_desktop.ui.kit.sheets import pick_file
from saasbackup_desktop.ui.kit.status import StatusMark
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.places import HomePlace
from saasbackup_desktop.ui.rooms.connection_sheets import report_words
from saasbackup_desktop.ui.rooms.tasks.plan_line import PlanLine


class AddAccountPage(PlainPage):
    """Server, sign-in, test, summary. The flow decides, the page draws."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge, self.tr("Add an IMAP account"))
        self.flow = AddImap()
        self._steps = Text("", "muted")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._server_page())
        self._pages.addWidget(self._sign_in_page())
        self._pages.addWidget(self._test_page())
        self._pages.addWidget(self._summary_page())
        self._cancel = Button(self.tr("Cancel"), pressed=lambda: self.wants.emit(HomePlace()))
        self._back = Button(self.tr("&Back"), pressed=self._go_back)
        self._next = Button(self.tr("&Next"), "primary", pressed=self._go_on)
        self._next.setDefault(True)
        card = Card(self._pages, row(self._cancel, None, self._back, self._next), spacing=SPACE.wide)
        card.setMaximumWidth(scaled(680))
        card.body.setContentsMargins(SPACE.wide, SPACE.wide, SPACE.wide, SPACE.wide)
        self.body.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addStretch(1)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, wherever the focus is."""
        if goes_on(self, event):
            self._next.click()
        else:
            super().keyPressEvent(event)

    def restart(self) -> None:
        """Begin anew."""
        self.flow = AddImap()
        for line in (self.host, self.user, self.name, self.ca_file):
            line.clear()
        self.secret.clear()
        self.port.setValue(0)
        self.tls.choose(Tls.IMPLICIT)
        self.sign_in.choose(SignIn.LOGIN)
        self._tls_chosen()
        self.banner.hide()
        self._complain({})
        self._show()

    def first_focus(self) -> QWidget | None:
        """Start at the first field."""
        return self.host

    # --- pages -------------------------------------------------------------------------------------------
    def _server_page(self) -> QWidget:
        self.host = Line(placeholder="imap.example.com")
        self.host.setAccessibleName(self.tr("Server"))
        self.tls = Choice(
            (
                (self.tr("TLS from the start (recommended)"), Tls.IMPLICIT),
                (self.tr("STARTTLS"), Tls.STARTTLS),
                (self.tr("No encryption"), Tls.NONE),
            )
        )
        self.tls.setMinimumContentsLength(30)
        self.tls.picked.connect(lambda _: self._tls_chosen())
        self.port = Count(0, 65535, 0)
        self.port.setMaximumWidth(scaled(140))
        self.ca_file = Line(placeholder=self.tr("Only for a server with an authority of its own"))
        pick = Button(self.tr("Choose…"), pressed=lambda: self.run(self._pick_authority()))
        pick.setAccessibleName(self.tr("Choose authority file"))
        authority = QWidget()
        authority.setLayout(row(self.ca_file, pick))
        self.ca_file.setAccessibleName(self.tr("Own certificate authority"))
        self._clear_text = Banner()
        self._host_field = Field(
            self.tr("&Server"), self.host, self.tr("Your mail provider's instructions name it “IMAP server”.")
        )
        self._port_field = Field(self.tr("&Port"), self.port)
        page = QWidget()
        page.setLayout(
            column(
                self._host_field,
                row(Field(self.tr("&Encryption"), self.tls), self._port_field, None, spacing=SPACE.large),
                self._clear_text,
                Field(self.tr("Own certificate authority (PEM file, optional)"), authority),
                None,
                spacing=SPACE.large,
            )
        )
        self._tls_chosen()
        return page

    def _sign_in_page(self) -> QWidget:
        self.user = Line(placeholder="name@example.com")
        self.secret = Secret()
        self.name = Line(placeholder=self.tr("For example: Office mailbox"), most=LABEL)
        self.sign_in = Choice(
            (
                (self.tr("Password"), SignIn.LOGIN),
                (self.tr("Password (SASL PLAIN)"), SignIn.PLAIN),
                (self.tr("OAuth 2 access token"), SignIn.XOAUTH2),
            )
        )
        self._user_field = Field(self.tr("&User name"), self.user, self.tr("Usually the whole e-mail address."))
        self._secret_field = Field(
            self.tr("Pass&word"),
            self.secret,
            self.tr("With two-step verification, most providers want an app password. It is kept sealed."),
        )
        page = QWidget()
        page.setLayout(
            column(
                self._user_field,
                self._secret_field,
                Field(self.tr("Sign-in &method"), self.sign_in),
                Field(self.tr("Name &here (optional)"), self.name),
                None,
                spacing=SPACE.large,
            )
        )
        return page

    def _test_page(self) -> QWidget:
        self._test_mark = StatusMark()
        self._test_progress = Progress(self.tr("Trying the connection"))
        self._test_progress.show_share(0, 0)
        self._test_words = Text("", wrap=True)
        self._again = Button(self.tr("Try &again"), picture="retry", pressed=self._test)
        page = QWidget()
        page.setLayout(
            column(
                self._test_mark,
                self._test_progress,
                self._test_words,
                row(self._again, None),
                None,
                spacing=SPACE.medium,
            )
        )
        return page

    def _summary_page(self) -> QWidget:
        self._summary = Text("", wrap=True)
        self._abilities = Text("", "muted", wrap=True)
        self._now = QCheckBox(self.tr("Make the first backup no&w"))
        self._now.setChecked(True)
        self.plan = PlanLine(self.bridge)
        page = QWidget()
        page.setLayout(
            column(
                StatusMark(self.tr("Ready to be protected"), Tone.GOOD),
                self._summary,
                self._abilities,
                self._now,
                self.plan,
                None,
                spacing=SPACE.medium,
            )
        )
        return page

    # --- moving ------------------------------------------------------------------------------------------
    def _read(self) -> None:
        flow = self.flow
        flow.host, flow.port = self.host.text(), self.port.value() or None
        flow.tls, flow.ca_file = Tls(str(self.tls.value())), self.ca_file.text()
        flow.user, flow.name = self.user.text(), self.name.text()
        flow.sign_in = SignIn(str(self.sign_in.value()))

    def _go_on(self) -> None:
        self._read()
        missing = self.flow.missing(has_secret=bool(self.secret.text()))
        self._complain(missing)
        if missing:
            return
        if self.flow.step is Step.SUMMARY:
            self.run(self._add(), busy=self._next, only="add")
            return
        self.flow.advance()
        self._show()
        if self.flow.step is Step.TEST:
            self._test()

    def _go_back(self) -> None:
        self.tasks.cancel()
        if self.flow.back() is Step.TEST:
            self.flow.back()
        self._show()

    def _show(self) -> None:
        step = self.flow.step
        names = (self.tr("Server"), self.tr("Sign-in"), self.tr("Test"), self.tr("Summary"))
        self._pages.setCurrentIndex(step)
        if step is Step.SUMMARY:
            self.plan.show_name(self.flow.settings().name)
        self.lead.setText(self.tr("Step %1 of 4: %2").replace("%1", str(step + 1)).replace("%2", names[step]))
        self._back.setVisible(step is not Step.SERVER)
        self._next.setText(self.tr("&Add account") if step is Step.SUMMARY else self.tr("&Next"))
        self._next.setEnabled(step is not Step.TEST or self.flow.report is not None)
        focus = {Step.SERVER: self.host, Step.SIGN_IN: self.user}.get(step, self._next)
        focus.setFocus()

    def _complain(self, missing: dict[str, str]) -> None:
        words = {
            "needed": self.tr("This is needed."),
            "spaces": self.tr("A server's name has no spaces."),
            "port": self.tr("A port is a number from 1 to 65535."),
        }
        fields = {
            "host": self._host_field,
            "port": self._port_field,
            "user": self._user_field,
            "secret": self._secret_field,
        }
        for name, field in fields.items():
            field.complain(words[missing[name]] if name in missing else "")

    def _tls_chosen(self) -> None:
        self.flow.tls = Tls(str(self.tls.value()))
        self.port.setSpecialValueText(self.tr("%1 (usual)").replace("%1", str(self.flow.usual_port)))
        if self.flow.tls is Tls.NONE:
            self._clear_text.say(Tone.ATTENTION, text.say(PROBE_WARNINGS["not-encrypted"]), closable=False)
        else:
            self._clear_text.hide()

    def _test(self) -> None:
        self.run(self._probe(), busy=self._again, only="probe")

    async def _probe(self) -> None:
        settings = self.flow.settings()
        self.flow.report = None
        self._next.setEnabled(False)
        self._test_mark.become(self.tr("Connecting to %1…").replace("%1", settings.host), Tone.BUSY)
        self._test_words.setText("")
        self._test_progress.show()
        self._again.hide()
        try:
            report = await self.bridge.call(self.desk.probe_imap(settings, self.secret.text()))
        except Fault as fault:
            words = words_for(fault.code, fault.facts)
            self._test_mark.become(text.say(words.title), Tone.BAD)
            self._test_words.setText(f"{words.what}\n{words.remedy}")
            self._again.show()
        else:
            self.flow.report = report
            self._test_mark.become(self.tr("The connection works"), Tone.GOOD)
            self._tell_report(report)
            self._next.setEnabled(True)
            self._next.setFocus()
        finally:
            self._test_progress.hide()

    def _tell_report(self, report: ProbeReport) -> None:
        warnings = [text.say(label(PROBE_WARNINGS, code)) for code in report.warnings]
        self._test_words.setText("\n\n".join([report_words(report), *warnings]))
        settings = self.flow.settings()
        self._summary.setText(
            self.tr("%1 at %2\n%3").replace("%1", settings.user).replace("%2", settings.host).replace(
                "%3", report_words(report)
            )
        )  # fmt: skip
        abilities = ", ".join(text.say(label(ABILITIES, code)).lower() for code in report.abilities)
        self._abilities.setText(self.tr("This server: %1.").replace("%1", abilities) if abilities else "")

    async def _add(self) -> None:
        connection = await self.bridge.call(self.desk.add_imap(self.flow.settings(), self.secret.text()))
        self.secret.clear()
        await self.plan.keep(connection.name)
        if self._now.isChecked():
            await self.bridge.call(self.desk.backup(stream_id(connection.account.id, Service.MAIL)))
        self.wants.emit(HomePlace())

    async def _pick_authority(self) -> None:
        file = await pick_file(self, self.tr("Certificate authority"), self.tr("Certificates (*.pem *.crt *.cer)"))
        if file is not None:
            self.ca_file.setText(str(file))
