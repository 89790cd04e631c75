"""Who begins next: fairness, limits, one job of a stream at a time, and nobody forgotten."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.engine.queue import Entry, Limits, Queue, Rank


def entry(name: str, rank: Rank = Rank.USUAL, tenant: str = "", account: str = "", touches: str = "") -> Entry:
    return Entry(
        id=JobId(name), rank=rank, tenant=tenant, account=account, touches=frozenset(touches.split() or [name])
    )


def _order(queue: Queue) -> list[str]:
    """Run all, one after the other."""
    order: list[str] = []
    while (began := queue.take()) is not None:
        order.append(began.id)
        queue.ended(began.id)
    return order


ONE = Limits(near=1, far=1, tenant=1, overall=1)


def test_restores_then_backups_then_checks() -> None:
    queue = Queue(ONE)
    queue.add(entry("check", Rank.LAST))
    queue.add(entry("backup"))
    queue.add(entry("restore", Rank.FIRST))
    assert _order(queue) == ["restore", "backup", "check"]


def test_tenants_take_turns_and_so_do_their_accounts() -> None:
    queue = Queue(ONE)
    for number in range(6):
        queue.add(entry(f"a{number}", tenant="a", account=f"x{number // 3}"))
    for number in range(2):
        queue.add(entry(f"b{number}", tenant="b"))
    assert _order(queue) == ["a0", "b0", "a3", "b1", "a1", "a4", "a2", "a5"]


def test_nobody_overtakes_where_two_touch_the_same() -> None:
    queue = Queue(Limits(near=3))
    queue.add(entry("first", touches="x"))
    assert queue.take() is not None
    queue.add(entry("both", touches="x y"))
    queue.add(entry("later", touches="y"))
    queue.add(entry("beside", touches="z"))
    began = queue.take()
    assert began is not None
    assert began.id == "beside"
    assert queue.take() is None
    queue.ended(JobId("first"))
    assert [began.id for _ in range(2) if (began := queue.take())] == ["both"]


def test_a_restore_goes_before_a_backup_of_the_same_stream() -> None:
    queue = Queue()
    queue.add(entry("running", touches="x"))
    assert queue.take() is not None
    queue.add(entry("backup", touches="x"))
    queue.add(entry("restore", Rank.FIRST, touches="x"))
    queue.ended(JobId("running"))
    assert _order(queue) == ["restore", "backup"]


def test_what_touches_everything_comes_to_its_turn_among_endless_work() -> None:
    """A repair waits for all streams to be free, while backups of all of them are asked for again and again."""
    queue = Queue(Limits(near=2, patience=10))
    streams = [f"s{number}" for number in range(8)]
    began: list[str] = []
    running: list[JobId] = []
    for number, stream in enumerate(streams):
        queue.add(entry(f"{stream} {number}", touches=stream))
    queue.add(entry("repair", Rank.LAST, touches=" ".join(streams)))
    for number in range(8, 200):
        while (one := queue.take()) is not None:
            began.append(one.id)
            running.append(one.id)
        if "repair" in began:
            break
        ended = running.pop(0)
        queue.ended(ended)
        queue.add(entry(f"{ended.split()[0]} {number}", touches=ended.split()[0]))
    assert began.index("repair") <= 10 + 2


def test_a_backup_among_endless_restores() -> None:
    queue = Queue(Limits(near=1, patience=5))
    queue.add(entry("backup"))
    queue.add(entry("later"))
    order = []
    for number in range(20):
        queue.add(entry(f"restore {number}", Rank.FIRST))
        one = queue.take()
        assert one is not None
        order.append(one.id)
        queue.ended(one.id)
    assert (order.index(JobId("backup")), order.index(JobId("later"))) == (5, 11)


def test_many_that_are_passed_by_do_not_all_become_urgent() -> None:
    queue = Queue(Limits(near=1, patience=5))
    for number in range(100):
        queue.add(entry(f"backup {number}"))
    for number in range(60):
        queue.add(entry(f"restore {number}", Rank.FIRST))
    begun = Counter(name.split()[0] for name in _order(queue)[:60])
    assert begun == {"restore": 50, "backup": 10}


def test_near_and_far_have_room_of_their_own() -> None:
    queue = Queue(Limits(near=1, far=2, tenant=9, overall=9))
    for number in range(3):
        queue.add(Entry(id=JobId(f"near {number}")))
        queue.add(Entry(id=JobId(f"far {number}"), is_far=True))
    begun = Counter(one.id.split()[0] for _ in range(9) if (one := queue.take()))
    assert begun == {"near": 1, "far": 2}


def test_held_and_let_go() -> None:
    queue = Queue()
    queue.add(entry("a"))
    queue.is_held = True
    assert queue.take() is None
    queue.is_held = False
    assert _order(queue) == ["a"]


def test_nobody_waits_twice() -> None:
    queue = Queue()
    queue.add(entry("a"))
    with pytest.raises(ValueError, match="already"):
        queue.add(entry("a"))
    assert JobId("a") in queue
    assert queue.remove(JobId("a"))
    assert not queue.remove(JobId("a"))
    assert (len(queue), queue.running) == (0, 0)


_ENTRIES = st.builds(
    lambda rank, tenant, account, touches, far: (rank, tenant, account, touches, far),
    st.sampled_from(Rank),
    st.sampled_from(["", "t1", "t2", "t3"]),
    st.sampled_from(["a", "b", "c"]),
    st.frozensets(st.sampled_from("vwxyz"), max_size=3),
    st.booleans(),
)


@settings(deadline=None, max_examples=60, stateful_step_count=40, suppress_health_check=list(HealthCheck))
class Work(RuleBasedStateMachine):
    """Anything may happen at any time; what was promised holds."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = Limits(near=2, far=2, tenant=2, overall=3, patience=3)
        self.queue = Queue(self.limits)
        self.number = 0
        self.waiting: dict[JobId, Entry] = {}
        self.running: dict[JobId, Entry] = {}

    @rule(made=_ENTRIES)
    def add(self, made: tuple[Rank, str, str, frozenset[str], bool]) -> None:
        rank, tenant, account, touches, far = made
        self.number += 1
        one = Entry(id=JobId(str(self.number)), rank=rank, tenant=tenant, account=account, touches=touches, is_far=far)
        self.waiting[one.id] = one
        self.queue.add(one)

    @rule()
    def take(self) -> None:
        one = self.queue.take()
        if one is not None:
            assert self.waiting.pop(one.id) is one
            self.running[one.id] = one
        else:
            assert not [one for one in self.waiting.values() if self._could_begin_at_once(one)]

    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        if self.running:
            id = data.draw(st.sampled_from(sorted(self.running)))
            del self.running[id]
            self.queue.ended(id)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if self.waiting:
            id = data.draw(st.sampled_from(sorted(self.waiting)))
            del self.waiting[id]
            assert self.queue.remove(id)

    @invariant()
    def limits_hold(self) -> None:
        some = list(self.running.values())
        assert len(some) <= self.limits.overall
        assert sum(one.is_far for one in some) <= self.limits.far
        assert sum(not one.is_far for one in some) <= self.limits.near
        tenants = Counter(one.tenant for one in some if one.tenant)
        assert all(number <= self.limits.tenant for number in tenants.values())
        touched = Counter(key for one in some for key in one.touches)
        assert all(number == 1 for number in touched.values())
        assert len(self.queue) == len(self.waiting)

    def teardown(self) -> None:
        """Whatever was asked for and not taken back comes to its turn."""
        while self.running or self.waiting:
            while (one := self.queue.take()) is not None:
                del self.waiting[one.id]
                self.running[one.id] = one
            assert self.running
            id = next(iter(self.running))
            del self.running[id]
            self.queue.ended(id)
        assert not self.queue._lines
        assert not self.queue._offered
        assert not self.queue._busy

    def _could_begin_at_once(self, one: Entry) -> bool:
        """There is room for it, and nobody who waits or runs touches the same."""
        some = list(self.running.values())
        others = [*some, *(other for other in self.waiting.values() if other is not one)]
        room = self.limits.far if one.is_far else self.limits.near
        return (
            len(some) < self.limits.overall
            and sum(other.is_far is one.is_far for other in some) < room
            and (not one.tenant or sum(other.tenant == one.tenant for other in some) < self.limits.tenant)
            and not any(other.touches & one.touches for other in others)
        )


