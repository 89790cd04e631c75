"""The repair: make of a damaged vault a whole one that holds all that can still be read, and say what was done."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged, VaultImmutable, VaultKeysChanged
from saasbackup_desktop.core.model import Head, Node, SnapshotStatus
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.access.hidden_slots import is_current
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.care.check import Check, Progress
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.care.regrowth import leftovers, regrown
from saasbackup_desktop.vault.care.salvage import Salvage
from saasbackup_desktop.vault.care.walks import named
from saasbackup_desktop.vault.format import config
from saasbackup_desktop.vault.format.config import require_ours, require_there
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import (
    ASIDE,
    CONFIG,
    HOLDS,
    INDEX,
    KEYS,
    LEASES,
    LIMITED,
    META,
    PACKS,
    POLICY,
    REMOVED,
    SNAPSHOTS,
    TRASH,
)
from saasbackup_desktop.vault.format.trees import Trees
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.loading import Loading
from saasbackup_desktop.vault.retention import holds
from saasbackup_desktop.vault.retention.absent import Remembered, absent
from saasbackup_desktop.vault.retention.removed import (
    LOST,
    note_removed,
    read_note,
    read_points,
    removed,
    uncover_notes,
)
from saasbackup_desktop.vault.sharing.leases import Lease

Recall = Callable[[Head], Iterable[Node] | None]
"""What somebody outside the vault knows of a point in time; None: nothing."""

_NOTED: Final = (KEYS, SNAPSHOTS)
"""Kinds of files whose removal is written down."""
_LOOSE: Final = (KEYS, SNAPSHOTS, REMOVED, TRASH, HOLDS, POLICY)
"""Kinds of files that are kept aside when they mean nothing any more."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the repair did."""

    code: str
    """``uncovered``, ``rewritten`` (the description), ``salvaged`` (what could be read of a pack is in a new one),
    ``set-aside``, ``removed``, ``reindexed``, ``restored`` (a point in time is whole again) or ``reduced`` (to what is
    left of it); ``accepted`` (a point in time is missing, and no longer missed)."""
    file: str
    names: tuple[str, ...] = ()
    """Points in time, or items that are not in them any more."""


