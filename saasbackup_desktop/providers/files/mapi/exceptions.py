"""Occurrences that are otherwise than their series ([MS-OXOCAL] 2.2.1.44.2, 2.2.10)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.attachments import EMBEDDED, NOWHERE
from saasbackup_desktop.providers.files.mapi.invitations import meeting_state
from saasbackup_desktop.providers.files.mapi.item_ids import dated
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line
from saasbackup_desktop.providers.files.mapi.plain_times import Clock
from saasbackup_desktop.providers.files.mapi.recurrence import (
    ALL_DAY,
    BODY,
    BUSY,
    FILES,
    LOCATION,
    REMINDER_DELTA,
    REMINDER_SET,
    STATE,
    SUBJECT,
    Departure,
)
from saasbackup_desktop.providers.files.mapi.spans import Span
from saasbackup_desktop.providers.files.mapi.weights import busy
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Recipient, Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, entries, inner, line, number

_CLASS: Final = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"
_EXCEPTION: Final = 2
_LONGEST: Final = 255
"""Characters of a subject or place that the series keeps of an occurrence."""


def departure(series: Plain, one: Plain, span: Span, original: Clock) -> Departure:
    """Say what is otherwise in an occurrence: what it says nothing of is as in its series."""
    changes: dict[int, Any] = {}
    for flag, mine, usual in _compared(series, one, span):
        if mine != usual:
            changes[flag] = mine
    if one.get("body") is not None and inner(one, "body") != inner(series, "body"):
        changes[BODY] = True
    if entries(one.get("attachments")):
        changes[FILES] = 1
    return Departure(original=original.local, start=span.start.local, end=span.end.local, changes=changes)


def _compared(series: Plain, one: Plain, span: Span) -> Iterator[tuple[int, Any, Any]]:
    if "subject" in one:
        yield SUBJECT, one_line(one.get("subject"))[:_LONGEST], one_line(series.get("subject"))[:_LONGEST]
    if "location" in one:
        yield LOCATION, _place(one), _place(series)
    if "showAs" in one:
        yield BUSY, busy(one), busy(series)
    if "isReminderOn" in one:
        yield REMINDER_SET, one.get("isReminderOn") is True, series.get("isReminderOn") is True
    if "reminderMinutesBeforeStart" in one:
        yield REMINDER_DELTA, _before(one), _before(series)
    if "isCancelled" in one:
        yield STATE, _state(one), _state({**one, "isCancelled": series.get("isCancelled")})
    yield ALL_DAY, span.is_all_day, series.get("isAllDay") is True


def _place(plain: Plain) -> str:
    return one_line(inner(plain, "location").get("displayName"))[:_LONGEST]


def _before(plain: Plain) -> int:
    return max(0, number(plain.get("reminderMinutesBeforeStart")) or 0)


def _state(plain: Plain) -> int:
    return int(str(meeting_state(plain)[tags.APPOINTMENT_STATE]))


def attached(
    said: dict[Tag, Value],
    span: Span,
    original: Clock,
    recipients: Sequence[Recipient],
    attachments: Sequence[Attachment],
) -> Attachment:
    """Make a hidden attachment of an occurrence; ``said``: what it says as an appointment."""
    whole = said[tags.GLOBAL_ID]
    assert isinstance(whole, bytes)
    properties = {
        **said,
        tags.MESSAGE_CLASS: _CLASS,
        tags.GLOBAL_ID: dated(whole, original.local.date()),
        tags.REPLACED_TIME: original.moment,
        tags.MEETING_EXCEPTION: True,
        tags.MEETING_RECURRING: True,
    }
    return Attachment(
        properties={
            tags.ATTACH_METHOD: EMBEDDED,
            tags.DISPLAY_NAME: "Untitled",
            tags.ATTACH_POSITION: NOWHERE,
            tags.ATTACH_FLAGS: 0,
            tags.ATTACH_LINK_ID: 0,
            tags.ATTACHMENT_FLAGS: _EXCEPTION,
            tags.ATTACH_HIDDEN: True,
            tags.EXCEPTION_REPLACED: original.as_told,
            tags.EXCEPTION_START: span.start.as_told,
            tags.EXCEPTION_END: span.end.as_told,
        },
        content=Message(properties=properties, recipients=recipients, attachments=attachments),
    )


def gone_days(plain: Plain) -> list[date]:
    """The days of occurrences that were cancelled: what their ids end with."""
    found = []
    said = plain.get("cancelledOccurrences")
    for id in said if isinstance(said, list) else ():
        try:
            day = date.fromisoformat(line(id).rpartition(".")[2][:10])
        except ValueError:
            continue
        if day.year > 1601:
            found.append(day)
    return found
