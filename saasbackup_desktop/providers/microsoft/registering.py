"""The application of a tenant: made with an administrator's token, found again, and brought up to date.

Every step looks first at what is there, so that all of it can be run again after it broke off anywhere. What Microsoft
calls eventual is waited for: what was just made is not known everywhere at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from saasbackup_desktop.core.errors import Fault, Misconfigured, NotFound, Refused, SignInNeeded, Unreachable
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.checks import (
    GRAPH_APPLICATION,
    CredentialKind,
    thumbprint_of,
)
from saasbackup_desktop.providers.microsoft.claims import Claims, read_claims
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.graph import Graph, Token
from saasbackup_desktop.providers.microsoft.permissions import Need, Purpose, WayIn, names, needed, unfenced
from saasbackup_desktop.providers.microsoft.registrations import (
    TAG,
    Consent,
    Registration,
    known,
    look,
    ours,
    principals,
    registration_of,
    tagged,
    whole,
)

__all__ = [
    "COMMAND_LINE_TOOLS",
    "REGISTERS",
    "RENEWS",
    "TAG",
    "Consent",
    "Done",
    "Patience",
    "Progress",
    "Proof",
    "Registration",
    "Report",
    "Step",
    "for_restore_only",
    "grant",
    "key_of",
    "look",
    "mark_of",
    "ours",
    "prove",
    "public_client",
    "register",
    "remove_certificates",
    "remove_registration",
    "remove_secrets",
    "renew",
    "wanted",
    "withdraw",
]

COMMAND_LINE_TOOLS: Final = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft Graph Command Line Tools: Microsoft's own public client, which every tenant of its cloud knows."""
REGISTERS: Final = ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
"""What an administrator's token must allow for registering, and for consenting."""
RENEWS: Final = ("Application.ReadWrite.All",)
"""What it must allow for certificates alone."""
_WITHOUT_TOOLS: Final = frozenset({"china", "custom"})
"""Clouds that do not know the applications of the global one."""
_NOT_YET: Final = frozenset({"app-unknown", "certificate-unknown"})
"""Refusals of a sign-in that pass by themselves while the directory comes to know what was just written."""


class Step(StrEnum):
    """What is being done."""

    APPLICATION = "application"
    CERTIFICATE = "certificate"
    SECRET = "secret"
    PERMISSIONS = "permissions"
    """What the registration says that it needs."""
    PRINCIPAL = "principal"
    CONSENT = "consent"
    SIGN_IN = "sign-in"
    IN_FORCE = "in-force"


class Done(StrEnum):
    """What came of a step."""

    PRESENT = "present"
    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"
    WAITING = "waiting"
    """Not known everywhere yet; it is asked for again."""
    UNAVAILABLE = "unavailable"
    """This cloud does not offer the permission."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step, for those who watch. ``name``: of the permission, thumbprint or application, where there is one."""

    step: Step
    done: Done
    name: str = ""


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the directory. ``waits``: seconds between attempts."""

    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    waits: Sequence[float] = (1, 2, 3, 5, 10, 15, 20, 30, 30)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a sign-in with the certificate gave."""

    claims: Claims | None
    missing: frozenset[str]
    """What tokens do not allow yet; empty too if the token cannot be read."""


def public_client(cloud: Cloud, own: str = "") -> str:
    """The client that an administrator signs in through. Raises Misconfigured where a tenant needs one of its own."""
    if own:
        return own
    if cloud.name in _WITHOUT_TOOLS:
        raise Misconfigured("this cloud knows no public client of Microsoft's", what="client-needed", name=cloud.name)
    return COMMAND_LINE_TOOLS


def wanted(needs: Iterable[Need], purposes: Iterable[Purpose], *, is_fenced: bool) -> frozenset[str]:
    """Permissions to consent to for the whole tenant; with a fence those are left out that Exchange's roles give."""
    rows = needed(WayIn.APPLICATION, needs, purposes)
    return frozenset(unfenced(rows) if is_fenced else names(rows))


def for_restore_only(needs: Iterable[Need], *, is_fenced: bool) -> frozenset[str]:
    """What is consented to for the time of a restore, and withdrawn after it."""
    every = list(needs)
    backing_up = wanted(every, [Purpose.BACK_UP], is_fenced=is_fenced)
    return wanted(every, [Purpose.RESTORE], is_fenced=is_fenced) - backing_up


def mark_of(certificate: AppCertificate) -> str:
    """The tag by which a registration is found again that was begun with this certificate."""
    return f"{TAG}:{certificate.thumbprint[:32].lower()}"


