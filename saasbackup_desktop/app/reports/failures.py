"""Failure details: every job that failed or was done in part, and each item with its reason."""

from collections.abc import Mapping, Sequence

from saasbackup_desktop.app.reports.summary import Facts
from saasbackup_desktop.app.reports.views import Table, Value
from saasbackup_desktop.app.words.faults import failure_words, words_for
from saasbackup_desktop.app.words.states import job_status
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.jobs import ItemFailure, Job, State

_JOBS = ("finished", "kind", "account", "service", "state", "failed", "problem", "remedy", "job")
_ITEMS = ("account", "service", "folder", "name", "reason", "job")

FAILED = (State.FAILED, State.PARTIAL)


def failures(
    jobs: Sequence[Job], items: Mapping[JobId, Sequence[ItemFailure]], names: Mapping[AccountId, str]
) -> tuple[Facts, tuple[Table, ...]]:
    """List them. ``items``: what each job could not do."""
    some = [job for job in jobs if job.state in FAILED]
    rows = tuple(_job_row(job, names) for job in some)
    lines = tuple(_item_row(job, one, names) for job in some for one in items.get(job.id, ()))
    facts: Facts = (
        ("failed", sum(job.state is State.FAILED for job in some)),
        ("partial", sum(job.state is State.PARTIAL for job in some)),
        ("items", len(lines)),
    )
    tables = [Table(code="jobs", columns=_JOBS, rows=rows)]
    if lines:
        tables.append(Table(code="items", columns=_ITEMS, rows=lines))
    return facts, tuple(tables)


def service_at(job: Job) -> str:
    """The kind of content that a job is about, or the vault."""
    stream = getattr(job.spec, "stream", None)
    return str(stream).rpartition("/")[2] if stream else "vault"


def _job_row(job: Job, names: Mapping[AccountId, str]) -> tuple[Value, ...]:
    problem = words_for(job.code, job.facts).what if job.code else ""
    return (
        job.finished,
        codec.kind_of(job.spec),
        names.get(job.account, job.account) if job.account else "",
        service_at(job),
        job.state.value,
        job.tally.failed,
        problem,
        job_status(job).remedy,
        job.id,
    )


def _item_row(job: Job, one: ItemFailure, names: Mapping[AccountId, str]) -> tuple[Value, ...]:
    words = failure_words(one)
    account = names.get(job.account, job.account) if job.account else ""
    return (account, service_at(job), one.path, one.name, words.what, job.id)
