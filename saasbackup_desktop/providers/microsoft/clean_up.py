"""What a tenant has of us and needs no more: listed first, removed when somebody says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.checks import CredentialKind
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.permissions import TABLE
from saasbackup_desktop.providers.microsoft.registering import (
    Registration,
    Report,
    remove_certificates,
    remove_registration,
    remove_secrets,
    withdraw,
)

_FENCED: Final = frozenset(one.name for one in TABLE if one.role)


class LeftoverKind(StrEnum):
    """What it is."""

    CERTIFICATE = "certificate"
    SECRET = "secret"
    PERMISSION = "permission"
    REGISTRATION = "registration"


class LeftoverReason(StrEnum):
    """Why nothing needs it."""

    EXPIRED = "expired"
    NOT_USED_HERE = "not-used-here"
    """This connection signs in with another one. Another computer may use it."""
    WIDER_THAN_FENCE = "wider-than-fence"
    """A role of Exchange gives the same for some mailboxes; the consent for all of them wins."""
    NO_SERVICE_NEEDS_IT = "no-service-needs-it"
    MADE_ELSEWHERE = "made-elsewhere"
    """A registration of this program that another connection made: of another computer, or given up."""
    REPLACED = "replaced"
    """The connection has moved to another registration, or to another way in."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One thing that may be removed."""

    kind: LeftoverKind
    reason: LeftoverReason
    client: str
    application: str
    """The registration's object id."""
    id: str
    """Of a secret its id, of a certificate its SHA-1 thumbprint, of a permission its name, of a registration this."""
    name: str
    """What people know it by."""
    expires: int = 0
    """Seconds since 1970 UTC; 0 for never."""


def leftovers(
    registration: Registration, in_use: AppCertificate, wanted: frozenset[str], now: int, *, is_fenced: bool
) -> list[Leftover]:
    """List what a registration has beyond what is in use. ``wanted``: permissions; ``now``: seconds since 1970 UTC."""
    found = []
    for one in registration.credentials:
        is_certificate = one.kind is CredentialKind.CERTIFICATE
        if is_certificate and one.mark == in_use.short_thumbprint:
            continue
        reason = LeftoverReason.EXPIRED if 0 < one.expires <= now else LeftoverReason.NOT_USED_HERE
        kind = LeftoverKind.CERTIFICATE if is_certificate else LeftoverKind.SECRET
        id = one.mark if is_certificate else one.id
        found.append(_leftover(registration, kind, reason, id, one.mark, one.expires))
    for name in sorted(registration.granted - wanted):
        is_wider = is_fenced and name in _FENCED
        why = LeftoverReason.WIDER_THAN_FENCE if is_wider else LeftoverReason.NO_SERVICE_NEEDS_IT
        found.append(_leftover(registration, LeftoverKind.PERMISSION, why, name, name))
    return found


def other_registrations(found: Iterable[Registration], client: str) -> list[Leftover]:
    """List registrations of this program beside the one in use."""
    return [given_up(one, LeftoverReason.MADE_ELSEWHERE) for one in found if one.client != client]


def given_up(registration: Registration, reason: LeftoverReason = LeftoverReason.REPLACED) -> Leftover:
    """A whole registration that is to go, with all that was consented to it."""
    return _leftover(registration, LeftoverKind.REGISTRATION, reason, registration.application, registration.name)


async def clear(graph: Graph, chosen: Sequence[Leftover], report: Report) -> None:
    """Remove what was listed and chosen; what is gone already is no fault. Raises NotFound, Fault."""
    for application in dict.fromkeys(one.application for one in chosen):
        of_it = [one for one in chosen if one.application == application]
        ids = {kind: [one.id for one in of_it if one.kind is kind] for kind in LeftoverKind}
        client = of_it[0].client
        if ids[LeftoverKind.REGISTRATION]:
            await remove_registration(graph, application, report)
            continue
        if ids[LeftoverKind.PERMISSION]:
            await withdraw(graph, client, ids[LeftoverKind.PERMISSION], report)
        if ids[LeftoverKind.SECRET]:
            await remove_secrets(graph, client, ids[LeftoverKind.SECRET], report)
        if ids[LeftoverKind.CERTIFICATE]:
            await remove_certificates(graph, client, ids[LeftoverKind.CERTIFICATE], report)


def _leftover(
    registration: Registration, kind: LeftoverKind, reason: LeftoverReason, id: str, name: str, expires: int = 0
) -> Leftover:
    return Leftover(kind, reason, registration.client, registration.application, id, name, expires)
