"""Recurrences of events and tasks: what counts of them, and a form that compares."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.providers.formats import zones

_PATTERN: Final[Mapping[str, Sequence[str]]] = {
    "daily": (),
    "weekly": ("daysOfWeek", "firstDayOfWeek"),
    "absolutemonthly": ("dayOfMonth",),
    "relativemonthly": ("daysOfWeek", "index"),
    "absoluteyearly": ("dayOfMonth", "month"),
    "relativeyearly": ("daysOfWeek", "index", "month"),
}
"""Which properties count for which kind of recurrence (recurrencePattern)."""
_RANGE: Final[Mapping[str, Sequence[str]]] = {
    "enddate": ("endDate",),
    "noend": (),
    "numbered": ("numberOfOccurrences",),
}


def recurrence(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A recurrence with what counts for its kind; the rest are fillings that Graph shows and does not take."""
    pattern, span = plain.get("pattern") or {}, plain.get("range") or {}
    named = ("type", "interval", *_PATTERN.get(str(pattern.get("type", "")).lower(), ()))
    bounds = ("type", "startDate", *_RANGE.get(str(span.get("type", "")).lower(), ()))
    said: dict[str, Any] = {
        "pattern": {name: pattern[name] for name in named if name in pattern},
        "range": {name: span[name] for name in bounds if name in span},
    }
    if span.get("recurrenceTimeZone") and zones.zone_of(str(span["recurrenceTimeZone"])) is not None:
        said["range"]["recurrenceTimeZone"] = span["recurrenceTimeZone"]
    return said


def repeated(plain: Mapping[str, Any] | None) -> str:
    """A recurrence as text that compares."""
    if not plain:
        return ""
    said = recurrence(plain)
    pattern, span = said["pattern"], said["range"]
    span.pop("recurrenceTimeZone", None)
    if "daysOfWeek" in pattern and str(pattern.get("type")).lower() == "weekly":
        pattern.setdefault("firstDayOfWeek", "sunday")
    parts = []
    for name, value in sorted({**pattern, "ends": span.pop("type", ""), **span}.items()):
        shown = " ".join(sorted(map(str, value))) if isinstance(value, list) else str(value)
        parts.append(f"{name}={shown.lower()}")
    return "; ".join(parts)
