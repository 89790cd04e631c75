"""What a rule means for a history."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Snapshot, SnapshotStatus
from saasbackup_desktop.core.retention import DAY, Keep, plan

NOW = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
COUNTS = ("last", "hourly", "daily", "weekly", "monthly", "yearly")


def snapshot(started: int, number: int = 0, status: SnapshotStatus = SnapshotStatus.COMPLETE) -> Snapshot:
    return Snapshot(
        id=SnapshotId(f"{number:06d}"),
        stream=StreamId("a/mail"),
        started=started,
        finished=started + 1,
        status=status,
        items=0,
        folders=0,
        size=0,
        added=0,
        changed=0,
        removed=0,
        owed=0,
    )


def daily(days: int) -> list[Snapshot]:
    """One at noon of each day, today's last."""
    return [snapshot(NOW - age * DAY, days - age) for age in range(days - 1, -1, -1)]


def kept(snapshots: list[Snapshot], keep: Keep, now: int = NOW) -> list[datetime]:
    return [datetime.fromtimestamp(one.snapshot.started, UTC) for one in plan(snapshots, keep, now).kept]


histories = st.lists(st.tuples(st.integers(0, NOW + 10 * DAY), st.sampled_from(list(SnapshotStatus))), max_size=40).map(
    lambda made: [snapshot(started, number, status) for number, (started, status) in enumerate(made)]
)
few = st.integers(0, 5)
rules = st.builds(
    Keep,
    days=st.none() | st.integers(0, 20_000),
    last=few,
    hourly=few,
    daily=few,
    weekly=few,
    monthly=few,
    yearly=few,
)


@given(histories, rules)
def test_each_one_is_kept_for_a_reason_or_gone(snapshots: list[Snapshot], keep: Keep) -> None:
    found = plan(snapshots, keep, NOW)
    assert sorted([*(one.snapshot.id for one in found.kept), *(one.id for one in found.gone)]) == [
        one.id for one in snapshots
    ]
    assert all(one.reasons for one in found.kept)


@given(histories, rules)
def test_the_newest_and_the_newest_complete_one_always_stay(snapshots: list[Snapshot], keep: Keep) -> None:
    gone = {one.id for one in plan(snapshots, keep, NOW).gone}
    assert not {one.id for one in snapshots[-max(1, keep.last) :]} & gone
    complete = [one.id for one in snapshots if one.status is SnapshotStatus.COMPLETE]
    assert not set(complete[-1:]) & gone


@given(histories, rules, st.sampled_from(COUNTS))
def test_a_rule_that_asks_for_more_keeps_no_less(snapshots: list[Snapshot], keep: Keep, name: str) -> None:
    if keep.is_everything:
        return
    more = Keep(**{**keep.to_plain(), name: getattr(keep, name) + 1})
    assert {one.id for one in plan(snapshots, more, NOW).gone} <= {one.id for one in plan(snapshots, keep, NOW).gone}


@given(histories, rules)
def test_to_decide_twice_is_to_decide_once(snapshots: list[Snapshot], keep: Keep) -> None:
    once = [one.snapshot for one in plan(snapshots, keep, NOW).kept]
    assert plan(once, keep, NOW).gone == ()


@given(histories, rules)
def test_a_rule_is_what_it_was(snapshots: list[Snapshot], keep: Keep) -> None:
    assert Keep.from_plain(keep.to_plain()) == keep
    assert plan(snapshots, Keep.from_plain(keep.to_plain()), NOW) == plan(snapshots, keep, NOW)


@given(histories, rules)
def test_what_is_dated_ahead_stays(snapshots: list[Snapshot], keep: Keep) -> None:
    assert all(one.started <= NOW for one in plan(snapshots, keep, NOW).gone)


def test_without_a_rule_everything_stays() -> None:
    found = plan(daily(1000), Keep(), NOW)
    assert (len(found.kept), found.gone, found.kept[0].reasons) == (1000, (), ("everything",))


def test_age() -> None:
    assert len(kept(daily(100), Keep(days=30))) == 31
    assert len(kept(daily(100), Keep(days=30), NOW + 1)) == 30
    assert len(kept(daily(100), Keep(days=0), NOW + 400 * DAY)) == 1


def test_grandfathers() -> None:
    found = kept(daily(800), Keep(daily=3, weekly=2, monthly=3, yearly=3))
    assert [f"{one:%Y-%m-%d}" for one in found] == [
        "2024-12-31",
        "2025-12-31",
        "2026-09-30",
        "2026-10-31",
        "2026-11-15",
        "2026-11-19",
        "2026-11-20",
        "2026-11-21",
    ]


def test_empty_days_do_not_count() -> None:
    sparse = [one for number, one in enumerate(daily(100)) if number % 10 == 9]
    assert len(kept(sparse, Keep(daily=5))) == 5


def test_a_partial_one_does_not_stand_for_its_day_if_a_complete_one_can() -> None:
    morning, evening = snapshot(NOW, 1), snapshot(NOW + 3600, 2, SnapshotStatus.PARTIAL)
    tomorrow = snapshot(NOW + DAY, 3)
    found = plan([morning, evening, tomorrow], Keep(daily=2), NOW + DAY)
    assert [one.id for one in found.gone] == [evening.id]


def test_the_border_of_a_day_is_that_of_utc() -> None:
    midnight = int((datetime(2026, 11, 21, tzinfo=UTC) - timedelta(seconds=1)).timestamp())
    both = [snapshot(midnight, 1), snapshot(midnight + 1, 2)]
    assert plan(both, Keep(daily=2), NOW).gone == ()
    assert [one.id for one in plan(both, Keep(daily=1), NOW).gone] == [both[0].id]


def test_nonsense_is_refused() -> None:
    with pytest.raises(Misconfigured):
        Keep(last=-1)
    for plain in ({"last": "3"}, {"minutely": 1}, {"last": True}, {"days": 1.5}):
        with pytest.raises(TypeError):
            Keep.from_plain(plain)
