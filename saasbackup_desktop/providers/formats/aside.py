"""What the properties of a calendar or a card do not say of an object of Graph's: it is kept beside them.

Every such property is a line ``X-GRAPH-PROPERTY;NAME=<its name>:<JSON>``, which other programs pass over.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from saasbackup_desktop.providers.formats.content_lines import Component, Line, escaped, written
from saasbackup_desktop.providers.formats.graph.plain import inner, line, lines, mapping, objects, text
from saasbackup_desktop.providers.formats.zones import instant, zone_of

ASIDE: Final = "X-GRAPH-PROPERTY"
_NEVER_OURS: Final = frozenset(
    {"id", "type", "start", "end", "isAllDay", "attachments", "hasAttachments", "exceptionOccurrences", "iCalUId"}
    | {"cancelledOccurrences", "seriesMasterId", "originalStart", "members"}
)
"""What the calendar says itself."""
_PASSING: Final = frozenset(
    {"id", "changeKey", "webLink", "etag", "parentFolderId", "bodyPreview", "hasAttachments", "attachments", "type"}
    | {"exceptionOccurrences", "cancelledOccurrences", "seriesMasterId", "occurrenceId", "originalStart", "calendar"}
    | {"instances", "uid", "iCalUId", "checklistItems", "bodyLastModifiedDateTime", "conversationIndex", "start", "end"}
    | {"isAllDay", "members", "iCalUID"}
)
"""What is told otherwise, or means nothing elsewhere."""
_UNSAID: Final[tuple[Any, ...]] = (None, "", [], {}, False, "none", "0001-01-01T00:00:00Z")
_DECIDED: Final = frozenset({"responseRequested", "allowNewTimeProposals", "isOrganizer", "isReminderOn"})
"""What means something, also when it is not so."""
_STAMPS: Final = frozenset({"createdDateTime", "lastModifiedDateTime", "receivedDateTime"})
_PATTERN: Final[Mapping[str, tuple[str, ...]]] = {
    "daily": (),
    "weekly": ("daysOfWeek", "firstDayOfWeek"),
    "absolutemonthly": ("dayOfMonth",),
    "relativemonthly": ("daysOfWeek", "index"),
    "absoluteyearly": ("dayOfMonth", "month"),
    "relativeyearly": ("daysOfWeek", "index", "month"),
}
_ENDS: Final = {"enddate": "endDate", "numbered": "numberOfOccurrences"}
_BREAKS: Final = re.compile(r"\r\n?")


def aside(
    plain: Mapping[str, Any], back: Mapping[str, Any], passing: Collection[str] = ()
) -> Iterator[tuple[str, Any]]:
    """The properties that are not said by what was read ``back`` of an object, with their values."""
    for name in sorted(plain):
        if name in _PASSING or name in passing or "@odata." in name:
            continue
        if not _is_same(name, plain[name], back.get(name)):
            yield name, plain[name]


def written_aside(name: str, value: Any) -> bytes:
    """Write a property of Graph's."""
    return written(ASIDE, escaped(json.dumps(value, sort_keys=True)), {"NAME": name})


def put_back(component: Component, plain: dict[str, Any]) -> None:
    """Put in what was kept aside."""
    for said in component.all(ASIDE):
        name = said.parameter("NAME")
        if name and name not in _NEVER_OURS and "@" not in name:
            _put(plain, name, said)


def _put(plain: dict[str, Any], name: str, said: Line) -> None:
    try:
        value = json.loads(said.text)
    except (ValueError, RecursionError):
        return
    if value is None:
        plain.pop(name, None)
    elif name not in plain or isinstance(value, type(plain[name])):
        plain[name] = value


def _is_same(name: str, ours: Any, theirs: Any) -> bool:
    if ours == theirs:
        return True
    if not _means(ours) and not _means(theirs) and name not in _DECIDED:
        return True
    if name in _STAMPS:
        return line(ours)[:19] == line(theirs)[:19]
    if name == "recurrence":
        return _repeated(ours) == _repeated(theirs) and _home(ours) in ("", _home(theirs))
    how = _ALIKE.get(name)
    if how is not None:
        return bool(how(ours) == how(theirs))
    if isinstance(ours, str) and isinstance(theirs, str):
        return _BREAKS.sub("\n", text(ours)).strip() == theirs.strip()
    return False


