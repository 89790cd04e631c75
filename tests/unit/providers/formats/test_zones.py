"""Times told in another zone are the same times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.providers.formats.zones import instant, placed, seconds, zone_of

NAMES = ("Pacific Standard Time", "GMT Standard Time", "Lord Howe Standard Time", "Nepal Standard Time", "Asia/Tokyo")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda when: when.replace(microsecond=0))


@given(MOMENTS, st.sampled_from(NAMES))
def test_a_moment_stays_that_moment(when: datetime, name: str) -> None:
    told = {"dateTime": when.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
    there = placed(told, name)
    assert there is not None
    found = instant(there)
    assert found is not None
    # Hours that come twice are never equal to those of another zone, whichever of the two is meant.
    assert found.astimezone(UTC) == instant(told) == when.replace(tzinfo=UTC)
    assert there["timeZone"] in (name, "UTC")


@given(st.dates(), st.sampled_from(NAMES))
def test_a_whole_day_stays_that_day(day: object, name: str) -> None:
    told = {"dateTime": f"{day}T00:00:00.0000000", "timeZone": "UTC"}
    assert placed(told, name, is_all_day=True) == {**told, "timeZone": name}


def test_the_hour_that_comes_twice_is_told_in_utc() -> None:
    second = {"dateTime": "2026-10-25T01:30:00.0000000", "timeZone": "UTC"}
    assert placed(second, "GMT Standard Time") == second
    first = {"dateTime": "2026-10-25T00:30:00.0000000", "timeZone": "UTC"}
    assert placed(first, "GMT Standard Time") == {
        "dateTime": "2026-10-25T01:30:00.0000000",
        "timeZone": "GMT Standard Time",
    }


@pytest.mark.parametrize("name", ["tzone://Microsoft/Custom", "Nowhere Standard Time", "../etc/passwd", "a\0b"])
def test_a_zone_that_nobody_knows(name: str) -> None:
    told = {"dateTime": "2026-10-25T01:30:00.0000000", "timeZone": name}
    assert zone_of(name) is None
    assert seconds(told) == 1792891800
    assert placed({**told, "timeZone": "UTC"}, name) == {**told, "timeZone": "UTC"}


def test_what_is_no_time_is_none() -> None:
    assert instant(None) is None
    assert instant({"dateTime": "soon", "timeZone": "UTC"}) is None
    assert placed({}, "UTC") is None
