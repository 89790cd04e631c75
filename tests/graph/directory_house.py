"""A pretend tenant's directory that is backed up, attacked and brought back, through everything that is real."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from saasbackup_desktop.core.directory import objects
from saasbackup_desktop.core.directory.drafting import Planning, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import OnSurprise, PlanHead, Write, WriteResult
from saasbackup_desktop.core.directory.ports import Directory, WritableDirectory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure, Reinstate
from saasbackup_desktop.engine.directory.plans import Plans
from saasbackup_desktop.engine.directory.reinstating import reinstate
from saasbackup_desktop.engine.directory.surveying import make_plan
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from saasbackup_desktop.providers.microsoft.entra.writing import directory_to_write
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.sim.graph.entra.store import ROLES
from saasbackup_desktop.sim.graph.entra.store import Directory as Truth
from tests.graph.home import Home, Journal
from tests.graph.referee import Referee
from tests.graph.stage import DIRECTORY_GRANTED, DIRECTORY_WRITES, Stage

ALL = Ticks(wanted=frozenset({EVERYTHING}))


@dataclass
class Directories:
    """``engine.directory.doors.DirectoryDoors`` of one pretend tenant."""

    stage: Stage
    graphs: dict[asyncio.AbstractEventLoop, Graph] = field(default_factory=dict)

    def graph(self) -> Graph:
        """A handle of the one client that this loop has."""
        loop = asyncio.get_running_loop()
        if loop not in self.graphs:
            self.graphs[loop] = self.stage.graph()
            self.graphs[loop].units.step = 0.0  # no second is waited for; the pretend service here counts none
        return self.graphs[loop].share()

    def schema(self, stream: StreamId) -> Schema:
        return SCHEMA

    def planning(self, stream: StreamId) -> Planning:
        return EntraPlanning()

    def directory(self, stream: StreamId) -> Directory:
        return live_directory(self.graph())

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        return directory_to_write(self.graph())


class Asleep(Referee):
    """Watches nothing: for what others have watched already, many times over."""

    def watch(self, *_: Any, **_more: Any) -> None:
        """Look away."""


class House:
    """One tenant, its backups, and its restores. ``is_watched``: every exchange is held to Microsoft's word."""

    def __init__(self, folder: Path, *, is_watched: bool = True) -> None:
        self.stage = Stage(granted=DIRECTORY_GRANTED | DIRECTORY_WRITES)
        if not is_watched:
            self.stage.referee = Asleep(self.stage.granted)
        self.truth: Truth = self.stage.tenant.directory
        self.home = Home(folder, self.stage)
        self.directories = Directories(self.stage)
        self.home.bench = replace(self.home.bench, directories=self.directories)
        self.stream = self.home.doors.protect_directory()
        self.plans = Plans(self.home.catalog, self.home.offload)
        self.meter = Meter()
        self.journal = Journal()

    async def back_up(self) -> SnapshotId:
        """Take a snapshot."""
        return await self.home.back_up(self.stream)

    def saved(self) -> dict[str, DirectoryObject]:
        """What the newest snapshot holds, by key."""
        items = self.home.items(self.stream)
        return {key: objects.read(self.home.vault.read(item.body)) for key, item in items.items() if item.body}

    async def live(self) -> dict[str, DirectoryObject]:
        """What is there now, by key, as the client tells it."""
        directory = self.directories.directory(self.stream)
        found: dict[str, DirectoryObject] = {}
        async for heard in directory.objects(list(SCHEMA)):
            assert not heard.code, (heard.kind, heard.code, heard.detail)
            found |= {one.key: one for one in heard.objects}
        await directory.close()
        return found

    async def plan(self, snapshot: SnapshotId, ticks: Ticks = ALL, **wish: Any) -> PlanHead:
        """Make a plan."""
        return await make_plan(self.home.bench, self.stream, snapshot, Wish(ticks=ticks, **wish))

    async def restore(self, plan: str, on_surprise: OnSurprise = OnSurprise.GO_ON) -> list[ItemFailure]:
        """Carry a plan out; what could not be done. Raises Fault."""
        self.meter, self.journal = Meter(), Journal()
        spec = Reinstate(stream=self.stream, plan=plan, on_surprise=on_surprise)
        await reinstate(self.home.bench, spec, self.meter, self.journal)
        return self.journal.failures

    async def writes(self, plan: str) -> list[Write]:
        """What a plan writes."""
        return await self.plans.writes(plan)

    async def results(self, plan: str) -> Mapping[int, WriteResult]:
        """What came of it."""
        return await self.plans.results(plan)

    async def new_ids(self, plan: str) -> dict[str, str]:
        """What was made anew: old id -> new id."""
        results = await self.results(plan)
        found: dict[str, str] = {}
        for write in await self.writes(plan):
            result = results.get(write.number)
            if result is not None and result.new_id and write.action == "create":
                found |= {**result.also, write.id: result.new_id}
        return found

    def close(self) -> None:
        """Let go of everything."""
        self.home.close()


