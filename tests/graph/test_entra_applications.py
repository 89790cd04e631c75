"""The two applications of a directory's backup: the one that reads, and the one that may write."""

import asyncio

import pytest

from saasbackup_desktop.app.activity.views import ActivityQuery
from saasbackup_desktop.app.entra.views import Badge, RestoreAccess
from saasbackup_desktop.app.tenants.needs import to_write_directory
from saasbackup_desktop.app.tenants.views import Link, Standing
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.providers.microsoft.permissions import TABLE, Purpose, WayIn, names, needed
from tests.graph.office import NAME, Office

READS = frozenset(names(needed(WayIn.APPLICATION, [Service.DIRECTORY])))
NEEDED = frozenset(one.name for one in needed(WayIn.APPLICATION, [Service.DIRECTORY]) if not one.is_optional)
WRITES = frozenset(names(needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.RESTORE])))


@pytest.fixture
async def tenant(office: Office) -> Office:
    """A tenant that is set up, in which an administrator can be asked."""
    office.watch_any_permission()
    office.tenant.known_roles |= {one.name for one in TABLE}
    office.join("Ada Lovelace", letters=0)
    await office.add()
    return office


async def administrator(office: Office) -> str:
    """Somebody signs in who may register applications."""
    tenants = office.desk.tenants
    prompt = await tenants.begin_sign_in((await tenants.find(NAME)).settings, "set-up")
    waiting = asyncio.ensure_future(tenants.finish_sign_in(prompt.id))
    [ada] = [one for one in office.tenant.users.values() if one["displayName"] == "Ada Lovelace"]
    office.identity.approve(prompt.code, ada["id"])
    await waiting
    return prompt.id


async def test_what_reads_gets_its_permissions_when_it_is_activated(tenant: Office) -> None:
    entra = tenant.desk.entra
    [before] = await entra.tenants()
    assert (before.is_active, before.badge, before.missing) == (False, Badge.NOT_ACTIVE, ())
    await entra.activate(NAME, True)
    [waiting] = await entra.tenants()
    assert (waiting.badge, list(waiting.reasons)) == (Badge.REAUTHORISE, ["permission-missing"])
    assert set(waiting.missing) == NEEDED - tenant.application.granted
    found = await tenant.desk.tenants.find(NAME)
    assert (found.link, found.problem) == (Link.CONNECTED, ""), "no mailbox is cut off by it"
    report = await tenant.desk.tenants.last_check(NAME)
    assert report is not None
    assert report.consent
    after = await entra.authorise(NAME, await administrator(tenant))
    assert (after.badge, after.reasons, after.missing) == (Badge.WAITING, (), ())
    assert tenant.application.granted >= READS
    assert not WRITES & {one for one in tenant.application.granted if one not in READS}
    report = await tenant.desk.tenants.last_check(NAME)
    assert report is not None
    assert [one.standing for one in report.lines if (one.area, one.name) == ("service", "directory")] == [Standing.WELL]
    assert service_of(after.stream) is Service.DIRECTORY
    tasks = await tenant.desk.tasks.all()
    assert any(Service.DIRECTORY in view.services for view in tasks)
    await entra.activate(NAME, False)
    [after] = await entra.tenants()
    assert (after.is_active, after.badge) == (False, Badge.NOT_ACTIVE)


async def test_what_writes_stays_or_goes_as_is_said(tenant: Office) -> None:
    entra = tenant.desk.entra
    others = set(tenant.tenant.applications)
    with pytest.raises(Misconfigured) as refused:
        await entra.set_restore_access(NAME, RestoreAccess.PERMANENT)
    assert refused.value.facts["what"] == "no-restore-application"
    assert f"“saasbackup entra access {NAME} once”" in words_for(refused.value.code, refused.value.facts).remedy
    await entra.set_restore_access(NAME, RestoreAccess.ONCE)
    [found] = await entra.tenants()
    assert (found.restore, found.restore_client) == (RestoreAccess.ONCE, "")
    assert set(tenant.tenant.applications) == others, "nothing is registered before it is needed"
    await entra.set_restore_access(NAME, RestoreAccess.PERMANENT, await administrator(tenant))
    [found] = await entra.tenants()
    made = tenant.tenant.applications[found.restore_client]
    assert made.granted == set(names(to_write_directory()))
    assert found.restore_client != tenant.application.id
    assert not WRITES & (tenant.application.granted - READS), "the one that reads may not write"
    await tenant.desk.lock()
    await tenant.unlock()
    entra = tenant.desk.entra
    [kept] = await entra.tenants()
    assert (kept.restore, kept.restore_client) == (RestoreAccess.PERMANENT, found.restore_client)
    made.granted.discard("Group.ReadWrite.All")
    made.granted.discard("Device.ReadWrite.All")
    await entra.activate(NAME, True, await administrator(tenant))
    tenant.tenant.tokens.clear()
    await tenant.desk.lock()
    await tenant.unlock()
    entra = tenant.desk.entra
    await entra.look()
    [looked] = await entra.tenants()
    assert (looked.badge, list(looked.reasons)) == (Badge.REAUTHORISE, ["restore-permission-missing"])
    looked = await entra.authorise(NAME, await administrator(tenant))
    assert "Group.ReadWrite.All" in made.granted
    assert looked.reasons == ()
    await entra.set_restore_access(NAME, RestoreAccess.NONE)
    assert set(tenant.tenant.applications) == others, "it removes itself"
    [gone] = await entra.tenants()
    assert (gone.restore, gone.restore_client) == (RestoreAccess.NONE, "")
    await entra.set_restore_access(NAME, RestoreAccess.PERMANENT, await administrator(tenant))
    for client in set(tenant.tenant.applications) - others:
        tenant.tenant.directory.remove("applications", _object_of(tenant, client))
    tenant.tenant.tokens.clear()
    await entra.set_restore_access(NAME, RestoreAccess.NONE)
    assert (await entra.tenants())[0].restore is RestoreAccess.NONE, "whoever removed it, it is gone"
    noted = [entry.code for entry in (await tenant.desk.activity.page(ActivityQuery())).entries]
    assert noted.count("directory-restore-access") == 5
    assert "directory-activated" in noted


def _object_of(office: Office, client: str) -> str:
    [found] = [one for one in office.tenant.directory.objects("applications").values() if one["appId"] == client]
    return str(found["id"])
