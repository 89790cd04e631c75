"""Prune, second phase: remove what has lain in the trash long enough and is still not needed."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.core.errors import VaultBusy, VaultDamaged, VaultImmutable
from saasbackup_desktop.core.ports import LockingStore
from saasbackup_desktop.core.retention import DAY
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.format.names import META, pack_digest
from saasbackup_desktop.vault.format.packs import Pack, Place, read_table
from saasbackup_desktop.vault.heads import Link
from saasbackup_desktop.vault.index import name_of
from saasbackup_desktop.vault.retention import trash as trashes
from saasbackup_desktop.vault.retention.keeping import all_links, judge
from saasbackup_desktop.vault.retention.prune import Notes, Site, reach_of, read_notes
from saasbackup_desktop.vault.retention.reach import COPIES, Reach
from saasbackup_desktop.vault.retention.removed import merge_notes, note_removed, take_back
from saasbackup_desktop.vault.retention.trash import Trash
from saasbackup_desktop.vault.sharing.leases import Holding, Lease, others
from saasbackup_desktop.vault.stores.caching import CachingStore

_EVERY: Final = 16
"""Removals between two looks at the lease."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that the store's lock keeps."""

    name: str
    until: str
    """ISO 8601; empty if the store does not say."""


@dataclass(slots=True, kw_only=True)
class Swept:
    """What was removed, and what was not."""

    heads: int = 0
    packs: int = 0
    freed: int = 0
    """Bytes."""
    spared: int = 0
    """Files in the trash that are needed after all."""
    locked: list[Locked] = field(default_factory=list)
    busy: VaultBusy | None = None
    """Somebody is at work who may count on what should have been removed: nothing of that was."""


@dataclass(slots=True)
class _Lot:
    """One trash that is due, and what of it can go."""

    trash: Trash
    heads: list[Link]
    packs: list[Pack] = field(default_factory=list)
    locked: dict[str, str] = field(default_factory=dict)
    """Files that stay for now: until when, in ISO 8601."""


def sweep(site: Site, lease: Lease) -> Swept:
    """Remove what is due. Raises VaultDamaged before anything is removed if it cannot be known what is needed.

    Cut off anywhere, it goes on where it was: first it is written down which heads go, then they go, then packs, then
    what the index says of them, then the list in the trash.
    """
    swept = Swept()
    now = site.clock.now()
    if not any(trash.due <= now for trash in trashes.read_all(site.store, site.keys)):
        return swept
    # First the dead are told from the living, and their leases removed; then all that the others wrote is looked at.
    alive = others(site.store, site.keys, site.clock, mine=lease, stop=site.stop)
    site.go_on()
    notes = read_notes(site)
    site.index.refresh()  # after the heads: of those that came meanwhile, too, all packs are known then
    due = [trash for trash in notes.trash if trash.due <= now]
    lots = [lot for trash in due if (lot := _lot(site, notes, trash, alive, swept)) is not None]
    if lots:
        _choose_packs(site, notes, lots, swept)
        lease.require()
        _remove_heads(site, lots, lease, swept)
        _remove_packs(site, lots, lease, swept)
        for lot in lots:
            _close(site, lot)
        merge_notes(site.store, site.keys)
    return swept


def _lot(site: Site, notes: Notes, trash: Trash, alive: Sequence[Holding], swept: Swept) -> _Lot | None:
    """Find the heads of one trash that still go; None if somebody at work stands in the way."""
    verdict = judge(notes.histories, notes.policy, notes.holds, notes.trash, site.clock.now())
    links = {link.name: link for link in all_links(notes.histories)}
    listed = [links[name] for name in trash.heads if name in links]
    holder = next((one for one in alive if not one.exclusive and one.counts_on(trash.name)), None)
    if holder is not None:
        swept.busy = VaultBusy(
            "somebody counts on what is to be removed", owner=holder.owner, host=holder.host, until=""
        )
        return None
    going = [link for link in listed if link.name in verdict.gone]
    spared = {link.name for link in listed} - {link.name for link in going}
    swept.spared += len(spared)
    if spared:
        take_back(site.store, site.keys, spared)  # if a prune was cut off, it may have been noted already
    lot = _Lot(trash, [])
    for link in going:
        until = _locked_until(site, link.name)
        if until is None:
            lot.heads.append(link)
        else:
            lot.locked[link.name] = until
            swept.locked.append(Locked(link.name, until))
    return lot


def _choose_packs(site: Site, notes: Notes, lots: Sequence[_Lot], swept: Swept) -> None:
    """Find the packs that nothing needs, or whose needed blobs were read at another place."""
    blobs = _blobs_themselves(site)
    present = site.index.present()
    packs = {pack.digest: pack for pack in site.index.packs() if pack.digest in present}
    leaving = {link.name for lot in lots for link in lot.heads}
    reach = reach_of(site, [link for link in all_links(notes.histories) if link.name not in leaving], present)
    listed = {digest for lot in lots for name in lot.trash.packs if (digest := pack_digest(name)) in packs}
    going = set(listed)
    used = {load.pack.dictionary for load in reach.loads(listed) if load.live}
    for digest in sorted(listed):
        site.go_on()
        if _is_needed(site, blobs, reach, used, packs[digest], going):
            going.discard(digest)
            swept.spared += 1
    for lot in lots:
        lot.packs = [
            packs[digest] for name in lot.trash.packs if (digest := pack_digest(name)) is not None and digest in going
        ]


