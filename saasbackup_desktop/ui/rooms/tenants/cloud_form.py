"""In which of Microsoft's clouds a tenant is, and addresses of one's own: rarely needed."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import TenantSettings
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field, Line
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import pick_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.tokens import SPACE


class CloudForm(QWidget):
    """Folded away until somebody wants it; ``changed`` fires with each change."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.more = Button(self.tr("Ad&vanced"), "link", "right")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._fold)
        self.cloud = Choice(
            (
                (self.tr("Worldwide (usual)"), "global"),
                (self.tr("US Government GCC High"), "gcc-high"),
                (self.tr("US Government DoD"), "dod"),
                (self.tr("China, operated by 21Vianet"), "china"),
                (self.tr("Addresses of one's own"), "custom"),
            )
        )
        self.cloud.setMinimumContentsLength(26)
        self.cloud.picked.connect(lambda _: self._turn())
        self.tenant = Line(placeholder=self.tr("Found at sign-in"))
        self.login = Line(placeholder="https://login.example.com")
        self.graph = Line(placeholder="https://graph.example.com")
        self.ca_file = Line(placeholder=self.tr("Only for addresses with an authority of their own"))
        for line in (self.tenant, self.login, self.graph, self.ca_file):
            line.textChanged.connect(lambda _: self.changed.emit())
        pick = Button(self.tr("Ch&oose…"), pressed=lambda: self.tasks.start(self._pick()))
        pick.setAccessibleName(self.tr("Choose authority file"))
        authority = QWidget()
        authority.setLayout(row(self.ca_file, pick))
        self.ca_file.setAccessibleName(self.tr("Own certificate authority"))
        self._fields = {
            "tenant": Field(self.tr("&Directory (optional)"), self.tenant, self.tr("Its id, or a domain of it.")),
            "login": Field(self.tr("Sign-in &address"), self.login),
            "graph": Field(self.tr("&Graph address"), self.graph),
        }
        self._authority = Field(self.tr("Own certificate authority (PEM file, optional)"), authority)
        addresses = row(self._fields["login"], self._fields["graph"], spacing=SPACE.large)
        self._inside = QWidget()
        self._inside.setLayout(
            column(
                row(Field(self.tr("Clo&ud"), self.cloud), self._fields["tenant"], None, spacing=SPACE.large),
                addresses,
                self._authority,
                spacing=SPACE.medium,
            )
        )
        self.setLayout(column(row(self.more, None), self._inside, spacing=SPACE.hair))
        self._fold(False)
        self._turn()

    def ask_for_directory(self, asks: bool) -> None:
        """Whether the directory is asked for here; a page may do that itself."""
        self._fields["tenant"].setVisible(asks)

    def fill(self, settings: TenantSettings) -> None:
        """Show what there is."""
        self.cloud.choose(settings.cloud)
        self.tenant.setText("")
        self.login.setText(settings.login)
        self.graph.setText(settings.graph)
        self.ca_file.setText(settings.ca_file)
        self.more.setChecked(settings.cloud != "global" or bool(settings.ca_file))
        self._turn()

    def complain(self, missing: Mapping[str, str]) -> None:
        """Say what is missing."""
        words = {
            "address": self.tr("An address such as https://login.example.com."),
            "tenant": self.tr("A directory's id, or a domain such as contoso.onmicrosoft.com."),
            "needed": self.tr("This is needed."),
        }
        for name, field in self._fields.items():
            field.complain(words.get(missing[name], "") if name in missing else "")
        if any(name in missing for name in self._fields):
            self.more.setChecked(True)

    def _fold(self, shown: bool) -> None:
        self._inside.setVisible(shown)
        self.more.show_picture("down" if shown else "right")

    def _turn(self) -> None:
        custom = self.cloud.value() == "custom"
        for name in ("login", "graph"):
            self._fields[name].setVisible(custom)
        self._authority.setVisible(custom or bool(self.ca_file.text()))
        self.changed.emit()

    async def _pick(self) -> None:
        file = await pick_file(self, self.tr("Certificate authority"), self.tr("Certificates (*.pem *.crt *.cer)"))
        if file is not None:
            self.ca_file.setText(str(file))
