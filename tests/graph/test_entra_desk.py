"""A directory through the desk: activated, backed up, attacked, compared, planned, restored, and taken back."""

import asyncio
from collections.abc import Mapping

import pytest

from saasbackup_desktop.app.entra.views import Badge, CompareRequest, Comparison, DifferenceQuery
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.microsoft.permissions import TABLE
from tests.graph.office import NAME, PATIENCE, Office
from tests.graph.test_entra_applications import administrator


@pytest.fixture
async def tenant(office: Office) -> Office:
    """A tenant with a small directory, that may be read and written."""
    office.watch_any_permission()
    office.tenant.known_roles |= {one.name for one in TABLE}
    office.join("Ada Lovelace", letters=0)
    await office.add()
    await office.desk.entra.activate(NAME, True, await administrator(office))
    return office


async def whole(office: Office, old: SnapshotId, new: SnapshotId | None = None) -> Comparison:
    """Compare two moments to the end."""
    entra = office.desk.entra
    [one] = await entra.tenants()
    request = CompareRequest(stream=one.stream, old=old) if new is None else CompareRequest(
        stream=one.stream, old=old, new=new
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        found = await entra.compare(request)
        while not found.is_done:
            await asyncio.sleep(0.02)
            found = await entra.comparison(found.id)
    assert found.code == "", found
    return found


async def changes(office: Office, found: Comparison) -> Mapping[str, str]:
    """What differs, by name."""
    page = await office.desk.entra.differences(found.id, DifferenceQuery())
    return {f"{one.kind}: {one.name}": one.change.value for one in page.rows}


async def saved(office: Office) -> SnapshotId:
    """Back up, and say which point in time it made."""
    job = await office.over(await office.desk.entra.backup(NAME))
    assert job.state is State.DONE, (job, await office.desk.failures(job.id))
    assert job.snapshot is not None
    return job.snapshot


async def test_a_directory_is_browsed_and_searched(tenant: Office) -> None:
    entra = tenant.desk.entra
    at = await saved(tenant)
    [one] = await entra.tenants()
    assert (one.badge, one.last) == (Badge.SUCCESS, at)
    kinds = {row.kind: row.count for row in await entra.kinds(one.stream, at)}
    assert kinds["users"] == len(tenant.tenant.users)
    assert sum(kinds.values()) == one.objects
    page = await entra.objects(one.stream, at, "users")
    assert (page.total, page.rows[0].about, page.rows[0].state) == (1, "ada@fernwick.example", "enabled")
    found = await entra.search(one.stream, "Lovelace")
    assert found.rows[0].name == "Ada Lovelace"
    view = await entra.object(one.stream, at, f"users/{found.rows[0].id}")
    assert view.object.properties["displayName"] == "Ada Lovelace"


async def test_moments_are_held_side_by_side(tenant: Office) -> None:
    entra, truth = tenant.desk.entra, tenant.tenant.directory
    sales = truth.add("groups", displayName="Sales", mailEnabled=False, mailNickname="sales", securityEnabled=True)
    [ada] = tenant.tenant.users
    truth.link("groups", sales["id"], "members", ada)
    old = await saved(tenant)
    truth.change("users", ada, department="Legal")
    truth.unlink("groups", sales["id"], "members", ada)
    truth.add(
        "namedLocations", displayName="Everywhere", **{"@odata.type": "#microsoft.graph.ipNamedLocation"}, ipRanges=[]
    )
    live = await whole(tenant, old)
    expected = {"users: Ada Lovelace": "changed", "groups: Sales": "changed", "namedLocations: Everywhere": "added"}
    assert await changes(tenant, live) == expected
    shown = await entra.difference(live.id, f"groups/{sales['id']}")
    assert [(one.link.relation, one.change.value) for one in shown.difference.links] == [("members", "removed")]
    assert shown.names[ada] == "Ada Lovelace"
    await entra.forget_comparison(live.id)
    new = await saved(tenant)
    assert await changes(tenant, await whole(tenant, old, new)) == expected
    assert await changes(tenant, await whole(tenant, new)) == {}
