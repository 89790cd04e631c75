"""The mail server that notices are handed to."""

from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.notices.views import (
    MailGiven,
    MailServer,
    MailSignIn,
    MailTls,
    MailView,
    TokenWay,
)
from saasbackup_desktop.app.words.notices import MAIL_SIGN_INS, MAIL_TLS, NOT_ENCRYPTED, TOKEN_WAYS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Count, Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import abreast, column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import Sheet
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.notices.authority import with_choice

_PORTS = {MailTls.STARTTLS: 587, MailTls.IMPLICIT: 465, MailTls.NONE: 25}


class MailSheet(Sheet):
    """Host, protection, sign-in, sender; a test can be sent before it is kept."""

    def __init__(self, bridge: Bridge, view: MailView, parent: QWidget) -> None:
        super().__init__(
            self.tr("Mail server"),
            self.tr("Notices by e-mail are handed to this server. What it is signed in to with is kept encrypted."),
            parent,
            width=620,
        )
        self.bridge = bridge
        server = view.server or MailServer(host="")
        self.host = Line(server.host, "smtp.example.org")
        self.tls = Choice([(say(label), tls) for tls, label in MAIL_TLS.items()])
        self.tls.choose(server.tls)
        self.port = Count(1, 65535, server.usual_port)
        self.origin = Line(server.sender, "backup@example.org")
        self.sign_in = Choice([(say(label), way) for way, label in MAIL_SIGN_INS.items()])
        self.sign_in.choose(server.sign_in)
        self.user = Line(server.user)
        self.password = Secret(self.tr("as it was") if view.has_password else "")
        self.ca_file = Line(server.ca_file)
        self.token_way = Choice([(say(label), way) for way, label in TOKEN_WAYS.items()])
        self.token_way.choose(server.token_way)
        self.tenant = Line(server.tenant, "northwind.onmicrosoft.com")
        self.client = Line(server.client)
        self.secret = Secret(self.tr("as it was") if view.has_password else "")
        self.token_address = Line(server.token_address, "https://oauth2.googleapis.com/token")
        self.scope = Line(server.scope, "https://mail.google.com/")
        self.refresh = Secret(self.tr("as it was") if view.has_refresh else "")
        self.clear_text = Banner()
        self.to = Line("", server.sender or "ada@example.org")
        self.test = Button(self.tr("Send a &test"), picture="sent", pressed=self._test)
        self.go = Button(self.tr("&Keep"), "primary", "check", self._keep_it)
        self.go.setDefault(True)
        self.fill(
            abreast(Field(self.tr("&Server"), self.host), Field(self.tr("P&ort"), self.port)),
            abreast(Field(self.tr("&Encryption"), self.tls), self._authority()),
            self.clear_text,
            abreast(Field(self.tr("Notices come &from"), self.origin), Field(self.tr("Si&gn-in"), self.sign_in)),
            self._ways(),
            abreast(Field(self.tr("Try it: send a test to"), self.to), _low(self.test)),
        )
        self.offer(self.cancel_button(), self.go)
        self.tls.picked.connect(self._picked_tls)
        self.sign_in.picked.connect(lambda _: self._turn())
        self.token_way.picked.connect(lambda _: self._turn())
        self._turn()
        self.host.setFocus()

    def _authority(self) -> QWidget:
        label = self.tr("Own authority, PEM file")
        return Field(label, with_choice(self, self.ca_file, label))

    def _ways(self) -> QWidget:
        self._user = Field(self.tr("&User name"), self.user)
        self._password = Field(self.tr("&Password"), self.password)
        self._microsoft = abreast(Field(self.tr("Tenant"), self.tenant), QWidget())
        self._token = abreast(
            Field(self.tr("Token address"), self.token_address), Field(self.tr("Scope (optional)"), self.scope)
        )
        self._refresh = Field(self.tr("Refresh token"), self.refresh)
        oauth = QWidget()
        oauth.setLayout(
            column(
                Field(self.tr("Token from"), self.token_way),
                self._microsoft,
                self._token,
                abreast(
                    Field(self.tr("Application id"), self.client), Field(self.tr("Application's secret"), self.secret)
                ),
                self._refresh,
                spacing=SPACE.medium,
            )
        )
        self._oauth = oauth
        whole = QWidget()
        whole.setLayout(column(abreast(self._user, self._password), oauth, spacing=SPACE.medium))
        return whole

    def _picked_tls(self, tls: object) -> None:
        if self.port.value() in _PORTS.values():
            self.port.setValue(_PORTS[MailTls(str(tls))])
        self._turn()

    def _turn(self) -> None:
        way = MailSignIn(str(self.sign_in.value()))
        is_refreshed = TokenWay(str(self.token_way.value())) is TokenWay.REFRESH
        self._user.setVisible(way is not MailSignIn.NONE)
        self._password.setVisible(way is MailSignIn.PASSWORD)
        self._oauth.setVisible(way is MailSignIn.OAUTH)
        self._microsoft.setVisible(not is_refreshed)
        self._token.setVisible(is_refreshed)
        self._refresh.setVisible(is_refreshed)
        if MailTls(str(self.tls.value())) is MailTls.NONE:
            self.clear_text.say(Tone.ATTENTION, say(NOT_ENCRYPTED), closable=False)
        else:
            self.clear_text.hide()
        self.adjustSize()

    def made(self) -> MailServer:
        """What was entered, without secrets."""
        tls = MailTls(str(self.tls.value()))
        return MailServer(
            host=self.host.text().strip(),
            port=self.port.value() if self.port.value() != _PORTS[tls] else None,
            tls=tls,
            sign_in=MailSignIn(str(self.sign_in.value())),
            user=self.user.text().strip(),
            sender=self.origin.text().strip(),
            ca_file=self.ca_file.text().strip(),
            token_way=TokenWay(str(self.token_way.value())),
            tenant=self.tenant.text().strip(),
            client=self.client.text().strip(),
            token_address=self.token_address.text().strip(),
            scope=self.scope.text().strip(),
        )

    def given(self) -> MailGiven:
        """Secrets, as far as they were entered."""
        is_oauth = MailSignIn(str(self.sign_in.value())) is MailSignIn.OAUTH
        password = self.secret.text() if is_oauth else self.password.text()
        return MailGiven(password=password or None, refresh=self.refresh.text() or None)

    def _test(self) -> None:
        self.run(self._try(), busy=self.test, only="go")

    async def _try(self) -> None:
        self.banner.hide()
        address = self.to.text().strip() or self.origin.text().strip()
        door = self.bridge.desk.notices
        tried = await self.bridge.call(door.test_mail(self.made(), self.given(), address))
        self.banner.say(
            Tone.GOOD,
            self.tr("The server took it for %1").replace("%1", address),
            self.tr("It answered: %1").replace("%1", f"{tried.status} {tried.answer}"),
        )

    def _keep_it(self) -> None:
        self.run(self._put(), busy=self.go, only="go")

    async def _put(self) -> None:
        await self.bridge.call(self.bridge.desk.notices.set_mail(self.made(), self.given()))
        for line in (self.password, self.secret, self.refresh):
            line.clear()
        self.accept()


def _low(button: QWidget) -> QWidget:
    """A button on the line of the field beside it."""
    whole = QWidget()
    whole.setLayout(column(None, row(button, None)))
    return whole
