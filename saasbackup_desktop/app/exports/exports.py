"""The door for exports: what can be had, what it would amount to, begin one, and what became of each."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.exports.asking import estimated, require_days, require_place, require_something, spec_of
from saasbackup_desktop.app.exports.forgetting import may_forget
from saasbackup_desktop.app.exports.gathering import Gathered, Told, forget, gathered, reach_of, shares_told
from saasbackup_desktop.app.exports.naming import Others, beside, free_name, sent_to
from saasbackup_desktop.app.exports.passwords import require_password
from saasbackup_desktop.app.exports.telling import card_of
from saasbackup_desktop.app.exports.views import (
    AccountShare,
    ExportCheck,
    ExportEstimate,
    ExportRequest,
    ExportResult,
    ExportStatus,
    Reach,
)
from saasbackup_desktop.app.submitting import Submit
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.errors import ExportFault, Fault, Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.ids import AccountId, JobId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged, Export, Job, JobQuery, State
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.exporting import ledger, results
from saasbackup_desktop.engine.exporting.abandoning import drop, forget_pieces, unfinished
from saasbackup_desktop.engine.exporting.places import is_far
from saasbackup_desktop.engine.exporting.proving import Wish
from saasbackup_desktop.engine.exporting.removing import Removed, check, remove_files
from saasbackup_desktop.engine.exporting.results import Result

log = logging.getLogger(__name__)

_DAY: Final = 86400
_AGAIN: Final = 3600
_PATIENCE: Final = 2.0
_MOST: Final = 1_000
Missed = Callable[[int], None]
"""Hears how many files were not there."""


class Exports:
    """Everything about exports that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, workspace: Workspace, clock: Clock, submit: Submit) -> None:
        self._workspace = workspace
        self._bench = workspace.bench
        self._clock = clock
        self._submit = submit
        self._wish = Wish()
        self._clearing: asyncio.Task[None] | None = None
        self._naming = asyncio.Lock()
        self._later: dict[JobId, int] = {}
        """Before when it is not tried again to remove an export's files: its destination may be out of reach."""

    async def formats(self, stream: StreamId) -> Sequence[Format]:
        """What items of a stream can become, the usual one first."""
        return tuple(self._bench.exports.formats(service_of(stream)))

    async def reach(self, accounts: Sequence[AccountId], as_of: int | None = None) -> Reach:
        """Say what several accounts have: now, or as of a moment. Raises Misconfigured."""
        return await reach_of(self._bench, accounts, as_of)

    async def estimate(self, request: ExportRequest, told: Told | None = None) -> ExportEstimate:
        """Say what an export would amount to; nothing is written. Raises Misconfigured.

        ``told`` hears of how many accounts it is known, and how many there are.
        """
        several = await self._gathered(request)
        spec = spec_of(self._bench, request, self._clock.now(), several.picks if several is not None else ())
        await self._bench.offload.on_disk(require_place, self._bench, self._workspace.home.folder, spec.to)
        others = await self._others(spec)
        if several is not None:
            return await several.estimate(spec, others, told)
        return await self._bench.offload.on_reading(estimated, self._bench, spec, others)

    @noted("export-asked", to="request.to", job="result")
    async def start(self, request: ExportRequest, password: str | None = None) -> JobId:
        """Begin an export. ``password``: its archives open with it only. Raises Misconfigured."""
        now = self._clock.now()
        several = await self._gathered(request)
        spec = spec_of(self._bench, request, now, several.picks if several is not None else ())
        await self._bench.offload.on_disk(require_place, self._bench, self._workspace.home.folder, spec.to)
        if several is None:
            await self._bench.offload.on_reading(require_something, self._bench, spec)
        else:
            await several.require_something(spec)
        if password is not None:
            if spec.packing is not Packing.ZIP:
                raise Misconfigured("only archives have passwords", what="export-password-zip")
            require_password(password)
            locked = await self._bench.offload.on_disk(self._workspace.export_passwords.keep, password)
            spec = replace(spec, locked=locked)
        try:
            if several is not None:
                spec = replace(spec, book=await several.write(now), accounts=len(several))
            async with self._naming:  # two at once must not find the same name
                return await self._submit(replace(spec, name=await self._free_name(spec)))
        except BaseException:
            await self._forget_password(spec)
            await forget(self._bench, spec)
            raise

    async def shares(self, job: JobId) -> Sequence[AccountShare]:
        """How each of several accounts stands in an export; of one account nothing. Raises Misconfigured."""
        known = await self._known(job)
        page = await self._workspace.engine.job_page(JobQuery(kinds=frozenset({"export"}), prefix=job, limit=2))
        found = next((one for one in page.jobs if one.id == job), None)
        return await shares_told(self._bench, known.spec, found) if known.spec is not None else ()

    async def results(self) -> Sequence[ExportResult]:
        """What became of exports, newest first."""
        bench = self._bench
        known = await bench.offload.on_reading(results.read_all, bench.catalog)
        page = await self._workspace.engine.job_page(JobQuery(kinds=frozenset({"export"}), limit=_MOST))
        jobs = {job.id: job for job in page.jobs}
        cards = [await self._card(id, jobs.get(id), known.get(id)) for id in {**jobs, **known}]
        return sorted((card for card in cards if card is not None), key=lambda card: (-card.created, card.job))

    async def result(self, job: JobId) -> ExportResult:
        """What became of one. Raises Misconfigured if nothing is known of it."""
        card = await self._find(job)
        if card is None:
            raise _unknown(job)
        return card

    @noted("export-removed", job="job")
    async def remove(self, job: JobId, told: Missed | None = None) -> Sequence[str]:
        """Remove an export's files, those that are still as they were written, and forget it.

        Gives the names of files of this computer that somebody changed: they stay. ``told`` hears how many files were
        not there, if some were missing. Raises Misconfigured, ExportFault if none of them is there.
        """
        card = await self.result(job)
        if card.status in (ExportStatus.QUEUED, ExportStatus.RUNNING, ExportStatus.RETRYING):
            raise Misconfigured(job, what="export-at-work", name=job)
        if card.status is ExportStatus.PAUSED:
            await self._workspace.engine.stop(job)
        known = await self._known(job)
        found = Removed()
        try:
            found = await self._remove_files(job, known)
        except Fault:
            if not known.is_expired:
                raise  # else the files are gone: we have removed them
        if self._wish.stop:  # not all was looked at
            raise ExportFault(job, location=card.where or card.to, reason="not-removed")
        await self._forget(job, known)
        if found.missing and told is not None and not known.is_expired:
            told(found.missing)
        return found.kept

    async def forget(self, job: JobId, told: Missed | None = None) -> Sequence[str] | None:
        """Forget an export whose files cannot be removed: their place cannot be reached or is gone (``may_forget``).

        None: what there is of them stays. Else they could be removed after all, and were, but for those that somebody
        changed: their names. Raises what ``remove`` raises.
        """
        card, known = await self.result(job), await self._known(job)
        try:
            return await self.remove(job, told)
        except Fault as fault:
            if not may_forget(fault):
                raise
            log.info("export %s is forgotten without its files: %s", job, fault.code)
        await self._forget(job, known)
        to = card.where or card.to
        await self._workspace.recorder.note("export-forgotten", item=card.name, job=job, to=to)
        return None

    async def keep(self, job: JobId, days: int | None) -> ExportResult:
        """Keep an export's files so many days from now on; None: until somebody removes them. Raises Misconfigured."""
        require_days(days)
        card = await self.result(job)
        if card.status is ExportStatus.EXPIRED or card.finished is None:
            raise Misconfigured(job, what="export-not-there", name=job)
        known = await self._known(job)
        expires = self._clock.now() + days * _DAY if days is not None else None
        await self._keep(job, replace(known, expires=expires))
        return await self.result(job)

    async def check(self, job: JobId) -> ExportCheck:
        """Read an export's files, and compare them with what was written.

        Raises Misconfigured, ExportFault if their disk or all of them are not there.
        """
        card = await self.result(job)
        if is_far(card.to) or not card.where or card.status is ExportStatus.EXPIRED:
            raise Misconfigured(job, what="export-not-there", name=job)
        found = await self._bench.offload.on_disk(check, self._bench, job, await self._known(job))
        return ExportCheck(
            files=found.files + len(found.missing) + len(found.altered),
            sound=found.files,
            missing=tuple(found.missing),
            altered=tuple(found.altered),
        )

    async def tend(self) -> None:
        """Remove the files of exports whose time is over. Raises Fault."""
        if self._clearing is None:
            due, left = await self._due(), await self._left()
            if not due and not left:
                return
            self._clearing = asyncio.get_running_loop().create_task(self._clear(due, left))
        await asyncio.wait([self._clearing], timeout=_PATIENCE)  # reading them may take long: nobody waits for that
        if self._clearing.done():
            done, self._clearing = self._clearing, None
            done.result()

    async def close(self) -> None:
        """Leave what is being removed as it is."""
        self._wish.stop = True
        if self._clearing is not None:
            await asyncio.wait([self._clearing])

    # --- inside ----------------------------------------------------------------------------------------------

    async def _gathered(self, request: ExportRequest) -> Gathered | None:
        return await gathered(self._bench, request.several) if request.several is not None else None

    async def _due(self) -> Sequence[tuple[JobId, Result]]:
        """Exports whose time is over."""
        now, known = self._clock.now(), await self._bench.offload.on_reading(results.read_all, self._bench.catalog)
        return [
            (job, one)
            for job, one in known.items()
            if one.expires is not None and one.expires <= now and not one.is_expired and not one.is_removed
            if self._later.get(job, 0) <= now
        ]

    async def _left(self) -> Sequence[tuple[JobId, Export]]:
        """Exports of which pieces lie at a destination, and nobody goes on: those that failed have a day."""
        bench, now, found = self._bench, self._clock.now(), []
        for id, one in (await bench.offload.on_reading(results.read_all, bench.catalog)).items():
            if one.spec is None or one.is_sent or one.is_removed or not is_far(one.spec.to):
                continue
            if self._later.get(id, 0) > now or not await bench.offload.on_reading(unfinished, bench, id):
                continue
            job = await self._job(id)
            failed = job is not None and job.state is State.FAILED and (job.finished or now) + _DAY <= now
            if job is None or job.state is State.STOPPED or failed:
                found.append((id, one.spec))
        return found

    async def _let_go(self, id: JobId, spec: Export) -> None:
        """Let go of pieces; whoever goes on all the same begins these files anew."""
        bench = self._bench
        pieces = await bench.offload.on_reading(unfinished, bench, id)
        job = await self._job(id)
        if job is not None and not job.state.is_over:  # somebody has gone on
            return
        try:
            await bench.offload.on_disk(drop, bench, spec, pieces)
        except Fault as fault:
            log.info("pieces of export %s were not let go of: %s", id, fault.code)
            return
        await bench.offload.on_catalog(forget_pieces, bench, id, pieces)

    async def _clear(self, due: Sequence[tuple[JobId, Result]], left: Sequence[tuple[JobId, Export]]) -> None:
        for id, spec in left:
            self._later[id] = self._clock.now() + _AGAIN
            await self._let_go(id, spec)
            if self._wish.stop:
                return
        for job, known in due:
            self._later[job] = self._clock.now() + _AGAIN
            if await self._known(job) != known:
                continue  # somebody has decided otherwise meanwhile
            try:
                await self._remove_files(job, known)
            except Fault as fault:
                log.warning("files of export %s were not removed: %s", job, fault.code)
                continue
            if self._wish.stop:
                return
            await self._forget_password(known.spec)
            await self._keep(job, replace(known, is_expired=True))

    async def _free_name(self, spec: Export) -> str:
        """A name that nothing has where it goes, and no other export will have there."""
        others = await self._others(spec)
        if not is_far(spec.to):
            return free_name(spec.name, spec.packing, others)
        try:
            return await self._bench.offload.on_disk(self._free_far, spec, others)
        except Fault as fault:  # the job asks again before it writes, and says why if it cannot
            log.info("a name for an export was not looked for at its destination: %s", fault.code)
            return free_name(spec.name, spec.packing, others)

    def _free_far(self, spec: Export, others: Others) -> str:
        destination = self._bench.exports.destination(spec.to)
        try:
            return free_name(spec.name, spec.packing, replace(others, is_there=destination.has))
        finally:
            destination.close()

    async def _others(self, spec: Export) -> Others:
        """What has a name already where an export goes, as far as it is known here."""
        known = await self._bench.offload.on_reading(results.read_all, self._bench.catalog)
        jobs = [one.spec for one in await self._workspace.engine.unfinished()]
        exports = [one for one in jobs if isinstance(one, Export)]
        if not is_far(spec.to):
            return await self._bench.offload.on_disk(beside, spec.to, exports)
        there = [one.spec for one in known.values() if not one.is_removed and not one.is_expired]
        return sent_to(spec.to, [*exports, *(one for one in there if one is not None)])

    async def _find(self, job: JobId) -> ExportResult | None:
        known = await self._bench.offload.on_reading(results.read, self._bench.catalog, job)
        return await self._card(job, await self._job(job), known)

    async def _job(self, id: JobId) -> Job | None:
        page = await self._workspace.engine.job_page(JobQuery(kinds=frozenset({"export"}), prefix=id, limit=2))
        return next((one for one in page.jobs if one.id == id), None)

    async def _card(self, id: JobId, job: Job | None, known: Result | None) -> ExportResult | None:
        return await self._bench.offload.on_reading(card_of, self._bench, id, job, known)

    async def _known(self, job: JobId) -> Result:
        bench = self._bench
        found = await bench.offload.on_reading(results.read, bench.catalog, job)
        if found is not None:
            return found
        found_job = await self._job(job)
        if found_job is None or not isinstance(found_job.spec, Export):
            raise _unknown(job)
        return Result(spec=found_job.spec, created=found_job.created)

    async def _keep(self, job: JobId, result: Result) -> None:
        await self._bench.offload.on_catalog(results.write, self._bench.catalog, job, result)
        self._workspace.engine.tell(CatalogChanged(None))

    async def _remove_files(self, job: JobId, known: Result) -> Removed:
        """Remove them; how many went is written down if others are still there."""
        bench = self._bench
        try:
            found = await bench.offload.on_disk(remove_files, bench, job, known, self._wish)
        except ExportFault as fault:
            removed = fault.facts.get("removed")
            if isinstance(removed, int) and removed:
                await self._keep(job, replace(known, removed=known.removed + removed))
            raise
        if self._wish.stop and found.removed:
            await self._keep(job, replace(known, removed=known.removed + found.removed))
        return found

    async def _forget(self, job: JobId, known: Result) -> None:
        """Take it off the list; nothing of it is known here any more."""
        bench = self._bench
        await self._forget_password(known.spec)
        await self._keep(job, replace(known, is_removed=True))
        number = await bench.offload.on_reading(ledger.last_number, bench.catalog, job)
        await bench.offload.on_catalog(ledger.forget, bench.catalog, job, number)
        await forget(bench, known.spec)

    async def _forget_password(self, spec: Export | None) -> None:
        if spec is not None and spec.locked:
            await self._bench.offload.on_disk(self._workspace.export_passwords.forget, spec.locked)


def _unknown(job: JobId) -> Misconfigured:
    return Misconfigured(job, what="unknown-export", name=job)
