"""Choosing when a task runs, with the next runs shown at once."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.tasks import DAYS, RHYTHMS
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.schedule import Rhythm, Schedule
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.forms import Choice, Count, Field, Line, TimeOfDay
from saasbackup_desktop.ui.kit.layout import column, row
from saasbackup_desktop.ui.kit.tasks import Tasks
from saasbackup_desktop.ui.kit.text import Text, say
from saasbackup_desktop.ui.kit.theme import scaled
from saasbackup_desktop.ui.kit.tokens import SPACE
from saasbackup_desktop.ui.rooms.tasks import words

_RUNS = 5


class ScheduleForm(QWidget):
    """How often, at what time, by whose clock; ``changed`` fires with every change."""

    changed = Signal()

    def __init__(self, bridge: Bridge, schedule: Schedule) -> None:
        super().__init__()
        self.bridge = bridge
        self.tasks = Tasks(self)
        self.is_good = True
        """The schedule can be kept."""
        self.rhythm = Choice([(say(label), rhythm) for rhythm, label in RHYTHMS.items()])
        self.at = TimeOfDay(schedule.at)
        self.weekday = Choice([(say(day), number) for number, day in enumerate(DAYS)])
        self.hours = Count(1, 24, schedule.hours)
        self.cron = Line(schedule.cron, "30 2 * * 1-5")
        zones = [(self.tr("This computer's clock"), ""), (self.tr("UTC"), "UTC")]
        if schedule.zone not in ("", "UTC"):
            zones.append((schedule.zone, schedule.zone))
        self.zone = Choice(zones)
        self.zone.choose(schedule.zone)
        self.rhythm.choose(schedule.rhythm)
        self.weekday.choose(schedule.weekday)
        self._at = Field(self.tr("A&t"), self.at)
        self._weekday = Field(self.tr("&Day"), self.weekday)
        self._hours = Field(self.tr("&Hours between"), self.hours)
        self._cron = Field(
            self.tr("Cron &line"), self.cron, self.tr("Minute, hour, day of the month, month, day of the week.")
        )
        self._zone = Field(self.tr("By this cloc&k"), self.zone)
        self.runs = Text("", "body", wrap=True)
        self.runs.setAccessibleName(self.tr("The next runs"))
        how = row(
            Field(self.tr("How &often"), self.rhythm), self._hours, self._weekday, self._at, self._zone, None,
            spacing=SPACE.large,
        )  # fmt: skip
        self._caption = Text(self.tr("The next runs"), "strong")
        self.setLayout(column(how, self._cron, self._caption, self.runs, None, spacing=SPACE.medium))
        self.runs.setMinimumHeight(scaled(96))
        self.runs.setAlignment(Qt.AlignmentFlag.AlignTop)
        for signal in (self.rhythm.picked, self.weekday.picked, self.zone.picked):
            signal.connect(lambda _: self._read())
        self.at.timeChanged.connect(lambda _: self._read())
        self.hours.valueChanged.connect(lambda _: self._read())
        self.cron.textChanged.connect(lambda _: self._read())
        self._read()

    def schedule(self) -> Schedule:
        """What is chosen."""
        weekday, zone = self.weekday.value(), self.zone.value()
        return Schedule(
            rhythm=Rhythm(str(self.rhythm.value())),
            hours=self.hours.value(),
            at=self.at.minute(),
            weekday=weekday if isinstance(weekday, int) else 0,
            cron=self.cron.text().strip(),
            zone=str(zone or ""),
        )

    def _read(self) -> None:
        chosen = self.schedule().rhythm
        self._at.setVisible(words.is_by_clock(chosen))
        self._zone.setVisible(chosen is not Rhythm.BY_HAND)
        self._weekday.setVisible(chosen is Rhythm.WEEKLY)
        self._hours.setVisible(chosen is Rhythm.HOURS)
        self._cron.setVisible(chosen is Rhythm.CRON)
        self._caption.setVisible(chosen is not Rhythm.BY_HAND)
        self.tasks.start(self._look(), only="look")

    async def _look(self) -> None:
        schedule = self.schedule()
        try:
            runs = await self.bridge.call(self.bridge.desk.tasks.upcoming(schedule, _RUNS))
        except Fault as fault:
            self.is_good = False
            said = words_for(fault.code, fault.facts)
            self.runs.tone("bad")
            self.runs.setText(f"{said.what} {said.remedy}")
            self._cron.complain(said.title)
        else:
            self.is_good = True
            self.runs.tone("")
            self._cron.complain("")
            by_hand = self.tr("It runs when somebody presses “Back up now”, and never by itself.")
            self.runs.setText("\n".join(map(text.utc, runs)) if runs else by_hand)
        self.changed.emit()
