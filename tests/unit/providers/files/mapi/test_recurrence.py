"""Recurrences and time zones, byte for byte as Outlook wrote them."""

import random
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule

from saasbackup_desktop.providers.files.mapi.recurrence import (
    BODY,
    BUSY,
    DAYS,
    FILES,
    LOCATION,
    REMINDER_DELTA,
    SUBJECT,
    Departure,
    series_bytes,
    series_of,
)
from saasbackup_desktop.providers.files.mapi.zones import zone_named

_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
_ONCE = {"type": "numbered", "startDate": "2022-12-08", "numberOfOccurrences": 1}
_ONE_DAY = "403a0d00403a0d063000000930000000000000a005000000000000000000000000"


def _said(pattern: dict[str, Any], span: dict[str, Any]) -> dict[str, Any]:
    return {"pattern": {"interval": 1, **pattern}, "range": span}


@pytest.mark.parametrize(
    ("pattern", "span", "begins", "ends", "written"),
    [
        (
            {"type": "daily"},
            {"type": "endDate", "startDate": "2022-12-01", "endDate": "2022-12-07"},
            0,
            1440,
            "043004300a200000000000000000a0050000000000002120000007000000000000000000000000000000"
            "20023a0de0233a0d063000000930000000000000a005000000000000000000000000",
        ),
        (
            {"type": "absoluteMonthly", "dayOfMonth": 12},
            {**_ONCE, "startDate": "2022-12-12"},
            0,
            1440,
            "043004300c20020000000000000001000000000000000c000000222000000100000000000000000000000000000000" + _ONE_DAY,
        ),
        (
            {"type": "absoluteYearly", "dayOfMonth": 12, "month": 12},
            {**_ONCE, "startDate": "2022-12-12"},
            0,
            1440,
            "043004300d2002000000c05607000c000000000000000c000000222000000100000000000000000000000000000000" + _ONE_DAY,
        ),
        (
            {"type": "weekly", "daysOfWeek": ["monday", "thursday"]},
            {"type": "noEnd", "startDate": "2017-01-19"},
            0x546,
            0x564,
            "043004300b2001000000c0210000010000000000000012000000232000000a000000000000000000000000000000"
            "60f10a0ddf80e95a0630000009300000460500006405000000000000000000000000",
        ),
        (
            {"type": "weekly", "daysOfWeek": ["friday"]},
            {"type": "endDate", "startDate": "2023-01-06", "endDate": "2023-12-31"},
            720,
            780,
            "043004300b2001000000c02100000100000000000000200000002120000034000000000000000000000000000000a0cc3a0d00b0420d"
            "0630000009300000d00200000c03000000000000000000000000",
        ),
    ],
)
def test_series(pattern: dict[str, Any], span: dict[str, Any], begins: int, ends: int, written: str) -> None:
    series = series_of(_said(pattern, span), date(2000, 1, 1))
    assert series is not None
    assert series_bytes(series, begins, ends).hex() == written


def test_departures() -> None:
    fridays = _said(
        {"type": "weekly", "daysOfWeek": ["friday"]},
        {"type": "endDate", "startDate": "2023-01-06", "endDate": "2023-12-31"},
    )
    series = series_of(fridays, date(2023, 1, 6))
    assert series is not None
    moved = Departure(
        original=datetime(2023, 1, 13, 12),
        start=datetime(2023, 1, 12, 12),
        end=datetime(2023, 1, 12, 13),
        changes={
            SUBJECT: "Lanch time, every friday, in 2023 [rescheduled!]",
            LOCATION: "Awesome coffee shop",
            BODY: True,
            REMINDER_DELTA: 15,
            BUSY: 1,
            FILES: 1,
        },
    )
    assert series_bytes(series, 720, 780, [date(2023, 1, 6)], [moved]).hex() == (
        "043004300b2001000000c021000001000000000000002000000021200000340000000000000002000000a0cc3a0d00f43a0d0100000060ee"
        "3a0da0cc3a0d00b0420d0630000009300000d00200000c030000010030f13a0d6cf13a0dd0f63a0d7502310030004c616e63682074696d65"
        "2c206576657279206672696461792c20696e2032303233205b72657363686564756c6564215d0f00000014001300417765736f6d6520636f"
        "666665652073686f7001000000010000000000000004000000000000000000000030f13a0d6cf13a0dd0f63a0d30004c0061006e00630068"
        "002000740069006d0065002c0020006500760065007200790020006600720069006400610079002c00200069006e00200032003000320033"
        "0020005b00720065007300630068006500640075006c006500640021005d00130041007700650073006f006d006500200063006f00660066"
        "00650065002000730068006f0070000000000000000000"
    )


