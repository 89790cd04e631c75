"""Import archives: a backup of a source that only ever adds."""

from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import Backup, Import
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.locks import renew_locks
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.scratch import Scratch


async def bring_in(bench: Bench, spec: Import, meter: Meter, journal: Journal) -> SnapshotId:
    """Add what archives hold and the stream does not; gives the point in time made, or the last one if that is nothing.

    Raises Fault. Run again, after an interruption or at any time, it adds what is still missing.
    """
    with Scratch(bench.scratch, str(journal.job)) as scratch:
        source = await bench.offload.on_disk(bench.archives.source, spec, scratch.folder)
        snapshot = await back_up(bench, Backup(stream=spec.stream), meter, journal, source)
    await renew_locks(bench, meter, journal)
    return snapshot
