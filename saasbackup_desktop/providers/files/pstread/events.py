"""Appointments and meetings as events of Graph's ([MS-OXOCAL])."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from saasbackup_desktop.providers.files.pstread import losses, recurrence
from saasbackup_desktop.providers.files.pstread.attachments import Attached, attached_of
from saasbackup_desktop.providers.files.pstread.mail import SUBJECT, author_of, subject_of
from saasbackup_desktop.providers.files.pstread.named import appointment, common, meeting, public
from saasbackup_desktop.providers.files.pstread.objects import Id, Message, Said
from saasbackup_desktop.providers.files.pstread.people import BCC, CC, Recipient, recipients_of
from saasbackup_desktop.providers.files.pstread.plain import (
    Kept,
    Plain,
    body_of,
    common_of,
    files_of,
    id_of,
    identity_of,
    iso,
    made_of,
    placed,
    preview,
)
from saasbackup_desktop.providers.files.pstread.recurrence import Departure, Unknown, series_of
from saasbackup_desktop.providers.files.pstread.states import KEYWORDS
from saasbackup_desktop.providers.files.pstread.texts import BODY, HTML, RICH
from saasbackup_desktop.providers.files.pstread.zones import UTC_PLACE, Place, of_definition, of_struct

_START, _END, _DURATION = appointment(0x820D), appointment(0x820E), appointment(0x8213)
_COMMON_START, _COMMON_END = common(0x8516), common(0x8517)
_ALL_DAY, _BUSY, _LOCATION = appointment(0x8215), appointment(0x8205), appointment(0x8208)
_STATE, _RESPONSE, _RECURS, _PATTERN = (appointment(id) for id in (0x8217, 0x8218, 0x8223, 0x8216))
_ZONE_RULE, _ZONE_TEXT = appointment(0x8233), appointment(0x8234)
_ZONE_START, _ZONE_END, _ZONE_SERIES = appointment(0x825E), appointment(0x825F), appointment(0x8260)
_NO_PROPOSALS: Final = appointment(0x825A)
_REPLACES: Final = appointment(0x8228)
_REMINDER, _DELTA, _PRIVATE = common(0x8503), common(0x8501), common(0x8506)
_CLEAN_ID, _FULL_ID = meeting(0x23), meeting(0x03)
_SENSITIVITY, _WANTS_ANSWER, _IMPORTANCE = 0x0036, 0x0063, 0x0017
_LINKS: Final[Sequence[Id]] = (
    public("SkypeTeamsMeetingUrl"),
    public("OnlineMeetingConfLink"),
    public("OnlineMeetingExternalLink"),
    public("UCJoinUrl"),
)
_SHOWN_AS: Final = {0: "free", 1: "tentative", 2: "busy", 3: "oof", 4: "workingElsewhere"}
_SECRETS: Final = {0: "normal", 1: "personal", 2: "private", 3: "confidential"}
_ANSWERS: Final = {1: "organizer", 2: "tentativelyAccepted", 3: "accepted", 4: "declined", 5: "notResponded"}
_IS_MEETING, _RECEIVED, _CANCELLED = 1, 2, 4
_ORGANIZED: Final = 1
_USUAL_DELTA: Final = 0x5AE980E1
_NEVER: Final = "0001-01-01T00:00:00Z"
_UID: Final = b"vCal-Uid\x01\0\0\0"
_CLASS_ID: Final = bytes.fromhex("040000008200e00074c5b7101a82e008")
_DAY: Final = timedelta(days=1)
_OF_ITSELF: Final = ("createdDateTime", "lastModifiedDateTime")
"""What an occurrence does not have of its series."""
_HOME: Final = "tzone://Microsoft/Custom"


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when, and where that was said."""

    start: datetime
    end: datetime
    home: Place
    end_home: Place
    is_all_day: bool