def test_zones() -> None:
    tokyo, eastern = zone_named("Asia/Tokyo"), zone_named("Eastern Standard Time")
    assert tokyo is not None
    assert eastern is not None
    assert tokyo.name == "Tokyo Standard Time"
    assert tokyo.definition(2023, 2023, of_series=True) == bytes.fromhex(
        "02012c000200130054006f006b0079006f0020005300740061006e0064006100720064002000540069006d006500010002013e0003004106"
        + "00" * 14
        + "e4fdffff"
        + "00" * 40
    )
    assert tokyo.struct(2023) == bytes.fromhex("e4fdffff") + bytes(44)
    clocks = "2c01000000000000c4ffffff"
    now = "00000b000000010002000000000000000000030000000200020000000000" + "0000"
    before = "00000a000000050002000000000000000000040000000100020000000000" + "0000"
    assert eastern.definition(2006, 2007).hex() == (
        "02013000020015004500610073007400650072006e0020005300740061006e0064006100720064002000540069006d0065000200"
        f"02013e0000004106{'00' * 14}{clocks}{before}02013e000200d707{'00' * 14}{clocks}{now}"
    )


def test_zones_whose_clocks_changed_for_good() -> None:
    russia = zone_named("Russian Standard Time")
    assert russia is not None
    assert russia.struct(2011)[:12].hex() == "4cffffff00000000c4ffffff"  # three hours ahead, and four since March
    assert russia.struct(2013)[:12].hex() == "10ffffff0000000000000000"
    assert zone_named("tzone://Microsoft/Custom") is None
    assert zone_named("Etc/UTC") == zone_named("")


def _rule(pattern: dict[str, Any], start: datetime) -> rrule:
    """The same as another library understands it: days that a month has not are its last one."""
    kind, days = pattern["type"], [DAYS.index(day) - 1 for day in pattern["daysOfWeek"]]
    week = [(day % 7) for day in days]
    said: dict[str, Any] = {"dtstart": start, "interval": pattern["interval"], "until": datetime(2040, 1, 1)}
    if kind == "daily":
        return rrule(DAILY, **said)
    if kind == "weekly":
        return rrule(WEEKLY, byweekday=week, wkst=(DAYS.index(pattern["firstDayOfWeek"]) - 1) % 7, **said)
    if kind.startswith("absolute"):
        day = pattern["dayOfMonth"]
        said |= {"bymonthday": range(min(day, 28), day + 1), "bysetpos": -1}
    else:
        position = ("first", "second", "third", "fourth", "last").index(pattern["index"]) + 1
        said |= {"byweekday": week, "bysetpos": -1 if position == 5 else position}
    return rrule(YEARLY, bymonth=pattern["month"], **said) if kind.endswith("Yearly") else rrule(MONTHLY, **said)


def test_days_are_those_that_another_library_finds() -> None:
    chance = random.Random(7)
    kinds = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly")
    for number in range(120):
        start = datetime(2020, 1, 1) + timedelta(days=chance.randrange(2000))
        pattern = {
            "type": kinds[number % len(kinds)],
            "interval": chance.randrange(1, 5),
            "daysOfWeek": chance.sample(DAYS, chance.randrange(1, 4)),
            "firstDayOfWeek": chance.choice(DAYS),
            "dayOfMonth": chance.randrange(1, 32),
            "month": chance.randrange(1, 13),
            "index": chance.choice(("first", "second", "third", "fourth", "last")),
        }
        first = next(iter(_rule(pattern, start)))  # a series begins with its first day
        span = {"type": "numbered", "startDate": f"{first:%Y-%m-%d}", "numberOfOccurrences": 12}
        series = series_of({"pattern": pattern, "range": span}, first.date())
        assert series is not None
        assert not series.is_moved
        expected = [day.date() for day in islice(_rule(pattern, first), 12)]
        assert [day for day in series.dates() if day.year < 2040] == expected, (pattern, start)
