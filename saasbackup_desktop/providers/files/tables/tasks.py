"""Tasks and notes as lines of tables. The columns are Outlook's own, in its order; ours stand behind them."""

import re
from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.providers.files.tables.cells import body_text, day_and_time, joined, truth
from saasbackup_desktop.providers.files.tables.rules import rule_words
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, lines, objects

TASKS: Final = (
    "Subject",
    "Start Date",
    "Due Date",
    "Reminder On/Off",
    "Reminder Date",
    "Reminder Time",
    "Date Completed",
    "% Complete",
    "Total Work",
    "Actual Work",
    "Billing Information",
    "Categories",
    "Companies",
    "Contacts",
    "Mileage",
    "Notes",
    "Priority",
    "Private",
    "Role",
    "Schedule+ Priority",
    "Sensitivity",
    "Status",
    "Recurrence",
    "Steps",
    "Links",
    "Attachments",
)
NOTES: Final = ("Categories", "Note Body", "Note Color", "Priority", "Subject", "Modified")

_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*", re.A | re.S)
"""As Graph tells them: in UTC."""
_STATUS: Final = {
    "notStarted": "Not Started",
    "inProgress": "In Progress",
    "completed": "Completed",
    "waitingOnOthers": "Waiting on someone else",
    "deferred": "Deferred",
}
_PRIORITIES: Final = {"low": "Low", "high": "High"}


def task(plain: Plain, losses: list[str]) -> Mapping[str, str]:
    """A task's line."""
    reminded = day_and_time(plain.get("reminderDateTime"))
    is_done = line(plain.get("status")) == "completed"
    steps = (
        ("[x] " if one.get("isChecked") is True else "[ ] ") + line(one.get("displayName"))
        for one in objects(plain, "checklistItems")
    )
    links = (f"{line(one.get('displayName'))} {line(one.get('webUrl'))}" for one in objects(plain, "linkedResources"))
    return {
        "Subject": line(plain.get("title")),
        "Start Date": day_and_time(plain.get("startDateTime"))[0],
        "Due Date": day_and_time(plain.get("dueDateTime"))[0],
        "Reminder On/Off": truth(plain.get("isReminderOn")),
        "Reminder Date": reminded[0],
        "Reminder Time": reminded[1],
        "Date Completed": day_and_time(plain.get("completedDateTime"))[0],
        "% Complete": "100" if is_done else "0",
        "Categories": joined(lines(plain.get("categories"))),
        "Notes": body_text(plain.get("body"), losses),
        "Priority": _PRIORITIES.get(line(plain.get("importance")), "Normal"),
        "Private": "False",
        "Sensitivity": "Normal",
        "Status": _STATUS.get(line(plain.get("status")), ""),
        "Recurrence": rule_words(plain.get("recurrence")),
        "Steps": "\n".join(steps),
        "Links": "\n".join(one.strip() for one in links),
        "Attachments": joined([line(one.get("name")) for one in objects(plain, "attachments")]),
    }


def note(plain: Plain, losses: list[str]) -> Mapping[str, str]:
    """A note's line."""
    return {
        "Categories": joined(lines(plain.get("categories"))),
        "Note Body": body_text(plain.get("body"), losses),
        "Subject": line(plain.get("subject")),
        "Modified": _MOMENT.sub(r"\1 \2+00:00", line(plain.get("lastModifiedDateTime"))),
    }
