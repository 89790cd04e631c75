"""Retention locks are renewed before they end: what a point in time stands on outlasts it by the promised days."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import Cancelled, VaultDamaged
from saasbackup_desktop.core.ports import Clock, LockingStore, ObjectLock
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import CONFIG, KEYS, PACKS
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY, Pack
from saasbackup_desktop.vault.format.trees import Trees
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.retention.reach import NOWHERE, Reach
from saasbackup_desktop.vault.sharing.lock_notes import LockNotes, put_notes, read_notes

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]

DAY: Final = 24 * 3600
_AT_ONCE: Final = 8
_BATCH: Final = 64
_SAVED_EVERY: Final = 16
"""Batches after which what was done is written down, so that little is asked again after a kill."""


@dataclass(slots=True)
class Renewed:
    """What a renewal did."""

    heads: int = 0
    """Points in time that were seen to; the others had been before."""
    walked: int = 0
    """Of those, how many were walked as a whole: the others only where they differ from one that had been."""
    asked: int = 0
    """Files that the store was asked about."""
    extended: int = 0
    """Files whose lock ends later now."""


class LockRenewal:
    """One pass over a vault that lies under a lock.

    A head made at a moment needs all that it stands on to be locked until ``days`` after it; that never changes, so a
    head is seen to once. What is extended is extended by the slack as well, and everything that would need it within
    half of that: the next backups then find that all which they share with this one lasts, and look at the rest only.
    """

    def __init__(
        self,
        store: LockingStore,
        lock: ObjectLock,
        keys: Keys,
        clock: Clock,
        index: Index,
        blobs: Blobs,
        trees: Trees,
        heads: Heads,
    ) -> None:
        self._store = store
        self._lock = lock
        self._keys = keys
        self._now = clock.now()
        self._index = index
        self._blobs = blobs
        self._trees = trees
        self._heads = heads
        self._notes = LockNotes()
        self.renewed = Renewed()

    def run(self, progress: Progress, stop: Stop) -> Renewed:
        """Renew what must be. Cut off anywhere, it goes on where it was when it is run again.

        Raises Cancelled; VaultDamaged at the end if what some head stands on could not be found: the rest is done.
        """
        self._notes = read_notes(self._store, self._keys)
        damage: VaultDamaged | None = None
        histories = [self._heads.links(stream) for stream in self._heads.streams()]
        try:
            pending = [(links, link) for links in histories for link in reversed(links) if self._is_pending(link)]
            for done, (links, link) in enumerate(pending):
                progress(done, len(pending))
                try:
                    self._see_to(link, links, stop)
                except VaultDamaged as found:
                    damage = damage or found
            progress(len(pending), len(pending))
        finally:
            names = frozenset(link.name for links in histories for link in links)
            self._notes.forget_past(self._now, names)
            put_notes(self._store, self._keys, self._notes)
        if damage is not None:
            raise damage
        return self.renewed

    def _need(self, link: Link) -> int:
        """When what a head stands on may be let go of. A clock that was ahead when it was made does not count."""
        return min(link.head.snapshot.finished, self._now) + self._lock.days * DAY

    def _is_pending(self, link: Link) -> bool:
        return link.head.final and link.name not in self._notes.heads and self._need(link) > self._now

    def _see_to(self, link: Link, links: Sequence[Link], stop: Stop) -> None:
        need = self._need(link)
        late = need + self._lock.slack_days * DAY
        own = [link.name, CONFIG, *self._store.list(KEYS)]
        near = self._nearest(link, links, need)
        sure = need + self._lock.slack_days * DAY // 2 if near is None else self._notes.heads[near.name]
        try:
            if near is None:
                packs = self._packs_below(link.head.root, stop)
                self.renewed.walked += 1
            else:
                packs = self._packs_beyond(near.head.root, link.head.root, stop)
        except VaultDamaged:  # what it needs cannot be known: whatever may be needed to mend it stays
            present = self._index.present()
            everything = [name_of(pack) for pack in self._index.packs() if pack.digest in present]
            self._extend([*own, *everything], sure, late, stop)
            raise
        lasts = self._extend([*own, *map(name_of, packs)], sure, late, stop)
        self._notes.see_to(link.name, min(lasts, sure))
        self.renewed.heads += 1

    def _nearest(self, link: Link, links: Sequence[Link], need: int) -> Link | None:
        """The head of the same stream next to this one that was seen to for long enough."""
        at = links.index(link)
        fit = [
            (abs(number - at), number) for number, one in enumerate(links) if self._notes.heads.get(one.name, 0) >= need
        ]
        return links[min(fit)[1]] if fit else None

    def _packs_below(self, root: str, stop: Stop) -> list[Pack]:
        """All packs that a tree stands on."""
        reach = Reach(self._index, self._blobs, self._index.present())
        reach.walk(root, stop)
        return [load.pack for load in reach.loads() if load.live or load.is_pinned]

    def _packs_beyond(self, known: str, root: str, stop: Stop) -> list[Pack]:
        """Packs of what a tree has and another one has not."""
        present = self._index.present()
        found: dict[bytes, Pack] = {}
        for id in self._beyond(known, root, stop):
            self._add_pack_of(id, present, found)
        for dictionary in {pack.dictionary for pack in found.values()} - {NO_DICTIONARY}:
            self._add_pack_of(dictionary, present, found)
        return list(found.values())

    def _add_pack_of(self, id: bytes, present: AbstractSet[bytes], found: dict[bytes, Pack]) -> None:
        """Choose the copy of a blob that is locked for longest."""
        packs = {pack.digest: pack for pack, _ in self._index.places(id)}
        there = [pack for digest, pack in packs.items() if digest in present]
        if NOWHERE in packs and not there:
            return  # a repair wrote down that no pack has it
        if not there:
            raise VaultDamaged("no pack holds this blob", file=PACKS, reason="missing")
        if not packs.keys() & found.keys():
            best = max(there, key=lambda pack: self._notes.end_of(name_of(pack)) or 0)
            found[best.digest] = best

    def _beyond(self, known: str, root: str, stop: Stop) -> Iterator[bytes]:
        """Ids of nodes and blobs that a tree has and another one has not; where the two differ a few more."""
        left, right = ([bytes.fromhex(id)] if id else [] for id in (known, root))
        while right:
            if stop():
                raise Cancelled
            common = set(left) & set(right)
            left, right = ([id for id in side if id not in common] for side in (left, right))
            yield from right
            left_level, right_level = self._level(left), self._level(right)
            if max(left_level, right_level) <= 0:
                break
            if left_level >= right_level:
                left = self._children(left)
            if right_level >= left_level:
                right = self._children(right)
        for id in right:
            for key, value in self._trees.node(id)[1]:
                if key > contents.LAST_FOLDER:
                    yield from contents.blobs_of(value)

    def _level(self, ids: Sequence[bytes]) -> int:
        return self._trees.node(ids[0])[0] if ids else -1

    def _children(self, ids: Sequence[bytes]) -> list[bytes]:
        return [child for id in ids for _, child in self._trees.node(id)[1]]

    def _extend(self, names: Sequence[str], sure: int, late: int, stop: Stop) -> int:
        """Let the locks of files end no earlier than ``sure``, and if so then ``late``: when the first of all ends.

        Raises VaultDamaged, once the others are done, if a file is missing.
        """
        ends = {name: self._notes.end_of(name) or 0 for name in names}
        pending = [name for name, until in ends.items() if until < sure]
        missing = ""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="locks") as threads:
            for number, at in enumerate(range(0, len(pending), _BATCH)):
                if stop():
                    raise Cancelled
                batch = pending[at : at + _BATCH]
                done = threads.map(lambda name: self._extended(name, sure, late), batch)
                for name, (until, is_extended) in zip(batch, done, strict=True):
                    self.renewed.asked += 1
                    self.renewed.extended += is_extended
                    if until is None:
                        missing = missing or name
                    else:
                        ends[name] = until
                        self._notes.note(name, until)
                if number % _SAVED_EVERY == _SAVED_EVERY - 1:
                    put_notes(self._store, self._keys, self._notes)
        if missing:
            raise VaultDamaged("gone since it was listed", file=missing, reason="missing")
        return min(ends.values(), default=late)

    def _extended(self, name: str, sure: int, late: int) -> tuple[int | None, bool]:
        """See to one file: when its lock ends now (None: it is not there), and whether that is news."""
        try:
            ends = self._store.locked_until(name)
            if ends is not None and ends >= sure:
                return ends, False
            self._store.extend(name, late)
        except FileNotFoundError:
            return None, False
        return late, True