TestWork = Work.TestCase


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60))
@settings(deadline=None, max_examples=60)
def test_no_tenant_waits_longer_than_a_round(tenants: list[str]) -> None:
    queue = Queue(ONE)
    for number, tenant in enumerate(tenants):
        queue.add(entry(str(number), tenant=tenant))
    left = Counter(tenants)
    since: Counter[str] = Counter()
    for id in _order(queue):
        tenant = tenants[int(id)]
        left[tenant] -= 1
        assert since[tenant] < len(set(tenants))
        since = Counter({other: since[other] + 1 for other in left if left[other] and other != tenant})


@given(st.lists(st.tuples(st.sampled_from(Rank), st.sampled_from("xy")), min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_of_one_stream_and_one_rank_in_order(wanted: list[tuple[Rank, str]]) -> None:
    queue = Queue(Limits(near=2, patience=1000))
    for number, (rank, touches) in enumerate(wanted):
        queue.add(entry(str(number), rank, touches=touches))
    order = [int(id) for id in _order(queue)]
    assert sorted(order) == list(range(len(wanted)))
    for kind in set(wanted):
        alike = [number for number in order if wanted[number] == kind]
        assert alike == sorted(alike)


def test_twenty_thousand_come_to_their_turn() -> None:
    queue = Queue(Limits(near=1, patience=1000))
    for number in range(20_000):
        queue.add(entry(str(number), tenant=f"t{number % 50}", account=f"a{number % 1000}"))
    assert sorted(map(int, _order(queue))) == list(range(20_000))
