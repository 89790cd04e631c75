"""Rules of retention read as plain sentences."""

import pytest

from saasbackup_desktop.app.words.retention import REASONS, in_words
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus
from saasbackup_desktop.core.retention import DAY, Keep, plan


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (Keep(), "Keeps every point in time, for ever."),
        (Keep(days=1), "Keeps every point in time for 1 day."),
        (Keep(days=3_650), "Keeps every point in time for 3,650 days."),
        (Keep(days=30, weekly=12), "Keeps every point in time for 30 days and one a week for 12 weeks."),
        (
            Keep(last=1, hourly=24, daily=7, monthly=12, yearly=3),
            "Keeps the newest one, one an hour for 24 hours, one a day for 7 days, one a month for 12 months "
            "and one a year for 3 years.",
        ),
    ],
)
def test_rule_in_one_sentence(keep: Keep, words: str) -> None:
    assert in_words(keep) == words


def _point(number: int, started: int) -> Snapshot:
    counts = dict.fromkeys(("items", "folders", "size", "added", "changed", "removed", "owed"), 0)
    whole = SnapshotStatus.PARTIAL if number == 401 else SnapshotStatus.COMPLETE
    name = SnapshotId(f"{number:04d}")
    return Snapshot(id=name, stream=StreamId("s"), started=started, finished=started, status=whole, **counts)


def test_every_reason_to_stay_has_words() -> None:
    now = 1_800_000_000
    points = [_point(n, now - (400 - n) * DAY) for n in range(402)]
    every = Keep(days=3, last=2, hourly=2, daily=2, weekly=2, monthly=2, yearly=2)
    said = {reason for rule in (every, Keep()) for kept in plan(points, rule, now).kept for reason in kept.reasons}
    assert said | {"held"} == set(REASONS)