def _blobs_themselves(site: Site) -> Blobs:
    """Read what the store holds, not what was kept near of it."""
    if isinstance(site.store, CachingStore):
        return Blobs(site.store.behind, site.keys, site.index)
    return site.blobs


def _is_needed(
    site: Site, blobs: Blobs, reach: Reach, used: AbstractSet[bytes], pack: Pack, going: AbstractSet[bytes]
) -> bool:
    """Is there anything in a pack that is needed and cannot be read anywhere else? ``used``: dictionaries in use."""
    try:
        _, places = read_table(site.store, site.keys, pack.folder, name_of(pack), pack.digest)
    except FileNotFoundError:
        return False  # removed before a prune was cut off
    for place in places:
        copies = COPIES if place.id in used else 1 if reach.has(place.id) else 0
        if copies and sum(1 for _ in _sound_copies(site, blobs, pack, place, going, copies)) < copies:
            return True
    return False


def _sound_copies(
    site: Site, blobs: Blobs, pack: Pack, place: Place, going: AbstractSet[bytes], wanted: int
) -> Iterator[tuple[Pack, Place]]:
    key = site.keys.node_id if pack.folder == META else site.keys.blob_id
    for other, there in site.index.places(place.id):
        if wanted and other.digest not in going and other.digest != pack.digest:
            try:
                plain = blobs.open(other, there)
            except VaultDamaged:
                continue  # the check names it; here it is only no reason to remove another copy
            if blob_id(key, plain) == place.id:
                wanted -= 1
                yield other, there


def _remove_heads(site: Site, lots: Sequence[_Lot], lease: Lease, swept: Swept) -> None:
    """Write down which heads go, then remove them. A pack that a locked one needs stays."""
    heads = [(lot, link) for lot in lots for link in lot.heads]
    if not heads:
        return
    snapshots = [link.head.snapshot for _, link in heads]
    files = ((link.name, link.digest) for _, link in heads)
    note_removed(site.store, site.keys, files, [(snapshot.stream, snapshot.id) for snapshot in snapshots])
    for lot, link in heads:
        lease.renew()
        try:
            site.store.delete(link.name)
        except VaultImmutable as refusal:
            _keep(lot, link.name, refusal, swept)
            for other in lots:  # nobody asked what it needs: its packs have to wait
                for pack in other.packs:
                    other.locked[name_of(pack)] = str(refusal.facts.get("until", ""))
                other.packs = []
        else:
            swept.heads += 1


def _remove_packs(site: Site, lots: Sequence[_Lot], lease: Lease, swept: Swept) -> None:
    packs = {pack.digest: (lot, pack) for lot in lots for pack in lot.packs}
    removed: set[bytes] = set()
    try:
        for done, (lot, pack) in enumerate(packs.values()):
            site.progress(done, len(packs))
            site.go_on()
            if done % _EVERY == 0:
                lease.renew()
                lease.require()
            try:
                site.store.delete(name_of(pack))
            except VaultImmutable as refusal:
                _keep(lot, name_of(pack), refusal, swept)
            else:
                removed.add(pack.digest)
                swept.packs += 1
                swept.freed += pack.size
    finally:
        if removed:
            site.index.drop(removed)


def _close(site: Site, lot: _Lot) -> None:
    """Remove the list; what a lock keeps goes on to a new one."""
    if lot.locked:
        until = [datetime.fromisoformat(one).timestamp() for one in lot.locked.values() if one]
        due = int(min(until, default=site.clock.now() + DAY)) + 1
        heads = tuple(name for name in lot.trash.heads if name in lot.locked)
        # What a head needs waits with it.
        packs = tuple(name for name in lot.trash.packs if heads or name in lot.locked)
        trashes.put(site.store, site.keys, replace(lot.trash, id=trashes.new_id(), due=due, heads=heads, packs=packs))
    site.store.delete(lot.trash.name)


def _keep(lot: _Lot, name: str, refusal: VaultImmutable, swept: Swept) -> None:
    until = str(refusal.facts.get("until", ""))
    lot.locked[name] = until
    swept.locked.append(Locked(name, until))


def _locked_until(site: Site, name: str) -> str | None:
    """Until when the store's lock keeps a file (ISO 8601); None if it does not."""
    if not isinstance(site.store, LockingStore) or site.store.lock is None:
        return None
    until = site.store.locked_until(name)
    if until is None or until <= site.clock.now():
        return None
    return datetime.fromtimestamp(until, UTC).isoformat()
