"""What each kind of job is about, and how it is carried out."""

from collections.abc import Callable, Sequence
from typing import Protocol

from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import (
    Backup,
    CatalogChanged,
    Check,
    Discard,
    Drill,
    Event,
    Export,
    Import,
    Migrate,
    Mirror,
    Prune,
    Reinstate,
    Restore,
    Spec,
)
from saasbackup_desktop.core.model import Account, Conflict, service_of
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.check import check
from saasbackup_desktop.engine.directory.reinstating import reinstate
from saasbackup_desktop.engine.drill import drill
from saasbackup_desktop.engine.exporting.exporting import export
from saasbackup_desktop.engine.importing.importing import bring_in
from saasbackup_desktop.engine.locks import renew_locks
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.mirror import mirror
from saasbackup_desktop.engine.prune import prune
from saasbackup_desktop.engine.queue import Rank
from saasbackup_desktop.engine.restore import restore
from saasbackup_desktop.engine.watch import watch


class Course(Protocol):
    """A job under way, as far as its work is concerned."""

    meter: Meter
    """Another one when the job goes over to its second part."""


def account_of(bench: Bench, spec: Spec) -> Account | None:
    """Whose stream a job is about; None: nobody's."""
    return None if isinstance(spec, Check | Prune | Mirror) else bench.doors.account(spec.stream)[0]


def rank_of(spec: Spec) -> Rank:
    """How urgent a job is."""
    if isinstance(spec, Restore | Migrate | Reinstate):
        return Rank.FIRST
    return Rank.USUAL if isinstance(spec, Backup | Import | Discard | Export) else Rank.LAST


def touches_of(bench: Bench, spec: Spec) -> frozenset[str]:
    """What no other job may touch meanwhile."""
    if isinstance(spec, Check) and spec.repair:
        return frozenset(("vault", *(stream for stream, _, _ in bench.catalog.accounts())))
    if isinstance(spec, Check | Prune):
        return frozenset(("vault",))
    if isinstance(spec, Export):
        return frozenset((f"export {spec.to}/{spec.name}",))  # a point in time does not change
    if isinstance(spec, Mirror):
        return frozenset((f"mirror {spec.to}",))  # it bears with all that others do meanwhile
    if isinstance(spec, Discard):
        return frozenset(("vault", spec.stream))
    if isinstance(spec, Backup | Import | Drill | Reinstate):
        return frozenset((spec.stream,))
    into = bench.doors.stream_of(spec.connection, service_of(spec.stream))
    return frozenset((into, spec.stream) if isinstance(spec, Migrate) else (into,))


def changes_of(spec: Spec) -> Sequence[CatalogChanged]:
    """What there is to look at anew when a job is over."""
    if isinstance(spec, Prune | Discard):
        return (CatalogChanged(None),)
    return () if isinstance(spec, Check | Mirror | Export) else (CatalogChanged(spec.stream),)


async def carry_out(
    bench: Bench, spec: Spec, course: Course, journal: Journal, tell: Callable[[Event], None]
) -> SnapshotId | None:
    """Do what a job is about; gives the point in time that it made. Raises Fault."""
    match spec:
        case Check():
            await check(bench, spec, course.meter, journal)
        case Prune() | Discard():
            await prune(bench, spec, course.meter, journal)
        case Drill():
            await drill(bench, spec, course.meter, journal)
        case Reinstate():
            await reinstate(bench, spec, course.meter, journal)
        case Export():
            await export(bench, spec, course.meter, journal)
        case Mirror():
            await mirror(bench, spec, course.meter, journal)
        case Import():
            return await bring_in(bench, spec, course.meter, journal)
        case Backup():
            return await _protect(bench, spec, course.meter, journal)
        case Migrate():
            copying = course.meter
            course.meter = Meter(traffic=bench.traffic, kept=copying.kept)  # what is told in the end is the copy
            snapshot = await _protect(bench, Backup(stream=spec.stream), course.meter, journal)
            copying.failed = course.meter.failed
            course.meter = copying
            await _bring_back(bench, _second_half(spec, snapshot), course, journal)
            return snapshot
        case Restore():
            if spec.backup_first:
                target = bench.doors.stream_of(spec.connection, service_of(spec.stream))
                await _save(bench, Backup(stream=target), Meter(), journal)
                await renew_locks(bench, course.meter, journal)
                tell(CatalogChanged(target))
            await _bring_back(bench, spec, course, journal)
    return None


def _second_half(spec: Migrate, snapshot: SnapshotId) -> Restore:
    return Restore(
        stream=spec.stream,
        snapshot=snapshot,
        selection=Selection(since=spec.since, until=spec.until),
        connection=spec.connection,
        conflict=Conflict.SKIP,
    )


async def _protect(bench: Bench, spec: Backup, meter: Meter, journal: Journal) -> SnapshotId:
    snapshot = await _save(bench, spec, meter, journal)
    await renew_locks(bench, meter, journal)
    return snapshot


async def _save(bench: Bench, spec: Backup, meter: Meter, journal: Journal) -> SnapshotId:
    try:
        snapshot = await back_up(bench, spec, meter, journal)
    except (Fault, ExceptionGroup):
        await watch(bench, spec.stream, journal)  # what it saved until then may show what nobody wanted
        raise
    await watch(bench, spec.stream, journal)
    return snapshot


async def _bring_back(bench: Bench, spec: Restore, course: Course, journal: Journal) -> None:
    before = course.meter
    course.meter = Meter(
        failed=before.failed, traffic=bench.traffic, base=before.base, kept=before.kept, keeps=before.keeps
    )
    target = bench.doors.target(spec.connection, service_of(spec.stream))
    course.meter.follow(target)
    try:
        await restore(bench, spec, target, course.meter, journal)
    finally:
        await target.close()
        course.meter.follow(None)
