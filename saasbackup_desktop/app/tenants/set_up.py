"""Making, renewing and taking back a tenant's application, with the token of an administrator who signed in."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from saasbackup_desktop.app.tenants.drafts import SignIn
from saasbackup_desktop.app.tenants.needs import cloud, for_directory, needs_of, of_a_person, purposes_of
from saasbackup_desktop.app.tenants.store import Entry
from saasbackup_desktop.app.tenants.views import AbilityView, Proof, Step, TenantSettings, WayIn, WayView
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.providers.microsoft import clean_up, registering, ways
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.clean_up import Leftover, LeftoverReason
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import names
from saasbackup_desktop.providers.microsoft.registering import Done, Progress, Registration
from saasbackup_desktop.providers.microsoft.rolling import roll
from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn

Told = Callable[[Sequence[Step]], None]
SET_UP: Final = "set-up"
BACK_UP: Final = "back-up"
_REGISTER: Final = tuple(
    step.value
    for step in (
        registering.Step.APPLICATION,
        registering.Step.CERTIFICATE,
        registering.Step.PRINCIPAL,
        registering.Step.PERMISSIONS,
        registering.Step.CONSENT,
        registering.Step.SIGN_IN,
        registering.Step.IN_FORCE,
    )
)
_RENEW: Final = (registering.Step.CERTIFICATE.value, registering.Step.SIGN_IN.value, "old-certificate")
_SAFE: Final = frozenset(
    {
        LeftoverReason.EXPIRED,
        LeftoverReason.WIDER_THAN_FENCE,
        LeftoverReason.NO_SERVICE_NEEDS_IT,
        LeftoverReason.REPLACED,
    }
)
"""What nobody else can be using: other computers may use the rest."""


def all_ways() -> Sequence[WayView]:
    """The ways in, with what each can and cannot do."""
    return [
        WayView(
            code=way.value,
            way_in=WayIn.ADMINISTRATOR if way is ways.Way.PERSON else WayIn.LEAST_PRIVILEGE,
            abilities=tuple(
                AbilityView(
                    what=one.what.value,
                    extent=one.extent.value,
                    why=one.why,
                    purpose=one.purpose.value if one.purpose is not None else "",
                )
                for one in ways.abilities(way)
            ),
        )
        for way in ways.Way
    ]


def client_of(settings: TenantSettings) -> str:
    """The client that somebody signs in through. Raises Misconfigured where the tenant needs one of its own."""
    where = cloud(settings)
    if where.name == "custom" and not settings.client:
        return registering.COMMAND_LINE_TOOLS  # whatever stands before it, behind it is Microsoft
    return registering.public_client(where, settings.client)


def scopes(settings: TenantSettings, purpose: str) -> tuple[str, ...]:
    """What is asked for by name when somebody signs in. Raises Misconfigured for a purpose that is none."""
    if purpose == SET_UP:
        return registering.REGISTERS
    if purpose != BACK_UP:
        raise Misconfigured("no such purpose of a sign-in", what="unknown-purpose", name=purpose)
    return of_a_person(settings)


@dataclass(slots=True)
class Steps:
    """What was done and what is to be done, as those who watch see it."""

    told: Told
    codes: Sequence[str]
    at: int = -1
    is_failed: bool = False
    facts: dict[str, dict[str, str | int]] = field(default_factory=dict)

    def report(self, progress: Progress) -> None:
        """Take note of one thing that was done or is waited for."""
        code = progress.step.value
        if progress.step is registering.Step.CERTIFICATE and progress.done is Done.REMOVED:
            code = "old-certificate"
        if code in self.codes:
            self.at = max(self.at, self.codes.index(code))
            said: dict[str, str | int] = {"done": progress.done.value}
            self.facts[code] = {**said, "name": progress.name} if progress.name else said
        self.tell()

    def over(self) -> None:
        """All of it is done."""
        self.at = len(self.codes)
        self.tell()

    def failed(self, fault: Fault) -> None:
        """It ended here."""
        self.is_failed = True
        code = self.codes[min(max(self.at, 0), len(self.codes) - 1)]
        self.facts[code] = {**self.facts.get(code, {}), **fault.facts, "code": fault.code}
        self.tell()

    def tell(self) -> None:
        """Show how it stands."""
        self.told([Step(code=code, state=self._state(place), facts=self._facts(code)) for place, code in self._all()])

    def _all(self) -> Iterable[tuple[int, str]]:
        return enumerate(self.codes)

    def _facts(self, code: str) -> dict[str, str | int]:
        return self.facts.get(code, {})

    def _state(self, place: int) -> str:
        here = max(self.at, 0)
        if place == here:
            return "failed" if self.is_failed else "running"
        return "done" if place < here else "waiting"


async def register(
    sign_in: SignIn, certificate: AppCertificate, settings: TenantSettings, told: Told, clock: Clock
) -> tuple[TenantSettings, Registration]:
    """Make the application, or find it again, and prove that it can sign in. Raises Fault."""
    steps = Steps(told, _REGISTER)
    steps.tell()
    where, permissions = cloud(settings), permissions_of(settings)
    graph = Graph(where, sign_in.access, clock, ca_file=settings.ca_file)
    try:
        name = f"SaaS Backup {settings.name}".strip()
        made = await registering.register(graph, name, certificate, permissions, steps.report)
        directory = sign_in.who.tenant if sign_in.who is not None and sign_in.who.tenant else settings.tenant
        known = replace(settings, tenant=directory, client=made.client, proof=Proof.CERTIFICATE)
        await _prove(known, certificate, permissions, steps)
        steps.over()
    except Fault as fault:
        steps.failed(fault)
        raise
    finally:
        await graph.close()
    return known, made


async def renew(
    sign_in: SignIn | None,
    graph: Graph,
    entry: Entry,
    new: AppCertificate,
    application: str,
    told: Told,
    clock: Clock,
    keep: Callable[[], None],
) -> None:
    """Put a new certificate in the place of the old one; ``keep`` is called once it is proven. Raises Fault.

    ``sign_in``: None if the application does it itself, by ``graph`` with the old certificate, which must be good yet.
    ``application``: the registration's object id, if it is known.
    """
    steps = Steps(told, _RENEW)
    steps.tell()
    settings, old = entry.settings, entry.credentials.certificate
    if old is None:
        raise Misconfigured("it does not sign in with a certificate", what="no-certificate", name=settings.name)

    def report(progress: Progress) -> None:
        # Kept before the old one goes: a program that ends in between could sign in with neither.
        if progress.step is registering.Step.SIGN_IN and progress.done is not Done.WAITING:
            keep()
        steps.report(progress)

    proof = _sign_in(settings, new)
    try:
        if sign_in is None:
            now = clock.now()
            await roll(graph, settings.client, old, new, proof, now, report, application=application)
        else:
            theirs = Graph(cloud(settings), sign_in.access, clock, ca_file=settings.ca_file)
            async with aclosing_graph(theirs):
                await registering.renew(theirs, settings.client, old, new, proof, report)
        steps.over()
    except Fault as fault:
        steps.failed(fault)
        raise
    finally:
        proof.close()


@asynccontextmanager
async def aclosing_graph(graph: Graph) -> AsyncIterator[Graph]:
    """Hang up in the end, whatever happens."""
    try:
        yield graph
    finally:
        await graph.close()


async def leftovers(sign_in: SignIn, entry: Entry, former: Iterable[str], clock: Clock) -> list[Leftover]:
    """What the tenant has of us and nobody needs. Raises Fault."""
    settings = entry.settings
    graph = Graph(cloud(settings), sign_in.access, clock, ca_file=settings.ca_file)
    try:
        found: list[Leftover] = []
        certificate = entry.credentials.certificate
        registration = await registering.look(graph, settings.client) if settings.client else None
        if registration is not None and certificate is not None:
            wanted = permissions_of(settings)
            is_fenced = bool(settings.fence)
            found += clean_up.leftovers(registration, certificate, wanted, clock.now(), is_fenced=is_fenced)
        for client in former:
            old = await registering.look(graph, client)
            if old is not None and client != settings.client:
                found.append(clean_up.given_up(old))
    finally:
        await graph.close()
    return [one for one in found if one.reason in _SAFE]


async def clear(
    sign_in: SignIn, settings: TenantSettings, chosen: Sequence[Leftover], told: Told, clock: Clock
) -> None:
    """Remove it, one thing after the other. Raises Fault."""
    graph = Graph(cloud(settings), sign_in.access, clock, ca_file=settings.ca_file)
    try:
        for place, one in enumerate(chosen):
            told(shown(chosen, place))
            await clean_up.clear(graph, [one], lambda _progress: None)
        told(shown(chosen, len(chosen)))
    finally:
        await graph.close()


async def take_back(sign_in: SignIn, settings: TenantSettings, clock: Clock) -> None:
    """Remove the registration itself, with all that was consented to it. Raises Fault."""
    graph = Graph(cloud(settings), sign_in.access, clock, ca_file=settings.ca_file)
    try:
        registration = await registering.look(graph, settings.client)
        if registration is not None and registering.TAG in registration.tags:
            await clean_up.clear(graph, [clean_up.given_up(registration)], lambda _progress: None)
    finally:
        await graph.close()


def shown(found: Sequence[Leftover], done: int = -1) -> list[Step]:
    """Leftovers as steps; ``done``: how many are gone, -1 before anything is."""
    return [
        Step(
            code=f"remove-{one.kind.value}",
            state="waiting" if place > done else "running" if place == done else "done",
            facts={"name": one.name, "reason": one.reason.value, "expires": one.expires},
        )
        for place, one in enumerate(found)
    ]


def permissions_of(settings: TenantSettings) -> frozenset[str]:
    """What an application is consented, by name."""
    mailboxes = registering.wanted(needs_of(settings), purposes_of(settings), is_fenced=bool(settings.fence))
    return mailboxes | frozenset(names(for_directory(settings)))


def _sign_in(settings: TenantSettings, certificate: AppCertificate) -> ApplicationSignIn:
    application = Application(settings.tenant, settings.client, certificate)
    return ApplicationSignIn(cloud(settings), application, ca_file=settings.ca_file)


async def _prove(
    settings: TenantSettings, certificate: AppCertificate, permissions: frozenset[str], steps: Steps
) -> None:
    proof = _sign_in(settings, certificate)
    try:
        await registering.prove(proof, permissions, steps.report)
    finally:
        proof.close()
