"""A second copy of a vault at another place, which opens by itself at any moment."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged, VaultFault, VaultImmutable, VaultMissing
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format import config
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
from saasbackup_desktop.vault.format.sealing import unseal
from saasbackup_desktop.vault.retention.removed import note_removed, removed
from saasbackup_desktop.vault.stores.overlap import overlap

AT_ONCE: Final = 4
"""Files that are copied side by side; each is in memory whole."""
_ROUNDS: Final = 6
"""So often the source is looked at again for what came meanwhile."""
_STAGES: Final = (KEYS, PACKS, META, INDEX, HOLDS, POLICY, ASIDE, REMOVED, SNAPSHOTS, CONFIG)
"""In this order: what a file stands on is there before it, and a place without vault.json is no vault yet."""
_BY_CONTENT: Final = frozenset({PACKS, META, INDEX, REMOVED})
"""Their names are the SHA-256 of what they hold."""
_FLEETING: Final = frozenset({INDEX, HOLDS, POLICY})
_PURPOSES: Final = {SNAPSHOTS: "head", HOLDS: "note", POLICY: "note"}
_STAYS: Final = frozenset({LEASES, LOCKS, TRASH})
"""Who is at work at one place, what is locked there and what is about to be removed, means nothing at another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a mirror."""

    copied: int
    """Files."""
    bytes: int
    """Of those."""
    skipped: int
    """Files that were there already."""
    left: int
    """Files of the target that the source has no more."""
    removed: int
    """Files that were removed from the target because they were removed from the source on purpose."""
    failed: Sequence[tuple[str, str]]
    """Names of files that the target lacks or has otherwise, and why: ``missing``, ``altered``, ``cut``, ``differs``,
    ``unreadable``, ``immutable``."""
    is_finished: bool
    """False: it was stopped."""

    @property
    def is_whole(self) -> bool:
        """The target has all that the source had."""
        return self.is_finished and not self.failed


def mirror(
    source: BlobStore,
    target: BlobStore,
    keys: Keys,
    progress: Callable[[int, int], None],
    stop: Callable[[], bool],
    *,
    verify: bool = False,
) -> Result:
    """Copy a vault's files to another place, those that are not there yet, and prove each on its way.

    ``progress`` gets the numbers of files done and known. Other programs may write and prune at the source meanwhile.
    What the source removed stays at the target. ``verify``: what is there already is read whole, and copied again if it
    is not what its name says. Cut off anywhere, it goes on where it was when called again. Raises
    Misconfigured if the target is something else, VaultMissing, VaultFull, VaultUnwritable, VaultKeysChanged.
    """
    copy = Copy(source, target, keys, progress, stop, verify=verify)
    copy.run()
    return copy.result()


class Copy:
    """One run."""

    def __init__(
        self,
        source: BlobStore,
        target: BlobStore,
        keys: Keys,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
        *,
        verify: bool = False,
    ) -> None:
        self._verify = verify
        self._source = source
        self._target = target
        self._keys = keys
        self._progress = progress
        self._stop = stop
        self._lock = threading.Lock()
        self._there: set[str] = set()
        self._planned: set[str] = set()
        self._done: dict[str, str] = {}
        """What became of each file: ``copied``, ``skipped``, or why it failed."""
        self._known = 0
        self._bytes = 0
        self._is_cut = False
        self.removed = 0

    def run(self) -> None:
        """Copy until the source holds nothing new."""
        require_place(self._source, self._target)
        self._there = set(names_at(self._target))
        for _ in range(_ROUNDS):
            if not self._round():
                break
        if not self._is_cut:
            self._compare()

    def fail(self, name: str, why: str) -> None:
        """Write down that a file is not as it should be."""
        self._done[name] = why

    @property
    def is_whole(self) -> bool:
        """Everything that was there to be copied is copied."""
        return not self._is_cut and all(why in ("copied", "skipped") for why in self._done.values())

    def result(self) -> Result:
        """How it went."""
        counts = Counter(self._done.values())
        there = {name for name in self._source.list() if _stage(name)}
        return Result(
            copied=counts["copied"],
            bytes=self._bytes,
            skipped=counts["skipped"],
            left=sum(1 for name in names_at(self._target) if _stage(name) not in ("", REMOVED) and name not in there),
            removed=self.removed,
            failed=tuple(sorted((name, why) for name, why in self._done.items() if why not in ("copied", "skipped"))),
            is_finished=not self._is_cut,
        )

    # --- one round -------------------------------------------------------------------------------------------

    def _round(self) -> bool:
        """Copy what there is now; say whether to look again."""
        # Heads first: all that they stand on is in any list that is made after theirs.
        heads = [name for name in self._source.list() if _stage(name) == SNAPSHOTS]
        plan: dict[str, list[str]] = {stage: [] for stage in _STAGES}
        for name in self._source.list():
            stage = _stage(name)
            if stage and stage != SNAPSHOTS and name not in self._done:
                plan[stage].append(name)
        plan[SNAPSHOTS] = [name for name in heads if name not in self._done]
        self._planned.update(*plan.values())
        self._known = len(self._done) + sum(map(len, plan.values()))
        for stage in _STAGES:
            if stage == REMOVED:
                self.note_removed(self._there)
            missed = self._each(plan[stage], in_order=stage == SNAPSHOTS)
            if self._is_cut:
                return False
            if missed and stage in (PACKS, META):
                return True  # a prune wrote what was worth keeping to another pack, which is in the next list
        return any(plan[stage] for stage in _STAGES)

    def _each(self, names: Iterable[str], *, in_order: bool) -> int:
        """Copy files side by side, those of one folder in order if need be; say how many were not there any more."""
        groups: dict[str, list[str]] = {}
        for name in names:
            groups.setdefault(name.rpartition("/")[0] if in_order else name, []).append(name)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="vault-mirror") as pool:
            futures = [pool.submit(self._copy_all, group) for group in groups.values()]
            try:
                return sum(future.result() for future in futures)
            except BaseException:
                self._is_cut = True  # the others end with the file at hand
                pool.shutdown(cancel_futures=True)
                raise

    def _copy_all(self, names: Sequence[str]) -> int:
        missed = 0
        for name in names:
            if self._is_cut or self._stop():
                self._is_cut = True
                break
            try:
                outcome = self._copy(name)
            except FileNotFoundError:
                missed += 1  # removed from the source in this moment
                continue
            except VaultDamaged as damage:
                outcome = str(damage.facts.get("reason", "altered"))
            except VaultImmutable:
                outcome = "immutable"
            except VaultFault as fault:
                if type(fault) is not VaultFault:
                    raise  # the place itself: the next file would fare no better
                outcome = "unreadable"
            with self._lock:
                self._done[name] = outcome
                self._progress(len(self._done), self._known)
        return missed

    def _copy(self, name: str) -> str:
        """Bring one file over. Raises VaultDamaged if it is not what it should be."""
        kind = _stage(name)
        if name in self._there:
            if kind in _BY_CONTENT or kind == ASIDE:
                if self._source.size(name) == self._target.size(name) and self._is_good(name, kind):
                    return "skipped"
                data = self._proven(name, kind)
            else:
                data = self._source.get(name)
                if data == self._target.get(name):
                    return "skipped"
                if name.startswith(f"{LIMITED}/") and kind in _PURPOSES:
                    return "differs"  # which of the two is the right one, only its own keys tell
                self._prove(name, kind, data)
            self._target.delete(name)
        else:
            data = self._proven(name, kind)
        try:
            self._target.put(name, data, fleeting=kind in _FLEETING)
        except FileExistsError:
            if self._target.get(name) != data:
                return "differs"
        with self._lock:
            self._there.add(name)
            self._bytes += len(data)
        return "copied"

    def _is_good(self, name: str, kind: str) -> bool:
        """Does the target's file, of the right size, hold what it should? It is believed to, unless verified."""
        if not self._verify:
            return True
        try:
            data = self._target.get(name)
        except VaultFault as fault:
            if type(fault) is not VaultFault:
                raise
            return False  # a bad sector: what is read no more is copied again
        if kind == ASIDE:
            return data == self._source.get(name)
        return hashlib.sha256(data).hexdigest() == name.rpartition("/")[2]

    def _proven(self, name: str, kind: str) -> bytes:
        data = self._source.get(name)
        self._prove(name, kind, data)
        return data

    def _prove(self, name: str, kind: str, data: bytes) -> None:
        """Make sure that a file is as it was written. Raises VaultDamaged."""
        if kind in _BY_CONTENT:
            if hashlib.sha256(data).hexdigest() != name.rpartition("/")[2]:
                cut = len(data) < self._source.size(name)
                raise VaultDamaged("not what its name says", file=name, reason="cut" if cut else "altered")
        elif kind == KEYS:
            slots.parse(name, data)
        elif kind == CONFIG:
            config.from_bytes(data)
        elif kind in _PURPOSES and not name.startswith(f"{LIMITED}/"):
            unseal(self._keys, _PURPOSES[kind], name, data, name)

    def note_removed(self, there: AbstractSet[str]) -> None:
        """Tell the target what was removed on purpose and is not there either; what it still has goes on to count."""
        known = removed(self._target, self._keys)
        folders = {"/".join(name.split("/")[:2]) for name in there if name.startswith(f"{LIMITED}/")}
        gone = {
            (name, digest)
            for name, digests in removed(self._source, self._keys).items()
            for digest in digests
            if name not in there and name not in folders and digest not in known.get(name, ())
        }
        if gone:
            note_removed(self._target, self._keys, gone)

    # --- afterwards ------------------------------------------------------------------------------------------

    def _compare(self) -> None:
        """List both once more: what should be there is."""
        config.require_there(self._source)  # a disk that is gone looks like one on which nothing is
        there = set(names_at(self._target))
        for name in self._source.list():
            if name in self._planned and name not in there and self._done.get(name) in (None, "copied", "skipped"):
                self._done[name] = "missing"


