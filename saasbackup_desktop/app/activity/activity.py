"""The door to what happened: jobs from their history, everything else from the record."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.activity import kinds
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.views import ActivityPage, ActivityQuery, Area, ChainReport, Entry
from saasbackup_desktop.app.reports.press import Press
from saasbackup_desktop.app.reports.views import Form, Kind, Report, Table
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import AccountId, StreamId, TaskId
from saasbackup_desktop.core.jobs import Initiator, Job, JobQuery
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.core.ports import Clock

_MOST: Final = 100_000
"""Jobs and entries that are looked through at once, the newest."""
_COLUMNS: Final = ("time", "what", "service", "sub-service", "status", "task", "item", "who", "details")

Tasks = Callable[[], Awaitable[Sequence[TaskView]]]


class Activity:
    """Everything about activity that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, workspace: Workspace, clock: Clock, tasks: Tasks) -> None:
        self._workspace, self._press, self._tasks = workspace, Press(workspace, clock), tasks

    async def page(self, query: ActivityQuery) -> ActivityPage:
        """Answer a question about what happened, newest first."""
        everything = await self._everything(query)
        found = [entry for entry in everything if _fits(entry, query)]
        return ActivityPage(
            entries=found[query.offset : query.offset + query.limit],
            total=len(found),
            codes=sorted({entry.code for entry in everything}),
            tasks=sorted({entry.task for entry in everything if entry.task}),
        )

    async def report(self, query: ActivityQuery) -> Report:
        """All that fits as a report, whatever limit and offset; of the audit, with what became of proving it."""
        found = (await self.page(replace(query, limit=_MOST, offset=0))).entries
        rows = tuple(
            (
                entry.time,
                entry.code,
                entry.service,
                entry.sub_service,
                entry.status,
                entry.task,
                entry.item,
                entry.who,
                details(entry),
            )
            for entry in found
        )
        table = Table(code="entries", columns=_COLUMNS, rows=rows)
        proven = await self.verify()
        record = ("record", "unbroken" if proven.is_unbroken else "broken")
        facts = (("count", len(rows)), record, ("breaks", len(proven.breaks)))
        return self._press.report(Kind.ACTIVITY, (facts, (table,)), query.since, query.until)

    async def csv(self, query: ActivityQuery, file: Path) -> int:
        """Write all that fits into a file for spreadsheets; gives how many entries. Raises HomeFault."""
        await self.save(query, Form.CSV, file)
        return (await self.page(replace(query, limit=0, offset=0))).total

    @noted("activity-exported", item="file")
    async def save(self, query: ActivityQuery, form: Form, file: Path) -> None:
        """Write all that fits into a file that only its owner can read; PDF and JSON are sealed. Raises HomeFault."""
        await self._press.save(await self.report(query), form, file)

    async def verify(self) -> ChainReport:
        """Find where the record is not as it was written."""
        return await self._workspace.recorder.prove()

    async def _everything(self, query: ActivityQuery) -> list[Entry]:
        reading, catalog = self._workspace.bench.offload.on_reading, self._workspace.catalog
        accounts = {account.id: account for _, account, _ in await reading(catalog.accounts)}
        records = await reading(catalog.records, kinds.ROOM, query.since, query.until, _MOST)
        found = [_of_record(one, accounts) for one in records]
        if query.area is Area.SECURITY:
            return found
        tasks = {view.task.id: view.task.name for view in await self._tasks()}
        asked = JobQuery(since=query.since, until=query.until, limit=_MOST)
        jobs = (await reading(catalog.job_page, asked)).jobs
        found = [entry for entry in found if kinds.is_system(entry.code)]
        found += [_of_job(job, accounts, tasks) for job in jobs]
        return sorted(found, key=lambda entry: (entry.time, entry.id), reverse=True)


def details(entry: Entry) -> str:
    """What else is told, in a line."""
    return ", ".join(f"{words.fact(name)}: {value}" for name, value in entry.facts.items() if value not in ("", 0))


def _of_record(record: Record, accounts: Mapping[AccountId, Account]) -> Entry:
    plain = record.plain
    account, _, sub_service = str(plain.get("stream", "")).partition("/")
    known = accounts.get(AccountId(account))
    code = str(plain.get("code", ""))
    return Entry(
        id=record.key,
        time=record.time,
        code=code,
        service=kinds.service_of(code) or (known.provider.value if known else ""),
        sub_service=sub_service,
        status="failed" if code == kinds.OPEN_FAILED else "done",
        item=str(plain.get("item", "")) or (known.address if known else account),
        who=str(plain.get("who", "")),
        facts=plain.get("facts") or {},
    )


def _of_job(job: Job, accounts: Mapping[AccountId, Account], tasks: Mapping[TaskId, str]) -> Entry:
    stream: StreamId | None = getattr(job.spec, "stream", None)
    account = accounts.get(job.account) if job.account is not None else None
    tally = job.tally
    facts: dict[str, str | int] = {
        "items": tally.items_done,
        "size": tally.bytes_done,
        "added": tally.added,
        "changed": tally.changed,
        "removed": tally.removed,
        "skipped": tally.skipped,
        "verified": tally.verified,
        "failed": tally.failed,
        "attempt": job.attempt if job.attempt > 1 else 0,
        "code": job.code,
        "job": job.id,
    }
    if job.started is not None and job.finished is not None:
        facts = {"duration": job.finished - job.started, **facts}
    person = job.origin.initiator is Initiator.PERSON
    return Entry(
        id=f"job:{job.id}",
        time=job.created,
        code=codec.kind_of(job.spec),
        service=account.provider.value if account is not None else "vault" if stream is None else "",
        sub_service=stream.rpartition("/")[2] if stream else "",
        status=job.state.value,
        task=tasks.get(job.origin.task, "") if job.origin.task else "",
        item=account.address if account is not None else str(getattr(job.spec, "to", job.account or "")),
        who="person" if person else job.origin.initiator.value,
        facts={name: value for name, value in facts.items() if value not in ("", 0)},
    )


def _fits(entry: Entry, query: ActivityQuery) -> bool:
    return (
        (not query.codes or entry.code in query.codes)
        and (not query.services or bool({entry.service, entry.sub_service} & set(query.services)))
        and (not query.statuses or entry.status in query.statuses)
        and (not query.task or entry.task == query.task)
        and _has(entry, query.words.casefold().split())
    )


def _has(entry: Entry, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    said: Iterable[str] = (
        *(words.what(entry), words.service(entry), words.sub_service(entry), words.status(entry).label),
        *(entry.task, entry.item, words.who(entry)),
        *map(str, entry.facts.values()),
    )
    text = "\n".join(said).casefold()
    return all(word in text for word in wanted)
