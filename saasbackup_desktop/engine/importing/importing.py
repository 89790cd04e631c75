"""Import archives: a backup of a source that only ever adds."""

from contextlib import aclosing
from typing import Final

from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import Backup, Import
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Known, Source
from saasbackup_desktop.core.stream import Put, Unread
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.known import KnownStream
from saasbackup_desktop.engine.locks import renew_locks
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.scratch import Scratch

_LOSSES: Final = 20
"""Kinds of losses that are noted."""
_NAMES: Final = 20
"""Files by name that are noted as passed over."""


async def bring_in(bench: Bench, spec: Import, meter: Meter, journal: Journal) -> SnapshotId | None:
    """Add what archives hold and the stream does not; gives the point in time made, or the last one if that is nothing.

    None: there is nothing, and nothing was there before. Raises Fault. Run again, after an interruption or at any time,
    it adds what is still missing.
    """
    with Scratch(bench.scratch, str(journal.job)) as scratch:
        source = await bench.offload.on_disk(bench.archives.source, spec, scratch.folder)
        try:
            meter.doing = "listing"
            is_first = await bench.offload.on_reading(bench.catalog.position, spec.stream) is None
            if is_first and not await _has_anything(source, KnownStream(bench, spec.stream)):
                await source.close()
                await journal.note("info", "nothing-of-this")
                return None
        except BaseException:
            await source.close()
            raise
        snapshot = await back_up(bench, Backup(stream=spec.stream), meter, journal, source)
        if source.passed:
            names = ", ".join(source.passed[:_NAMES])
            more = ", …" if len(source.passed) > _NAMES else ""
            await journal.note("info", "import-passed", count=len(source.passed), names=names + more)
        for code, items in sorted(source.losses.items(), key=lambda one: (-one[1], one[0]))[:_LOSSES]:
            await journal.note("warning", "import-lost", what=code.replace("-", " "), items=items)
    await renew_locks(bench, meter, journal)
    return snapshot


async def _has_anything(source: Source, known: Known) -> bool:
    """Folders alone are nothing: archives of mail list empty ones of every kind."""
    async with aclosing(source.changes(None, known)) as changes:
        async for change in changes:
            if isinstance(change, Unread) or (isinstance(change, Put) and isinstance(change.node, Item)):
                return True
    return False
