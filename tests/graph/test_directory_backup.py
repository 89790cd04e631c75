"""The directory of a pretend tenant, backed up through the engine: everything it tells, and only what changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.core.directory.objects import DirectoryObject, read
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES, SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed
from saasbackup_desktop.sim.graph.entra.populating import populate
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


@pytest.fixture
def home(tmp_path: Path, stage: Stage) -> Iterator[Home]:
    home = Home(tmp_path, stage)
    yield home
    home.close()


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
