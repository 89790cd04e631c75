"""The second leaf of the import dialog: what lies in the files, which of it is taken, and as whose."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from saasbackup_desktop.app.imports.views import FolderCount, ServiceFound, Survey, Unreadable
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.imports import KINDS
from saasbackup_desktop.app.words.items import FOLDERS, NOUNS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.errors import ArchiveForeign
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.forms import Field as Labelled
from saasbackup_desktop.ui.kit.forms import Secret
from saasbackup_desktop.ui.kit.layout import column, row, take_out
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import ElidedText, Text, clear, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet


class Findings(QWidget):
    """``changed`` fires with every choice, ``again`` when the files are to be opened with another password."""

    changed = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.survey: Survey | None = None
        self.boxes: dict[Service, QCheckBox] = {}
        self._reason = ""
        self._told = ElidedText("", "strong")
        self.note = Banner()
        self.password = Secret()
        self.look = Button(self.tr("&Open with it"), pressed=self.again.emit)
        self.look.setEnabled(False)
        both = QWidget()
        line = row(self.password, self.look)
        line.setStretch(0, 1)
        both.setLayout(line)
        both.setFocusProxy(self.password)
        self.password.setAccessibleName(self.tr("Password of the archives"))
        self._locked = Labelled(self.tr("&Password of the archives"), both)
        self._services = QWidget()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.large)
        self._grid.setVerticalSpacing(SPACE.hair)
        self._grid.setColumnStretch(3, 1)
        self._services.setLayout(self._grid)
        self._folders: RowSheet[FolderCount] = RowSheet(
            (
                Field(say("Folder"), lambda one: one.path),
                Field(say("Service"), lambda one: say(SHORT_SERVICES[one.service])),
                Field(say("Items"), lambda one: text.number(one.items), lambda one: one.items, right=True),
            ),
            self,
        )
        self.folders = Table(self.tr("Folders that were found"))
        self.folders.setModel(self._folders)
        self.folders.widths((200, 120, 90), 0)
        self.folders.setMinimumHeight(scaled(130))
        self._broken: RowSheet[Unreadable] = RowSheet(
            (
                Field(say("Not taken"), lambda one: one.path, picture=_picture),
                Field(say("Why"), _why, hint=_remedy),
            ),
            self,
        )
        self.broken = Table(self.tr("What is not taken"))
        self.broken.setModel(self._broken)
        self.broken.widths((280, 240), 0)
        self.broken.setFixedHeight(scaled(120))
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        if (inside := self.name.lineEdit()) is not None:
            inside.setAccessibleName(self.tr("Name of the account"))
        self._name_field = Labelled(self.tr("&Name of the account"), self.name)
        self._taken = QWidget()
        self._taken.setLayout(
            column(Text(self.tr("What is taken"), "strong"), self._services, self.folders, spacing=SPACE.small)
        )
        outer = column(
            self._told, self.note, self._locked, self._name_field, self._taken, self.broken, spacing=SPACE.large
        )
        outer.setStretch(4, 1)
        outer.addStretch(0)  # where nothing is taken
        self.setLayout(outer)
        self._locked.hide()
        self.broken.hide()
        self.name.editTextChanged.connect(lambda _: self._judge())
        self.password.textChanged.connect(lambda words: self.look.setEnabled(bool(words)))
        self.password.returnPressed.connect(self.again)

    @property
    def chosen(self) -> tuple[Service, ...]:
        """Services that are taken."""
        return tuple(service for service, box in self.boxes.items() if box.isChecked())

    @property
    def account(self) -> str:
        """What the account is called."""
        return self.name.currentText().strip()

    @property
    def lack(self) -> str:
        """What is missing before it can be taken; empty: nothing."""
        if self.survey is not None and not self.survey.services:
            return self.tr("Give the password first.") if self.survey.needs_password else ""
        if not self.chosen:
            return self.tr("Choose at least one service.")
        if not self.account:
            return self.tr("Give the account a name.")
        return self.tr("Choose another name.") if self._reason else ""

    @property
    def is_good(self) -> bool:
        """There is something to take, and it has a name."""
        return bool(self.account) and bool(self.chosen) and not self._reason

    def know(self, accounts: Sequence[Account]) -> None:
        """Offer accounts that were imported before: what is new is added to them."""
        typed = self.name.currentText()
        self.name.clear()
        self.name.addItems([text.plain(_called(one)) for one in accounts])
        self.name.setEditText(typed)

    def complain(self, reason: str) -> None:
        """Say why the name cannot be taken."""
        self._reason = reason
        self._judge()

    def show_survey(self, survey: Survey) -> None:
        """Show what was found."""
        is_first = self.survey is None or self.survey.paths != survey.paths
        self.survey = survey
        kinds = [text.counted(many, *map(say, KINDS[kind])) for kind, many in survey.kinds.items() if kind in KINDS]
        self._told.say(", ".join((*kinds, text.size(survey.size))))
        self._told.setVisible(bool(kinds))
        self._locked.setVisible(survey.needs_password)
        self._locked.hint(self.tr("Some of them are encrypted.") if survey.services else "")
        if is_first:
            self.name.setEditText(survey.name)
        self._tell(survey)
        self._show_services(survey.services)
        self._folders.show(survey.folders)
        self._taken.setVisible(bool(survey.services))
        self._name_field.setVisible(bool(survey.services))
        self.folders.go_to(0)
        passed = [Unreadable(path=path, code=ArchiveForeign.code) for path in survey.passed_over]
        self._broken.show([*survey.unreadable, *passed])
        self.broken.setVisible(bool(survey.unreadable or passed))
        self.broken.go_to(0)
        self._judge()

    def _tell(self, survey: Survey) -> None:
        if not survey.services and survey.needs_password:
            why = self.tr("Give their password to see what is in them.")
            self.note.say(Tone.QUIET, self.tr("These files are encrypted"), why, closable=False)
        elif not survey.services and survey.unreadable:
            first = survey.unreadable[0]
            words = words_for(first.code, first.facts)
            why = f"{say(words.what)} {say(words.remedy)}".strip()
            self.note.say(Tone.BAD, self.tr("These files cannot be read"), why, closable=False)
        elif not survey.services:
            why = self.tr("They hold neither mail, calendars, contacts, tasks nor notes that can be read.")
            self.note.say(Tone.ATTENTION, self.tr("There is nothing to import in these files"), why, closable=False)
        elif not survey.is_whole:
            self.note.say(
                Tone.QUIET,
                self.tr("There is more"),
                self.tr("These are the counts of what was seen so far; the import takes the rest, too."),
                closable=False,
            )
        elif survey.broken:
            many = text.counted(survey.broken, self.tr("file or item"), self.tr("files or items"))
            self.note.say(
                Tone.ATTENTION,
                self.tr("%1 cannot be read").replace("%1", many),
                self.tr("The import leaves it out, and names it.")
                if survey.broken == 1
                else self.tr("The import leaves them out, and names them."),
                closable=False,
            )
        elif survey.passed:
            many = text.counted(survey.passed, self.tr("file"), self.tr("files"))
            self.note.say(
                Tone.QUIET,
                self.tr("%1 with nothing to import").replace("%1", many),
                self.tr("It is listed below; all others are taken.")
                if survey.passed == 1
                else self.tr("They are listed below; all others are taken."),
                closable=False,
            )
        else:
            self.note.hide()

    def _show_services(self, found: Sequence[ServiceFound]) -> None:
        before = {service for service, box in self.boxes.items() if not box.isChecked()}
        take_out(self._grid)
        clear(self._services)
        self.boxes = {}
        for place, one in enumerate(found):
            box = QCheckBox(say(SHORT_SERVICES[one.service]))
            box.setChecked(one.service not in before)
            items = text.counted(one.items, *map(say, NOUNS[one.service]))
            folders = text.counted(one.folders, *map(say, FOLDERS[one.service]))
            told = f"{items}, {folders}, {text.size(one.size)}"
            box.setAccessibleName(f"{box.text()}: {told}")
            box.toggled.connect(lambda _: self._judge())
            self.boxes[one.service] = box
            self._grid.addWidget(box, place, 0)
            self._grid.addWidget(Text(told, "muted"), place, 1)
            self._grid.addWidget(Text(_span(one), "muted"), place, 2)
        for stop, following in pairwise((self.name, *self.boxes.values(), self.folders, self.broken)):
            QWidget.setTabOrder(stop, following)

    def _judge(self) -> None:
        known = self.name.findText(self.name.currentText(), Qt.MatchFlag.MatchFixedString) >= 0
        self._name_field.hint(self.tr("It was imported before: what is new is added to it.") if known else "")
        self._name_field.complain(self._reason)
        self.changed.emit()


def _called(account: Account) -> str:
    return account.name or account.address


def _span(one: ServiceFound) -> str:
    if one.since is None or one.until is None:
        return ""
    return f"{text.day(one.since)} – {text.day(one.until)}"


def _picture(one: Unreadable) -> tuple[str, str]:
    return ("info", "muted") if one.code == ArchiveForeign.code else ("attention", "attention")


def _why(one: Unreadable) -> str:
    return words_for(one.code, one.facts).title


def _remedy(one: Unreadable) -> str:
    words = words_for(one.code, one.facts)
    return f"{one.path}\n{words.what} {words.remedy}"
