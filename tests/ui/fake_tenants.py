"""Tenants with nothing behind them: states that are hard to reach, for tests of the window."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from saasbackup_desktop.app.tenants import set_up, views
from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.tenants.views import SERVICES, Link, Proof, Standing, State, Tenant, TenantSettings, WayIn
from saasbackup_desktop.core import account_list, errors
from saasbackup_desktop.core.activation import Candidate, Leaving, Match, Rule, Status, When
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id

NOW = 1_795_233_600 - 5 * 3600
DAY = 86400
NORTHWIND = ConnectionName("Northwind Traders")
FJORD = ConnectionName("Fjord Shipping")
DIRECTORY = "7c3d1e52-8a40-4f6b-9d21-5b0e6c9f1a34"
CLIENT = "0b8f5b0e-3b0a-4f57-8a57-2f9c7f2d6c11"
THUMBPRINT = "9F" * 32

_FIRST = ("Adele", "Alex", "Bianca", "Cameron", "Diego", "Élodie", "Grady", "Henrietta", "Isaiah", "Johanna", "Lidia",
          "Megan", "Nestor", "Pradeep", "Żaneta")  # fmt: skip
_LAST = ("Vance", "Wilber", "Pisani", "White", "Siciliani", "Archie", "Mueller", "Langer", "Lorenz", "Holloway",
         "Bowen", "Wilke", "Gupta", "Kowalska")  # fmt: skip
_DEPARTMENTS = ("Sales", "Finance", "Legal", "Operations", "Engineering", "Marketing", "")
_KINDS = ("user",) * 12 + ("shared", "room", "equipment")
_STATES = (
    State.SUCCESS, State.SUCCESS, State.SUCCESS, State.SUCCESS, State.PARTIAL, State.RUNNING, State.SCHEDULED,
    State.RETRYING, State.FAILED, State.AUTHENTICATION_ERROR, State.CONNECTION_ERROR,
)  # fmt: skip


def _seed(n: int) -> int:
    return int.from_bytes(hashlib.blake2b(str(n).encode(), digest_size=4).digest(), "big")


def fake_account(tenant: str, n: int) -> views.TenantAccount:
    """Make one account of a directory: the same number always makes the same."""
    seed = _seed(n)
    first, last = _FIRST[n % len(_FIRST)], _LAST[(n // len(_FIRST) + n) % len(_LAST)]
    kind = _KINDS[n % len(_KINDS)]
    name = f"{first} {last}" if kind == "user" else f"{kind.capitalize()} {n}"
    plain = name.encode("ascii", "ignore").decode().replace(" ", ".").lower()
    address = f"{plain}.{n}@northwind.example"
    id = f"{seed:08x}-0000-4000-8000-{n:012x}"
    account = Account(
        id=account_id(Provider.MICROSOFT, DIRECTORY, id),
        provider=Provider.MICROSOFT,
        address=address,
        name=name,
        connection=ConnectionName(f"{tenant}/{address}"),
    )
    status, state, problem = Status.ACTIVE, _STATES[n % len(_STATES)], ""
    licensed = kind == "user"
    match n % 20:
        case 13:
            status, state = Status.PAUSED, State.PAUSED
        case 14:
            status, state = Status.AWAY, State.ARCHIVED
        case 15 | 16 | 17:
            status, state = Status.INACTIVE, State.NOT_ACTIVE
        case 18:
            state = State.EMPTY
        case 19:
            state, licensed = State.UNLICENSED, False
    if state is State.AUTHENTICATION_ERROR:
        problem = "denied"
    saved = status is not Status.INACTIVE and state not in (State.SCHEDULED, State.EMPTY)
    return views.TenantAccount(
        id=id,
        account=account,
        kind=kind,
        is_licensed=licensed,
        properties={"department": _DEPARTMENTS[seed % len(_DEPARTMENTS)], "jobTitle": "Analyst"},
        status=status,
        state=state,
        problem=problem,
        reasons=(("chosen", "everybody"),) if status is Status.ACTIVE else (("not-chosen", ""),),
        size=seed % 9_000_000_000 if saved else 0,
        last=NOW - seed % (3 * DAY) if saved else None,
        first=NOW - (40 + seed % 300) * DAY if saved else None,
        services=tuple(
            views.ServiceState(
                service=service,
                stream=stream_id(account.id, service),
                state=state,
                items=seed % 9000,
                size=seed % 900_000,
            )
            for service in SERVICES
        )
        if saved
        else (),
    )


def _line(area: str, name: str, standing: Standing, outcome: str, remedy: str, why: str = "", **facts: str | int):  # type: ignore[no-untyped-def]
    return views.CheckLine(
        area=area, name=name, standing=standing, outcome=outcome, remedy=remedy, why=why, facts=facts
    )


def lines(settings: TenantSettings) -> tuple[views.CheckLine, ...]:
    """A check list in which one of each kind stands."""
    found = [
        _line("sign-in", "Northwind Traders", Standing.WELL, "well", "nothing"),
        _line("permission", "User.Read.All", Standing.WELL, "well", "nothing", "find-accounts"),
        _line("permission", "Group.ReadBasic.All", Standing.WARNING, "missing-permission", "consent", "read-groups"),
        _line("permission", "Mail.Read", Standing.WELL, "well", "nothing", "read-mail"),
        _line("permission", "Calendars.Read", Standing.WELL, "well", "nothing", "read-events"),
        _line("permission", "Tasks.Read.All", Standing.MISSING, "missing-permission", "consent", "read-tasks"),
    ]
    if settings.may_restore:
        found.append(_line("permission", "Mail.ReadWrite", Standing.WELL, "well", "nothing", "write-mail"))
    if settings.fence:
        found.append(_line("role", "Application Mail.Read", Standing.PENDING, "outside-scope", "wait", "read-mail"))
    found += [
        _line("service", "mail", Standing.WELL, "well", "nothing"),
        _line("service", "tasks", Standing.UNKNOWN, "missing-permission", "consent"),
        _line("licence", "Microsoft 365 Business Standard", Standing.WELL, "well", "nothing", seats=25, used=23),
        _line("credential", "Certificate", Standing.WELL, "well", "nothing", expires=NOW + 600 * DAY),
    ]
    return tuple(found)


class _Typed:
    """The moment when somebody typed the code; it may be set in another thread than it is awaited in."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def set(self) -> None:
        if self._loop is None:
            self._event.set()
        else:
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._event.wait()


