"""Decide to do without items that cannot be had, so that they paint no job red."""

from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Drill,
    Export,
    Import,
    ItemFailure,
    Job,
    JobChanged,
    Mirror,
    Prune,
    Reinstate,
    State,
)
from saasbackup_desktop.engine import skipped
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.skipped import Skip


async def skip(bench: Bench, engine: LocalEngine, job: Job, items: Sequence[NodeId], reason: str) -> int:
    """Skip failed items of a job that is over, or all of them; how many. A job without others has done its work.

    What a backup could not read is not counted as failed in later backups either, until it changes or can be read.
    Raises Misconfigured.
    """
    if isinstance(job.spec, Check | Prune | Mirror | Drill | Reinstate | Export) or not job.state.is_over:
        raise Misconfigured("nothing to skip", what="no-skip", name=job.id)
    failures = await bench.offload.on_reading(bench.catalog.failures, job.id)
    wanted = {one.item for one in failures if one.item} if not items else set(items)
    chosen = [one for one in failures if one.item in wanted]
    if not chosen or len({one.item for one in chosen}) < len(wanted):
        raise Misconfigured("no such failed item", what="no-failed-item", name=job.id)
    if isinstance(job.spec, Backup | Import):
        owed = {one.item.id: one.item for one in await bench.offload.on_reading(bench.catalog.owed, job.spec.stream)}
        now = bench.clock.now()
        await skipped.put(
            bench,
            [
                Skip(
                    stream=job.spec.stream,
                    item=one.item,
                    path=one.path,
                    name=one.name,
                    code=one.code,
                    reason=reason,
                    since=now,
                    revision=owed[one.item].revision if one.item in owed else "",
                )
                for one in chosen
            ],
        )
    await _settle(bench, engine, job, chosen)
    return len({one.item for one in chosen})


async def _settle(bench: Bench, engine: LocalEngine, job: Job, chosen: Sequence[ItemFailure]) -> None:
    """Count them in their own job as skipped."""
    catalog, offload = bench.catalog, bench.offload
    await offload.on_catalog(catalog.drop_failures, job.id, [one.item for one in chosen])
    now = bench.clock.now()
    for one in chosen:
        facts = {"name": one.name, "reason": one.code}
        await offload.on_catalog(catalog.add_log, job.id, now, "info", "item-skipped", facts)
    left = max(0, job.tally.failed - len(chosen))
    tally = replace(job.tally, failed=left, skipped=job.tally.skipped + len(chosen))
    state = State.DONE if job.state is State.PARTIAL and not left else job.state
    settled = replace(job, tally=tally, state=state)
    await offload.on_catalog(catalog.save_job, settled)
    engine.tell(JobChanged(settled))


async def unskip(bench: Bench, stream: StreamId, items: Sequence[NodeId]) -> None:
    """Let items of a stream be failures again when they fail; none: all of them."""
    await skipped.drop(bench, stream, list(items) or list(await skipped.skipped_of(bench, stream)))


async def list_skipped(bench: Bench, stream: StreamId | None) -> Sequence[Skip]:
    """The items that are skipped, of a stream or of all, latest first."""
    found = await skipped.all_skipped(bench)
    some = [one for of, items in found.items() if stream in (None, of) for one in items.values()]
    return sorted(some, key=lambda one: (-one.since, one.path, one.name))
