"""Reports in words: titles, columns and values, by their codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from saasbackup_desktop.app.reports.views import Kind, Outcome, Report, Table, Value, Verdict
from saasbackup_desktop.app.words import activity
from saasbackup_desktop.app.words.faults import has_words, words_for
from saasbackup_desktop.app.words.states import CONFLICTS, JOB_STATES, label
from saasbackup_desktop.app.words.table.sentences import Words
from saasbackup_desktop.app.words.tenants import SERVICES
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Conflict


class Look(StrEnum):
    """How a value is written."""

    TEXT = "text"
    COUNT = "count"
    SIZE = "size"
    MOMENT = "moment"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Head:
    """A column, or a fact."""

    label: str
    look: Look = Look.TEXT
    wide: bool = False
    """It takes more room than others."""


TITLES: Final[Mapping[Kind, str]] = {
    Kind.SUMMARY: "Backup summary",
    Kind.FAILURES: "Failure details",
    Kind.USAGE: "Usage",
    Kind.RESTORE: "Recovery confirmation",
    Kind.DRILLS: "Restore drills",
    Kind.ACTIVITY: "Activity",
}

LEADS: Final[Mapping[Kind, str]] = {
    Kind.SUMMARY: "How every task and account stands, and what was backed up in this time.",
    Kind.FAILURES: "Every job that failed or was done in part in this time, and each item with its reason.",
    Kind.USAGE: "How many accounts each customer has, how many are protected, and what they take.",
    Kind.RESTORE: "What was asked for, what was written and read back, and what was not.",
    Kind.DRILLS: "What was read back from the vault and compared, to prove that it can be restored.",
    Kind.ACTIVITY: "What happened, by whom and when.",
}

TABLES: Final[Mapping[str, str]] = {
    "tasks": "Tasks",
    "accounts": "Accounts",
    "jobs": "Jobs",
    "items": "Items that failed",
    "customers": "Customers",
    "services": "Services",
    "asked": "What was asked for",
    "proofs": "Drills",
    "entries": "Entries",
    "alerts": "Open alerts",
    "entities": "Entities",
    "findings": "Findings",
}

COLUMNS: Final[Mapping[str, Head]] = {
    "task": Head("Task", wide=True),
    "account": Head("Account", wide=True),
    "customer": Head("Customer", wide=True),
    "service": Head("Service"),
    "sub-service": Head("Sub-service"),
    "state": Head("Status"),
    "status": Head("Status"),
    "runs": Head("Backups", Look.COUNT),
    "succeeded": Head("Succeeded", Look.COUNT),
    "partial": Head("Partial", Look.COUNT),
    "failed": Head("Failed", Look.COUNT),
    "added": Head("New", Look.COUNT),
    "changed": Head("Changed", Look.COUNT),
    "removed": Head("Removed", Look.COUNT),
    "items": Head("Items", Look.COUNT),
    "size": Head("Size", Look.SIZE),
    "last": Head("Last success", Look.MOMENT),
    "next": Head("Next backup", Look.MOMENT),
    "overdue": Head("Overdue since", Look.MOMENT),
    "proven": Head("Last proven restorable", Look.MOMENT),
    "streams": Head("Covers", Look.COUNT),
    "active": Head("Active", Look.COUNT),
    "kind": Head("Kind"),
    "started": Head("Started", Look.MOMENT),
    "finished": Head("Ended", Look.MOMENT),
    "job": Head("Job"),
    "problem": Head("Problem", wide=True),
    "remedy": Head("What to do", wide=True),
    "folder": Head("Folder", wide=True),
    "name": Head("Name", wide=True),
    "reason": Head("Reason", wide=True),
    "entities": Head("Entities", Look.COUNT),
    "inactive": Head("Inactive", Look.COUNT),
    "paused": Head("Paused", Look.COUNT),
    "archived": Head("Archived", Look.COUNT),
    "licensed": Head("Licensed", Look.COUNT),
    "points": Head("Points in time", Look.COUNT),
    "time": Head("Date and time", Look.MOMENT),
    "outcome": Head("Outcome"),
    "read": Head("Read", Look.COUNT),
    "matched": Head("Equal", Look.COUNT),
    "missing": Head("Missing", Look.COUNT),
    "damaged": Head("Damaged", Look.COUNT),
    "at-source": Head("At the source", Look.COUNT),
    "snapshot": Head("Point in time"),
    "number": Head("No.", Look.COUNT),
    "what": Head("Activity", wide=True),
    "item": Head("Item", wide=True),
    "who": Head("Who", wide=True),
    "from": Head("From", wide=True),
    "to": Head("To", wide=True),
    "made-at": Head("Saved at", Look.MOMENT),
    "selection": Head("Selected", wide=True),
    "mode": Head("What is there already"),
    "into": Head("Into the folder", wide=True),
    "by": Head("Asked for by", wide=True),
    "written": Head("Written", Look.COUNT),
    "verified": Head("Read back and equal", Look.COUNT),
    "skipped": Head("There already", Look.COUNT),
    "resumed": Head("Interrupted and resumed", Look.COUNT),
    "read-again": Head("Found after that, equal", Look.COUNT),
    "unread": Head("Found after that, not proven", Look.COUNT),
    "set-back": Head("Set back", Look.COUNT),
    "integrity": Head("Integrity", wide=True),
    "duration": Head("Duration", Look.SPAN),
    "protected": Head("Accounts protected", Look.COUNT),
    "well": Head("Of them well", Look.COUNT),
    "troubled": Head("Need attention", Look.COUNT),
    "alerts": Head("Open alerts", Look.COUNT),
    "stored": Head("Vault grew by", Look.SIZE),
    "bytes": Head("Transferred", Look.SIZE),
    "record": Head("Record of activity"),
    "count": Head("Entries", Look.COUNT),
    "details": Head("Details", wide=True),
    "drills-proven": Head("Proven restorable", Look.COUNT),
    "drills-incomplete": Head("Incomplete", Look.COUNT),
    "drills-damaged": Head("Drills with damage", Look.COUNT),
    "drills-unreachable": Head("Source not reached", Look.COUNT),
    "breaks": Head("Breaks in the record", Look.COUNT),
    "last-good": Head("Last good point in time", Look.MOMENT),
}

INTEGRITY: Final[Mapping[str, str]] = {
    "proven": "Every item that was written was read back and is equal to what the vault holds.",
    "partly": "What was written was read back and is equal; not everything could be written.",
    "not-proven": "Not every item that was written could be proven equal.",
    "nothing-written": "Nothing was written.",
    "unread": "The job was interrupted. Not all that it found there when it went on was read back and is equal.",
}

PROOFS: Final[Mapping[str, str]] = {
    "proven": "Proven restorable",
    "incomplete": "Incomplete",
    "damaged": "Damaged",
    "unreachable": "Source not reached",
}

RECORD: Final[Mapping[str, str]] = {"unbroken": "Verified unbroken", "broken": "Broken"}

SELECTION: Final[Mapping[str, str]] = {
    "everything": "Everything",
}

ALERTS: Final[Mapping[str, str]] = {
    "mass-deletion": "Mass deletion",
    "mass-change": "Mass change",
    "encrypted-content": "Content looks encrypted",
}

FINDINGS: Final[Mapping[str, str]] = {
    "finding-damaged": "Damaged",
    "finding-missing": "Missing from the vault",
    "finding-newer": "Newer than the last backup",
    "finding-moved": "Moved since",
    "finding-gone": "Gone from the source",
    "finding-count": "The source counts otherwise",
    "finding-link": "Point in time missing or altered",
    "finding-catalog": "Vault and catalog disagree",
}

HEALTH: Final[Mapping[str, str]] = {
    "never": "Not backed up yet",
    "running": "In process",
    "ok": "Success",
    "partial": "Partial",
    "failed": "Failed",
    "archived": "Archived",
    "imported": "Imported",
    "paused": "Paused",
    "by-hand": "By hand",
    "overdue": "Overdue",
    "attention": "Needs attention",
    "active": "Active",
    "inactive": "Inactive",
    "removed": "Being deleted",
    "away": "Left the directory",
}

VERDICTS: Final[Mapping[str, Words]] = {
    Outcome.WHOLE.value: Words(
        "The report is genuine", "Nothing in it was changed since it was sealed.", "Compare the fingerprint below."
    ),
    "ours": Words("The report is genuine", "Nothing in it was changed since this home's vault sealed it.", ""),
    "foreign": Words(
        "Another vault's report",
        "Nothing in it was changed since it was sealed, but not by this home's vault.",
        "Compare the fingerprint below with that of the vault that it should come from.",
    ),
    Outcome.ALTERED.value: Words(
        "The report was altered",
        "What it says is not what was sealed: something was changed, added or removed.",
        "Do not rely on it. Ask for it again from whoever keeps the vault.",
    ),
    Outcome.FORGED.value: Words(
        "The seal is not genuine",
        "It was altered, or made by somebody who does not have the key that it names.",
        "Do not rely on the report. Ask for it again from whoever keeps the vault.",
    ),
    Outcome.UNSEALED.value: Words(
        "There is no whole seal",
        "The file does not end with a seal: it was cut short, its end was altered, or it was never sealed.",
        "Only PDF and JSON reports are sealed. Get the whole file again.",
    ),
}
"""What a seal says; ``ours`` and ``foreign`` where there is a vault to compare with."""


def verdict(found: Verdict) -> Words:
    """Say what a seal says."""
    if found.outcome is Outcome.WHOLE and found.is_ours is not None:
        return VERDICTS["ours" if found.is_ours else "foreign"]
    return VERDICTS[found.outcome.value]


def title(report: Report) -> str:
    """Name a report."""
    return TITLES[report.kind]


def table_title(table: Table) -> str:
    """Name a table of a report."""
    return label(TABLES, table.code)


def head(code: str) -> Head:
    """How a column or a fact is shown."""
    return COLUMNS.get(code) or Head(label({}, code))


def cell(code: str, value: Value) -> str:
    """Write a value for people, in the local zone."""
    if value is None:
        return ""
    look = head(code).look
    if isinstance(value, int):
        if look is Look.MOMENT:
            return moment(value)
        if look is Look.SIZE:
            return size(value)
        if look is Look.SPAN:
            return span(value)
        return f"{value:,}"
    return meaning(code, value)


def raw(code: str, value: Value) -> str:
    """Write a value for spreadsheets: plain numbers, times as ISO 8601."""
    if isinstance(value, int):
        if head(code).look is Look.MOMENT:
            return datetime.fromtimestamp(value, UTC).astimezone().isoformat(sep=" ")
        return str(value)
    return "" if value is None else meaning(code, value)


def raw_head(code: str) -> str:
    """Head a column of plain numbers."""
    unit = {Look.SIZE: " (bytes)", Look.SPAN: " (seconds)"}.get(head(code).look, "")
    return head(code).label + unit


_JOB_STATES: Final = {state.value: status.label for state, status in JOB_STATES.items() if isinstance(state, State)}
_BY_COLUMN: Final[Mapping[str, Mapping[str, str]]] = {
    "service": {**{service.value: words for service, words in SERVICES.items()}, **activity.SERVICES},
    "sub-service": {service.value: words for service, words in SERVICES.items()},
    "state": {**_JOB_STATES, **HEALTH},
    "status": {**_JOB_STATES},
    "kind": activity.JOBS,
    "what": {**activity.JOBS, **activity.DEEDS, **ALERTS, **FINDINGS},
    "outcome": PROOFS,
    "licensed": {"yes": "Yes", "no": "No"},
    "integrity": INTEGRITY,
    "record": RECORD,
    "mode": {conflict.value: words[0] for conflict, words in CONFLICTS.items() if isinstance(conflict, Conflict)},
    "selection": SELECTION,
    "who": {"schedule": "Schedule", "rule": "Rule", "person": "Person"},
    "by": {"schedule": "Schedule", "rule": "Rule", "person": "Person"},
}


def meaning(code: str, value: str) -> str:
    """Put a code into words; what is none, as it is."""
    if code == "problem" and has_words(value):
        return words_for(value).what
    return _BY_COLUMN.get(code, {}).get(value, value)


def moment(value: int) -> str:
    """Write a time in the local zone, which is told."""
    return datetime.fromtimestamp(value, UTC).astimezone().strftime("%Y-%m-%d %H:%M %z")


def size(value: int) -> str:
    """Write bytes in binary units with one decimal."""
    amount, units = float(value), ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
    place = 0
    while amount >= 1024 and place < len(units) - 1:
        amount, place = amount / 1024, place + 1
    return f"{value} B" if place == 0 else f"{amount:.1f} {units[place]}"


def span(value: int) -> str:
    """Write a stretch of time."""
    if value < 60:
        return f"{value} s"
    return f"{value // 60} min" if value < 3600 else f"{value // 3600} h {value % 3600 // 60:02} min"


def grouped(fingerprint: str) -> str:
    """Write a fingerprint so that two people can compare it: groups of eight digits."""
    return " ".join(fingerprint[place : place + 8] for place in range(0, len(fingerprint), 8))
