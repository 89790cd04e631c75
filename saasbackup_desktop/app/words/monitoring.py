"""What monitoring says, in words."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "no-vault": "No vault is set up here.",
    "vault-missing": "The vault is not at its place, or it cannot be reached.",
    "locked": "The vault is locked, so more cannot be told.",
    "no-agent": "Tasks have a schedule, and no agent runs that could begin them.",
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
    "waiting": "A job waits for its next attempt.",
    "drill-incomplete": "A restore drill found that the source has more than the vault.",
}

LEVELS: Final[Mapping[str, str]] = {"ok": "Well", "warning": "Needs attention", "critical": "Critical"}
VAULTS: Final[Mapping[str, str]] = {
    "open": "open",
    "locked": "locked",
    "missing": "not at its place",
    "none": "none is set up",
}
