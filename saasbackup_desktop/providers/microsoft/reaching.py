"""What somebody who signed in reaches: the own mailbox, and those of others that this person names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from saasbackup_desktop.core.errors import Denied, NotFound
from saasbackup_desktop.providers.microsoft.directory import Found, MailboxKind
from saasbackup_desktop.providers.microsoft.graph import Graph

_SELECT: Final = "id,displayName,givenName,surname,mail,userPrincipalName"


class Reach(StrEnum):
    """Whether a mailbox was reached."""

    REACHED = "reached"
    NOT_SHARED = "not-shared"
    """There is such an account; its mailbox was not shared with who signed in, or there is none."""
    UNKNOWN = "unknown"
    """Nobody in this tenant has this address."""
    NOT_ALLOWED = "not-allowed"
    """The sign-in did not ask for mailboxes of others, or nobody consented."""


@dataclass(frozen=True, slots=True)
class Named:
    """What became of an address that somebody named."""

    address: str
    reach: Reach
    found: Found | None = None
    """The account; None where there is none, or nobody may look."""


async def own_account(graph: Graph) -> Found:
    """Who signed in. Raises Fault."""
    return _found(await graph.get("/me", {"$select": _SELECT}), MailboxKind.USER)


async def named_mailbox(graph: Graph, address: str) -> Named:
    """Try whether a mailbox is reached, by opening its inbox. Raises Fault for what says nothing of the mailbox."""
    quoted = address.strip().replace("'", "''")
    condition = f"mail eq '{quoted}' or userPrincipalName eq '{quoted}'"
    try:
        accounts = await graph.all("/users", {"$filter": condition, "$select": _SELECT})
        if not accounts:
            return Named(address, Reach.UNKNOWN)
        found = _found(accounts[0], MailboxKind.UNKNOWN)
    except Denied:
        return Named(address, Reach.NOT_ALLOWED)
    try:
        await graph.get(f"/users/{found.id}/mailFolders/inbox", {"$select": "id"}, mailbox=found.id)
    except NotFound:
        return Named(address, Reach.NOT_SHARED, found)
    except Denied as denied:
        has_none = denied.facts.get("reason") == "mailbox-not-enabled"
        return Named(address, Reach.NOT_SHARED if has_none else Reach.NOT_ALLOWED, found)
    return Named(address, Reach.REACHED, found)


def _found(plain: Mapping[str, Any], kind: MailboxKind) -> Found:
    principal = str(plain.get("userPrincipalName") or "")
    return Found(
        id=str(plain["id"]),
        address=str(plain.get("mail") or principal),
        name=str(plain.get("displayName") or ""),
        given_name=str(plain.get("givenName") or ""),
        surname=str(plain.get("surname") or ""),
        principal=principal,
        kind=kind,
    )
