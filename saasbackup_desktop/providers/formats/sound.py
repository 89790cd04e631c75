"""Whether a text of a calendar or a card is as its standard wants it: one line that is not spoils a file for many."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import Component, Line, Span

_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_VALUE: Final = rb'(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)'
_LINE: Final = re.compile(
    rb"(?:[A-Za-z0-9-]+\.)?[A-Za-z0-9-]+(?:;[A-Za-z0-9-]+=" + _VALUE + rb"(?:," + _VALUE + rb")*)*:"
    rb"[^\x00-\x08\x0a-\x1f\x7f]*"
)
_ODD_MARK: Final = re.compile(rb"(?:BEGIN|END)[:;](?![A-Z0-9-]+\Z)", re.I)
_TIME: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?")
_SPAN: Final = re.compile(r"[+-]?P(?=[\dT])(?:\d+W|(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")
_WHOLE: Final = re.compile(r"[+-]?\d{1,9}")
_PLACE: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?;[+-]?\d{1,3}(?:\.\d+)?")
_OFFSET: Final = re.compile(r"[+-]\d{4}(?:\d\d)?")
_NUMBERS: Final = re.compile(r"[+-]?\d{1,3}(?:,[+-]?\d{1,3})*")
_MONTHS: Final = re.compile(r"\d{1,2}L?(?:,\d{1,2}L?)*")
_DAYS: Final = re.compile(r"(?:[+-]?\d{1,2})?(?:SU|MO|TU|WE|TH|FR|SA)(?:,(?:[+-]?\d{1,2})?(?:SU|MO|TU|WE|TH|FR|SA))*")
_FREQUENCIES: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_ONCE: Final = frozenset(
    {"UID", "DTSTAMP", "DTSTART", "DTEND", "DUE", "DURATION", "SUMMARY", "RECURRENCE-ID", "CREATED", "LAST-MODIFIED"}
    | {"SEQUENCE", "STATUS", "TRANSP", "CLASS", "LOCATION", "ORGANIZER", "PRIORITY", "GEO", "URL", "COMPLETED"}
    | {"PERCENT-COMPLETE"}
)
_COMPONENTS: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE"})


def is_sound(data: bytes) -> bool:
    """Judge components of a calendar that stand behind one another."""
    if not _is_text(data):
        return False
    found = content_lines.spans(data)
    known = set()
    for span in found:
        said = content_lines.component(data, span)
        if span.kind not in _COMPONENTS or not _is_whole(span) or not _is_fitting(said):
            return False
        name = (span.kind, said.text("UID"), said.text("RECURRENCE-ID"))
        if name in known:
            return False
        known.add(name)
    return True


def is_sound_card(data: bytes) -> bool:
    """Judge a card. One of version 2.1 may have lines that later ones may not."""
    found = content_lines.spans(data)
    if len(found) != 1 or found[0].kind != "VCARD" or not _is_whole(found[0]) or found[0].inner:
        return False
    card = content_lines.component(data, found[0])
    counts = {name: len(card.all(name)) for name in ("VERSION", "N", "FN")}
    if counts["VERSION"] != 1 or counts["N"] > 1 or counts["FN"] < 1 or card.unread:
        return False
    return card.text("VERSION") == "2.1" or _is_text(data)


def _is_text(data: bytes) -> bool:
    """Whether it is made of lines as they must be."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    flat = _FOLD.sub(b"", data)
    lines = (line.removesuffix(b"\r") for line in flat.split(b"\n"))
    return all(_LINE.fullmatch(line) and not _ODD_MARK.match(line) for line in lines if line)


def _is_whole(span: Span) -> bool:
    return span.is_whole and all(map(_is_whole, span.inner))