class FakeTenants(Tenants):
    """What the rooms of tenants ask is answered from memory; ``asked`` keeps what was done."""

    def __init__(self, *names: ConnectionName, accounts: int = 60) -> None:
        self.asked: list[tuple[str, object]] = []
        self.how_many = accounts
        self.kept: dict[ConnectionName, Tenant] = {}
        self._accounts: dict[ConnectionName, dict[str, views.TenantAccount]] = {}
        self._rules: dict[ConnectionName, tuple[Rule, ...]] = {}
        self.fault: errors.Fault | None = None
        """Raised by the next thing that asks Microsoft."""
        self.report: views.CheckReport | None = None
        self.signed = _Typed()
        """Somebody typed the code."""
        self.can_run_here = False
        self.step_time = 0.0
        self._jobs = 0
        self.servers: Callable[[], Iterable[Account]] = tuple
        """Accounts of mail servers."""
        for name in names:
            self._keep(TenantSettings(name=name, tenant="northwind.example", client=CLIENT))

    def _keep(self, settings: TenantSettings, **more: object) -> Tenant:
        made = Tenant(
            settings=settings, link=Link.CONNECTED, checked=NOW - 3600, discovered=NOW - 7200,
            expires=NOW + 600 * DAY, role="to-run" if settings.fence else "",
        )  # fmt: skip
        self.kept[settings.name] = replace(made, **more)  # type: ignore[arg-type]
        if settings.name not in self._accounts:
            found = (fake_account(settings.name, n) for n in range(self.how_many))
            self._accounts[settings.name] = {one.id: one for one in found}
            self._rules[settings.name] = (
                Rule(id="everybody", leaving=Leaving.KEEP),
                Rule(id="sales", when=When.DAILY, name="department", match=Match.EQUAL, values=("Sales", "Marketing"),
                     leaving=Leaving.PAUSE, ran=NOW - 7200),
                Rule(id="board", when=When.ONCE, group="g-board", ran=NOW - 40 * DAY),
            )  # fmt: skip
        return self.kept[settings.name]

    def _ask(self, what: str, about: object = None) -> None:
        self.asked.append((what, about))
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault

    # --- set-up
    def ways(self) -> Sequence[views.WayView]:
        return set_up.all_ways()

    def permissions(self, settings: TenantSettings) -> Sequence[views.CheckLine]:
        return tuple(
            replace(line, standing=Standing.UNKNOWN, outcome="", remedy="nothing")
            for line in lines(settings)
            if line.area in ("permission", "role")
        )

    async def begin_sign_in(self, settings: TenantSettings, purpose: str) -> views.SignInPrompt:
        self._ask("begin_sign_in", (settings, purpose))
        return views.SignInPrompt(
            id=purpose, address="https://microsoft.com/devicelogin", code="F7QK2MXPD", expires=NOW + 899
        )

    async def finish_sign_in(self, id: str) -> views.SignedIn:
        await self.signed.wait()
        self._ask("finish_sign_in", id)
        return views.SignedIn(who="admin@northwind.example", tenant=DIRECTORY, tenant_name=NORTHWIND)

    async def cancel_sign_in(self, id: str) -> None:
        self.asked.append(("cancel_sign_in", id))

    async def make_certificate(self, settings: TenantSettings) -> views.CertificateView:
        self._ask("make_certificate", settings)
        return views.CertificateView(
            thumbprint=THUMBPRINT, short_thumbprint="3C" * 20, expires=NOW + 730 * DAY, public="-----BEGIN…"
        )

    async def save_certificate(self, thumbprint: str, file: Path) -> None:
        self._ask("save_certificate", (thumbprint, file))

    async def register(
        self, settings: TenantSettings, sign_in: str, progress: Callable[[Sequence[views.Step]], None]
    ) -> TenantSettings:
        await self._walk(
            progress, ("application", "certificate", "principal", "permissions", "consent", "sign-in", "in-force")
        )
        self._ask("register", (settings, sign_in))
        return replace(settings, tenant=DIRECTORY, client=CLIENT)

    async def _walk(self, progress: Callable[[Sequence[views.Step]], None], codes: Sequence[str]) -> None:
        for at in range(len(codes) + 1):
            progress(
                [
                    views.Step(code=code, state="done" if n < at else "running" if n == at else "waiting")
                    for n, code in enumerate(codes)
                ]
            )
            await asyncio.sleep(self.step_time)

    def consent_address(self, settings: TenantSettings) -> str:
        return f"https://login.microsoftonline.com/{settings.tenant}/adminconsent?client_id={settings.client}"

    async def role_script(self, settings: TenantSettings) -> views.RoleScript:
        self._ask("role_script", settings)
        return views.RoleScript(file_name="exchange-role.ps1", text="# script\n", can_run_here=self.can_run_here)

    async def try_out(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> views.CheckReport:
        self._ask("try_out", (settings, thumbprint, secret, sign_in))
        return self._report(settings)

    def _report(self, settings: TenantSettings) -> views.CheckReport:
        return self.report or views.CheckReport(
            link=Link.CONNECTED,
            lines=lines(settings),
            checked=NOW,
            expires=NOW + 600 * DAY,
            consent=self.consent_address(settings),
        )

    async def add(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> Tenant:
        self._ask("add", (settings, thumbprint, secret, sign_in))
        if settings.name in self.kept:
            raise errors.Misconfigured("taken", what="name-taken", name=settings.name)
        return self._keep(settings, discovered=None)

    # --- looking after
    async def all(self) -> Sequence[Tenant]:
        return tuple(self._counted(tenant) for tenant in self.kept.values())

    async def find(self, name: ConnectionName) -> Tenant:
        if name not in self.kept:
            raise errors.Misconfigured("no such tenant", what="unknown-tenant", name=name)
        return self._counted(self.kept[name])

    def _counted(self, tenant: Tenant) -> Tenant:
        found = self._accounts[tenant.settings.name].values() if tenant.discovered is not None else ()
        counts = Counter[str]()
        for one in found:
            counts["found"] += 1
            counts["licensed" if one.is_licensed else "unlicensed"] += 1
            counts["active"] += one.status is Status.ACTIVE
            counts["paused"] += one.status is Status.PAUSED
            counts["archived"] += one.state is State.ARCHIVED
            counts["excluded"] += any(why == "excluded" for why, _ in one.reasons)
        return replace(tenant, counts=dict(counts))

    async def change(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> Tenant:
        self._ask("change", (settings, thumbprint, secret, sign_in))
        self.kept[settings.name] = replace(self.kept[settings.name], settings=settings)
        return await self.find(settings.name)

    async def remove(self, name: ConnectionName, *, clean_up_sign_in: str = "") -> None:
        self._ask("remove", (name, clean_up_sign_in))
        del self.kept[name]

    async def clean_up_plan(self, name: ConnectionName, sign_in: str) -> Sequence[views.Step]:
        self._ask("clean_up_plan", (name, sign_in))
        return (views.Step(code="application", state="waiting"), views.Step(code="certificate", state="waiting"))

    async def clean_up(
        self, name: ConnectionName, sign_in: str, progress: Callable[[Sequence[views.Step]], None]
    ) -> Sequence[views.Step]:
        self._ask("clean_up", (name, sign_in))
        await self._walk(progress, ("application", "certificate"))
        return ()

    async def renew_certificate(
        self, name: ConnectionName, sign_in: str, progress: Callable[[Sequence[views.Step]], None]
    ) -> Tenant:
        self._ask("renew_certificate", (name, sign_in))
        await self._walk(progress, ("certificate",))
        self.kept[name] = replace(self.kept[name], expires=NOW + 730 * DAY)
        return await self.find(name)

    async def check(self, name: ConnectionName) -> views.CheckReport:
        self._ask("check", name)
        return self._report(self.kept[name].settings)

    async def last_check(self, name: ConnectionName) -> views.CheckReport | None:
        return self._report(self.kept[name].settings)

    async def run_role_script(self, name: ConnectionName) -> Tenant:
        self._ask("run_role_script", name)
        self.kept[name] = replace(self.kept[name], role="pending")
        return await self.find(name)

    async def role_script_was_run(self, name: ConnectionName) -> Tenant:
        return await self.run_role_script(name)

    async def capabilities(self, name: ConnectionName) -> Sequence[views.Capability]:
        return (
            views.Capability(code="mail", cover="covered", reason="mail"),
            views.Capability(code="calendars", cover="covered", reason="calendars"),
            views.Capability(code="recoverable-items", cover="partly", reason="recoverable-by-name"),
            views.Capability(code="tasks", cover="pending", reason="permission-missing"),
            views.Capability(code="archive", cover="not-offered", reason="archive-closed"),
            views.Capability(code="public-folders", cover="not-offered", reason="public-folders-closed"),
            views.Capability(code="teams", cover="not-yet", reason="later"),
        )

    async def daily(self) -> None:
        self.asked.append(("daily", None))

    # --- accounts
    async def discover(self, name: ConnectionName) -> views.Discovery:
        self._ask("discover", name)
        self.kept[name] = replace(self.kept[name], discovered=NOW)
        return views.Discovery(found=len(self._accounts[name]), added=2, activated=1)

    async def accounts(self, name: ConnectionName) -> Sequence[views.TenantAccount]:
        return tuple(self._accounts[name].values()) if self.kept[name].discovered is not None else ()

    async def account(self, id: AccountId) -> views.TenantAccount | None:
        every = (one for found in self._accounts.values() for one in found.values())
        return next((one for one in every if one.account.id == id), None)

    async def groups(self, name: ConnectionName, words: str = "") -> Sequence[views.GroupView]:
        every = (
            views.GroupView(id="g-board", name="Board", address="board@northwind.example"),
            views.GroupView(id="g-sales", name="Sales team", address="sales@northwind.example"),
            views.GroupView(id="g-temps", name="Temporary staff"),
        )
        return tuple(one for one in every if words.casefold() in f"{one.name} {one.address}".casefold())

    async def values(self, name: ConnectionName, property: str) -> Sequence[tuple[str, int]]:
        found = Counter(one.properties.get(property, "") for one in self._accounts[name].values())
        return tuple(sorted(found.items()))

    async def rules(self, name: ConnectionName) -> Sequence[views.RuleView]:
        return tuple(
            views.RuleView(rule=rule, chosen=self._chosen(name, rule), group_name="Board" if rule.group else "")
            for rule in self._rules[name]
        )

    def _chosen(self, name: ConnectionName, rule: Rule) -> int:
        return sum(rule.chooses(_candidate(one)) for one in self._accounts[name].values())

    async def preview(self, name: ConnectionName, rules: Sequence[Rule]) -> Sequence[views.Choice]:
        self._ask("preview", (name, tuple(rules)))
        found = []
        for one in self._accounts[name].values():
            by = next((rule for rule in rules if rule.chooses(_candidate(one))), None)
            status = Status.ACTIVE if by is not None else one.status
            reasons = (("chosen", by.id),) if by is not None else one.reasons
            found.append(views.Choice(account=one, status=status, reasons=reasons, is_change=status is not one.status))
        return tuple(found)

    async def put_rules(self, name: ConnectionName, rules: Sequence[Rule]) -> views.Discovery:
        self._ask("put_rules", (name, tuple(rules)))
        self._rules[name] = tuple(rules)
        return views.Discovery(found=len(self._accounts[name]), activated=3)

    async def read_list(self, name: ConnectionName, data: bytes) -> views.ListReport:
        self._ask("read_list", (name, data))
        said = account_list.read_list(data)
        known = account_list.recognize(said.entries, map(_candidate, self._accounts[name].values()))
        return views.ListReport(
            ids=known.ids,
            unknown=tuple((entry.line, entry.address) for entry in known.unknown),
            mistakes=tuple((one.line, one.wrong.value, one.text) for one in said.mistakes),
        )

    def _set(self, name: ConnectionName, ids: Sequence[str], status: Status, state: State, why: str) -> None:
        for id in ids:
            one = self._accounts[name][id]
            self._accounts[name][id] = replace(one, status=status, state=state, reasons=((why, ""),))

    async def activate(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("activate", (name, tuple(ids)))
        self._set(name, ids, Status.ACTIVE, State.SCHEDULED, "selected")

    async def pause(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("pause", (name, tuple(ids)))
        self._set(name, ids, Status.PAUSED, State.PAUSED, "selected")

    async def resume(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("resume", (name, tuple(ids)))
        self._set(name, ids, Status.ACTIVE, State.SCHEDULED, "selected")

    async def exclude(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("exclude", (name, tuple(ids)))
        self._set(name, ids, Status.INACTIVE, State.NOT_ACTIVE, "excluded")

    async def include(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("include", (name, tuple(ids)))
        self._set(name, ids, Status.INACTIVE, State.NOT_ACTIVE, "not-chosen")

    async def deactivate(self, name: ConnectionName, ids: Iterable[str]) -> None:
        ids = tuple(ids)
        self._ask("deactivate", (name, tuple(ids)))
        self._set(name, ids, Status.INACTIVE, State.NOT_ACTIVE, "deselected")

    async def delete(self, name: ConnectionName, ids: Iterable[str], grace_days: int = 7) -> Sequence[JobId]:
        ids = tuple(ids)
        self._ask("delete", (name, tuple(ids), grace_days))
        self._set(name, ids, Status.REMOVED, State.REMOVED, "deselected")
        return (self._job(),)

    async def backup(
        self, name: ConnectionName, ids: Iterable[str] | None = None, services: Iterable[Service] = ()
    ) -> Sequence[JobId]:
        self._ask("backup", (name, None if ids is None else tuple(ids), tuple(services)))
        return (self._job(),)

    # --- restore
    async def places(self, service: Service | None = None, words: str = "", limit: int = 50) -> Sequence[views.Place]:
        found = [
            views.Place(
                connection=one.connection, account=one, services=(Service.MAIL,), realm="imap.northwind.example"
            )
            for one in self.servers()
            if one.connection is not None
        ]
        for name in self.kept:
            for one in self._accounts[name].values():
                if one.state is not State.ARCHIVED and one.account.connection is not None:
                    at = one.account.connection
                    found.append(views.Place(connection=at, account=one.account, services=SERVICES, realm=name))
        wanted = words.casefold().split()
        return [
            one
            for one in found
            if (service is None or service in one.services)
            and all(word in f"{one.account.name} {one.account.address} {one.connection}".casefold() for word in wanted)
        ][:limit]

    async def restore_mailbox(self, request: views.MailboxRestore) -> Sequence[JobId]:
        self._ask("restore_mailbox", request)
        return [self._job() for _ in request.services]

    def _job(self) -> JobId:
        self._jobs += 1
        return JobId(f"{9000 + self._jobs:012x}")


def _candidate(one: views.TenantAccount) -> Candidate:
    return Candidate(id=one.id, address=one.account.address, properties=one.properties, groups=frozenset(one.groups))


__all__ = ["DIRECTORY", "FJORD", "NORTHWIND", "FakeTenants", "Proof", "WayIn", "fake_account"]
