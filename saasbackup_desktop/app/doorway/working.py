"""Jobs: ask for them, follow them, and settle what they could not do."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app import restoring, skipping, views
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.doorway.opened import Opened
from saasbackup_desktop.core.codec import kind_of
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, NodeId, StreamId
from saasbackup_desktop.core.jobs import (
    Backup,
    CatalogChanged,
    Discard,
    Event,
    ItemFailure,
    Job,
    JobPage,
    JobQuery,
    Migrate,
    Prune,
    Reinstate,
    Restore,
    Spec,
    State,
)
from saasbackup_desktop.core.model import Conflict, Provider, Service, service_of, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.paths import folder_paths
from saasbackup_desktop.engine.skipped import Skip

_MOST_AT_ONCE: Final = 10_000
_RESTING: Final = (State.QUEUED, State.WAITING)


def takes_away(spec: Spec) -> bool:
    """Carrying it out removes or overwrites something: nobody does it again without naming it."""
    return isinstance(spec, Discard | Prune | Reinstate) or (
        isinstance(spec, Restore) and spec.conflict is Conflict.REPLACE
    )


class Working(Opened):
    """Jobs of this home. Every method may raise Fault."""

    async def backup(self, stream: StreamId, only_owed: bool = False) -> JobId:
        """Back up a stream; ``only_owed``: just what failed last time."""
        return await self._submit(Backup(stream=stream, only_owed=only_owed))

    async def target_folders(self, connection: ConnectionName, service: Service = Service.MAIL) -> Sequence[str]:
        """Paths of the folders that a connection's account has now."""
        target = self._workspace.bench.doors.target(connection, service)
        try:
            found = await target.folders()
        finally:
            await target.close()
        return sorted("/".join(path) for path in folder_paths(found).values())

    async def plan_restore(self, request: views.RestoreRequest) -> views.Plan:
        """Say what a restore would do; nothing is written."""
        workspace = self._workspace
        service = service_of(request.stream)
        account = workspace.doors.account_at(request.connection, service)
        other = stream_id(account.id, service) != request.stream
        spec = await self._restore_spec(request)
        target = workspace.doors.target(request.connection, service)
        return await restoring.plan_of(workspace.bench, request, spec, target, account.address, other)

    @noted(
        "restore-asked", stream="request.stream", connection="request.connection", mode="request.conflict", job="result"
    )
    async def restore(self, request: views.RestoreRequest) -> JobId:
        """Carry out a restore. The same request again, after an interruption, goes on where it was."""
        return await self._submit(await self._restore_spec(request))

    @noted("migration-asked", stream="stream", connection="connection", job="result")
    async def migrate(
        self, stream: StreamId, connection: ConnectionName, since: int | None = None, until: int | None = None
    ) -> JobId:
        """Back up a stream, then copy what it holds to another account; what is there already is skipped.

        What was imported is only copied: there is nobody to be asked for news.
        """
        restoring.require_span(since, until)
        if self._workspace.doors.account(stream)[0].provider is Provider.FILE:
            position = await self._offload.on_reading(self._workspace.catalog.position, stream)
            if position is None:
                raise Misconfigured("nothing was imported", what="not-imported-yet", name=stream)
            self._workspace.doors.stream_of(connection, service_of(stream))
            return await self._submit(
                Restore(
                    stream=stream,
                    snapshot=position.snapshot,
                    selection=Selection(since=since, until=until),
                    connection=connection,
                    conflict=Conflict.SKIP,
                )
            )
        return await self._submit(Migrate(stream=stream, connection=connection, since=since, until=until))

    async def jobs(self) -> Sequence[Job]:
        """All jobs, newest first."""
        return await self._workspace.engine.jobs()

    async def job_page(self, query: JobQuery) -> JobPage:
        """A stretch of the history, and how many jobs in all stand how; those under way as they stand now."""
        return await self._workspace.engine.job_page(query)

    async def unfinished(self) -> Sequence[Job]:
        """Jobs that are not over, oldest first."""
        return await self._workspace.engine.unfinished()

    async def job(self, id: JobId) -> Job:
        """How a job stands. Raises KeyError."""
        return await self._workspace.engine.job(id)

    async def failures(self, id: JobId) -> Sequence[ItemFailure]:
        """The items that a job could not do."""
        return await self._offload.on_reading(self._workspace.catalog.failures, id)

    async def log(self, id: JobId) -> Sequence[views.LogLine]:
        """A job's log."""
        lines = await self._offload.on_reading(self._workspace.catalog.log, id)
        return [views.LogLine(time=one.time, level=one.level, code=one.code, facts=one.facts) for one in lines]

    async def stop(self, id: JobId) -> None:
        """Cancel a job: what is saved stays saved. Raises Misconfigured if it is over, VaultBusy."""
        engine = await self._at_work()
        job = await engine.job(id)
        _require_open(job)
        await engine.stop(id)
        stream = str(getattr(job.spec, "stream", ""))
        item = await self._address_of(job) or kind_of(job.spec)
        await self._workspace.recorder.note("job-cancelled", item=item, stream=stream, job=id)

    async def _address_of(self, job: Job) -> str:
        """Whose job it is; empty if nobody's, or nobody's that is known."""
        known = await self._offload.on_reading(self._workspace.catalog.accounts)
        found = next((account.address for _, account, _ in known if account.id == job.account), "")
        if not found and isinstance(job.spec, Backup):
            with contextlib.suppress(Fault):
                found = self._workspace.bench.doors.account(job.spec.stream)[0].address
        return found

    async def pause(self, id: JobId) -> None:
        """Stop a job for now; ``resume`` goes on with it. Raises Misconfigured if it is over, VaultBusy."""
        engine = await self._at_work()
        _require_open(await engine.job(id))
        await engine.pause(id)

    async def stop_queued(self) -> int:
        """Cancel all jobs that have not begun and all that wait for their next attempt; how many. Raises VaultBusy."""
        return await (await self._at_work()).stop_queued()

    async def retry_all(self, query: JobQuery) -> Sequence[JobId]:
        """Try again what the failed and partial jobs of a question could not do; each stream once. Raises VaultBusy.

        What removes or overwrites anything is left out: ``left_out_of_retry`` tells how many those are.
        """
        newest = await self._unsuccessful(query)
        return [await self.retry_failed(id) for spec, id in newest.items() if not takes_away(spec)]

    async def left_out_of_retry(self, query: JobQuery) -> int:
        """How many ``retry_all`` leaves out: deletions, prunes, and restores that replace."""
        return sum(map(takes_away, await self._unsuccessful(query)))

    async def hold_jobs(self, held: bool) -> None:
        """Let no job begin until further notice; those that run go on. Raises VaultBusy."""
        await (await self._at_work()).hold(held)

    async def left_over(self) -> int:
        """How many jobs wait for a process that stays, because the one that they were begun in has ended."""
        engine = self._workspace.engine
        return 0 if engine.stays else len([job for job in await engine.unfinished() if job.state in _RESTING])

    async def resume(self, id: JobId) -> None:
        """Go on with a job that is paused, stopped, partial, failed or was interrupted.

        Raises Misconfigured if it is done: its record stays. Raises VaultBusy.
        """
        async with self._changing:
            workspace = self._workspace
            await self._keep(workspace)
            _require_undone(await workspace.engine.job(id))
            await workspace.engine.resume(id)

    @noted("items-skipped", item="id", items="result", reason="reason")
    async def skip(self, id: JobId, items: Sequence[NodeId] = (), reason: str = "") -> int:
        """Do without failed items of a job that is over, or without all of them; how many.

        A job without other failures has done its work. What a backup could not read is skipped in later backups, too,
        until it changes or can be read. Raises Misconfigured, VaultBusy.
        """
        engine = await self._at_work()
        return await skipping.skip(self._workspace.bench, engine, await engine.job(id), items, reason)

    @noted("items-unskipped", stream="stream", items="#items")
    async def unskip(self, stream: StreamId, items: Sequence[NodeId] = ()) -> None:
        """Let items of a stream be failures again when they fail; none: all of them. Raises VaultBusy."""
        await self._at_work()
        await skipping.unskip(self._workspace.bench, stream, items)
        self._workspace.engine.tell(CatalogChanged(stream))

    async def skipped(self, stream: StreamId | None = None) -> Sequence[Skip]:
        """Items that backups do without, of a stream or of all, latest first."""
        return await skipping.list_skipped(self._workspace.bench, stream)

    async def retry_failed(self, id: JobId) -> JobId:
        """Try again only what a job could not do. Raises Misconfigured if it is done."""
        job = await self.job(id)
        _require_undone(job)
        spec = job.spec
        if isinstance(spec, Backup):
            return await self.backup(spec.stream, only_owed=True)
        await self.resume(id)  # a restore skips by itself what is there
        return id

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens from now on, until the vault is locked."""
        async for event in self._workspace.engine.events():
            yield event

    async def _unsuccessful(self, query: JobQuery) -> dict[Spec, JobId]:
        """The newest failed or partial job for each thing that was to be done."""
        wanted = replace(query, states=frozenset({State.FAILED, State.PARTIAL}), limit=_MOST_AT_ONCE, offset=0)
        page = await self.job_page(replace(wanted, oldest_first=False))
        return {job.spec: job.id for job in reversed(page.jobs)}

    async def _restore_spec(self, request: views.RestoreRequest) -> Restore:
        workspace = self._workspace
        service = service_of(request.stream)
        target = workspace.doors.stream_of(request.connection, service)
        position = await self._offload.on_reading(workspace.catalog.position, target)
        if request.folder is not None and restoring.new_folder_fault(request.folder):
            there = await self.target_folders(request.connection, service)
        else:
            there = ()
        return restoring.spec_of(request, target, position is not None, there, self._clock.now())


def _require_open(job: Job) -> None:
    if job.state.is_over:
        raise Misconfigured(job.id, what="job-over", name=job.id)


def _require_undone(job: Job) -> None:
    if job.state is State.DONE:
        raise Misconfigured(job.id, what="job-done", name=job.id)
