"""The second leaf of the download dialog: where the files go, under which name, how they are packed and kept."""

from collections.abc import Sequence, Set
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from saasbackup_desktop.app.destinations.views import DestinationView
from saasbackup_desktop.app.exports.views import SHORTEST_PASSWORD
from saasbackup_desktop.app.words.exports import PACKINGS
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.export.values import LARGE_PART, USUAL_PART, Format, Packing
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import LABEL, Choice, Field, Line, NewPassphrase
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.sheets import confirm
from saasbackup_desktop.ui.kit.tasks import Tasks, Work
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.exports.destination_sheet import ask_destination
from saasbackup_desktop.ui.rooms.exports.door import destinations
from saasbackup_desktop.ui.rooms.folder_field import FolderField

_SMALL_PART: Final = 10**9
_BANNED: Final = frozenset('\\/:*?"<>|')


class Where(QWidget):
    """``changed`` fires with every choice."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.tasks = Tasks(self, self._fail)
        self._has_data_files = False
        self._places: Sequence[DestinationView] = ()
        self.place = Choice()
        self.add = Button(self.tr("Ne&w destination…"), picture="plus", pressed=lambda: self._begin(self._set_up(None)))
        self.change = Button(self.tr("Chan&ge…"), pressed=lambda: self._begin(self._set_up(self.destination)))
        self.forget = Button(self.tr("Remo&ve…"), pressed=lambda: self._begin(self._remove()))
        places = QWidget()
        line = row(self.place, self.change, self.forget, self.add)
        line.setStretch(0, 1)
        places.setLayout(line)
        places.setFocusProxy(self.place)
        self.place.setAccessibleName(self.tr("To"))
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self.folder = FolderField(self.tr("&Folder"), self.tr("On this computer, or a share that it reaches."), usual)
        self.name = Line(most=LABEL)
        self.name.setPlaceholderText(self.tr("By itself: account and time"))
        self._name_field = Field(self.tr("&Name"), self.name)
        self._packings = QButtonGroup(self)
        ways: list[QWidget] = []
        for place, (packing, (label, about)) in enumerate(PACKINGS.items()):
            button = QRadioButton(say(label))
            button.setAccessibleDescription(say(about))
            button.setChecked(packing is Packing.FOLDER)
            self._packings.addButton(button, place)
            words = Text(say(about), "caption", wrap=True)
            words.setContentsMargins(30, 0, 0, SPACE.hair)
            ways += [button, words]
        self.part = Choice(
            (
                (self.tr("5 GB"), USUAL_PART),
                (self.tr("20 GB"), LARGE_PART),
                (self.tr("1 GB"), _SMALL_PART),
            )
        )
        self._part_field = Field(self.tr("&Parts of at most"), self.part)
        self.keep = Choice(
            (
                (self.tr("Never"), None),
                (self.tr("After 3 days"), 3),
                (self.tr("After 7 days"), 7),
                (self.tr("After 30 days"), 30),
            )
        )
        self._keep_field = Field(self.tr("&Remove the files by itself"), self.keep)
        self.lock = QCheckBox(self.tr("&Lock the archives with a password (AES-256)"))
        self.password = NewPassphrase(
            self.tr("Password of the archives"), self.tr("Repeat the password"), SHORTEST_PASSWORD
        )
        self._forgotten = Text(
            self.tr(
                "It is forgotten here when the download is over. Without it, nobody can open the archives; with it, "
                "7-Zip, WinZip, Keka and others that know AES-256 can, Windows' own Explorer cannot. "
                "Names and sizes of the files in them can be read without it."
            ),
            "caption",
            wrap=True,
        )
        self._secret = QWidget()
        self._secret.setLayout(column(self._forgotten, self.password, spacing=SPACE.small))
        for field in (self._part_field, self._keep_field):
            field.setMinimumWidth(scaled(220))
        self.setLayout(
            column(
                Field(self.tr("&To"), places),
                self.folder,
                self._name_field,
                column(Text(self.tr("Packed as"), "strong"), *ways, spacing=SPACE.hair),
                row(self._part_field, self._keep_field, None, spacing=SPACE.large),
                self.lock,
                self._secret,
                None,
                spacing=SPACE.medium,
            )
        )
        self._fill()
        self.place.picked.connect(lambda _: self._judge())
        self.folder.line.textChanged.connect(lambda _: self._judge())
        self.name.textChanged.connect(lambda _: self._judge())
        self._packings.buttonClicked.connect(lambda _: self._judge())
        self.lock.toggled.connect(lambda _: self._judge())
        self.password.changed.connect(self.changed)
        self._judge()

    async def prepare(self) -> None:
        """Ask which places outside are set up."""
        self._places = await self._bridge.call(destinations(self._bridge).all())
        self._fill()

    @property
    def destination(self) -> DestinationView | None:
        """The place outside that is chosen; None: a folder."""
        name = self.place.value()
        return next((one for one in self._places if one.settings.name == name), None)

    @property
    def told(self) -> str:
        """Where the files go, as a person calls it."""
        return self.destination.location if self.destination is not None else self.to

    def suit(self, formats: Set[Format]) -> None:
        """Offer what goes with these formats."""
        self._has_data_files = Format.PST in formats
        self._judge()

    @property
    def to(self) -> str:
        """Where the files go."""
        if self.destination is not None:
            return self.destination.to
        return str(Path(self.folder.folder).expanduser())

    @property
    def packing(self) -> Packing:
        """How they are packed."""
        return list(PACKINGS)[self._packings.checkedId()]

    @property
    def part_size(self) -> int:
        """Bytes of a part at most."""
        return int(str(self.part.value()))

    @property
    def keep_days(self) -> int | None:
        """Days after which the files are removed; None: never."""
        days = self.keep.value()
        return int(str(days)) if days is not None else None

    @property
    def secret(self) -> str | None:
        """The password of the archives; None: they open without."""
        return self.password.text if self._is_locked else None

    @property
    def is_good(self) -> bool:
        """It can go on from here."""
        return not self.lack

    @property
    def lack(self) -> str:
        """Why it cannot go on from here; nothing where it can."""
        if self.destination is None and not self.folder.folder:
            return self.tr("Choose a folder.")
        if self.destination is None and not Path(self.to).is_absolute():
            return self.tr("Give the whole path of a folder.")
        if self._bad_name:
            return self.tr("Choose another name.")
        if not self._is_locked or self.password.is_good():
            return ""
        if len(self.password.text) < SHORTEST_PASSWORD:
            needed = self.tr("The password needs %1 characters at least.")
            return needed.replace("%1", str(SHORTEST_PASSWORD))
        return self.tr("Repeat the password.")

    @property
    def _is_locked(self) -> bool:
        return self.packing is Packing.ZIP and self.lock.isChecked()

    @property
    def _bad_name(self) -> bool:
        name = self.name.text()
        return bool(_BANNED & set(name)) or name != name.strip() or name.endswith(".")

    def _judge(self) -> None:
        is_zip = self.packing is Packing.ZIP
        is_far = self.destination is not None
        self.folder.setVisible(not is_far)
        self.change.setVisible(is_far)
        self.forget.setVisible(is_far)
        self._part_field.setVisible(is_zip or self._has_data_files)
        self.lock.setVisible(is_zip)
        self._secret.setVisible(self._is_locked)
        folder = self.folder.folder
        is_relative = bool(folder) and not is_far and not Path(self.to).is_absolute()
        self.folder.complain(self.tr("Give the whole path of a folder.") if is_relative else "")
        words = self.tr('A name has none of \\ / : * ? " < > |, and no blank or dot at its end.')
        self._name_field.complain(words if self._bad_name else "")
        self.changed.emit()

    def _fill(self, chosen: str | None = None) -> None:
        wanted = chosen if chosen is not None else self.place.value()
        own: list[tuple[str, object]] = [(self.tr("A folder of this computer"), "")]
        self.place.fill(own + [(f"{one.settings.name}  ({one.location})", one.settings.name) for one in self._places])
        self.place.choose(wanted or "")

    def _begin(self, work: Work) -> None:
        self.tasks.start(work, only="destination")

    async def _set_up(self, known: DestinationView | None) -> None:
        kept = await ask_destination(self._bridge, known, self)
        if kept is not None:
            await self.prepare()
            self._fill(kept.settings.name)
            self._judge()
            self.place.setFocus()

    async def _remove(self) -> None:
        known = self.destination
        if known is None:
            return
        title = self.tr("Remove the destination “%1”?").replace("%1", known.settings.name)
        words = self.tr("Its keys are forgotten here. What was sent there stays there.")
        if await confirm(self, title, words, self.tr("Remove"), danger=True):
            await self._bridge.call(destinations(self._bridge).remove(known.settings.name))
            await self.prepare()
            self._judge()

    def _fail(self, fault: Fault) -> None:
        self.failed.emit(fault)
