"""The check list of a connection: each permission, role, service, licence and date, and what to do about it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Standing
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.buttons import Button
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES, StatusMark
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import Text
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tiles import Progress
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.models.sheet import Field, RowSheet
from saasbackup_desktop.ui.rooms.tenants import words


class CheckList(QWidget):
    """``remedy_wanted`` carries the line that is to be mended; ``again_wanted`` asks for another look."""

    remedy_wanted = Signal(object)
    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, rows: int = 7) -> None:
        super().__init__(parent)
        self._is_judged = False
        self.mark = StatusMark()
        self.moving = Progress(self.tr("Checking the connection"))
        self.moving.show_share(0, 0)
        self.moving.hide()
        self.again = Button(self.tr("Chec&k again"), picture="retry", pressed=self.again_wanted.emit)
        self.again.setToolTip(self.tr("Asks Microsoft about each line (F5)"))
        self.sheet: RowSheet[CheckLine] = RowSheet(_fields(), self)
        self.table = Table(self.tr("Check list"))
        self.table.setModel(self.sheet)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.setSortingEnabled(False)
        self.table.widths((130, 220, 110, 200), 3, least=180)
        self.table.setMinimumHeight(self.table.verticalHeader().defaultSectionSize() * rows)
        self.outcome = Text("", wrap=True)
        self.outcome.setMinimumHeight(scaled(40))
        self.remedy = Button("", "primary", pressed=self._wanted)
        self.table.opened.connect(lambda _: self.remedy.click())
        foot = row(self.outcome, self.remedy, spacing=SPACE.large)
        foot.setStretch(0, 1)
        self.setLayout(
            column(
                row(self.mark, None, self.again),
                self.moving,
                self.table,
                foot,
                spacing=SPACE.medium,
            )
        )
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._picked())
        self._picked()

    @property
    def line(self) -> CheckLine | None:
        """The line that is looked at."""
        index = self.table.currentIndex()
        return self.sheet.row_at(index.row()) if index.isValid() else None

    def wait(self, waits: bool, label: str = "") -> None:
        """Show that an answer is awaited."""
        self.moving.setVisible(waits)
        self.again.setEnabled(not waits)
        if label:
            self.mark.become(label, Tone.BUSY if waits else Tone.QUIET)

    def show_report(self, report: CheckReport) -> None:
        """Show what was found; the worst is looked at first."""
        word, tone = words.link(report.link)
        problems = sum(line.standing is Standing.MISSING and not line.is_optional for line in report.lines)
        if problems:
            lacks = text.counted(problems, self.tr("thing is missing"), self.tr("things are missing"))
            self.mark.become(f"{word}: {lacks}", tone if tone is Tone.BAD else Tone.ATTENTION)
        else:
            self.mark.become(word, tone)
        self.mark.setToolTip(text.utc(report.checked))
        if not self._is_judged:
            self.sheet.show(())  # what was listed before was not found out: nobody has picked a line yet
        self._is_judged = True
        self.show_lines(report.lines)

    def restart(self) -> None:
        """Show nothing."""
        self._is_judged = False
        self.sheet.show(())
        self._picked()

    def show_lines(self, lines: Sequence[CheckLine]) -> None:
        """Show lines as they came."""
        at = self.line
        kept = (at.area, at.name) if at is not None else None
        self.sheet.show(lines)
        places = {(line.area, line.name): n for n, line in reversed(list(enumerate(lines)))}
        worst = min(range(len(lines)), key=lambda n: (_URGENCY[lines[n].standing], n), default=0)
        self.table.go_to(places[kept] if kept in places and kept is not None else worst)
        self._picked()

    def _picked(self) -> None:
        line = self.line
        self.outcome.setText(words.outcome(line) if line is not None else "")
        label = words.remedy_button(line) if line is not None else ""
        self.remedy.setText(label)
        self.remedy.setVisible(bool(label))
        if line is not None:
            self.remedy.setAccessibleName(f"{label}, {line.name}")

    def _wanted(self) -> None:
        if self.line is not None:
            self.remedy_wanted.emit(self.line)


_URGENCY = {
    Standing.MISSING: 0,
    Standing.PENDING: 1,
    Standing.WARNING: 2,
    Standing.UNKNOWN: 3,
    Standing.WELL: 4,
}


def _picture(line: CheckLine) -> tuple[str, str]:
    tone = words.standing(line)[1]
    return TONE_ICONS[tone], TONE_ROLES[tone]


def _fields() -> tuple[Field[CheckLine], ...]:
    say = text.say
    return (
        Field(
            say("State"), lambda line: words.standing(line)[0], lambda line: _URGENCY[line.standing], picture=_picture
        ),
        Field(say("What"), words.line_name, hint=lambda line: line.name),
        Field(say("Part"), words.area),
        Field(say("Why"), words.why, hint=lambda line: f"{words.why(line)}\n{words.outcome(line)}".strip()),
    )
