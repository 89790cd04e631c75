"""How accounts are doing: what was decided, what their last jobs came to, and what is saved of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.reach import Member
from saasbackup_desktop.app.tenants.views import ServiceState, State, TenantAccount
from saasbackup_desktop.catalog.catalog import Run
from saasbackup_desktop.core import jobs
from saasbackup_desktop.core.activation import Status, Why
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service, Snapshot, SnapshotStatus, stream_id
from saasbackup_desktop.providers.microsoft.directory import MailboxKind
from saasbackup_desktop.providers.microsoft.outcomes import Outcome, outcome_of_code

_BY_OUTCOME: Final[Mapping[Outcome, State]] = {
    Outcome.UNREACHABLE: State.CONNECTION_ERROR,
    Outcome.THROTTLED: State.CONNECTION_ERROR,
    Outcome.CLOCK: State.CONNECTION_ERROR,
    Outcome.MISSING_PERMISSION: State.AUTHENTICATION_ERROR,
    Outcome.CONSENT_REVOKED: State.AUTHENTICATION_ERROR,
    Outcome.CONSENT_MISSING: State.AUTHENTICATION_ERROR,
    Outcome.SECRET_EXPIRED: State.AUTHENTICATION_ERROR,
    Outcome.SECRET_WRONG: State.AUTHENTICATION_ERROR,
    Outcome.CERTIFICATE_EXPIRED: State.AUTHENTICATION_ERROR,
    Outcome.CERTIFICATE_UNKNOWN: State.AUTHENTICATION_ERROR,
    Outcome.CONDITIONAL_ACCESS: State.AUTHENTICATION_ERROR,
    Outcome.SECOND_FACTOR: State.AUTHENTICATION_ERROR,
    Outcome.SIGN_IN_AGAIN: State.AUTHENTICATION_ERROR,
    Outcome.APPLICATION_GONE: State.AUTHENTICATION_ERROR,
    Outcome.APPLICATION_DISABLED: State.AUTHENTICATION_ERROR,
    Outcome.TENANT_UNKNOWN: State.AUTHENTICATION_ERROR,
    Outcome.OUTSIDE_SCOPE: State.AUTHENTICATION_ERROR,
    Outcome.WRONG_CLOUD: State.AUTHENTICATION_ERROR,
    Outcome.MAILBOX_NOT_ENABLED: State.UNLICENSED,
    Outcome.LICENCE_MISSING: State.UNLICENSED,
    Outcome.MAILBOX_MISSING: State.ARCHIVED,
}
"""States of services whose last job failed; of what is not here: FAILED."""
_GRAVEST: Final = (
    State.RUNNING,
    State.RETRYING,
    State.AUTHENTICATION_ERROR,
    State.CONNECTION_ERROR,
    State.FAILED,
    State.UNLICENSED,
    State.ARCHIVED,
    State.PARTIAL,
    State.SCHEDULED,
    State.SUCCESS,
)
"""Of several services, the first of these says how the account is doing."""
_HOLDS_NOTHING: Final = frozenset({Service.SETTINGS})
"""Services that say nothing of whether somebody uses a mailbox."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the catalog knows of all streams."""

    points: Mapping[StreamId, tuple[Snapshot, int]]
    runs: Mapping[StreamId, Sequence[Run]]
    """The last jobs of each, newest first."""
    granted: frozenset[str] = field(default_factory=frozenset)
    """Services whose permissions the last check found in order: if one is missing now, it was withdrawn."""
    firsts: Mapping[StreamId, int] = field(default_factory=dict)
    """When the first backup of each ended that is known of."""


def runs_by_stream(runs: Sequence[Run]) -> dict[StreamId, list[Run]]:
    """Sort jobs by what they read, newest first."""
    found: dict[StreamId, list[Run]] = {}
    for run in runs:
        found.setdefault(run.stream, []).append(run)
    return found


def problem_of(run: Run, granted: frozenset[str] = frozenset()) -> Outcome | None:
    """Say what a job that failed met; None if it did not, or met nothing of the service's."""
    if run.state is not jobs.State.FAILED:
        return None
    outcome = outcome_of_code(run.code, run.facts)
    if outcome is Outcome.MISSING_PERMISSION and run.stream.rpartition("/")[2] in granted:
        return Outcome.CONSENT_REVOKED
    return outcome


def service_state(stream: StreamId, service: Service, past: Past) -> ServiceState:
    """How one service of an account that is backed up is doing."""
    point = past.points.get(stream)
    last = point[0] if point is not None else None
    runs = past.runs.get(stream, ())
    state, problem = _state(last, runs, past.granted)
    return ServiceState(
        service=service,
        stream=stream,
        state=state,
        items=last.items if last is not None else 0,
        size=last.size if last is not None else 0,
        last=last.id if last is not None else None,
        finished=_looked(last, runs),
        problem=problem,
    )