def _means(value: Any) -> bool:
    """Whether a value says anything, itself or by what lies in it."""
    if isinstance(value, Mapping):
        return any(map(_means, value.values()))
    if isinstance(value, list):
        return any(map(_means, value))
    return value not in _UNSAID


def _body(value: Any) -> tuple[str, str]:
    said = mapping(value)
    content = _BREAKS.sub("\n", text(said.get("content")))
    kind = line(said.get("contentType")).lower()
    return ("html" if kind == "html" and content.strip() else "text"), content.strip()


def _person(value: Any) -> tuple[str, str]:
    said = inner(mapping(value), "emailAddress")
    address = line(said.get("address"))
    return line(said.get("name")) or address, address


def _attendees(value: Any) -> list[tuple[Any, ...]]:
    return [
        (
            *_person(one),
            line(one.get("type")).lower() or "required",
            line(inner(one, "status").get("response")).lower() or "none",
            line(inner(one, "status").get("time"))[:4] not in ("", "0001") and line(inner(one, "status").get("time")),
        )
        for one in objects({"_": value}, "_")
    ]


def _place(value: Any) -> tuple[Any, ...]:
    said = mapping(value)
    where = inner(said, "coordinates")
    rest = [said.get(name) for name in ("address", "locationEmailAddress", "locationUri")]
    kind = line(said.get("locationType"))
    return (
        line(said.get("displayName")),
        where.get("latitude"),
        where.get("longitude"),
        [one for one in rest if _means(one)],
        "" if kind == "default" else kind,
        line(said.get("uniqueId")) if line(said.get("uniqueId")) != line(said.get("displayName")) else "",
    )


def _places(value: Any) -> list[tuple[Any, ...]]:
    return [_place(one) for one in objects({"_": value}, "_")]


def _repeated(value: Any) -> tuple[Any, ...]:
    """A recurrence: what counts for its kind."""
    pattern, span = inner(mapping(value), "pattern"), inner(mapping(value), "range")
    kind, ends = line(pattern.get("type")).lower(), line(span.get("type")).lower()
    said = {name: pattern.get(name) for name in ("interval", *_PATTERN.get(kind, ()))}
    if "daysOfWeek" in said:
        said["daysOfWeek"] = sorted(map(str.lower, lines(said["daysOfWeek"])))
    if "firstDayOfWeek" in said:
        said["firstDayOfWeek"] = line(said["firstDayOfWeek"]).lower() or "sunday"
    if "index" in said:
        said["index"] = line(said["index"]).lower() or "first"
    return kind, said, ends, span.get(_ENDS.get(ends, "")), line(span.get("startDate"))


def _home(value: Any) -> str:
    """Where a recurrence is at home, however it is spelled; empty if it does not say."""
    zone = line(inner(mapping(value), "range").get("recurrenceTimeZone"))
    return str(zone_of(zone) or zone) if zone else ""


def _minute(value: Any) -> Any:
    return instant({name: line(said) for name, said in mapping(value).items()})


def _emails(value: Any) -> list[tuple[str, str]]:
    return [
        (line(one.get("name")) or line(one.get("address")), line(one.get("address")))
        for one in objects({"_": value}, "_")
        if _means(one)
    ]


def _day(value: Any) -> str:
    return line(value)[:10]


def _listed(value: Any) -> list[str]:
    return list(lines(value))


def _address(value: Any) -> dict[str, str]:
    said = {name: _BREAKS.sub("\n", text(one)).strip() for name, one in mapping(value).items() if isinstance(one, str)}
    return {name: one for name, one in said.items() if one and name != "type"}


_ALIKE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "body": _body,
    "organizer": _person,
    "attendees": _attendees,
    "location": _place,
    "locations": _places,
    "reminderDateTime": _minute,
    "completedDateTime": _minute,
    "dueDateTime": _minute,
    "startDateTime": _minute,
    "emailAddresses": _emails,
    "birthday": _day,
    "businessPhones": _listed,
    "homePhones": _listed,
    "imAddresses": _listed,
    "children": _listed,
    "categories": _listed,
    "businessAddress": _address,
    "homeAddress": _address,
    "otherAddress": _address,
}
