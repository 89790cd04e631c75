"""What works in a tenant and what does not: permissions, services, licences and dates, asked for one by one."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from saasbackup_desktop.core.errors import Denied, Fault, Throttled
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.claims import Claims
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.directory import Product, read_products
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.outcomes import REMEDIES, Outcome, Remedy, outcome_of
from saasbackup_desktop.providers.microsoft.permissions import Duty, Need, Permission, WayIn

GRAPH_APPLICATION: Final = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own application id, the same in every tenant and cloud."""


class Standing(StrEnum):
    """How a permission stands."""

    GRANTED = "granted"
    MISSING = "missing"
    PENDING = "pending"
    """Granted, and not in force yet."""
    UNKNOWN = "unknown"
    """There is no way to tell."""


@dataclass(frozen=True, slots=True)
class PermissionFinding:
    """How one row of the table of permissions stands."""

    permission: Permission
    standing: Standing
    outcome: Outcome
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class ServiceFinding:
    """Whether a service answers."""

    need: Need
    outcome: Outcome
    remedy: Remedy
    wait: int = 0
    """Seconds after which the service wants to be asked again."""


@dataclass(frozen=True, slots=True)
class LicenceFinding:
    """What the tenant has bought."""

    outcome: Outcome
    remedy: Remedy
    products: Sequence[Product] = ()

    @property
    def has_exchange(self) -> bool:
        """Some product in force has mailboxes in it."""
        return any(product.has_mailboxes for product in self.products)


class CredentialKind(StrEnum):
    """How an application shows who it is."""

    SECRET = "secret"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret or a certificate, without what is secret of it."""

    kind: CredentialKind
    expires: int
    """Seconds since 1970 UTC."""
    mark: str
    """A certificate's SHA-1 thumbprint in capital letters; of a secret the three letters that the portal shows."""
    is_ours: bool
    id: str = ""
    """By which it is removed; empty if the registration was not read."""


@dataclass(frozen=True, slots=True)
class CredentialFinding:
    """When what we sign in with runs out."""

    outcome: Outcome
    remedy: Remedy
    credentials: Sequence[Credential] = ()
    """Soonest first. Those of our own connection, or all of the registration where it may be read."""
    is_from_registration: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What the connection itself knows of its credential. ``expires``: seconds since 1970 UTC, 0 if nobody noted it."""

    kind: CredentialKind
    mark: str
    expires: int = 0


def check_audience(claims: Claims | None, cloud: Cloud) -> Outcome:
    """Say whether a token was made for this cloud's Graph."""
    if claims is None or claims.audience in (GRAPH_APPLICATION, cloud.graph):
        return Outcome.WELL
    return Outcome.WRONG_CLOUD


async def check_services(
    graph: Graph, user: str, needs: Iterable[Need], way_in: WayIn = WayIn.APPLICATION
) -> list[ServiceFinding]:
    """Ask each service one harmless thing, all in one request. ``user``: whose mailbox is asked.

    Never raises Fault: what goes wrong is the finding. The graph's own patience says how long throttling is waited for.
    """
    wanted = list(dict.fromkeys(needs))
    probes = {**_PROBES, **_OWN} if way_in is WayIn.DELEGATED else _PROBES
    calls = [Call("GET", probes[need].format(user=user)) for need in wanted]
    try:
        answers = await graph.batch(calls, mailbox=user)
    except Fault as fault:
        return [_service(need, fault) for need in wanted]
    return [_service(need, answer.fault) for need, answer in zip(wanted, answers, strict=True)]


_PROBES: Final[Mapping[Need, str]] = {
    Service.MAIL: "/users/{user}/mailFolders/inbox/messages?$top=1&$select=id",
    Service.NOTES: "/users/{user}/mailFolders/inbox/messages?$top=1&$select=id",
    Service.CALENDAR: "/users/{user}/calendars?$top=1&$select=id",
    Service.CONTACTS: "/users/{user}/contactFolders?$top=1&$select=id",
    Service.TASKS: "/users/{user}/todo/lists?$top=1",
    Service.SETTINGS: "/users/{user}/mailboxSettings?$select=userPurpose",
    Service.DIRECTORY: "/policies/authorizationPolicy",
    Duty.ACCOUNTS: "/users?$top=1&$select=id",
    Duty.GROUPS: "/groups?$top=1&$select=id",
    Duty.LICENCES: "/subscribedSkus?$select=id",
    Duty.REGISTRATION: "/applications?$top=1&$select=id",
}


