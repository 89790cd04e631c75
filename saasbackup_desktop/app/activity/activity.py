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
from saasbackup_desktop.core.jobs import Initiator, Job, JobQuery, State
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
        records, accounts = await self._records(query)
        noted = [_of_record(one, accounts) for one in records]
        known = {entry.code for entry in noted}
        if query.area is Area.SECURITY:
            found = [entry for entry in noted if _fits(entry, query)]
            total = len(found)
        else:
            known = {code for code in known if kinds.is_system(code)} | set(words.JOBS)
            found = [entry for entry in noted if kinds.is_system(entry.code) and _fits(entry, query)]
            jobs, count = await self._jobs(query, accounts)
            total = len(found) + count
            found = sorted([*found, *jobs], key=lambda entry: (entry.time, entry.id), reverse=True)
        tasks = sorted({entry.task for entry in found if entry.task})
        shown = found[query.offset : query.offset + query.limit]
        return ActivityPage(entries=shown, total=total, codes=sorted(known), tasks=tasks)

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

    async def _records(self, query: ActivityQuery) -> tuple[Sequence[Record], Mapping[AccountId, Account]]:
        reading, catalog = self._workspace.bench.offload.on_reading, self._workspace.catalog
        accounts = {account.id: account for _, account, _ in await reading(catalog.accounts)}
        return await reading(catalog.records, kinds.ROOM, query.since, query.until, _MOST), accounts

    async def _jobs(self, query: ActivityQuery, accounts: Mapping[AccountId, Account]) -> tuple[list[Entry], int]:
        """Jobs that fit, and how many do; where the catalog can choose them, no more than are needed."""
        wanted = {code for code in query.codes if code in words.JOBS}
        states = frozenset(state for state in State if state.value in query.statuses)
        if (query.codes and not wanted) or (query.statuses and not states):
            return [], 0
        is_told = not (query.services or query.task or query.words.split())
        asked = JobQuery(
            since=query.since,
            until=query.until,
            kinds=frozenset(wanted),
            states=states,
            limit=query.offset + query.limit if is_told else _MOST,
        )
        reading, catalog = self._workspace.bench.offload.on_reading, self._workspace.catalog
        page = await reading(catalog.job_page, asked)
        tasks = {view.task.id: view.task.name for view in await self._tasks()}
        found = [entry for job in page.jobs if _fits(entry := _of_job(job, accounts, tasks), query)]
        if not is_told:
            return found, len(found)
        return found, sum(number for state, number in page.counts.items() if not states or state in states)


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
        status="failed" if code in (kinds.OPEN_FAILED, kinds.AGENT_DIED) else "done",
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
