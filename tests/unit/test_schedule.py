"""When something runs: clocks that change twice a year, that are set, that stand still with the computer."""

import itertools
import json
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.marks import Mark, look, missed, next_run
from saasbackup_desktop.core.schedule import (
    Cap,
    Conditions,
    Rhythm,
    Schedule,
    Span,
    due,
    free_from,
    next_after,
    next_start,
    rate_at,
    require,
    require_conditions,
    upcoming,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",  # 5:45 ahead, never changes
    "UTC",
    "Africa/Casablanca",  # back for the month of Ramadan
)
DAY = 86400
STEP = 900
FROM = int(datetime(2025, 10, 1, tzinfo=UTC).timestamp())
UNTIL = int(datetime(2027, 4, 1, tzinfo=UTC).timestamp())
YEAR = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())

Wanted = Callable[[datetime], bool]

KINDS: dict[str, tuple[Schedule, Wanted]] = {
    "three times": (
        Schedule(rhythm=Rhythm.THREE_TIMES, at=18 * 60 + 30),
        lambda wall: (wall.hour, wall.minute) in {(18, 30), (2, 30), (10, 30)},
    ),
    "daily": (
        Schedule(rhythm=Rhythm.DAILY, at=150),
        lambda wall: (wall.hour, wall.minute) == (2, 30),
    ),
    "three days": (
        Schedule(rhythm=Rhythm.THREE_DAYS, at=120),
        lambda wall: (wall.hour, wall.minute) == (2, 0) and (wall - datetime(2026, 1, 1)).days % 3 == 0,
    ),
    "weekly": (
        Schedule(rhythm=Rhythm.WEEKLY, at=135, weekday=6),
        lambda wall: (wall.weekday(), wall.hour, wall.minute) == (6, 2, 15),
    ),
    "cron": (
        Schedule(rhythm=Rhythm.CRON, cron="15,45 1-3,22 * * sat,sun,mon"),
        lambda wall: wall.weekday() in (5, 6, 0) and wall.hour in (1, 2, 3, 22) and wall.minute in (15, 45),
    ),
}


def at(zone: ZoneInfo, *when: int, fold: int = 0) -> int:
    year, month, day, hour, minute = (*when, 0, 0)[:5]
    return int(datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold).timestamp())


def shown(moments: Sequence[int], zone: ZoneInfo = BERLIN) -> list[str]:
    return [datetime.fromtimestamp(moment, zone).strftime("%m-%d %H:%M %z") for moment in moments]


@cache
def walls(zone: str) -> list[tuple[int, list[datetime]]]:
    """Each quarter of an hour, and which times of day clocks on the wall reach or pass at it for the first time."""
    found = []
    where = ZoneInfo(zone)
    farthest = datetime.fromtimestamp(FROM, where).replace(tzinfo=None)
    for moment in range(FROM + STEP, UNTIL, STEP):
        wall = datetime.fromtimestamp(moment, where).replace(tzinfo=None)
        if wall > farthest:
            steps = (wall - farthest) // timedelta(seconds=STEP)
            found.append((moment, [wall - timedelta(seconds=STEP * back) for back in range(steps)]))
            farthest = wall
    return found


