"""Exit codes: what scripts rely on."""

import pytest

from saasbackup_desktop.cli.exits import ExitCode, fault_exit, job_exit, joint_exit
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Check, Job, State


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("misconfigured", 2),
        ("sign-in-needed", 4),
        ("unreachable", 5),
        ("unknown-host", 5),
        ("certificate-refused", 5),
        ("wrong-passphrase", 6),
        ("vault-busy", 6),
        ("vault-damaged", 7),
        ("body-damaged", 7),
        ("cancelled", 8),
        ("vault-full", 1),
        ("vault-unwritable", 1),
        ("bug", 1),
        ("never heard of", 1),
    ],
)
def test_every_fault_has_its_number(code: str, expected: int) -> None:
    assert fault_exit(code) == expected


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (State.DONE, "", ExitCode.DONE),
        (State.PARTIAL, "", ExitCode.PARTIAL),
        (State.PARTIAL, "target-full", ExitCode.PARTIAL),
        (State.STOPPED, "", ExitCode.CANCELLED),
        (State.FAILED, "unknown-host", ExitCode.UNREACHABLE),
        (State.FAILED, "bug", ExitCode.FAILED),
    ],
)
def test_a_job_ends_with_its_number(state: State, code: str, expected: ExitCode) -> None:
    assert job_exit(Job(id=JobId("0"), spec=Check(), state=state, code=code)) is expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], ExitCode.DONE),
        ([ExitCode.DONE, ExitCode.DONE], ExitCode.DONE),
        ([ExitCode.SIGN_IN, ExitCode.SIGN_IN], ExitCode.SIGN_IN),
        ([ExitCode.DONE, ExitCode.SIGN_IN], ExitCode.PARTIAL),
        ([ExitCode.DONE, ExitCode.CANCELLED], ExitCode.CANCELLED),
    ],
)
def test_several_jobs_end_with_one_number(codes: list[ExitCode], expected: ExitCode) -> None:
    assert joint_exit(codes) is expected