class Repair:
    """One repair. Whoever starts it holds the exclusive lease."""

    def __init__(
        self,
        store: BlobStore,
        keys: Keys,
        described: bytes,
        index: Index,
        blobs: Blobs,
        trees: Trees,
        heads: Heads,
        lease: Lease,
    ) -> None:
        self._store = store
        self._keys = keys
        self._described = described
        self._index = index
        self._blobs = blobs
        self._trees = trees
        self._heads = heads
        self._lease = lease
        self.deeds: list[Deed] = []

    def run(
        self,
        check: Check,
        read_percent: int,
        now: int,
        progress: Progress,
        stop: Callable[[], bool],
        recall: Recall,
        remembered: Remembered,
    ) -> None:
        """Do what a check shows to be needed. Raises VaultFault; what is done by then stays done."""
        self._uncover()
        self._mend_description()
        for _ in check.look(read_percent, now, progress, stop, {}):
            self._lease.renew()
        if stop():
            return
        found = [(damage.file, damage.code) for damage in check.findings.damages()]
        for file, code in found:
            if code == "newer-keys":
                raise VaultKeysChanged("written under newer keys", file=file)
        loading = Loading(self._store, self._keys, self._index, self._blobs)
        try:
            if not self._mend_packs(check, loading, stop):
                return
            self._mend_index(check, found)
            for link in check.broken:
                if stop():
                    return
                self._lease.renew()
                self._mend_tree(link, loading, recall)
            self._note_lost()
        finally:
            loading.close()
        self._clear(found)
        self._accept(remembered)

    # --- what a lock kept ------------------------------------------------------------------------------------

    def _uncover(self) -> None:
        """Bring back what somebody hid or wrote over while the store's lock kept it."""
        if not isinstance(self._store, LockingStore):
            return
        self._index.refresh()
        known = {name_of(pack) for pack in self._index.packs()}
        # Without an index whatever was a pack once may be needed; with one, what it does not know was pruned.
        all_packs = bool(self._index.damages) or not known
        for name in uncover_notes(self._store):
            self._did("uncovered", name)
        # What an earlier repair took for lost was removed by nobody: it may be under what hides it.
        gone = {name for name, digests in removed(self._store, self._keys).items() if digests - {LOST}}
        for name in list(self._store.hidden()):
            if name in gone or (kind_of(name) in (PACKS, META) and name not in known and not all_packs):
                continue
            is_wanted = self._wanted(name)
            if is_wanted is None:
                continue
            with contextlib.suppress(FileNotFoundError):
                if is_wanted(self._store.get(name)):
                    continue
            with contextlib.suppress(FileNotFoundError):
                self._store.uncover(name, is_wanted)
                self._did("uncovered", name)

    def _wanted(self, name: str) -> Callable[[bytes], bool] | None:
        """How to tell a file's right version; None for a file that is gone on purpose, or is as good as ever."""
        kind = kind_of(name)
        if kind == CONFIG:
            return lambda data: data == self._described
        if kind in (PACKS, META):
            digest = name.rpartition("/")[2]
            return lambda data: hashlib.sha256(data).hexdigest() == digest
        if kind == SNAPSHOTS:
            return lambda data: self._heads.is_finished(name, data)
        if kind == KEYS:
            vault = config.from_bytes(self._described)[0].id
            return lambda data: is_current(name, data, vault, self._keys)
        return None

    # --- packs and the index ---------------------------------------------------------------------------------

    def _mend_packs(self, check: Check, loading: Loading, stop: Callable[[], bool]) -> bool:
        """Store what can be read of damaged packs in new ones, then put the old ones aside. False: stopped."""
        suspects = {digest: code for digest, code in check.soundness.suspects.items() if code != "missing"}
        damaged = [pack for pack in self._index.packs() if pack.digest in suspects]
        unknown = [
            str(damage.facts["file"])
            for damage in self._index.damages
            if kind_of(str(damage.facts.get("file", ""))) in (PACKS, META)
        ]
        if damaged:
            hopeless = check.soundness.lost_dictionaries
            salvage = Salvage(self._store, self._keys, self._index, self._blobs, loading, hopeless)
            for pack in damaged:
                self._index.give_up(pack)
            missed = [pack for pack in damaged if not salvage.by_table(pack)]
            if missed and not salvage.by_walk(self._heads, stop):
                return False
            loading.flush()
        for pack in damaged:
            self._set_aside(name_of(pack), "salvaged")
        for name in unknown:
            self._set_aside(name, "set-aside")
        return True

    def _mend_index(self, check: Check, found: list[tuple[str, str]]) -> None:
        before = {name for name, code in found if kind_of(name) == INDEX}
        self._index.refresh()
        # Segments under each other's names can be read, and are not to be relied on: what they say is written again.
        anew = bool(check.soundness.unlisted or before - {damage.facts.get("file") for damage in self._index.damages})
        if anew or before or check.lost or self._index.has_adopted:
            self._index.rebuild(check.lost, anew=anew)
            self._did("reindexed", INDEX)
        for name in before:
            self._store.delete(name)

    def _note_lost(self) -> None:
        """Write down what is nowhere after all: it stands in no prune's way, and a backup stores it again."""
        self._index.refresh()
        if lost := self._index.unnoted():
            self._index.rebuild(lost, anew=False)

    # --- points in time --------------------------------------------------------------------------------------

    def _mend_tree(self, link: Link, loading: Loading, recall: Recall) -> None:
        """Make a tree whole: as it was, if somebody can tell; else without what is lost."""
        head = link.head
        known = recall(head)
        if known is not None:
            root = regrown(self._trees, known, loading)
            if root == head.root:
                self._did("restored", link.name, named(head))
                return
        same = [other for other in self._heads.links(head.snapshot.stream) if other.order == link.order]
        if all(other.name == link.name for other in same):
            left = leftovers(self._trees, self._blobs.get, head.root, loading)
            if left.root == head.root:
                return  # only the index did not know of all its parts
            is_newest = self._heads.links(head.snapshot.stream)[-1].order == link.order
            snapshot = replace(
                head.snapshot,
                status=SnapshotStatus.PARTIAL,
                items=left.items,
                folders=left.folders,
                size=left.size,
            )
            reduced = replace(
                head, snapshot=snapshot, root=left.root, cursor=None if is_newest else head.cursor, final=True
            )
            self._heads.append(reduced, link.order)
            self._did("reduced", link.name, named(head))
        self._set_aside(link.name, "set-aside")

    # --- files -----------------------------------------------------------------------------------------------

    def _mend_description(self) -> None:
        try:
            data = require_there(self._store)
        except VaultDamaged:
            data = b""
        if data == self._described:
            return
        require_ours(data, self._described)
        self._set_aside(CONFIG, "set-aside")
        self._store.put(CONFIG, self._described)
        self._did("rewritten", CONFIG)

    def _clear(self, found: Iterable[tuple[str, str]]) -> None:
        """Put aside what means nothing any more, and remove again what came back."""
        for file, code in found:
            kind = kind_of(file)
            spoilt = code in ("altered", "cut")
            if code == "superseded":
                self._set_aside(file, "removed", keeps=False)
            elif code == "came-back" and file.startswith(f"{LIMITED}/"):
                for name in list(self._store.list(file)):
                    self._take_away(name)
                self._did("removed", file)
            elif code == "came-back" or (spoilt and kind == LEASES):
                self._take_away(file)
                self._did("removed", file)
            elif spoilt and kind in _LOOSE and not self._is_readable(file):
                if kind == REMOVED:
                    self._note_again(file)
                self._set_aside(file, "set-aside")

    def _accept(self, remembered: Remembered) -> None:
        """Write down which points in time are lost; if one is brought back later, it counts again."""
        links = []
        for name in self._heads.names():
            with contextlib.suppress(VaultDamaged, FileNotFoundError):  # what cannot be read could not be put aside
                links.append(self._heads.read(name))
        held = holds.read_all(self._store, self._keys)
        found = absent(self._store, self._keys, self._heads, links, held, remembered)
        if not found:
            return
        self._lease.require()
        files = [(one.file, LOST) for one in found if one.point is None]
        note_removed(self._store, self._keys, files, [one.point for one in found if one.point is not None])
        for one in found:
            self._did("accepted", one.file, one.name)

    def _note_again(self, name: str) -> None:
        """Write down once more what a note says that can be read, though its name is not its own."""
        with contextlib.suppress(VaultDamaged, VaultKeysChanged, FileNotFoundError):
            data = self._store.get(name)
            files, points = read_note(self._keys, name, data), read_points(self._keys, name, data)
            note_removed(self._store, self._keys, files, points)

    def _is_readable(self, name: str) -> bool:
        """A head that is whole but not the one that its successor follows stays: somebody with the keys wrote it."""
        if kind_of(name) != SNAPSHOTS:
            return False
        try:
            self._heads.read(name)
        except VaultDamaged:
            return False
        except FileNotFoundError:
            return True  # two things were wrong with it, and it is away already
        return True

    def _set_aside(self, name: str, code: str, *, keeps: bool = True) -> None:
        """Keep a file's bytes out of the way, as they were found."""
        self._lease.require()
        try:
            data = self._store.get(name)
        except FileNotFoundError:
            return
        digits = name.rpartition("/")[2] if kind_of(name) in (PACKS, META) else hashlib.sha256(data).hexdigest()
        if keeps:
            with contextlib.suppress(FileExistsError):
                self._store.put(f"{ASIDE}/{digits[:2]}/{digits}", data, fleeting=True)
        if kind_of(name) in _NOTED:
            note_removed(self._store, self._keys, [(name, hashlib.sha256(data).hexdigest())])
        self._take_away(name)
        self._did(code, name)

    def _take_away(self, name: str) -> None:
        try:
            self._store.delete(name)
        except VaultImmutable:
            if not isinstance(self._store, LockingStore):
                raise
            self._store.hide(name)

    def _did(self, code: str, file: str, *names: str) -> None:
        self.deeds.append(Deed(code, file, names))
