"""Comparisons: nothing that is compared is lost or invented."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from saasbackup_desktop.core.directory.comparison import LIVE, CompareRequest, Comparison, DifferenceQuery
from saasbackup_desktop.core.directory.difference import Change, ObjectDifference, difference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.errors import Misconfigured, Unreachable
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.comparing import IDLE, Comparisons
from tests.unit.engine.conftest import HandClock
from tests.unit.engine.directory.conftest import Save
from tests.unit.engine.directory.tenant import SCHEMA, STREAM, LiveTenant, Tenant, TenantDoors

EVERYTHING = DifferenceQuery(changes=frozenset(Change), with_noise=True, limit=10_000)


async def compared(comparisons: Comparisons, old: SnapshotId, new: SnapshotId, **more: tuple[str, ...]) -> Comparison:
    begun = await comparisons.begin(CompareRequest(stream=STREAM, old=old, new=new, **more))
    return await ended(comparisons, begun.id)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.002)


async def ended(comparisons: Comparisons, id: str) -> Comparison:
    await until(lambda: comparisons.state(id).is_done)
    return comparisons.state(id)


async def changes(comparisons: Comparisons, id: str, query: DifferenceQuery = EVERYTHING) -> dict[str, Change]:
    page = await comparisons.page(id, query)
    assert page.total == len(page.rows)
    return {f"{row.kind}/{row.id}": row.change for row in page.rows}


def some_users(tenant: Tenant, count: int = 5) -> None:
    for number in range(count):
        tenant.put("users", str(number), name=f"User {number:05}", lastSeen="yesterday")


def attacked(tenant: Tenant, chance: random.Random) -> None:
    """Change a directory in all sorts of ways."""
    for key in list(tenant.objects):
        match chance.randrange(8):
            case 0:
                del tenant.objects[key]
            case 1:
                tenant.change(key, displayName=f"renamed {chance.random()}", empty=[])
            case 2:
                tenant.change(key, lastSeen=str(chance.random()), x={"y": chance.random()})
            case 3:
                tenant.link(key, Link("members", str(chance.randrange(9))), Link("owners", "1"))
            case 4:
                tenant.change(key, lastSeen=str(chance.random()))
            case 5:
                tenant.change(key, empty={})  # says nothing
    for number in range(chance.randrange(4)):
        tenant.put(chance.choice(list(SCHEMA)), f"new {number} {chance.random()}")


def truth(old: dict[str, DirectoryObject], new: dict[str, DirectoryObject]) -> dict[str, ObjectDifference]:
    """What every object became, one by one."""
    return {
        key: difference(SCHEMA[(new.get(key) or old[key]).kind], old.get(key), new.get(key)) for key in {*old, *new}
    }


async def assert_true(
    comparisons: Comparisons, found: Comparison, old: dict[str, DirectoryObject], new: dict[str, DirectoryObject]
) -> None:
    """The comparison says what comparing every object by itself says: in rows, counts, one by one and altogether."""
    expected = truth(old, new)
    assert await changes(comparisons, found.id) == {key: one.change for key, one in expected.items()}
    counted: dict[str, dict[str, int]] = {kind: {} for kind in SCHEMA}
    for one in expected.values():
        for code in (one.change.value, *(["noise"] if one.is_noise else [])):
            counted[one.kind][code] = counted[one.kind].get(code, 0) + 1
    assert found.counts == counted
    for key, one in expected.items():
        assert await comparisons.one(found.id, key) == one
    whole: list[ObjectDifference] = []
    async for some in comparisons.whole(found.id, EVERYTHING):
        whole += some
    differing = {key: one for key, one in expected.items() if one.change is not Change.UNCHANGED}
    assert {one.key: one for one in whole} == differing
    rows = (await comparisons.page(found.id, DifferenceQuery(with_noise=True, limit=1_000))).rows
    assert [one.key for one in whole] == [f"{row.kind}/{row.id}" for row in rows]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("is_live", [False, True])
async def test_a_comparison_says_what_comparing_one_by_one_says(
    comparisons: Comparisons, tenant: Tenant, save: Save, seed: int, is_live: bool
) -> None:
    chance = random.Random(seed)
    for kind in SCHEMA:
        for number in range(chance.randrange(12)):
            tenant.put(kind, str(number), Link("members", "1"), lastSeen="yesterday")
    before = dict(tenant.objects)
    old = await save()
    attacked(tenant, chance)
    new = LIVE if is_live else await save()
    found = await compared(comparisons, old, new)
    assert (found.code, found.unread) == ("", [])
    assert found.kinds_read == found.kinds_total == len(SCHEMA)
    await assert_true(comparisons, found, before, tenant.objects)


async def test_two_equal_moments_do_not_differ(comparisons: Comparisons, tenant: Tenant, save: Save) -> None:
    some_users(tenant)
    moment = await save()
    for new in (moment, LIVE):
        found = await compared(comparisons, moment, new)
        assert found.counts == {"users": {"unchanged": 5}, "groups": {}, "policies": {}}
        assert not await changes(comparisons, found.id, DifferenceQuery())


async def test_it_can_be_asked_the_other_way_round(comparisons: Comparisons, tenant: Tenant, save: Save) -> None:
    some_users(tenant)
    first = await save()
    before = dict(tenant.objects)
    attacked(tenant, random.Random(1))
    second = await save()
    found = await compared(comparisons, second, first)
    await assert_true(comparisons, found, tenant.objects, before)


@pytest.mark.parametrize("is_live", [False, True])
async def test_single_objects_and_kinds(comparisons: Comparisons, tenant: Tenant, save: Save, is_live: bool) -> None:
    some_users(tenant)
    tenant.put("groups", "1")
    old = await save()
    tenant.change("users/1", displayName="Anna")
    del tenant.objects["users/2"]
    del tenant.objects["groups/1"]
    new = LIVE if is_live else await save()
    asked = ("users/0", "users/1", "users/2", "users/never")
    found = await compared(comparisons, old, new, objects=asked)
    assert await changes(comparisons, found.id) == {
        "users/0": Change.UNCHANGED,
        "users/1": Change.CHANGED,
        "users/2": Change.REMOVED,
    }
    assert found.counts == {"users": {"changed": 1, "removed": 1, "unchanged": 1}}
    found = await compared(comparisons, old, new, kinds=("groups",))
    assert await changes(comparisons, found.id) == {"groups/1": Change.REMOVED}
    with pytest.raises(Misconfigured):
        await comparisons.one(found.id, "users/1")


@pytest.mark.parametrize("is_live", [False, True])
async def test_a_kind_that_could_not_be_read_is_not_gone(
    comparisons: Comparisons, tenant: Tenant, save: Save, is_live: bool
) -> None:
    some_users(tenant)
    tenant.put("groups", "1")
    old = await save()
    tenant.change("users/1", displayName="Anna")
    tenant.denied.add("groups")
    del tenant.objects["groups/1"]
    new = LIVE if is_live else await save()
    found = await compared(comparisons, old, new)
    assert found.unread == ["groups"]
    assert found.kinds_read == found.kinds_total == 3
    assert "groups" not in found.counts
    assert await changes(comparisons, found.id, DifferenceQuery()) == {"users/1": Change.CHANGED}
    with pytest.raises(Misconfigured) as raised:
        await comparisons.one(found.id, "groups/1")
    assert raised.value.facts["what"] == "not-compared"


@pytest.mark.parametrize("is_live", [False, True])
async def test_a_kind_that_was_not_read_before_is_not_new(
    comparisons: Comparisons, tenant: Tenant, save: Save, is_live: bool
) -> None:
    some_users(tenant)
    tenant.put("groups", "1")
    tenant.denied.add("groups")
    old = await save()
    tenant.denied.clear()
    new = LIVE if is_live else await save()
    found = await compared(comparisons, old, new)
    assert found.unread == ["groups"]
    assert found.counts == {"users": {"unchanged": 5}, "policies": {}}
    assert not await changes(comparisons, found.id, DifferenceQuery())


@pytest.mark.parametrize("is_live", [False, True])
async def test_an_object_that_could_not_be_read_is_not_gone(
    comparisons: Comparisons, tenant: Tenant, save: Save, is_live: bool
) -> None:
    some_users(tenant)
    tenant.refused = {"users/3"}
    old = await save()
    tenant.refused = set()
    tenant.change("users/1", displayName="Anna")
    new = LIVE if is_live else await save()
    found = await compared(comparisons, old, new)
    assert found.counts["users"] == {"changed": 1, "unchanged": 3, "unread": 1}
    assert "users/3" not in await changes(comparisons, found.id)
    with pytest.raises(Misconfigured):
        await comparisons.one(found.id, "users/3")


async def test_bytes_that_are_damaged_are_not_an_object_that_is_gone(
    comparisons: Comparisons, tenant: Tenant, save: Save, directory_bench: Bench, tmp_path: Path
) -> None:
    some_users(tenant)
    old = await save()
    for key in ("users/1", "users/2"):
        tenant.change(key, displayName="Anna")
    new = await save()
    row = directory_bench.catalog.item_at(STREAM, NodeId("users/2"), old)
    assert row is not None
    assert row.item.body is not None
    for pack in (tmp_path / "vault").rglob("*"):
        if pack.is_file() and "packs" in str(pack):
            data = bytearray(pack.read_bytes())
            data[len(data) // 4 : -len(data) // 4] = bytes(len(data[len(data) // 4 : -len(data) // 4]))
            pack.chmod(0o600)
            pack.write_bytes(data)
    found = await compared(comparisons, old, new)
    assert found.code == ""
    assert found.counts["users"]["unread"] == 2
    assert not await changes(comparisons, found.id, DifferenceQuery())


async def test_results_are_told_while_more_is_heard(
    comparisons: Comparisons, tenant: Tenant, save: Save, doors: TenantDoors
) -> None:
    some_users(tenant)
    tenant.put("groups", "1")
    old = await save()
    for key in list(tenant.objects):
        tenant.change(key, x=1)
    del tenant.objects["users/4"]
    doors.prepared = LiveTenant(tenant, page=2, gate=asyncio.Event())
    begun = await comparisons.begin(CompareRequest(stream=STREAM, old=old))
    expected = {"users/0": Change.CHANGED, "users/1": Change.CHANGED, "groups/1": Change.CHANGED}
    assert set(await changes(comparisons, begun.id, DifferenceQuery())) <= set(expected)
    await until(lambda: comparisons.state(begun.id).kinds_read == 2)
    async with asyncio.timeout(30):
        while True:  # an answer may be a little old
            if await changes(comparisons, begun.id, DifferenceQuery()) == expected:
                break
            await asyncio.sleep(0.002)
    state = comparisons.state(begun.id)
    assert (state.is_done, state.kinds_total) == (False, 3)
    assert (await comparisons.one(begun.id, "groups/1")).change is Change.CHANGED
    assert (await comparisons.one(begun.id, "users/0")).change is Change.CHANGED
    with pytest.raises(Misconfigured):
        await comparisons.one(begun.id, "users/3")
    assert doors.prepared.gate is not None
    doors.prepared.gate.set()
    found = await ended(comparisons, begun.id)
    assert found.counts["users"] == {"changed": 4, "removed": 1}
    assert (await comparisons.one(begun.id, "users/4")).change is Change.REMOVED


async def test_a_comparison_that_is_forgotten_stops(
    comparisons: Comparisons, tenant: Tenant, save: Save, doors: TenantDoors
) -> None:
    some_users(tenant)
    old = await save()
    doors.prepared = LiveTenant(tenant, gate=asyncio.Event())
    begun = await comparisons.begin(CompareRequest(stream=STREAM, old=old))
    await until(lambda: doors.prepared is not None and bool(doors.prepared.asked))
    await comparisons.forget(begun.id)
    assert doors.prepared.closed == 1
    with pytest.raises(Misconfigured):
        comparisons.state(begun.id)


async def test_a_directory_that_is_lost_on_the_way_takes_nothing_with_it(
    comparisons: Comparisons, tenant: Tenant, save: Save, doors: TenantDoors
) -> None:
    some_users(tenant)
    tenant.put("groups", "1")
    old = await save()
    tenant.change("groups/1", x=1)
    tenant.change("users/1", x=1)
    doors.prepared = LiveTenant(tenant, fault=Unreachable("cut"))
    found = await compared(comparisons, old, LIVE)
    assert found.code == "unreachable"
    assert found.unread == ["users"]
    assert found.counts == {"groups": {"changed": 1}, "policies": {}}
    assert await changes(comparisons, found.id, DifferenceQuery()) == {"groups/1": Change.CHANGED}
    assert doors.prepared.closed == 1


async def test_what_is_heard_twice_or_slips_between_pages_is_told_once(
    comparisons: Comparisons, tenant: Tenant, save: Save, doors: TenantDoors
) -> None:
    some_users(tenant)
    old = await save()
    tenant.change("users/1", x=1)
    tenant.change("users/2", x=1)
    tenant.put("users", "9")
    doors.prepared = LiveTenant(tenant, page=2, twice=True, misses={"users/2", "users/3"})
    found = await compared(comparisons, old, LIVE)
    assert found.counts["users"] == {"changed": 2, "added": 1, "unchanged": 3}


async def test_rows_are_found_by_kind_change_and_words(comparisons: Comparisons, tenant: Tenant, save: Save) -> None:
    some_users(tenant)
    tenant.put("groups", "1", name="Sales")
    old = await save()
    tenant.change("users/1", displayName="Ängström")
    tenant.change("users/2", mailNickname="ann")
    tenant.change("users/3", lastSeen="today")
    tenant.link("groups/1", Link("members", "7"))
    del tenant.objects["users/4"]
    found = await compared(comparisons, old, await save())

    async def asked(**query: object) -> list[str]:
        page = await comparisons.page(found.id, DifferenceQuery(**query))  # type: ignore[arg-type]
        return [f"{row.kind}/{row.id}" for row in page.rows]

    assert await asked() == ["users/2", "users/4", "users/1", "groups/1"]  # kinds in order, then names
    assert await asked(with_noise=True, kinds=frozenset({"users"})) == ["users/2", "users/3", "users/4", "users/1"]
    assert await asked(changes=frozenset({Change.REMOVED})) == ["users/4"]
    assert await asked(words="ÄNG") == ["users/1"]
    assert await asked(words="nick") == ["users/2"]
    assert await asked(words="members sal") == ["groups/1"]
    assert await asked(words="groups/1") == ["groups/1"]
    assert await asked(words="nobody") == []
    assert await asked(offset=1, limit=2) == ["users/4", "users/1"]
    [row] = (await comparisons.page(found.id, DifferenceQuery(words="sales"))).rows
    assert (row.attributes, row.links, row.is_noise) == (0, 1, False)


async def test_what_nobody_asks_for_is_let_go(
    comparisons: Comparisons, tenant: Tenant, save: Save, clock: HandClock
) -> None:
    some_users(tenant)
    old = await save()
    left, kept = [await compared(comparisons, old, old) for _ in range(2)]
    clock.time += IDLE - 1
    comparisons.state(kept.id)
    clock.time += 1
    comparisons.let_go()
    assert comparisons.state(kept.id).is_done
    with pytest.raises(Misconfigured) as raised:
        comparisons.state(left.id)
    assert raised.value.facts["what"] == "comparison-gone"
    await comparisons.forget(kept.id)
    await comparisons.forget(kept.id)
    with pytest.raises(Misconfigured):
        await comparisons.page(kept.id, DifferenceQuery())


async def test_moments_that_are_not_known_are_refused(comparisons: Comparisons, tenant: Tenant, save: Save) -> None:
    some_users(tenant)
    old = await save()
    unknown = SnapshotId("20200101T000000Z-00000000")
    for one, other in ((old, unknown), (unknown, old), (LIVE, old)):
        with pytest.raises(Misconfigured):
            await comparisons.begin(CompareRequest(stream=STREAM, old=one, new=other))


async def test_several_are_held_at_once(comparisons: Comparisons, tenant: Tenant, save: Save) -> None:
    some_users(tenant)
    moments = [await save()]
    for number in range(3):
        tenant.change(f"users/{number}", x=number)
        moments.append(await save())
    found = await asyncio.gather(*(compared(comparisons, one, LIVE) for one in moments))
    assert [one.counts["users"].get("changed", 0) for one in found] == [3, 2, 1, 0]
    assert len({one.id for one in found}) == 4
    pages = await asyncio.gather(*(comparisons.page(one.id, EVERYTHING) for one in found))
    assert [page.total for page in pages] == [5, 5, 5, 5]


async def test_what_a_licence_hides_is_not_gone(
    comparisons: Comparisons, tenant: Tenant, save: Save, doors: TenantDoors
) -> None:
    tenant.put("policies", "1")
    old = await save()
    doors.prepared = LiveTenant(tenant, lapsed={"policies", "groups"})
    found = await compared(comparisons, old, LIVE)
    assert found.unread == ["policies"]  # and no word of groups: there were none
    assert found.counts == {"users": {}, "groups": {}}
