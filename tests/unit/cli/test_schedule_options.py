"""What is typed of a schedule: refused where it says nothing or contradicts itself."""

import pytest

from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.cli.tasks import _changed
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.schedule import Rhythm, Schedule, require

NOTHING = dict.fromkeys(("every", "at", "on", "cron", "zone"))


def changed(before: Schedule, **typed: str) -> Schedule:
    return _changed(before, **{**NOTHING, **typed}, utc=False)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"cron": ""}, "empty"),
        ({"cron": "@daily"}, "0 0 * * *"),
        ({"every": "daily", "on": "monday"}, "--every weekly"),
        ({"every": "daily", "at": "24:00"}, "24:00"),
        ({"every": ""}, "no rhythm"),
    ],
)
def test_what_says_nothing_is_refused(typed: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        changed(Schedule(), **typed)
    assert said in str(refused.value.facts["what"])


def test_a_wrong_field_of_a_cron_line_is_named_with_its_range() -> None:
    with pytest.raises(Misconfigured) as refused:
        require(Schedule(rhythm=Rhythm.CRON, cron="30 25 * * *"))
    words = words_for(refused.value.code, refused.value.facts)
    assert "hour" in words.what
    assert "25" in words.what
    assert "0 to 23" in words.remedy


def test_the_local_zone_comes_back() -> None:
    utc = Schedule(rhythm=Rhythm.DAILY, zone="UTC")
    assert changed(utc, every="weekly", on="mon").zone == "UTC"
    assert changed(utc, zone="local").zone == ""
