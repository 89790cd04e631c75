"""Directories with nothing behind them: two tenants, and comparisons with as many differences as a test wants."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from saasbackup_desktop.app.entra.views import (
    Badge,
    CompareRequest,
    Comparison,
    DifferencePage,
    DifferenceQuery,
    DifferenceRow,
    DifferenceView,
    EntraTenant,
    KindCount,
    NewPassword,
    ObjectPage,
    ObjectRow,
    ObjectVersion,
    ObjectView,
    PlanRequest,
    PlanState,
    RestoreAccess,
    WriteLine,
)
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.directory.difference import AttributeChange, Change, LinkChange, ObjectDifference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, parts_of
from saasbackup_desktop.core.directory.plan import (
    Action,
    LeftOut,
    OnSurprise,
    PlanHead,
    Risk,
    Standing,
    Write,
    WriteResult,
)
from saasbackup_desktop.core.directory.schema import UNKNOWN, WRITABLE, Nature, Trait
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Provider, Service, Snapshot, SnapshotStatus, account_id, stream_id

DAY = 86400
NORTHWIND = ConnectionName("Northwind Traders")
FJORD = ConnectionName("Fjord Shipping")
DIRECTORY = "7c3d1e52-8a40-4f6b-9d21-5b0e6c9f1a34"
ACCOUNT = account_id(Provider.MICROSOFT, DIRECTORY, DIRECTORY)
STREAM = stream_id(ACCOUNT, Service.DIRECTORY)
_FJORD_ID = "11aa22bb-8a40-4f6b-9d21-5b0e6c9f1a35"
_FJORD_ACCOUNT = account_id(Provider.MICROSOFT, _FJORD_ID, _FJORD_ID)
_NOISE = Trait(Nature.READ_ONLY, "set-by-the-service", is_noise=True)

_COUNTS = (
    ("identities", "users", 48_210),
    ("identities", "groups", 3_104),
    ("identities", "devices", 12_870),
    ("identities", "administrativeUnits", 14),
    ("roles", "roleDefinitions", 112),
    ("roles", "roleAssignments", 96),
    ("applications", "applications", 71),
    ("applications", "servicePrincipals", 640),
    ("applications", "oauth2PermissionGrants", 211),
    ("access", "conditionalAccessPolicies", 18),
    ("access", "namedLocations", 6),
    ("access", "authorizationPolicy", 1),
    ("organisation", "organization", 1),
    ("organisation", "domains", 3),
    ("devices", "deviceCompliancePolicies", 9),
    ("devices", "configurationPolicies", 22),
)
_FIRST = ("Adele", "Alex", "Bianca", "Cameron", "Diego", "Élodie", "Grady", "Henrietta", "Isaiah", "Żaneta")
_LAST = ("Vance", "Wilber", "Pisani", "White", "Siciliani", "Archie", "Mueller", "Langer", "Lorenz", "Kowalska")
_DEPARTMENTS = ("Sales", "Finance", "Legal", "Operations", "Engineering")
_POLICIES = (
    "Require MFA for administrators",
    "Block legacy authentication",
    "Compliant devices for finance",
    "Terms of use for guests",
    "Block sign-ins from outside Europe",
)
_GROUPS = ("All staff", "Sales, northern region", "VPN users", "Finance approvers", "Emergency access")


def name_of(kind: str, n: int) -> str:
    """What an object is called; the same number always gives the same name."""
    if kind == "users":
        return f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST) % len(_LAST)]}" + (f" {n}" if n >= 100 else "")
    if kind == "conditionalAccessPolicies":
        return _POLICIES[n % len(_POLICIES)]
    if kind == "groups":
        return _GROUPS[n % len(_GROUPS)] + (f" {n}" if n >= len(_GROUPS) else "")
    if kind == "roleAssignments":
        return f"Helpdesk Administrator → {name_of('users', n)}"
    return f"{kind} {n}"


def id_of(kind: str, n: int) -> str:
    return f"{len(kind):08x}-0000-4000-8000-{n:012x}"


def row_of(kind: str, n: int) -> ObjectRow:
    name = name_of(kind, n)
    mail = name.encode("ascii", "ignore").decode().replace(" ", ".").lower() + "@northwind.example"
    about = {"users": mail, "groups": "Everybody who works here", "conditionalAccessPolicies": "All users, 3 apps"}
    state = ("disabled" if n % 9 == 8 else "enabled") if kind == "users" else ""
    if kind == "conditionalAccessPolicies":
        state = ("enabled", "report-only", "disabled")[n % 3]
    return ObjectRow(kind=kind, id=id_of(kind, n), name=name, about=about.get(kind, ""), state=state)


def object_of(kind: str, id: str) -> DirectoryObject:
    n = int(id.rsplit("-", 1)[-1], 16)
    row = row_of(kind, n)
    if kind == "conditionalAccessPolicies":
        return DirectoryObject(
            kind=kind,
            id=id,
            name=row.name,
            properties={
                "displayName": row.name,
                "state": "enabled",
                "conditions": {
                    "users": {"includeUsers": ["All"], "excludeGroups": [id_of("groups", 4)]},
                    "applications": {"includeApplications": ["All"]},
                    "clientAppTypes": ["browser", "mobileAppsAndDesktopClients"],
                },
                "grantControls": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]},
            },
        )
    members = tuple(Link("members", id_of("users", one), kind="users", name=name_of("users", one)) for one in range(24))
    owners = (Link("owners", id_of("users", 3), kind="users", name=name_of("users", 3)),)
    manager = (Link("manager", id_of("users", n // 10), kind="users", name=name_of("users", n // 10)),)
    return DirectoryObject(
        kind=kind,
        id=id,
        name=row.name,
        properties={
            "displayName": row.name,
            "userPrincipalName": row.about,
            "department": _DEPARTMENTS[n % len(_DEPARTMENTS)],
            "accountEnabled": row.state != "disabled",
            "businessPhones": ["+47 22 00 11 22", "+47 22 00 11 23"],
            "createdDateTime": "2024-03-01T08:00:00Z",
            "mailNickname": None,
        },
        links=members + owners if kind == "groups" else manager if kind == "users" else (),
        unread=("authentication",) if kind == "users" and n % 7 == 3 else (),
    )


def _points(now: int) -> list[Snapshot]:
    return [
        Snapshot(
            id=SnapshotId(f"{datetime.fromtimestamp(now - days * DAY - 7200, UTC):%Y%m%dT%H%M%SZ}-{days:08x}"),
            stream=STREAM,
            started=now - days * DAY - 7200,
            finished=now - days * DAY - 7000,
            status=SnapshotStatus.PARTIAL if days == 2 else SnapshotStatus.COMPLETE,
            items=65_388 - days,
            folders=len(_COUNTS),
            size=210_000_000,
            added=12,
            changed=31,
            removed=4,
            owed=0,
        )
        for days in range(8)
    ]


def _spread(changes: int) -> list[tuple[str, int, Change]]:
    """Differences of so many objects, in the order of kinds."""
    if changes == 1:
        return [("conditionalAccessPolicies", 0, Change.CHANGED)]
    policies = min(5, changes // 20)
    parts = [("groups", changes // 5), ("roleAssignments", changes // 20), ("servicePrincipals", changes // 20)]
    rest = changes - policies - sum(many for _, many in parts)
    kinds = [("users", rest), *parts, ("conditionalAccessPolicies", policies)]
    order = (Change.CHANGED, Change.CHANGED, Change.REMOVED, Change.CHANGED, Change.ADDED)
    return [(kind, n, order[n % len(order)]) for kind, many in kinds for n in range(many)]


class FakeEntra:
    """The directory's door: it writes down what it was asked for."""

    def __init__(self, now: int, asked: list[tuple[str, object]], *, changes: int = 1000) -> None:
        self._now, self._asked = now, asked
        self.changes = changes
        self.has_tenants = True
        self.steps = 1
        """Looks at a comparison until it is done."""
        self.points = _points(now)
        self.fault: errors.Fault | None = None
        self.rows = {
            NORTHWIND: EntraTenant(
                tenant=NORTHWIND, directory=DIRECTORY, name="Northwind Traders", domain="northwind.example",
                account=ACCOUNT, stream=STREAM, is_active=True, badge=Badge.SUCCESS,
                restore=RestoreAccess.PERMANENT, restore_client="5d8a…", objects=65_388,
                last=self.points[0].id, finished=self.points[0].finished, next_backup=now + 3 * 3600,
            ),
            FJORD: EntraTenant(
                tenant=FJORD, directory=_FJORD_ID, name="Fjord Shipping AS", domain="fjord.example",
                account=_FJORD_ACCOUNT, stream=stream_id(_FJORD_ACCOUNT, Service.DIRECTORY), is_active=True,
                badge=Badge.REAUTHORISE, reasons=("permission-missing",),
                missing=("Policy.Read.All", "RoleManagement.Read.Directory"), objects=1_204,
                last=self.points[1].id, finished=self.points[1].finished,
            ),
        }  # fmt: skip
        self._looks: Counter[str] = Counter()
        self._requests: dict[str, CompareRequest] = {}
        self.plan_requests: dict[str, PlanRequest] = {}
        self._plans: dict[str, PlanState] = {}
        self._shown: set[str] = set()
        self.has_more = True
        """Planned again, there is more to write."""
        self.taken: dict[str, bool] = {}

    @cached_property
    def found(self) -> list[tuple[str, int, Change]]:
        """All differences."""
        return _spread(self.changes)

    # --- tenants ---------------------------------------------------------------------------------------
    async def tenants(self) -> Sequence[EntraTenant]:
        return list(self.rows.values()) if self.has_tenants else ()

    async def activate(self, tenant: ConnectionName, active: bool, sign_in: str = "") -> None:
        self._asked.append(("entra-activate", (tenant, active)))
        self._fail()
        badge = Badge.WAITING if active else Badge.NOT_ACTIVE
        self.rows[tenant] = replace(self.rows[tenant], is_active=active, badge=badge)

    async def authorise(self, tenant: ConnectionName, sign_in: str) -> EntraTenant:
        self._asked.append(("entra-authorise", (tenant, sign_in)))
        self.rows[tenant] = replace(self.rows[tenant], badge=Badge.SUCCESS, reasons=(), missing=())
        return self.rows[tenant]

    async def set_restore_access(self, tenant: ConnectionName, access: RestoreAccess, sign_in: str = "") -> None:
        self._asked.append(("entra-access", (tenant, access)))
        self._fail()
        self.rows[tenant] = replace(self.rows[tenant], restore=access)

    async def settle(self) -> None:
        return None

    async def backup(self, tenant: ConnectionName) -> JobId:
        self._asked.append(("entra-backup", tenant))
        return JobId("00000000e001")

    # --- objects ---------------------------------------------------------------------------------------
    async def kinds(self, stream: StreamId, at: SnapshotId) -> Sequence[KindCount]:
        return [
            KindCount(kind=kind, family=family, count=count, is_beta=kind == "configurationPolicies")
            for family, kind, count in _COUNTS
        ]

    async def objects(
        self, stream: StreamId, at: SnapshotId, kind: str, words: str = "", offset: int = 0, limit: int = 200
    ) -> ObjectPage:
        if words:
            found = [
                row
                for row in map(row_of, [kind] * 300, range(300))
                if words.casefold() in f"{row.name} {row.about}".casefold()
            ]
            return ObjectPage(rows=found[offset : offset + limit], total=len(found))
        total = next(count for _, one, count in _COUNTS if one == kind)
        rows = [row_of(kind, n) for n in range(offset, min(total, offset + limit))]
        return ObjectPage(rows=rows, total=total)

    async def find(self, stream: StreamId, at: SnapshotId, kind: str, name: str) -> Sequence[ObjectRow]:
        rows = (await self.objects(stream, at, kind, limit=100_000)).rows
        return [row for row in rows if name in (row.id, row.name, row.about)]

    async def object(self, stream: StreamId, at: SnapshotId, key: str) -> ObjectView:
        self._fail()
        kind, id = parts_of(key)
        if id != id_of(kind, int(id.rsplit("-", 1)[-1], 16)):
            raise errors.Misconfigured("no such object there", what="unknown-item", name=key)
        return ObjectView(object=object_of(kind, id), names=_NAMES)

    async def history(self, stream: StreamId, key: str) -> Sequence[ObjectVersion]:
        kind, id = parts_of(key)
        n = int(id.rsplit("-", 1)[-1], 16)
        first = ObjectVersion(
            snapshot=self.points[-1].id, until=self.points[4].id, moment=self.points[-1].finished,
            change=Change.ADDED, difference=None,
        )  # fmt: skip
        return (
            ObjectVersion(
                snapshot=self.points[3].id, until=None, moment=self.points[3].finished, change=Change.CHANGED,
                difference=_difference(kind, n, Change.CHANGED),
            ),
            first,
        )  # fmt: skip

    async def search(
        self, stream: StreamId, words: str, at: SnapshotId | None = None, offset: int = 0, limit: int = 200
    ) -> ObjectPage:
        rows = [row_of(kind, n) for kind in ("users", "groups", "conditionalAccessPolicies") for n in range(5)]
        found = [row for row in rows if words.casefold() in row.name.casefold()]
        if at is None:
            found = [replace(row, is_deleted=n % 2 == 1) for n, row in enumerate(found)]
        return ObjectPage(rows=found[offset : offset + limit], total=len(found))

    # --- comparisons -----------------------------------------------------------------------------------
    async def compare(self, request: CompareRequest) -> Comparison:
        self._asked.append(("entra-compare", request))
        self._fail()
        id = f"c{len(self._requests) + 1}"
        self._requests[id] = request
        return await self.comparison(id)

    async def comparison(self, id: str) -> Comparison:
        self._looks[id] += 1
        is_done = self._looks[id] > self.steps
        rows = self._rows(id)
        counts: dict[str, dict[str, int]] = {}
        for kind, n, change in rows:
            one = counts.setdefault(kind, {})
            one[change] = one.get(change, 0) + 1
            if _is_noise(kind, n, change):
                one["noise"] = one.get("noise", 0) + 1
        return Comparison(
            id=id, request=self._requests[id], is_done=is_done, kinds_read=16 if is_done else 2, kinds_total=16,
            counts=counts, unread=("roleEligibilitySchedules",) if self.changes > 1 else (),
        )  # fmt: skip

    async def differences(self, id: str, query: DifferenceQuery) -> DifferencePage:
        rows = [
            one
            for one in self._rows(id)
            if (not query.kinds or one[0] in query.kinds)
            and (not query.changes or one[2] in query.changes)
            and (query.with_noise or not _is_noise(*one))
            and (not query.words or query.words.casefold() in name_of(one[0], one[1]).casefold())
        ]
        page = rows[query.offset : query.offset + query.limit]
        return DifferencePage(rows=[_difference_row(*one) for one in page], total=len(rows))

    async def difference(self, id: str, key: str) -> DifferenceView:
        kind, object = parts_of(key)
        n = int(object.rsplit("-", 1)[-1], 16)
        change = next(change for of, one, change in self._rows(id) if (of, one) == (kind, n))
        return DifferenceView(difference=_difference(kind, n, change), names=_NAMES)

    async def forget_comparison(self, id: str) -> None:
        self._asked.append(("entra-forget", id))
        self._requests.pop(id, None)

    async def export_comparison(self, id: str, form: str, file: Path, with_noise: bool = False) -> Path:
        self._asked.append(("entra-export", (form, file)))
        self._fail()
        return file

    def _rows(self, id: str) -> list[tuple[str, int, Change]]:
        if id not in self._requests:
            raise errors.Misconfigured(comparison=id)
        keys = self._requests[id].objects
        rows = self.found if self._looks[id] > self.steps else self.found[: len(self.found) // 3]
        return [one for one in rows if f"{one[0]}/{id_of(one[0], one[1])}" in keys] if keys else rows

    # --- plans -----------------------------------------------------------------------------------------
    async def plan(self, request: PlanRequest) -> PlanHead:
        self._asked.append(("entra-plan", request))
        self._fail()
        await asyncio.sleep(0)
        id = f"p{len(self._plans) + 1}"
        risks = (
            Risk("locks-out-administrators", {"count": 3}, is_grave=True),
            Risk("passwords-are-new", {"count": 1}),
        )
        takes = "locks-out-administrators" in request.accepts
        self.taken[id] = takes
        writes, left = list(_writes(takes=takes)), list(_left_out(takes=takes))
        head = PlanHead(
            id=id, stream=request.stream, account=ACCOUNT, snapshot=request.snapshot, made=self._now,
            mode=request.mode, note=request.note, accepts=request.accepts, is_repeatable=True,
            counts=Counter(str(one.action) for one in writes),
            left_out=Counter(one.code for one in left), risks=risks,
        )  # fmt: skip
        self.plan_requests[id] = request
        self._plans[id] = PlanState(head=head, standings={Standing.PLANNED: len(writes)})
        return head

    async def plan_again(self, plan: str, accepts: Sequence[str] = ()) -> PlanHead:
        request = self.plan_requests[plan]
        head = await self.plan(replace(request, accepts=(*request.accepts, *accepts)))
        head = replace(head, follows=plan, **({} if self.has_more else {"counts": {}, "left_out": {}, "risks": ()}))
        self._plans[head.id] = replace(self._plans[head.id], head=head)
        return head

    async def plans(self, stream: StreamId | None = None) -> Sequence[PlanState]:
        return [one for one in reversed(self._plans.values()) if stream in (None, one.head.stream)]

    async def plan_state(self, id: str) -> PlanState:
        if id not in self._plans:
            raise errors.Misconfigured("no such plan", what="unknown-plan", name=id)
        return self._plans[id]

    async def writes(self, id: str, offset: int = 0, limit: int = 200, standing: str = "") -> Sequence[WriteLine]:
        is_run = self._plans[id].job is not None
        lines = [WriteLine(write=one, result=_result(one) if is_run else None) for one in _writes(takes=self.taken[id])]
        if standing:
            lines = [one for one in lines if (one.result.standing if one.result else Standing.PLANNED) == standing]
        return lines[offset : offset + limit]

    async def left_out(self, id: str, offset: int = 0, limit: int = 200) -> Sequence[LeftOut]:
        return list(_left_out(takes=self.taken[id]))[offset : offset + limit]

    async def restore(self, plan: str, on_surprise: OnSurprise = OnSurprise.STOP) -> JobId:
        self._asked.append(("entra-restore", (plan, on_surprise)))
        self._fail()
        standings = Counter(_result(one).standing for one in _writes(takes=self.taken[plan]))
        self._plans[plan] = replace(
            self._plans[plan], job=JobId("00000000e002"), job_state=State.PARTIAL,
            head=replace(self._plans[plan].head, revived=int(not self._plans[plan].head.undoes)),
            standings=standings, verified=standings[Standing.DONE],
            has_passwords=True,
        )  # fmt: skip
        return JobId("00000000e002")

    async def undo(self, plan: str, on_surprise: OnSurprise = OnSurprise.STOP) -> PlanHead:
        self._asked.append(("entra-undo", plan))
        head = replace(self._plans[plan].head, id=f"{plan}-undo", undoes=plan, risks=(), note="", is_repeatable=False)
        self.taken[head.id] = self.taken[plan]
        self._plans[head.id] = PlanState(
            head=head, standings={Standing.PLANNED: sum(head.counts.values())}, undone=self._plans[plan].head
        )
        self._plans[plan] = replace(self._plans[plan], head=replace(self._plans[plan].head, undone_by=head.id))
        return head

    async def passwords(self, plan: str) -> Sequence[NewPassword]:
        self._asked.append(("entra-passwords", plan))
        if plan in self._shown:
            return ()
        return (NewPassword(id=id_of("users", 2), name=name_of("users", 2), password="Tulip-Harbour-42-kiln"),)

    async def forget_passwords(self, plan: str, ids: Sequence[str]) -> None:
        self._asked.append(("entra-forget-passwords", (plan, tuple(ids))))
        self._fail()
        self._shown.add(plan)
        self._plans[plan] = replace(self._plans[plan], has_passwords=False)

    async def download(self, stream: StreamId, at: SnapshotId, keys: Sequence[str], file: Path) -> int:
        self._asked.append(("entra-download", (tuple(keys), file)))
        self._fail()
        return 65_388

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


_NAMES = {
    id_of("groups", 4): "Emergency access",
    **{id_of("users", n): name_of("users", n) for n in range(100)},
}


def _is_noise(kind: str, n: int, change: Change) -> bool:
    return kind == "users" and change is Change.CHANGED and n % 10 == 6


def _difference_row(kind: str, n: int, change: Change) -> DifferenceRow:
    one = _difference(kind, n, change)
    return DifferenceRow(
        kind=kind, id=one.id, name=one.name, change=change, is_noise=one.is_noise,
        attributes=sum(not each.trait.is_noise for each in one.attributes), links=len(one.links),
    )  # fmt: skip


def _difference(kind: str, n: int, change: Change) -> ObjectDifference:
    attributes: tuple[AttributeChange, ...] = ()
    links: Iterable[LinkChange] = ()
    signed = AttributeChange("signInActivity", "2026-11-18T06:12:44Z", "2026-11-21T05:58:02Z", _NOISE)
    if kind == "conditionalAccessPolicies":
        attributes = (
            AttributeChange("state", "enabled", "disabled", WRITABLE),
            AttributeChange("grantControls.builtInControls", ["mfa", "compliantDevice"], ["mfa"], WRITABLE),
            AttributeChange(
                "conditions.users.excludeGroups",
                [id_of("groups", 4)],
                [id_of("groups", 4), id_of("users", 7)],
                WRITABLE,
            ),
            AttributeChange("modifiedDateTime", "2026-10-02T09:00:00Z", "2026-11-21T02:14:09Z", _NOISE),
        )
    elif kind == "groups":
        attributes = (
            AttributeChange(
                "description",
                "Everybody who sells in the north: Bergen, Oslo and Tromsø, and their assistants.",
                "Everybody who sells in the south: Bergen, Oslo and Rome.",
                WRITABLE,
            ),
        )
        links = (
            *(LinkChange(Link("members", id_of("users", m), name=name_of("users", m)), Change.REMOVED, WRITABLE)
              for m in range(6)),
            LinkChange(Link("members", id_of("users", 31), name=name_of("users", 31)), Change.ADDED, WRITABLE),
            LinkChange(Link("owners", id_of("users", 3), name=name_of("users", 3)), Change.REMOVED, WRITABLE),
        )  # fmt: skip
    elif _is_noise(kind, n, change):
        attributes = (signed,)
    else:
        attributes = (
            AttributeChange("department", _DEPARTMENTS[n % 5], "Facility management", WRITABLE),
            AttributeChange("accountEnabled", True, False, WRITABLE),
            AttributeChange("businessPhones", ["+47 22 00 11 22", "+47 22 00 11 23"], ["+47 22 00 11 23"], WRITABLE),
            AttributeChange("onPremisesExtensionAttributes.extensionAttribute1", "4711", "4712", UNKNOWN),
            signed,
        )
    if change is not Change.CHANGED:
        gone = change is Change.REMOVED
        attributes = tuple(
            replace(one, new=None) if gone else replace(one, old=None) for one in attributes if not one.trait.is_noise
        )
        side = Change.REMOVED if gone else Change.ADDED
        links = tuple(replace(one, change=side) for one in links)
    return ObjectDifference(
        kind=kind, id=id_of(kind, n), name=name_of(kind, n), change=change, attributes=attributes, links=tuple(links)
    )


def _writes(*, takes: bool) -> Iterable[Write]:
    user, gone, group = id_of("users", 1), id_of("users", 2), id_of("groups", 1)
    policy = id_of("conditionalAccessPolicies", 0)
    yield Write(
        number=1, action=Action.REVIVE, kind="users", id=user, name=name_of("users", 1), method="POST",
        path=f"/directory/deletedItems/{user}/restore", keys=(f"users/{user}",), reason="picked",
    )  # fmt: skip
    yield Write(
        number=2, action=Action.CREATE, kind="users", id=gone, name=name_of("users", 2), method="POST", path="/users",
        body={"displayName": name_of("users", 2), "passwordProfile": {"password": "{password}"}},
        new={"displayName": name_of("users", 2), "department": "Sales", "accountEnabled": True},
        keys=(f"users/{gone}",), reason="picked", risks=(Risk("passwords-are-new", {"count": 1}),),
    )  # fmt: skip
    if takes:
        yield _risky(policy)
    for number, member in enumerate((1, 2, 5), 4):
        yield Write(
            number=number, action=Action.LINK, kind="groups", id=group, name=_GROUPS[1], method="POST",
            path=f"/groups/{group}/members/$ref", path_of_link="members", target=id_of("users", member),
            target_name=name_of("users", member), body={"@odata.id": f"https://graph.example/{{new:{member}}}"},
            keys=(f"groups/{group}#l:members:{id_of('users', member)}:",),
            reason="picked" if member == 5 else "needed", needs=(member,) if member < 3 else (),
        )  # fmt: skip
    yield Write(
        number=7, action=Action.DELETE, kind="servicePrincipals", id=id_of("servicePrincipals", 9),
        name="Totally harmless mail reader", method="DELETE",
        path=f"/servicePrincipals/{id_of('servicePrincipals', 9)}", reason="picked",
        risks=(Risk("deletes", {"count": 1}),),
    )  # fmt: skip


def _risky(policy: str) -> Write:
    return Write(
        number=3, action=Action.UPDATE, kind="conditionalAccessPolicies", id=policy, name=_POLICIES[0],
        method="PATCH", path=f"/identity/conditionalAccess/policies/{policy}",
        body={"state": "enabled", "grantControls": {"builtInControls": ["mfa", "compliantDevice"]}},
        old={"state": "disabled", "grantControls.builtInControls": ["mfa"]},
        new={"state": "enabled", "grantControls.builtInControls": ["mfa", "compliantDevice"]},
        keys=(f"conditionalAccessPolicies/{policy}",), reason="picked",
        risks=(Risk("locks-out-administrators", {"count": 3}, is_grave=True),),
    )  # fmt: skip


def _result(write: Write) -> WriteResult:
    if write.number == 4:
        return WriteResult(number=4, standing=Standing.WAS_SO, is_verified=True)
    if write.number == 7:
        return WriteResult(number=7, standing=Standing.REFUSED, code="denied", detail="Authorization_RequestDenied")
    return WriteResult(number=write.number, standing=Standing.DONE, is_verified=True)


def _left_out(*, takes: bool) -> Iterable[LeftOut]:
    if not takes:
        policy = id_of("conditionalAccessPolicies", 0)
        yield LeftOut(
            key=f"conditionalAccessPolicies/{policy}", kind="conditionalAccessPolicies", id=policy, name=_POLICIES[0],
            code="grave-risk", facts={"risk": "locks-out-administrators"},
        )  # fmt: skip
    yield from _LEFT_OUT


_LEFT_OUT = [
    LeftOut(
        key=f"users/{id_of('users', 1)}#a:onPremisesExtensionAttributes.extensionAttribute1", kind="users",
        id=id_of("users", 1), name=name_of("users", 1), code="synchronised", old="4711", new="4712",
    ),
    LeftOut(
        key=f"servicePrincipals/{id_of('servicePrincipals', 4)}#a:passwordCredentials", kind="servicePrincipals",
        id=id_of("servicePrincipals", 4), name="Payroll bridge", code="secret",
    ),
]  # fmt: skip
