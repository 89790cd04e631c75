"""Find what an argument means: an account, a source, a folder, an item."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.views import Place, Tenant
from saasbackup_desktop.app.views import Connection, FolderRow, ItemRow, StreamCard
from saasbackup_desktop.cli.figures import listed
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, NodeId, SnapshotId
from saasbackup_desktop.core.model import Provider, Service

T = TypeVar("T")
_NAMED: Final = 20
"""More than these names help nobody."""
_UNREADABLE: Final = "accounts-unreadable"


def account(cards: Sequence[StreamCard], text: str, *, by_service: bool = False) -> StreamCard:
    """An account by its address, its source's name, its id or its stream's id. Raises Misconfigured.

    ``by_service``: the command has an option that says which of its services is meant.
    """
    found = _matching(cards, text)
    if len(found) == 1:
        return found[0]
    if found:
        if by_service and len({card.account.id for card in found}) == 1:
            services = listed(card.service.value for card in found)
            raise Misconfigured(text, what=f"“{text}” has several services; --service says which: {services}")
        streams = listed(card.stream for card in found)
        raise Misconfigured(text, what=f"“{text}” means more than one account; say which: {streams}")
    raise Misconfigured(text, what=f"there is no account “{text}”; {_known(card.account.address for card in cards)}")


def services(cards: Sequence[StreamCard], text: str) -> list[StreamCard]:
    """All services of an account, or the one that is named. Raises Misconfigured."""
    found = _matching(cards, text)
    return found if len({card.account.id for card in found}) == 1 else [account(cards, text)]


def of_service(cards: Sequence[StreamCard], service: Service | Collection[Service] | None) -> Sequence[StreamCard]:
    """Those of one kind of content, or of some; all if none is asked for."""
    wanted = (service,) if isinstance(service, Service) else service
    return [card for card in cards if not wanted or card.service in wanted]


def account_and_rest(cards: Sequence[StreamCard], text: str) -> tuple[StreamCard, str]:
    """``ACCOUNT`` or ``ACCOUNT:REST``. Raises Misconfigured."""
    before, colon, rest = text.partition(":")
    if not colon or _matching(cards, text):
        return account(cards, text, by_service=True), ""
    return account(cards, before, by_service=True), rest


def connected(
    cards: Sequence[StreamCard], names: Iterable[str], accounts: Iterable[str] = (), tenants: Sequence[Tenant] = ()
) -> list[StreamCard]:
    """What can be backed up of these sources, tenants and accounts; everything if none is named.

    ``accounts``: only these of them. Raises Misconfigured.
    """
    chosen = list(dict.fromkeys(names))
    found = [] if chosen else [card for card in cards if card.connection is not None]
    for name in chosen:
        tenant = tenant_or_none(tenants, name)
        of_name = _of_tenant(cards, tenant) if tenant is not None else _connected(services(cards, name), name)
        found += [card for card in of_name if card not in found]
    wanted = list(dict.fromkeys(accounts))
    if not wanted:
        return found
    chosen_streams = {card.stream for text in wanted for card in _among(found, cards, text)}
    return [card for card in found if card.stream in chosen_streams]


def unreadable(tenants: Sequence[Tenant], names: Iterable[str]) -> tuple[list[Misconfigured], list[str]]:
    """What keeps tenants from being backed up because their accounts cannot be read, and the names without them.

    Of all tenants if none is named.
    """
    chosen = list(dict.fromkeys(names))
    broken = [one.settings.name for one in tenants if one.problem == _UNREADABLE]
    meant = {text: found.settings.name for text in chosen if (found := tenant_or_none(tenants, text)) is not None}
    told = [name for name in broken if not chosen or name in meant.values()]
    faults = [Misconfigured("a tenant's accounts do not open", what=_UNREADABLE, name=name) for name in told]
    return faults, [text for text in chosen if meant.get(text) not in broken]


def _among(found: Sequence[StreamCard], cards: Sequence[StreamCard], text: str) -> list[StreamCard]:
    if _matching(found, text):
        return services(found, text)
    known = _connected(services(cards, text), text)
    raise Misconfigured(text, what=f"“{known[0].account.address}” is reached by none of the sources that are named")


def _connected(cards: Sequence[StreamCard], text: str) -> list[StreamCard]:
    found = [card for card in cards if card.connection is not None]
    if found:
        return found
    if cards[0].facts.get("what") == _UNREADABLE:
        raise Misconfigured(text, **cards[0].facts)
    if cards[0].account.provider is Provider.MICROSOFT:
        raise Misconfigured(text, what=f"“{text}” is not active now; “saasbackup account activate” has it backed up")
    if cards[0].account.provider is Provider.FILE:
        raise Misconfigured(text, what="imported-only", name=cards[0].account.address)
    raise Misconfigured(text, what=f"“{text}” is known from the vault only; add a source for it first")


def _of_tenant(cards: Sequence[StreamCard], tenant: Tenant) -> list[StreamCard]:
    name = tenant.settings.name
    found = [
        card
        for card in cards
        if card.connection is not None and (card.connection.startswith(f"{name}/") or card.connection == name)
    ]
    if not found:
        raise Misconfigured(name, what=f"no account of {name} is active; “saasbackup account activate” chooses some")
    return found


def source(connections: Sequence[Connection], text: str) -> Connection:
    """A source by its name. Raises Misconfigured."""
    for connection in connections:
        if connection.name.casefold() == text.casefold():
            return connection
    raise Misconfigured(text, what=f"there is no source “{text}”; {_known(one.name for one in connections)}")


def tenant(tenants: Sequence[Tenant], text: str) -> Tenant:
    """A tenant by its name. Raises Misconfigured."""
    found = tenant_or_none(tenants, text)
    if found is None:
        raise Misconfigured(text, what=f"there is no tenant “{text}”; {_known(one.settings.name for one in tenants)}")
    return found


def source_or_tenant(connections: Sequence[Connection], tenants: Sequence[Tenant], text: str) -> Connection | Tenant:
    """A source of either kind by its name. Raises Misconfigured."""
    found = tenant_or_none(tenants, text)
    if found is not None:
        return found
    for connection in connections:
        if connection.name.casefold() == text.casefold():
            return connection
    names = [*(one.name for one in connections), *(one.settings.name for one in tenants)]
    raise Misconfigured(text, what=f"there is no source “{text}”; {_known(names)}")


def tenant_or_none(tenants: Sequence[Tenant], text: str) -> Tenant | None:
    """A tenant by its name, if there is one; letters' case counts only where it must."""
    same = [one for one in tenants if one.settings.name == text]
    return next(iter(same or [one for one in tenants if one.settings.name.casefold() == text.casefold()]), None)


