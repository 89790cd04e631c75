"""What a command's end means to a script."""

from enum import IntEnum
from typing import Final

from saasbackup_desktop.core.jobs import Job, State


class ExitCode(IntEnum):
    """The numbers of docs/cli.md."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    SIGN_IN = 4
    UNREACHABLE = 5
    LOCKED = 6
    DAMAGED = 7
    CANCELLED = 8
    SEAL_MISSING = 10
    SEAL_FORGED = 11
    SEAL_FOREIGN = 12
    UNCHECKED = 13


_BY_CODE: Final = {
    "misconfigured": ExitCode.USAGE,
    "archive-missing": ExitCode.USAGE,
    "archive-locked": ExitCode.USAGE,
    "archive-foreign": ExitCode.USAGE,
    "sign-in-needed": ExitCode.SIGN_IN,
    "denied": ExitCode.SIGN_IN,
    "directory-denied": ExitCode.SIGN_IN,
    "unreachable": ExitCode.UNREACHABLE,
    "unknown-host": ExitCode.UNREACHABLE,
    "certificate-refused": ExitCode.UNREACHABLE,
    "tls-unavailable": ExitCode.UNREACHABLE,
    "throttled": ExitCode.UNREACHABLE,
    "protocol-broken": ExitCode.UNREACHABLE,
    "wrong-passphrase": ExitCode.LOCKED,
    "vault-busy": ExitCode.LOCKED,
    "vault-keys-changed": ExitCode.LOCKED,
    "agent-busy": ExitCode.LOCKED,
    "agent-unlike": ExitCode.LOCKED,
    "agent-missing": ExitCode.UNREACHABLE,
    "agent-refused": ExitCode.SIGN_IN,
    "vault-damaged": ExitCode.DAMAGED,
    "body-damaged": ExitCode.DAMAGED,
    "drill-damaged": ExitCode.DAMAGED,
    "drill-incomplete": ExitCode.PARTIAL,
    "halted": ExitCode.PARTIAL,
    "cancelled": ExitCode.CANCELLED,
}


def fault_exit(code: str) -> ExitCode:
    """Exit code for a fault's code; what has none of its own has failed."""
    return _BY_CODE.get(code, ExitCode.FAILED)


def job_exit(job: Job) -> ExitCode:
    """Exit code for a job that is over."""
    match job.state:
        case State.DONE:
            return ExitCode.DONE
        case State.PARTIAL:
            return ExitCode.PARTIAL
        case State.STOPPED:
            return ExitCode.CANCELLED
        case _:
            return fault_exit(job.code)


def joint_exit(codes: list[ExitCode]) -> ExitCode:
    """Exit code for several jobs: their common one; cancelled if any was; else done in part."""
    if len(set(codes)) <= 1:
        return codes[0] if codes else ExitCode.DONE
    return ExitCode.CANCELLED if ExitCode.CANCELLED in codes else ExitCode.PARTIAL
