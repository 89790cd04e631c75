"""Jobs and what they said."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, or_, select, update

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.schema import damages, failures, jobs, log, marks, packs_read
from saasbackup_desktop.catalog.values import DamageEntry, LogEntry, Run
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import AccountId, JobId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import (
    Backup,
    Import,
    ItemFailure,
    Job,
    JobPage,
    JobQuery,
    Migrate,
    State,
    Tally,
)
from saasbackup_desktop.core.model import service_of

_OPEN: Final = tuple(state.value for state in State if not state.is_over)
_OVER: Final = tuple(state.value for state in State if state.is_over)


def save_job(connection: Connection, job: Job) -> None:
    """Write a job, new or changed."""
    values = _row(job)
    if connection.execute(update(jobs).where(jobs.c.id == job.id).values(values)).rowcount == 0:
        connection.execute(insert(jobs).values(id=job.id, **values))


def save_jobs(connection: Connection, some: Sequence[Job]) -> None:
    """Write jobs, new or changed, in few statements."""
    rows = {job.id: _row(job) for job in some}
    ids, known = list(rows), set[str]()
    for start in range(0, len(ids), 500):
        known.update(connection.scalars(select(jobs.c.id).where(jobs.c.id.in_(ids[start : start + 500]))))
    fresh = [{"id": id, **row} for id, row in rows.items() if id not in known]
    changed = [{"which": id, **row} for id, row in rows.items() if id in known]
    if fresh:
        connection.execute(insert(jobs), fresh)
    if changed:
        connection.execute(update(jobs).where(jobs.c.id == bindparam("which")), changed)


def _row(job: Job) -> dict[str, Any]:
    plain = codec.plain_fields(job) | {"spec": codec.spec_to_plain(job.spec)}
    stream: str | None = getattr(job.spec, "stream", None)
    reads = job.spec.stream if isinstance(job.spec, Backup | Import | Migrate) else None
    return {
        "created": job.created,
        "plain": codec.dumps(plain),
        "reads": reads,
        "state": job.state.value,
        "kind": codec.kind_of(job.spec),
        "account": job.account,
        "initiator": job.origin.initiator.value,
        "task": job.origin.task,
        "finished": job.finished,
        "service": service_of(StreamId(stream)).value if stream else None,
    }


def forget(connection: Connection, before: int, most: int) -> int:
    """Forget jobs that were over before a moment, with what they said; how many, at most so many."""
    question = select(jobs.c.id).where(jobs.c.finished < before, jobs.c.state.not_in(_OPEN)).limit(most)
    ids = list(connection.scalars(question.order_by(jobs.c.finished)))
    for table in (log, failures, damages):
        connection.execute(delete(table).where(table.c.job.in_(ids)))
    connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))
    return len(ids)


def all_jobs(connection: Connection, limit: int | None) -> list[Job]:
    """List jobs, newest first."""
    question = select(jobs.c.plain).order_by(jobs.c.created.desc(), jobs.c.id.desc()).limit(limit)
    return [_job_of(plain) for plain in connection.scalars(question)]


def page(connection: Connection, query: JobQuery) -> JobPage:
    """Answer a question about the history."""
    fits = _fitting(query)
    counts = _counts(connection, query, fits)
    if query.since is not None:
        # Without an index for the second half: the newest rows are found by the order that they are asked for in.
        fits.append(or_(jobs.c.created >= query.since, func.coalesce(jobs.c.state, "").in_(_OPEN)))
    if query.states:
        fits.append(jobs.c.state.in_(sorted(state.value for state in query.states)))
    order = (jobs.c.created, jobs.c.id) if query.oldest_first else (jobs.c.created.desc(), jobs.c.id.desc())
    question = select(jobs.c.plain).where(*fits).order_by(*order).limit(query.limit).offset(query.offset)
    return JobPage(jobs=[_job_of(plain) for plain in connection.scalars(question)], counts=counts)


def _counts(connection: Connection, query: JobQuery, fits: list[ColumnElement[bool]]) -> dict[State, int]:
    """Count by state: what is not over and what is, apart, since each is a stretch of one index."""
    parts = [fits]
    if query.since is not None:
        parts = [
            [*fits, jobs.c.state.in_(_OPEN)],
            [*fits, jobs.c.state.in_(_OVER), jobs.c.created >= query.since],
        ]
    counts: dict[State, int] = {}
    for part in parts:
        question = select(jobs.c.state, func.count()).where(*part).group_by(jobs.c.state)
        counts |= {State(state): number for state, number in connection.execute(question)}
    return counts


def ended(connection: Connection, since: int, until: int) -> list[Job]:
    """List jobs that came to their end from ``since`` on and before ``until``, earliest first."""
    question = select(jobs.c.plain).where(jobs.c.finished >= since, jobs.c.finished < until)
    return [_job_of(plain) for plain in connection.scalars(question.order_by(jobs.c.finished, jobs.c.id))]


def unfinished(connection: Connection) -> list[Job]:
    """List the jobs that are not over, oldest first."""
    question = select(jobs.c.plain).where(jobs.c.state.in_(_OPEN)).order_by(jobs.c.created, jobs.c.id)
    return [_job_of(plain) for plain in connection.scalars(question)]


def _fitting(query: JobQuery) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if query.until is not None:
        fits.append(jobs.c.created < query.until)
    if query.kinds:
        fits.append(jobs.c.kind.in_(sorted(query.kinds)))
    if query.accounts:
        fits.append(jobs.c.account.in_(sorted(query.accounts)))
    if query.services:
        fits.append(jobs.c.service.in_(sorted(service.value for service in query.services)))
    if query.prefix:
        fits.append(jobs.c.id.startswith(query.prefix, autoescape=True))
    if query.initiator is not None:
        fits.append(jobs.c.initiator == query.initiator.value)
    if query.task is not None:
        fits.append(jobs.c.task == query.task)
    return fits


def last_runs(connection: Connection, depth: int) -> list[Run]:
    """List the last jobs that read each stream, newest first."""
    found = []
    for row in dialect.last_jobs(connection, depth):
        plain = codec.loads(row.plain)
        found.append(
            Run(
                StreamId(row.reads),
                JobId(row.id),
                State(plain["state"]),
                plain["code"],
                plain["facts"],
                row.created,
                plain["finished"],
                plain["tally"]["throttled_until"],
                plain.get("due"),
            )
        )
    return found


def last_done(connection: Connection) -> dict[StreamId, int]:
    """Say when the last job ended that read a stream to its end."""
    return {StreamId(row.reads): row.finished for row in dialect.last_done(connection)}


def one_job(connection: Connection, id: JobId) -> Job:
    """Look up a job. Raises KeyError."""
    plain = connection.scalar(select(jobs.c.plain).where(jobs.c.id == id))
    if plain is None:
        raise KeyError(id)
    return _job_of(plain)


def add_failures(connection: Connection, job: JobId, some: Sequence[ItemFailure]) -> None:
    """Write down items that a job could not do."""
    if some:
        connection.execute(insert(failures), [{"job": job, **codec.plain_fields(failure)} for failure in some])


def all_failures(connection: Connection, job: JobId) -> list[ItemFailure]:
    """List the items that a job could not do."""
    question = select(failures).where(failures.c.job == job).order_by(failures.c.row)
    return [
        ItemFailure(path=row.path, name=row.name, code=row.code, detail=row.detail, item=NodeId(row.item or ""))
        for row in connection.execute(question)
    ]


def drop_failures(connection: Connection, job: JobId, items: Sequence[NodeId]) -> None:
    """Forget that a job could not do some items."""
    for start in range(0, len(items), 500):
        some = items[start : start + 500]
        connection.execute(delete(failures).where(failures.c.job == job, failures.c.item.in_(some)))


def clear_failures(connection: Connection, job: JobId) -> None:
    """Forget the failures and damages of a job that is to run again."""
    connection.execute(delete(failures).where(failures.c.job == job))
    connection.execute(delete(damages).where(damages.c.job == job))


def add_log(
    connection: Connection, job: JobId, time: int, level: str, code: str, facts: Mapping[str, str | int]
) -> None:
    """Write a line of a job's log."""
    connection.execute(insert(log).values(job=job, time=time, level=level, code=code, facts=codec.dumps(dict(facts))))


