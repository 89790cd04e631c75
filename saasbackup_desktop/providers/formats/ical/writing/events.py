"""Events of Graph's as VEVENT: a series, and what departs from it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.providers.formats.graph.plain import entries, inner, line, mapping, number, objects
from saasbackup_desktop.providers.formats.ical import events
from saasbackup_desktop.providers.formats.ical.moments import Zones
from saasbackup_desktop.providers.formats.ical.people import ANSWERS, NEVER
from saasbackup_desktop.providers.formats.ical.writing import losses
from saasbackup_desktop.providers.formats.ical.writing.common import read_back, write_aside, write_common
from saasbackup_desktop.providers.formats.ical.writing.enclosed import write_attachments
from saasbackup_desktop.providers.formats.ical.writing.lines import Bytes, Sheet, minutes, moment_of, zone_of
from saasbackup_desktop.providers.formats.ical.writing.rules import rule

_SILENT: Final = frozenset(
    {"originalStartTimeZone", "originalEndTimeZone", "isOrganizer", "organizer", "responseStatus", "transactionId"}
    | {"reminderMinutesBeforeStart", "onlineMeetingProvider", "onlineMeeting", "onlineMeetingUrl", "responseRequested"}
    | {"allowNewTimeProposals", "createdDateTime", "isDraft", "recurrence", "location", "locations"}
)
"""What nobody misses who reads it elsewhere."""
_STATES: Final = {answer: state for state, answer in ANSWERS.items()} | {"organizer": "ACCEPTED"}
_SHOWN_AS: Final = {
    "free": "FREE",
    "tentative": "TENTATIVE",
    "busy": "BUSY",
    "oof": "OOF",
    "workingelsewhere": "WORKINGELSEWHERE",
}
_CLASSES: Final = {"private": "PRIVATE", "confidential": "CONFIDENTIAL", "personal": "PRIVATE"}
_DAY: Final = timedelta(days=1)


def write_event(sheet: Sheet, plain: Mapping[str, Any], parts: Mapping[str, Bytes]) -> None:
    """Write an event, and each of its occurrences that is otherwise. Raises FormatUnfit."""
    uid = line(plain.get("iCalUId")) or line(plain.get("id"))
    home = zone_of(plain, "originalStartTimeZone", "start")
    _write(sheet, plain, parts, uid, home)
    for one in objects(plain, "exceptionOccurrences"):
        if moment_of(one.get("originalStart") or one.get("start")) is not None:
            _write(sheet, {**one, "iCalUId": uid}, parts, uid, home, is_exception=True, is_day=_is_day(plain))


def _write(
    sheet: Sheet,
    plain: Mapping[str, Any],
    parts: Mapping[str, Bytes],
    uid: str,
    home: tzinfo,
    *,
    is_exception: bool = False,
    is_day: bool = False,
) -> None:
    start, end = moment_of(plain.get("start")), moment_of(plain.get("end"))
    if start is None:
        raise FormatUnfit("it has no beginning", format="ics", reason="no-start")
    end = end if end is not None and end >= start else start

    def say(paper: Sheet) -> None:
        paper.name(uid)
        if is_exception:
            original = moment_of(plain.get("originalStart") or plain.get("start")) or start
            if is_day:
                paper.day("RECURRENCE-ID", original)
            else:
                paper.moment("RECURRENCE-ID", original, home)
        _when(paper, plain, start, end)
        if not is_exception:
            _series(paper, plain, start, home)
        _rest(paper, plain)

    def whole(paper: Sheet) -> None:
        say(paper)
        _alarm(paper, plain)

    component = read_back("VEVENT", whole)
    back = events.single("", component, Zones(()), {}, []) or {}
    if (line_of_rule := component.first("RRULE")) is not None:
        back |= {"recurrence": events.repeated(component, line_of_rule.value)}
    sheet.begin("VEVENT")
    say(sheet)
    write_aside(sheet, plain, back, _SILENT)
    write_attachments(sheet, plain, parts)
    _alarm(sheet, plain)
    sheet.end("VEVENT")


def _when(sheet: Sheet, plain: Mapping[str, Any], start: datetime, end: datetime) -> None:
    if _is_day(plain):
        first, last = _midnight(plain, "start", start), _midnight(plain, "end", end)
        sheet.day("DTSTART", first)
        sheet.day("DTEND", max(last, first + _DAY))
        return
    sheet.moment("DTSTART", start, zone_of(plain, "originalStartTimeZone", "start"))
    sheet.moment("DTEND", end, zone_of(plain, "originalEndTimeZone", "end"))


def _is_day(plain: Mapping[str, Any]) -> bool:
    return plain.get("isAllDay") is True


def _midnight(plain: Mapping[str, Any], name: str, moment: datetime) -> datetime:
    """The day of a moment that is a midnight somewhere: whole days keep their date in whichever zone."""
    if moment.hour or moment.minute:
        moment = moment.astimezone(zone_of(plain, "originalStartTimeZone", name))
    return moment


def _series(sheet: Sheet, plain: Mapping[str, Any], start: datetime, home: tzinfo) -> None:
    recurrence = mapping(plain.get("recurrence"))
    if not recurrence:
        return
    is_day = _is_day(plain)
    said = rule(recurrence, home, is_day=is_day)
    if not said:
        sheet.lost.append(losses.RECURRENCE)
    sheet.say("RRULE", said)
    for id in entries(plain.get("cancelledOccurrences")):
        when = _day_of(line(id), start, home, is_day=is_day)
        if when is None:
            continue
        if is_day:
            sheet.day("EXDATE", when)
        else:
            sheet.moment("EXDATE", when, home)


def _day_of(id: str, start: datetime, home: tzinfo, *, is_day: bool) -> datetime | None:
    """When an occurrence would have begun, whose id ends with its day."""
    try:
        day = datetime.fromisoformat(id.rpartition(".")[2][:10])
        if is_day:
            return day.replace(tzinfo=UTC)
        return datetime.combine(day, start.astimezone(home).time(), home)
    except (ValueError, OverflowError):
        return None


def _rest(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    write_common(sheet, plain, title="subject")
    shown = line(plain.get("showAs")).lower()
    sheet.say("TRANSP", "TRANSPARENT" if shown in ("free", "workingelsewhere") else "OPAQUE")
    sheet.say("X-MICROSOFT-CDO-BUSYSTATUS", _SHOWN_AS.get(shown, ""))
    if plain.get("isCancelled") is True:
        sheet.say("STATUS", "CANCELLED")
    elif shown == "tentative":
        sheet.say("STATUS", "TENTATIVE")
    sheet.say("CLASS", _CLASSES.get(line(plain.get("sensitivity")).lower(), ""))
    place = inner(plain, "location")
    sheet.tell("LOCATION", place.get("displayName"))
    where = inner(place, "coordinates")
    if isinstance(where.get("latitude"), int | float) and isinstance(where.get("longitude"), int | float):
        sheet.say("GEO", f"{where['latitude']};{where['longitude']}")
    meeting = line(inner(plain, "onlineMeeting").get("joinUrl")) or line(plain.get("onlineMeetingUrl"))
    if meeting:
        sheet.say("CONFERENCE", meeting, {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]})
        if line(plain.get("onlineMeetingProvider")).lower() == "teamsforbusiness":
            sheet.tell("X-MICROSOFT-SKYPETEAMSMEETINGURL", meeting)
    _people(sheet, plain)


def _people(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    attendees = list(objects(plain, "attendees"))
    if attendees or plain.get("isOrganizer") is False:
        _person(sheet, "ORGANIZER", mapping(plain.get("organizer")), {})
    for one in attendees:
        status = inner(one, "status")
        answer = line(status.get("response"))
        said: dict[str, str | Sequence[str]] = {}
        kind = line(one.get("type")).lower()
        if kind == "resource":
            said |= {"CUTYPE": "RESOURCE", "ROLE": "NON-PARTICIPANT"}
        elif kind == "optional":
            said["ROLE"] = "OPT-PARTICIPANT"
        else:
            said["ROLE"] = "REQ-PARTICIPANT"
        if answer in _STATES:
            said["PARTSTAT"] = _STATES[answer]
        if answer == "organizer":
            said["X-RESPONSE"] = answer
        if (when := line(status.get("time"))) and when[:4] != NEVER[:4]:
            said["X-RESPONSE-TIME"] = when
        _person(sheet, "ATTENDEE", one, said)
    if attendees:
        sheet.say("X-MICROSOFT-ISRESPONSEREQUESTED", "FALSE" if plain.get("responseRequested") is False else "")
    if plain.get("allowNewTimeProposals") is False:
        sheet.say("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")


def _person(sheet: Sheet, name: str, plain: Mapping[str, Any], said: dict[str, str | Sequence[str]]) -> None:
    known = inner(plain, "emailAddress")
    called, address = line(known.get("name")), line(known.get("address"))
    parameters = ({"CN": called} if called else {}) | said
    if address or called:
        where = f"mailto:{quote(address, safe='@!$&*+-./=?_~')}" if address else "invalid:nomail"
        sheet.say(name, where, parameters)


def _alarm(sheet: Sheet, plain: Mapping[str, Any]) -> None:
    before = number(plain.get("reminderMinutesBeforeStart"))
    if plain.get("isReminderOn") is not True:
        return
    sheet.begin("VALARM")
    sheet.say("ACTION", "DISPLAY")
    sheet.tell("DESCRIPTION", line(plain.get("subject")) or "Reminder")
    sheet.say("TRIGGER", minutes(timedelta(minutes=before or 0)))
    sheet.end("VALARM")