@cache
def truth(zone: str, kind: str) -> list[int]:
    """All runs, found by walking through the time and looking at the wall."""
    wanted = KINDS[kind][1]
    return [moment for moment, passed in walls(zone) if any(map(wanted, passed))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zone", ZONES)
def test_runs_of_a_year_are_those_that_the_wall_shows(zone: str, kind: str) -> None:
    schedule, expected, where = KINDS[kind][0], truth(zone, kind), ZoneInfo(zone)
    assert len(expected) > 70
    found = upcoming(schedule, expected[0], where, len(expected) - 1)
    assert list(found) == expected[1:]
    for before, after in itertools.pairwise(expected):
        assert due(schedule, before, after - 1, where) is None
        assert due(schedule, before, after, where) == after
    assert due(schedule, expected[0], UNTIL - 1, where) == expected[-1]


@dataclass
class World:
    """A computer with a clock, and a host that looks at a schedule; what it starts is written down."""

    zone: ZoneInfo
    schedule: Schedule
    runs: list[int]
    """All there are, in order."""
    clock: int
    dice: random.Random
    mark: Mark = field(init=False)
    started: set[int] = field(default_factory=set)
    ran: int = 0
    caught_up: int = 0
    made: int = field(init=False)
    passed_over: bool = False
    """The newest run was made earlier, when the clock was ahead."""

    def __post_init__(self) -> None:
        self.made = self.clock
        self.mark = Mark.at(self.clock)

    def newest(self, moment: int) -> int:
        return self.runs[bisect_right(self.runs, moment) - 1]

    def tend(self) -> int | None:
        said = look(self.schedule, self.mark, self.clock, self.zone)
        self.mark = said.mark
        if said.due is not None:
            assert said.due == self.newest(self.clock)
            assert said.due not in self.started, "twice"
            self.started.add(said.due)
            self.ran += 1
            self.passed_over = False
        assert look(self.schedule, self.mark, self.clock, self.zone).due is None
        return said.due

    def be_awake(self, seconds: int) -> None:
        """The time passes, and every run that is not made yet is announced, and made when its time comes."""
        until = self.clock + seconds
        while True:
            coming = next_run(self.schedule, self.mark, self.clock, self.zone)
            place = bisect_right(self.runs, self.clock)
            assert coming == next(run for run in self.runs[place:] if run not in self.started)
            if coming > until:
                break
            self.clock = coming
            assert missed(self.schedule, self.mark, self.clock, self.zone) == [coming]
            assert self.tend() == coming
        self.clock = until
        assert self.tend() is None

    def be_away(self, seconds: int) -> None:
        """Nobody looks for a while: asleep, switched off, or busy with what was started last."""
        self._appear(self.clock + seconds)

    def reboot(self) -> None:
        self.mark = Mark.from_plain(json.loads(json.dumps(self.mark.to_plain())))

    def set_clock(self, to: int) -> None:
        self._appear(to)

    def _appear(self, moment: int) -> None:
        before, self.clock = self.clock, moment
        was_passed_over = self.passed_over
        found = self.tend()
        if moment >= before:
            newest = self.newest(moment)
            # What comes before the schedule was made is not owed because the clock was set back behind that.
            assert newest <= before or newest in self.started or before < self.made <= moment, "left out"
            self.caught_up += found is not None
            self.passed_over = self.passed_over or (found is None and newest > before)
        else:
            # What was missed while the clock was ahead, where a run had been made before, is still owed.
            assert found is None or was_passed_over, "made up for twice"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zone", ZONES)
def test_every_due_run_of_a_year_is_made_once(zone: str, kind: str) -> None:
    dice = random.Random(f"{zone} {kind}")
    start, end = YEAR
    world = World(ZoneInfo(zone), KINDS[kind][0], truth(zone, kind), start, dice)
    true_time, wrong = start, 0
    while true_time < end:
        passing = dice.choice((0, 0, dice.randrange(60, 4 * 3600), dice.randrange(60, 5 * DAY)))
        true_time += passing
        match dice.randrange(8):
            case 0:
                world.be_away(passing)
            case 1:
                world.reboot()
                world.be_away(passing)
            case 2:  # what runs takes longer than it lasts until the next run
                if (next_run(world.schedule, world.mark, world.clock, world.zone) or 0) - world.clock < DAY:
                    world.be_away(passing)
                else:
                    world.be_awake(passing)
            case 3:
                world.be_awake(passing)
                if wrong:  # somebody sets the clock right
                    world.set_clock(true_time)
                    wrong = 0
                else:
                    wrong = dice.choice((-1, 1)) * dice.choice((30, 600, 3600, 7200, 3 * DAY, 40 * DAY))
                    world.set_clock(true_time + wrong)
            case _:
                world.be_awake(passing)
        if not wrong:
            assert world.clock == true_time
    assert world.ran > 25
    assert world.caught_up > 5


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", [1, 5, 8, 24])
def test_hours_neither_drift_nor_double(zone: str, hours: int) -> None:
    where, schedule = ZoneInfo(zone), Schedule(rhythm=Rhythm.HOURS, hours=hours, at=90)
    found = upcoming(schedule, YEAR[0] - DAY, where, 366 * 24 // hours)
    assert {after - before for before, after in itertools.pairwise(found)} == {hours * 3600}
    assert at(where, 2026, 1, 1, 1, 30) in found
    assert due(schedule, found[5], found[9] + 7, where) == found[9]


def test_a_skipped_hour_is_made_up_for_and_a_doubled_one_counts_once() -> None:
    daily = Schedule(rhythm=Rhythm.DAILY, at=150)
    assert shown(upcoming(daily, at(BERLIN, 2026, 3, 28, 12), BERLIN, 2)) == ["03-29 03:00 +0200", "03-30 02:30 +0200"]
    assert shown(upcoming(daily, at(BERLIN, 2026, 10, 24, 12), BERLIN, 2)) == ["10-25 02:30 +0200", "10-26 02:30 +0100"]
    hourly = Schedule(rhythm=Rhythm.CRON, cron="30 * * * *")
    found = upcoming(hourly, at(BERLIN, 2026, 10, 25, 1), BERLIN, 4)
    assert shown(found) == ["10-25 01:30 +0200", "10-25 02:30 +0200", "10-25 02:30 +0100", "10-25 03:30 +0100"]


def test_a_day_that_the_calendar_skips() -> None:
    apia = ZoneInfo("Pacific/Apia")
    found = upcoming(Schedule(rhythm=Rhythm.DAILY, at=0), at(apia, 2011, 12, 28, 12), apia, 3)
    assert shown(found, apia) == ["12-29 00:00 -1000", "12-31 00:00 +1400", "01-01 00:00 +1400"]


def test_clocks_that_go_back_over_midnight() -> None:
    havana = ZoneInfo("America/St_Johns")  # 00:01 became 23:01 of the day before
    found = upcoming(Schedule(rhythm=Rhythm.CRON, cron="0,30 * * * *"), at(havana, 2010, 11, 6, 23), havana, 5)
    assert shown(found, havana) == [
        "11-06 23:30 -0230",
        "11-07 00:00 -0230",
        "11-06 23:30 -0330",
        "11-07 00:00 -0330",
        "11-07 00:30 -0330",
    ]
    backwards = [due(Schedule(rhythm=Rhythm.CRON, cron="0,30 * * * *"), 0, moment, havana) for moment in found]
    assert backwards == list(found)


def test_a_schedule_goes_by_its_own_zone() -> None:
    schedule = Schedule(rhythm=Rhythm.DAILY, at=120, zone="UTC")
    assert shown(upcoming(schedule, YEAR[0], BERLIN, 1)) == ["01-01 03:00 +0100"]
    # and one without goes by the one where the computer is, also while it travels
    schedule, here = Schedule(rhythm=Rhythm.DAILY, at=120), Mark.at(at(BERLIN, 2026, 5, 1))
    mark = look(schedule, here, at(BERLIN, 2026, 5, 1, 2), BERLIN).mark
    new_york = ZoneInfo("America/New_York")
    assert next_run(schedule, mark, at(BERLIN, 2026, 5, 1, 7), new_york) == at(new_york, 2026, 5, 1, 2)


def test_by_hand_is_never_due() -> None:
    assert next_after(Schedule(), 0, BERLIN) is None
    assert due(Schedule(), 0, YEAR[0], BERLIN) is None
    assert upcoming(Schedule(), 0, BERLIN, 3) == []
    assert next_run(Schedule(), Mark.at(0), YEAR[0], BERLIN) is None
    assert missed(Schedule(), Mark.at(0), YEAR[0], BERLIN) == []


def test_a_clock_that_was_years_ahead() -> None:
    daily, start = Schedule(rhythm=Rhythm.DAILY, at=120), at(BERLIN, 2026, 5, 4, 12)
    world = World(BERLIN, daily, truth("Europe/Berlin", "daily"), start, random.Random(1))
    world.schedule, world.runs = daily, list(upcoming(daily, start - 9 * DAY, BERLIN, 3000))
    world.set_clock(start + 5 * 365 * DAY)
    assert world.ran == 1
    world.be_awake(7 * DAY)  # nobody notices for a week
    world.set_clock(start + 7 * DAY)
    assert world.ran == 8
    world.be_awake(30 * DAY)
    assert world.ran == 38


def test_a_clock_whose_battery_is_empty() -> None:
    daily, start = Schedule(rhythm=Rhythm.DAILY, at=120), at(BERLIN, 2026, 5, 4, 12)
    mark = look(daily, Mark.at(start), start + DAY, BERLIN).mark
    for _ in range(3):
        said = look(daily, mark, 5000, BERLIN)  # 1970
        assert said.due is None
        said = look(daily, said.mark, start + DAY + 3600, BERLIN)
        assert said.due is None
        mark = said.mark
    assert look(daily, mark, start + 2 * DAY, BERLIN).due == at(BERLIN, 2026, 5, 6, 2)


def test_marks_stay_small() -> None:
    hourly, mark = Schedule(rhythm=Rhythm.HOURS, hours=1), Mark.at(0)
    for day in range(400):
        mark = look(hourly, mark, day * DAY, BERLIN).mark
    assert len(mark.spans) == 64
    assert look(hourly, mark, 399 * DAY + 3600, BERLIN).due is not None


# --- cron ------------------------------------------------------------------------------------------------------------


def _names(names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names.split())


def _numbers(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    stepped = st.integers(1, 7).map(lambda step: f"*/{step}")
    return st.one_of(
        st.just("*"), st.lists(st.one_of(number.map(str), span, stepped), min_size=1, max_size=3).map(",".join)
    )


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_week_span = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
    lambda pair: f"{WEEKDAYS[min(pair)]}-{WEEKDAYS[max(pair)]}"
)
DAYS = st.one_of(
    st.tuples(_numbers(1, 28), st.just("*")),
    st.tuples(st.just("*"), st.one_of(_names("mon tue wed thu fri sat sun"), _week_span)),
)


@settings(max_examples=150, deadline=None)
@given(
    minute=_numbers(0, 59),
    hour=_numbers(0, 23),
    days=DAYS,
    month=st.one_of(_numbers(1, 12), _names("jan feb mar apr may jun jul aug sep oct nov dec")),
    start=st.integers(YEAR[0], YEAR[1]),
)
def test_cron_lines_run_when_another_program_says(
    minute: str, hour: str, days: tuple[str, str], month: str, start: int
) -> None:
    day, weekday = days
    line = f"{minute} {hour} {day} {month} {weekday}"
    schedule = Schedule(rhythm=Rhythm.CRON, cron=line)
    # Where clocks never change: where they do, it leaves out what is skipped.
    where = ZoneInfo("Asia/Kathmandu")
    trigger = CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday if weekday != "*" else None, timezone=where
    )
    moment = start
    for _ in range(3):
        expected = trigger.get_next_fire_time(None, datetime.fromtimestamp(moment + 1, where))
        assert next_after(schedule, moment, where) == int(expected.timestamp())
        moment = int(expected.timestamp())
        assert due(schedule, moment - 1, moment, where) == moment


def _days_of(line: str, count: int) -> list[str]:
    found = upcoming(Schedule(rhythm=Rhythm.CRON, cron=line), at(BERLIN, 2026, 11, 1), BERLIN, count)
    return [datetime.fromtimestamp(moment, BERLIN).strftime("%a %d") for moment in found]


def test_days_of_the_week_count_from_sunday() -> None:
    assert _days_of("0 4 * * 0", 2) == _days_of("0 4 * * 7", 2) == _days_of("0 4 * * SUN", 2) == ["Sun 01", "Sun 08"]
    assert _days_of("0 4 * * 1-5", 6) == ["Mon 02", "Tue 03", "Wed 04", "Thu 05", "Fri 06", "Mon 09"]
    assert _days_of("0 4 * * fri-sun", 4) == _days_of("0 4 * * 5-7", 4) == ["Sun 01", "Fri 06", "Sat 07", "Sun 08"]


def test_two_kinds_of_days_mean_either() -> None:
    assert _days_of("0 4 13 * fri", 4) == ["Fri 06", "Fri 13", "Fri 20", "Fri 27"]
    assert _days_of("0 4 10 * mon", 3) == ["Mon 02", "Mon 09", "Tue 10"]
    assert _days_of("0 4 */10 * mon", 1) == ["Mon 21"]  # a star keeps it from being named


@pytest.mark.parametrize(
    "line",
    [
        *("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8"),
        *("5-1 * * * *", "a * * * *", "* * * * mon-", "1,,2 * * * *", "-1 * * * *", "*/x * * * *", "² * * * *"),
        *("*/0 * * * *", "* * * * sat-mon", "@daily"),
    ],
)
def test_what_is_no_cron_line(line: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        require(Schedule(rhythm=Rhythm.CRON, cron=line))
    facts = refused.value.facts
    kind, _, field = str(facts["reason"]).removeprefix("bad-").partition("-")
    assert (facts["what"], kind) == ("bad-schedule", "cron")
    assert field in ("minute", "hour", "day", "month", "weekday") if len(line.split()) == 5 else not field


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (Schedule(rhythm=Rhythm.CRON, cron="0 4 31 2 *"), "never-runs"),
        (Schedule(hours=0), "bad-hours"),
        (Schedule(hours=25), "bad-hours"),
        (Schedule(at=1440), "bad-time"),
        (Schedule(weekday=7), "bad-weekday"),
        (Schedule(zone="Mars/Olympus"), "bad-zone"),
        (Schedule(zone="../../etc/passwd"), "bad-zone"),
    ],
)
def test_what_is_no_schedule_is_told(schedule: Schedule, reason: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        require(schedule)
    assert refused.value.facts["reason"] == reason
    assert words_for(refused.value.code, refused.value.facts).title != words_for(refused.value.code).title


def test_a_leap_day_is_worth_waiting_for() -> None:
    line = Schedule(rhythm=Rhythm.CRON, cron="0 4 29 feb *")
    require(line)
    assert shown(upcoming(line, at(BERLIN, 2097, 1, 1), BERLIN, 1)) == ["02-29 04:00 +0100"]
    assert next_after(line, at(BERLIN, 2097, 1, 1), BERLIN) == at(BERLIN, 2104, 2, 29, 4)


# --- hours without backups, and caps ---------------------------------------------------------------------------------


def test_a_span_over_midnight_and_over_a_change_of_clocks() -> None:
    night = (Span(start=22 * 60, end=150),)
    assert free_from(night, at(BERLIN, 2026, 3, 28, 23), BERLIN) == at(BERLIN, 2026, 3, 29, 3)
    assert free_from(night, at(BERLIN, 2026, 10, 25, 1), BERLIN) == at(BERLIN, 2026, 10, 25, 2, 30)
    # The hour that comes twice does not bring it back.
    assert free_from(night, again := at(BERLIN, 2026, 10, 25, 2, 10, fold=1), BERLIN) == again
    assert free_from(night, noon := at(BERLIN, 2026, 5, 4, 12), BERLIN) == noon
    assert next_start(night, noon, BERLIN) == at(BERLIN, 2026, 5, 4, 22)
    assert free_from(night, at(BERLIN, 2026, 5, 4, 22), BERLIN) == at(BERLIN, 2026, 5, 5, 2, 30)
    assert free_from(night, free := at(BERLIN, 2026, 5, 5, 2, 30), BERLIN) == free


def test_spans_belong_to_the_day_that_they_start_on() -> None:
    friday = (Span(days=(4,), start=20 * 60, end=8 * 60),)
    assert free_from(friday, at(BERLIN, 2026, 5, 9, 3), BERLIN) == at(BERLIN, 2026, 5, 9, 8)
    assert free_from(friday, thursday := at(BERLIN, 2026, 5, 8, 3), BERLIN) == thursday


def test_spans_that_follow_each_other_are_one() -> None:
    work = (Span(start=480, end=720), Span(start=700, end=1020), Span(start=1020, end=1080))
    assert free_from(work, at(BERLIN, 2026, 5, 4, 9), BERLIN) == at(BERLIN, 2026, 5, 4, 18)
    assert free_from((Span(start=0, end=0),), at(BERLIN, 2026, 5, 4, 9), BERLIN) is None
    assert free_from((Span(start=0, end=1440),), at(BERLIN, 2026, 5, 4, 9), BERLIN) is None
    assert next_start((), 0, BERLIN) is None


def test_the_strictest_cap_holds() -> None:
    caps = (Cap(span=Span(start=480, end=1080), rate=1000), Cap(span=Span(days=(0,), start=540, end=600), rate=10))
    assert rate_at(caps, at(BERLIN, 2026, 5, 4, 9, 30), BERLIN) == 10
    assert rate_at(caps, at(BERLIN, 2026, 5, 5, 9, 30), BERLIN) == 1000
    assert rate_at(caps, at(BERLIN, 2026, 5, 5, 18), BERLIN) is None


@pytest.mark.parametrize(
    "bad",
    [
        Conditions(blackout=(Span(start=-1, end=5),)),
        Conditions(blackout=(Span(start=1440, end=5),)),
        Conditions(blackout=(Span(start=0, end=1441),)),
        Conditions(caps=(Cap(span=Span(days=(7,), start=0, end=5), rate=1),)),
        Conditions(caps=(Cap(span=Span(start=0, end=5), rate=-1),)),
        Conditions(blackout=(Span(start=1320, end=1320),)),
        Conditions(blackout=(Span(start=0, end=720), Span(days=(0, 1, 2, 3, 4, 5, 6), start=720, end=1440))),
        Conditions(caps=(Cap(span=Span(start=0, end=1440), rate=0),)),
        Conditions(blackout=(Span(start=8, end=0),), caps=(Cap(span=Span(start=0, end=8), rate=0),)),
    ],
)
def test_conditions_that_cannot_be_kept_are_refused(bad: Conditions) -> None:
    with pytest.raises(Misconfigured):
        require_conditions(bad)
    require_conditions(
        Conditions(blackout=(Span(days=(5, 6), start=0, end=1440),), caps=(Cap(span=Span(start=1, end=0), rate=0),))
    )
    require_conditions(Conditions(blackout=(Span(start=480, end=479),), caps=(Cap(span=Span(start=0, end=0), rate=1),)))
