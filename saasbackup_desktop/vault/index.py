"""Which pack holds which blob: segments on the store, sorted runs in memory."""

import contextlib
import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import INDEX, META, PACKS, pack_digest, pack_name
from saasbackup_desktop.vault.format.packs import Pack, Place, read_table
from saasbackup_desktop.vault.format.runs import Run
from saasbackup_desktop.vault.format.sealing import seal, unseal
from saasbackup_desktop.vault.retention.trash import Listed, listed

_LOST: Final = Pack(PACKS, 1, bytes(32), bytes(32), 0)
"""Stands in segments for blobs that something needs and no pack has: no file is named so."""
_AT_ONCE: Final = 64
"""Tables that are read before they are sorted."""
_TIER: Final = 4
"""So many segments of about one size are merged into one."""


class Index:
    """Thread-safe. What it does not find in segments it reads from the packs themselves."""

    def __init__(self, store: BlobStore, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._adopted: Run | None = None
        self._gone: set[bytes] = set()
        self._given_up: set[bytes] = set()
        self._condemned: frozenset[bytes] = frozenset()
        self._trash: dict[str, Listed] = {}
        """What each trash file lists."""
        self._failed: set[tuple[bytes, int]] = set()
        """Pack and offset of blobs that did not open."""
        self.damages: list[VaultDamaged] = []
        """What could not be read at the last refresh."""

    def refresh(self) -> None:
        """See what others wrote since; notice packs that vanished, and adopt packs that no segment knows."""
        with self._writing:
            self._read_segments()
            present = {
                digest: (folder, name)
                for folder in (PACKS, META)
                for name in self._store.list(folder)
                if (digest := pack_digest(name)) is not None
            }
            known = {pack.digest for run in self._runs.values() for pack in run.packs}
            adopted = self._adoptable({digest: present[digest] for digest in present.keys() - known})
            trash = listed(self._store, self._keys, self._trash)
            with self._lock:
                self._trash = trash
                self._gone = known - present.keys()
                self._adopted = adopted

    def find(self, id: bytes) -> tuple[Pack, Place] | None:
        """Where a blob lies, if its pack is there to stay."""
        return next(self._lasting(id), None)

    def copies(self, id: bytes) -> int:
        """In how many packs that are there to stay a blob lies."""
        return sum(1 for _ in self._lasting(id))

    def places(self, id: bytes) -> Iterator[tuple[Pack, Place]]:
        """Every place where a blob should lie, vanished packs included."""
        with self._lock:
            runs = self._all_runs()
        for run in runs:
            if found := run.find(id):
                yield from found

    def packs(self) -> Sequence[Pack]:
        """All packs that are known, vanished ones included."""
        with self._lock:
            runs = self._all_runs()
            return list({pack.digest: pack for run in runs for pack in run.packs}.values())

    def mark_gone(self, pack: Pack) -> None:
        """Do not count on a pack any more: what it held is stored again when it is met."""
        with self._lock:
            self._gone.add(pack.digest)

    def give_up(self, pack: Pack) -> None:
        """Do not count on a pack any more, though its file is there: it is about to be put aside."""
        with self._lock:
            self._given_up.add(pack.digest)

    def mark_failed(self, pack: Pack, place: Place) -> None:
        """Do not count on one blob of a pack any more: it is stored again when it is met."""
        with self._lock:
            self._failed.add((pack.digest, place.offset))

    @property
    def has_losses(self) -> bool:
        """Is a pack gone that a segment tells of, or did a blob not open? It may be there elsewhere."""
        return bool(self._gone or self._failed)

    def lost(self) -> set[bytes]:
        """Beginnings of the ids of blobs that are nowhere any more, as far as segments tell of them."""
        with self._lock:
            runs, gone, failed = self._all_runs(), set(self._gone), set(self._failed)
        missed = {key for run in runs for key in run.at(gone, failed)}
        for run in runs if missed else ():
            missed -= run.elsewhere(missed, gone, failed)
        return missed

    def unnoted(self) -> set[bytes]:
        """Those of the lost ones of which no repair has written down yet that they are nowhere."""
        missed = self.lost()
        with self._lock:
            runs = self._all_runs()
        return {
            key for key in missed if not any(pack.digest == _LOST.digest for run in runs for pack, _ in run.find(key))
        }

    @property
    def has_adopted(self) -> bool:
        """Was there a pack at the last refresh that no segment tells of?"""
        return self._adopted is not None

    def rebuild(self, lost: Iterable[bytes], *, anew: bool) -> None:
        """Write what segments do not tell: packs that were adopted, and blobs (beginnings of ids) that no pack has.

        ``anew``: everything, from the packs themselves; of packs that are gone what is known stays known.
        """
        with self._writing:
            runs = [Run.of([(_LOST, [Place(id, 0, 0, 0) for id in lost])])]
            if self._adopted is not None:
                runs.append(self._adopted)
            old = dict(self._runs)
            if anew:
                present = {pack.digest: pack for pack in self.packs() if pack.digest not in self._gone}
                runs += (run.without(present.keys()) for run in old.values())
                runs += self._from_tables([*present.values()])
            run = Run.merged(one for one in runs if one.count)
            if run.packs:
                self._write(run)
            with self._lock:
                self._adopted = None
                self._gone |= {_LOST.digest} & {pack.digest for pack in run.packs}
            for name in old if anew else ():
                self._store.delete(name)
                with self._lock:
                    del self._runs[name]

    def condemn(self, digests: AbstractSet[bytes]) -> None:
        """Do not count on packs that will be removed: they can be read, but what they hold is stored again."""
        with self._lock:
            self._condemned = frozenset(digests)

    def add(self, contents: Iterable[tuple[Pack, Iterable[Place]]]) -> int:
        """Write a segment for new packs, together with what was adopted; say how many bytes that took."""
        with self._writing:
            run = Run.of(contents)
            if self._adopted is not None:
                run = Run.merged((run, self._adopted))
            if not run.packs:
                return 0
            written = self._write(run)
            with self._lock:
                self._adopted = None
            return written + self._compact()

    def runs(self) -> list[Run]:
        """All that is known, in sorted runs."""
        with self._lock:
            return self._all_runs()

    def present(self) -> set[bytes]:
        """Digests of the packs that were there at the last refresh and have not been missed since."""
        return {pack.digest for pack in self.packs()} - self._gone

    def is_gone(self, pack: Pack) -> bool:
        """Was a pack missed, at the last refresh or since?"""
        return pack.digest in self._gone

    def is_in_trash(self, pack: Pack) -> bool:
        """Is a pack to be removed?"""
        return any(pack.digest in trash.packs for trash in self._trash.values())

    def is_discarded(self, head: str) -> bool:
        """Did somebody choose to let this head go, as of the last refresh?"""
        return any(head in trash.discarded for trash in self._trash.values())

    def drop(self, digests: AbstractSet[bytes]) -> None:
        """Forget packs that were removed; new segments are written before the old ones go."""
        with self._writing:
            with self._lock:
                affected = {
                    name: run for name, run in self._runs.items() if any(pack.digest in digests for pack in run.packs)
                }
                self._gone |= digests
            rest = Run.merged(run.without(digests) for run in affected.values())
            if rest.packs:
                self._write(rest)
            for name in affected:
                self._store.delete(name)
            with self._lock:
                for name in affected:
                    del self._runs[name]

    def _from_tables(self, packs: Sequence[Pack]) -> Iterator[Run]:
        for start in range(0, len(packs), _AT_ONCE):
            contents = []
            for pack in packs[start : start + _AT_ONCE]:
                with contextlib.suppress(VaultDamaged, FileNotFoundError):  # the check tells
                    contents.append(read_table(self._store, self._keys, pack.folder, name_of(pack), pack.digest))
            yield Run.of(contents)

    def _all_runs(self) -> list[Run]:
        return [*self._runs.values(), *([self._adopted] if self._adopted else [])]

    def _lasting(self, id: bytes) -> Iterator[tuple[Pack, Place]]:
        for pack, place in self.places(id):
            if (
                pack.digest not in self._gone
                and pack.digest not in self._given_up
                and pack.digest not in self._condemned
                and not self.is_in_trash(pack)
                and (pack.digest, place.offset) not in self._failed
            ):
                yield pack, place

    def _write(self, run: Run) -> int:
        data = seal(self._keys, INDEX, INDEX, run.to_bytes())
        name = f"{INDEX}/{hashlib.sha256(data).hexdigest()}"
        self._store.put(name, data, fleeting=True)  # it can be had again from the packs
        with self._lock:
            self._runs[name] = run
        return len(data)

    def _compact(self) -> int:
        """Merge segments of about one size when there are many; the old ones go after the new one is durable."""
        written = 0
        tiers: dict[int, list[str]] = {}
        for name, run in self._runs.items():
            tiers.setdefault(max(run.count, 1).bit_length() // 2, []).append(name)
        for names in tiers.values():
            if len(names) < _TIER:
                continue
            written += self._write(Run.merged(self._runs[name] for name in names))
            for name in names:
                self._store.delete(name)
            with self._lock:
                for name in names:
                    del self._runs[name]
        return written

    def _read_segments(self) -> None:
        self.damages = []
        names = set(self._store.list(INDEX))
        for name in sorted(names - self._runs.keys()):
            try:
                plain = unseal(self._keys, INDEX, INDEX, self._store.get(name), name)
                run = Run.from_bytes(plain)
            except FileNotFoundError:
                # Merged by another writer in this moment: what it held stands in a segment that is there now.
                self._read_segments()
                return
            except VaultDamaged as damage:
                self.damages.append(damage)
            except (ValueError, IndexError):
                self.damages.append(VaultDamaged("not an index", file=name, reason="altered"))
            else:
                with self._lock:
                    self._runs[name] = run
        with self._lock:
            for name in self._runs.keys() - names:
                del self._runs[name]

    def _adoptable(self, strangers: dict[bytes, tuple[str, str]]) -> Run | None:
        """Read what packs hold that no segment tells of."""
        contents = []
        for digest, (folder, name) in sorted(strangers.items()):
            try:
                contents.append(read_table(self._store, self._keys, folder, name, digest))
            except VaultDamaged as damage:
                self.damages.append(damage)
            except FileNotFoundError:
                continue
        return Run.of(contents) if contents else None


def name_of(pack: Pack) -> str:
    """A pack's file."""
    return pack_name(pack.folder, pack.digest)
