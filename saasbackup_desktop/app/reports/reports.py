"""The door to reports: made from what the catalog knows, written as CSV, PDF or JSON, and sealed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.recorder import Recorder
from saasbackup_desktop.app.alerts.alerts import Alerts
from saasbackup_desktop.app.cards import stream_cards
from saasbackup_desktop.app.drills.drills import Drills
from saasbackup_desktop.app.reports import sealing
from saasbackup_desktop.app.reports.drills import drills
from saasbackup_desktop.app.reports.failures import FAILED, failures
from saasbackup_desktop.app.reports.monitoring import judged
from saasbackup_desktop.app.reports.press import Press
from saasbackup_desktop.app.reports.recovery import recovery
from saasbackup_desktop.app.reports.summary import summary
from saasbackup_desktop.app.reports.usage import usage
from saasbackup_desktop.app.reports.views import Form, Kind, MonitorStatus, Report, Verdict
from saasbackup_desktop.app.tasks.tasks import Tasks
from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.jobs import Job, JobQuery, Migrate, Restore, State
from saasbackup_desktop.core.model import account_of, service_of
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.standing import INTERRUPTED

_DAY: Final = 86400
_MOST: Final = 5000
"""Failed items that a report lists of one job; the job's own page has them all."""


class Neighbours(Protocol):
    """The rooms that are asked for what a report tells."""

    @property
    def tenants(self) -> Tenants:
        """Who is backed up."""

    @property
    def tasks(self) -> Tasks:
        """When."""

    @property
    def alerts(self) -> Alerts:
        """What was unusual."""

    @property
    def drills(self) -> Drills:
        """What was proven."""


