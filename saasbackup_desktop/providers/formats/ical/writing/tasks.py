"""Tasks of To Do's as VTODO; each step is one of its own, which says what it belongs to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.plain import line, mapping, objects
from saasbackup_desktop.providers.formats.ical import tasks
from saasbackup_desktop.providers.formats.ical.moments import Zones
from saasbackup_desktop.providers.formats.ical.writing import losses
from saasbackup_desktop.providers.formats.ical.writing.common import read_back, write_aside, write_common
from saasbackup_desktop.providers.formats.ical.writing.enclosed import write_attachments
from saasbackup_desktop.providers.formats.ical.writing.lines import Bytes, Sheet, moment_of, stamp
from saasbackup_desktop.providers.formats.ical.writing.rules import rule

_SILENT: Final = frozenset({"createdDateTime", "startDateTime", "completedDateTime", "recurrence"})
_STATES: Final = {"notstarted": "NEEDS-ACTION", "inprogress": "IN-PROCESS", "completed": "COMPLETED"}


def write_task(sheet: Sheet, plain: Mapping[str, Any], parts: Mapping[str, Bytes]) -> None:
    """Write a task with its steps."""
    uid = line(plain.get("id"))

    def say(paper: Sheet) -> None:
        paper.name(uid)
        _write(paper, plain)

    def whole(paper: Sheet) -> None:
        say(paper)
        _alarm(paper, plain)

    component = read_back("VTODO", whole)
    back = tasks.task("", component, (), Zones(()), {}, [])
    sheet.begin("VTODO")
    say(sheet)
    write_aside(sheet, plain, back, _SILENT)
    write_attachments(sheet, plain, parts)
    _alarm(sheet, plain)
    sheet.end("VTODO")
    for count, one in enumerate(objects(plain, "checklistItems"), 1):
        _step(sheet, one, uid, f"{uid}-step-{count}")


def _write(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    write_common(sheet, plain, title="title")
    state = line(plain.get("status")).lower()
    sheet.say("STATUS", _STATES.get(state, ""))
    start, due = moment_of(plain.get("startDateTime")), moment_of(plain.get("dueDateTime"))
    recurrence = mapping(plain.get("recurrence"))
    if start is not None:
        sheet.day("DTSTART", start)
    elif recurrence and due is not None:
        sheet.day("DTSTART", due)  # a rule counts from there
    if due is not None:
        sheet.day("DUE", due)
    completed = moment_of(plain.get("completedDateTime"))
    if completed is not None:
        sheet.say("COMPLETED", stamp(completed))
    if state == "completed":
        sheet.say("PERCENT-COMPLETE", "100")
    if recurrence:
        said = rule(recurrence, UTC, is_day=True) if start or due else ""
        if not said:
            sheet.lost.append(losses.RECURRENCE)
        sheet.say("RRULE", said)
    if link := next((line(one.get("webUrl")) for one in objects(plain, "linkedResources")), ""):
        sheet.say("URL", link)


def _step(sheet: Sheet, plain: Mapping[str, Any], parent: str, uid: str) -> None:
    is_done = plain.get("isChecked") is True
    sheet.begin("VTODO")
    sheet.name(line(plain.get("id")) or uid)
    made = moment_of(plain.get("createdDateTime"))
    sheet.say("DTSTAMP", stamp(made or datetime(1970, 1, 1, tzinfo=UTC)))
    sheet.tell("SUMMARY", plain.get("displayName"))
    if made is not None:
        sheet.say("CREATED", stamp(made))
    sheet.say("STATUS", "COMPLETED" if is_done else "NEEDS-ACTION")
    done = moment_of(plain.get("checkedDateTime"))
    if done is not None:
        sheet.say("COMPLETED", stamp(done))
    sheet.below(parent)
    sheet.end("VTODO")


def _alarm(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    when = moment_of(plain.get("reminderDateTime"))
    if when is None or plain.get("isReminderOn") is not True:
        return
    sheet.begin("VALARM")
    sheet.say("ACTION", "DISPLAY")
    sheet.tell("DESCRIPTION", line(plain.get("title")) or "Reminder")
    sheet.say("TRIGGER", stamp(when), {"VALUE": "DATE-TIME"})
    sheet.end("VALARM")
