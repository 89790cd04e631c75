"""Prune, first phase: decide what goes, write anew what is still needed of it, and list it in the trash."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import Cancelled, VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore, Clock, LockingStore
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.format.config import require_there
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import LEASES, META, PACKS, pack_digest
from saasbackup_desktop.vault.format.packs import Pack, read_table
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.loading import Loading
from saasbackup_desktop.vault.retention import holds
from saasbackup_desktop.vault.retention import policy as policies
from saasbackup_desktop.vault.retention import trash as trashes
from saasbackup_desktop.vault.retention.absent import Remembered, absent, require_none
from saasbackup_desktop.vault.retention.holds import Hold
from saasbackup_desktop.vault.retention.keeping import History, Verdict, all_links, judge, read_heads
from saasbackup_desktop.vault.retention.policy import Policy
from saasbackup_desktop.vault.retention.reach import Load, Reach
from saasbackup_desktop.vault.retention.trash import Trash
from saasbackup_desktop.vault.sharing.leases import Lease, others

FULL: Final = 16 * 1024 * 1024
SMALL: Final = FULL // 4
"""Packs below this are joined once together they fill one."""
_OLD_AT_ONCE: Final = 8
"""Packs under earlier keys that are written anew each time, if there are not more than fifty times as many."""
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Site:
    """What prune works on, and who wants to know."""

    store: BlobStore
    keys: Keys
    clock: Clock
    index: Index
    blobs: Blobs
    heads: Heads
    program: str
    progress: Progress
    stop: Stop
    remembered: Remembered

    def go_on(self) -> None:
        """Raises Cancelled if somebody wants it to end."""
        if self.stop():
            raise Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What would go."""

    verdict: Verdict
    heads: Sequence[Link]
    """Those that are in no trash yet."""
    dead: Sequence[Pack] = ()
    """Packs that nothing needs."""
    sparse: Sequence[Load] = ()
    """Packs whose needed rest is to be written anew."""
    needed: Reach | None = None

    @property
    def packs(self) -> list[Pack]:
        """All packs to be listed."""
        return [*self.dead, *(load.pack for load in self.sparse)]

    @property
    def size(self) -> int:
        """Bytes that become free, once what is still needed is written anew."""
        return sum(pack.size for pack in self.packs) - self.rewritten

    @property
    def rewritten(self) -> int:
        """Bytes to be written anew."""
        return sum(load.live for load in self.sparse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What has to be known before anything is decided."""

    policy: Policy
    holds: Sequence[Hold]
    trash: Sequence[Trash]
    histories: Mapping[StreamId, History]


def read_notes(site: Site) -> Notes:
    """Read policy, holds, trash and heads.

    Raises VaultDamaged if any of it cannot be read, or a point in time is missing; and VaultKeysChanged.
    """
    require_there(site.store)
    notes = Notes(
        policy=policies.read(site.store, site.keys),
        holds=holds.read_all(site.store, site.keys),
        trash=trashes.read_all(site.store, site.keys),
        histories=read_heads(site.heads),
    )
    links = all_links(notes.histories)
    require_none(absent(site.store, site.keys, site.heads, links, notes.holds, site.remembered))
    return notes


def decide(
    site: Site,
    notes: Notes,
    lease: Lease | None,
    due: int,
    chosen: AbstractSet[str] | None = None,
) -> Decision:
    """Say what goes; nothing is written. ``chosen``: of the heads only these, and no pack is written anew.

    ``due`` is when it is to be removed. A pack that is locked for longer is not worth writing anew.
    Raises VaultDamaged if it cannot be known what is needed, and Cancelled.
    """
    # Asked first: what somebody wrote who is at work now, and has no head yet, must not be taken for refuse.
    is_anybody_writing = _is_anybody_writing(site, lease)
    site.index.refresh()
    verdict = judge(notes.histories, notes.policy, notes.holds, notes.trash, site.clock.now(), chosen or frozenset())
    doomed = {name for one in notes.trash for name in one.heads}
    going = [
        link
        for link in (*verdict.go, *verdict.superseded)
        if link.name not in doomed and (chosen is None or link.name in chosen)
    ]
    # What goes later than this must be there until then, with all that it needs.
    leaving = {name for one in notes.trash if one.due <= due for name in one.heads} & verdict.gone
    leaving |= {link.name for link in going}
    links = all_links(notes.histories)
    present = site.index.present()
    condemned = {
        digest for one in notes.trash for name in one.packs if (digest := pack_digest(name)) is not None
    } & present
    needed = reach_of(site, [link for link in links if link.name not in leaving], present)
    known = present
    if is_anybody_writing:
        seen = reach_of(site, links, present, is_lenient=True)
        known = {load.pack.digest for load in seen.loads() if load.live or load.is_pinned}
    loads = [
        load for load in needed.loads(condemned) if load.pack.digest not in condemned and load.pack.digest in known
    ]
    dead = [load.pack for load in loads if not load.live and not load.is_pinned]
    sparse = _worth_rewriting(site, [load for load in loads if load.live], due) if chosen is None else []
    return Decision(verdict=verdict, heads=going, dead=dead, sparse=sparse, needed=needed)


def reach_of(site: Site, links: Iterable[Link], present: AbstractSet[bytes], *, is_lenient: bool = False) -> Reach:
    """Mark what some heads need. Raises VaultDamaged, unless it is lenient, and Cancelled."""
    reach = Reach(site.index, site.blobs, present)
    links = list(links)
    for done, link in enumerate(links):
        site.progress(done, len(links))
        try:
            reach.walk(link.head.root, site.stop)
        except VaultDamaged:
            if not is_lenient:
                raise
    return reach


def carry_out(site: Site, decision: Decision, lease: Lease, due: int, why: str) -> tuple[Trash | None, int]:
    """Write anew what is needed of sparse packs, then list what goes: the list, and by how many bytes the vault grew.

    Cut off before the end, it leaves copies that the next prune finds.
    """
    grown = _rewrite(site, decision, lease)
    if not decision.heads and not decision.packs:
        return None, grown
    lease.renew()
    lease.require()
    trash = Trash(
        id=trashes.new_id(),
        made=site.clock.now(),
        due=due,
        why=why,
        heads=tuple(sorted(link.name for link in decision.heads)),
        packs=tuple(sorted(name_of(pack) for pack in decision.packs)),
        program=site.program,
    )
    trashes.put(site.store, site.keys, trash)
    site.index.refresh()
    return trash, grown


def _is_anybody_writing(site: Site, lease: Lease | None) -> bool:
    """Is there any lease that is not known to be dead? Nobody waits to find out; without a lease nothing is written."""
    if lease is None:
        return any(True for _ in site.store.list(LEASES))
    return any(not one.exclusive for one in others(site.store, site.keys, site.clock, mine=lease, stop=lambda: True))


def _worth_rewriting(site: Site, loads: Sequence[Load], due: int) -> list[Load]:
    """Choose packs of which less than half is needed, small ones if together they fill one, and some under old keys."""
    chosen = {load.pack.digest: load for load in loads if load.live * 2 < load.total}
    old = [load for load in loads if load.pack.epoch < site.keys.epoch]
    chosen |= {load.pack.digest: load for load in old[: max(_OLD_AT_ONCE, len(old) // 50)]}
    for folder in (PACKS, META):
        small = [load for load in loads if load.pack.folder == folder and load.pack.size < SMALL]
        if sum(load.live for load in small) >= FULL:
            chosen |= {load.pack.digest: load for load in small}
    return [load for load in chosen.values() if not _is_locked(site.store, name_of(load.pack), due)]


def _is_locked(store: BlobStore, name: str, due: int) -> bool:
    if not isinstance(store, LockingStore) or store.lock is None:
        return False
    until = store.locked_until(name)
    return until is not None and until > due


def _rewrite(site: Site, decision: Decision, lease: Lease) -> int:
    if not decision.sparse or decision.needed is None:
        return 0
    site.index.condemn({pack.digest for pack in decision.packs})
    loading = Loading(site.store, site.keys, site.index, site.blobs)
    try:
        for done, load in enumerate(decision.sparse):
            site.progress(done, len(decision.sparse))
            site.go_on()
            lease.renew()
            _rewrite_pack(site, load.pack, decision.needed, loading)
        loading.flush()
    finally:
        loading.close()
        site.index.condemn(frozenset())
    return loading.bytes_stored


def _rewrite_pack(site: Site, pack: Pack, needed: Reach, loading: Loading) -> None:
    """Store again what is needed of a pack; what has another copy is read there to be sure of it."""
    name = name_of(pack)
    try:
        _, places = read_table(site.store, site.keys, pack.folder, name, pack.digest)
    except FileNotFoundError as error:
        raise VaultDamaged("pack is missing", file=name, reason="missing") from error
    add = loading.add if pack.folder == PACKS else loading.add_node
    for place in places:
        if not needed.has(place.id):
            continue
        found = site.index.find(place.id)
        plain = site.blobs.open(*found) if found is not None else site.blobs.open(pack, place)
        if add(plain) != place.id:
            raise VaultDamaged("a blob is not what its name says", file=name, reason="altered")
