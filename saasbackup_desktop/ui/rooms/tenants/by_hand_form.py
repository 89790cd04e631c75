"""A registration that somebody makes in the portal: ids, and a certificate from here or a secret from there."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from saasbackup_desktop.app.tenants.views import CertificateView, Proof, TenantSettings
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button, IconButton
from saasbackup_desktop.ui.kit.forms import Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_new_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import ElidedText, Text
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tenants.door import tenants

_GROUPS = (Proof.CERTIFICATE, Proof.SECRET)


class ByHandForm(QWidget):
    """``changed`` fires with each change; a certificate that was made is in ``certificate``."""

    changed = Signal()
    entered = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.banner = Banner()
        self.tasks = Tasks(self, self.banner.fault)
        self.certificate: CertificateView | None = None
        self.tenant = Line(placeholder="contoso.onmicrosoft.com")
        self.client = Line(placeholder="00000000-0000-0000-0000-000000000000")
        self.proof = QButtonGroup(self)
        certificate = QRadioButton(self.tr("&Certificate (recommended)"))
        secret = QRadioButton(self.tr("Client &secret: expires, and whoever reads it can use it"))
        certificate.setChecked(True)
        for number, radio in enumerate((certificate, secret)):
            self.proof.addButton(radio, number)
        self.secret = Secret()
        self._fields = {
            "tenant": Field(
                self.tr("&Directory (tenant) id"), self.tenant, self.tr("Or a domain of it. It stands on the overview.")
            ),
            "client": Field(self.tr("&Application (client) id"), self.client, self.tr("It stands on the overview.")),
            "secret": Field(self.tr("S&ecret's value"), self.secret, self.tr("Not its id. It is kept sealed.")),
        }
        self._guide = self._certificate_guide()
        ids = row(self._fields["tenant"], self._fields["client"], spacing=SPACE.large)
        ids.setStretch(0, 1)
        ids.setStretch(1, 1)
        self.setLayout(
            column(
                Text(
                    self.tr("In the Microsoft Entra admin centre, open App registrations and choose New registration: "
                            "any name, accounts in this directory only, no redirect address. Then copy two ids from "
                            "its "
                            "overview."),
                    "muted",
                    wrap=True,
                ),
                ids,
                Text(self.tr("How the program shows who it is"), "strong"),
                column(certificate, secret, spacing=0),
                self.banner,
                self._guide,
                self._fields["secret"],
                spacing=SPACE.medium,
            )
        )  # fmt: skip
        for line in (self.tenant, self.client, self.secret):
            line.textChanged.connect(lambda _: self.changed.emit())
            line.returnPressed.connect(self.entered.emit)
        self.proof.idToggled.connect(lambda *_: self._turn())
        self._turn()

    def _certificate_guide(self) -> QWidget:
        self.make = Button(self.tr("&Make a certificate"), picture="key", pressed=self._make_it)
        self.save = Button(self.tr("Save certi&ficate…"), "primary", "save", lambda: self.tasks.start(self._save()))
        self._short, self._long = ElidedText("", "body"), ElidedText("", "body")
        self._expires = Text("", "body")
        self._found = QWidget()
        grid = QGridLayout(self._found)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        for line, (label, value) in enumerate(
            ((self.tr("Thumbprint (SHA-1)"), self._short), (self.tr("Thumbprint (SHA-256)"), self._long))
        ):
            grid.addWidget(Text(label, "caption"), line, 0)
            grid.addWidget(value, line, 1)
            grid.addWidget(IconButton("copy", self.tr("Copy: %1").replace("%1", label), self._copies(value)), line, 2)
        grid.addWidget(Text(self.tr("Valid until"), "caption"), 2, 0)
        grid.addWidget(self._expires, 2, 1)
        steps = (
            self.tr("1.  Save the certificate here; its key never leaves this computer."),
            self.tr("2.  In the portal, open Certificates & secrets of the registration, then Certificates."),
            self.tr("3.  Upload the file, and compare the thumbprint that the portal shows with the one above."),
            self.tr(
                "4.  Under API permissions, nothing needs adding by hand: an administrator grants on the next page."
            ),
        )
        self._steps = Text("\n".join(steps), wrap=True)
        guide = QWidget()
        guide.setLayout(column(row(self.make, self.save, None), self._found, self._steps, spacing=SPACE.medium))
        return guide

    @property
    def how(self) -> Proof:
        """What was chosen."""
        return _GROUPS[self.proof.checkedId()]

    def restart(self) -> None:
        """Begin anew."""
        for line in (self.tenant, self.client):
            line.clear()
        self.forget()
        self.certificate = None
        self.proof.button(0).setChecked(True)
        self.banner.hide()
        self._turn()

    def forget(self) -> None:
        """Let go of the secret."""
        self.secret.clear()

    def complain(self, missing: Mapping[str, str]) -> None:
        """Say what is missing."""
        words = {
            "needed": self.tr("This is needed."),
            "tenant": self.tr("A directory's id, or a domain such as contoso.onmicrosoft.com."),
            "client": self.tr("An id of 32 digits and letters with four hyphens."),
        }
        for name, field in self._fields.items():
            field.complain(words[missing[name]] if name in missing else "")
        if "certificate" in missing:
            self.banner.say(Tone.ATTENTION, self.tr("Make a certificate first"), closable=False)
            self.make.setFocus()

    def _turn(self) -> None:
        is_certificate = self.how is Proof.CERTIFICATE
        made = self.certificate is not None
        self._guide.setVisible(is_certificate)
        self._fields["secret"].setVisible(not is_certificate)
        self.make.setVisible(not made)
        for part in (self.save, self._found, self._steps):
            part.setVisible(made)
        self.changed.emit()

    def _make_it(self) -> None:
        self.tasks.start(self._make(), busy=self.make, only="make")

    async def _make(self) -> None:
        settings = TenantSettings(name=ConnectionName(self.tenant.text().strip()), tenant=self.tenant.text().strip())
        made = await self.bridge.call(tenants(self.bridge).make_certificate(settings))
        self.show_certificate(made)
        self.save.setFocus()

    def show_certificate(self, made: CertificateView) -> None:
        """Show a certificate, to be saved and compared."""
        self.certificate = made
        self.banner.hide()
        self._short.say(_paired(made.short_thumbprint))
        self._long.say(_paired(made.thumbprint))
        self._expires.setText(text.day(made.expires))
        self._turn()

    async def _save(self) -> None:
        if self.certificate is None:
            return
        file = await pick_new_file(
            self, self.tr("Save certificate"), "saas-backup-desktop.cer", self.tr("Certificates (*.cer *.pem)")
        )
        if file is not None:
            await self.bridge.call(tenants(self.bridge).save_certificate(self.certificate.thumbprint, file))
            self.banner.say(Tone.GOOD, self.tr("Saved %1").replace("%1", str(file)))

    @staticmethod
    def _copies(value: ElidedText) -> Callable[[], None]:
        return lambda: QGuiApplication.clipboard().setText(value.whole.replace(" ", ""))


def _paired(thumbprint: str) -> str:
    plain = thumbprint.upper()
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
