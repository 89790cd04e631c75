"""Labels for every state, and the names that support people know."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.views import Difference, Health
from saasbackup_desktop.app.words import states
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, Check, Job, Restore, Spec, State, Tally
from saasbackup_desktop.core.model import Conflict, Role, SnapshotStatus
from saasbackup_desktop.core.selection import EVERYTHING

BACKUP = Backup(stream=StreamId("a/mail"))
RESTORE = Restore(
    stream=StreamId("a/mail"), snapshot=SnapshotId("s"), selection=EVERYTHING, connection=ConnectionName("c")
)


def job(state: State, spec: Spec = BACKUP, code: str = "", tally: Tally | None = None) -> Job:
    return Job(id=JobId("0"), spec=spec, state=state, code=code, tally=tally or Tally())


@pytest.mark.parametrize("state", list(State))
def test_every_job_state_has_a_label(state: State) -> None:
    assert states.job_status(job(state)).label


@pytest.mark.parametrize("health", list(Health))
def test_every_health_has_a_label(health: Health) -> None:
    assert states.health_status(health).label


def test_every_enumeration_is_labelled() -> None:
    assert set(states.DIFFERENCES) == set(Difference)
    assert set(states.ROLES) == set(Role)
    assert set(states.CONFLICTS) == set(Conflict)
    assert set(states.SNAPSHOT_STATUSES) == set(SnapshotStatus)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (job(State.RUNNING, tally=Tally(doing="fetching")), "Running"),
        (job(State.RUNNING, tally=Tally(throttled_until=1)), "Retrying"),
        (job(State.RUNNING, tally=Tally(doing="listing")), "Preparing backup"),
        (job(State.RUNNING, tally=Tally(doing="listing", items_done=5)), "Running"),
        (job(State.FAILED, code="unknown-host"), "Connection error"),
        (job(State.FAILED, code="sign-in-needed"), "Authentication error"),
        (job(State.FAILED, code="vault-full"), "Failed"),
        (job(State.PARTIAL, RESTORE, code="target-full"), "Partially completed (mailbox full)"),
        (job(State.PARTIAL, Check()), "Damage found"),
        (job(State.PARTIAL, Check(repair=True)), "Repaired, with losses"),
        (job(State.STOPPED), "Cancelled"),
        (job(State.QUEUED), "On queue"),
        (job(State.DONE), "Completed"),
    ],
)
def test_display_names(subject: Job, expected: str) -> None:
    assert states.job_status(subject).label == expected


@pytest.mark.parametrize("code", ["unreachable", "sign-in-needed", "vault-full", "bug"])
def test_every_failure_has_a_remedy(code: str) -> None:
    assert states.job_status(job(State.FAILED, code=code)).remedy
    assert states.health_status(Health.FAILED, code).remedy


def test_kinds_of_jobs() -> None:
    assert [states.kind_of(spec) for spec in (BACKUP, RESTORE, Check())] == ["Backup", "Restore", "Check"]


def test_unknown_codes_are_shown_readably() -> None:
    assert states.label(states.ABILITIES, "quota") == "Tells how much room is left"
    assert states.label(states.ABILITIES, "odd-thing") == "Odd thing"


def test_killed_is_not_cancelled() -> None:
    assert states.job_status(job(State.STOPPED)).label == "Cancelled"
    assert states.job_status(job(State.STOPPED, code="interrupted")).label == "Interrupted"
    assert states.job_status(job(State.QUEUED, code="interrupted")).label == "Interrupted"
    assert states.job_status(job(State.QUEUED)).label == "On queue"


def test_retrying_says_why_and_giving_up_after_how_many() -> None:
    retrying = states.job_status(job(State.WAITING, code="unreachable"))
    assert (retrying.label, retrying.remedy.endswith("It is tried again by itself.")) == ("Retrying", True)
    given_up = replace(job(State.FAILED, code="unreachable"), facts={"attempts": 25})
    assert states.job_status(given_up).label == "Connection error"
    assert states.job_status(given_up).remedy.startswith("Given up after 25 attempts.")
