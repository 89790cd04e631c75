"""The one list of labels: how jobs and accounts stand, and what warnings and abilities are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.app.views import Difference, Health, StreamCard
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Discard,
    Drill,
    Export,
    Import,
    Job,
    Migrate,
    Mirror,
    Prune,
    Reinstate,
    Restore,
    Spec,
    State,
)
from saasbackup_desktop.core.model import Conflict, Role, Service, SnapshotStatus


class Tone(StrEnum):
    """How a status feels; colours and icons are chosen by it, never instead of the word."""

    QUIET = "quiet"
    BUSY = "busy"
    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Status:
    """A short label, and what to do about it; the remedy is empty when nothing needs doing."""

    label: str
    remedy: str
    tone: Tone


_RESUMES: Final = "What is saved stays saved; run it again and it goes on from there."

REPAIRED: Final = (
    "What could be read is whole again and stays. What is listed is lost from the vault; back up every account now, "
    "and what its server still has is fetched again."
)
"""What a repair leaves behind that could not bring everything back."""

JOB_STATES: Final[Mapping[State, Status]] = {
    State.QUEUED: Status("On queue", "It starts as soon as the job before it is finished.", Tone.QUIET),
    State.WAITING: Status(
        "Retrying", "It failed for a reason that may pass; the next attempt has its time.", Tone.ATTENTION
    ),
    State.RUNNING: Status("Running", "", Tone.BUSY),
    State.PAUSING: Status("Pausing", "It stops at the next safe point.", Tone.BUSY),
    State.PAUSED: Status("Paused", "Resume it whenever you like; it goes on from where it stopped.", Tone.QUIET),
    State.STOPPING: Status("Cancelling", "It stops at the next safe point.", Tone.BUSY),
    State.STOPPED: Status("Cancelled", _RESUMES, Tone.QUIET),
    State.DONE: Status("Completed", "", Tone.GOOD),
    State.PARTIAL: Status(
        "Partially completed", "Some items failed; each is listed with its reason. Retry just those.", Tone.ATTENTION
    ),
    State.FAILED: Status("Failed", "Look at the reason, then run it again.", Tone.BAD),
}

_CONNECTION_CODES: Final = frozenset(
    {"unreachable", "unknown-host", "certificate-refused", "tls-unavailable", "throttled"}
)
_PREPARING: Final = frozenset({"connecting", "listing", "planning"})


def job_status(job: Job) -> Status:
    """Say how a job stands, with the names that backups, restores and migrations share."""
    if job.state is State.RUNNING:
        if job.tally.throttled_until is not None:
            return Status("Retrying", words_for("throttled").remedy, Tone.ATTENTION)
        if job.tally.doing in _PREPARING and not job.tally.items_done:
            return Status(f"Preparing {kind_of(job.spec).lower()}", "", Tone.BUSY)
    if job.state is State.PARTIAL and job.code == "target-full":
        return Status("Partially completed (mailbox full)", words_for("target-full").remedy, Tone.ATTENTION)
    if job.state is State.PARTIAL and isinstance(job.spec, Check) and job.spec.repair:
        return Status("Repaired, with losses", REPAIRED, Tone.ATTENTION)
    if job.state is State.PARTIAL and isinstance(job.spec, Check):
        return Status("Damage found", words_for("vault-damaged").remedy, Tone.BAD)
    if job.state is State.QUEUED and job.code == "interrupted":
        return Status("Interrupted", words_for("interrupted").remedy, Tone.ATTENTION)
    if job.state is State.WAITING and job.code:
        again = f"{words_for(job.code, job.facts).what} It is tried again by itself."
        return Status("Retrying", again, Tone.ATTENTION)
    if job.state is State.STOPPED and job.code == "interrupted":
        return Status("Interrupted", "The program ended before it was over. " + _RESUMES, Tone.ATTENTION)
    if job.state is State.FAILED and job.code:
        remedy = words_for(job.code, job.facts).remedy
        if "attempts" in job.facts:
            remedy = f"Given up after {job.facts['attempts']} attempts. {remedy}"
        return Status(_failure_label(job.code), remedy, Tone.BAD)
    return JOB_STATES[job.state]


_DRILL_FAILURES: Final[Mapping[str, str]] = {"drill-damaged": "Not restorable", "drill-incomplete": "Not complete"}


def _failure_label(code: str) -> str:
    if code in _CONNECTION_CODES:
        return "Connection error"
    if code in ("sign-in-needed", "denied", "directory-denied"):
        return "Authentication error"
    return _DRILL_FAILURES.get(code, "Failed")


_HEALTH: Final[Mapping[Health, Status]] = {
    Health.NEVER: Status("Not backed up yet", "Back it up now to make the first point in time.", Tone.QUIET),
    Health.RUNNING: Status("In process", "", Tone.BUSY),
    Health.RETRYING: JOB_STATES[State.WAITING],
    Health.OK: Status("Success", "", Tone.GOOD),
    Health.PARTIAL: Status(
        "Partial", "Some items could not be read; the next backup tries them first, by itself.", Tone.ATTENTION
    ),
    Health.FAILED: Status("Failed", "Look at the reason, then back it up again.", Tone.BAD),
    Health.ARCHIVED: Status(
        "Archived",
        "It is in the vault and can be browsed and restored; add a connection to back it up again.",
        Tone.QUIET,
    ),
    Health.IMPORTED: Status(
        "Imported", "It came out of files. It can be searched, restored elsewhere and exported.", Tone.QUIET
    ),
}


def card_status(card: StreamCard) -> Status:
    """Say how an account's service is doing, and what became of its last run where that says something else."""
    status = health_status(card.health, card.problem, card.facts)
    if card.health is Health.IMPORTED and card.last is not None and card.last.status is SnapshotStatus.PARTIAL:
        remedy = "Not everything in the files could be read; the job of the import names it."
        return Status("Imported in part", remedy, Tone.ATTENTION)
    if card.cancelled is not None and card.health in (Health.OK, Health.PARTIAL):
        remedy = f"The last run was cancelled. {status.remedy}".strip()
        return Status(status.label, remedy, Tone.QUIET if card.health is Health.OK else status.tone)
    return status


