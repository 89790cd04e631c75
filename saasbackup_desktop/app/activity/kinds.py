"""What is written down, and where it is shown."""

from typing import Final

ROOM: Final = "activity"
"""Of the catalog's records."""

OPENED: Final = "vault-opened"
OPEN_FAILED: Final = "vault-open-failed"
LOCKED: Final = "vault-locked"
CANCELLED: Final = "job-cancelled"
AGENT_STARTED: Final = "agent-started"
AGENT_ENDED: Final = "agent-ended"
AGENT_DIED: Final = "agent-died"
"""Found at the next start: it ended without a word."""
PUT_DOWN: Final = frozenset({OPEN_FAILED, LOCKED, AGENT_STARTED, AGENT_ENDED, AGENT_DIED})
"""What happens while nobody has the key, and is taken over at the next opening."""

SERVICES: Final = {
    "source-added": "imap",
    "source-changed": "imap",
    "source-removed": "imap",
    "tenant-added": "microsoft",
    "tenant-changed": "microsoft",
    "tenant-removed": "microsoft",
    "certificate-renewed": "microsoft",
    "certificate-saved": "microsoft",
    "tenant-cleaned-up": "microsoft",
    "roles-run": "microsoft",
    "rules-changed": "microsoft",
    "accounts-activated": "microsoft",
    "accounts-paused": "microsoft",
    "accounts-resumed": "microsoft",
    "accounts-excluded": "microsoft",
    "accounts-included": "microsoft",
    "accounts-deactivated": "microsoft",
    "accounts-deleted": "microsoft",
    "directory-activated": "microsoft",
    "directory-deactivated": "microsoft",
    "directory-authorised": "microsoft",
    "directory-restore-access": "microsoft",
    "directory-restore-application-removed": "microsoft",
    "directory-plan-made": "microsoft",
    "directory-restore-asked": "microsoft",
    "directory-undo-planned": "microsoft",
    "directory-passwords-shown": "microsoft",
    "directory-downloaded": "microsoft",
    "comparison-exported": "microsoft",
    "restore-asked": "",
    "migration-asked": "",
    "deletion-asked": "",
    "import-asked": "file",
    "destination-kept": "",
    "destination-removed": "",
    "export-asked": "",
    "export-removed": "program",
    "export-forgotten": "program",
    "task-changed": "program",
    "task-removed": "program",
    "task-paused": "program",
    "task-resumed": "program",
    "conditions-changed": "program",
    "pruning-changed": "program",
    "drills-changed": "program",
    "alerts-changed": "program",
    "alert-acknowledged": "",
    "notices-changed": "program",
    "items-skipped": "",
    "items-unskipped": "",
    CANCELLED: "",
    AGENT_STARTED: "program",
    AGENT_ENDED: "program",
    AGENT_DIED: "program",
    "report-saved": "program",
    "activity-exported": "program",
}
"""Which service an entry is of; what is not here is about the vault. Empty: the one of its stream."""

PRIVATE: Final = frozenset(
    {"report-saved", "activity-exported", "directory-passwords-shown", "directory-downloaded", "comparison-exported"}
)
"""Of the security audit alone, besides everything about the vault."""


def service_of(code: str) -> str:
    """Name what an entry is about; empty where its stream tells."""
    return SERVICES.get(code, "vault")


def is_system(code: str) -> bool:
    """Tell whether an entry shows among the system's activity, too."""
    return code in SERVICES and code not in PRIVATE
