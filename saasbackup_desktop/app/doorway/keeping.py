"""How long points in time are kept, and what becomes of the others."""

from collections.abc import Sequence

from saasbackup_desktop.app import held, retaining, views
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import (
    CatalogChanged,
    Discard,
    Prune,
)
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep


class Keeping(Opened):
    """Retention, trash and holds. Every method may raise Fault."""

    async def retention(self, stream: StreamId | None = None) -> views.Retention:
        """How long points in time of a stream are kept; None: of all streams without a rule of their own."""
        return await retaining.retention(self._workspace.bench, stream)

    async def retentions(self) -> Sequence[views.Retention]:
        """Every rule that is set: first the one for all, then those of single streams."""
        return await retaining.retentions(self._workspace.bench)

    @noted("retention-changed", stream="stream")
    async def set_retention(self, keep: Keep | None, stream: StreamId | None = None) -> None:
        """Change how long points in time are kept, of a stream or of all.

        ``keep`` None: the stream follows the rule for all again; for all: everything for ever. Nothing is removed
        before the next prune, and then not before its grace is over.
        """
        await retaining.set_retention(self._workspace.bench, keep, stream)
        self._workspace.engine.tell(CatalogChanged(None))

    async def retention_preview(
        self, keep: Keep | None, stream: StreamId | None = None, grace_days: int = GRACE_DAYS
    ) -> views.PrunePreview:
        """Say what a prune would do if ``set_retention`` were asked for this; nothing is written, nor the rule set."""
        return await retaining.preview(self._workspace.bench, grace_days, retaining.rule_changed(stream, keep))

    async def prune_preview(self, grace_days: int = GRACE_DAYS) -> views.PrunePreview:
        """Say exactly what ``prune`` would do now; nothing is written. Takes a while for a large vault.

        Raises VaultDamaged if it cannot be known what is needed: then ``prune`` refuses, too.
        """
        return await retaining.preview(self._workspace.bench, grace_days)

    @noted("prune-asked", job="result", days="grace_days")
    async def prune(self, grace_days: int = GRACE_DAYS) -> JobId:
        """Remove what is due in the trash, and put into it what retention does not keep any more.

        The job fails with ``vault-busy`` if somebody at work stands in the way of a removal; it can be run again.
        """
        return await self._submit(Prune(grace_days=grace_days))

    @noted("deletion-asked", stream="stream", snapshots="#snapshots", job="result")
    async def discard(
        self, stream: StreamId, snapshots: Sequence[SnapshotId] = (), grace_days: int = GRACE_DAYS
    ) -> JobId:
        """Put all points in time of a stream into the trash, or some; until they are due they can be called back.

        Raises Held for what a hold protects: then there is no job. The job fails with ``misconfigured`` for the newest
        point in time alone, which the next backup goes on from. A stream that lies in the trash cannot be backed up.
        """
        await held.require_free(self._workspace.bench, [stream], snapshots)
        return await self._submit(Discard(stream=stream, snapshots=tuple(snapshots), grace_days=grace_days))

    async def trash(self) -> Sequence[views.TrashEntry]:
        """What will be removed, earliest first."""
        return await retaining.trash(self._workspace.bench)

    @noted("trash-called-back", item="id", snapshots="result")
    async def cancel_trash(self, id: str) -> int:
        """Call everything in a trash back; how many points in time that were.

        Raises Misconfigured if there is none, VaultBusy while somebody prunes.
        """
        bench = self._workspace.bench
        back = await self._offload.on_disk(bench.vault.housekeeping.cancel_trash, id, bench.owner)
        self._workspace.engine.tell(CatalogChanged(None))
        return back

    async def holds(self) -> Sequence[views.Hold]:
        """What must not be removed, whatever retention says; oldest first."""
        return await retaining.holds(self._workspace.bench)

    @noted("hold-placed", stream="stream", snapshot="snapshot", label="label")
    async def hold(
        self, stream: StreamId | None = None, snapshot: SnapshotId | None = None, label: str = ""
    ) -> views.Hold:
        """Let one point in time not be removed, or nothing of a stream, or nothing at all; trash is no exception.

        Raises VaultBusy while somebody prunes.
        """
        return await retaining.hold(self._workspace.bench, stream, snapshot, label)

    @noted("hold-released", item="id")
    async def release_hold(self, id: str) -> None:
        """Let go of a hold. Raises Misconfigured if there is none, Held if an alert placed it that is still open."""
        await held.require_releasable(self._workspace.bench, id)
        await self._offload.on_disk(self._workspace.vault.housekeeping.release, id)
