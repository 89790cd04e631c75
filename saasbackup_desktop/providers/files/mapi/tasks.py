"""Tasks as Outlook keeps them ([MS-OXOTASK]), from what Graph tells of To Do's."""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.enclosures import Item, Parts, enclosed
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line, plain_body, subject_of
from saasbackup_desktop.providers.files.mapi.plain_times import at, day, moment, stamps, told
from saasbackup_desktop.providers.files.mapi.recurrence import pattern_bytes, series_of
from saasbackup_desktop.providers.files.mapi.weights import weight
from saasbackup_desktop.providers.files.mapi.zones import zone_named
from saasbackup_desktop.providers.files.pst.model import Message, Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines, objects, text

_STATES: Final[Mapping[str, int]] = {
    "notstarted": 0,
    "inprogress": 1,
    "completed": 2,
    "waitingonothers": 3,
    "deferred": 4,
}
_DONE: Final = 2
_READ: Final = 0x01
_SIDE_EFFECTS: Final = 0x110
_ICON: Final = 0x500
_LAST: Final = 0x7FFFFFFF
"""A place in a list behind all others."""
_OWN: Final = 1
_END: Final = re.compile(r"</body\s*>", re.I)


def task(plain: Plain, parts: Parts, item: Item) -> Message:
    """Turn a task into an item; what of it cannot be kept is listed in its losses, each once."""
    lost: list[str] = []
    subject = subject_of(plain.get("title"), lost)
    state = _STATES.get(line(plain.get("status")).lower(), 0)
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.Task",
        tags.MESSAGE_FLAGS: _READ,
        **dict.fromkeys((tags.SUBJECT, tags.NORMALIZED_SUBJECT, tags.CONVERSATION_TOPIC), subject),
        tags.SIDE_EFFECTS: _SIDE_EFFECTS,
        tags.SEARCH_KEY: hashlib.md5(line(plain.get("id")).encode(), usedforsecurity=False).digest(),
        tags.TASK_STATUS: state,
        tags.TASK_COMPLETE: state == _DONE,
        tags.TASK_PERCENT: 1.0 if state == _DONE else 0.0,
        tags.TASK_STATE: _OWN,
        tags.TASK_VERSION: 1,
        tags.TASK_OWNERSHIP: 0,
        tags.TASK_ACCEPTANCE: 0,
        tags.TASK_TEAM: False,
        tags.TASK_ACTUAL: 0,
        tags.TASK_ESTIMATED: 0,
        tags.TASK_ORDINAL: _LAST,
        **weight(plain),
        **plain_body(_body(plain, lost)),
        **_days(plain, lost),
        **_reminder(plain),
    }
    repeated = _repeated(plain, lost)
    properties |= repeated
    properties[tags.ICON] = _ICON | bool(repeated)
    properties[tags.TASK_RECURRING] = bool(repeated)
    if categories := lines(plain.get("categories")):
        properties[tags.KEYWORDS] = categories
    properties |= stamps(plain)
    attachments = enclosed(plain, parts, item, lost)
    return Message(properties=properties, attachments=attachments, losses=tuple(dict.fromkeys(lost)))


def _days(plain: Plain, lost: list[str]) -> dict[Tag, Value]:
    """Days: as midnights anywhere, and once more as moments, where the task is at home."""
    found: dict[Tag, Value] = {}
    for field, tag, common in (
        ("startDateTime", tags.TASK_START, tags.COMMON_START),
        ("dueDateTime", tags.TASK_DUE, tags.COMMON_END),
        ("completedDateTime", tags.TASK_COMPLETED, None),
    ):
        when = day(plain.get(field))
        if when is None:
            continue
        found[tag] = when.replace(tzinfo=UTC)
        if common is not None:
            zone = zone_named(line(inner(plain, field).get("timeZone")))
            found[common] = at(when, zone.info).moment if zone is not None else found[tag]
            lost += [losses.TASK_ZONE] * (found[common] != found[tag])
    return found


def _reminder(plain: Plain) -> dict[Tag, Value]:
    when = told(plain.get("reminderDateTime"))
    if when is None or plain.get("isReminderOn") is not True:
        return {tags.REMINDER_SET: False}
    return {tags.REMINDER_SET: True, tags.REMINDER_DELTA: 0, tags.REMINDER_TIME: when, tags.REMINDER_SIGNAL: when}


def _repeated(plain: Plain, lost: list[str]) -> dict[Tag, Value]:
    """How it happens again, counted from when it is due."""
    if not inner(plain, "recurrence", "pattern"):
        return {}
    first = day(plain.get("dueDateTime")) or day(plain.get("startDateTime")) or _created(plain)
    series = series_of(plain.get("recurrence"), first.date()) if first is not None else None
    if series is None:
        lost.append(losses.RECURRENCE_UNKNOWN)
        return {}
    lost += [losses.FIRST_NOT_IN_SERIES] * series.is_moved
    return {tags.TASK_SERIES: pattern_bytes(series), tags.TASK_RESET: False, tags.TASK_DEAD: False}


def _created(plain: Plain) -> datetime | None:
    when = moment(plain.get("createdDateTime"))
    return when.replace(tzinfo=None) if when is not None else None


def _body(plain: Plain, lost: list[str]) -> Any:
    """The text, with steps and links behind it: Outlook has no place for them."""
    more = [*_steps(plain), *_links(plain)]
    body = plain.get("body")
    if not more:
        return body
    lost.append(losses.STEPS_IN_TEXT)
    said = inner({"_": body}, "_")
    content = text(said.get("content") if said else body)
    if line(said.get("contentType")).lower() != "html":
        return "\n".join([content.rstrip(), "", *more] if content.strip() else more)
    block = "<hr><p>" + "<br>".join(html.escape(one, quote=False) for one in more) + "</p>"
    end = _END.search(content)
    whole = content[: end.start()] + block + content[end.start() :] if end else content + block
    return {"contentType": "html", "content": whole}


def _steps(plain: Plain) -> Iterator[str]:
    for one in objects(plain, "checklistItems"):
        if said := one_line(one.get("displayName")):
            yield f"[{'x' if one.get('isChecked') is True else ' '}] {said}"


def _links(plain: Plain) -> Iterator[str]:
    for one in objects(plain, "linkedResources"):
        name = one_line(one.get("displayName")) or one_line(one.get("applicationName"))
        if said := " ".join(dict.fromkeys(filter(None, (name, one_line(one.get("webUrl")))))):
            yield said
