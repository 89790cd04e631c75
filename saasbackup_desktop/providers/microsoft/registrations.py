"""Registrations of applications in a tenant, as they stand: read, never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.checks import (
    GRAPH_APPLICATION,
    Credential,
    CredentialKind,
    moment_of,
    thumbprint_of,
)
from saasbackup_desktop.providers.microsoft.graph import Graph

TAG: Final = "saas-backup-desktop"
"""What every registration of ours is marked with."""
_SELECT: Final = "id,appId,displayName,tags,requiredResourceAccess,keyCredentials,passwordCredentials"


@dataclass(frozen=True, slots=True)
class Consent:
    """A permission that an administrator consented to. ``id``: of the assignment."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Registration:
    """An application in its tenant, as it stands."""

    client: str
    application: str
    """The registration's object id."""
    name: str
    principal: str
    """The service principal's object id, which the script of Exchange's roles needs; empty if there is none yet."""
    consents: Sequence[Consent]
    asked: frozenset[str]
    """Ids of the application permissions that the registration lists."""
    credentials: Sequence[Credential]
    tags: frozenset[str]
    others: Sequence[Mapping[str, Any]] = ()
    """What the registration lists beside Graph's application permissions, as it is written there."""

    @property
    def granted(self) -> frozenset[str]:
        """Names of the permissions that were consented to."""
        return frozenset(one.name for one in self.consents)

    def has(self, certificate: AppCertificate) -> bool:
        """Tell whether a certificate was uploaded."""
        return any(one.mark == certificate.short_thumbprint for one in self.credentials)


async def look(graph: Graph, client: str) -> Registration | None:
    """How an application stands; None if its registration is not in this tenant. Raises Fault."""
    quoted = client.replace("'", "''")
    found = await graph.all("/applications", {"$filter": f"appId eq '{quoted}'", "$select": _SELECT})
    return await whole(graph, found[0]) if found else None


async def ours(graph: Graph) -> list[Registration]:
    """All registrations of this program in the tenant, those of other computers too. Raises Fault."""
    found = await tagged(graph, TAG)
    return [await whole(graph, plain) for plain in found]


async def known(graph: Graph, client: str) -> Registration:
    """How an application stands that must be there. Raises NotFound, Fault."""
    found = await look(graph, client)
    if found is None:
        raise NotFound("no such registration in this tenant", reason="registration", name=client)
    return found


async def tagged(graph: Graph, tag: str) -> list[dict[str, Any]]:
    """Registrations with a tag, as Graph lists them. Raises Fault."""
    return await graph.all("/applications", {"$filter": f"tags/any(t:t eq '{tag}')", "$select": _SELECT})


async def principals(graph: Graph, client: str, select: str = "id") -> list[dict[str, Any]]:
    """The service principal of an application, in a list that is empty or has one. Raises Fault."""
    quoted = client.replace("'", "''")
    return await graph.all("/servicePrincipals", {"$filter": f"appId eq '{quoted}'", "$select": select})


async def whole(graph: Graph, plain: Mapping[str, Any]) -> Registration:
    """Complete what a list says of a registration by what was consented to it. Raises Fault."""
    there = await principals(graph, str(plain["appId"]))
    if not there:
        return registration_of(plain, "", ())
    principal = str(there[0]["id"])
    offered = await principals(graph, GRAPH_APPLICATION, "id,appRoles")
    resource = str(offered[0]["id"]) if offered else ""
    names_by_id = {str(one["id"]): str(one.get("value")) for page in offered for one in page.get("appRoles") or ()}
    given = await graph.all(f"/servicePrincipals/{principal}/appRoleAssignments", {"$top": "999"})
    consents = [
        Consent(str(one["id"]), names_by_id.get(str(one["appRoleId"]), str(one["appRoleId"])))
        for one in given
        if one.get("resourceId") == resource
    ]
    return registration_of(plain, principal, tuple(sorted(consents, key=lambda one: one.name)))


def registration_of(plain: Mapping[str, Any], principal: str, consents: Sequence[Consent]) -> Registration:
    """Read a registration as Graph writes it."""
    listed = [dict(one) for one in plain.get("requiredResourceAccess") or ()]
    asked: set[str] = set()
    others = []
    for resource in listed:
        if resource.get("resourceAppId") != GRAPH_APPLICATION:
            others.append(resource)
            continue
        access = resource.get("resourceAccess") or ()
        asked.update(str(one["id"]) for one in access if one.get("type") == "Role")
        if scopes := [one for one in access if one.get("type") != "Role"]:
            others.append({**resource, "resourceAccess": scopes})
    keys = [
        Credential(
            CredentialKind.CERTIFICATE,
            moment_of(one.get("endDateTime")),
            thumbprint_of(one.get("customKeyIdentifier")),
            is_ours=False,
            id=str(one.get("keyId") or ""),
        )
        for one in plain.get("keyCredentials") or ()
    ]
    secrets = [
        Credential(
            CredentialKind.SECRET,
            moment_of(one.get("endDateTime")),
            str(one.get("hint") or ""),
            is_ours=False,
            id=str(one.get("keyId") or ""),
        )
        for one in plain.get("passwordCredentials") or ()
    ]
    return Registration(
        client=str(plain.get("appId") or ""),
        application=str(plain.get("id") or ""),
        name=str(plain.get("displayName") or ""),
        principal=principal,
        consents=consents,
        asked=frozenset(asked),
        credentials=(*keys, *secrets),
        tags=frozenset(str(tag) for tag in plain.get("tags") or ()),
        others=tuple(others),
    )
