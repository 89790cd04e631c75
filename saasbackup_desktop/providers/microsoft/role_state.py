"""How Exchange's role stands over the days that it takes: plain data, and when to look or try again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from saasbackup_desktop.providers.microsoft.checks import PermissionFinding, Standing
from saasbackup_desktop.providers.microsoft.exchange_shell import LIMIT, Ending, Run
from saasbackup_desktop.providers.microsoft.outcomes import Outcome

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_FIRST_LOOK: Final = 5 * MINUTE
_LATE: Final = 3 * DAY
"""What the longest replication is said to take."""


class RoleStanding(StrEnum):
    """How the role stands."""

    READY = "ready"
    """The script can be run, or downloaded."""
    RUNNING = "running"
    PENDING = "pending"
    """Made; Exchange does not let the application in yet. Minutes to days."""
    IN_FORCE = "in-force"
    FAILED = "failed"


class Due(StrEnum):
    """What is to be done about it now."""

    NOTHING = "nothing"
    LOOK = "look"
    """Ask the services."""
    RUN = "run"
    """Run the script again, without anybody."""
    ASK = "ask"
    """Ask a person to run it again: it needs somebody to sign in."""


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """What is kept of a tenant's role. Times in seconds since 1970 UTC."""

    standing: RoleStanding = RoleStanding.READY
    since: int = 0
    """When it came to stand so."""
    tried: int = 0
    """When the script was last begun."""
    made: int = 0
    """When the script first went well since the role was last in force; 0 if it did not."""
    looked: int = 0
    """When the services were last asked."""
    failures: int = 0
    """In a row."""
    reason: str = ""
    """A code: why it failed."""
    detail: str = ""


def begun(record: RoleRecord, now: int) -> RoleRecord:
    """The script was started."""
    return replace(_at(record, RoleStanding.RUNNING, now), tried=now)


def run_by_hand(record: RoleRecord, now: int) -> RoleRecord:
    """Somebody says that they ran it."""
    return replace(_made(record, now), tried=now)


def ended(record: RoleRecord, run: Run, now: int) -> RoleRecord:
    """The script ended. Going well it is made and not in force: only the services can say that."""
    if run.ending is Ending.DONE:
        return _made(record, now)
    if run.ending is Ending.STOPPED:
        return _at(record, RoleStanding.READY, now)
    failed = _at(record, RoleStanding.FAILED, now)
    return replace(failed, failures=record.failures + 1, reason=run.reason, detail=run.detail)


def judged(record: RoleRecord, findings: Iterable[PermissionFinding], now: int) -> RoleRecord:
    """The services were asked: in force if everything is granted that a role can give. Writes cannot be asked for.

    A consent for the whole tenant answers in the role's place: while there is one, nobody can tell.
    """
    fenced = [one for one in findings if one.permission.role and "ReadWrite" not in one.permission.name]
    looked = replace(record, looked=now)
    if record.standing in (RoleStanding.READY, RoleStanding.RUNNING) or not fenced:
        return looked
    if any(one.outcome is Outcome.WIDER_THAN_SCOPE for one in fenced):
        return looked
    if all(one.standing is Standing.GRANTED for one in fenced):
        return replace(_at(looked, RoleStanding.IN_FORCE, now), made=0, failures=0, reason="", detail="")
    if record.standing is RoleStanding.IN_FORCE:
        return _made(looked, now)
    return looked


def due(record: RoleRecord, now: int, *, runs_alone: bool) -> Due:
    """What is to be done now. ``runs_alone``: an application may run the script, so that nobody has to sign in."""
    again = Due.RUN if runs_alone else Due.ASK
    waited = now - record.since
    match record.standing:
        case RoleStanding.READY:
            return Due.NOTHING
        case RoleStanding.RUNNING:
            return again if now - record.tried > LIMIT + MINUTE else Due.NOTHING  # the program ended in the midst of it
        case RoleStanding.FAILED:
            return again if now - record.tried >= DAY else Due.NOTHING
        case RoleStanding.IN_FORCE:
            return Due.LOOK if now - record.looked >= DAY else Due.NOTHING
        case RoleStanding.PENDING:
            if now - record.tried >= DAY:
                return again
            pause = min(max(waited / 2, _FIRST_LOOK), HOUR)
            return Due.LOOK if now - max(record.looked, record.since) >= pause else Due.NOTHING


def is_late(record: RoleRecord, now: int) -> bool:
    """It has been pending for longer than it is said to take."""
    return record.standing is RoleStanding.PENDING and now - record.made >= _LATE


def _made(record: RoleRecord, now: int) -> RoleRecord:
    made = record.made or now
    return replace(_at(record, RoleStanding.PENDING, now), made=made, failures=0, reason="", detail="")


def _at(record: RoleRecord, standing: RoleStanding, now: int) -> RoleRecord:
    return record if record.standing is standing else replace(record, standing=standing, since=now)