def place(
    places: Sequence[Place], tenants: Sequence[Tenant], name: str | None, address: str | None, own: AccountId
) -> Place | None:
    """Where to restore to: by a source's or tenant's name, an account's address, or both; ``own``: whose it was.

    None if nothing is named and the account itself is no such place. Raises Misconfigured.
    """
    candidates = list(places) if name is None else _places_at(places, tenants, name)
    if address is not None:
        wanted = address.casefold()
        found = [one for one in candidates if wanted in (one.account.address.casefold(), one.account.id)]
        if not found:
            known = _known(one.account.address for one in candidates)
            raise Misconfigured(address, what=f"no source reaches “{address}”; {known}")
    else:
        itself = [one for one in candidates if one.account.id == own]
        found = itself if itself or name is None else candidates
    if len(found) > 1 and address is None:
        raise Misconfigured(name or "", what=f"--to-account must say whose mailbox in {name} is meant")
    if len(found) > 1:
        choices = listed(one.connection for one in found)
        raise Misconfigured(address or "", what=f"several sources reach {address}; say which: {choices}")
    return found[0] if found else None


def _places_at(places: Sequence[Place], tenants: Sequence[Tenant], name: str) -> list[Place]:
    tenant = tenant_or_none(tenants, name)
    if tenant is None:
        found = [one for one in places if one.connection.casefold() == name.casefold()]
        if not found:
            known = [one.connection for one in places if "/" not in one.connection]
            known += [one.settings.name for one in tenants]
            raise Misconfigured(name, what=f"there is no source “{name}”; {_known(known)}")
        return found
    found = [one for one in places if one.connection.startswith(f"{tenant.settings.name}/")]
    if not found and not tenant.settings.may_restore:
        raise Misconfigured(name, what=f"{name} is set up for backup only; “saasbackup source change” alters it")
    if not found:
        raise Misconfigured(name, what=f"no mailbox of {name} is known; “saasbackup source discover” looks for them")
    return found


def folder(rows: Sequence[FolderRow], text: str) -> FolderRow | None:
    """A folder by its path or its id; letters' case counts only where it must."""
    wanted = text.strip("/")
    same: Sequence[Callable[[FolderRow], bool]] = (
        lambda row: row.path == wanted,
        lambda row: row.folder.id == text,
        lambda row: row.path.casefold() == wanted.casefold(),
    )
    for matches in same:
        found = [row for row in rows if matches(row)]
        if len(found) == 1:
            return found[0]
    return None


async def item(desk: Desk, cards: Sequence[StreamCard], text: str, at: SnapshotId | None) -> tuple[StreamCard, ItemRow]:
    """An item by its id, or ``ACCOUNT:ID``, or ``ACCOUNT:FOLDER/ID``. Raises Misconfigured."""
    before, colon, rest = text.partition(":")
    among = services(cards, before) if colon else cards
    last = NodeId(rest.rsplit("/", 1)[-1] if colon else text)
    found = []
    for card in among:
        # a directory's objects have their kind in their ids
        id = NodeId(rest) if colon and card.service is Service.DIRECTORY else last
        try:
            found.append((card, await desk.find_item(card.stream, id, at)))
        except Misconfigured:
            continue
    if len(found) == 1:
        return found[0]
    if found:
        choices = listed(f"{card.account.address}:{row.item.id}" for card, row in found)
        raise Misconfigured(text, what=f"several accounts have an item of this id; say which: {choices}")
    raise Misconfigured(text, what=f"there is no item “{text}”; ids are shown by “saasbackup ls” and “search”")


def _matching(cards: Sequence[StreamCard], text: str) -> list[StreamCard]:
    wanted = text.casefold()
    return [
        card
        for card in cards
        if wanted in (card.account.address.casefold(), (card.connection or "").casefold(), card.account.id, card.stream)
    ]


def _known(names: Iterable[str]) -> str:
    known = sorted(set(names))
    more = [f"{len(known) - _NAMED:,} more"] if len(known) > _NAMED else []
    return f"known: {listed([*known[:_NAMED], *more])}" if known else "none is set up yet"