_OWN: Final[Mapping[Need, str]] = {Duty.ACCOUNTS: "/users/{user}?$select=id"}
"""What a person may ask who may not list the others."""


async def check_licences(graph: Graph) -> LicenceFinding:
    """Look at what the tenant has bought. Never raises Fault."""
    try:
        products = await read_products(graph)
    except Fault as fault:
        outcome = outcome_of(fault)
        return LicenceFinding(outcome, REMEDIES[outcome])
    with_mailboxes = [product for product in products if product.mailbox_plans]
    if any(product.has_mailboxes for product in with_mailboxes):
        outcome = Outcome.WELL
    else:
        outcome = Outcome.ON_HOLD if with_mailboxes else Outcome.LICENCE_MISSING
    return LicenceFinding(outcome, REMEDIES[outcome], tuple(products))


async def granted_in_directory(graph: Graph, client: str) -> frozenset[str] | None:
    """Application permissions that are consented to at this moment; None if nobody may look. Raises Fault."""
    try:
        own = await graph.all("/servicePrincipals", _by_client(client, "id"))
        offered = await graph.all("/servicePrincipals", _by_client(GRAPH_APPLICATION, "id,appRoles"))
        if not own or not offered:
            return frozenset()
        at = f"/servicePrincipals/{own[0]['id']}/appRoleAssignments"
        given = await graph.all(at, {"$top": "999"})
    except Denied:
        return None
    names = {str(role["id"]): str(role.get("value") or "") for role in offered[0].get("appRoles") or ()}
    mine = [one for one in given if one.get("resourceId") == offered[0]["id"]]
    return frozenset(names[str(one["appRoleId"])] for one in mine if str(one["appRoleId"]) in names)


def check_permissions(
    wanted: Iterable[Permission],
    claims: Claims | None,
    services: Sequence[ServiceFinding] = (),
    *,
    in_directory: frozenset[str] | None = None,
    before: frozenset[str] = frozenset(),
    is_fenced: bool = False,
) -> list[PermissionFinding]:
    """Judge permissions by what the token says, what the directory says, and whether the services answer.

    ``before``: what an earlier check found granted: what is missing now was revoked. ``is_fenced``: the script that
    gives Exchange's roles was run; what they give is in no token, so the services' answers decide.
    """
    reached = {finding.need: finding.outcome for finding in services}
    judge = _Judge(claims, reached, in_directory, before, is_fenced)
    return [judge.finding(one) for one in wanted]


async def check_credentials(graph: Graph, client: str, seen: Seen, now: int) -> CredentialFinding:
    """Find out when secrets and certificates run out: from the registration if it may be read, else from ourselves.

    ``now``: seconds since 1970 UTC. Never raises Fault.
    """
    query = _by_client(client, "id,passwordCredentials,keyCredentials")
    own = (Credential(seen.kind, seen.expires, seen.mark, is_ours=True),) if seen.expires else ()
    try:
        found = await graph.all("/applications", query)
    except Denied:
        return _credentials(own, now)
    except Fault as fault:
        outcome = outcome_of(fault)
        return CredentialFinding(outcome, REMEDIES[outcome], own)
    if not found:
        return _credentials(own, now)  # registered in another tenant: there is nothing to read here
    listed = _listed(found[0], seen)
    if seen.kind is CredentialKind.CERTIFICATE and not any(one.is_ours for one in listed):
        outcome = Outcome.CERTIFICATE_UNKNOWN
        return CredentialFinding(outcome, REMEDIES[outcome], listed, is_from_registration=True)
    return _credentials(listed, now, is_from_registration=True)


