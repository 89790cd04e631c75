"""What becomes of points in time, as the account's page tells it."""

from saasbackup_desktop.app.fates import Ending, Fate, fates, why_not_deleted
from saasbackup_desktop.app.views import Hold, Point, TrashEntry
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Account, Provider, Snapshot, SnapshotStatus, account_id
from saasbackup_desktop.core.retention import DAY, Keep

NOW = 1_800_000_000
STREAM = StreamId("stream")
ACCOUNT = Account(id=account_id(Provider.IMAP, "h", "a"), provider=Provider.IMAP, address="a")
COUNTS = dict.fromkeys(("items", "folders", "size", "added", "changed", "removed", "owed"), 0)


def point(age: int) -> Snapshot:
    time = NOW - age * DAY
    whole = SnapshotStatus.COMPLETE
    return Snapshot(id=SnapshotId(f"{age:03d}"), stream=STREAM, started=time, finished=time, status=whole, **COUNTS)


POINTS = [point(age) for age in range(5)]


def hold(stream: StreamId | None, snapshot: str | None, label: str) -> Hold:
    return Hold(
        id=label, stream=stream, snapshot=SnapshotId(snapshot) if snapshot else None, account=None, label=label, made=0
    )


def trash(due: int, *ages: int) -> TrashEntry:
    points = [Point(stream=STREAM, account=ACCOUNT, snapshot=point(age)) for age in ages]
    return TrashEntry(id="t", made=0, due=due, is_due=due <= NOW, why="retention", points=points, files=0, size=0)


def test_what_is_held_what_goes_and_when() -> None:
    found = fates(
        POINTS,
        Keep(days=2),
        [hold(STREAM, "003", "audit"), hold(StreamId("other"), None, "other")],
        [trash(NOW + DAY, 2), trash(NOW, 4)],
        NOW,
    )
    assert found == {
        "002": Fate(Ending.TRASHED, due=NOW + DAY),
        "003": Fate(Ending.HELD, "audit"),
        "004": Fate(Ending.DUE, due=NOW),
    }
    assert fates(POINTS, Keep(last=4), [], [], NOW) == {"004": Fate(Ending.UNKEPT)}
    assert fates(POINTS, Keep(), [], [], NOW) == {}


def test_hold_on_everything_covers_every_point() -> None:
    found = fates(POINTS, Keep(last=1), [hold(None, None, "all")], [], NOW)
    assert {fate.ending for fate in found.values()} == {Ending.HELD}
    assert len(found) == len(POINTS)


def test_what_can_be_deleted() -> None:
    known = {SnapshotId("003"): Fate(Ending.HELD), SnapshotId("004"): Fate(Ending.TRASHED)}
    assert why_not_deleted([], POINTS, known) == "none"
    assert why_not_deleted(POINTS[1:3], POINTS, known) == ""
    assert why_not_deleted(POINTS[:2], POINTS, known) == "newest"
    assert why_not_deleted(POINTS[2:4], POINTS, known) == "held"
    assert why_not_deleted(POINTS[4:], POINTS, known) == "trashed"
    assert why_not_deleted(POINTS, POINTS, {}) == ""
