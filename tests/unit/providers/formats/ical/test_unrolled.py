"""What repeats by rules that no pattern says: each time is an event, and all of them are one text again."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path

import icalendar
import pytest
from dateutil.rrule import rrulestr

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.ics import IcsWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.formats.ical.occurrences import occurrences, rule_of
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.ical.rules import said_in
from saasbackup_desktop.providers.formats.ical.unrolled import MOST, MOST_WITHOUT_END
from tests.unit.providers.files.entries import entry


def told(*lines: str, more: str = "") -> list[Read]:
    said = "".join(f"{line}\r\n" for line in ("UID:s", "SUMMARY:One", *lines))
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{said}END:VEVENT\r\n{more}END:VCALENDAR\r\n"
    calendar = read_calendar(text.encode())
    assert calendar is not None
    found = [one for one in calendar.items() if isinstance(one, Read)]
    assert len({one.uid for one in found}) == len(found)
    return found


def starts(found: list[Read]) -> list[str]:
    return [one.plain["start"]["dateTime"][:16] for one in found]


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "FREQ=MONTHLY;BYMONTHDAY=1,-1",
            "FREQ=MONTHLY;BYDAY=5MO",
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "FREQ=YEARLY;BYDAY=20MO",
        ),
        *(
            "FREQ=DAILY;BYHOUR=9,12;BYMINUTE=0,20",
            "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        ),
        *(
            "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2,1",
            "FREQ=MINUTELY;INTERVAL=90",
        ),
        *("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "FREQ=HOURLY;INTERVAL=6;BYHOUR=9,15"),
        *(
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU",
            "FREQ=YEARLY;BYMONTH=1,6,7",
            "FREQ=YEARLY;BYMONTHDAY=27",
            "FREQ=DAILY;BYMONTH=1",
        ),
        *(
            "FREQ=YEARLY;BYMONTH=6;BYDAY=-1FR,1MO",
            "FREQ=MONTHLY;BYMONTH=2;BYDAY=SU",
            "FREQ=YEARLY;BYYEARDAY=-1",
            "FREQ=WEEKLY;BYSETPOS=2;BYDAY=MO,FR",
        ),
    ],
)
def test_occurrences_are_those_of_others(rule: str) -> None:
    start = datetime(2026, 1, 5, 9)
    theirs = [one for one in islice(rrulestr(rule, dtstart=start), 61) if one > start][:60]
    ours = list(islice(occurrences(rule_of(said_in(rule)), start), 61))
    assert ours[0] == start
    assert ours[1:][: len(theirs)] == theirs


def test_a_rule_without_a_pattern_is_events() -> None:
    found = told(
        "DTSTART;TZID=Europe/Berlin:20260301T090000",
        "DTEND;TZID=Europe/Berlin:20260301T103000",
        "RRULE:FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,15",
        "EXDATE;TZID=Europe/Berlin:20260401T090000",
        more="BEGIN:VEVENT\r\nUID:s\r\nSUMMARY:Moved\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260415T090000\r\n"
        "DTSTART;TZID=Europe/Berlin:20260416T110000\r\nEND:VEVENT\r\n",
    )
    assert starts(found) == ["2026-03-01T08:00", "2026-03-15T08:00", "2026-04-16T09:00", "2026-05-01T07:00"]
    assert [one.plain["subject"] for one in found] == ["One", "One", "Moved", "One"]
    assert {one.plain["type"] for one in found} == {"singleInstance"}
    assert found[3].plain["end"]["dateTime"][:16] == "2026-05-01T08:30"
    assert [one.lost for one in found] == [("recurrence-unrolled",), (), (), ()]


def test_dates_beside_a_rule_are_events() -> None:
    found = told(
        "DTSTART;VALUE=DATE:20260105",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "RDATE;VALUE=DATE:20260107,20260120",
        more="BEGIN:VEVENT\r\nUID:s\r\nSUMMARY:Other\r\nRECURRENCE-ID;VALUE=DATE:20260120\r\nDTSTART;VALUE=DATE:20260121\r\n"
        "END:VEVENT\r\n",
    )
    assert starts(found) == ["2026-01-05T00:00", "2026-01-07T00:00", "2026-01-21T00:00"]
    assert found[0].plain["recurrence"]["range"]["numberOfOccurrences"] == 3
    assert not found[0].plain.get("exceptionOccurrences")
    assert found[1].plain["end"]["dateTime"][:10] == "2026-01-08"
    assert found[0].lost == ("recurrence-dates-apart",)
    (_, period) = told("DTSTART:20260105T080000Z", "RDATE;VALUE=PERIOD:20260106T080000Z/PT3H")
    assert period.plain["end"]["dateTime"][:16] == "2026-01-06T11:00"


def test_a_rule_of_several_patterns_is_several_series() -> None:
    found = told(
        "DTSTART;TZID=Europe/Berlin:20260301T090000",
        "DURATION:PT1H",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15",
        "EXDATE;TZID=Europe/Berlin:20260501T090000",
        more="BEGIN:VEVENT\r\nUID:s\r\nSUMMARY:Moved\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260615T090000\r\n"
        "DTSTART;TZID=Europe/Berlin:20260616T110000\r\nEND:VEVENT\r\n",
    )
    assert starts(found) == ["2026-03-01T08:00", "2026-03-15T08:00", "2026-04-01T07:00"]
    patterns = [
        one.plain["recurrence"]["pattern"] for one in found[1:] if one.plain["recurrence"]["range"]["type"] == "noEnd"
    ]
    assert [one["dayOfMonth"] for one in patterns] == [15, 1]
    (moved,) = found[1].plain["exceptionOccurrences"]
    assert moved["subject"] == "Moved"
    assert "cancelledOccurrences" not in found[1].plain
    (off,) = found[2].plain["cancelledOccurrences"]
    assert off.endswith(".2026-05-01")
    assert found[0].lost == ("recurrence-unrolled",)
    assert len(told("DTSTART:20260105T080000Z", "RRULE:FREQ=DAILY;BYHOUR=8,14")) == 3
    assert len(told("DTSTART:20260105T080000Z", "RRULE:FREQ=MONTHLY;BYMONTH=1,7;BYDAY=1MO")) == 3


def test_several_rules_are_one_series_and_events() -> None:
    found = told("DTSTART:20260105T080000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=3")
    assert starts(found) == ["2026-01-05T08:00", "2026-01-06T08:00", "2026-01-07T08:00"]
    assert "recurrence" in found[0].plain


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY;BYYEARDAY=5,6,7,8,9,10,11,12,13,14,15,16", MOST_WITHOUT_END),
        ("FREQ=DAILY;BYHOUR=8,9;COUNT=100000", MOST),
        ("FREQ=YEARLY;BYYEARDAY=5", 10),
    ],
)
def test_there_is_an_end(rule: str, count: int) -> None:
    found = told("DTSTART:20260105T080000Z", f"RRULE:{rule}")
    assert len(found) - 1 == count
    assert found[0].lost == ("recurrence-cut",)


@pytest.mark.parametrize(
    ("rule", "count", "code"),
    [
        ("FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;COUNT=60", 28, "recurrence-cut"),
        ("FREQ=SECONDLY;BYMINUTE=0;BYSECOND=0;UNTIL=20260120T090000Z", 12, "recurrence-cut"),
        ("FREQ=HOURLY;BYHOUR=9;INTERVAL=7;COUNT=350", 350, "recurrence-unrolled"),
        ("FREQ=HOURLY;INTERVAL=30000000;COUNT=5", 3, "recurrence-cut"),
        ("FREQ=YEARLY;INTERVAL=3000;BYYEARDAY=5;COUNT=5", 3, "recurrence-cut"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=9,10;COUNT=2", 1, "recurrence-cut"),
        ("FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;COUNT=28", 28, "recurrence-unrolled"),
        ("FREQ=SECONDLY;BYMINUTE=0;BYSECOND=0;UNTIL=20260105T200000Z", 12, "recurrence-unrolled"),
        ("FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0;UNTIL=20260131T235900Z", 27, "recurrence-unrolled"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=9,10;UNTIL=20300101T000000Z", 1, "recurrence-unrolled"),
    ],
)
def test_a_series_that_is_not_followed_to_its_end_is_told_as_cut(rule: str, count: int, code: str) -> None:
    found = told("DTSTART:20260105T090000Z", f"RRULE:{rule}")
    assert found[0].lost == (code,)
    assert len(found) == count
    theirs = list(islice(rrulestr(rule, dtstart=datetime(2026, 1, 5, 9), ignoretz=True), count))
    assert (
        starts(found)[1:] == [f"{one:%Y-%m-%dT%H:%M}" for one in theirs if one > datetime(2026, 1, 5, 9)][: count - 1]
    )


def test_all_of_them_are_one_text_again(tmp_path: Path) -> None:
    lines = ("DTSTART:20260105T080000Z", "RRULE\r\n :FREQ=DAILY;BYHOUR=8,9;COUNT=5")
    first, second = told(*lines), told(*lines, "X-SAME:not")
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for number, one in enumerate([*reversed(first), *second, *first]):  # one of them lies there twice
        data, parts = json.dumps(one.plain).encode(), dict(one.parts)
        assert not writer.add(entry(data, path=("C",), service=Service.CALENDAR, parts=parts, id=f"{number}"))
    writer.finish()
    (folder,) = shelf.publish()
    data = (folder / "C.ics").read_bytes()
    assert len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 3
    after = read_calendar(data)
    assert after is not None
    plain = [one.plain for one in after.items() if isinstance(one, Read)]
    assert sorted(map(repr, plain)) == sorted(repr(one.plain) for one in [*first, *second, *first])


def test_hostile_rules_take_no_time() -> None:
    numbers = ",".join(map(str, range(60)))
    for rule in (f"FREQ=YEARLY;BYMINUTE={numbers};BYSECOND={numbers};COUNT=9", "FREQ=DAILY;BYHOUR=25,26;COUNT=9"):
        assert told("DTSTART:20260105T080000Z", f"RRULE:{rule}")[0].lost == ("recurrence",)
    days = ",".join(
        f"{2026 + number // 300}{number % 12 + 1:02}{number % 25 + 1:02}T080000Z" for number in range(4_000)
    )
    found = told("DTSTART:20260105T080000Z", "RRULE:FREQ=DAILY;BYHOUR=8,14", f"EXDATE:{days}")
    assert len(found) == 3
