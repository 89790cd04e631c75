"""What points in time reach: marks on the records of the index, so that a million blobs take a few bytes each."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import Cancelled, VaultDamaged
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.names import PACKS
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY, Pack
from saasbackup_desktop.vault.format.runs import KEY, Run
from saasbackup_desktop.vault.format.trees import decode
from saasbackup_desktop.vault.index import Index

NOWHERE: Final = bytes(32)
"""Digest of what stands for a pack where there is none."""
COPIES: Final = 3
"""Packs that must hold a dictionary which is in use."""


@dataclass(slots=True)
class Load:
    """How much of a pack is still needed. Bytes are those of sealed blobs."""

    pack: Pack
    total: int = 0
    live: int = 0
    """Of blobs that are needed and counted on here; a blob that lies in several packs counts in one of them."""
    is_pinned: bool = False
    """It is one of the few that hold a dictionary which others need."""


class Reach:
    """What some trees need, of what lies in packs that are there."""

    def __init__(self, index: Index, blobs: Blobs, present: AbstractSet[bytes]) -> None:
        """``present``: digests of the packs that are there."""
        self._blobs = blobs
        self._run = Run.merged(index.runs())
        self._starts = array("Q", self._run.starts())
        self._is_there = [pack.digest in present for pack in self._run.packs]
        self._marks = bytearray(self._run.count)

    def walk(self, root: str, stop: Callable[[], bool]) -> None:
        """Mark a tree's nodes and blobs; what is marked already is not read again.

        Raises VaultDamaged if anything of it cannot be had, Cancelled.
        """
        waiting = [bytes.fromhex(root)] if root else []
        while waiting:
            if stop():
                raise Cancelled
            id = waiting.pop()
            if not self._mark(id):
                continue
            level, entries = decode(self._blobs.get(id))
            for key, value in entries:
                if level:
                    waiting.append(value)
                elif key > contents.LAST_FOLDER:
                    for blob in contents.blobs_of(value):
                        self._mark(blob)

    def has(self, key: bytes) -> bool:
        """Is a blob needed? The beginning of its id is enough."""
        first = self._first(key[:KEY])
        return first is not None and bool(self._marks[first])

    def loads(self, condemned: AbstractSet[bytes] = frozenset()) -> list[Load]:
        """How much of each pack that is there is needed. A blob counts in a condemned one only if it is nowhere else.

        Raises VaultDamaged if a dictionary is nowhere.
        """
        loads = [Load(pack) for pack in self._run.packs]
        several: list[tuple[int, list[int]]] = []
        for is_needed, length, packs in self._groups(loads):
            if is_needed and len(packs) == 1:
                loads[packs[0]].live += length
            elif is_needed and packs:
                several.append((length, packs))
        for length, packs in several:
            best = max(packs, key=lambda at: (loads[at].pack.digest not in condemned, loads[at].live, -at))
            loads[best].live += length
        self._pin(loads, condemned)
        return [load for load, is_there in zip(loads, self._is_there, strict=True) if is_there]

    def _pin(self, loads: list[Load], condemned: AbstractSet[bytes]) -> None:
        """Keep enough copies of each dictionary that a needed pack was compressed with."""
        used = {load.pack.dictionary for load in loads if load.live} - {NO_DICTIONARY}
        for id in used:
            first = self._first(id[:KEY])
            packs = [] if first is None else [pack for pack, _ in self._places(first)]
            if not packs:
                raise VaultDamaged("a dictionary is nowhere", file=PACKS, reason="missing")
            packs.sort(key=lambda at: (loads[at].pack.digest not in condemned, loads[at].live), reverse=True)
            for at in packs[:COPIES]:
                loads[at].is_pinned = True

    def _groups(self, loads: list[Load]) -> Iterator[tuple[bool, int, list[int]]]:
        """Each blob once: is it needed, its length, and the packs where it is; counts up totals on the way."""
        before, is_needed, longest = b"", False, 0
        packs: list[int] = []
        for at, (key, pack, _, length, _) in enumerate(self._run.records()):
            if key != before:
                if packs:
                    yield is_needed, longest, packs
                before, is_needed, longest, packs = key, bool(self._marks[at]), 0, []
            loads[pack].total += length
            if self._is_there[pack]:
                longest = max(longest, length)
                packs.append(pack)
        if packs:
            yield is_needed, longest, packs

    def _mark(self, id: bytes) -> bool:
        """Mark a blob; False if it was marked before. Raises VaultDamaged if no pack that is there holds it."""
        first = self._first(id[:KEY])
        if first is not None and self._marks[first]:
            return False
        if first is None or not (any(True for _ in self._places(first)) or self._is_known_to_be_lost(first)):
            raise VaultDamaged("no pack holds this blob", file=PACKS, reason="missing")
        self._marks[first] = 1
        return True

    def _is_known_to_be_lost(self, first: int) -> bool:
        """Did a repair write down that no pack has this blob? Then nothing can be kept of it.

        Segments may go on telling of packs that are gone beside what the repair wrote.
        """
        return any(self._run.packs[self._run.pack_number(at)].digest == NOWHERE for at in self._records_of(first))

    def _places(self, first: int) -> Iterator[tuple[int, int]]:
        """Packs that are there (by number) and record numbers of a blob, from its first record on."""
        for at in self._records_of(first):
            pack = self._run.pack_number(at)
            if self._is_there[pack]:
                yield pack, at

    def _records_of(self, first: int) -> Iterator[int]:
        """Numbers of all records of a blob, from its first one on."""
        key = self._run.key(first)
        for at in range(first, self._run.count):
            if self._run.key(at) != key:
                return
            yield at

    def _first(self, key: bytes) -> int | None:
        """Number of a blob's first record."""
        start = int.from_bytes(key[:8], "big")
        at = bisect_left(self._starts, start)
        while at < self._run.count and self._starts[at] == start:
            if self._run.key(at) == key:
                return at
            at += 1
        return None
