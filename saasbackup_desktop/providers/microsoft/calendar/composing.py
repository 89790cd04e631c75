"""What is sent to Graph to make an event again, and what of an event must be the same.

Exchange writes to attendees whenever an event that has any is made, changed or removed, and Graph has no way to forbid
it. So nobody is put on an event: who was asked, and who asked, is kept at the end of its text.
"""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.providers.formats import zones
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.microsoft.marks import categories_of
from saasbackup_desktop.providers.microsoft.repeating import recurrence, repeated

_AS_TOLD: Final = (
    "subject",
    "isAllDay",
    "importance",
    "sensitivity",
    "showAs",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "responseRequested",
    "allowNewTimeProposals",
    "hideAttendees",
)
_USUAL: Final[Mapping[str, str]] = {
    "subject": "",
    "isAllDay": "False",
    "importance": "normal",
    "sensitivity": "normal",
    "showAs": "busy",
    "isReminderOn": "False",
}
"""What is compared as it is told, and what Exchange says where nobody said anything. What concerns attendees only is
sent and not compared: it means nothing where there are none."""
_BLANKS: Final = re.compile(r"\s+")
_END: Final = re.compile(r"</body\s*>", re.IGNORECASE)


def compose(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A saved event as it is sent: all that can be written, nobody who would get a notice."""
    zone = str(plain.get("originalStartTimeZone") or "")
    end_zone = str(plain.get("originalEndTimeZone") or zone)
    is_all_day = bool(plain.get("isAllDay"))
    event = {name: plain[name] for name in _AS_TOLD if plain.get(name) is not None}
    event["start"] = zones.placed(plain.get("start"), zone, is_all_day=is_all_day)
    event["end"] = zones.placed(plain.get("end"), end_zone, is_all_day=is_all_day)
    event["body"] = body_of(plain)
    event["categories"] = list(plain.get("categories") or ())
    locations = plain.get("locations") or ()
    if len(locations) > 1:
        event["locations"] = list(locations)
    else:
        event["location"] = plain.get("location") or {"displayName": ""}
    if plain.get("recurrence"):
        event["recurrence"] = recurrence(plain["recurrence"])
    return {name: value for name, value in event.items() if value is not None}


def departing(master: Mapping[str, Any], exception: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent to let one occurrence depart from its series: its time, and what else is not as in the series."""
    usual, own = compose(master), compose(exception)
    own.pop("recurrence", None)
    timely = ("start", "end", "isAllDay")
    return {name: value for name, value in own.items() if name in timely or usual.get(name) != value}


def body_of(plain: Mapping[str, Any]) -> dict[str, str]:
    """The event's text, followed by who took part."""
    body = plain.get("body") or {}
    is_html = str(body.get("contentType", "")).lower() == "html"
    content = str(body.get("content") or "")
    lines = people_of(plain)
    if lines and is_html:
        block = "<hr><p>" + "<br>".join(html.escape(line) for line in lines) + "</p>"
        end = _END.search(content)
        content = content[: end.start()] + block + content[end.start() :] if end else content + block
    elif lines:
        content = "\n".join([*([content, "", "---"] if content else []), *lines])
    return {"contentType": "html" if is_html else "text", "content": content}


def people_of(plain: Mapping[str, Any]) -> list[str]:
    """Who asked and who was asked, a line each, in Graph's own words; nothing for an event of one's own."""
    attendees = plain.get("attendees") or ()
    if not attendees and plain.get("isOrganizer", True):
        return []
    lines = [f"organizer: {_person(plain.get('organizer'))}"] if plain.get("organizer") else []
    for one in attendees:
        response = str((one.get("status") or {}).get("response") or "none")
        said = "" if response in ("none", "notResponded") else f" ({response})"
        lines.append(f"{one.get('type') or 'required'}: {_person(one)}{said}")
    return lines


def is_meeting(plain: Mapping[str, Any]) -> bool:
    """Whether somebody would get a notice if this event changed."""
    return bool(plain.get("attendees"))


def wanted(plain: Mapping[str, Any]) -> dict[str, str]:
    """What an event that was made of this must show, by property, as text that compares."""
    made = compose(plain)
    for name, place in (("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")):
        made[place] = (made.get(name) or {}).get("timeZone")
    return shown(made)


def shown(plain: Mapping[str, Any]) -> dict[str, str]:
    """The same of an event as Graph shows it."""
    said = {name: str(plain.get(name) if plain.get(name) is not None else _USUAL[name]) for name in _USUAL}
    if said["isReminderOn"] == "True":
        said["reminderMinutesBeforeStart"] = str(plain.get("reminderMinutesBeforeStart") or 0)
    said["subject"] = said["subject"].strip()
    said["text"] = text_of(plain.get("body") or {})
    said["categories"] = "\n".join(categories_of(plain))
    for name, place in (("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")):
        said[name] = _moment(plain.get(name), is_all_day=bool(plain.get("isAllDay")))
        said[place] = _spelled(str(plain.get(place) or (plain.get(name) or {}).get("timeZone") or "UTC"))
    places = plain.get("locations") or ([plain["location"]] if plain.get("location") else [])
    said["locations"] = "\n".join(str(one.get("displayName") or "") for one in places)
    said["recurrence"] = repeated(plain.get("recurrence"))
    return said


def text_of(body: Mapping[str, Any]) -> str:
    """A text in a form that compares: a service may write it in another way."""
    content = str(body.get("content") or "")
    text = html_to_text(content) if str(body.get("contentType")).lower() == "html" else content
    return _BLANKS.sub(" ", text).strip()


def original_start(exception: Mapping[str, Any]) -> datetime | None:
    """When an occurrence would have begun if nobody had moved it."""
    said = str(exception.get("originalStart") or "")
    if not said:
        return zones.instant(exception.get("start"))
    when = datetime.fromisoformat(said.replace("Z", "+00:00"))
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def cancelled_days(plain: Mapping[str, Any]) -> list[str]:
    """The days (ISO 8601) of occurrences that were cancelled: what their ids end with."""
    days = []
    for id in plain.get("cancelledOccurrences") or ():
        day = str(id).rpartition(".")[2][:10]
        try:
            datetime.fromisoformat(day)
        except ValueError:
            continue
        days.append(day)
    return days


def lost(plain: Mapping[str, Any]) -> tuple[str, ...]:
    """Codes of what of an event cannot be brought back."""
    found = []
    if people_of(plain):
        found.append("attendees")
    if plain.get("isCancelled"):
        found.append("cancellation")
    if plain.get("isOnlineMeeting"):
        found.append("online-meeting")
    if any(is_link(one) for one in plain.get("attachments") or ()):
        found.append("linked-files")
    return tuple(found)


def is_link(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is only a link: v1.0 tells its name and not where it leads."""
    return str(attachment.get("@odata.type", "")).endswith("referenceAttachment")


def is_item(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is a message, an event or a contact."""
    return str(attachment.get("@odata.type", "")).endswith("itemAttachment")


def _person(recipient: Mapping[str, Any] | None) -> str:
    address = (recipient or {}).get("emailAddress") or {}
    name, where = str(address.get("name") or ""), str(address.get("address") or "")
    return f"{name} <{where}>" if name and name != where else where


def _spelled(name: str) -> str:
    zone = zones.zone_of(name)
    return name if zone is None else str(zone)


def _moment(moment: Mapping[str, Any] | None, *, is_all_day: bool) -> str:
    when = zones.instant(moment)
    if when is None:
        return ""
    return when.strftime("%Y-%m-%d") if is_all_day else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
