"""Files of calendars, read: what is in them as Graph would tell of it, each with its original text beside it."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import Component, Span
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.ical import events, journals, losses, tasks, twins
from saasbackup_desktop.providers.formats.ical.moments import Zones
from saasbackup_desktop.providers.formats.kept_text import text_in

ORIGINAL: Final = "original.ics"
"""The part that keeps the text as it came."""
HOLDS: Final = "X-SAASBACKUP-HOLDS"
"""Of a calendar in which nothing lies: what would."""
SERVICES: Final = {"VEVENT": Service.CALENDAR, "VTODO": Service.TASKS, "VJOURNAL": Service.NOTES}
_UID: Final = re.compile(rb"^UID(?:[;:]|\r?\n[ \t])[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.I | re.M)
_OURS: Final = re.compile(r"[0-9a-f]{32}")
"""What this program calls what has no name of its own."""
_FOLD: Final = re.compile(rb"\r?\n[ \t]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One thing of a calendar."""

    service: Service
    uid: str
    """What tells it from the others, also when it has changed."""
    plain: Mapping[str, Any]
    """As Graph tells of it: an event (a series with what departs from it), a ``todoTask``, or a note's message."""
    parts: Mapping[str, bytes] = field(default_factory=dict)
    """``attachment/<id>``, and ``original.ics``."""
    lost: tuple[str, ...] = ()
    """Codes of what could not be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something of a calendar that is there and cannot be understood."""

    service: Service
    uid: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A file, before its items are read."""

    name: str
    """What it calls itself; may be empty."""
    color: str
    count: int
    """Items that it holds."""
    lost: tuple[str, ...]
    """Codes of what of the file belongs to no item."""
    holds: str
    """What kind of items it says that lie in it, if none does."""
    _data: bytes
    _groups: Sequence["_Group"]

    def services(self) -> frozenset[Service]:
        """What kinds of items it holds."""
        kinds = {one.kind for one in self._groups} or {self.holds} & set(SERVICES)
        return frozenset(SERVICES[kind] for kind in kinds)

    def items(self) -> Iterator[Read | Unread]:
        """Read one item after the other, in the order in which they begin. Never raises."""
        for group in self._groups:
            yield from _read(self._data, group)


@dataclass(slots=True)
class _Frame:
    """One VCALENDAR."""

    head: bytes
    zones: Zones
    zone_texts: Mapping[str, bytes]


@dataclass(slots=True)
class _Group:
    """What has one UID: an event with what departs from it, a task with its steps."""

    kind: str
    uid: str
    frame: _Frame
    spans: list[Span] = field(default_factory=list)
    steps: list[Span] = field(default_factory=list)


def read_calendar(data: bytes, zone: str = "") -> Calendar | None:
    """Find what a file holds; None if it is no calendar. ``zone``: where times are that are in no zone."""
    data = content_lines.plain_bytes(data)
    found = content_lines.spans(data)
    loose = [one for one in found if one.kind in SERVICES]
    frames = [one for one in found if one.kind == "VCALENDAR"]
    if not (loose or frames):
        return None
    groups: dict[tuple[str, str], _Group] = {}
    lost: list[str] = []
    name = color = holds = ""
    for span in frames:
        said = content_lines.head(data, span)
        name = name or said.text("X-WR-CALNAME") or said.text("NAME")
        color = color or said.text("X-APPLE-CALENDAR-COLOR") or said.text("COLOR")
        frame = _frame(data, span, said, zone)
        holds = holds or said.text(HOLDS).upper()
        lost += [losses.TRUNCATED] * (not span.is_whole)
        lost += [losses.LINES_UNREAD] * bool(said.unread)
        _sort_in(data, frame, span.inner, groups, lost)
    if loose:
        _sort_in(data, _Frame(b"", Zones((), zone), {}), loose, groups, lost)
    whole = _with_steps(data, list(groups.values()))
    return Calendar(name, color, len(whole), tuple(dict.fromkeys(lost)), holds, data, whole)


def has_several(text: bytes) -> bool:
    """Whether a text is read as several items."""
    calendar = read_calendar(text)
    return calendar is not None and len(list(islice(calendar.items(), 2))) > 1


def _frame(data: bytes, span: Span, said: Component, zone: str) -> _Frame:
    kept = [raw for stretch in content_lines.stretches(data, span) for raw in stretch.splitlines(keepends=True)]
    head = b"".join(raw for raw in kept if raw.strip() and not raw.upper().startswith(b"END:"))
    spans = [one for one in span.inner if one.kind == "VTIMEZONE"]
    components = [content_lines.component(data, one) for one in spans]
    texts = {one.text("TZID"): data[place.start : place.end] for one, place in zip(components, spans, strict=True)}
    return _Frame(head, Zones(components, said.text("X-WR-TIMEZONE") or zone), texts)


def _sort_in(
    data: bytes,
    frame: _Frame,
    spans: Sequence[Span],
    groups: dict[tuple[str, str], _Group],
    lost: list[str],
) -> None:
    """Put components of one UID together. The same UID in another calendar of the file is the same thing."""
    for span in spans:
        if span.kind not in SERVICES:
            if span.kind != "VTIMEZONE":
                lost.append(losses.named(losses.COMPONENT, span.kind))
            continue
        key = _key(data, span)
        groups.setdefault((span.kind, key), _Group(span.kind, key, frame)).spans.append(span)


def _key(data: bytes, span: Span) -> str:
    """What a component is called; what has no name, by what it says."""
    return _uid(data, span) or hashlib.sha256(data[span.start : span.end]).hexdigest()[:32]


def _uid(data: bytes, span: Span) -> str:
    for stretch in content_lines.stretches(data, span):
        found = _UID.search(stretch)
        if found is not None:
            line = content_lines.parsed(_FOLD.sub(b"", found[0]))
            return one_line(line.text) if line is not None else ""
    return ""


def _with_steps(data: bytes, groups: list[_Group]) -> list[_Group]:
    """Tasks that are subordinate to another one, and no more than a line, go to it."""
    todos = {one.uid: one for one in groups if one.kind == "VTODO"}
    above: dict[str, str] = {}
    for one in todos.values():
        if len(one.spans) == 1 and b"RELATED-TO" in data[one.spans[0].start : one.spans[0].end].upper():
            component = content_lines.component(data, one.spans[0])
            if tasks.is_step(component) and tasks.parent(component) in todos:
                above[one.uid] = tasks.parent(component)
    parents = set(above.values())
    moved = {uid for uid, parent in above.items() if uid not in parents and parent not in above}
    for uid in above:
        if uid in moved:
            todos[above[uid]].steps += todos[uid].spans
    return [one for one in groups if one.kind != "VTODO" or one.uid not in moved]


def _read(data: bytes, group: _Group) -> Iterator[Read | Unread]:
    text = text_in(b"".join(data[span.start : span.end] for span in (*group.spans, *group.steps)))
    before = read_calendar(text) if text is not None else None
    if before is not None and before.services() == {SERVICES[group.kind]}:
        yield from before.items()
        return
    data, group = _as_it_was(data, group)
    lost: list[str] = []
    if not all(span.is_whole for span in group.spans):
        lost.append(losses.TRUNCATED)
    components = [content_lines.component(data, span) for span in group.spans]
    paired = sorted(zip(components, group.spans, strict=True), key=lambda one: _age(one[0]))
    masters = [one for one in paired if one[0].first("RECURRENCE-ID") is None]
    others = [one for one in paired if one[0].first("RECURRENCE-ID") is not None]
    if len(masters) > 1:
        lost.append(losses.DUPLICATE)
    id = _id(group.kind, group.uid)
    zones = group.frame.zones
    parts: dict[str, bytes] = {}
    left = others
    times: list[tuple[str, Component, list[Component]]] = []
    is_read = True
    if masters:
        master, _ = masters[-1]
        plain: dict[str, Any] | None
        if group.kind == "VEVENT":
            made = events.series(id, master, [one for one, _ in others], zones, parts, lost)
            plain, alone = made if made is not None else (None, [one for one, _ in others])
            if plain is not None:
                plain["iCalUId"] = group.uid
                times, rest = events.apart(master, plain, [one for one, _ in others], zones, lost)
                alone = [one for one in alone if any(one is each for each in rest)]
            left = [one for one in others if any(one[0] is each for each in alone)]
        elif group.kind == "VTODO":
            steps = [content_lines.component(data, span) for span in group.steps]
            plain = tasks.task(id, master, steps, zones, parts, lost)
        else:
            plain = journals.note(id, master, zones, parts, lost)
        apart = [span for _, span in left]
        own = [*(span for span in group.spans if not any(span is one for one in apart)), *group.steps]
        yield _made(data, group, group.uid, plain, parts, lost, master, own)
        for name, component, changed in times:
            yield _alone(data, group, f"{group.uid}/{name}", component, own, changed)
        is_read = plain is not None
    for component, span in left:
        which = one_line(f"{group.uid}/{component.text('RECURRENCE-ID')}")
        occurrence = _alone(data, group, which, component, [span])
        if is_read or isinstance(occurrence, Read):  # else it is of what was told already
            yield occurrence


def _alone(
    data: bytes,
    group: _Group,
    which: str,
    component: Component,
    spans: Sequence[Span],
    changed: Sequence[Component] = (),
) -> Read | Unread:
    """An occurrence that lies in no series: of tasks and notes no series holds any."""
    lost: list[str] = []
    parts: dict[str, bytes] = {}
    zones = group.frame.zones
    id = _id(group.kind, which)
    plain: dict[str, Any] | None
    if group.kind == "VEVENT":
        made = events.series(id, component, changed, zones, parts, lost)
        plain = made[0] if made is not None else None
        if plain is not None:
            plain["iCalUId"] = which
    elif group.kind == "VTODO":
        plain = tasks.task(id, component, (), zones, parts, lost)
    else:
        plain = journals.note(id, component, zones, parts, lost)
    return _made(data, group, which, plain, parts, lost, component, spans)


def _as_it_was(data: bytes, group: _Group) -> tuple[bytes, _Group]:
    """What this program had to call otherwise in a calendar, by its own name."""
    spans = [*group.spans, *group.steps]
    texts = [data[span.start : span.end] for span in spans]
    if not (any(map(twins.is_renamed, texts)) and all(span.is_whole for span in spans)):
        return data, group
    texts = [twins.restored(text) for text in texts]
    data = b"".join(text if text.endswith(b"\n") else text + b"\r\n" for text in texts)
    found = content_lines.spans(data)
    own, steps = found[: len(group.spans)], found[len(group.spans) :]
    return data, _Group(group.kind, _key(data, own[0]), group.frame, own, steps)


def _made(
    data: bytes,
    group: _Group,
    uid: str,
    plain: Mapping[str, Any] | None,
    parts: dict[str, bytes],
    lost: Sequence[str],
    component: Component,
    spans: Sequence[Span],
) -> Read | Unread:
    service = SERVICES[group.kind]
    if plain is None:
        return Unread(service=service, uid=uid, name=component.text("SUMMARY"), code=losses.DATE_UNREADABLE)
    parts[ORIGINAL] = _original(data, group.frame, spans)
    return Read(service=service, uid=uid, plain=plain, parts=parts, lost=tuple(dict.fromkeys(lost)))


def _original(data: bytes, frame: _Frame, spans: Sequence[Span]) -> bytes:
    """What of a file concerns one item, byte for byte, in a calendar of its own."""
    texts = [data[span.start : span.end] for span in spans]
    end = b"\r\n" if b"\r\n" in texts[0] else b"\n"
    texts = [text if text.endswith(b"\n") else text + end for text in texts]
    said = b"".join(texts)
    flat = _FOLD.sub(b"", said)
    zones = [text for name, text in frame.zone_texts.items() if name and name.encode("utf-8", "replace") in flat]
    return b"".join((b"BEGIN:VCALENDAR", end, frame.head, *zones, said, b"END:VCALENDAR", end))


def _age(component: Component) -> tuple[int, str]:
    sequence = component.text("SEQUENCE")
    return int(sequence) if sequence.isdigit() and len(sequence) < 10 else 0, component.text("DTSTAMP")


def _id(kind: str, uid: str) -> str:
    if _OURS.fullmatch(uid):
        return uid
    return hashlib.sha256(f"{kind}\n{uid}".encode("utf-8", "replace")).hexdigest()[:32]