async def register(
    graph: Graph,
    name: str,
    certificate: AppCertificate,
    permissions: frozenset[str],
    report: Report,
    patience: Patience | None = None,
) -> Registration:
    """Make the application, its service principal and the consents, as far as they are not there. Raises Fault.

    ``graph``: with a token of an administrator that allows ``REGISTERS``. The certificate must be kept before this is
    called: what is made without it cannot be used or found again.
    """
    return await _Directory(graph, report, patience or Patience()).register(name, certificate, permissions)


async def grant(
    graph: Graph, client: str, permissions: Iterable[str], report: Report, patience: Patience | None = None
) -> Registration:
    """Consent to more permissions. Raises NotFound if there is no such registration, Fault."""
    directory = _Directory(graph, report, patience or Patience())
    return await directory.grant(await known(graph, client), frozenset(permissions))


async def withdraw(
    graph: Graph, client: str, permissions: Iterable[str], report: Report, patience: Patience | None = None
) -> Registration:
    """Take consent back. Tokens that were given before keep it for about an hour. Raises NotFound, Fault."""
    directory = _Directory(graph, report, patience or Patience())
    return await directory.withdraw(await known(graph, client), frozenset(permissions))


async def prove(token: Token, permissions: frozenset[str], report: Report, patience: Patience | None = None) -> Proof:
    """Sign in until it goes well and tokens allow what was consented to. Raises SignInNeeded, Fault.

    Consents that are not in force when patience ends are no fault: they are in ``Proof.missing``.
    """
    return await _prove(token, permissions, report, patience or Patience())


async def renew(
    graph: Graph,
    client: str,
    old: AppCertificate,
    new: AppCertificate,
    token: Token,
    report: Report,
    patience: Patience | None = None,
) -> Registration:
    """Upload a new certificate, sign in with it, then remove the old one. Raises Fault.

    ``token``: a sign-in with the new certificate. While it does not go well, the old certificate stays.
    """
    directory = _Directory(graph, report, patience or Patience())
    await directory.upload(await known(graph, client), new)
    await prove(token, frozenset(), report, patience)
    await directory.remove_certificates(await known(graph, client), frozenset({old.short_thumbprint}))
    return await known(graph, client)


async def remove_certificates(graph: Graph, client: str, marks: Iterable[str], report: Report) -> None:
    """Remove certificates by their SHA-1 thumbprints. Raises NotFound, Fault."""
    await _Directory(graph, report, Patience()).remove_certificates(await known(graph, client), frozenset(marks))


async def remove_secrets(graph: Graph, client: str, ids: Iterable[str], report: Report) -> None:
    """Remove secrets by their ids. Raises NotFound, Fault."""
    registration = await known(graph, client)
    wanted_gone = set(ids)
    for one in registration.credentials:
        if one.kind is CredentialKind.SECRET and one.id in wanted_gone:
            at = f"/applications/{registration.application}/removePassword"
            await graph.send("POST", at, {"keyId": one.id}, repeats=True)
            report(Progress(Step.SECRET, Done.REMOVED, one.mark))


async def remove_registration(graph: Graph, application: str, report: Report) -> None:
    """Remove a registration by its object id, and the service principal with it: for 30 days it can be brought back."""
    await _gone(graph, f"/applications/{application}")
    report(Progress(Step.APPLICATION, Done.REMOVED, application))


