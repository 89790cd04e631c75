"""Whose items an export takes, account by account: from its picks, or page by page from its book.

What is picked of hundreds of accounts would weigh on everything that tells of a job (decision 0239). It lies in the
catalog as a book with a page for each account, and the job names the book.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Pick
from saasbackup_desktop.core.ids import AccountId, ConnectionName, StreamId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import Account, Provider, account_of
from saasbackup_desktop.engine.bench import Bench

_BATCH: Final = 200
_SHARES: Final = "shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One account, and what is taken of it."""

    owner: Account
    folder: str
    """What keeps it apart from the others is called so; empty: there is no other."""
    picks: tuple[Pick, ...]
    """None: nothing had been saved of it by the moment that was asked for."""


@dataclass(frozen=True, slots=True)
class Share:
    """What became of one account's part."""

    items: int
    """That were to be written."""
    failed: int
    lost: int


class Legs:
    """All of an export, in order. Reading one from a book blocks."""

    def __init__(self, catalog: Catalog, spec: Export, accounts: Mapping[StreamId, Account]) -> None:
        self._catalog, self._spec = catalog, spec
        self._own = () if spec.book else _by_account(spec, accounts)

    def __len__(self) -> int:
        return self._spec.accounts if self._spec.book else len(self._own)

    def __getitem__(self, number: int) -> Leg:
        if not self._spec.book:
            return self._own[number]
        found = self._catalog.record(_room(self._spec.book), _key(number))
        if found is None:
            raise Misconfigured(self._spec.book, what="unknown-export", name=self._spec.name)
        return _leg(found.plain)

    def __iter__(self) -> Iterator[Leg]:
        return (self[number] for number in range(len(self)))


def legs_of(bench: Bench, spec: Export) -> Legs:
    """Whose items a job takes. Blocks."""
    accounts = {} if spec.book else {pick.stream: bench.doors.account(pick.stream)[0] for pick in spec.picks}
    return Legs(bench.catalog, spec, accounts)


def folders_of(owners: Iterable[Account]) -> Iterator[str]:
    """Name the folders that keep accounts apart: after their addresses; equal ones get numbers."""
    taken: set[str] = set()
    for owner in owners:
        names = (owner.address if number == 1 else f"{owner.address} ({number})" for number in count(1))
        name = next(one for one in names if one.casefold() not in taken)
        taken.add(name.casefold())
        yield name


def write_pages(catalog: Catalog, book: str, start: int, legs: Sequence[Leg], now: int) -> None:
    """Write pages of a book, from a number on. Blocks."""
    pages = [Record(_key(number), now, codec.plain_fields(leg)) for number, leg in enumerate(legs, start)]
    for at in range(0, len(pages), _BATCH):
        catalog.put_records(_room(book), pages[at : at + _BATCH])


def forget_book(catalog: Catalog, spec: Export) -> None:
    """Forget an export's book, if it has one. Blocks."""
    keys = [_key(number) for number in range(spec.accounts)] + [_SHARES] if spec.book else []
    for at in range(0, len(keys), _BATCH):
        catalog.drop_records(_room(spec.book), keys[at : at + _BATCH])


def write_shares(catalog: Catalog, spec: Export, shares: Sequence[Share], now: int) -> None:
    """Write down what became of each account, in the book. Blocks."""
    if spec.book:
        plain = {"shares": [[one.items, one.failed, one.lost] for one in shares]}
        catalog.put_records(_room(spec.book), [Record(_SHARES, now, plain)])


def shares_of(catalog: Catalog, spec: Export) -> Sequence[Share]:
    """What became of each account; none while the files are not there. Blocks."""
    found = catalog.record(_room(spec.book), _SHARES) if spec.book else None
    return [] if found is None else [Share(*one) for one in found.plain["shares"]]


def account_from_plain(plain: Mapping[str, Any]) -> Account:
    """Read an account that was written down."""
    connection = plain.get("connection")
    return Account(
        id=AccountId(plain["id"]),
        provider=Provider(plain["provider"]),
        address=plain["address"],
        name=plain["name"],
        connection=ConnectionName(connection) if connection else None,
    )


def _by_account(spec: Export, accounts: Mapping[StreamId, Account]) -> Sequence[Leg]:
    owners = {account_of(pick.stream): accounts[pick.stream] for pick in spec.picks}
    names = list(folders_of(owners.values())) if len(owners) > 1 else [""]
    return [
        Leg(owner=owner, folder=name, picks=tuple(one for one in spec.picks if account_of(one.stream) == id))
        for (id, owner), name in zip(owners.items(), names, strict=True)
    ]


def _leg(plain: Mapping[str, Any]) -> Leg:
    return Leg(
        owner=account_from_plain(plain["owner"]),
        folder=plain["folder"],
        picks=tuple(codec.pick_from_plain(one) for one in plain["picks"]),
    )


def _room(book: str) -> str:
    return f"export-book:{book}"


def _key(number: int) -> str:
    return f"{number:06d}"