def event_of(message: Message, said: Said) -> Kept:
    """Turn an appointment into Graph's form."""
    uid = uid_of(said)
    span = _span(said)
    plain: Plain = {
        "subject": "",
        "body": {"contentType": "text", "content": ""},
        "showAs": "busy",
        "sensitivity": "normal",
        "isReminderOn": False,
        "location": {"displayName": ""},
        **common_of(said),
        **_fields(said),
    }
    plain["bodyPreview"] = preview(plain["body"])
    plain |= _times(span)
    plain |= _people(message, said)
    plain |= _meeting(said)
    identity = uid or identity_of(said, plain)
    id = id_of("event", identity)
    plain |= {"@odata.type": "#microsoft.graph.event", "id": id, "iCalUId": uid or id, "type": "singleInstance"}
    kept = Kept(plain, plain["subject"], identity, int(span.start.timestamp()))
    attached = list(attached_of(message, said))
    _attach(plain, [one for one in attached if not one.is_exception], f"{id}-", kept.parts, said.lost)
    if said.has(_PATTERN) and (said.truth(_RECURS) or not said.has(_RECURS)):
        _repeat(kept, said, span, [one for one in attached if one.is_exception])
    return kept


def uid_of(said: Said) -> str:
    """Read what a meeting is known by everywhere; empty if it is known nowhere else."""
    data = said.data(_FULL_ID) or said.data(_CLEAN_ID)
    if len(data) < 40 or data[:16] != _CLASS_ID:
        return ""
    content = data[40:]
    if content.startswith(_UID):
        return content[len(_UID) :].split(b"\0")[0].decode("utf-8", "replace")
    return data.hex().upper()


def _fields(said: Said) -> Plain:
    """What an event says of itself, as far as it says it."""
    found: Plain = {}
    if said.has(SUBJECT):
        found["subject"] = subject_of(said).strip()
    if any(map(said.has, (BODY, HTML, RICH))):
        found["body"] = body_of(said)
    if said.has(_LOCATION):
        found |= _place(said.text(_LOCATION).strip())
    if (shown := _SHOWN_AS.get(_number(said, _BUSY))) is not None:
        found["showAs"] = shown
    if (secret := _SECRETS.get(_number(said, _SENSITIVITY))) is not None:
        found["sensitivity"] = secret
    if found.get("sensitivity", "normal") == "normal" and said.truth(_PRIVATE):
        found["sensitivity"] = "private"
    if said.has(_REMINDER):
        found["isReminderOn"] = said.truth(_REMINDER)
    if (minutes := said.number(_DELTA)) is not None:
        found["reminderMinutesBeforeStart"] = 15 if minutes == _USUAL_DELTA else minutes
    return found


def _number(said: Said, id: Id) -> int:
    found = said.number(id)
    return -1 if found is None else found


def _place(name: str) -> Plain:
    place = {"displayName": name}
    return {"location": place, **({"locations": [place]} if name else {})}


def _span(said: Said) -> _Span:
    start = said.moment(_START) or said.moment(_COMMON_START)
    end = said.moment(_END) or said.moment(_COMMON_END)
    if start is None:
        start = end or datetime(1970, 1, 1, tzinfo=UTC)
        said.lost.append(losses.DATE_MISSING)
    if end is None or end < start:
        minutes = said.number(_DURATION) or 0
        end = start + timedelta(minutes=minutes if 0 < minutes < 1 << 24 else 0)
    zones = [of_definition(said.data(id)) if said.has(id) else None for id in (_ZONE_START, _ZONE_SERIES, _ZONE_END)]
    rule = of_struct(said.data(_ZONE_RULE), said.text(_ZONE_TEXT)) if said.has(_ZONE_RULE) else None
    home = zones[0] or zones[1] or rule or UTC_PLACE
    return _Span(start, end, home, zones[2] or home, said.truth(_ALL_DAY))


def _times(span: _Span) -> Plain:
    start, end = span.start, span.end
    if span.is_all_day:
        start, end = _day(start, span.home), _day(end, span.home)
        end = max(end, start + _DAY)
    return {
        "isAllDay": span.is_all_day,
        "start": placed(start),
        "end": placed(end),
        "originalStartTimeZone": span.home.name or _HOME,
        "originalEndTimeZone": span.end_home.name or _HOME,
    }


