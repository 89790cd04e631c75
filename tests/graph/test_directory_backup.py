"""The directory of a pretend tenant, backed up through the engine: everything it tells, and only what changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.core.directory.objects import DirectoryObject, read
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed
from tests.graph.home import Home
from tests.graph.stage import Stage

GRANTED = frozenset(names(needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.BACK_UP])))


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(granted=GRANTED)
    yield stage
    assert stage.referee.exchanges
    assert stage.referee.problems == []


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
