"""Scheduled jobs rest in hours without backups, and go on afterwards."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.schedule import Span, free_from
from saasbackup_desktop.engine.conditions import turn

_ROOM: Final = "tasks.blackout"


async def keep_quiet(workspace: Workspace, spans: Sequence[Span], now: int, zone: tzinfo) -> None:
    """Pause what runs by schedule when such hours begin, go on with it when they end. Raises Fault."""
    bench = workspace.bench
    catalog, offload = bench.catalog, bench.offload
    is_blackout = free_from(spans, now, zone) != now
    kept = await offload.on_reading(catalog.records, _ROOM)
    if not is_blackout and not kept:
        return
    held = {JobId(one.key): bool(one.plain) for one in kept}
    jobs = await offload.on_reading(catalog.jobs_unfinished)
    said = turn(jobs, held, is_blackout=is_blackout)
    changed = [Record(id, now, done) for id, done in said.held.items() if held.get(id) is not done]
    if changed:
        await offload.on_catalog(catalog.put_records, _ROOM, changed)
    for id in said.pause:
        await workspace.engine.pause(id)
    for id in said.resume:
        await workspace.engine.resume(id)
    gone = [id for id in held if id not in said.held]
    if gone:  # after they were resumed: whoever goes on after a crash finds them
        await offload.on_catalog(catalog.drop_records, _ROOM, gone)
