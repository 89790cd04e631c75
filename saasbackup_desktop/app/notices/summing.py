"""What a summary tells: ended jobs of a stretch of time by task, and what fails now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from saasbackup_desktop.app.notices.memory import Memory
from saasbackup_desktop.app.notices.views import Recipient
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.words.letters.summary import FailureLine, Summary, TaskLine
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.jobs import Backup, Job, Migrate, Restore, State
from saasbackup_desktop.core.model import Account

WITHOUT_TASK = "Started by hand"


def summed(
    jobs: Sequence[Job],
    tasks: Sequence[TaskView],
    accounts: Mapping[AccountId, Account],
    memory: Memory,
    recipient: Recipient,
    span: tuple[int, int],
) -> Summary:
    """Sum it up for one recipient."""
    names: dict[str, str] = {view.task.id: view.task.name for view in tasks}
    chosen = [job for job in jobs if _is_for(job, recipient, accounts)]
    backups = [job for job in chosen if isinstance(job.spec, Backup)]
    copies = [job for job in chosen if isinstance(job.spec, Restore | Migrate)]
    by_task: dict[str, list[Job]] = defaultdict(list)
    for job in backups:
        by_task[job.origin.task].append(job)
    lines = []
    for view in tasks:
        if not recipient.tasks or view.task.id in recipient.tasks:
            lines.append(_line(view.task.name, by_task.pop(view.task.id, []), view))
    for task, some in by_task.items():
        lines.append(_line(names.get(task) or (WITHOUT_TASK if not task else "A task that was removed"), some, None))
    last = {str(job.spec.stream): job for job in backups if isinstance(job.spec, Backup)}
    failures = []
    for subject, incident in memory.incidents.items():
        kind, _, stream = subject.partition(":")
        account = accounts.get(AccountId(stream.partition("/")[0]))
        if kind != "backup" or account is None or not _is_of(account, recipient):
            continue
        found = last.get(stream)
        if recipient.tasks and found is None:
            continue
        failures.append(
            FailureLine(
                account=account.address,
                service=stream.rpartition("/")[2],
                task=names.get(found.origin.task, "") if found is not None else "",
                code=incident.code.removeprefix("waiting "),
                facts=found.facts if found is not None else {},
                since=incident.since,
                times=incident.times,
            )
        )
    return Summary(
        since=span[0],
        until=span[1],
        tasks=lines,
        failures=failures,
        restores=len(copies),
        restores_failed=sum(job.state in (State.FAILED, State.PARTIAL) for job in copies),
    )


def _is_for(job: Job, recipient: Recipient, accounts: Mapping[AccountId, Account]) -> bool:
    if recipient.tasks and job.origin.task not in recipient.tasks:
        return False
    account = accounts.get(job.account) if job.account is not None else None
    return account is None or _is_of(account, recipient)


def _is_of(account: Account, recipient: Recipient) -> bool:
    return not recipient.connections or account.connection in recipient.connections


def _line(name: str, jobs: Sequence[Job], view: TaskView | None) -> TaskLine:
    return TaskLine(
        name=name,
        completed=sum(job.state is State.DONE for job in jobs),
        partial=sum(job.state is State.PARTIAL for job in jobs),
        failed=sum(job.state is State.FAILED for job in jobs),
        added=sum(job.tally.added for job in jobs),
        stored=sum(job.tally.bytes_stored for job in jobs),
        next_run=view.next_run if view is not None else None,
        overdue_since=view.overdue_since if view is not None else None,
    )
