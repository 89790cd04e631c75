"""One verdict on a home, for monitoring: pure, from what the rooms say."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.drills.views import DAMAGED, INCOMPLETE, Proof
from saasbackup_desktop.app.reports.summary import task_state
from saasbackup_desktop.app.reports.views import MonitorStatus, Standing
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.core.jobs import State
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
    alerts: int,
    is_damaged: bool,
    is_unbroken: bool,
) -> MonitorStatus:
    """Judge an open home. ``jobs``: how many stand how; ``failed``: within a day."""
    live = [card for card in cards if card.health is not Health.ARCHIVED]
    bad = [card for card in live if card.health is Health.FAILED]
    overdue = [view.overdue_since for view in tasks if view.overdue_since is not None]
    found = {
        "damaged": is_damaged,
        "record-broken": not is_unbroken,
        "alerts": bool(alerts),
        "drill-damaged": any(proof.outcome == DAMAGED for proof in proofs),
        "long-failed": any(now - (card.looked or 0) >= _LONG for card in bad),
        "long-overdue": any(now - since >= _LONG for since in overdue),
        "failed": bool(bad),
        "overdue": bool(overdue),
        "partial": any(card.health is Health.PARTIAL for card in live),
        "never": any(card.health is Health.NEVER for card in live),
        "waiting": bool(jobs.get(State.WAITING)),
        "drill-incomplete": any(proof.outcome == INCOMPLETE for proof in proofs),
    }
    reasons = tuple(code for code, holds in found.items() if holds)
    coming = [view.next_run for view in tasks if view.next_run is not None]
    return MonitorStatus(
        level=level_of(reasons),
        vault="open",
        is_known=True,
        made=now,
        reasons=reasons,
        standings=(*map(_of_task, tasks), *map(_of_card, live)),
        running=jobs.get(State.RUNNING, 0),
        waiting=jobs.get(State.WAITING, 0),
        queued=jobs.get(State.QUEUED, 0),
        failed=failed,
        alerts=alerts,
        proofs=tuple((proof.account.address, proof.outcome, proof.time) for proof in proofs),
        next_run=min(coming, default=None),
        record="unbroken" if is_unbroken else "broken",
        is_scheduled=any(view.task.schedule.rhythm is not Rhythm.BY_HAND for view in tasks),
    )


def level_of(reasons: Sequence[str]) -> str:
    """Say how bad these are together."""
    if any(reason in CRITICAL for reason in reasons):
        return "critical"
    return "warning" if reasons else "ok"


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
