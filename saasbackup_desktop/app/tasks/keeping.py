"""How long what tasks back up is kept: rules for the vault, and accounts that left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.tasks.coverage import Sites
from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.views import Leaving, Pruning, Task
from saasbackup_desktop.core.ids import StreamId, TaskId
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.core.retention import DAY
from saasbackup_desktop.vault.retention.policy import Group


def groups(book: Book, sites: Sites) -> Mapping[str, Group | None]:
    """The vault's rules for the streams of tasks. Where tasks share a stream, it keeps what either of them keeps.

    A task whose connections are gone is left out: what was said of its streams holds on.
    """
    of = {task.id: frozenset(sites.all(task)) for task in book.tasks.values() if sites.of(task)}
    ruled: set[StreamId] = set()
    for id, streams in of.items():
        if book.tasks[id].keep is not None:
            ruled |= streams
    found: dict[str, Group | None] = {}
    for id, streams in of.items():
        keep = book.tasks[id].keep
        mine = streams if keep is not None else streams & ruled
        found[id] = Group(keep, mine) if mine else None
    return found


def lets_go(book: Book) -> bool:
    """Some task has a rule by which anything goes."""
    return any(
        (task.keep is not None and not task.keep.is_everything) or task.archived_days is not None
        for task in book.tasks.values()
    )


def prune_days(book: Book) -> int | None:
    """After how many days the vault is pruned again; None: not by itself."""
    match book.pruning:
        case Pruning.DAILY:
            return 1
        case Pruning.WEEKLY:
            return 7
        case Pruning.AUTOMATIC:
            return 7 if lets_go(book) else None
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is noted of a stream whose account left."""

    since: int
    """When that was noticed."""
    job: str = ""
    """The job that put everything into the trash."""


def leaving(
    book: Book, sites: Sites, left: Mapping[StreamId, Left], sizes: Mapping[StreamId, int], now: int
) -> Sequence[Leaving]:
    """The accounts that left and whose backups go, earliest first. Where several tasks cover one, the longest counts,
    and one that lets nothing go counts most.
    """
    found = []
    for stream, account in away(sites).items():
        covering = [task for task in book.tasks.values() if stream in sites.all(task)]
        bound = _longest(covering)
        if bound is None or stream not in sizes:
            continue
        id, days = bound
        note = left.get(stream, Left(since=now))
        found.append(
            Leaving(
                stream=stream,
                account=account,
                task=id,
                left=note.since,
                due=note.since + days * DAY,
                size=sizes[stream],
                is_discarded=bool(note.job),
            )
        )
    return sorted(found, key=lambda one: (one.due, one.stream))


def away(sites: Sites) -> Mapping[StreamId, Account]:
    """What is saved of accounts that left."""
    gone = {id: account for site in sites.by_name.values() for id, account in site.away.items()}
    there = {account.id for site in sites.by_name.values() for account in site.active.values()}
    return {
        stream: gone[account.id]
        for stream, account in sites.saved.items()
        if account.id in gone and account.id not in there
    }


def _longest(tasks: Iterable[Task]) -> tuple[TaskId, int] | None:
    bounds = []
    for task in tasks:
        if task.archived_days is None:
            return None
        bounds.append((task.archived_days, task.id))
    if not bounds:
        return None
    days, id = max(bounds)
    return id, days
