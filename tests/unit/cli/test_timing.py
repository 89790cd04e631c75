"""Schedules, spans of hours and rates, as people type them."""

from collections.abc import Callable

import pytest

from saasbackup_desktop.cli.timing import cap_of, minute_of, rhythm_of, span_of, weekday_of
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.schedule import Cap, Rhythm, Span


def test_rhythms() -> None:
    said = ["daily", "3days", "Weekly", "3x", "8h", "24 h", "hand"]
    assert [rhythm_of(one) for one in said] == [
        (Rhythm.DAILY, 8),
        (Rhythm.THREE_DAYS, 8),
        (Rhythm.WEEKLY, 8),
        (Rhythm.THREE_TIMES, 8),
        (Rhythm.HOURS, 8),
        (Rhythm.HOURS, 24),
        (Rhythm.BY_HAND, 8),
    ]


def test_times_and_days() -> None:
    assert [minute_of(one) for one in ("00:00", "2:05", "24:00")] == [0, 125, 1440]
    assert [weekday_of(one) for one in ("mon", "TU", "sunday")] == [0, 1, 6]


def test_spans_and_caps() -> None:
    assert span_of("22:00-06:00") == Span(start=1320, end=360)
    assert span_of("mon-fri 08:00-18:00") == Span(days=(0, 1, 2, 3, 4), start=480, end=1080)
    assert span_of("fri-mon,wed 00:00-24:00") == Span(days=(0, 2, 4, 5, 6), start=0, end=1440)
    assert cap_of("sat 08:00-18:00 2MiB") == Cap(span=Span(days=(5,), start=480, end=1080), rate=2 << 20)
    assert cap_of("500") == Cap(span=Span(start=0, end=1440), rate=500)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (rhythm_of, "0h"),
        (rhythm_of, "25h"),
        (rhythm_of, "sometimes"),
        (minute_of, "24:01"),
        (minute_of, "2"),
        (weekday_of, "t"),
        (weekday_of, "someday"),
        (span_of, ""),
        (span_of, "22:00"),
        (span_of, "mon tue 1:00-2:00"),
        (cap_of, "mon 1:00-2:00 fast"),
    ],
)
def test_what_cannot_be_read(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(Misconfigured):
        read(text)
