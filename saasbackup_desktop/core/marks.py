"""What of a schedule was handled, on clocks that stop, start and are set: every run once, none left out.

A run is a moment on the clock. Kept are spans of moments within which every run was handled. Where runs were missed
and one was made for all of them, there is a hole between two spans: if the clock is set back into it, it was wrong
before, and what lies ahead in the hole is still to come; if not, nobody looks there again. What was handled while the
clock was ahead is not handled again when it gets there once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from saasbackup_desktop.core.schedule import Schedule, due, next_after

_MOST: Final = 16
"""Spans that are kept. Holes further back are closed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was handled, and what the clock showed then."""

    spans: tuple[tuple[int, int], ...]
    """In order; both ends belong to them."""
    seen: int

    @classmethod
    def at(cls, moment: int) -> "Mark":
        """A schedule that begins now: nothing is owed."""
        return cls(((moment, moment),), moment)

    def to_plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"spans": [list(span) for span in self.spans], "seen": self.seen}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Mark":
        """The other way round. Raises TypeError, ValueError, KeyError for what is none."""
        spans = tuple((int(start), int(end)) for start, end in plain["spans"])
        if not spans:
            raise ValueError("a mark without spans")
        return cls(spans, int(plain["seen"]))


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the clock says."""

    due: int | None
    """The run that is to be started now."""
    mark: Mark
    """To be kept, durably, once that run was started; also if nothing is due, where it differs."""


def look(schedule: Schedule, mark: Mark, now: int, zone: tzinfo) -> Look:
    """Say what is due. Not to be asked while what was started last still runs: it stays due. Raises Misconfigured."""
    mark = _set_back(mark, now)
    place = _place(mark, now)
    _, end = mark.spans[place]
    found = due(schedule, end, now, zone)
    if found is None:
        return Look(None, mark)
    return Look(found, Mark(_with(schedule, mark.spans, place, found, zone), now))


def missed(schedule: Schedule, mark: Mark, now: int, zone: tzinfo, most: int = 100) -> Sequence[int]:
    """The runs that should have begun by now, earliest first: one that is due this moment is among them."""
    mark = _set_back(mark, now)
    found: list[int] = []
    moment = next_after(schedule, mark.spans[_place(mark, now)][1], zone)
    while moment is not None and moment <= now and len(found) < most:
        found.append(moment)
        moment = next_after(schedule, moment, zone)
    return found


def next_run(schedule: Schedule, mark: Mark, now: int, zone: tzinfo) -> int | None:
    """When it runs next: now, if something is due; None: by hand only. Raises Misconfigured."""
    mark = _set_back(mark, now)
    if due(schedule, mark.spans[_place(mark, now)][1], now, zone) is not None:
        return now
    moment = next_after(schedule, now, zone)
    for start, end in mark.spans:
        if moment is not None and start <= moment <= end:
            moment = next_after(schedule, end, zone)
    return moment


def _set_back(mark: Mark, now: int) -> Mark:
    """Where the clock was set back since: what was owed before was made up for already."""
    if now >= mark.seen:
        return mark
    spans = list(mark.spans)
    if now < spans[0][0]:
        spans.insert(0, (now, now))
    else:
        place = _place(mark, now)
        start, end = spans[place]
        spans[place] = start, max(end, now)
    return Mark(tuple(spans), now)


def _place(mark: Mark, now: int) -> int:
    """Which span is the last that has begun."""
    return max((place for place, (start, _) in enumerate(mark.spans) if start <= now), default=0)


def _with(
    schedule: Schedule, spans: tuple[tuple[int, int], ...], place: int, found: int, zone: tzinfo
) -> tuple[tuple[int, int], ...]:
    start, end = spans[place]
    all_handled = next_after(schedule, end, zone) == found
    fresh = [*spans[:place], (start, found)] if all_handled else [*spans[: place + 1], (found, found)]
    later = list(spans[place + 1 :])
    if later:
        following = next_after(schedule, found, zone)
        if following is None or following >= later[0][0]:
            fresh[-1] = fresh[-1][0], later.pop(0)[1]
    fresh += later
    while len(fresh) > _MOST:
        fresh[:2] = [(fresh[0][0], fresh[1][1])]
    return tuple(fresh)