def health_status(health: Health, problem: str = "", facts: Mapping[str, str | int] | None = None) -> Status:
    """Say how an account is doing; ``problem`` is the code of its last failure."""
    status = _HEALTH[health]
    if health is Health.RETRYING and problem:
        again = f"{words_for(problem, facts).what} It is tried again by itself."
        return Status(status.label, again, status.tone)
    if health is Health.FAILED and problem:
        return Status(_failure_label(problem), words_for(problem, facts).remedy, Tone.BAD)
    return status


DOING: Final[Mapping[str, str]] = {
    "connecting": "Connecting",
    "listing": "Looking for changes",
    "fetching": "Reading messages",
    "storing": "Storing",
    "sealing": "Sealing the point in time",
    "planning": "Planning",
    "writing": "Writing messages",
    "verifying": "Verifying",
    "checking": "Checking",
    "repairing": "Repairing",
    "pruning": "Finding what nothing needs",
    "mirroring": "Copying the vault",
    "removing": "Removing",
    "exporting": "Writing files",
    "uploading": "Sending files",
    "proving": "Restoring a sample and comparing",
    "comparing": "Asking the source what it has",
    "cataloguing": "Reading points in time",
    "indexing": "Indexing for search",
}
"""What a job is at, by ``Tally.doing``."""


_DOING_ITEMS: Final[Mapping[str, str]] = {"fetching": "Reading items", "writing": "Writing items"}


def doing(code: str, service: Service = Service.MAIL) -> str:
    """Say what a job is at; an empty or unknown code is just work."""
    if service is not Service.MAIL and code in _DOING_ITEMS:
        return _DOING_ITEMS[code]
    return DOING.get(code, "Working")


_KINDS: Final[Mapping[type[Spec], str]] = {
    Backup: "Backup",
    Import: "Import",
    Restore: "Restore",
    Migrate: "Migration",
    Check: "Check",
    Prune: "Prune",
    Discard: "Deletion",
    Mirror: "Mirror",
    Drill: "Restore drill",
    Reinstate: "Directory restore",
    Export: "Download",
}


def kind_of(spec: Spec) -> str:
    """Name the kind of a job."""
    return _KINDS[type(spec)]


SNAPSHOT_STATUSES: Final[Mapping[SnapshotStatus, str]] = {
    SnapshotStatus.COMPLETE: "Complete",
    SnapshotStatus.PARTIAL: "Partial",
    SnapshotStatus.LOST: "Lost from the vault",
}

