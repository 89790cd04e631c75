"""A directory through the desk: activated, backed up, attacked, compared, planned, restored, and taken back."""

import asyncio
import copy
import zipfile
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from saasbackup_desktop.agent.speech import codec
from saasbackup_desktop.app.entra.views import (
    LIVE,
    Badge,
    CompareRequest,
    Comparison,
    DifferenceQuery,
    PlanRequest,
    RestoreAccess,
)
from saasbackup_desktop.app.words.entra.plans import write_words
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.core.directory.plan import PlanHead
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.microsoft.permissions import TABLE
from tests.graph.office import NAME, PATIENCE, Office
from tests.graph.test_entra_applications import administrator

KINDS = ("users", "groups", "administrativeUnits")
"""What is compared here."""


@pytest.fixture
async def tenant(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A tenant with a small directory whose backup is active."""
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.units._STEP", 0.01)
    office.watch_any_permission()
    office.tenant.known_roles |= {one.name for one in TABLE}
    for name in ("Ada Lovelace", "Bob Ross", "Cleo Laine"):
        office.join(name, letters=0)
    await office.add()
    await office.desk.entra.activate(NAME, True, await administrator(office))
    return office


async def whole(office: Office, old: SnapshotId) -> Comparison:
    """Compare a point in time with the directory as it is now, to the end."""
    entra = office.desk.entra
    [one] = await entra.tenants()
    async with asyncio.timeout(PATIENCE):
        found = await entra.compare(CompareRequest(stream=one.stream, old=old, kinds=KINDS))
        while not found.is_done:
            await asyncio.sleep(0.02)
            found = await entra.comparison(found.id)
    assert (found.code, list(found.unread)) == ("", [])
    return found


async def changes(office: Office, old: SnapshotId) -> Mapping[str, str]:
    """What differs now, by name."""
    found = await whole(office, old)
    page = await office.desk.entra.differences(found.id, DifferenceQuery())
    await office.desk.entra.forget_comparison(found.id)
    return {f"{one.kind}: {one.name}": one.change.value for one in page.rows}


async def carried_out(office: Office, plan: PlanHead) -> None:
    """Carry a plan out to its end, with an application that is made for it and gone after it."""
    entra = office.desk.entra
    with pytest.raises(Misconfigured):
        await entra.restore(plan.id)
    others = set(office.tenant.applications)
    await entra.set_restore_access(NAME, RestoreAccess.ONCE, await administrator(office))
    assert len(office.tenant.applications) == len(others) + 1
    job = await office.over(await entra.restore(plan.id))
    assert job.state is State.DONE, (job, await office.desk.failures(job.id))
    await entra.settle()
    assert set(office.tenant.applications) == others, "it removed itself"
    [one] = await entra.tenants()
    assert (one.restore, one.restore_client) == (RestoreAccess.NONE, ""), "nobody is told that something may write"
    state = await entra.plan_state(plan.id)
    assert state.job == job.id
    assert set(state.standings) <= {"done", "was-so"}
    assert state.not_verified == 0
    assert state.verified == sum(plan.counts.values())


def truth_of(office: Office) -> Mapping[str, Any]:
    """What is there now, as far as it is looked at here."""
    directory = office.tenant.directory
    told = ("id", "displayName", "department", "accountEnabled", "userPrincipalName", "description")
    return copy.deepcopy(
        {
            "users": sorted(tuple(one.get(name) for name in told) for one in directory.objects("users").values()),
            "groups": sorted(
                (one["displayName"], one.get("description"), tuple(sorted(directory.linked("groups", id, "members"))))
                for id, one in directory.objects("groups").items()
            ),
        }
    )


async def test_a_directory_comes_back_and_goes_again(tenant: Office) -> None:
    entra, truth = tenant.desk.entra, tenant.tenant.directory
    people = {one["displayName"]: one["id"] for one in tenant.tenant.users.values()}
    ada, bob, cleo = (people[name] for name in ("Ada Lovelace", "Bob Ross", "Cleo Laine"))
    sales = truth.add(
        "groups", displayName="Sales", description="Sell", mailEnabled=False, mailNickname="sales", securityEnabled=True
    )
    truth.link("groups", sales["id"], "members", ada, bob)
    good = truth_of(tenant)

    job = await tenant.over(await entra.backup(NAME))
    assert job.state is State.DONE, (job, await tenant.desk.failures(job.id))
    assert job.snapshot is not None
    old = job.snapshot
    [one] = await entra.tenants()
    assert (one.badge, one.last, one.name) == (Badge.SUCCESS, old, truth.single("organization")["displayName"])
    kinds = {row.kind: row.count for row in await entra.kinds(one.stream, old)}
    assert (kinds["users"], kinds["groups"], sum(kinds.values())) == (3, 1, one.objects)
    page = await entra.objects(one.stream, old, "users")
    assert [(row.name, row.state) for row in page.rows] == [(name, "enabled") for name in sorted(people)]
    assert [row.id for row in (await entra.objects(one.stream, old, "users", limit=1, offset=1)).rows] == [bob]
    found = await entra.search(one.stream, "Lovelace")
    assert (found.rows[0].kind, found.rows[0].id, found.rows[0].is_deleted) == ("users", ada, False)
    view = await entra.object(one.stream, old, f"groups/{sales['id']}")
    assert view.names[ada] == "Ada Lovelace"
    [version] = await entra.history(one.stream, f"users/{ada}")
    assert (version.snapshot, version.until) == (old, None)
    file = tenant.folder / "directory.zip"
    assert await entra.download(one.stream, old, ["groups", f"users/{ada}"], file) == 2
    assert {"apply.sh", "apply.ps1"} <= set(zipfile.ZipFile(file).namelist())

    truth.link("users", ada, "manager", bob)
    await tenant.over(await entra.backup(NAME))
    newest = (await entra.history(one.stream, f"users/{ada}"))[0]
    assert newest.names == {bob: "Bob Ross"}
    truth.unlink("users", ada, "manager", bob)

    [now] = await entra.find(one.stream, LIVE, "users", "ada@FERNWICK.example")
    assert (now.id, await entra.find(one.stream, LIVE, "users", "nobody@fernwick.example")) == (ada, [])
    assert [row.id for row in await entra.find(one.stream, old, "users", "Ada Lovelace")] == [ada]
    assert [row.id for row in await entra.find(one.stream, old, "users", ada)] == [ada]
    truth.change("users", ada, department="Nobody's", accountEnabled=False)
    truth.remove("users", bob)
    truth.remove("users", cleo, for_good=True)
    truth.change("groups", sales["id"], description=None)
    truth.unlink("groups", sales["id"], "members", ada)
    bad = truth_of(tenant)
    assert await changes(tenant, old) == {
        "users: Ada Lovelace": "changed",
        "users: Bob Ross": "removed",
        "users: Cleo Laine": "removed",
        "groups: Sales": "changed",
    }

    wanted = Ticks(frozenset({EVERYTHING}), frozenset({f"users/{cleo}"}))
    request = PlanRequest(stream=one.stream, snapshot=old, ticks=wanted, note="a bad day")
    await _refused(entra.plan(replace(request, break_glass=(bob,))), "unknown-person")
    plan = await entra.plan(request)
    assert codec().read(codec().write([plan, *await entra.plans(one.stream)]))[0] == plan, "plans cross to the agent"
    assert truth_of(tenant) == bad, "nothing is written before it is asked for"
    assert not [line for line in await entra.writes(plan.id) if line.result is not None]
    await carried_out(tenant, plan)
    assert await changes(tenant, old) == {"users: Cleo Laine": "removed"}
    back = {str(line.write.action): line for line in await entra.writes(plan.id)}
    assert back["revive"].write.id == bob
    [shown] = [state for state in await entra.plans(one.stream) if state.head.id == plan.id]
    assert (shown.head.note, shown.head.undone_by != "") == ("a bad day", True)
    assert (shown.job is not None, shown.job_state) == (True, State.DONE)

    assert (shown.head.revived, shown.head.is_repeatable) == (1, True)
    follow = await entra.plan_again(plan.id)
    assert (follow.follows, follow.counts, follow.note) == (plan.id, {}, "a bad day")
    few = Ticks(frozenset({f"users/{ada}#a:department"}))
    empty = await entra.plan(PlanRequest(stream=one.stream, snapshot=old, ticks=few))
    assert (empty.counts, empty.left_out) == ({}, {})
    listed = {state.head.id for state in await entra.plans(one.stream)}
    assert plan.id in listed
    assert empty.id not in listed, "there is nothing in it"
    assert (await entra.plan_state(empty.id)).head == empty

    undo = await entra.undo(plan.id)
    assert codec().read(codec().write(undo)) == undo
    said = {write_words(line.write) for line in await entra.writes(undo.id)}
    assert "Take “Ada Lovelace” out of the members of group “Sales”" in said
    await _refused(entra.restore(plan.id), "plan-done")
    way_back = await entra.plan_state(undo.id)
    assert way_back.job_state is None
    assert way_back.undone is not None
    assert way_back.undone.id == plan.id
    await carried_out(tenant, undo)
    await _refused(entra.restore(plan.id), "plan-undone")
    await _refused(entra.restore(undo.id), "plan-done")
    assert truth_of(tenant)["groups"] == bad["groups"]
    assert {row[0] for row in truth_of(tenant)["users"]} == {ada}

    again = await entra.plan(PlanRequest(stream=one.stream, snapshot=old, ticks=Ticks(frozenset({EVERYTHING}))))
    await carried_out(tenant, again)
    assert (await entra.plan_state(again.id)).has_passwords
    [given] = await entra.passwords(again.id)
    assert given.name == "cleo@fernwick.example"
    assert len(given.password) >= 16
    assert await entra.passwords(again.id) == [given], "whoever asked may not have got them"
    await entra.forget_passwords(again.id, [given.id])
    assert await entra.passwords(again.id) == []
    assert not (await entra.plan_state(again.id)).has_passwords
    there = truth_of(tenant)
    assert there["groups"] == good["groups"]
    assert {row[1:] for row in there["users"]} == {row[1:] for row in good["users"]}


async def _refused(asked: Awaitable[object], what: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        await asked
    assert caught.value.facts["what"] == what
    assert words_for(caught.value.code, caught.value.facts).title