class _Directory:
    """Writes to one tenant's directory."""

    def __init__(self, graph: Graph, report: Report, patience: Patience) -> None:
        self._graph = graph
        self._report = report
        self._patience = patience
        self._offered: tuple[str, dict[str, str]] | None = None

    async def register(self, name: str, certificate: AppCertificate, permissions: frozenset[str]) -> Registration:
        mark = mark_of(certificate)
        found = await tagged(self._graph, mark)
        if found:
            self._report(Progress(Step.APPLICATION, Done.PRESENT, name))
            registration = await whole(self._graph, found[0])
            if not registration.has(certificate):
                await self.upload(registration, certificate)
        else:
            registration = await self._make(name, certificate, mark)
        return await self.grant(await self._with_principal(registration), permissions)

    async def grant(self, registration: Registration, permissions: frozenset[str]) -> Registration:
        """Consent, then list what was consented to in the registration."""
        if not registration.principal:
            registration = await self._with_principal(registration)
        resource, roles = await self._offers()
        missing = [Progress(Step.CONSENT, Done.UNAVAILABLE, one) for one in sorted(permissions - roles.keys())]
        for progress in missing:
            self._report(progress)
        wanted_here = sorted(permissions & roles.keys())
        await self._list(registration, registration.asked | {roles[one] for one in wanted_here})
        given = {one.name: one for one in registration.consents}
        for name in wanted_here:
            if name in given:
                self._report(Progress(Step.CONSENT, Done.PRESENT, name))
                continue
            given[name] = await self._consent(registration.principal, resource, roles[name], name)
        return await self._as_it_stands(registration, given)

    async def withdraw(self, registration: Registration, permissions: frozenset[str]) -> Registration:
        """Take consents back, and what the registration lists of them."""
        given = {one.name: one for one in registration.consents}
        for name in sorted(permissions & given.keys()):
            consent = given.pop(name)
            at = f"/servicePrincipals/{registration.principal}/appRoleAssignments/{consent.id}"
            await _gone(self._graph, at)
            self._report(Progress(Step.CONSENT, Done.REMOVED, name))
        _, roles = await self._offers()
        await self._list(registration, registration.asked - {roles[one] for one in permissions if one in roles})
        return await self._as_it_stands(registration, given)

    async def upload(self, registration: Registration, certificate: AppCertificate) -> None:
        """Add a certificate to those that are there."""
        if registration.has(certificate):
            self._report(Progress(Step.CERTIFICATE, Done.PRESENT, certificate.short_thumbprint))
            return
        keys = [*await self._keys(registration), key_of(certificate)]
        await self._graph.send("PATCH", f"/applications/{registration.application}", {"keyCredentials": keys})
        self._report(Progress(Step.CERTIFICATE, Done.MADE, certificate.short_thumbprint))

    async def remove_certificates(self, registration: Registration, marks: frozenset[str]) -> None:
        """Leave all certificates but these."""
        keys = await self._keys(registration)
        kept = [one for one in keys if thumbprint_of(one.get("customKeyIdentifier")) not in marks]
        if len(kept) < len(keys):
            await self._graph.send("PATCH", f"/applications/{registration.application}", {"keyCredentials": kept})
        for mark in sorted({thumbprint_of(one.get("customKeyIdentifier")) for one in keys} & marks):
            self._report(Progress(Step.CERTIFICATE, Done.REMOVED, mark))

    async def _make(self, name: str, certificate: AppCertificate, mark: str) -> Registration:
        body = {
            "displayName": name,
            "signInAudience": "AzureADMyOrg",
            "tags": [TAG, mark],
            "keyCredentials": [key_of(certificate)],
        }
        try:
            made = await self._graph.send("POST", "/applications", body)
        except Unreachable:
            # Whether it was made is not known, and a second one must not be: it is looked for until it would be seen.
            found = await self._tried(lambda: self._tagged_one(mark), Step.APPLICATION, (NotFound,))
            made = found
        self._report(Progress(Step.APPLICATION, Done.MADE, name))
        return registration_of(made, "", ())

    async def _tagged_one(self, mark: str) -> dict[str, Any]:
        found = await tagged(self._graph, mark)
        if not found:
            raise NotFound("the registration is not there", reason="registration")
        return found[0]

    async def _with_principal(self, registration: Registration) -> Registration:
        if registration.principal:
            self._report(Progress(Step.PRINCIPAL, Done.PRESENT))
            return registration
        made = await self._tried(lambda: self._principal(registration.client), Step.PRINCIPAL, (Refused, NotFound))
        self._report(Progress(Step.PRINCIPAL, Done.MADE))
        return replace(registration, principal=str(made["id"]))

    async def _principal(self, client: str) -> dict[str, Any]:
        try:
            return await self._graph.send("POST", "/servicePrincipals", {"appId": client, "tags": [TAG]})
        except (Refused, Unreachable) as fault:
            if found := await principals(self._graph, client):
                return found[0]
            raise _unsure(fault) from fault

    async def _consent(self, principal: str, resource: str, role: str, name: str) -> Consent:
        at = f"/servicePrincipals/{principal}/appRoleAssignments"
        body = {"principalId": principal, "resourceId": resource, "appRoleId": role}

        async def ask() -> dict[str, Any]:
            try:
                return await self._graph.send("POST", at, body)
            except (Refused, Unreachable) as fault:
                # Refused, since it is there already; or broken off after it was carried out.
                for one in await self._graph.all(at, {"$top": "999"}):
                    if one.get("appRoleId") == role and one.get("resourceId") == resource:
                        return one
                raise _unsure(fault) from fault

        made = await self._tried(ask, Step.CONSENT, (Refused, NotFound), name)
        self._report(Progress(Step.CONSENT, Done.MADE, name))
        return Consent(str(made["id"]), name)

    async def _list(self, registration: Registration, asked: frozenset[str]) -> None:
        """Say in the registration what it needs; what it lists beside Graph's application permissions stays."""
        if asked == registration.asked:
            self._report(Progress(Step.PERMISSIONS, Done.PRESENT))
            return
        body = {"requiredResourceAccess": _listed(registration.others, asked)}
        at = f"/applications/{registration.application}"
        await self._tried(lambda: self._graph.send("PATCH", at, body), Step.PERMISSIONS, (NotFound,))
        self._report(Progress(Step.PERMISSIONS, Done.CHANGED))

    async def _keys(self, registration: Registration) -> list[dict[str, Any]]:
        """Certificates with all that must be sent back for each one to stay: lists of registrations leave it out."""
        at = f"/applications/{registration.application}"
        read = await self._tried(
            lambda: self._graph.get(at, {"$select": "id,keyCredentials"}), Step.CERTIFICATE, (NotFound,)
        )
        return [dict(one) for one in read.get("keyCredentials") or ()]

    async def _offers(self) -> tuple[str, dict[str, str]]:
        """Graph's own service principal in this tenant, and the application permissions that it offers."""
        if self._offered is None:
            found = await principals(self._graph, GRAPH_APPLICATION, "id,appRoles")
            if not found:
                raise NotFound("Graph is not in this tenant", reason="graph")
            roles = {str(one.get("value")): str(one["id"]) for one in found[0].get("appRoles") or ()}
            self._offered = str(found[0]["id"]), roles
        return self._offered

    async def _as_it_stands(self, registration: Registration, given: Mapping[str, Consent]) -> Registration:
        found = await look(self._graph, registration.client)
        consents = tuple(given[name] for name in sorted(given))
        # What was just made may not be known everywhere yet: what was answered counts.
        return replace(found or registration, principal=registration.principal, consents=consents)

    async def _tried(
        self,
        ask: Callable[[], Awaitable[dict[str, Any]]],
        step: Step,
        passing: tuple[type[Fault], ...],
        name: str = "",
    ) -> dict[str, Any]:
        for wait in self._patience.waits:
            try:
                return await ask()
            except passing:
                self._report(Progress(step, Done.WAITING, name))
                await self._patience.pause(wait)
        return await ask()