CONFLICTS: Final[Mapping[Conflict, tuple[str, str]]] = {
    Conflict.NON_DESTRUCTIVE: (
        "Into a folder of its own",
        "Everything goes under a new folder, with its structure kept. Nothing that is there is touched.",
    ),
    Conflict.REPLACE: (
        "Replace",
        "Missing messages are added and flags are set back as they were. Nothing is deleted.",
    ),
    Conflict.SKIP: ("Skip existing", "Only what is missing is added. What is there stays as it is."),
}
"""Label and explanation of each way to treat what the target already has."""

PLAN_WARNINGS: Final[Mapping[str, str]] = {
    "not-enough-room": "The mailbox has less room than this needs. The restore would stop when it is full; "
    "free room or raise its quota first.",
    "too-large": "Some items are larger than the server accepts. They would be listed as failed.",
    "name-refused": "The server does not allow some folder names. Choose a folder of another name for them.",
    "other-account": "This goes to another account than the one it came from.",
}

PROBE_WARNINGS: Final[Mapping[str, str]] = {
    "not-encrypted": "The connection is not encrypted: the password and every message can be read on the way. "
    "Use implicit TLS or STARTTLS if the server offers it.",
    "no-condstore": "The server cannot tell which messages changed, so each backup compares all flags. "
    "It works, but takes longer.",
}

ABILITIES: Final[Mapping[str, str]] = {
    "condstore": "Tells which flags changed",
    "qresync": "Tells what was deleted",
    "literal-plus": "Takes messages without a pause",
    "multiappend": "Takes many messages at once",
    "move": "Moves messages",
    "special-use": "Names its Sent, Drafts and Trash folders",
    "namespace": "Names shared and personal folders",
    "uidplus": "Tells the number of a restored message",
    "quota": "Tells how much room is left",
}
"""What a server can do, by ``ProbeReport.abilities``."""

DAMAGES: Final[Mapping[str, str]] = {
    "missing": "Missing",
    "altered": "Altered",
    "cut": "Cut short",
    "came-back": "Removed on purpose, and there again",
    "rolled-back": "Gone, though it was there before: the vault was set back to an earlier state",
    "superseded": "A key of before the keys were replaced",
    "incomplete": "Not whole in the index",
    "unreferenced": "Not needed by any point in time",
    "leftover": "Left over",
    "set-aside": "Damaged, and kept aside by a repair",
    "stranger": "No file of the vault",
    "newer-keys": "Written after the keys were replaced",
    "unreadable": "Cannot be read",
}

FOLDER_NAMES: Final[Mapping[str, str]] = {
    "empty": "A folder needs a name.",
    "too-long": "The name is too long for the server.",
    "has-delimiter": "The name holds the character that the server uses between folders.",
    "outer-blank": "The name begins or ends with a space.",
    "banned-character": 'These characters are not allowed: \\ * % " < > | ? :',
    "altered": "The server would change the name.",
    "refused": "The server does not take this name.",
    "control-character": "The name holds a character that cannot be seen, such as a line break.",
}
"""Why the target would not take a folder's name."""

PREVIEW_PROBLEMS: Final[Mapping[str, str]] = {
    "malformed": "This message is not quite well-formed; it is shown as far as it can be read. The original is intact.",
    "truncated": "This message is long; only its beginning is shown. The original is intact.",
}

DIFFERENCES: Final[Mapping[Difference, str]] = {
    Difference.ADDED: "Added",
    Difference.REMOVED: "Removed",
    Difference.MOVED: "Moved",
    Difference.RENAMED: "Renamed",
    Difference.FLAGS: "Flags changed",
    Difference.CHANGED: "Changed",
}

ROLES: Final[Mapping[Role, str]] = {
    Role.INBOX: "Inbox",
    Role.SENT: "Sent",
    Role.DRAFTS: "Drafts",
    Role.TRASH: "Trash",
    Role.JUNK: "Junk",
    Role.ARCHIVE: "Archive",
    Role.ALL: "All mail",
    Role.FLAGGED: "Flagged",
    Role.IMPORTANT: "Important",
    Role.MAIN: "Main",
}

