"""VTODO as a task of To Do's; what is subordinate to it and no more than a line becomes one of its steps."""

from collections.abc import Sequence
from typing import Any, Final

from saasbackup_desktop.providers.formats.aside import put_back
from saasbackup_desktop.providers.formats.content_lines import Component
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.ical import alarms, bodies, enclosed, losses, rules
from saasbackup_desktop.providers.formats.ical.common import HANDLED, common, leftover
from saasbackup_desktop.providers.formats.ical.moments import When, Zones, duration
from saasbackup_desktop.providers.formats.ical.twins import WAS

_HANDLED: Final = (
    HANDLED
    | bodies.HANDLED
    | enclosed.HANDLED
    | {"DTSTART", "DUE", "DURATION", "COMPLETED", "STATUS", "RRULE", "PERCENT-COMPLETE", "URL", "RELATED-TO"}
)
_STATES: Final = {"NEEDS-ACTION": "notStarted", "IN-PROCESS": "inProgress", "COMPLETED": "completed"}
_OF_STEPS: Final = frozenset(
    {"UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "STATUS", "COMPLETED", "PERCENT-COMPLETE"}
    | {"RELATED-TO"}
)


def task(
    id: str, component: Component, steps: Sequence[Component], zones: Zones, parts: dict[str, bytes], lost: list[str]
) -> dict[str, Any]:
    """Read a task."""
    start, due = _when(component, "DTSTART", zones, lost), _when(component, "DUE", zones, lost)
    if due is None and start is not None and (span := duration(component.text("DURATION"))) is not None:
        due = start.after(span)
    kept = bodies.body(component)
    plain: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.todoTask",
        "id": id,
        "title": component.text("SUMMARY"),
        "status": _status(component, lost),
        "body": kept,
        **common(component, zones),
    }
    completed = _when(component, "COMPLETED", zones, lost)
    for name, when in (("startDateTime", start), ("dueDateTime", due), ("completedDateTime", completed)):
        if when is not None:
            plain[name] = _day(when)
    reminder = alarms.at(component, start, due, zones, lost)
    plain["isReminderOn"] = reminder is not None
    if reminder is not None:
        plain["reminderDateTime"] = reminder.plain()
    if (repeated := _repeated(component, due or start, zones, lost)) is not None:
        plain["recurrence"] = repeated
    if url := component.text("URL"):
        plain["linkedResources"] = [{"id": f"{id}-link", "webUrl": url, "applicationName": "", "displayName": url}]
    if steps:
        plain["checklistItems"] = [_step(one, zones) for one in steps]
    files = enclosed.attachments(component, f"{id}-", parts, lost, is_task=True)
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files
    put_back(component, plain)
    lost += [losses.named(losses.PROPERTY, "CLASS")] * (component.text("CLASS").upper() not in ("", "PUBLIC"))
    halfway = component.text("PERCENT-COMPLETE") not in ("", "0", "100")
    lost += [losses.named(losses.PROPERTY, "PERCENT-COMPLETE")] * halfway
    leftover(component, _HANDLED, lost)
    return plain


def parent(component: Component) -> str:
    """The UID of the task that this one is subordinate to; empty if there is none."""
    for line in component.all("RELATED-TO"):
        if line.parameter("RELTYPE").upper() in ("", "PARENT"):
            return line.text.strip()
    return ""


def is_step(component: Component) -> bool:
    """Whether it is no more than a line that can be ticked."""
    return not component.inner and all(line.name in _OF_STEPS or line.name.startswith(WAS) for line in component.lines)


def _step(component: Component, zones: Zones) -> dict[str, Any]:
    done = component.text("STATUS").upper() == "COMPLETED" or component.text("PERCENT-COMPLETE") == "100"
    step: dict[str, Any] = {
        "id": one_line(component.text("UID")),
        "displayName": component.text("SUMMARY"),
        "isChecked": done,
    }
    for name, field in (("CREATED", "createdDateTime"), ("COMPLETED", "checkedDateTime")):
        line = component.first(name)
        when = zones.read(line, []) if line is not None else None
        if when is not None:
            step[field] = when.iso()
    return step


def _repeated(component: Component, base: When | None, zones: Zones, lost: list[str]) -> dict[str, Any] | None:
    said = component.first("RRULE")
    if said is None:
        return None
    if base is None:
        lost.append(losses.RECURRENCE)
        return None
    return rules.recurrence(said.value, base, zones, lost)


def _status(component: Component, lost: list[str]) -> str:
    said = component.text("STATUS").upper()
    if said in _STATES:
        return _STATES[said]
    if said:
        lost.append(losses.STATUS)
    if component.first("COMPLETED") is not None or component.text("PERCENT-COMPLETE") == "100":
        return "completed"
    return "notStarted"


def _when(component: Component, name: str, zones: Zones, lost: list[str]) -> When | None:
    line = component.first(name)
    return zones.read(line, lost) if line is not None and line.value.strip() else None


def _day(when: When) -> dict[str, str]:
    """To Do knows days only: the one that it is where the task is at home."""
    name = when.zone.name or "UTC"
    return {"dateTime": f"{when.local.date().isoformat()}T00:00:00.0000000", "timeZone": name}