def _day(moment: datetime, home: Place) -> datetime:
    """The day that was meant by midnight where somebody is, as Graph writes days."""
    local = _local(moment, home)
    if local.time() == time():
        return local.replace(tzinfo=UTC)
    return datetime.combine((moment.replace(tzinfo=None) + _DAY / 2).date(), time(), UTC)


def _local(moment: datetime, home: Place) -> datetime:
    """What clocks show there."""
    try:
        return moment.astimezone(home.info).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=None)


def _moment(local: datetime, home: Place) -> datetime:
    try:
        return local.replace(tzinfo=home.info).astimezone(UTC)
    except (OverflowError, ValueError):
        return local.replace(tzinfo=UTC)


def _people(message: Message, said: Said) -> Plain:
    state = said.number(_STATE) or 0
    answer = said.number(_RESPONSE) or 0
    recipients = recipients_of(message, said)
    author = author_of(said)
    organizer = author or next((one.person for one in recipients if one.is_organizer), None)
    found: Plain = {
        "isOrganizer": not state & _RECEIVED and answer in (0, _ORGANIZED),
        "isCancelled": bool(state & _CANCELLED),
        "responseStatus": _answered(said),
    }
    if organizer is not None:
        found["organizer"] = _shown(organizer.name, organizer.address)
    if attendees := list(_attendees(recipients)):
        found["attendees"] = attendees
    if said.has(_WANTS_ANSWER):
        found["responseRequested"] = said.truth(_WANTS_ANSWER)
    if said.has(_NO_PROPOSALS):
        found["allowNewTimeProposals"] = not said.truth(_NO_PROPOSALS)
    return found


def _answered(said: Said) -> Plain:
    """What the owner of the calendar answered."""
    return {"response": _ANSWERS.get(said.number(_RESPONSE) or 0, "none"), "time": _NEVER}


def _attendees(recipients: Sequence[Recipient]) -> Iterator[Plain]:
    for one in recipients:
        if one.is_organizer:
            continue
        yield {
            "type": {CC: "optional", BCC: "resource"}.get(one.kind, "required"),
            "status": {
                "response": _ANSWERS.get(one.answer, "none"),
                "time": iso(one.answered) if one.answered is not None else _NEVER,
            },
            **_shown(one.person.name, one.person.address),
        }


def _shown(name: str, address: str) -> Plain:
    return {"emailAddress": {"name": name or address, "address": address}}


def _meeting(said: Said) -> Plain:
    for id in _LINKS:
        if link := said.text(id).strip():
            return {"isOnlineMeeting": True, "onlineMeeting": {"joinUrl": link}, "onlineMeetingUrl": link}
    return {"isOnlineMeeting": False}


def _attach(plain: Plain, attached: Sequence[Attached], prefix: str, parts: dict[str, bytes], lost: list[str]) -> None:
    files = files_of(attached, prefix, parts, lost)
    plain["hasAttachments"] = bool(files)
    if files:
        plain["attachments"] = files


def _repeat(kept: Kept, said: Said, span: _Span, attached: Sequence[Attached]) -> None:
    """Make a series of an event, with what departs from it."""
    try:
        home = _home(said, span)
        series = series_of(said.data(_PATTERN), home.name or _HOME, said.page)
    except Unknown:
        said.lost.append(losses.RECURRENCE_UNREAD)
        return
    if not home.name:
        said.lost.append(losses.ZONE_UNKNOWN)
    plain = kept.plain
    plain |= {"type": "seriesMaster", "recurrence": {"pattern": series.pattern, "range": series.range}}
    if gone := sorted(set(recurrence.cancelled(series))):
        plain["cancelledOccurrences"] = [f"OID.{plain['id']}.{day.isoformat()}" for day in gone]
    changed = [_departing(kept, one, span, home, attached, said) for one in series.departures]
    if changed:
        plain["exceptionOccurrences"] = sorted(changed, key=lambda one: str(one["originalStart"]))


