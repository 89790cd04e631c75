"""Two moments of a pretend tenant's directory, read by the real client, held side by side."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from saasbackup_desktop.core.directory.comparison import LIVE, CompareRequest, Comparison, DifferenceQuery
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.ports import Directory, WritableDirectory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from tests.graph.home import Home
from tests.graph.stage import DIRECTORY_GRANTED, Stage


@dataclass
class Directories:
    """Doors to the pretend tenant's directory."""

    stage: Stage

    def schema(self, stream: StreamId) -> Schema:
        return SCHEMA

    def directory(self, stream: StreamId) -> Directory:
        return live_directory(self.stage.graph())

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        raise Misconfigured("nothing is written here")


@dataclass
class House:
    """A home that backs up a directory and compares what it has."""

    stage: Stage
    home: Home
    comparisons: Comparisons = field(init=False)
    stream: StreamId = field(init=False)

    def __post_init__(self) -> None:
        self.stream = self.home.doors.protect_directory()
        bench: Bench = replace(self.home.bench, directories=Directories(self.stage))
        self.comparisons = Comparisons(bench)

    def grant(self, permissions: Iterable[str]) -> None:
        """Let the application have these permissions from now on."""
        self.stage.application.granted = set(permissions)
        self.stage._token = ""

    async def save(self) -> SnapshotId:
        return await self.home.back_up(self.stream)

    async def compare(self, old: SnapshotId, new: SnapshotId) -> Comparison:
        begun = await self.comparisons.begin(CompareRequest(stream=self.stream, old=old, new=new))
        async with asyncio.timeout(60):
            while True:
                found = self.comparisons.state(begun.id)
                if found.is_done:
                    assert (found.code, found.detail) == ("", "")
                    return found
                await asyncio.sleep(0.01)

    async def changes(self, found: Comparison) -> dict[str, Change]:
        page = await self.comparisons.page(found.id, DifferenceQuery(with_noise=True, limit=1_000))
        return {f"{row.kind}/{row.id}": row.change for row in page.rows}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    stage = Stage(granted=DIRECTORY_GRANTED)
    directory = stage.tenant.directory
    people = [stage.tenant.add_user(f"Person {number}", f"p{number}@fernwick.example")["id"] for number in range(6)]
    team = stage.tenant.add_group("Team", [])["id"]
    directory.link("groups", team, "members", *people[:4])
    found = House(stage, Home(tmp_path, stage))
    yield found
    await found.comparisons.close()
    found.home.close()
    assert stage.referee.problems == []


async def test_both_ways_of_looking_see_what_changed_and_nothing_else(house: House) -> None:
    old = await house.save()
    untouched = await house.compare(old, LIVE)
    assert (await house.changes(untouched), untouched.unread) == ({}, [])
    assert untouched.kinds_read == untouched.kinds_total == len(SCHEMA)
    assert untouched.counts["users"]["unchanged"] >= 6
    directory = house.stage.tenant.directory
    first, second, *_ = list(directory.objects("users"))
    [team] = directory.objects("groups")
    directory.change("users", first, displayName="Renamed", department="Sales")
    directory.remove("users", second)
    directory.unlink("groups", team, "members", first)
    guest = house.stage.tenant.add_user("Guest", "guest@fernwick.example")["id"]
    expected = {
        f"users/{first}": Change.CHANGED,
        f"users/{second}": Change.REMOVED,
        f"users/{guest}": Change.ADDED,
        f"groups/{team}": Change.CHANGED,
    }
    live = await house.compare(old, LIVE)
    new = await house.save()
    saved = await house.compare(old, new)
    assert await house.changes(live) == expected
    assert await house.changes(saved) == expected
    assert live.counts == saved.counts
    for key in expected:
        assert await house.comparisons.one(live.id, key) == await house.comparisons.one(saved.id, key)
    links = (await house.comparisons.one(live.id, f"groups/{team}")).links
    assert {(one.change, one.link.id) for one in links} == {(Change.REMOVED, first), (Change.REMOVED, second)}


async def test_what_may_not_be_read_for_a_time_was_never_gone(house: House) -> None:
    house.grant(one for one in DIRECTORY_GRANTED if not one.startswith("Policy."))
    blind = await house.save()
    house.grant(DIRECTORY_GRANTED)
    found = await house.compare(blind, LIVE)
    assert "conditionalAccessPolicies" in found.unread
    assert {key.partition("/")[0] for key in await house.changes(found)} <= {"servicePrincipals"}  # our own has more
    again = await house.save()
    found = await house.compare(blind, again)
    assert "conditionalAccessPolicies" in found.unread
    assert {key.partition("/")[0] for key in await house.changes(found)} <= {"servicePrincipals"}
    found = await house.compare(again, LIVE)
    assert (found.unread, await house.changes(found)) == ([], {})
