"""How something comes back, in one sentence."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.words.moments import DAYS, MONTHS, day_words
from saasbackup_desktop.providers.formats.graph.card import Recurrence

_UNITS: Final = {
    "daily": "day",
    "weekly": "week",
    "absoluteMonthly": "month",
    "relativeMonthly": "month",
    "absoluteYearly": "year",
    "relativeYearly": "year",
}
_WEEKDAYS: Final = frozenset(day.lower() for day in DAYS[:5])
_WEEKEND: Final = frozenset(day.lower() for day in DAYS[5:])


def recurrence_words(said: Recurrence) -> str:
    """``Every 2 weeks on Monday and Wednesday, from 3 March 2026 until 30 June 2026``."""
    unit = _UNITS.get(said.kind)
    if unit is None:
        return f"Comes back ({said.kind})"
    every = f"Every {unit}" if said.interval == 1 else f"Every {said.interval:,} {unit}s"
    return every + _where(said) + _span(said)


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _where(said: Recurrence) -> str:
    match said.kind:
        case "weekly":
            return f" on {_days(said)}" if said.days else ""
        case "absoluteMonthly":
            return f" on day {said.day}" if said.day else ""
        case "relativeMonthly":
            return f" on the {_which(said)}" if said.days else ""
        case "absoluteYearly":
            return f" on {said.day} {_month(said)}" if said.day else ""
        case "relativeYearly":
            return f" on the {_which(said)} of {_month(said)}" if said.days else ""
    return ""


def _which(said: Recurrence) -> str:
    return f"{said.index or 'first'} {_days(said, 'or')}"


def _days(said: Recurrence, last: str = "and") -> str:
    chosen = {day.lower() for day in said.days}
    if chosen == _WEEKDAYS | _WEEKEND:
        return "every day" if last == "and" else "day"
    if chosen == _WEEKDAYS:
        return "weekdays" if last == "and" else "weekday"
    if chosen == _WEEKEND:
        return "Saturday and Sunday" if last == "and" else "day of the weekend"
    named = [day for day in DAYS if day.lower() in chosen]
    return joined([*named, *(day for day in said.days if day.capitalize() not in DAYS)], last)


def _month(said: Recurrence) -> str:
    return MONTHS[said.month - 1] if 1 <= said.month <= 12 else f"month {said.month}"


def _span(said: Recurrence) -> str:
    start = f", from {day_words(said.since)}" if said.since else ""
    if said.until:
        return f"{start} until {day_words(said.until)}"
    if said.times:
        return f"{start}, {'once' if said.times == 1 else f'{said.times:,} times'}"
    return start