async def _prove(token: Token, permissions: frozenset[str], report: Report, patience: Patience) -> Proof:
    text, renew, proof = "", False, Proof(None, permissions)
    for wait in (*patience.waits, None):
        try:
            text = await token(renew)
        except SignInNeeded as fault:
            if wait is None or fault.facts.get("reason") not in _NOT_YET:
                raise
            report(Progress(Step.SIGN_IN, Done.WAITING))
        else:
            claims = read_claims(text)
            missing = permissions - claims.permissions if claims is not None else frozenset()
            proof = Proof(claims, missing)
            report(Progress(Step.SIGN_IN, Done.PRESENT))
            if not missing:
                report(Progress(Step.IN_FORCE, Done.PRESENT))
                return proof
            report(Progress(Step.IN_FORCE, Done.WAITING))
        renew = True
        if wait is not None:
            await patience.pause(wait)
    return proof


def _unsure(fault: Fault) -> Fault:
    """A request that broke off may be sent again where the directory refuses to carry it out twice."""
    return NotFound(str(fault), **fault.facts) if isinstance(fault, Unreachable) else fault


async def _gone(graph: Graph, at: str) -> None:
    try:
        await graph.send("DELETE", at)
    except NotFound:
        return  # somebody was faster, or an earlier attempt was carried out


def _listed(others: Sequence[Mapping[str, Any]], asked: Iterable[str]) -> list[dict[str, Any]]:
    """The registration's list: Graph's application permissions joined to what else it has of Graph."""
    roles = [{"id": one, "type": "Role"} for one in sorted(asked)]
    graph = [one for one in others if one.get("resourceAppId") == GRAPH_APPLICATION]
    rest = [dict(one) for one in others if one.get("resourceAppId") != GRAPH_APPLICATION]
    kept = [dict(access) for one in graph for access in one.get("resourceAccess") or ()]
    if roles or kept:
        rest.append({"resourceAppId": GRAPH_APPLICATION, "resourceAccess": [*roles, *kept]})
    return rest


def key_of(certificate: AppCertificate) -> dict[str, Any]:
    """A certificate as Graph takes it, without its private key."""
    return {
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": certificate.public_key,
        "displayName": certificate.name,
    }
