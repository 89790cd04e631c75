"""The people of a tenant: whose mailboxes there are, what they are for, who has a licence, who is in which group."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from saasbackup_desktop.core.activation import Candidate
from saasbackup_desktop.core.errors import DeltaExpired, Denied, NotFound
from saasbackup_desktop.providers.microsoft.calls import Answer, Call, DeltaPage
from saasbackup_desktop.providers.microsoft.graph import Graph

PROPERTIES: Final = (
    "department",
    "jobTitle",
    "companyName",
    "officeLocation",
    "city",
    "state",
    "country",
    "usageLocation",
    "employeeType",
)
"""Properties by which accounts may be picked, beside names and addresses."""
_NAMES: Final = ("displayName", "givenName", "surname")
_OTHERS: Final = ("userPrincipalName", "mail", "proxyAddresses", "accountEnabled", "userType", "assignedLicenses")
_SELECT: Final = ",".join(("id", *_NAMES, *_OTHERS, *PROPERTIES))
_USERS: Final = "/users/delta"
_LARGE: Final = "odata.maxpagesize=999"
_MAILBOX_PLAN: Final = re.compile(r"EXCHANGE_[SLB]_(STANDARD|ENTERPRISE|DESKLESS|ESSENTIALS)")
"""Names of service plans with a mailbox. EXCHANGE_S_FOUNDATION, which is in almost every product, has none."""
_IN_FORCE: Final = frozenset({"Enabled", "Warning"})


class MailboxKind(StrEnum):
    """What a mailbox is for (mailboxSettings, userPurpose)."""

    USER = "user"
    LINKED = "linked"
    SHARED = "shared"
    ROOM = "room"
    EQUIPMENT = "equipment"
    OTHER = "others"
    NONE = "none"
    """There is no mailbox in Exchange Online that can be reached."""
    UNKNOWN = "unknown"
    """Nobody may ask."""


@dataclass(frozen=True, slots=True)
class Found:
    """An account of the directory."""

    id: str
    address: str = ""
    """Where its mail goes; the principal name if it has none."""
    name: str = ""
    given_name: str = ""
    surname: str = ""
    principal: str = ""
    aliases: tuple[str, ...] = ()
    """Further addresses, without the first."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """By the names in ``PROPERTIES``; what is not known is absent."""
    is_licensed: bool = False
    """A product that is in force gives it a mailbox."""
    kind: MailboxKind = MailboxKind.UNKNOWN
    is_enabled: bool = True
    """May sign in."""
    is_guest: bool = False
    is_deleted: bool = False
    is_restorable: bool = False
    """Deleted, and the directory can bring it back."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some accounts, and the link to go on from when all of them are noted."""

    found: Sequence[Found]
    link: str
    is_last: bool
    is_fresh: bool
    """Part of a list of everybody: who is in none of its pages is not there any more."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group that accounts may be picked by."""

    id: str
    name: str
    address: str = ""
    is_security: bool = False
    is_microsoft_365: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Something that the tenant has bought."""

    id: str
    name: str
    status: str
    """As Microsoft says it: Enabled, Warning, Suspended, LockedOut, Deleted."""
    mailbox_plans: frozenset[str]
    """Ids of those of its plans that give a mailbox."""
    used: int = 0
    bought: int = 0

    @property
    def has_mailboxes(self) -> bool:
        """In force, and with a mailbox in it."""
        return self.status in _IN_FORCE and bool(self.mailbox_plans)


async def read_products(graph: Graph) -> list[Product]:
    """What the tenant has bought. Raises Fault."""
    return [_product(plain) for plain in await graph.all("/subscribedSkus")]


async def discover(
    graph: Graph,
    since: str = "",
    products: Sequence[Product] | None = None,
    *,
    is_thorough: bool = False,
) -> AsyncGenerator[FoundPage, None]:
    """Read who came, changed or left since a link was given; everybody without one, or if it is known no more.

    ``products``: None if nobody may read them: then every licence counts as one with a mailbox. What a mailbox is for
    is asked of accounts that are blocked or have no licence, as shared mailboxes, rooms and equipment are;
    ``is_thorough``: of all. One page at a time is held. Raises Fault.
    """
    looking = _Looking(graph, products, is_thorough)
    try:
        async with aclosing(_pages(graph, since)) as pages:
            async for page in pages:
                yield await looking.at(page, is_fresh=not since)
    except DeltaExpired:
        async with aclosing(_pages(graph, "")) as pages:
            async for page in pages:
                yield await looking.at(page, is_fresh=True)


def candidate_of(found: Found, groups: frozenset[str] = frozenset()) -> Candidate:
    """An account as the rules of activation look at it. ``groups``: those of the groups in rules that it is in."""
    names = {
        "displayName": found.name,
        "givenName": found.given_name,
        "surname": found.surname,
        "userPrincipalName": found.principal,
        "mail": found.address,
        "licensed": "yes" if found.is_licensed else "no",
        "kind": found.kind.value,
    }
    return Candidate(
        id=found.id,
        address=found.address,
        aliases=found.aliases,
        properties={**found.properties, **names},
        groups=groups,
        has_mailbox=found.kind is not MailboxKind.NONE,
        is_deleted=found.is_deleted,
    )


async def read_groups(graph: Graph) -> AsyncGenerator[list[Group], None]:
    """All groups, page by page. Raises Fault."""
    query = {"$select": "id,displayName,mail,groupTypes,securityEnabled", "$top": "999"}
    async with aclosing(graph.pages("/groups", query)) as pages:
        async for page in pages:
            yield [_group(plain) for plain in page]


async def read_members(graph: Graph, group: str) -> frozenset[str] | None:
    """Ids of the accounts in a group and in the groups in it; None if there is no such group. Raises Fault."""
    found: set[str] = set()
    query = {"$select": "id", "$top": "999"}
    try:
        async with aclosing(graph.pages(f"/groups/{group}/transitiveMembers", query)) as pages:
            async for page in pages:
                found.update(one["id"] for one in page if one.get("@odata.type") == "#microsoft.graph.user")
    except NotFound:
        return None
    return frozenset(found)


def _pages(graph: Graph, since: str) -> AsyncGenerator[DeltaPage, None]:
    if since:
        return graph.delta(since, prefer=[_LARGE])
    return graph.delta(_USERS, {"$select": _SELECT}, prefer=[_LARGE])


class _Looking:
    """Completes what a page of the directory's changes says."""

    def __init__(self, graph: Graph, products: Sequence[Product] | None, is_thorough: bool) -> None:
        self._graph = graph
        self._products = None if products is None else {one.id: one for one in products}
        self._is_thorough = is_thorough
        self._may_ask = True

    async def at(self, page: DeltaPage, *, is_fresh: bool) -> FoundPage:
        """Make accounts of a page. Raises Fault."""
        last = {str(plain["id"]): plain for plain in page.values}  # somebody may be told of twice: the last word counts
        plains: list[Mapping[str, Any]] = list(last.values())
        if not is_fresh:
            plains = await self._whole(plains)
        found = [self._account(plain) for plain in plains]
        return FoundPage(await self._with_kinds(found), page.link, page.is_last, is_fresh)

    async def _whole(self, plains: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """A change may name what changed and no more: then the whole account is asked for."""
        wanted = _SELECT.split(",")
        short = [
            str(plain["id"])
            for plain in plains
            if "@removed" not in plain and any(name not in plain for name in wanted)
        ]
        calls = [Call("GET", f"/users/{id}?$select={_SELECT}") for id in short]
        answers = dict(zip(short, await self._graph.batch(calls), strict=True)) if calls else {}
        return [_instead(plain, answers.get(str(plain["id"]))) for plain in plains]

    def _account(self, plain: Mapping[str, Any]) -> Found:
        removed = plain.get("@removed")
        if removed is not None:
            reason = removed.get("reason") if isinstance(removed, Mapping) else ""
            return Found(str(plain["id"]), is_deleted=True, is_restorable=reason == "changed", kind=MailboxKind.NONE)
        principal = str(plain.get("userPrincipalName") or "")
        address = str(plain.get("mail") or principal)
        enabled = plain.get("accountEnabled")
        return Found(
            id=str(plain["id"]),
            address=address,
            name=str(plain.get("displayName") or ""),
            given_name=str(plain.get("givenName") or ""),
            surname=str(plain.get("surname") or ""),
            principal=principal,
            aliases=_aliases(plain, address, principal),
            properties={name: str(plain[name]) for name in PROPERTIES if plain.get(name)},
            is_licensed=self._is_licensed(plain.get("assignedLicenses") or ()),
            kind=MailboxKind.UNKNOWN if plain.get("mail") else MailboxKind.NONE,
            is_enabled=enabled is None or bool(enabled),
            is_guest=str(plain.get("userType") or "").lower() == "guest",
        )

    def _is_licensed(self, licences: Sequence[Mapping[str, Any]]) -> bool:
        if self._products is None:
            return bool(licences)
        for licence in licences:
            product = self._products.get(str(licence.get("skuId")))
            without = frozenset(str(plan) for plan in licence.get("disabledPlans") or ())
            if product is not None and product.has_mailboxes and product.mailbox_plans - without:
                return True
        return False

    async def _with_kinds(self, found: Sequence[Found]) -> list[Found]:
        presumed = [self._presumed(one) for one in found]
        unknown = [one.id for one in presumed if one.kind is MailboxKind.UNKNOWN]
        kinds = await self._kinds(unknown) if unknown and self._may_ask else {}
        return [replace(one, kind=kinds.get(one.id, one.kind)) for one in presumed]

    def _presumed(self, one: Found) -> Found:
        if one.kind is not MailboxKind.UNKNOWN:
            return replace(one, kind=MailboxKind.UNKNOWN) if one.is_licensed and not one.is_deleted else one
        if one.is_guest and not one.is_licensed:
            return replace(one, kind=MailboxKind.NONE)  # a guest's address leads to another tenant
        if one.is_licensed and one.is_enabled and not self._is_thorough:
            return replace(one, kind=MailboxKind.USER)
        return one

    async def _kinds(self, ids: Sequence[str]) -> dict[str, MailboxKind]:
        calls = [Call("GET", f"/users/{id}/mailboxSettings?$select=userPurpose") for id in ids]
        answers = await self._graph.batch(calls)
        # Refused outside of a fence, or for want of the permission: then asking on for thousands would tell no more.
        self._may_ask = not all(_is_refused(answer) for answer in answers)
        return {id: _kind(answer) for id, answer in zip(ids, answers, strict=True)}


def _instead(plain: Mapping[str, Any], answer: Answer | None) -> Mapping[str, Any]:
    if answer is None:
        return plain
    if answer.fault is None:
        whole: Mapping[str, Any] = answer.body
        return whole
    if isinstance(answer.fault, NotFound):
        return {"id": plain["id"], "@removed": {"reason": "changed"}}  # left in this moment
    raise answer.fault


def _kind(answer: Answer) -> MailboxKind:
    if answer.fault is None:
        said = str(answer.body.get("userPurpose") or "")
        return MailboxKind(said) if said in set(MailboxKind) else MailboxKind.OTHER
    if _has_no_mailbox(answer):
        return MailboxKind.NONE
    if isinstance(answer.fault, Denied):
        return MailboxKind.UNKNOWN
    raise answer.fault


def _is_refused(answer: Answer) -> bool:
    fault = answer.fault
    return isinstance(fault, Denied) and fault.facts.get("reason") in ("access", "permission")


def _has_no_mailbox(answer: Answer) -> bool:
    fault = answer.fault
    return fault is not None and (
        isinstance(fault, NotFound) or fault.facts.get("reason") in ("mailbox-not-enabled", "mailbox", "user")
    )


def _aliases(plain: Mapping[str, Any], address: str, principal: str) -> tuple[str, ...]:
    """Addresses beside the first one, each once, whatever their letters' case."""
    said = [str(one) for one in plain.get("proxyAddresses") or ()]
    addresses = [one[5:] for one in said if one[:5].lower() == "smtp:"]
    found = {one.casefold(): one for one in (*addresses, principal) if one}
    found.pop(address.casefold(), None)
    return tuple(found.values())


def _group(plain: Mapping[str, Any]) -> Group:
    return Group(
        id=str(plain["id"]),
        name=str(plain.get("displayName") or ""),
        address=str(plain.get("mail") or ""),
        is_security=bool(plain.get("securityEnabled")),
        is_microsoft_365="Unified" in (plain.get("groupTypes") or ()),
    )


def _product(plain: Mapping[str, Any]) -> Product:
    plans = [
        str(plan.get("servicePlanId"))
        for plan in plain.get("servicePlans") or ()
        if _MAILBOX_PLAN.match(str(plan.get("servicePlanName")))
    ]
    units = plain.get("prepaidUnits") or {}
    return Product(
        id=str(plain.get("skuId")),
        name=str(plain.get("skuPartNumber") or ""),
        status=str(plain.get("capabilityStatus") or ""),
        mailbox_plans=frozenset(plans),
        used=int(plain.get("consumedUnits") or 0),
        bought=int(units.get("enabled") or 0),
    )
