"""What a restore would do, folder by folder, before anything is written."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from saasbackup_desktop.app.views import Plan, PlanFolder
from saasbackup_desktop.app.words.items import NOUNS
from saasbackup_desktop.app.words.states import FOLDER_NAMES, PLAN_WARNINGS, Tone, label
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Field, Line
from saasbackup_desktop.ui.kit.layout import row
from saasbackup_desktop.ui.kit.notices import Banner
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tiles import Stat
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field as Head
from saasbackup_desktop.ui.models.sheet import RowSheet


class PlanView(QWidget):
    """Totals, warnings, folders, and for Replace the word that must be typed."""

    ready_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, service: Service | None = Service.MAIL) -> None:
        super().__init__(parent)
        is_mail = service is Service.MAIL
        self._nouns = tuple(map(say, NOUNS[service])) if service is not None else (say("item"), say("items"))
        self._typed = False
        self._does_something = False
        self._word = self.tr("REPLACE")
        self._target = Text("", wrap=True)
        self._add = Stat(self.tr("To add"))
        self._change = Stat(self.tr("Flags to set back") if is_mail else self.tr("To set back"))
        self._skip = Stat(self.tr("There already"))
        self._size = Stat(self.tr("To transfer"))
        self._room = Stat(self.tr("Room left there"))
        self._warnings = Banner()
        self._model: RowSheet[PlanFolder] = RowSheet(
            (
                Head(say("Folder"), lambda f: f.path, picture=lambda f: ("folder", "muted")),
                Head(say("State"), _state, picture=_picture),
                Head(say("Add"), lambda f: text.number(f.add), lambda f: f.add, right=True),
                Head(
                    say("Flags") if is_mail else say("Set back"),
                    lambda f: text.number(f.change),
                    lambda f: f.change,
                    right=True,
                ),
                Head(say("There"), lambda f: text.number(f.skip), lambda f: f.skip, right=True),
                Head(say("Size"), lambda f: text.size(f.size), lambda f: f.size, right=True),
            ),
            self,
        )
        self._table = Table(self.tr("Folders of the plan"))
        self._table.setModel(self._model)
        self._table.setSortingEnabled(True)
        self._table.horizontalHeader().setSortIndicator(-1, self._table.horizontalHeader().sortIndicatorOrder())
        self._table.widths((220, 130, 64, 78, 70, 88), 0)
        self._table.setMinimumHeight(190)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.confirmation = Line()
        self._confirm = Field(self.tr("Type %1 to go on").replace("%1", self._word), self.confirmation)
        self.confirmation.textChanged.connect(lambda _: self.ready_changed.emit(self.is_ready))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE.medium)
        outer.addWidget(self._target)
        outer.addLayout(row(self._add, self._change, self._skip, self._size, self._room, None, spacing=SPACE.wide))
        outer.addWidget(self._warnings)
        outer.addWidget(self._table, 1)
        outer.addWidget(self._confirm)

    @property
    def is_ready(self) -> bool:
        """There is something to do, and what must be typed was typed."""
        typed = self.confirmation.text().strip().casefold() == self._word.casefold()
        return self._does_something and (typed or not self._typed)

    def show_plan(self, plan: Plan, *, typed: bool) -> None:
        """Show another plan; ``typed`` asks for the word."""
        self._typed = typed
        self._does_something = bool(plan.add or plan.change)
        self._target.setText(self.tr("Into %1. Nothing has been written yet.").replace("%1", plan.target))
        self._add.say(text.number(plan.add))
        self._change.say(text.number(plan.change))
        self._skip.say(text.number(plan.skip))
        self._size.say(text.size(plan.size))
        self._room.say(text.size(plan.room) if plan.room is not None else self.tr("not told"))
        lines = [say(label(PLAN_WARNINGS, code)) for code in plan.warnings]
        if plan.too_large:
            lines.append(
                self.tr("Too large for the server: %1").replace("%1", text.counted(plan.too_large, *self._nouns))
            )
        if not self._does_something:
            self._warnings.say(Tone.GOOD, self.tr("Everything is there already"), closable=False)
        elif lines:
            self._warnings.say(Tone.ATTENTION, self.tr("Before you start"), "\n".join(lines), closable=False)
        else:
            self._warnings.hide()
        self._model.show(plan.folders)
        self.confirmation.clear()
        self._confirm.setVisible(typed)


def _state(folder: PlanFolder) -> str:
    if folder.problem:
        return say(label(FOLDER_NAMES, folder.problem))
    return say("exists") if folder.exists else say("will be made")


def _picture(folder: PlanFolder) -> tuple[str, str]:
    if folder.problem:
        return "attention", "attention"
    return ("check", "muted") if folder.exists else ("plus", "accent")