LOG_LINES: Final[Mapping[str, str]] = {
    "job-started": "Started",
    "job-done": "Completed",
    "nothing-of-this": "There is nothing of this kind in the files",
    "nothing-changed": "Nothing has changed since the last point in time",
    "unusual-change": "Unusual: {count} items[, {kind}]. Alert {alert} waits for somebody to look",
    "changes-not-judged": "Whether the changes are unusual could not be told[: {reason}]; the next backup tries again",
    "job-partial": "Finished, but some items failed",
    "job-failed": "Failed[: {reason}]",
    "job-stopped": "Cancelled",
    "job-waiting": "Did not work[: {reason}]; it is tried again by itself at {until}",
    "job-again": "Tried again[, attempt {attempt} of at most {most}]",
    "job-interrupted": "Interrupted: the program ended before this was over",
    "item-skipped": "Done without[: {name}][, {reason}]",
    "job-resumed": "Resumed after an interruption",
    "export-goes-on": "Went on from what is done[: {items} items][, {files} files]",
    "export-anew": "Began anew: what was written is not there any more, or something else is exported now",
    "export-folders-listed": "Sent without empty folders: only files are kept there; the manifest names all[: {count}]",
    "export-lost": "In the files without everything[: {count} items]; they are listed there",
    "job-paused": "Paused",
    "plan-carried-out": "Carried the plan out[: {done} written][, {was_so} so already][, {refused} refused]"
    "[, {surprised} not as the plan found them][, {not_reached} not reached][, {planned} not begun]",
    "revived-compare-again": "What came out of the recycle bin may have brought roles and ties with it that it was "
    "given before it was deleted[: {count} objects]. Compare again",
    "restore-unread": "Found there after the interruption, and not proven equal[: {count} items]",
    "snapshot-adopted": "Took a point in time over from the vault[: {snapshot}][, {items} messages]",
    "snapshot-damaged": "Left out a damaged point in time[: {snapshot}][, file {file}]",
    "flags-dropped": "The target does not keep some flags[ in {where}][: {name}]",
    "attachments-omitted": "The target does not take links to files elsewhere[ in {where}][: {name}]",
    "lost-attendees": "Restored without its attendees, who would have got a message; they are listed in the text"
    "[ in {where}][: {count} of the events]",
    "lost-cancellation": "Restored as if it had not been cancelled[ in {where}][: {count} of the events]",
    "lost-online-meeting": "Restored without an online meeting of its own; its link is in the text[ in {where}]"
    "[: {count} of the events]",
    "lost-linked-files": "Links to files in the cloud are not brought back[ in {where}][: {count} of the events]",
    "mirror-left": "The copy keeps what the vault has no more[: {files} files]",
    "prune-trashed": "Put into the trash[: {snapshots} points in time][, {files} files]",
    "prune-removed": "Removed[: {snapshots} points in time][, {files} files]",
    "prune-spared": "Left in place what is needed after all[: {files} files]",
    "prune-locked": "A lock keeps a file[: {file}][, until {until}]",
    "locks-renewed": "Locked for longer what this point in time needs[: {files} files]",
    "locks-not-renewed": "What this point in time needs could not be locked for longer[: {reason}]",
    "names-left-out": "More is affected than is listed[: {count} more][, file {file}]",
    "vault-rolled-back": "The vault was set back to an earlier state: a point in time is missing[, file {file}]",
    "repair-uncovered": "Brought back what was hidden or written over[: {file}]",
    "repair-rewritten": "Wrote the vault's description again[: {file}]",
    "repair-salvaged": "Stored what can be read of a damaged file again, and kept the rest aside[: {file}]",
    "repair-set-aside": "Kept a file aside that cannot be read[: {file}]",
    "repair-removed": "Removed a file[: {file}]",
    "repair-reindexed": "Made the index again",
    "repair-restored": "A point in time is whole again[: {names}]",
    "repair-reduced": "A point in time holds only what is left of it[: {names}]",
    "repair-accepted": "Took a point in time that is missing for lost[: {file}][, {names}]",
    "repair-lost": "The vault has no longer a point in time[ of {name}][, made {made}][, {items} messages]",
    "repair-owed": "The next backup[ of {name}] fetches again what the server still has[: {items} messages]",
    "clock-behind": "The newest point in time is from the future[, by {minutes} minutes]: "
    "this computer's clock is wrong, or that of the one that made it",
    "import-passed": "{count} files hold nothing that is imported: {names}",
    "import-lost": "Something of {items} items has no place here: {what}",
    "item-vanished": "A message vanished before it could be read[: {name}]",
}
"""What a line of a job's log says, by its code."""

KEY_KINDS: Final[Mapping[str, str]] = {
    "passphrase": "Passphrase",
    "recovery": "Recovery key",
    "device": "Computer's own key",
}


def label(table: Mapping[str, str], code: str) -> str:
    """Look a code up; an unknown one is shown as it is, with its hyphens opened."""
    return table.get(code) or code.replace("-", " ").capitalize()
