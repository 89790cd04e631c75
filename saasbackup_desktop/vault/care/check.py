"""The check: is everything there that the points in time stand on, and is it what was written?"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged, VaultTooNew
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore, LockingStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.hidden_slots import hidden_slots
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.care.findings import Damage, Findings
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.care.soundness import Soundness
from saasbackup_desktop.vault.care.walks import Paths, Walk, named
from saasbackup_desktop.vault.format import config
from saasbackup_desktop.vault.format.config import require_there
from saasbackup_desktop.vault.format.contents import blobs_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import (
    ASIDE,
    CONFIG,
    HOLDS,
    INDEX,
    KEYS,
    LEASES,
    LIMITED,
    LOCKS,
    META,
    PACKS,
    POLICY,
    REMOVED,
    SNAPSHOTS,
    TRASH,
)
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY, Pack
from saasbackup_desktop.vault.format.sealing import unseal
from saasbackup_desktop.vault.format.trees import Entry
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.retention import trash
from saasbackup_desktop.vault.retention.removed import read_note, removed

__all__ = ["Check", "Damage", "Progress"]

Progress = Callable[[int, int], None]
_SMALL: Final = 4096
"""Bytes that a small file counts for in the progress."""
_FORGOTTEN: Final = 7 * 86400
"""Seconds after which trash that is due should have been emptied."""
_PURPOSES: Final = {LEASES: "lease", TRASH: "trash", HOLDS: "note", POLICY: "note", LOCKS: "note"}


class Check:
    """One look at a whole vault."""

    def __init__(self, store: BlobStore, keys: Keys, vault: str, index: Index, blobs: Blobs, heads: Heads) -> None:
        self._store = store
        self._keys = keys
        self._vault = vault
        self._index = index
        self._blobs = blobs
        self._heads = heads
        self._used: set[bytes] = set()
        self._links: dict[str, Link] = {}
        self._refreshed = False
        self._now = 0
        self.soundness = Soundness(store, keys, index, blobs)
        self.findings = Findings()
        self.broken: list[Link] = []
        """Heads whose trees cannot be read whole."""
        self.lost: set[bytes] = set()
        """Ids of blobs that something needs and that are nowhere, and of which the index says nothing."""
        self.files = 0
        """So many there are to look at."""
        self.read: set[bytes] = set()
        """Digests of the packs that were read to their ends, by this check or by one before it, and are whole."""

    def damages(
        self,
        read_percent: int,
        now: int,
        progress: Progress,
        stop: Callable[[], bool],
        remembered: Mapping[StreamId, tuple[str, str]],
        files: Progress,
    ) -> Iterator[Damage]:
        """Find everything that is wrong, or merely worth telling; what is affected is named. Progress is in bytes.

        ``remembered``: name and SHA-256 of each stream's newest finished head, as somebody outside the vault knows it.
        """
        for done, _ in enumerate(self.look(read_percent, now, progress, stop, remembered), 1):
            files(done, self.files)
        yield from self.findings.damages()

    def look(
        self,
        read_percent: int,
        now: int,
        progress: Progress,
        stop: Callable[[], bool],
        remembered: Mapping[StreamId, tuple[str, str]],
    ) -> Iterator[str]:
        """The same step by step: names of the files that were looked at. What it finds is kept here."""
        require_there(self._store)
        self._now = now
        self._index.refresh()
        for damage in self._index.damages:
            self.findings.note_fault(damage)
        names = self._by_kind()
        packs, heads = self._index.packs(), names[SNAPSHOTS]
        small = [name for kind in (CONFIG, KEYS, INDEX, REMOVED, *_PURPOSES) for name in names[kind]]
        due = {pack.digest for pack in packs if _is_due(pack, read_percent, now)} - self.read
        total = (len(small) + len(heads)) * _SMALL + sum(_weight(pack, due) for pack in packs)
        self.files = len(small) + len(packs) + len(heads)
        done = 0
        for name in small:
            if stop():
                return
            progress(done, total)
            self._check_small(name)
            done += _SMALL
            yield name
        for pack in packs:
            if stop():
                return
            progress(done, total)
            self._check_pack(pack, reads=pack.digest in due)
            done += _weight(pack, due)
            yield name_of(pack)
        self._check_dictionaries(packs)
        walk = Walk(self._blobs.get, self._check_item, self.findings.note_fault, self._use)
        for name in heads:
            if stop():
                return
            progress(done, total)
            self._check_head(name, walk)
            done += _SMALL
            yield name
        self._check_chain(remembered)
        if isinstance(self._store, LockingStore):
            for name in hidden_slots(self._store, self._vault, self._keys):
                self.findings.note(name, "missing")
        self._tell_unreferenced(packs)
        progress(total, total)

    def _by_kind(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {
            kind: [] for kind in (CONFIG, KEYS, PACKS, META, INDEX, SNAPSHOTS, REMOVED, ASIDE, LIMITED, *_PURPOSES)
        }
        for name in self._store.list():
            kind = kind_of(name)
            if kind:
                names[kind].append(name)
            else:
                self.findings.note(name, "stranger")
        for name in names[ASIDE]:
            self.findings.note(name, "set-aside")
        return names

    # --- small files -----------------------------------------------------------------------------------------

    def _check_small(self, name: str) -> None:
        try:
            self._read_small(name, self._store.get(name))
        except VaultKeysChanged:
            self.findings.note(name, "newer-keys")
        except VaultDamaged as damage:
            self.findings.note_fault(damage)
        except VaultTooNew:
            self.findings.note(name, "altered")
        except FileNotFoundError:
            return  # removed or renewed in this moment

    def _read_small(self, name: str, data: bytes) -> None:
        kind = kind_of(name)
        if kind == CONFIG:
            found, plain = config.from_bytes(data)
            config.prove(plain, self._keys)
            if config.to_bytes(found, self._keys) != data:
                raise VaultDamaged("not as it is written", file=name, reason="altered")
        elif kind == KEYS:
            if slots.described(name, data, self._vault, self._keys).epoch < self._keys.epoch:
                self.findings.note(name, "superseded")
            if slots.canonical(name, data) != data:
                raise VaultDamaged("not as it is written", file=name, reason="altered")
        elif kind in (INDEX, REMOVED):
            if hashlib.sha256(data).hexdigest() != name.rpartition("/")[2]:
                raise VaultDamaged("not what its name says", file=name, reason="altered")
            if kind == REMOVED:
                read_note(self._keys, name, data)
        elif kind == TRASH:
            if trash.read(self._store, self._keys, name).due < self._now - _FORGOTTEN:
                self.findings.note(name, "leftover")
        else:
            unseal(self._keys, _PURPOSES[kind], name, data, name)

    # --- packs -----------------------------------------------------------------------------------------------

    def _check_pack(self, pack: Pack, *, reads: bool) -> None:
        code = self.soundness.look(pack, reads=reads)
        if code and code != "missing":  # what nothing misses, or what was stored again since, is no loss
            self.findings.note(name_of(pack), code)
        if pack.digest in self.soundness.unlisted:
            self.findings.note(name_of(pack), "incomplete")
        elif reads and not code:
            self.read.add(pack.digest)

    def _check_dictionaries(self, packs: Sequence[Pack]) -> None:
        """Suspect packs whose dictionary is nowhere any more: what was compressed with it cannot be read."""
        for id in {pack.dictionary for pack in packs} - {NO_DICTIONARY}:
            try:
                self._blobs.get(id)
            except VaultDamaged:
                self.soundness.lost_dictionaries.add(id)
                for pack in (one for one in packs if one.dictionary == id):
                    if self.soundness.suspects.setdefault(pack.digest, "altered") != "missing":
                        self.findings.note(name_of(pack), "altered")

    def _use(self, id: bytes, _plain: bytes) -> None:
        found = self._index.find(id)
        if found is not None:
            self._used.add(found[0].digest)

    def _tell_unreferenced(self, packs: Sequence[Pack]) -> None:
        for pack in packs:
            # Packs of points in time that cannot be read are not known to be unreferenced; the trash tells of its own.
            is_known = pack.digest in self._used or pack.digest in self.soundness.suspects
            if not is_known and not self.broken and not self._index.is_in_trash(pack):
                self.findings.note(name_of(pack), "unreferenced")

    # --- points in time --------------------------------------------------------------------------------------

    def _check_head(self, name: str, walk: Walk) -> None:
        try:
            link = self._heads.read(name)
        except FileNotFoundError:
            return  # followed by a newer one in this moment
        except VaultKeysChanged:
            self.findings.note(name, "newer-keys")
            return
        except VaultDamaged as damage:
            self.findings.note_fault(damage)
            return
        self._links[name] = link
        if not walk.tree(link.head.root, named(link.head), link.head.account.address):
            self.broken.append(link)

    def _check_item(self, entry: Entry, paths: Paths) -> None:
        for id in blobs_of(entry[1]):
            failure = self._failure(id)
            if failure is not None:
                self.findings.note(*failure, paths.of(entry))

    def _failure(self, id: bytes) -> tuple[str, str] | None:
        """What is wrong with a blob: file and code; None if it can be had."""
        try:
            pack, code = self.soundness.find(id)
        except LookupError:
            if not self._refreshed:
                self._refreshed = True
                self._index.refresh()  # it may have been written, or moved to another pack, since this began
                return self._failure(id)
            self.lost.add(id)
            return PACKS, "missing"
        if not code:
            self._used.add(pack.digest)
            return None
        return (name_of(pack) if pack.size else PACKS), code  # without size: known to be nowhere

    def _check_chain(self, remembered: Mapping[StreamId, tuple[str, str]]) -> None:
        gone, going = removed(self._store, self._keys), self._in_trash()
        for link in self._links.values():
            for name, digest in link.previous:
                self._check_link(name, digest, gone, f"before {named(link.head)}")
        for name, digests in gone.items():
            if name.startswith(f"{LIMITED}/"):  # a whole vault that was erased
                if next(iter(self._store.list(name)), None) is not None:
                    self.findings.note(name, "came-back")
                continue
            there = self._digest(name)
            if there is not None and ("" in digests or there in digests):
                back = self._links.get(name)
                code = "leftover" if name in going else "came-back"
                self.findings.note(name, code, named(back.head) if back else "")
        for stream, (name, digest) in remembered.items():
            if name not in gone and self._digest(name) != digest:
                newest = [link for link in self._links.values() if link.head.snapshot.stream == stream]
                self.findings.note(name, "rolled-back", named(newest[-1].head) if newest else stream)

    def _check_link(self, name: str, digest: str, gone: Mapping[str, set[str]], affected: str) -> None:
        known = self._links.get(name)
        found = known.digest if known is not None else self._digest(name)
        if found is None and name not in gone:
            self.findings.note(name, "missing", affected)
        elif found is not None and found != digest:
            self.findings.note(name, "altered", affected)

    def _in_trash(self) -> set[str]:
        """Heads that are about to be removed: where that was cut off, what is noted as removed may still be there."""
        going: set[str] = set()
        for name in trash.names(self._store):
            with contextlib.suppress(VaultDamaged, FileNotFoundError):  # it is named as a file of its own
                going.update(trash.read(self._store, self._keys, name).heads)
        return going

    def _digest(self, name: str) -> str | None:
        try:
            return hashlib.sha256(self._store.get(name)).hexdigest()
        except FileNotFoundError:
            return None


def _is_due(pack: Pack, percent: int, now: int) -> bool:
    """Choose a share of all packs, another one every day."""
    share = int.from_bytes(pack.digest[:4], "big") % 100
    return (share - now // 86400 * percent) % 100 < percent


def _weight(pack: Pack, due: AbstractSet[bytes]) -> int:
    """Bytes that are read of a pack: all, a tree's nodes in any case, or its beginning."""
    return pack.size if pack.folder == META or pack.digest in due else _SMALL
