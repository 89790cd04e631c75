"""What monitoring says, in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.reports.views import Concern

REASONS: Final[Mapping[str, str]] = {
    "no-vault": "No vault is set up here.",
    "vault-missing": "The vault is not at its place, or it cannot be reached.",
    "locked": "The vault is locked, so more cannot be told.",
    "no-agent": "Tasks have a schedule, and no agent runs that could begin them.",
    "agent-unlike": "An agent runs that cannot be asked: it is of another version, or does not belong to this home.",
    "damaged": "The last check of the vault found damage.",
    "record-broken": "The record of activity was changed.",
    "alerts": "Something unusual was found, and nobody has acknowledged it.",
    "drill-damaged": "A restore drill found that something cannot be restored.",
    "long-failed": "An account has not been backed up for three days or more.",
    "long-overdue": "A task has been overdue for three days or more.",
    "failed": "The last backup of an account failed.",
    "overdue": "A task is overdue.",
    "partial": "Some items of an account are not backed up.",
    "never": "An account was never backed up.",
    "interrupted": "A job was interrupted and waits to go on.",
    "waiting": "A job waits for its next attempt.",
    "drill-incomplete": "A restore drill found that the source has more than the vault.",
}

COMMANDS: Final[Mapping[str, str]] = {
    "no-vault": "saasbackup vault create PLACE",
    "vault-missing": "saasbackup vault info",
    "locked": "saasbackup status --passphrase-file FILE",
    "no-agent": "saasbackup agent",
    "agent-unlike": "saasbackup agent stop",
    "damaged": "saasbackup vault check --read-data --repair",
    "record-broken": "saasbackup activity verify",
    "alerts": "saasbackup alerts list --open",
    "drill-damaged": "saasbackup drill list",
    "long-failed": "saasbackup jobs --status failed",
    "long-overdue": "saasbackup task list",
    "failed": "saasbackup jobs --status failed",
    "overdue": "saasbackup task list",
    "partial": "saasbackup jobs --status partial",
    "never": "saasbackup backup",
    "interrupted": "saasbackup jobs --status queued",
    "waiting": "saasbackup jobs --status waiting",
    "drill-incomplete": "saasbackup drill list",
}
"""What helps, or says more."""

_MOST: Final = 3


def about(some: Sequence[Concern]) -> str:
    """Name what a reason is about: the first three, and how many more."""
    names = list(dict.fromkeys(filter(None, map(_named, some))))
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _named(one: Concern) -> str:
    return f"{one.name} ({one.id})" if one.name and one.id else one.name or one.id


LEVELS: Final[Mapping[str, str]] = {"ok": "Well", "warning": "Needs attention", "critical": "Critical"}
VAULTS: Final[Mapping[str, str]] = {
    "open": "open",
    "locked": "locked",
    "missing": "not at its place",
    "none": "none is set up",
}
