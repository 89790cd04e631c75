"""The summary: how tasks and accounts stand, and what was backed up in a span of time."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.drills.views import Proof
from saasbackup_desktop.app.reports.views import Table, Value
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Backup, Job, Migrate, State

Facts = tuple[tuple[str, Value], ...]

_TASKS = ("task", "state", "streams", "active", "size", "last", "next", "overdue", "failed")
_ACCOUNTS = (
    *("account", "service", "state", "runs", "succeeded", "partial", "failed", "added", "changed", "removed"),
    *("items", "size", "last", "proven", "problem"),
)
_ALERTS = ("account", "service", "what", "time", "last-good")


def summary(
    cards: Sequence[StreamCard],
    ended: Sequence[Job],
    tasks: Sequence[TaskView] = (),
    proofs: Sequence[Proof] = (),
    alerts: Sequence[Alert] = (),
) -> tuple[Facts, tuple[Table, ...]]:
    """Say how everything stands. ``ended``: the jobs that came to their end in the span."""
    runs = _by_stream(ended)
    proven = {proof.stream: proof.proven for proof in proofs if proof.proven is not None}
    rows = tuple(_account_row(card, runs.get(card.stream, ()), proven.get(card.stream)) for card in cards)
    counts = Counter(job.state for some in runs.values() for job in some)
    accounts = {card.account.id for card in cards if card.health not in (Health.ARCHIVED, Health.IMPORTED)}
    troubled = {card.account.id for card in cards if card.health in (Health.FAILED, Health.PARTIAL)}
    facts: list[tuple[str, Value]] = [
        ("protected", len(accounts)),
        ("well", len(accounts - troubled)),
        ("troubled", len(troubled)),
        ("runs", sum(counts.values())),
        ("succeeded", counts[State.DONE]),
        ("partial", counts[State.PARTIAL]),
        ("failed", counts[State.FAILED]),
        ("bytes", sum(job.tally.bytes_done for some in runs.values() for job in some)),
        ("stored", sum(job.tally.bytes_stored for some in runs.values() for job in some)),
        ("alerts", len(alerts)),
    ]
    tables = [Table(code="accounts", columns=_ACCOUNTS, rows=rows)]
    if tasks:
        tables.insert(0, Table(code="tasks", columns=_TASKS, rows=tuple(map(_task_row, tasks))))
    if alerts:
        tables.append(Table(code="alerts", columns=_ALERTS, rows=tuple(map(_alert_row, alerts))))
    return tuple(facts), tuple(tables)


def task_state(view: TaskView) -> str:
    """A word for how a task stands."""
    if view.task.is_paused:
        return "paused"
    if view.overdue_since is not None:
        return "overdue"
    if view.failed:
        return "attention"
    if view.running:
        return "running"
    return "ok" if view.last is not None else "never"


def _by_stream(ended: Sequence[Job]) -> Mapping[StreamId, Sequence[Job]]:
    found: dict[StreamId, list[Job]] = defaultdict(list)
    for job in ended:
        if isinstance(job.spec, Backup | Migrate):
            found[job.spec.stream].append(job)
    return found


def _account_row(card: StreamCard, jobs: Sequence[Job], proven: int | None) -> tuple[Value, ...]:
    counts = Counter(job.state for job in jobs)
    return (
        card.account.address,
        card.service.value,
        card.health.value,
        len(jobs),
        counts[State.DONE],
        counts[State.PARTIAL],
        counts[State.FAILED],
        sum(job.tally.added for job in jobs),
        sum(job.tally.changed for job in jobs),
        sum(job.tally.removed for job in jobs),
        card.last.items if card.last else 0,
        card.last.size if card.last else 0,
        card.looked,
        proven,
        card.problem,
    )


def _task_row(view: TaskView) -> tuple[Value, ...]:
    return (
        view.task.name,
        task_state(view),
        view.streams,
        view.active,
        view.size,
        view.last,
        view.next_run,
        view.overdue_since,
        view.failed,
    )


def _alert_row(alert: Alert) -> tuple[Value, ...]:
    last = alert.last_good.finished if alert.last_good is not None else None
    return (alert.account.address, alert.stream.rpartition("/")[2], alert.kind, alert.made, last)