class Reports:
    """Everything about reports that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, workspace: Workspace, clock: Clock, near: Neighbours) -> None:
        self._workspace, self._clock, self._near = workspace, clock, near
        self._press = Press(workspace, clock)

    async def fingerprint(self) -> str:
        """Of the key that reports of this vault are sealed with: SHA-256, hexadecimal."""
        return self._press.signing.fingerprint

    async def summary(self, since: int | None = None, until: int | None = None) -> Report:
        """How tasks and accounts stand, and what was backed up from ``since`` on and before ``until``."""
        cards = await stream_cards(self._workspace)
        ended = await self._ended(since, until)
        tasks = await self._near.tasks.all()
        proofs = await self._near.drills.proofs()
        alerts = await self._near.alerts.all(open_only=True)
        return self._press.report(Kind.SUMMARY, summary(cards, ended, tasks, proofs, alerts), since, until)

    async def failures(self, since: int | None = None, until: int | None = None) -> Report:
        """Every job that failed or was done in part from ``since`` on and before ``until``, with its items."""
        jobs = [job for job in await self._ended(since, until) if job.state in FAILED]
        reading, catalog = self._workspace.bench.offload.on_reading, self._workspace.catalog
        items = {job.id: (await reading(catalog.failures, job.id))[:_MOST] for job in jobs}
        return self._press.report(Kind.FAILURES, failures(jobs, items, await self._names()), since, until)

    async def usage(self) -> Report:
        """How many accounts each customer has, and what they take, now."""
        cards = await stream_cards(self._workspace)
        tenants = [
            (one, await self._near.tenants.accounts(one.settings.name))
            for one in await self._near.tenants.all()
            if self._workspace.store.is_readable(one.settings.name)
        ]
        return self._press.report(Kind.USAGE, usage(cards, self._workspace.connections.all(), tenants))

    async def restore(self, job: JobId) -> Report:
        """What a restore or a migration was asked for, and what became of it. Raises Misconfigured, KeyError."""
        reading, catalog = self._workspace.bench.offload.on_reading, self._workspace.catalog
        found = await reading(catalog.job, job)
        spec = found.spec
        if not isinstance(spec, Restore | Migrate):
            raise Misconfigured("only restores and migrations are confirmed", what="not-a-restore", name=job)
        wanted = spec.snapshot if isinstance(spec, Restore) else found.snapshot
        points = await reading(catalog.snapshots, spec.stream)
        names = await self._names()
        source = account_of(spec.stream)
        told = recovery(
            found,
            spec,
            source=names.get(source, source),
            target=self._target(spec),
            snapshot=next((one for one in points if one.id == wanted), None),
            failed=await reading(catalog.failures, job),
            by=await self._recorder.asked_by(job) or found.origin.initiator.value,
            resumed=_resumed([line.code for line in await reading(catalog.log, job)]),
        )
        return self._press.report(Kind.RESTORE, told)

    async def drills(self, since: int | None = None, until: int | None = None) -> Report:
        """What restore drills found from ``since`` on and before ``until``: the newest of each stream."""
        proofs = await self._near.drills.proofs()
        some = [one for one in proofs if (since or 0) <= one.time and (until is None or one.time < until)]
        return self._press.report(Kind.DRILLS, drills(some), since, until)

    async def status(self) -> MonitorStatus:
        """One verdict on this home, for monitoring."""
        now, bench = self._clock.now(), self._workspace.bench
        reading, catalog = bench.offload.on_reading, self._workspace.catalog
        cards = await stream_cards(self._workspace)
        ended = await self._ended(now - _DAY, None)
        checks = (await reading(catalog.job_page, JobQuery(kinds=frozenset({"check"}), limit=20))).jobs
        queued = await reading(catalog.jobs_unfinished)
        checked = next((job for job in checks if job.state in (State.DONE, State.PARTIAL)), None)
        return judged(
            now,
            cards=cards,
            tasks=await self._near.tasks.all(),
            jobs=(await reading(catalog.job_page, JobQuery(limit=0))).counts,
            failed=sum(job.state is State.FAILED for job in ended),
            proofs=await self._near.drills.proofs(),
            alerts=await self._near.alerts.all(open_only=True),
            waiting=(await reading(catalog.job_page, JobQuery(states=frozenset({State.WAITING}), limit=20))).jobs,
            is_damaged=checked is not None and checked.state is State.PARTIAL,
            is_unbroken=(await self._recorder.prove()).is_unbroken,
            interrupted=[job for job in queued if job.state is State.QUEUED and job.code == INTERRUPTED][:20],
        )

    async def csv(self, report: Report, bom: bool = True) -> bytes:
        """Write its tables for spreadsheets."""
        return await self._press.written(report, Form.CSV, bom=bom)

    async def pdf(self, report: Report) -> bytes:
        """Write it for people and printers, and seal it."""
        return await self._press.written(report, Form.PDF)

    async def json(self, report: Report) -> bytes:
        """Write it for programs, and seal it."""
        return await self._press.written(report, Form.JSON)

    @noted("report-saved", item="file", kind="report.kind")
    async def save(self, report: Report, form: Form, file: Path) -> None:
        """Write it into a file that only its owner can read. Raises HomeFault."""
        await self._press.save(report, form, file)

    async def verify(self, data: bytes) -> Verdict:
        """Say what a file's seal says, and whether it is this vault's."""
        return known(sealing.examine(data), await self.fingerprint())

    @property
    def _recorder(self) -> Recorder:
        return self._workspace.recorder

    async def _ended(self, since: int | None, until: int | None) -> Sequence[Job]:
        after = until if until is not None else self._clock.now() + 1
        return await self._workspace.bench.offload.on_reading(self._workspace.catalog.jobs_ended, since or 0, after)

    async def _names(self) -> dict[AccountId, str]:
        found = await self._workspace.bench.offload.on_reading(self._workspace.catalog.accounts)
        return {account.id: account.address for _, account, _ in found}

    def _target(self, spec: Restore | Migrate) -> str:
        try:
            address = self._workspace.doors.account_at(spec.connection, service_of(spec.stream)).address
        except Misconfigured:  # it is gone since
            return str(spec.connection)
        return address if address == spec.connection else f"{address} ({spec.connection})"


def _resumed(codes: Sequence[str]) -> int:
    """How often a job went on since it was last begun from its beginning."""
    begun = max((place for place, code in enumerate(codes) if code == "job-started"), default=0)
    return sum(code in ("job-resumed", "job-again") for code in codes[begun:])


def known(verdict: Verdict, fingerprint: str) -> Verdict:
    """Compare with a vault's key."""
    return replace(verdict, is_ours=verdict.fingerprint == fingerprint)
