"""One verdict on a home, for monitoring: pure, from what the rooms say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.drills.views import DAMAGED, INCOMPLETE, Proof
from saasbackup_desktop.app.reports.summary import task_state
from saasbackup_desktop.app.reports.views import Concern, MonitorStatus, Standing
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.schedule import Rhythm

_LONG: Final = 3 * 86400
"""Seconds after which an account that fails, or a task that is overdue, is critical."""

CRITICAL: Final = frozenset(
    {"no-vault", "vault-missing", "damaged", "long-failed", "long-overdue", "alerts", "record-broken", "drill-damaged"}
)
"""Reasons that are critical; the others are warnings. Words: ``app.words.monitoring``."""


def judged(
    now: int,
    *,
    cards: Sequence[StreamCard],
    tasks: Sequence[TaskView],
    jobs: Mapping[State, int],
    failed: int,
    proofs: Sequence[Proof],
    alerts: Sequence[Alert],
    waiting: Sequence[Job],
    is_damaged: bool,
    is_unbroken: bool,
    interrupted: Sequence[Job] = (),
) -> MonitorStatus:
    """Judge an open home. ``jobs``: how many stand how; ``failed``: within a day.

    ``interrupted``: those that wait to go on since their process ended.
    """
    live = [card for card in cards if card.health not in (Health.ARCHIVED, Health.IMPORTED)]
    bad = [card for card in live if card.health is Health.FAILED]
    overdue = [view for view in tasks if view.overdue_since is not None]
    found: dict[str, tuple[Concern, ...] | None] = {
        "damaged": () if is_damaged else None,
        "record-broken": None if is_unbroken else (),
        "alerts": tuple(map(_alerted, alerts)) or None,
        "drill-damaged": _proven(proofs, DAMAGED),
        "long-failed": _cards(card for card in bad if now - (card.looked or 0) >= _LONG),
        "long-overdue": _tasks(view for view in overdue if now - (view.overdue_since or 0) >= _LONG),
        "failed": _cards(bad),
        "overdue": _tasks(overdue),
        "partial": _cards(card for card in live if card.health is Health.PARTIAL),
        "never": _cards(card for card in live if card.health is Health.NEVER),
        "interrupted": tuple(Concern(kind="job", id=job.id) for job in interrupted) or None,
        "waiting": tuple(Concern(kind="job", id=job.id) for job in waiting)
        or (() if jobs.get(State.WAITING) else None),
        "drill-incomplete": _proven(proofs, INCOMPLETE),
    }
    concerns = {code: some for code, some in found.items() if some is not None}
    reasons = tuple(concerns)
    coming = [view.next_run for view in tasks if view.next_run is not None]
    return MonitorStatus(
        level=level_of(reasons),
        vault="open",
        is_known=True,
        made=now,
        reasons=reasons,
        concerns=concerns,
        standings=(*map(_of_task, tasks), *map(_of_card, live)),
        running=jobs.get(State.RUNNING, 0),
        waiting=jobs.get(State.WAITING, 0),
        queued=jobs.get(State.QUEUED, 0),
        failed=failed,
        alerts=len(alerts),
        proofs=tuple((proof.account.address, proof.outcome, proof.time) for proof in proofs),
        next_run=min(coming, default=None),
        record="unbroken" if is_unbroken else "broken",
        is_scheduled=any(view.task.schedule.rhythm is not Rhythm.BY_HAND for view in tasks),
    )


def _cards(some: Iterable[StreamCard]) -> tuple[Concern, ...] | None:
    return tuple(Concern(kind="account", name=one.account.address) for one in some) or None


def _tasks(some: Iterable[TaskView]) -> tuple[Concern, ...] | None:
    return tuple(Concern(kind="task", name=one.task.name, id=one.task.id) for one in some) or None


def _proven(some: Sequence[Proof], outcome: str) -> tuple[Concern, ...] | None:
    names = (Concern(kind="account", name=one.account.address) for one in some if one.outcome == outcome)
    return tuple(names) or None


def _alerted(alert: Alert) -> Concern:
    return Concern(kind="alert", name=alert.account.address, id=alert.id)


def level_of(reasons: Sequence[str]) -> str:
    """Say how bad these are together."""
    if any(reason in CRITICAL for reason in reasons):
        return "critical"
    return "warning" if reasons else "ok"


def unnamed(found: MonitorStatus) -> MonitorStatus:
    """Leave out whose accounts they are, for somebody who has not proven what opens the vault."""
    return replace(
        found,
        standings=tuple(replace(one, name="") if one.kind == "account" else one for one in found.standings),
        proofs=tuple(("", outcome, time) for _, outcome, time in found.proofs),
        concerns={
            code: tuple(one if one.kind == "task" else replace(one, name="") for one in some)
            for code, some in found.concerns.items()
        },
    )


def _of_task(view: TaskView) -> Standing:
    return Standing(
        name=view.task.name,
        kind="task",
        state=task_state(view),
        last_success=view.last,
        next_run=view.next_run,
        overdue_since=view.overdue_since,
    )


def _of_card(card: StreamCard) -> Standing:
    return Standing(
        name=card.account.address,
        kind="account",
        service=card.service.value,
        state=card.health.value,
        problem=card.problem,
        last_success=card.looked,
    )