def _is_fitting(said: Component) -> bool:
    names = [line.name for line in said.lines]
    if any(name in _ONCE and names.count(name) > 1 for name in names):
        return False
    if said.kind != "VTIMEZONE" and "DURATION" in names and ("DTEND" in names or "DUE" in names):
        return False
    if said.kind in ("STANDARD", "DAYLIGHT") and not _is_onset(said):
        return False
    if said.kind == "VEVENT" and "DTSTART" not in names:
        return False
    fits = all(_FITTING[line.name](line) for line in said.lines if line.name in _FITTING)
    return fits and all(map(_is_fitting, said.inner))


def _is_onset(said: Component) -> bool:
    """Whether it says when clocks are changed, and how."""
    offsets = [line.value for name in ("TZOFFSETFROM", "TZOFFSETTO") for line in said.all(name)]
    starts = [line.value for line in said.all("DTSTART")]
    is_local = len(starts) == 1 and "T" in starts[0] and not starts[0].endswith("Z")
    return is_local and len(offsets) == 2 and all(map(_OFFSET.fullmatch, offsets))


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups())
    try:
        datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return False
    return second < 61


def _is_moment(text: str) -> bool:
    return "T" in text and _is_time(text)


def _times(line: Line) -> bool:
    return all(map(_is_time_said(line), line.value.split(",")))


def _is_time_said(line: Line) -> Callable[[str], bool]:
    kind = line.parameter("VALUE").upper()
    if kind == "PERIOD":
        return _is_period
    is_day = kind == "DATE"
    return lambda text: _is_time(text) and ("T" not in text) is is_day


def _is_period(text: str) -> bool:
    start, _, end = text.partition("/")
    return _is_moment(start) and (_SPAN.fullmatch(end) is not None or _is_moment(end))


def _time(line: Line) -> bool:
    return "," not in line.value and line.parameter("VALUE").upper() in ("", "DATE", "DATE-TIME") and _times(line)


def _trigger(line: Line) -> bool:
    if line.parameter("VALUE").upper() == "DATE-TIME":
        return _is_moment(line.value)
    return _SPAN.fullmatch(line.value) is not None


def _rule(line: Line) -> bool:
    said: dict[str, str] = {}
    for part in line.value.split(";"):
        name, sign, value = part.partition("=")
        if not sign or name in said:
            return False
        said[name] = value
    if said.get("FREQ") not in _FREQUENCIES or ("COUNT" in said and "UNTIL" in said):
        return False
    return all(_part(name, value) for name, value in said.items())


def _part(name: str, value: str) -> bool:
    match name:
        case "FREQ":
            return True
        case "INTERVAL" | "COUNT":
            return value.isdigit() and int(value) > 0
        case "UNTIL":
            return _is_time(value)
        case "BYDAY" | "WKST":
            return _DAYS.fullmatch(value) is not None
        case "BYMONTH":
            return _MONTHS.fullmatch(value) is not None
        case "RSCALE":
            return value.isalpha()
        case "SKIP":
            return value in ("OMIT", "BACKWARD", "FORWARD")
        case "BYMONTHDAY" | "BYYEARDAY" | "BYWEEKNO" | "BYSETPOS" | "BYHOUR" | "BYMINUTE" | "BYSECOND":
            return _NUMBERS.fullmatch(value) is not None
        case _:
            return False


def _matching(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    return lambda line: pattern.fullmatch(line.value) is not None


_FITTING: Final[Mapping[str, Callable[[Line], bool]]] = {
    **dict.fromkeys(("DTSTART", "DTEND", "DUE", "RECURRENCE-ID"), _time),
    **dict.fromkeys(("DTSTAMP", "CREATED", "LAST-MODIFIED", "COMPLETED"), lambda line: _is_moment(line.value)),
    **dict.fromkeys(("EXDATE", "RDATE"), _times),
    **dict.fromkeys(("RRULE", "EXRULE"), _rule),
    **dict.fromkeys(("SEQUENCE", "PRIORITY", "PERCENT-COMPLETE", "REPEAT"), _matching(_WHOLE)),
    "DURATION": _matching(_SPAN),
    "TRIGGER": _trigger,
    "GEO": _matching(_PLACE),
}
