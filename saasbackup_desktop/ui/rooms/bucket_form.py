"""Where a bucket lies and how to sign in there: one form for new vaults, existing ones and mirrors."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from saasbackup_desktop.app.flows.bucket import BucketEntry, SignIn, Style
from saasbackup_desktop.app.views import BucketKeys
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Choice, Field, Line, Secret
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.sheets import pick_file
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.tokens import SPACE


class BucketForm(QWidget):
    """``changed`` fires with every key; ``entry`` is what was entered, ``keys`` the secret part of it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.bucket = Line(placeholder="northwind-backup")
        self.prefix = Line(placeholder=self.tr("Whole bucket"))
        self.endpoint = Line(placeholder="https://s3.example.com")
        self.region = Line(placeholder="eu-central-1")
        self.ca_file = Line(placeholder=self.tr("Only for a server with an authority of its own"))
        self.style_choice = Choice(
            (
                (self.tr("Automatic"), Style.AUTO),
                (self.tr("In the path"), Style.PATH),
                (self.tr("In the host name"), Style.VIRTUAL),
            )
        )
        self.sign_in = Choice(
            (
                (self.tr("Access key entered here"), SignIn.KEYS),
                (self.tr("Profile of the AWS configuration"), SignIn.PROFILE),
                (self.tr("As other AWS tools find them"), SignIn.FOUND),
            )
        )
        self.access_key, self.secret_key = Line(), Secret()
        self.profile = Line(placeholder="default")
        self._fields = {
            "bucket": Field(self.tr("B&ucket"), self.bucket),
            "prefix": Field(self.tr("F&older in it (optional)"), self.prefix),
            "endpoint": Field(self.tr("&Endpoint (empty: Amazon)"), self.endpoint),
            "region": Field(self.tr("&Region (optional)"), self.region),
            "access_key": Field(self.tr("&Access key"), self.access_key),
            "secret": Field(
                self.tr("Secre&t key"),
                self.secret_key,
                self.tr("Kept in this computer's keyring; without one, asked for each time."),
            ),
            "profile": Field(self.tr("&Profile"), self.profile),
        }
        self._clear_text = Banner()
        self.setLayout(self._arranged())
        for line in (
            self.bucket, self.prefix, self.endpoint, self.region, self.ca_file, self.access_key, self.secret_key,
            self.profile,
        ):  # fmt: skip
            line.textChanged.connect(lambda _: self._typed())
        self.style_choice.picked.connect(lambda _: self.changed.emit())
        self.sign_in.picked.connect(lambda _: self._turn())
        self._turn()

    @property
    def entry(self) -> BucketEntry:
        """What was entered."""
        return BucketEntry(
            bucket=self.bucket.text(),
            prefix=self.prefix.text(),
            endpoint=self.endpoint.text(),
            region=self.region.text(),
            style=Style(str(self.style_choice.value())),
            ca_file=self.ca_file.text(),
            sign_in=SignIn(str(self.sign_in.value())),
            access_key=self.access_key.text(),
            profile=self.profile.text(),
        )

    @property
    def keys(self) -> BucketKeys | None:
        """The keys that were entered by hand."""
        return self.entry.keys(self.secret_key.text())

    def forget(self) -> None:
        """Let go of the secret key."""
        self.secret_key.clear()

    def complete(self) -> bool:
        """Say what is missing; tell whether nothing is."""
        missing = self.entry.missing(has_secret=bool(self.secret_key.text()))
        self._complain(missing)
        return not missing

    def _arranged(self) -> QVBoxLayout:
        pick = Button(self.tr("C&hoose…"), pressed=lambda: self.tasks.start(self._pick_authority()))
        pick.setAccessibleName(self.tr("Choose authority file"))
        authority = QWidget()
        authority.setLayout(row(self.ca_file, pick))
        self.ca_file.setAccessibleName(self.tr("Own certificate authority"))
        keys = QWidget()
        keys.setLayout(_pair(self._fields["access_key"], self._fields["secret"]))
        profile = QWidget()
        profile.setLayout(row(self._fields["profile"]))
        self._ways = QStackedWidget()
        for way in (keys, profile, QWidget()):
            self._ways.addWidget(way)
        return column(
            _pair(self._fields["bucket"], self._fields["prefix"]),
            _pair(self._fields["endpoint"], self._fields["region"]),
            self._clear_text,
            _pair(
                Field(self.tr("Bucket's na&me in requests"), self.style_choice),
                Field(self.tr("Certificate authority (optional)"), authority),
            ),
            Field(self.tr("Si&gn-in"), self.sign_in),
            self._ways,
            spacing=SPACE.medium,
        )

    def _typed(self) -> None:
        self._complain({})
        if self.entry.is_encrypted_on_the_way:
            self._clear_text.hide()
        elif not self._clear_text.isVisible():
            self._clear_text.say(
                Tone.ATTENTION,
                self.tr("This endpoint does not encrypt on the way"),
                self.tr("The vault's contents are encrypted all the same; the access key's name can be seen."),
                closable=False,
            )
        self.changed.emit()

    def _turn(self) -> None:
        place = {SignIn.KEYS: 0, SignIn.PROFILE: 1, SignIn.FOUND: 2}[self.entry.sign_in]
        self._ways.setCurrentIndex(place)
        self._ways.setVisible(place != 2)
        self._complain({})
        self.changed.emit()

    def _complain(self, missing: Mapping[str, str]) -> None:
        words = {
            "needed": self.tr("This is needed."),
            "bucket": self.tr("The bucket's name alone, without slashes and spaces."),
            "spaces": self.tr("No spaces here."),
            "endpoint": self.tr("An address such as https://s3.example.com:9000."),
        }
        for name, field in self._fields.items():
            field.complain(words[missing[name]] if name in missing else "")

    async def _pick_authority(self) -> None:
        file = await pick_file(self, self.tr("Certificate authority"), self.tr("Certificates (*.pem *.crt *.cer)"))
        if file is not None:
            self.ca_file.setText(str(file))


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    made = row(left, right, spacing=SPACE.large)
    made.setStretch(0, 1)
    made.setStretch(1, 1)
    return made
