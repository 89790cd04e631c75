"""Events as Outlook keeps appointments ([MS-OXOCAL]), from what Graph tells of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.enclosures import Item, Parts, enclosed
from saasbackup_desktop.providers.files.mapi.exceptions import attached, departure, gone_days
from saasbackup_desktop.providers.files.mapi.invitations import guests, is_meeting, meeting_state, organized
from saasbackup_desktop.providers.files.mapi.item_ids import global_id
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line, plain_body, subject_of
from saasbackup_desktop.providers.files.mapi.plain_times import at, stamps
from saasbackup_desktop.providers.files.mapi.recurrence import (
    TYPES,
    Departure,
    Series,
    last_date,
    series_bytes,
    series_of,
)
from saasbackup_desktop.providers.files.mapi.spans import Span, original_of, span_in, span_of
from saasbackup_desktop.providers.files.mapi.weights import busy, weight
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Tag, Value
from saasbackup_desktop.providers.files.pst.values import Unfit
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines, number, objects

_READ: Final = 0x01
_SIDE_EFFECTS: Final = 0x171
"""Opened to be deleted, copied, moved; shown with a menu; never in the Inbox."""
_ICON: Final = 0x400
_STARTS: Final = (tags.START, tags.COMMON_START, tags.START_DATE, tags.CLIP_START)
_ENDS: Final = (tags.END, tags.COMMON_END, tags.END_DATE, tags.CLIP_END)
_FAR: Final = datetime(4500, 8, 31, 23, 59, tzinfo=UTC)
"""The end of what never ends."""
_MOST_YEARS: Final = 30
_MOST_DEPARTURES: Final = 0xFFFF
_OF_SERIES: Final = (
    "subject",
    "location",
    "locations",
    "showAs",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "sensitivity",
    "importance",
    "organizer",
    "isOrganizer",
    "iCalUId",
    "id",
)


def event(plain: Plain, parts: Parts, item: Item) -> Message:
    """Turn an event into an item; what of it cannot be kept is listed in its losses, each once.

    ``item`` turns what is attached into items. Raises Unfit if the event does not say when it is.
    """
    lost: list[str] = []
    span = span_of(plain, lost)
    if span is None:
        raise Unfit(losses.DATE_UNREADABLE)
    properties = appointment(plain, span, lost)
    attachments: list[Attachment] = []
    properties |= _repeated(plain, span, parts, item, attachments, lost)
    attachments += enclosed(plain, parts, item, lost)
    is_series = tags.SERIES in properties
    properties[tags.ICON] = _ICON | is_series | is_meeting(plain) << 1
    properties[tags.MEETING_RECURRING] = is_series
    return Message(
        properties=properties,
        recipients=guests(plain, lost),
        attachments=attachments,
        losses=tuple(dict.fromkeys(lost)),
    )


def appointment(plain: Plain, span: Span, lost: list[str]) -> dict[Tag, Value]:
    """What an event says by itself, whether it is in a series or not."""
    subject = subject_of(plain.get("subject"), lost)
    whole, clean = global_id(plain)
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.Appointment",
        tags.MESSAGE_FLAGS: _READ,
        **dict.fromkeys((tags.SUBJECT, tags.NORMALIZED_SUBJECT, tags.CONVERSATION_TOPIC), subject),
        tags.SIDE_EFFECTS: _SIDE_EFFECTS,
        tags.SEQUENCE: 0,
        tags.GLOBAL_ID: whole,
        tags.CLEAN_GLOBAL_ID: clean,
        tags.SEARCH_KEY: clean[-16:].rjust(16, b"\0"),
        tags.BUSY: busy(plain),
        tags.LOCATION: _place(plain, lost),
        tags.RECURRING: False,
        tags.RECURRENCE_TYPE: 0,
        tags.MEETING_EXCEPTION: False,
        **plain_body(plain.get("body")),
        **weight(plain),
        **meeting_state(plain),
        **organized(plain, lost),
        **_times(plain, span),
    }
    if categories := lines(plain.get("categories")):
        properties[tags.KEYWORDS] = categories
    if link := line(inner(plain, "onlineMeeting").get("joinUrl")) or line(plain.get("onlineMeetingUrl")):
        properties |= {tags.MEETING_LINK: link, tags.TEAMS_LINK: link}
    provider = line(plain.get("onlineMeetingProvider"))
    if provider not in ("", "unknown") or plain.get("hideAttendees") is True:
        lost.append(losses.DETAILS_OF_MEETING)
    properties |= stamps(plain)
    return properties


def _times(plain: Plain, span: Span) -> dict[Tag, Value]:
    """When it takes place, in every way in which Outlook keeps that, and when it reminds of it."""
    start, end = span.start.moment, span.end.moment
    year = span.start.local.year
    properties: dict[Tag, Value] = dict.fromkeys(
        (tags.START, tags.COMMON_START, tags.START_DATE, tags.CLIP_START), start
    )
    properties |= dict.fromkeys((tags.END, tags.COMMON_END, tags.END_DATE, tags.CLIP_END), end)
    properties |= {
        tags.DURATION: span.minutes,
        tags.ALL_DAY: span.is_all_day,
        tags.ZONE_OF_START: span.zone.definition(year, year),
        tags.ZONE_OF_END: span.end_zone.definition(year, year),
    }
    before = max(0, number(plain.get("reminderMinutesBeforeStart")) or 0)
    properties |= {
        tags.REMINDER_SET: plain.get("isReminderOn") is True,
        tags.REMINDER_DELTA: before,
        tags.REMINDER_TIME: start,
        tags.REMINDER_SIGNAL: max(start - timedelta(minutes=before), datetime(1601, 1, 1, tzinfo=UTC)),
    }
    return properties


def _repeated(
    plain: Plain, span: Span, parts: Parts, item: Item, attachments: list[Attachment], lost: list[str]
) -> dict[Tag, Value]:
    """How it happens again, and what departs from that."""
    if not inner(plain, "recurrence", "pattern"):
        return {}
    series = series_of(plain.get("recurrence"), span.start.local.date())
    if series is None:
        lost.append(losses.RECURRENCE_UNKNOWN)
        return {}
    lost += [losses.FIRST_NOT_IN_SERIES] * series.is_moved
    begins = span.start.local.hour * 60 + span.start.local.minute
    departures: dict[date, Departure] = {}
    said = plain.get("exceptionOccurrences")
    for one in (each for each in (said if isinstance(said, list) else ()) if isinstance(each, dict)):
        own = span_in({**one, "isAllDay": one.get("isAllDay", span.is_all_day)}, span.zone, span.end_zone)
        original = original_of(one, span)
        if own is None or original is None:
            lost.append(losses.DATE_UNREADABLE)
            continue
        if original.local.date() in departures or len(departures) == _MOST_DEPARTURES:
            lost.append(losses.OCCURRENCES_CUT)
            continue
        departures[original.local.date()] = departure(plain, one, own, original)
        properties = appointment({**_inherited(plain, one), **one}, own, lost)
        files = enclosed(one, parts, item, lost)
        attachments.append(attached(properties, own, original, guests(one, lost), files))
    return {
        tags.RECURRING: True,
        tags.RECURRENCE_TYPE: TYPES[series.frequency],
        tags.SERIES: series_bytes(series, begins, begins + span.minutes, gone_days(plain), [*departures.values()]),
        **_zones(series, span),
        **_clip(series, span),
    }


def _inherited(plain: Plain, one: Plain) -> dict[str, Any]:
    """What an occurrence that says nothing of it has of its series."""
    found = {name: plain[name] for name in _OF_SERIES if name in plain}
    if "location" in one:  # it takes place there alone, or nowhere
        found.pop("locations", None)
    return found


def _zones(series: Series, span: Span) -> dict[Tag, Value]:
    last = last_date(series)
    first = series.start.year
    final = min(first + _MOST_YEARS, last.year if last is not None else first + _MOST_YEARS)
    return {
        tags.ZONE_STRUCT: span.zone.struct(first),
        tags.ZONE_NAME: span.zone.name,
        tags.ZONE_OF_SERIES: span.zone.definition(first, final, of_series=True),
    }


def _clip(series: Series, span: Span) -> dict[Tag, Value]:
    """The days from the first to the last one."""
    last = last_date(series)
    return {
        tags.CLIP_START: _midnight(series.start, span),
        tags.CLIP_END: _FAR if last is None else _midnight(last, span),
    }


def _midnight(when: date, span: Span) -> datetime:
    return at(datetime(when.year, when.month, when.day), span.zone.info).moment


def _place(plain: Plain, lost: list[str]) -> str:
    """Where it takes place: several places are names in one line."""
    places = [one for one in objects(plain, "locations") if line(one.get("displayName"))] or [inner(plain, "location")]
    if any(inner(one, "address") or inner(one, "coordinates") for one in places) or len(places) > 1:
        lost.append(losses.PLACE_DETAILS)
    names: Sequence[str] = [one_line(one.get("displayName")) for one in places]
    joined = one_line(inner(plain, "location").get("displayName"))
    return joined if len(names) < 2 and joined else "; ".join(filter(None, names))
