"""As of when something is taken, and of which days."""

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QButtonGroup, QDateEdit, QRadioButton, QWidget

from saasbackup_desktop.ui.kit import clock
from saasbackup_desktop.ui.kit.dates import DateChoice
from saasbackup_desktop.ui.kit.forms import Field, TimeOfDay
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.tokens import SPACE


class When(QWidget):
    """The last backup, or what there was at a moment. ``changed`` fires with every choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        now = QDateTime.fromSecsSinceEpoch(clock.now())
        self.last = QRadioButton(self.tr("&Last backup"))
        self.last.setChecked(True)
        self.dated = QRadioButton(self.tr("As it was &on"))
        self.day = QDateEdit(now.date())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("dd MMM yyyy")
        self.day.setAccessibleName(self.tr("Day"))
        self.day.setMaximumDate(now.date())
        self.time = TimeOfDay(23 * 60 + 59)
        self.time.setAccessibleName(self.tr("Time"))
        group = QButtonGroup(self)
        for button in (self.last, self.dated):
            group.addButton(button)
        for field in (self.day, self.time):
            field.setEnabled(False)
            self.dated.toggled.connect(field.setEnabled)
        self.dated.toggled.connect(lambda _: self.changed.emit())
        self.day.dateChanged.connect(lambda _: self.changed.emit())
        self.time.timeChanged.connect(lambda _: self.changed.emit())
        choice = row(self.last, self.dated, self.day, self.time, None, spacing=SPACE.medium)
        self.setLayout(column(Text(self.tr("From when"), "strong"), choice, spacing=SPACE.hair))

    @property
    def until(self) -> int | None:
        """The moment as of which everything is taken; None: the newest."""
        if self.last.isChecked():
            return None
        return QDateTime(self.day.date(), self.time.time()).toSecsSinceEpoch() + 59


class Span(QWidget):
    """Only items of these days. ``changed`` fires with every choice."""

    changed = Signal()

    def __init__(self, *, of_mail: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        today = QDateTime.fromSecsSinceEpoch(clock.now()).date()
        since, until = self.tr("Only from this day on"), self.tr("Only until this day")
        if of_mail:
            since, until = self.tr("Only received since"), self.tr("Only received until")
        self.since, self.until_day = DateChoice(since, today.addYears(-1)), DateChoice(until, today)
        self._until_field = Field(until, self.until_day)
        self.setLayout(row(Field(since, self.since), self._until_field, None, spacing=SPACE.large))
        for one in (self.since, self.until_day):
            one.changed.connect(self._judge)

    @property
    def seconds(self) -> tuple[int | None, int | None]:
        """The first second, and the first one after them."""
        return self.since.seconds(), self.until_day.seconds(after=True)

    @property
    def is_turned(self) -> bool:
        """The last day is before the first one."""
        since, until = self.seconds
        return since is not None and until is not None and since >= until

    def _judge(self) -> None:
        turned = self.tr("This is before the first day: nothing would be taken.") if self.is_turned else ""
        self._until_field.complain(turned)
        self.changed.emit()


def lacking(span: Span, *, is_there: bool) -> str:
    """Say what keeps from going on when nothing is taken, or of no days."""
    if span.is_turned:
        return say("The last day is before the first one.")
    return say("Tick what is to be taken.") if is_there else say("Nothing was saved by then: choose a later day.")