def _home(said: Said, span: _Span) -> Place:
    """Where a series goes by the clocks."""
    own = of_definition(said.data(_ZONE_SERIES)) if said.has(_ZONE_SERIES) else None
    return (
        own or (of_struct(said.data(_ZONE_RULE), said.text(_ZONE_TEXT)) if said.has(_ZONE_RULE) else None) or span.home
    )


def _departing(kept: Kept, one: Departure, span: _Span, home: Place, attached: Sequence[Attached], said: Said) -> Plain:
    """An occurrence that is otherwise than its series."""
    master = kept.plain
    original = one.original.replace(tzinfo=UTC) if span.is_all_day else _moment(one.original, home)
    id = f"{master['id']}.{original:%Y%m%dT%H%M%S}"
    inherited: Mapping[str, Any] = {
        name: value
        for name, value in master.items()
        if name not in ("recurrence", "exceptionOccurrences", "cancelledOccurrences", "attachments")
    }
    found: Plain = {**inherited, "hasAttachments": False}
    found |= _by_pattern(one)
    is_all_day = bool(found["isAllDay"])
    begins, ends = (one.start, one.end) if is_all_day else (_moment(one.start, home), _moment(one.end, home))
    found |= {"start": placed(begins.replace(tzinfo=UTC)), "end": placed(ends.replace(tzinfo=UTC))}
    own = next((other for other in attached if _is_of(other, one, original, said)), None)
    if own is not None and own.message is not None:
        inner = Said(own.message, said.lost, said.page)
        found |= {name: value for name, value in _fields(inner).items() if name != "isAllDay"}
        if recurrence.BODY in one.changes and not any(map(inner.has, (BODY, HTML, RICH))):
            found["body"] = {"contentType": "text", "content": ""}
        if inner.has(_RESPONSE):
            found["responseStatus"] = _answered(inner)
        for name in _OF_ITSELF:
            found.pop(name, None)
        found |= made_of(inner)
        if inner.has(KEYWORDS) or inner.has(_IMPORTANCE):
            more = common_of(inner)
            found |= {
                name: more[name]
                for name, id_ in (("categories", KEYWORDS), ("importance", _IMPORTANCE))
                if inner.has(id_)
            }
        if attendees := list(_attendees(recipients_of(own.message, inner))):
            found["attendees"] = attendees
        elif inner.has(_STATE) and not (inner.number(_STATE) or 0) & _IS_MEETING:
            found.pop("attendees", None)
        _attach(found, list(attached_of(own.message, inner)), f"{id}-", kept.parts, said.lost)
    if not found["location"]["displayName"]:
        found.pop("locations", None)
    found["bodyPreview"] = preview(found["body"])
    return found | {"id": id, "type": "exception", "seriesMasterId": master["id"], "originalStart": iso(original)}


def _by_pattern(one: Departure) -> Plain:
    """What the series itself says of an occurrence."""
    found: Plain = {}
    changes = one.changes
    if recurrence.SUBJECT in changes:
        found["subject"] = changes[recurrence.SUBJECT].strip()
    if recurrence.LOCATION in changes:
        found |= _place(changes[recurrence.LOCATION].strip())
    if recurrence.REMINDER in changes:
        found["isReminderOn"] = bool(changes[recurrence.REMINDER])
    if recurrence.DELTA in changes:
        found["reminderMinutesBeforeStart"] = changes[recurrence.DELTA]
    if (shown := _SHOWN_AS.get(changes.get(recurrence.BUSY, -1))) is not None:
        found["showAs"] = shown
    if recurrence.ALL_DAY in changes:
        found["isAllDay"] = bool(changes[recurrence.ALL_DAY])
    if recurrence.MEETING in changes:
        found["isCancelled"] = bool(changes[recurrence.MEETING] & _CANCELLED)
    return found


def _is_of(other: Attached, one: Departure, original: datetime, said: Said) -> bool:
    """Whether an enclosed occurrence is the one that the series tells of."""
    replaces = other.replaces
    if other.message is not None:
        replaces = Said(other.message, said.lost, said.page).moment(_REPLACES) or replaces
    if replaces is None:
        return False
    return abs(replaces - original) < timedelta(minutes=1) or replaces.replace(tzinfo=None) == one.original
