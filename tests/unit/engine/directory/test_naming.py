"""Names for ids."""

from dataclasses import replace

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory import naming
from saasbackup_desktop.engine.directory.naming import Names
from tests.unit.engine.directory.conftest import Save
from tests.unit.engine.directory.tenant import STREAM, Tenant, TenantDoors

IDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(60)]


async def test_ids_are_named_wherever_they_stand(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    tenant.put("users", IDS[1], name="Ann")
    tenant.put("users", IDS[2], name="Gone")
    tenant.put("policies", IDS[3], name="A policy")
    await save()
    del tenant.objects[f"users/{IDS[2]}"]
    tenant.change(f"users/{IDS[1]}", displayName="Anna")
    await save()
    one = DirectoryObject(
        kind="groups",
        id="1",
        name="Sales",
        properties={"x": {"y": [IDS[1], {"z": IDS[3]}]}, "plain": "Ann", "unknown": IDS[9]},
        links=(
            Link("members", IDS[2], kind="users"),
            Link("members", IDS[4], name="Told by the link"),
            Link("roles", IDS[5], IDS[3]),
        ),
    )
    names = await Names(directory_bench, STREAM).of([one])
    assert names == {IDS[1]: "Anna", IDS[2]: "Gone", IDS[3]: "A policy", IDS[4]: "Told by the link"}


async def test_second_ids_are_found_few_or_many(
    directory_bench: Bench, tenant: Tenant, doors: TenantDoors, save: Save
) -> None:
    tenant.kinds.append("servicePrincipals")
    for number in range(0, 60, 2):
        tenant.put("servicePrincipals", IDS[number], name=f"App {number}", appId=IDS[number + 1])
    doors.facets = lambda one: {"ids": f"{one.id}\n{one.properties['appId']}"} if "appId" in one.properties else {}
    await save()
    few = DirectoryObject(kind="policies", id="1", name="", properties={"apps": IDS[1:9:2]})
    many = replace(few, properties={"apps": IDS[1::2]})
    assert len(IDS[1::2]) > naming._FEW
    names = Names(directory_bench, STREAM)
    assert await names.of([few]) == {IDS[number + 1]: f"App {number}" for number in range(0, 8, 2)}
    assert await names.of([many]) == {IDS[number + 1]: f"App {number}" for number in range(0, 60, 2)}
    assert await Names(directory_bench, STREAM).of([many]) == await names.of([many])
