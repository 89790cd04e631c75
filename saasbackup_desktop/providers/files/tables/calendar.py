"""Events as lines of a table. The columns are Outlook's own, in its order; ours stand behind them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from saasbackup_desktop.providers.files.tables.cells import body_text, day_and_time, joined, truth
from saasbackup_desktop.providers.files.tables.rules import rule_words
from saasbackup_desktop.providers.formats.graph.plain import Plain, entries, inner, line, lines, number, objects
from saasbackup_desktop.providers.formats.graph.values import mailbox_text, person
from saasbackup_desktop.providers.formats.zones import instant, zone_of

SERIES_AS_LINE: Final = "series-as-line"
"""A series is one line that says its rule in words, and one more for each meeting that departs from it."""

COLUMNS: Final = (
    "Subject",
    "Start Date",
    "Start Time",
    "End Date",
    "End Time",
    "All day event",
    "Reminder on/off",
    "Reminder Date",
    "Reminder Time",
    "Meeting Organizer",
    "Required Attendees",
    "Optional Attendees",
    "Meeting Resources",
    "Billing Information",
    "Categories",
    "Description",
    "Location",
    "Mileage",
    "Priority",
    "Private",
    "Sensitivity",
    "Show time as",
    "Time Zone",
    "Recurrence",
    "Cancelled Dates",
    "Exception Of",
    "Cancelled",
    "Online Meeting",
    "Attachments",
)

_SHOWN: Final = {"tentative": "1", "busy": "2", "free": "3", "oof": "4", "workingElsewhere": "5"}
_PRIORITIES: Final = {"low": "Low", "high": "High"}
_SENSITIVITIES: Final = {"personal": "Personal", "private": "Private", "confidential": "Confidential"}


def rows(plain: Plain, losses: list[str]) -> Iterator[Mapping[str, str]]:
    """An event's line, and one for each exception of a series."""
    rule = rule_words(plain.get("recurrence"))
    departing = list(objects(plain, "exceptionOccurrences"))
    cancelled = [line(one).rpartition(".")[2] for one in entries(plain.get("cancelledOccurrences"))]
    if rule or departing:
        losses.append(SERIES_AS_LINE)
    yield _row(plain, losses) | {"Recurrence": rule, "Cancelled Dates": joined([day for day in cancelled if day])}
    for one in departing:
        whole = {**plain, **one, "recurrence": None}
        yield _row(whole, losses) | {"Exception Of": line(one.get("originalStart"))[:19].replace("T", " ")}


def _row(plain: Plain, losses: list[str]) -> dict[str, str]:
    is_whole_day = plain.get("isAllDay") is True
    chosen = line(plain.get("originalStartTimeZone"))
    zone = "" if is_whole_day or zone_of(chosen) is None else chosen
    start, end = day_and_time(plain.get("start"), zone), day_and_time(plain.get("end"), zone)
    sensitivity = line(plain.get("sensitivity"))
    guests = {"required": "Required Attendees", "optional": "Optional Attendees", "resource": "Meeting Resources"}
    asked: dict[str, list[str]] = {column: [] for column in guests.values()}
    for one in objects(plain, "attendees"):
        if who := person(one):
            asked[guests.get(line(one.get("type")), "Required Attendees")].append(mailbox_text(who))
    host = person(inner(plain, "organizer"))
    return {
        "Subject": line(plain.get("subject")),
        "Start Date": start[0],
        "Start Time": start[1],
        "End Date": end[0],
        "End Time": end[1],
        "All day event": truth(is_whole_day),
        **_reminder(plain, zone),
        "Meeting Organizer": mailbox_text(host) if host else "",
        **{column: joined(names) for column, names in asked.items()},
        "Categories": joined(lines(plain.get("categories"))),
        "Description": body_text(plain.get("body"), losses),
        "Location": line(inner(plain, "location").get("displayName")),
        "Priority": _PRIORITIES.get(line(plain.get("importance")), "Normal"),
        "Private": truth(sensitivity == "private"),
        "Sensitivity": _SENSITIVITIES.get(sensitivity, "Normal"),
        "Show time as": _SHOWN.get(line(plain.get("showAs")), "2"),
        "Time Zone": "" if is_whole_day else zone or line(inner(plain, "start").get("timeZone")),
        "Cancelled": truth(plain.get("isCancelled")),
        "Online Meeting": line(inner(plain, "onlineMeeting").get("joinUrl")) or line(plain.get("onlineMeetingUrl")),
        "Attachments": joined([line(one.get("name")) for one in objects(plain, "attachments")]),
    }


def _reminder(plain: Plain, zone: str) -> dict[str, str]:
    minutes = number(plain.get("reminderMinutesBeforeStart"))
    is_on = plain.get("isReminderOn") is True and minutes is not None
    said: dict[str, Any] = {"Reminder on/off": truth(is_on)}
    start = inner(plain, "start")
    when = instant(start) if is_on else None
    if when is None or minutes is None:
        return said
    try:
        before = {"dateTime": (when - timedelta(minutes=minutes)).isoformat()[:19], "timeZone": start.get("timeZone")}
        day, time = day_and_time(before, zone)
    except OverflowError:
        return said
    return said | {"Reminder Date": day, "Reminder Time": time}