def _looked(last: Snapshot | None, runs: Sequence[Run]) -> int | None:
    """When a backup last ended well: one that finds no change makes no point in time."""
    ended = [run.finished for run in runs if run.state is jobs.State.DONE and run.finished is not None]
    return max((*ended, last.finished), default=None) if last is not None else None


def _state(last: Snapshot | None, runs: Sequence[Run], granted: frozenset[str]) -> tuple[State, str]:
    run = runs[0] if runs else None
    if run is not None and not run.state.is_over and run.state is not jobs.State.PAUSED:
        went_badly = len(runs) > 1 and runs[1].state in (jobs.State.FAILED, jobs.State.PARTIAL)
        is_waiting = run.throttled_until is not None or run.state is jobs.State.WAITING
        return (State.RETRYING if went_badly or is_waiting else State.RUNNING), ""
    if run is not None and run.state is jobs.State.FAILED:
        outcome = problem_of(run, granted)
        if outcome is None:
            return State.FAILED, run.code
        return _BY_OUTCOME.get(outcome, State.FAILED), outcome.value
    if last is None:
        return State.SCHEDULED, ""
    return (State.SUCCESS if last.status is SnapshotStatus.COMPLETE else State.PARTIAL), ""


def tenant_account(
    member: Member,
    book: Book,
    services: Sequence[Service],
    past: Past,
    groups: Sequence[str] = (),
    elsewhere: str = "",
) -> TenantAccount:
    """One row of a tenant's list."""
    found = member.found
    status = book.status(found.id)
    shown = [
        one
        for service in Service
        if (one := service_state(stream_id(member.account.id, service), service, past)).last is not None
        or (service in services and status is Status.ACTIVE)
    ]
    state, problem = _account_state(member, book, status, shown)
    ended = [one.finished for one in shown if one.finished is not None]
    return TenantAccount(
        id=found.id,
        account=member.account,
        kind=found.kind.value,
        is_licensed=found.is_licensed,
        is_enabled=found.is_enabled,
        properties=found.properties,
        groups=tuple(groups),
        status=status,
        state=state,
        reasons=_reasons(book, found.id),
        elsewhere=elsewhere,
        problem=problem,
        facts=_facts(problem, shown, past),
        services=shown,
        size=sum(one.size for one in shown),
        last=max(ended, default=None),
        first=min((past.firsts[one.stream] for one in shown if one.stream in past.firsts), default=None),
    )


def _account_state(member: Member, book: Book, status: Status, services: Sequence[ServiceState]) -> tuple[State, str]:
    found = member.found
    if status is Status.REMOVED:
        return State.REMOVED, ""
    if found.is_deleted:
        return State.ARCHIVED, Outcome.MAILBOX_MISSING.value
    if status is Status.AWAY:
        return State.UNLICENSED, Outcome.MAILBOX_NOT_ENABLED.value
    if status is Status.PAUSED:
        return State.PAUSED, ""
    if status is Status.INACTIVE:
        return State.NOT_ACTIVE, ""
    state = next((one for one in _GRAVEST if any(service.state is one for service in services)), State.SCHEDULED)
    problem = next((one.problem for one in services if one.state is state), "")
    if state is State.SUCCESS and _is_empty(services):
        return State.EMPTY, ""
    return state, problem


def _is_empty(services: Sequence[ServiceState]) -> bool:
    telling = [one for one in services if one.service not in _HOLDS_NOTHING]
    return bool(telling) and not any(one.items for one in telling)


def _reasons(book: Book, id: str) -> tuple[tuple[str, str], ...]:
    if id in book.halted and book.halted[id] is Status.INACTIVE:
        return ((Why.DESELECTED.value, ""),)
    return book.reasons.get(id, ())


def _facts(problem: str, services: Sequence[ServiceState], past: Past) -> Mapping[str, str | int]:
    """What is known of the problem: of the job that met it."""
    for one in services:
        runs = past.runs.get(one.stream, ())
        if problem and one.problem == problem and runs:
            told = {"reason": "graph"} if problem == Outcome.THROTTLED.value else {}
            return {**runs[0].facts, **told, "code": runs[0].code, "service": one.service.value}
    return {}


def has_mailbox(member: Member) -> bool:
    """Something can be written there."""
    return not member.found.is_deleted and member.found.kind is not MailboxKind.NONE
