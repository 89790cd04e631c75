"""Passwords that are made up for who is made anew: kept sealed until somebody has seen them, once."""

import base64
import os
import secrets
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.plan import Action, Standing, Write
from saasbackup_desktop.core.errors import CatalogUnreadable
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Plans, Sealed

_PURPOSE: Final = "directory-passwords"
_NONCE: Final = 12
_LENGTH: Final = 20
_UNLIKE: Final = "O0oIl1|"
"""Characters that look like others."""
_WELL: Final = frozenset({Standing.DONE, Standing.WAS_SO})
_SIGNS: Final = "!#$%*+-=?@_"
_CLASSES: Final = tuple(
    "".join(one for one in some if one not in _UNLIKE)
    for some in (string.ascii_uppercase, string.ascii_lowercase, string.digits, _SIGNS)
)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A password, and whose it is."""

    id: str
    """The id that its owner was given."""
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    password: str = field(repr=False)


def make_up() -> str:
    """Draw a password: 20 characters, of each class at least one."""
    drawn = [secrets.choice(some) for some in _CLASSES]
    drawn += [secrets.choice("".join(_CLASSES)) for _ in range(_LENGTH - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


class Passwords:
    """The passwords of one plan."""

    def __init__(self, bench: Bench, plan: str) -> None:
        self._bench = bench
        self._plans = Plans(bench.catalog, bench.offload)
        self._plan = plan

    async def of(self, write: Write) -> str:
        """The password that a write gives out: the same one however often it is asked for."""
        for known in await self._plans.passwords(self._plan):
            if known.id == write.id:
                return self._opened(known).password
        kept = _Kept(write.number, make_up())
        said = write.new.get("userPrincipalName")
        name = said if isinstance(said, str) else write.name
        await self._plans.put_password(self._plan, Sealed(write.id, name, self._sealed(write.id, kept)))
        return kept.password

    async def drop(self, write: Write) -> None:
        """Nobody was given it."""
        await self._plans.drop_passwords(self._plan, [write.id])

    async def waiting(self) -> int:
        """How many were given out and nobody has seen yet."""
        return len(await self._given())

    async def given(self) -> Sequence[MadeUp]:
        """Those that were given out and nobody has confirmed to have yet."""
        return [made for _, made in await self._given()]

    async def forget(self, ids: Collection[str]) -> None:
        """Somebody has those of these owners, by the ids that they were given: they are not kept any more."""
        found = [one.id for one, made in await self._given() if made.id in ids]
        await self._plans.drop_passwords(self._plan, found)

    async def _given(self) -> Sequence[tuple[Sealed, MadeUp]]:
        opened = [(one, self._opened(one)) for one in await self._plans.passwords(self._plan)]
        if not opened:
            return []
        results = await self._plans.results_of(self._plan, [kept.number for _, kept in opened])
        gone = await self._gone()
        return [
            (one, MadeUp(id, one.name, kept.password))
            for one, kept in opened
            if (result := results.get(kept.number)) is not None
            and result.standing is Standing.DONE
            and (id := result.new_id or one.id) not in gone
        ]

    async def _gone(self) -> set[str]:
        """Who was deleted when the plan was taken back, unless that was taken back in turn: theirs open nothing."""
        head = await self._plans.head(self._plan)
        undo = await self._plans.head(head.undone_by) if head is not None and head.undone_by else None
        if undo is None or (undo.undone_by and await self._plans.results(undo.undone_by)):
            return set()
        done = {number for number, one in (await self._plans.results(undo.id)).items() if one.standing in _WELL}
        if not done:
            return set()
        return {
            one.id for one in await self._plans.writes(undo.id) if one.action is Action.DELETE and one.number in done
        }

    def _sealed(self, id: str, kept: _Kept) -> str:
        nonce = os.urandom(_NONCE)
        plain = codec.dumps({"number": kept.number, "password": kept.password}).encode()
        return base64.b64encode(nonce + self._key().encrypt(nonce, plain, self._context(id))).decode()

    def _opened(self, one: Sealed) -> _Kept:
        sealed = base64.b64decode(one.sealed)
        try:
            plain: Any = codec.loads(self._key().decrypt(sealed[:_NONCE], sealed[_NONCE:], self._context(one.id)))
        except InvalidTag as error:
            raise CatalogUnreadable("a sealed password does not open", file="catalog") from error
        return _Kept(plain["number"], plain["password"])

    def _context(self, id: str) -> bytes:
        return f"{self._plan}/{id}".encode()

    def _key(self) -> AESGCM:
        return AESGCM(self._bench.vault.subkey(_PURPOSE))
