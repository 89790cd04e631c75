"""What a plan is made from: what could not be read is never taken for gone, or for come."""

from dataclasses import dataclass, replace

import pytest

from saasbackup_desktop.core.directory.drafting import Planning, Wish
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import Action, PlanHead, Standing, WriteResult
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, attribute_key
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.surveying import make_plan
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from tests.unit.engine.directory.conftest import Save
from tests.unit.engine.directory.tenant import STREAM, LiveTenant, Tenant, TenantDoors

ADA = "11111111-1111-1111-1111-111111111111"
EVE = "22222222-2222-2222-2222-222222222222"
STAFF = "33333333-3333-3333-3333-333333333333"


@dataclass
class PlanningDoors(TenantDoors):
    """Doors to a tenant that can be planned for."""

    def planning(self, stream: StreamId) -> Planning:
        return EntraPlanning()


@pytest.fixture
def doors() -> PlanningDoors:
    return PlanningDoors()


def fill(tenant: Tenant) -> None:
    tenant.put("users", ADA, name="Ada", userPrincipalName="ada@x.example", accountEnabled=True)
    tenant.put("users", EVE, name="Eve", userPrincipalName="eve@x.example", accountEnabled=True)
    tenant.put("groups", STAFF, Link("members", ADA, kind="users"), name="Staff")


async def planned(bench: Bench, at: SnapshotId, *wanted: str) -> tuple[PlanHead, list[tuple[str, str]], dict[str, str]]:
    ticks = Ticks(wanted=frozenset(wanted or {EVERYTHING}))
    head = await make_plan(bench, STREAM, at, Wish(ticks=ticks, accepts=GRAVE), "why")
    plans = Plans(bench.catalog, bench.offload)
    writes = [(each.action.value, each.target_name or each.name) for each in await plans.writes(head.id)]
    return head, writes, {each.key: each.code for each in await plans.left_out(head.id)}


async def test_a_plan_is_kept_with_all_that_it_says(
    directory_bench: Bench, tenant: Tenant, doors: PlanningDoors, save: Save
) -> None:
    fill(tenant)
    at = await save()
    tenant.change(f"users/{ADA}", city="Nowhere")
    tenant.put("users", "new", name="Mallory")
    head, writes, _ = await planned(directory_bench, at)
    assert writes == [("update", "Ada"), ("delete", "Mallory")]
    assert (head.snapshot, head.note, head.counts) == (at, "why", {"update": 1, "delete": 1})
    assert await Plans(directory_bench.catalog, directory_bench.offload).head(head.id) == head
    assert all(each.closed == 1 for each in doors.live)


async def test_nothing_is_planned_where_nothing_differs(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    fill(tenant)
    _, writes, left = await planned(directory_bench, await save())
    assert (writes, left) == ([], {})


async def test_only_what_was_picked_is_asked_for(
    directory_bench: Bench, tenant: Tenant, doors: PlanningDoors, save: Save
) -> None:
    fill(tenant)
    at = await save()
    for id in (ADA, EVE):
        tenant.change(f"users/{id}", displayName="Nobody", city="Nowhere")
    _, writes, left = await planned(directory_bench, at, attribute_key("users", ADA, "displayName"))
    assert (writes, left) == ([("update", "Ada")], {})
    assert doors.live[-1].asked == []


async def test_what_is_not_picked_follows_who_comes_back(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    fill(tenant)
    at = await save()
    del tenant.objects[f"users/{ADA}"]
    tenant.link(f"groups/{STAFF}")
    _, writes, _ = await planned(directory_bench, at, f"users/{ADA}")
    assert writes == [("create", "Ada"), ("link", "Ada")]


async def test_a_kind_that_cannot_be_read_now_is_left_as_it_is(
    directory_bench: Bench, tenant: Tenant, save: Save
) -> None:
    fill(tenant)
    at = await save()
    tenant.denied.add("users")
    tenant.change(f"groups/{STAFF}", displayName="Other")
    _, writes, left = await planned(directory_bench, at)
    assert (writes, left) == ([("update", "Staff")], {"users": "unread"})


async def test_a_kind_that_could_not_be_read_then_is_left_as_it_is(
    directory_bench: Bench, tenant: Tenant, save: Save
) -> None:
    fill(tenant)
    await save()
    tenant.denied.add("users")
    at = await save()
    tenant.denied.clear()
    tenant.put("users", "new", name="Mallory")
    _, writes, left = await planned(directory_bench, at)
    assert (writes, left) == ([], {"users": "unread"})


async def test_an_object_that_could_not_be_read_then_is_not_deleted(
    directory_bench: Bench, tenant: Tenant, save: Save
) -> None:
    fill(tenant)
    tenant.refused.add(f"users/{EVE}")
    at = await save()
    tenant.refused.clear()
    _, writes, left = await planned(directory_bench, at)
    assert (writes, left) == ([], {f"users/{EVE}": "unread"})


async def test_what_slips_between_two_pages_is_not_made_twice(
    directory_bench: Bench, tenant: Tenant, doors: PlanningDoors, save: Save
) -> None:
    fill(tenant)
    at = await save()
    doors.prepared = LiveTenant(tenant, misses={f"users/{ADA}"}, twice=True)
    _, writes, left = await planned(directory_bench, at)
    assert (writes, left) == ([], {})


async def test_what_was_made_anew_is_not_made_again(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    fill(tenant)
    at = await save()
    gone = tenant.objects.pop(f"users/{ADA}")
    tenant.link(f"groups/{STAFF}")
    plans = Plans(directory_bench.catalog, directory_bench.offload)
    head, writes, _ = await planned(directory_bench, at)
    assert writes == [("create", "Ada"), ("link", "Ada")]
    number = next(each.number for each in await plans.writes(head.id) if each.action is Action.CREATE)
    await plans.put_results(head.id, [WriteResult(number=number, standing=Standing.DONE, new_id="again")])
    tenant.objects["users/again"] = replace(gone, id="again")
    tenant.link(f"groups/{STAFF}", Link("members", "again", kind="users"))
    _, writes, left = await planned(directory_bench, at)
    assert (writes, left) == ([], {})


async def test_a_point_in_time_that_is_not_there(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    fill(tenant)
    await save()
    with pytest.raises(Misconfigured):
        await planned(directory_bench, SnapshotId("never"))
