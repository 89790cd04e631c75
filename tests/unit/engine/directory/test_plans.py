"""Plans are kept whole, and what came of them is told write by write."""

from dataclasses import replace

from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import (
    Action,
    LeftOut,
    Mode,
    PlanHead,
    Risk,
    Standing,
    Write,
    WriteResult,
)
from saasbackup_desktop.core.ids import AccountId, SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import PAGE, Plans, Sealed

STREAM = StreamId("tenant/directory")


def head(id: str, made: int = 1, stream: StreamId = STREAM) -> PlanHead:
    return PlanHead(
        id=id,
        stream=stream,
        account=AccountId("tenant"),
        snapshot=SnapshotId("then"),
        made=made,
        mode=Mode.SKIP,
        note="a bad day",
        counts={"create": 2},
        left_out={"licence": 1},
        risks=(Risk("deletes", {"count": 3}, is_grave=True),),
    )


def write(number: int, action: Action = Action.UPDATE) -> Write:
    return Write(
        number=number,
        action=action,
        kind="users",
        id=f"user {number}",
        name="Ada",
        method="PATCH",
        path=f"/users/{number}",
        body={"city": "Fernwick", "phones": ["1"]},
        old={"city": None},
        new={"city": "Fernwick"},
        keys=("users/1#a:city",),
        reason="picked",
        risks=(Risk("beta"),),
        needs=(1, 2),
        links=(Link("members", "x", kind="users", name="X", via="v"),),
        also={"appId": "old"},
    )


async def test_a_plan_comes_back_as_it_was_put(bench: Bench) -> None:
    plans = Plans(bench.catalog, bench.offload)
    many = [write(number) for number in range(1, 2 * PAGE + 8)]
    left = [LeftOut(key="k", kind="users", id="1", name="Ada", code="licence", facts={"a": 1}, old=[1], new=None)] * 3
    await plans.put(head("one"), many, left)
    assert await plans.head("one") == head("one")
    assert await plans.writes("one") == many
    assert await plans.writes("one", PAGE - 2, 5) == many[PAGE - 2 : PAGE + 3]
    assert await plans.writes("one", 2 * PAGE + 5, 50) == many[2 * PAGE + 5 :]
    assert await plans.writes("one", 3 * PAGE) == []
    assert await plans.left_out("one", 1) == left[1:]
    assert await plans.head("two") is None


async def test_plans_are_listed_newest_first_and_by_stream(bench: Bench) -> None:
    plans = Plans(bench.catalog, bench.offload)
    other = StreamId("other/directory")
    for each in (head("a", 1), head("b", 3), head("c", 2, other)):
        await plans.put(each, [])
    assert [each.id for each in await plans.all()] == ["b", "c", "a"]
    assert [each.id for each in await plans.all(STREAM)] == ["b", "a"]


async def test_results_take_each_others_place_and_are_counted(bench: Bench) -> None:
    plans = Plans(bench.catalog, bench.offload)
    await plans.put(head("one"), [write(1), write(2), write(3)])
    begun = WriteResult(number=1, standing=Standing.BEGUN, begun=5)
    done = replace(begun, standing=Standing.DONE, new_id="new", also={"a": "b"}, is_verified=True)
    refused = WriteResult(number=2, standing=Standing.REFUSED, old={"city": "X"}, code="denied", detail="no")
    await plans.put_results("one", [begun])
    assert (await plans.standings("one")).by_standing == {Standing.BEGUN: 1}
    await plans.put_results("one", [done, refused])
    assert await plans.results("one") == {1: done, 2: refused}
    assert await plans.results_of("one", [2, 3]) == {2: refused}
    told = await plans.standings("one")
    assert (dict(told.by_standing), told.verified, told.not_verified) == (
        {Standing.DONE: 1, Standing.REFUSED: 1},
        1,
        0,
    )
    await plans.put_results("one", [replace(done, is_verified=False)])
    assert (await plans.standings("one")).not_verified == 1


async def test_what_was_made_anew_is_remembered_across_plans(bench: Bench) -> None:
    plans = Plans(bench.catalog, bench.offload)
    await plans.put(head("one"), [write(1, Action.CREATE), write(2)])
    await plans.put_results(
        "one",
        [
            WriteResult(number=1, standing=Standing.DONE, new_id="new", also={"old": "app"}),
            WriteResult(number=2, standing=Standing.DONE, new_id="a link's id"),
        ],
    )
    [made] = await plans.made(STREAM)
    assert (made.old, made.key, made.also) == ("user 1", "users/new", {"old": "app"})
    assert await plans.made(StreamId("other/directory")) == []


async def test_a_plan_is_forgotten_with_everything(bench: Bench) -> None:
    plans = Plans(bench.catalog, bench.offload)
    await plans.put(head("one"), [write(1)])
    await plans.put_results("one", [WriteResult(number=1, standing=Standing.DONE)])
    await plans.put_password("one", Sealed("user 1", "Ada", "sealed"))
    await plans.set_undone_by("one", "two")
    found = await plans.head("one")
    assert found is not None
    assert found.undone_by == "two"
    assert await plans.passwords("one") == [Sealed("user 1", "Ada", "sealed")]
    await plans.drop("one")
    assert await plans.head("one") is None
    assert await plans.writes("one") == []
    assert await plans.results("one") == {}
    assert await plans.passwords("one") == []