def require_place(source: BlobStore, target: BlobStore) -> None:
    """Make sure that the target holds nothing, or a copy of this vault. Raises Misconfigured, VaultTooNew."""
    if overlap(source.location, target.location):
        raise Misconfigured("a mirror of itself", what="mirror-of-itself", name=target.location)
    described, _ = config.from_bytes(config.require_there(source))
    refusal = Misconfigured("something else is here", what="mirror-other", name=target.location)
    names = list(names_at(target))
    if CONFIG in names:
        if config.from_bytes(target.get(CONFIG))[0].id != described.id:
            raise refusal
    elif names:
        # A mirror that was not finished: its key slots came first, and say whose they are.
        owners = {slots.parse(name, target.get(name))["vault"] for name in names if kind_of(name) == KEYS}
        if owners != {described.id}:
            raise refusal


def names_at(store: BlobStore) -> list[str]:
    """All names at a place that may not be made yet."""
    try:
        return list(store.list())
    except (VaultMissing, FileNotFoundError):
        return []


def _stage(name: str) -> str:
    """What kind of file it is, also in a limited vault; empty for what is not copied.

    What limited vaults note for themselves is copied as it is: it takes their own keys to read it.
    """
    kind = kind_of(name)
    is_limited = kind == LIMITED
    if is_limited:
        kind = kind_of(name.split("/", 2)[2])
    elif kind == REMOVED:
        return ""  # told to the target in its own way
    return "" if kind in _STAYS or kind == LIMITED else kind
