"""How the backup of a directory stands, in words."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.entra.views import Badge, RestoreAccess
from saasbackup_desktop.app.words.states import Status, Tone

BADGES: Final[Mapping[Badge, Status]] = {
    Badge.NOT_ACTIVE: Status("Not activated", "Activate it to back this directory up.", Tone.QUIET),
    Badge.WAITING: Status("Waiting for the first backup", "Back up now, or wait for its time.", Tone.QUIET),
    Badge.RUNNING: Status("Running", "", Tone.BUSY),
    Badge.SUCCESS: Status("Protected", "", Tone.GOOD),
    Badge.PARTIAL: Status("Protected in part", "Some objects could not be read; the job names them.", Tone.ATTENTION),
    Badge.FAILED: Status("Failed", "Look at the job's reason, then run it again.", Tone.BAD),
    Badge.REAUTHORISE: Status(
        "Reauthorise", "An administrator has to grant or renew permissions.", Tone.ATTENTION
    ),
    Badge.PAUSED: Status("Paused", "Nothing is backed up until it is resumed.", Tone.QUIET),
}  # fmt: skip

REASONS: Final[Mapping[str, str]] = {
    "permission-missing": "Permissions are missing.",
    "expires": "The certificate expires soon.",
    "expired": "The certificate has expired.",
    "denied": "The sign-in was refused.",
    "disconnected": "The connection was removed.",
    "restore-permission-missing": "Permissions of the restore application are missing.",
    "restore-denied": "The restore application was not let in.",
    "restore-expires": "The certificate of the restore application expires soon.",
}
"""Why an administrator is needed, by code."""

SHORT_ACCESSES: Final[Mapping[RestoreAccess, str]] = {
    RestoreAccess.NONE: "None",
    RestoreAccess.ONCE: "Once",
    RestoreAccess.PERMANENT: "Permanent",
}

ACCESSES: Final[Mapping[RestoreAccess, tuple[str, str]]] = {
    RestoreAccess.NONE: (
        "No restore application",
        "Backups and comparisons only. Nothing here can write to the directory.",
    ),
    RestoreAccess.ONCE: (
        "For one restore",
        "It is registered when the next restore begins, and removed after it: then there is none again. An "
        "administrator signs in for it.",
    ),
    RestoreAccess.PERMANENT: (
        "Permanent",
        "It stays registered, ready for the next restore. Its key lies in the vault.",
    ),
}
