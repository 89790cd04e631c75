"""Find what an argument means: an account, a source, a folder, an item."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.app.views import Connection, FolderRow, ItemRow, StreamCard
from saasbackup_desktop.cli.figures import listed
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import Service

T = TypeVar("T")


def account(cards: Sequence[StreamCard], text: str) -> StreamCard:
    """An account by its address, its source's name, its id or its stream's id. Raises Misconfigured."""
    found = _matching(cards, text)
    if len(found) == 1:
        return found[0]
    if found:
        streams = listed(card.stream for card in found)
        raise Misconfigured(text, what=f"“{text}” means more than one account; say which: {streams}")
    raise Misconfigured(text, what=f"there is no account “{text}”; {_known(card.account.address for card in cards)}")


def services(cards: Sequence[StreamCard], text: str) -> list[StreamCard]:
    """All services of an account, or the one that is named. Raises Misconfigured."""
    found = _matching(cards, text)
    return found if len({card.account.id for card in found}) == 1 else [account(cards, text)]


def of_service(cards: Sequence[StreamCard], service: Service | None) -> Sequence[StreamCard]:
    """Those of one kind of content; all if none is asked for."""
    return [card for card in cards if service is None or card.service is service]


def account_and_rest(cards: Sequence[StreamCard], text: str) -> tuple[StreamCard, str]:
    """``ACCOUNT`` or ``ACCOUNT:REST``. Raises Misconfigured."""
    before, colon, rest = text.partition(":")
    if not colon or _matching(cards, text):
        return account(cards, text), ""
    return account(cards, before), rest


def connected(cards: Sequence[StreamCard], names: Iterable[str]) -> list[StreamCard]:
    """Those of the accounts that can be backed up; all that have a source if none is named. Raises Misconfigured."""
    chosen = list(dict.fromkeys(names))
    if not chosen:
        return [card for card in cards if card.connection is not None]
    found = []
    for name in chosen:
        card = account(cards, name)
        if card.connection is None:
            raise Misconfigured(name, what=f"“{name}” is known from the vault only; add a source for it first")
        if card not in found:
            found.append(card)
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


def target(connections: Sequence[Connection], name: str | None, address: str | None) -> Connection | None:
    """The source to write to: by its name, its account's address, or both; None if neither is given.

    Raises Misconfigured.
    """
    if name is None and address is None:
        return None
    candidates = [source(connections, name)] if name is not None else list(connections)
    if address is None:
        return candidates[0]
    found = [one for one in candidates if address.casefold() in (one.account.address.casefold(), one.account.id)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Misconfigured(
            address, what=f"several sources reach {address}; say which: {listed(one.name for one in found)}"
        )
    raise Misconfigured(
        address, what=f"no source reaches “{address}”; {_known(one.account.address for one in candidates)}"
    )


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
    id = NodeId(rest.rsplit("/", 1)[-1] if colon else text)
    found = []
    for card in among:
        try:
            found.append((card, await desk.find_item(card.stream, id, at)))
        except Misconfigured:
            continue
    if len(found) == 1:
        return found[0]
    if found:
        choices = listed(f"{card.account.address}:{id}" for card, _row in found)
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
    return f"known: {listed(known)}" if known else "none is set up yet"
