"""What a vault does about its age: policy, holds, trash, and prune."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Head
from saasbackup_desktop.core.ports import BlobStore, Clock
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import HOLDS, REMOVED, TRASH
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.retention import holds, keeping, policy, prune
from saasbackup_desktop.vault.retention import trash as trashes
from saasbackup_desktop.vault.retention.absent import Remembered
from saasbackup_desktop.vault.retention.holds import Hold
from saasbackup_desktop.vault.retention.policy import Group, Policy
from saasbackup_desktop.vault.retention.prune import Progress, Site, Stop
from saasbackup_desktop.vault.retention.removed import read_points, take_back
from saasbackup_desktop.vault.retention.sweep import Swept, sweep
from saasbackup_desktop.vault.retention.trash import Trash
from saasbackup_desktop.vault.sharing.leases import Lease

_NOTHING: Final[Remembered] = {}


@dataclass(frozen=True, slots=True)
class Trashed:
    """One trash, and what it holds."""

    trash: Trash
    heads: Sequence[Head]
    """Points in time that can be called back; those that cannot be read are left out."""
    size: int
    """Bytes of its packs."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a prune would do now."""

    stay: Sequence[tuple[Head, tuple[str, ...]]]
    """Points in time, and why they stay."""
    go: Sequence[Head]
    """Points in time that would go into the trash."""
    packs: int
    """Files that would."""
    size: int
    """Bytes that become free once they are removed."""
    rewritten: int
    """Bytes that would be written anew first."""
    due: Sequence[Trashed]
    """Trash that would be removed now, as far as it is still not needed."""


@dataclass(slots=True, kw_only=True)
class Pruned:
    """What a prune did."""

    trash: Trash | None = None
    """What was decided now; None: nothing."""
    size: int = 0
    """Bytes that become free with it."""
    grown: int = 0
    """Bytes written anew."""
    swept: list[Swept] = field(default_factory=list)


