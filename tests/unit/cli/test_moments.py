"""Times as people type them."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.cli.moments import LATEST, moment, snapshot_at
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def snapshot(started: int) -> Snapshot:
    return Snapshot(
        id=SnapshotId(f"s{started}"),
        stream=StreamId("a/mail"),
        started=started,
        finished=started + 60,
        status=SnapshotStatus.COMPLETE,
        items=0,
        folders=0,
        size=0,
        added=0,
        changed=0,
        removed=0,
        owed=0,
    )


NOON = moment("2026-03-31T12:00:00Z")
SNAPSHOTS = [snapshot(NOON), snapshot(NOON - 86400), snapshot(NOON - 2 * 86400)]


def test_the_local_zone_counts_unless_one_is_given() -> None:
    assert moment("2026-03-31T14:00") == NOON
    assert moment("2026-03-31T12:00Z") == NOON
    assert moment("2026-03-31T08:00-04:00") == NOON


def test_a_bare_date_is_its_first_second_or_the_one_after_it() -> None:
    assert moment("2026-03-31", end_of_day=True) - moment("2026-03-31") == 86400


def test_a_date_with_the_change_to_summer_time_has_23_hours() -> None:
    assert moment("2026-03-29", end_of_day=True) - moment("2026-03-29") == 23 * 3600


@pytest.mark.parametrize("text", ["", "yesterday", "31.3.2026", "2026-02-30"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        moment(text)
    assert "2026-03-31" in str(caught.value.facts["what"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LATEST, 0),
        ("2030-01-01", 0),
        ("2026-03-31", 0),
        ("2026-03-30", 1),
        ("2026-03-31T13:59", 1),
        ("2026-03-31T12:00Z", 0),
        (f"s{NOON - 2 * 86400}", 2),
    ],
)
def test_the_newest_that_is_not_younger(text: str, expected: int) -> None:
    assert snapshot_at(SNAPSHOTS, text, "anna") is SNAPSHOTS[expected]


@pytest.mark.parametrize(("snapshots", "text"), [([], LATEST), (SNAPSHOTS, "2026-03-28")])
def test_none_that_old(snapshots: list[Snapshot], text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        snapshot_at(snapshots, text, "anna")
    assert "anna" in str(caught.value.facts["what"])