@dataclass(frozen=True, slots=True)
class _Judge:
    claims: Claims | None
    reached: Mapping[Need, Outcome]
    in_directory: frozenset[str] | None
    before: frozenset[str]
    is_fenced: bool

    def finding(self, one: Permission) -> PermissionFinding:
        standing, outcome = self._judged(one)
        remedy = REMEDIES[outcome]
        if outcome is Outcome.MISSING_PERMISSION and standing is Standing.PENDING:
            remedy = Remedy.WAIT
        return PermissionFinding(one, standing, outcome, remedy)

    def _judged(self, one: Permission) -> tuple[Standing, Outcome]:
        reached = self.reached.get(one.need)
        consented = self.in_directory is not None and one.name in self.in_directory
        withdrawn = self.in_directory is not None and not consented and one.way_in is WayIn.APPLICATION
        if self.claims is not None and one.name in self.claims.permissions:
            if withdrawn:  # the token outlives the consent by up to a day
                return Standing.MISSING, Outcome.CONSENT_REVOKED
            return Standing.GRANTED, Outcome.WIDER_THAN_SCOPE if self._fences(one) else Outcome.WELL
        if consented:
            return Standing.PENDING, Outcome.WIDER_THAN_SCOPE if self._fences(one) else Outcome.MISSING_PERMISSION
        # Only what reads can be asked for without harm: that a read goes well says nothing of a write.
        tells = reached is not None and _is_read(one)
        if self._fences(one):
            if tells and reached not in (Outcome.MISSING_PERMISSION, Outcome.OUTSIDE_SCOPE):
                return _by_answer(reached)
            return Standing.PENDING, reached if tells and reached else Outcome.MISSING_PERMISSION
        if self.claims is None and not withdrawn:
            if tells:
                return self._missing(one) if reached is Outcome.MISSING_PERMISSION else _by_answer(reached)
            return Standing.UNKNOWN, Outcome.WELL
        return self._missing(one)

    def _fences(self, one: Permission) -> bool:
        return self.is_fenced and bool(one.role)

    def _missing(self, one: Permission) -> tuple[Standing, Outcome]:
        was = one.name in self.before
        return Standing.MISSING, Outcome.CONSENT_REVOKED if was else Outcome.MISSING_PERMISSION


def _by_answer(outcome: Outcome | None) -> tuple[Standing, Outcome]:
    """What a service's answer says of the permission: some failures come after the permission was looked at."""
    if outcome in (Outcome.WELL, Outcome.MAILBOX_NOT_ENABLED, Outcome.OUTSIDE_SCOPE, Outcome.ON_HOLD):
        return Standing.GRANTED, outcome
    return Standing.UNKNOWN, outcome or Outcome.WELL


def _is_read(one: Permission) -> bool:
    return "ReadWrite" not in one.name


def _by_client(client: str, select: str) -> dict[str, str]:
    quoted = client.replace("'", "''")
    return {"$filter": f"appId eq '{quoted}'", "$select": select}


def _service(need: Need, fault: Fault | None) -> ServiceFinding:
    if fault is None:
        return ServiceFinding(need, Outcome.WELL, Remedy.NOTHING)
    outcome = outcome_of(fault)
    wait = round(fault.wait) if isinstance(fault, Throttled) else 0
    return ServiceFinding(need, outcome, REMEDIES[outcome], wait)


def _listed(registration: Mapping[str, Any], seen: Seen) -> tuple[Credential, ...]:
    found = []
    for plain in registration.get("passwordCredentials") or ():
        mark = str(plain.get("hint") or "")
        is_ours = seen.kind is CredentialKind.SECRET and bool(mark) and mark == seen.mark
        found.append(Credential(CredentialKind.SECRET, moment_of(plain.get("endDateTime")), mark, is_ours))
    for plain in registration.get("keyCredentials") or ():
        mark = thumbprint_of(plain.get("customKeyIdentifier"))
        is_ours = seen.kind is CredentialKind.CERTIFICATE and mark == seen.mark.upper()
        found.append(Credential(CredentialKind.CERTIFICATE, moment_of(plain.get("endDateTime")), mark, is_ours))
    return tuple(sorted(found, key=lambda one: one.expires))


def _credentials(
    credentials: Sequence[Credential], now: int, *, is_from_registration: bool = False
) -> CredentialFinding:
    ours = [one for one in credentials if one.is_ours]
    outcome = Outcome.WELL
    if ours and all(one.expires <= now for one in ours):
        is_secret = ours[0].kind is CredentialKind.SECRET
        outcome = Outcome.SECRET_EXPIRED if is_secret else Outcome.CERTIFICATE_EXPIRED
    return CredentialFinding(outcome, REMEDIES[outcome], tuple(credentials), is_from_registration)


def thumbprint_of(text: Any) -> str:
    """A certificate's identifier as Graph writes it (base64), in capital letters; empty if it is something else."""
    try:
        return base64.b64decode(str(text or ""), validate=True).hex().upper()
    except (binascii.Error, ValueError):
        return ""


def moment_of(text: Any) -> int:
    """Seconds since 1970 UTC; 0 if it is no moment."""
    try:
        return int(datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp())
    except ValueError:
        return 0
