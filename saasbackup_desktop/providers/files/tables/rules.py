"""Rules of series in the words of iCalendar (RFC 5545), which people and programs read alike."""

from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.card import Recurrence
from saasbackup_desktop.providers.formats.graph.values import recurrence

_DAYS: Final = {
    "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
    "sunday": "SU",
}  # fmt: skip
_KINDS: Final = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "absoluteMonthly": "MONTHLY",
    "relativeMonthly": "MONTHLY",
    "absoluteYearly": "YEARLY",
    "relativeYearly": "YEARLY",
}
_WHICH: Final = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}


def rule_words(value: Any) -> str:
    """A ``patternedRecurrence`` of Graph's; empty if there is none."""
    said = recurrence(value)
    return ";".join(_parts(said)) if said else ""


def _parts(said: Recurrence) -> list[str]:
    parts = [f"FREQ={_KINDS.get(said.kind, said.kind.upper())}"]
    if said.interval > 1:
        parts.append(f"INTERVAL={said.interval}")
    days = ",".join(filter(None, (_DAYS.get(day.lower()) for day in said.days)))
    if said.month and said.kind.endswith("Yearly"):
        parts.append(f"BYMONTH={said.month}")
    if said.day and said.kind.startswith("absolute"):
        parts.append(f"BYMONTHDAY={said.day}")
    if days and (said.kind == "weekly" or said.kind.startswith("relative")):
        parts.append(f"BYDAY={days}")
    if said.kind.startswith("relative") and said.index:
        parts.append(f"BYSETPOS={_WHICH.get(said.index, said.index)}")
    if said.times:
        parts.append(f"COUNT={said.times}")
    if said.until:
        parts.append(f"UNTIL={said.until.replace('-', '')}")
    return parts
