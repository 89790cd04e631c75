"""Rules that several patterns of Exchange's say together: the 1st and the 15th are two series."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice, product
from typing import Final

from saasbackup_desktop.providers.formats.ical import rules
from saasbackup_desktop.providers.formats.ical.moments import When, Zones
from saasbackup_desktop.providers.formats.ical.occurrences import occurrences, rule_of

_MOST: Final = 24
"""Series that one rule becomes."""
_COMPARED: Final = 60
"""Occurrences of each that must not be another's, too."""
_LISTS: Final = ("BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE")

Series = tuple[datetime, str]
"""The first time after the beginning, by the clocks of the place, and a rule."""


def several(said: Mapping[str, str], start: When, zones: Zones) -> Sequence[Series]:
    """The series that say the same as a rule without end, beside its beginning; none if there are none.

    Raises NotKnown, ValueError.
    """
    found: list[Series] = []
    seen: set[datetime] = set()
    for rule in _parts(said):
        local = next(islice(occurrences(rule_of(rules.said_in(rule)), start.local), 1, None), None)
        if local is None:
            return ()
        lost: list[str] = []
        if rules.recurrence(rule, When(local, start.zone, start.is_day), zones, lost) is None or lost:
            return ()
        own = set(islice(occurrences(rule_of(rules.said_in(rule)), local), _COMPARED))
        if own & seen:
            return ()
        seen |= own
        found.append((local, rule))
        if len(found) > _MOST:
            return ()
    return found if len(found) > 1 else ()


@lru_cache(maxsize=64)
def times_of(first: datetime, rule: str) -> frozenset[datetime]:
    """The times of a series, as far as anybody looks."""
    return frozenset(occurrences(rule_of(rules.said_in(rule)), first))


def _parts(said: Mapping[str, str]) -> Iterator[str]:
    """A rule for each of what it lists, where each stands for itself."""
    if "BYSETPOS" in said or said.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return
    rest = {name: value for name, value in said.items() if name not in _LISTS}
    if rest["FREQ"] == "MONTHLY" and said.get("BYMONTH") and rest.get("INTERVAL", "1") == "1":
        rest["FREQ"] = "YEARLY"
    lists = [(name, _listed(name, said[name], rest["FREQ"])) for name in _LISTS if said.get(name)]
    for chosen in product(*(values for _, values in lists)):
        own = dict(zip((name for name, _ in lists), chosen, strict=True))
        yield ";".join(f"{name}={value}" for name, value in (rest | own).items())


def _listed(name: str, value: str, frequency: str) -> Sequence[str]:
    values = list(dict.fromkeys(value.split(",")))
    if name == "BYDAY" and frequency == "WEEKLY":
        return [",".join(values)]  # one pattern says several days of a week
    return values
