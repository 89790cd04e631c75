"""What was removed from a vault on purpose is removed from its mirror, if that is wanted."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from saasbackup_desktop.core.errors import VaultBusy, VaultImmutable
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import INDEX, KEYS, LIMITED, META, PACKS, POLICY, SNAPSHOTS
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.retention import trash as trashes
from saasbackup_desktop.vault.retention.removed import LOST, note_removed, removed
from saasbackup_desktop.vault.retention.trash import Trash
from saasbackup_desktop.vault.sharing.leases import Lease, others
from saasbackup_desktop.vault.sharing.mirror import Copy

OWN = "own"
"""A point in time of the target's own: the source never had it, or lost it."""


def remove_gone(
    copy: Copy,
    source: BlobStore,
    target: BlobStore,
    keys: Keys,
    clock: Clock,
    owner: str,
    is_sound: Callable[[], bool],
    stop: Callable[[], bool],
) -> None:
    """Remove from a mirror that has everything what its source removed on purpose.

    Points in time, key slots and limited vaults go if the source noted that it removed them; packs only if the source
    is sound, so that what it misses is missing on purpose. If the target has points in time of its own nothing is
    removed, and each is told as failed. Cut off anywhere, it goes on when called again. Raises VaultBusy if somebody
    works there.
    """
    lease = Lease.exclusive(target, keys, clock, owner, stop=stop)
    try:
        alive = others(target, keys, clock, mine=lease, stop=stop)
        if alive:
            raise VaultBusy("somebody works at the mirror", owner=alive[0].owner, host=alive[0].host, until="")
        _Removal(copy, source, target, keys, clock, lease, is_sound, stop).run()
    finally:
        lease.release()


class _Removal:
    def __init__(
        self,
        copy: Copy,
        source: BlobStore,
        target: BlobStore,
        keys: Keys,
        clock: Clock,
        lease: Lease,
        is_sound: Callable[[], bool],
        stop: Callable[[], bool],
    ) -> None:
        self._copy = copy
        self._source = source
        self._target = target
        self._keys = keys
        self._clock = clock
        self._lease = lease
        self._is_sound = is_sound
        self._stop = stop

    def run(self) -> None:
        here, there = set(self._source.list()), list(self._target.list())
        extra: dict[str, list[str]] = {}
        for name in there:
            if name not in here:
                extra.setdefault(kind_of(name), []).append(name)
        noted = {name: shas for name, shas in removed(self._source, self._keys).items() if shas != {LOST}}
        heads = extra.get(SNAPSHOTS, [])
        followed = self._followed(name for name in heads if name not in noted)
        own = [name for name in heads if name not in noted and name not in followed]
        for name in own:
            self._copy.fail(name, OWN)
        if own or not self._is_sound():
            return
        gone = [name for name in heads if name in noted or name in followed]
        packs = [*extra.get(PACKS, ()), *extra.get(META, ())]
        self._announce(gone, packs, noted)
        self._remove(gone)
        for kind in (POLICY, INDEX):
            self._remove(extra.get(kind, ()))
        self._remove(packs)
        self._remove(name for name in extra.get(KEYS, ()) if name in noted)
        self._remove(self._erased(noted, here, extra.get(LIMITED, [])))
        self._close()

    def _announce(self, heads: list[str], packs: list[str], noted: Mapping[str, AbstractSet[str]]) -> None:
        """Write down what goes, as a prune does: cut off after that, it is still known to be on purpose."""
        if not heads and not packs:
            return
        now = self._clock.now()
        listed = Trash(
            id=trashes.new_id(), made=now, due=now, why=trashes.RETENTION, heads=tuple(heads), packs=tuple(packs)
        )
        trashes.put(self._target, self._keys, listed)
        if heads:
            note_removed(
                self._target, self._keys, {(name, digest) for name in heads for digest in noted.get(name, {""})}
            )

    def _close(self) -> None:
        """Note the rest, and remove lists of which nothing is there any more, also those of runs that were cut off."""
        there = set(self._target.list())
        self._copy.note_removed(there)
        for trash in trashes.read_all(self._target, self._keys):
            if there.isdisjoint(trash.heads) and there.isdisjoint(trash.packs):
                self._target.delete(trash.name)

    def _followed(self, names: Iterable[str]) -> set[str]:
        """Those that are checkpoints, followed by a later head of the same point in time."""
        unclear = list(names)
        if not unclear:
            return set()
        target, source = Heads(self._target, self._keys), Heads(self._source, self._keys)
        whole: set[SnapshotId] = {link.head.snapshot.id for stream in source.streams() for link in source.links(stream)}
        links = [target.link(name) for name in unclear]
        return {link.name for link in links if not link.head.final and link.head.snapshot.id in whole}

    def _erased(self, noted: Iterable[str], here: Iterable[str], names: Iterable[str]) -> list[str]:
        """Files of limited vaults that were erased, key slots first."""
        left = {name.split("/")[1] for name in here if kind_of(name) == LIMITED}
        erased = {name.split("/")[1] for name in noted if name.startswith(f"{LIMITED}/")} - left
        found = [name for name in names if name.split("/")[1] in erased]
        return sorted(found, key=lambda name: (name.split("/")[2] != KEYS, name))

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            if self._stop():
                return
            self._lease.renew()
            try:
                self._target.delete(name)
            except VaultImmutable:
                continue  # under its lock it stays; what is left is counted
            self._copy.removed += 1