def whole_log(connection: Connection, job: JobId) -> list[LogEntry]:
    """Read a job's log."""
    question = select(log).where(log.c.job == job).order_by(log.c.row)
    return [LogEntry(row.time, row.level, row.code, codec.loads(row.facts)) for row in connection.execute(question)]


def remember(connection: Connection, stream: StreamId, head: str, digest: str) -> None:
    """Keep in mind which head of a stream is the newest one."""
    connection.execute(delete(marks).where(marks.c.stream == stream))
    connection.execute(insert(marks).values(stream=stream, head=head, digest=digest))


def remembered(connection: Connection) -> dict[StreamId, tuple[str, str]]:
    """Look up what was last kept in mind."""
    return {StreamId(row.stream): (row.head, row.digest) for row in connection.execute(select(marks))}


def keep_read(connection: Connection, share: str, packs: AbstractSet[bytes]) -> None:
    """Keep in mind which packs a check has read, and nothing of any other check of its kind."""
    is_of_job = packs_read.c.share.like("job %")
    connection.execute(delete(packs_read).where(is_of_job if share.startswith("job ") else ~is_of_job))
    if packs:
        connection.execute(insert(packs_read), [{"share": share, "pack": pack} for pack in sorted(packs)])


def all_read(connection: Connection, share: str) -> set[bytes]:
    """Look up which packs a check had read."""
    return set(connection.scalars(select(packs_read.c.pack).where(packs_read.c.share == share)))


def add_damages(connection: Connection, job: JobId, some: Sequence[DamageEntry]) -> None:
    """Write down what a check found wrong."""
    rows = [{"job": job, "file": one.file, "code": one.code, "items": codec.dumps(list(one.items))} for one in some]
    if rows:
        connection.execute(insert(damages), rows)


def all_damages(connection: Connection, job: JobId) -> list[DamageEntry]:
    """List what a check found wrong."""
    question = select(damages).where(damages.c.job == job).order_by(damages.c.row)
    return [DamageEntry(row.file, row.code, tuple(codec.loads(row.items))) for row in connection.execute(question)]


def _job_of(text: str) -> Job:
    plain = codec.loads(text)
    return Job(
        **plain
        | {
            "id": JobId(plain["id"]),
            "spec": codec.spec_from_plain(plain["spec"]),
            "state": State(plain["state"]),
            "tally": Tally(**plain["tally"]),
            "account": AccountId(plain["account"]) if plain["account"] is not None else None,
            "snapshot": SnapshotId(plain["snapshot"]) if plain["snapshot"] is not None else None,
            "origin": codec.origin_from_plain(plain.get("origin")),
        }
    )
