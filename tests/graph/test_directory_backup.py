"""The directory of a pretend tenant, backed up through the engine: everything it tells, and only what changed."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.core.directory.difference import difference
from saasbackup_desktop.core.directory.objects import DirectoryObject, read
from saasbackup_desktop.core.errors import ProtocolBroken
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES, SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed
from saasbackup_desktop.sim.graph.entra.populating import populate
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.home import Home
from tests.graph.stage import Stage

GRANTED = frozenset(names(needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.BACK_UP])))

FOR_PEOPLE = {kind for kind, recipe in RECIPES.items() if recipe.for_people}
TIES = [
    ("users", "manager"),
    ("users", "sponsors"),
    ("groups", "members"),
    ("groups", "owners"),
    ("administrativeUnits", "members"),
    ("applications", "owners"),
    ("servicePrincipals", "owners"),
    ("servicePrincipals", "claimsMappingPolicies"),
    ("servicePrincipals", "homeRealmDiscoveryPolicies"),
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(granted=GRANTED)
    yield stage
    assert stage.referee.exchanges
    assert stage.referee.problems == [], "\n".join(stage.referee.problems)


def saved(home: Home, stream: StreamId) -> dict[str, DirectoryObject]:
    """What the newest point in time holds, by key."""
    return {
        str(id): read(home.vault.read(item.body)) for id, item in home.items(stream).items() if item.body is not None
    }


async def live(stage: Stage) -> dict[str, DirectoryObject]:
    """What is there now, as a comparison reads it."""
    directory = live_directory(stage.graph())
    found = {}
    async for heard in directory.objects(list(SCHEMA)):
        assert not heard.code, (heard.kind, heard.code, heard.detail)
        found.update({one.key: one for one in heard.objects})
    await directory.close()
    return found


async def test_everything_is_kept(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=40, groups=12, devices=8)
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    assert home.journal.failures == []
    kept = saved(home, stream)
    by_kind = {kind: {one.id for one in kept.values() if one.kind == kind} for kind in SCHEMA}
    for kind in SCHEMA:
        if kind in FOR_PEOPLE:
            assert by_kind[kind] <= set(truth.objects(kind)), kind
        elif kind == "subscribedSkus":
            assert by_kind[kind]
        elif SCHEMA[kind].is_single:
            assert len(by_kind[kind]) == 1
        else:
            assert by_kind[kind] == set(truth.objects(kind)), kind
    for kind, relation in TIES:
        for id in by_kind[kind]:
            there = [link.id for link in kept[f"{kind}/{id}"].links if link.relation == relation]
            assert sorted(there) == sorted(truth.linked(kind, id, relation)), (kind, id, relation)
    given = {one["id"] for one in truth.objects("appRoleAssignments").values()}
    assert {link.via for one in kept.values() for link in one.links if link.relation == "appRoleAssignedTo"} == given
    assert await live(stage) == kept
    assert not any(one.name == "" for one in kept.values() if one.kind in ("users", "groups", "roleAssignments"))


async def test_first(stage: Stage, home: Home) -> None:
    truth = stage.tenant.directory
    ada = truth.add("users", displayName="Ada Lovelace", userPrincipalName="ada@fernwick.example", mailNickname="ada")
    ben = truth.add("users", displayName="Ben Bell", userPrincipalName="ben@fernwick.example", mailNickname="ben")
    truth.link("users", ada["id"], "manager", ben["id"])
    group = truth.add("groups", displayName="Staff", mailNickname="staff", securityEnabled=True, mailEnabled=False)
    truth.link("groups", group["id"], "members", ada["id"])
    truth.link("groups", group["id"], "owners", ben["id"])
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    assert home.journal.failures == []
    kept = saved(home, stream)
    assert {link.id for link in kept[f"users/{ada['id']}"].links} == {ben["id"]}
    assert [(link.relation, link.id) for link in kept[f"groups/{group['id']}"].links] == [
        ("members", ada["id"]),
        ("owners", ben["id"]),
    ]
    assert await live(stage) == kept


async def test_only_what_changed_is_read_and_kept(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=30, groups=8, devices=4)
    stream = home.doors.protect_directory()
    first = await home.back_up(stream)
    before = home.items(stream)
    asked = len(stage.app.log)
    assert await home.back_up(stream) == first
    assert home.journal.notes == ["nothing-changed"]
    quiet = len(stage.app.log) - asked
    users, groups, apps = (list(truth.objects(kind)) for kind in ("users", "groups", "applications"))
    truth.change("users", users[5], jobTitle="Director")
    truth.link("users", users[6], "sponsors", users[7])
    truth.objects("users")[users[8]]["_methods"] = ["fido2SecurityKey"]
    truth.change("users", users[9], employeeLeaveDateTime="2027-01-01T00:00:00Z")
    truth.link("groups", groups[0], "members", users[10])
    truth.link("applications", apps[0], "owners", users[11])
    policy = next(iter(truth.objects("conditionalAccessPolicies")))
    truth.change("conditionalAccessPolicies", policy, state="disabled")
    made = truth.add("groups", displayName="New", mailNickname="new", securityEnabled=True, mailEnabled=False)
    touched = {
        *(f"users/{users[number]}" for number in (5, 6, 8, 9)),
        f"groups/{groups[0]}",
        f"applications/{apps[0]}",
        f"conditionalAccessPolicies/{policy}",
        f"groups/{made['id']}",
    }
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert len(stage.app.log) - asked <= quiet + 8
    after = home.items(stream)
    assert {id for id in after if after[id] != before.get(id)} == touched
    gone = users[12]
    truth.remove("users", gone)
    await home.back_up(stream)
    assert f"users/{gone}" not in home.items(stream)
    assert await live(stage) == saved(home, stream)


async def test_where_the_changes_are_forgotten_all_is_read_again(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=10, groups=4)
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    gone, changed, *_ = list(truth.objects("users"))[3:]
    truth.remove("users", gone)
    truth.change("users", changed, displayName="Another Name")
    for kind in ("users", "groups", "servicePrincipals"):
        truth.feed(kind).forget()
    await home.back_up(stream)
    assert home.journal.failures == []
    kept = saved(home, stream)
    assert f"users/{gone}" not in kept
    assert kept[f"users/{changed}"].name == "Another Name"
    assert kept == await live(stage)


async def test_what_may_not_be_read_stays_as_it_was(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=10, groups=4)
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    before = saved(home, stream)
    assert all("authentication" in one.properties for one in before.values() if one.kind == "users")
    stage.application.granted = set(GRANTED) - {"Policy.Read.All", "AuditLog.Read.All"}
    await stage.token(True)
    policy = next(iter(truth.objects("conditionalAccessPolicies")))
    truth.remove("conditionalAccessPolicies", policy)
    await home.back_up(stream)
    assert {failure.item for failure in home.journal.failures} >= {"conditionalAccessPolicies", "namedLocations"}
    kept = saved(home, stream)
    assert f"conditionalAccessPolicies/{policy}" in kept
    assert all(one.unread == ("authentication",) for one in kept.values() if one.kind == "users")
    stage.application.granted = set(GRANTED)
    await stage.token(True)
    await home.back_up(stream)
    assert home.journal.failures == []
    kept = saved(home, stream)
    assert f"conditionalAccessPolicies/{policy}" not in kept
    assert {key: one for key, one in before.items() if one.kind == "users"} == {
        key: one for key, one in kept.items() if one.kind == "users"
    }


async def test_no_secret_is_kept(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=5, groups=2)
    credential = {
        "keyId": "5ecf0d0e-0000-4000-8000-000000000001",
        "displayName": "Build",
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2027-01-01T00:00:00Z",
        "hint": "hnt",
        "secretText": "tell-nobody",
    }
    app = next(iter(truth.objects("applications")))
    key = {name: value for name, value in credential.items() if name not in ("hint", "secretText")}
    truth.change("applications", app, passwordCredentials=[credential], keyCredentials=[{**key, "key": "a2V5"}])
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    items = home.items(stream)
    whole = b"".join(home.vault.read(item.body) for item in items.values() if item.body is not None)
    assert b"tell-nobody" not in whole
    assert b"a2V5" not in whole
    assert b'"hnt"' not in whole
    kept = saved(home, stream)[f"applications/{app}"].properties["passwordCredentials"]
    assert kept == [{name: credential[name] for name in ("displayName", "endDateTime", "keyId", "startDateTime")}]


async def test_where_most_has_changed_the_whole_kind_is_read(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=210, groups=2, devices=0)
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    first = len(stage.app.log)
    for id in truth.objects("users"):
        truth.change("users", id, department="Everybody's")
    await home.back_up(stream)
    assert len(stage.app.log) - first <= first + 8
    kept = saved(home, stream)
    assert {one.properties["department"] for one in kept.values() if one.kind == "users"} == {"Everybody's"}
    assert kept == await live(stage)


async def test_the_recycle_bin_tells_what_it_gives_back(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=10, groups=6)
    stream = home.doors.protect_directory()
    await home.back_up(stream)
    before = saved(home, stream)
    user = list(truth.objects("users"))[5]
    policy = next(iter(truth.objects("conditionalAccessPolicies")))
    truth.remove("users", user)
    truth.remove("conditionalAccessPolicies", policy)
    directory = live_directory(stage.graph())
    bin = await directory.deleted()
    assert set(bin) == {f"users/{user}", f"conditionalAccessPolicies/{policy}"}
    found = difference(SCHEMA["users"], before[f"users/{user}"], bin[f"users/{user}"])
    assert {change.path for change in found.attributes} <= {"userPrincipalName"}
    assert found.links == ()
    assert await directory.some([f"users/{user}"]) == {}
    await directory.close()


async def test_a_first_backup_that_was_cut_short_is_brought_to_its_end(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=520, groups=3, devices=0)
    stream = home.doors.protect_directory()
    refusal = Refusal(405, "Request_BadRequest", "Specified HTTP method is not allowed.")
    stage.manners.refusals.append(("GET", "/deviceManagement/deviceConfigurations", refusal))
    with pytest.RaisesGroup(ProtocolBroken):
        await home.back_up(stream)
    user = next(iter(truth.objects("users")))
    truth.change("users", user, jobTitle="Meanwhile")
    await home.back_up(stream)
    kept = saved(home, stream)
    assert kept[f"users/{user}"].properties["jobTitle"] == "Meanwhile"
    assert kept == await live(stage)


async def test_where_a_list_does_not_tell_links_each_object_is_asked(stage: Stage, home: Home) -> None:
    truth = populate(stage.tenant, users=8, groups=2, devices=0)
    stream = home.doors.protect_directory()
    refusal = Refusal(400, "Request_UnsupportedQuery", "Expand is not supported here.")
    stage.manners.refusals.append(("GET", "/applications", refusal))
    await home.back_up(stream)
    assert not stage.manners.refusals
    assert home.journal.failures == []
    kept = saved(home, stream)
    for id in truth.objects("applications"):
        owners = [link.id for link in kept[f"applications/{id}"].links]
        assert sorted(owners) == sorted(truth.linked("applications", id, "owners"))
    assert any(link.relation == "owners" for one in kept.values() if one.kind == "applications" for link in one.links)