def furnish(truth: Truth, seed: int = 1) -> None:
    """Put a small organisation there, with something of nearly every kind, tied together."""
    dice = random.Random(seed)
    domain = truth.tenant.domain
    names = ("Ada Lovelace", "Alan Turing", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Tony Hoare")
    people = [_person(truth, name, domain, dice) for name in names]
    for number, one in enumerate(people[1:]):
        truth.link("users", one, "manager", people[number // 2])
    groups = [_group(truth, name, dice) for name in ("Staff", "Finance", "Admins", "Everybody")]
    club = truth.add(
        "groups",
        displayName="Chess club",
        mailNickname="chess",
        mailEnabled=True,
        groupTypes=["Unified"],
        visibility="Private",
    )["id"]
    truth.add(
        "groups",
        displayName="Dynamic",
        mailNickname="dynamic",
        groupTypes=["DynamicMembership"],
        membershipRule='(user.department -eq "Sales")',
        membershipRuleProcessingState="On",
    )
    for group in (*groups, club):
        truth.link("groups", group, "members", *dice.sample(people, 3))
        truth.link("groups", group, "owners", dice.choice(people))
    truth.link("groups", groups[3], "members", groups[0], groups[1])
    for name in ("North", "South"):
        unit = truth.add("administrativeUnits", displayName=name, description=f"The {name.lower()}")["id"]
        truth.link("administrativeUnits", unit, "members", *dice.sample(people, 2), dice.choice(groups))
    for person, role in zip(people, ROLES.values(), strict=False):
        truth.add("roleAssignments", principalId=person, roleDefinitionId=role, directoryScopeId="/")
    custom = truth.add(
        "roleDefinitions",
        displayName="Desk clerk",
        description="May look",
        isEnabled=True,
        rolePermissions=[{"allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": None}],
    )["id"]
    truth.add("roleAssignments", principalId=people[5], roleDefinitionId=custom, directoryScopeId="/")
    software = [_software(truth, name, people, dice) for name in ("Payroll", "Wiki")]
    place = truth.add(
        "namedLocations",
        displayName="Office",
        **{"@odata.type": "#microsoft.graph.ipNamedLocation"},
        isTrusted=True,
        ipRanges=[{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
    )["id"]
    abroad = truth.add(
        "namedLocations",
        displayName="Abroad",
        **{"@odata.type": "#microsoft.graph.countryNamedLocation"},
        countriesAndRegions=["FR", "DE"],
        includeUnknownCountriesAndRegions=False,
    )["id"]
    _policy(truth, "Strong for admins", groups[2], place, excluded=people[0])
    _policy(truth, "Not from abroad", groups[3], abroad, excluded=people[1], block=True)
    truth.add(
        "oauth2PermissionGrants",
        clientId=software[0],
        resourceId=software[1],
        consentType="AllPrincipals",
        scope="read",
    )


def _person(truth: Truth, name: str, domain: str, dice: random.Random) -> str:
    first, _, last = name.partition(" ")
    return str(
        truth.add(
            "users",
            displayName=name,
            givenName=first,
            surname=last,
            userPrincipalName=f"{first.lower()}@{domain}",
            mailNickname=first.lower(),
            department=dice.choice(["Sales", "Research", "Finance"]),
            jobTitle=dice.choice(["Clerk", "Lead"]),
            city="Fernwick",
            usageLocation="GB",
            businessPhones=["+44 20 7946 0000"],
        )["id"]
    )


def _group(truth: Truth, name: str, dice: random.Random) -> str:
    nick = name.lower()
    return str(truth.add("groups", displayName=name, mailNickname=nick, description=f"All of {nick}")["id"])


def _software(truth: Truth, name: str, people: list[str], dice: random.Random) -> str:
    role = {
        "id": truth.new_id(),
        "allowedMemberTypes": ["User"],
        "description": "Uses it",
        "displayName": "User",
        "isEnabled": True,
        "value": "user",
    }
    app_id = truth.new_id()
    application = truth.add(
        "applications",
        appId=app_id,
        displayName=name,
        appRoles=[role],
        identifierUris=[f"api://{name.lower()}"],
        web={"redirectUris": [f"https://{name.lower()}.example/"]},
    )["id"]
    truth.link("applications", application, "owners", dice.choice(people))
    principal = str(
        truth.add("servicePrincipals", appId=app_id, displayName=name, appRoles=[role], servicePrincipalNames=[app_id])[
            "id"
        ]
    )
    for person in dice.sample(people, 2):
        truth.add("appRoleAssignments", principalId=person, resourceId=principal, appRoleId=role["id"])
    return principal


def _policy(truth: Truth, name: str, group: str, place: str, *, excluded: str, block: bool = False) -> None:
    truth.add(
        "conditionalAccessPolicies",
        displayName=name,
        state="enabled",
        conditions={
            "users": {"includeGroups": [group], "excludeUsers": [excluded]},
            "applications": {"includeApplications": ["All"]},
            "locations": {"includeLocations": ["All"], "excludeLocations": [place]},
            "clientAppTypes": ["all"],
        },
        grantControls={"operator": "OR", "builtInControls": ["block" if block else "mfa"]},
    )
