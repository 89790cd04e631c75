"""An object through time."""

from dataclasses import replace

from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.versions import history
from tests.unit.engine.directory.conftest import Save
from tests.unit.engine.directory.tenant import STREAM, Tenant


async def test_every_state_is_told_with_what_changed(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    tenant.put("groups", "0")
    early = await save()
    one = tenant.put("groups", "1", name="Sales")
    came = await save()
    tenant.change("groups/0", x=1)
    await save()
    tenant.change("groups/1", displayName="Selling")
    tenant.link("groups/1", Link("members", "7", name="Ann"))
    renamed = await save()
    tenant.link("groups/1", Link("members", "7", name="Anna"))  # says nothing
    quiet = await save()
    del tenant.objects["groups/1"]
    gone = await save()
    tenant.change("groups/0", x=2)
    still = await save()
    tenant.objects["groups/1"] = replace(one)
    back = await save()

    told = await history(directory_bench, STREAM, "groups/1")
    assert [(one.snapshot, one.until is None, one.change) for one in told] == [
        (back, True, Change.ADDED),
        (gone, False, Change.REMOVED),
        (renamed, False, Change.CHANGED),
        (came, False, Change.ADDED),
    ]
    assert [one.until for one in told[1:3]] == [still, quiet]
    first, change, removal, return_ = [one.difference for one in told[::-1]]
    assert first is None
    assert change is not None
    assert [(one.path, one.old, one.new) for one in change.attributes] == [("displayName", "Sales", "Selling")]
    assert [(one.link.id, one.change) for one in change.links] == [("7", Change.ADDED)]
    assert removal is not None
    assert removal.change is Change.REMOVED
    assert return_ is not None
    assert return_.change is Change.ADDED
    moments = {one.id: one.finished for one in directory_bench.catalog.snapshots(STREAM)}
    assert [one.moment for one in told] == [moments[one.snapshot] for one in told]

    [older, newest] = (await history(directory_bench, STREAM, "groups/0"))[::-1][:2]
    assert (older.snapshot, older.until) == (early, came)
    assert newest.change is Change.CHANGED
    assert await history(directory_bench, STREAM, "groups/never") == []


async def test_an_object_that_is_gone_for_good_says_so(directory_bench: Bench, tenant: Tenant, save: Save) -> None:
    tenant.put("users", "1")
    came = await save()
    del tenant.objects["users/1"]
    gone = await save()
    told = await history(directory_bench, STREAM, "users/1")
    assert [(one.change, one.snapshot, one.until) for one in told] == [
        (Change.REMOVED, gone, None),
        (Change.ADDED, came, came),
    ]
