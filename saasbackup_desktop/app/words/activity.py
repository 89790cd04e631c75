"""What happened, in words."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.activity.views import Break, Entry
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.states import JOB_STATES, Status, Tone, label
from saasbackup_desktop.app.words.tenants import SERVICES as SUB_SERVICES
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Service

JOBS: Final[Mapping[str, str]] = {
    "backup": "Backup",
    "restore": "Restore",
    "migrate": "Migration",
    "check": "Check of the vault",
    "prune": "Prune",
    "discard": "Deletion",
    "mirror": "Mirror",
    "drill": "Restore drill",
    "reinstate": "Directory restore",
    "import": "Import",
    "export": "Download",
}

DEEDS: Final[Mapping[str, str]] = {
    "vault-created": "Vault made",
    "vault-adopted": "Vault taken into this home",
    "vault-opened": "Vault opened",
    "vault-locked": "Vault locked",
    "vault-open-failed": "Opening the vault failed",
    "vault-rescued": "Vault's description written again",
    "recovery-confirmed": "Recovery kit confirmed",
    "recovery-key-made": "Recovery key made",
    "passphrase-added": "Passphrase added",
    "passphrase-changed": "Passphrase changed",
    "key-renamed": "Key renamed",
    "key-removed": "Key removed",
    "keys-rotated": "Vault's keys replaced",
    "device-remembered": "Computer remembered",
    "device-forgotten": "Computer forgotten",
    "storage-keys-forgotten": "Storage keys forgotten",
    "limited-added": "Limited vault made",
    "limited-erased": "Limited vault erased",
    "catalog-rebuilt": "Catalog rebuilt",
    "retention-changed": "Retention changed",
    "trash-called-back": "Called back from the trash",
    "hold-placed": "Hold placed",
    "hold-released": "Hold released",
    "prune-asked": "Prune asked for",
    "mirror-asked": "Mirror asked for",
    "repair-asked": "Check asked for",
    "source-added": "Source added or changed",
    "source-changed": "Source's password changed",
    "source-removed": "Source removed",
    "tenant-added": "Tenant added",
    "tenant-changed": "Tenant's settings changed",
    "tenant-removed": "Tenant removed",
    "certificate-renewed": "Tenant's certificate renewed",
    "certificate-saved": "Certificate saved to a file",
    "tenant-cleaned-up": "Leftovers of a tenant cleaned up",
    "roles-run": "Role script run",
    "rules-changed": "Rules changed",
    "accounts-activated": "Accounts activated",
    "accounts-paused": "Accounts paused",
    "accounts-resumed": "Accounts resumed",
    "accounts-excluded": "Accounts excluded",
    "accounts-included": "Accounts no longer excluded",
    "accounts-deactivated": "Accounts deactivated",
    "accounts-deleted": "Accounts' backups deleted",
    "directory-activated": "Backup of a directory activated",
    "directory-deactivated": "Backup of a directory deactivated",
    "directory-authorised": "Applications of a directory authorised again",
    "directory-restore-access": "Access to restore a directory changed",
    "directory-restore-application-removed": "Restore application removed",
    "directory-plan-made": "Restore of a directory planned",
    "directory-restore-asked": "Restore of a directory asked for",
    "directory-undo-planned": "Undoing of a directory restore planned",
    "directory-passwords-shown": "New passwords shown",
    "directory-downloaded": "Directory objects downloaded",
    "comparison-exported": "Comparison of directories exported",
    "restore-asked": "Restore asked for",
    "migration-asked": "Migration asked for",
    "deletion-asked": "Backups deleted",
    "import-asked": "Import asked for",
    "destination-kept": "Destination for downloads set up",
    "destination-removed": "Destination for downloads removed",
    "export-asked": "Download asked for",
    "export-removed": "Download removed",
    "export-forgotten": "Download forgotten, its files left where they are",
    "items-skipped": "Failed items skipped",
    "items-unskipped": "Items no longer skipped",
    "job-cancelled": "Job cancelled",
    "agent-started": "Background agent started",
    "agent-ended": "Background agent ended",
    "agent-died": "Background agent ended without a word",
    "task-changed": "Task added or changed",
    "task-removed": "Task removed",
    "task-paused": "Task paused",
    "task-resumed": "Task resumed",
    "conditions-changed": "Conditions for scheduled work changed",
    "pruning-changed": "How often to prune changed",
    "drills-changed": "Schedule of restore drills changed",
    "alerts-changed": "Alert settings changed",
    "alert-acknowledged": "Alert acknowledged",
    "notices-changed": "Notices changed",
    "report-saved": "Report saved",
    "activity-exported": "Activity exported",
}

SERVICES: Final[Mapping[str, str]] = {
    "imap": "Mail server",
    "microsoft": "Microsoft 365",
    "file": "Imported files",
    "vault": "Vault",
    "program": "Program",
}

STATUSES: Final[Mapping[str, Status]] = {
    **{state.value: status for state, status in JOB_STATES.items()},
    "failed": Status("Failed", "", Tone.BAD),
}

BREAKS: Final[Mapping[str, str]] = {
    "altered": "Entry {number} is not as it was written.",
    "missing": "Entries are missing from number {number} on: {count}.",
    "out-of-order": "Entry {number} does not follow the one before it.",
    "mark-missing": "The mark of the newest entry is gone: entries after number {number} may have been removed.",
}

WAYS: Final[Mapping[str, str]] = {
    "secret": "with a passphrase or recovery key",
    "remembered": "with this computer's own key",
    "wrong-passphrase": "the passphrase or key was wrong",
    "vault-keys-changed": "the keys were replaced since",
}

FACTS: Final[Mapping[str, str]] = {
    "accounts": "Accounts",
    "label": "Label",
    "way": "How",
    "reason": "Why",
    "job": "Job",
    "connection": "To",
    "to": "To",
    "folder": "Folder",
    "mode": "What is there already",
    "access": "Access",
    "plan": "Plan",
    "surprise": "At a surprise",
    "file": "File",
    "snapshots": "Points in time",
    "days": "Days",
    "kind": "Kind",
    "count": "How many",
    "jobs": "Jobs",
    "name": "Name",
    "duration": "Duration",
    "size": "Size",
    "items": "Items",
    "added": "New",
    "changed": "Changed",
    "removed": "Removed",
    "skipped": "Skipped",
    "verified": "Verified",
    "failed": "Failed",
    "attempt": "Attempt",
    "code": "Problem",
}


def what(entry: Entry) -> str:
    """Say what happened."""
    return JOBS.get(entry.code) or label(DEEDS, entry.code)


def service(entry: Entry) -> str:
    """Name the service; empty if there is none."""
    return label(SERVICES, entry.service) if entry.service else ""


def sub_service(entry: Entry) -> str:
    """Name the kind of content; empty if there is none."""
    known = {one.value: one for one in Service}
    return SUB_SERVICES[known[entry.sub_service]] if entry.sub_service in known else entry.sub_service


def status(entry: Entry) -> Status:
    """Say how it stands."""
    return STATUSES.get(entry.status) or JOB_STATES[State.DONE]


def who(entry: Entry, *, is_exact: bool = True) -> str:
    """Say who did it; where it need not be ``is_exact``, a person is a person, whatever their name is."""
    said = {"schedule": "Schedule", "rule": "Rule", "person": "Person", "": ""}
    return said.get(entry.who, entry.who if is_exact else said["person"])


def fact(name: str) -> str:
    """Name something that is told of an entry."""
    return label(FACTS, name)


def broken(found: Break) -> str:
    """Say where the record is not as it was written."""
    return fill(BREAKS[found.code], {"number": found.number, "count": found.count})