class Housekeeping:
    """Thread-safe as far as the store is."""

    def __init__(self, store: BlobStore, keys: Keys, clock: Clock, index: Index, blobs: Blobs, heads: Heads) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._index = index
        self._blobs = blobs
        self._heads = heads
        self._points: dict[str, list[tuple[str, str]]] = {}
        """What each note of removals says; a note never changes."""

    # --- wishes ----------------------------------------------------------------------------------------------

    def policy(self) -> Policy:
        """How long points in time are kept. Raises VaultDamaged."""
        return policy.read(self._store, self._keys)

    def set_policy(self, stream: StreamId | None, keep: Keep | None) -> None:
        """Change the rule of a stream (None: as all others), or of all that have none of their own."""
        policy.put(self._store, self._keys, self.policy().changed(stream, keep))

    def set_groups(self, groups: Mapping[str, Group | None]) -> bool:
        """Change rules for several streams together (None: no such rule); False if they were so already."""
        before = self.policy()
        after = before.regrouped(groups)
        if after == before:
            return False
        policy.put(self._store, self._keys, after)
        return True

    def holds(self) -> list[Hold]:
        """What must not be removed. Raises VaultDamaged."""
        return holds.read_all(self._store, self._keys)

    def hold(self, stream: StreamId | None, snapshot: SnapshotId | None, label: str, owner: str) -> Hold:
        """Let nothing of a stream be removed any more, or one of its points in time, or nothing at all.

        Raises VaultBusy while somebody prunes, so that it holds from the moment that this returns.
        """
        if snapshot is not None and stream is None:
            raise Misconfigured("a point in time is one of a stream", what="snapshot-without-stream")
        lease = self._lease(owner, _at_once)
        try:
            hold = Hold(
                id=holds.new_id(),
                stream=stream,
                snapshot=snapshot,
                label=label,
                made=self._clock.now(),
                was_empty=stream is not None and snapshot is None and not self._heads.has_any(stream),
            )
            holds.put(self._store, self._keys, hold)
        finally:
            lease.release()
        return hold

    def release(self, id: str) -> None:
        """Let go of a hold. Raises Misconfigured if there is none."""
        if id not in {hold.id for hold in self.holds()}:
            raise Misconfigured("no such hold", what="no-such-hold", name=id)
        self._store.delete(f"{HOLDS}/{id}")

    # --- trash -----------------------------------------------------------------------------------------------

    def trash(self) -> list[Trashed]:
        """What will be removed, earliest first. Raises VaultDamaged."""
        self._index.refresh()
        sizes = {name_of(pack): pack.size for pack in self._index.packs()}
        return [
            Trashed(one, self._readable(one), sum(sizes.get(name, 0) for name in one.packs))
            for one in trashes.read_all(self._store, self._keys)
        ]

    def cancel_trash(self, id: str, owner: str) -> int:
        """Call everything in a trash back; say how many points in time that were.

        Raises Misconfigured if there is none, VaultBusy while somebody prunes. One that cannot be read goes, too.
        """
        lease = self._lease(owner, _at_once)
        try:
            name = f"{TRASH}/{id}"
            if name not in trashes.names(self._store):
                raise Misconfigured("no such trash", what="no-such-trash", name=id)
            try:
                trash = trashes.read(self._store, self._keys, name)
            except VaultDamaged:
                back = 0
            else:
                back = len(self._readable(trash))
                take_back(self._store, self._keys, set(trash.heads) & set(self._heads.names()))
            self._store.delete(name)
        finally:
            lease.release()
        self._index.refresh()
        return back

    def removed(self, stream: StreamId) -> set[SnapshotId]:
        """Points in time of a stream that were removed on purpose. Notes that cannot be read are left out."""
        found: set[SnapshotId] = set()
        for name in self._store.list(REMOVED):
            if name not in self._points:
                try:
                    self._points[name] = read_points(self._keys, name, self._store.get(name))
                except (VaultDamaged, FileNotFoundError):
                    continue  # the check names it, or it was merged in this moment
            found.update(SnapshotId(id) for of, id in self._points[name] if of == stream)
        return found

    # --- prune -----------------------------------------------------------------------------------------------

    def preview(
        self,
        grace_days: int,
        progress: Progress,
        stop: Stop,
        policy: Policy | None = None,
        *,
        remembered: Remembered = _NOTHING,
    ) -> Preview:
        """Say what a prune would do, by the policy in force or another one; nothing is written.

        ``remembered``: as for ``prune``. Raises VaultDamaged, Cancelled.
        """
        site = self._site("", progress, stop, remembered)
        notes = prune.read_notes(site)
        if policy is not None:
            notes = replace(notes, policy=policy)
        now = self._clock.now()
        decision = prune.decide(site, notes, None, now + grace_days * DAY)
        return Preview(
            stay=[(one.link.head, one.reasons) for one in decision.verdict.stay],
            go=_points(decision.verdict.go, decision.heads),
            packs=len(decision.packs),
            size=decision.size,
            rewritten=decision.rewritten,
            due=[one for one in self.trash() if one.trash.due <= now],
        )

    def prune(
        self,
        owner: str,
        grace_days: int,
        program: str,
        progress: Progress,
        stop: Stop,
        *,
        remembered: Remembered = _NOTHING,
    ) -> Pruned:
        """Remove what is due, then decide what goes next.

        ``remembered`` is what ``Vault.mark`` gave at an earlier time. Raises VaultBusy if somebody else prunes or
        repairs, VaultDamaged if it cannot be known what is needed, also because a point in time is missing; Cancelled.
        Who is in the way of a removal is told of in what this returns.
        """
        lease = self._lease(owner, stop)
        try:
            site = self._site(program, progress, stop, remembered)
            pruned = Pruned(swept=[sweep(site, lease)])
            notes = prune.read_notes(site)
            due = self._clock.now() + grace_days * DAY
            decision = prune.decide(site, notes, lease, due)
            pruned.trash, pruned.grown = prune.carry_out(site, decision, lease, due, trashes.RETENTION)
            pruned.size = decision.size
            del decision  # it takes as much memory as the index
            if pruned.trash is not None and not grace_days:
                pruned.swept.append(sweep(site, lease))
            return pruned
        finally:
            lease.release()

    def discard(
        self,
        stream: StreamId,
        snapshots: Sequence[SnapshotId],
        owner: str,
        grace_days: int,
        program: str,
        progress: Progress,
        stop: Stop,
        *,
        remembered: Remembered = _NOTHING,
    ) -> Pruned:
        """Put a stream into the trash, or some of its points in time.

        Raises Misconfigured (fact ``what``) for what is not there, ``held`` for what is held, and ``newest`` for the
        newest point in time alone, which the next backup goes on from; else as ``prune``.
        """
        lease = self._lease(owner, stop)
        try:
            site = self._site(program, progress, stop, remembered)
            notes = prune.read_notes(site)
            chosen = _chosen(notes, stream, snapshots)
            due = self._clock.now() + grace_days * DAY
            decision = prune.decide(site, notes, lease, due, chosen)
            why = trashes.SNAPSHOTS if snapshots else trashes.ACCOUNT
            trash, grown = prune.carry_out(site, decision, lease, due, why)
            swept = [sweep(site, lease)] if trash is not None and not grace_days else []
            return Pruned(trash=trash, size=decision.size, grown=grown, swept=swept)
        finally:
            lease.release()

    def _lease(self, owner: str, stop: Callable[[], bool]) -> Lease:
        return Lease.exclusive(self._store, self._keys, self._clock, owner, stop=stop)

    def _site(self, program: str, progress: Progress, stop: Stop, remembered: Remembered) -> Site:
        return Site(
            self._store,
            self._keys,
            self._clock,
            self._index,
            self._blobs,
            self._heads,
            program,
            progress,
            stop,
            remembered,
        )

    def _readable(self, trash: Trash) -> list[Head]:
        found = []
        for name in trash.heads:
            try:
                found.append(self._heads.read(name).head)
            except (VaultDamaged, FileNotFoundError):
                continue  # removed before a prune was cut off, or damaged: the check names it
        return found


def _points(go: Sequence[Link], heads: Sequence[Link]) -> list[Head]:
    names = {link.name for link in heads}
    return [link.head for link in go if link.name in names]


def _chosen(notes: prune.Notes, stream: StreamId, snapshots: Sequence[SnapshotId]) -> set[str]:
    """Names of the heads of what somebody chose. Raises Misconfigured."""
    history = notes.histories.get(stream, keeping.History())
    links = {link.head.snapshot.id: link for link in history.links}
    for id in snapshots:
        if id not in links:
            raise Misconfigured(id, what="unknown-snapshot", name=id)
    chosen = [links[id] for id in snapshots] if snapshots else history.links
    if not chosen:
        raise Misconfigured(stream, what="unknown-stream", name=stream)
    for link in chosen:
        if holds.is_held(notes.holds, link.head.snapshot):
            raise Misconfigured(link.head.snapshot.id, what="held", name=link.head.snapshot.id)
    if snapshots and history.links[-1] in chosen:
        raise Misconfigured(history.links[-1].head.snapshot.id, what="newest", name=history.links[-1].head.snapshot.id)
    superseded = history.superseded if not snapshots else ()
    return {link.name for link in (*chosen, *superseded)}


def _at_once() -> bool:
    """Nobody waits to see whether a lease that has run out is dead."""
    return True
