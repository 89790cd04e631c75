"""What of a schedule was handled, on clocks that stop, start and are set: every run once, none left out.

A run is a moment on the clock. Kept are spans of moments within which every run was handled. Where runs were missed
and one was made for all of them, there is a hole between two spans: if the clock is set back into it, it was wrong
before, and what lies ahead in the hole is still to come; if not, nobody looks there again. What was handled while the
clock was ahead is not handled again when it gets there once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Final

from saasbackup_desktop.core.schedule import Schedule, due, next_after

_MOST: Final = 64
"""Spans that are kept. Holes further back are closed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was handled, and what the clock showed then."""

    spans: tuple[tuple[int, int], ...]
    """In order; both ends belong to them."""
    floor: int
    """Where the clock was set back to: what was owed there before was made up for already."""
    seen: int
    """What the clock showed when something was handled last, or when it was found to be set back."""

    @classmethod
    def at(cls, moment: int) -> "Mark":
        """A schedule that begins at this moment: nothing is owed."""
        return cls(((moment, moment),), moment, moment)

    def to_plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"spans": [list(span) for span in self.spans], "floor": self.floor, "seen": self.seen}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Mark":
        """The other way round. Raises TypeError, ValueError, KeyError for what is none."""
        spans = tuple((int(start), int(end)) for start, end in plain["spans"])
        return cls(spans, int(plain["floor"]), int(plain["seen"]))


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
    found = due(schedule, _handled(mark, now), now, zone)
    if found is None:
        return Look(None, mark)
    return Look(found, replace(mark, spans=_with(schedule, mark.spans, found, zone), seen=now))


def missed(schedule: Schedule, mark: Mark, now: int, zone: tzinfo, most: int = 100) -> Sequence[int]:
    """The runs that should have begun by now, earliest first: one that is due this moment is among them."""
    found: list[int] = []
    moment = next_after(schedule, _handled(_set_back(mark, now), now), zone)
    while moment is not None and moment <= now and len(found) < most:
        found.append(moment)
        moment = next_after(schedule, moment, zone)
    return found


def next_run(schedule: Schedule, mark: Mark, now: int, zone: tzinfo) -> int | None:
    """When it runs next: now, if something is due; None: by hand only. Raises Misconfigured."""
    if due(schedule, _handled(_set_back(mark, now), now), now, zone) is not None:
        return now
    moment = next_after(schedule, now, zone)
    for start, end in mark.spans:
        if moment is not None and start <= moment <= end:
            moment = next_after(schedule, end, zone)
    return moment


def _set_back(mark: Mark, now: int) -> Mark:
    return mark if now >= mark.seen else replace(mark, floor=now, seen=now)


def _handled(mark: Mark, now: int) -> int:
    """Nothing until then is owed, as far as this moment can tell."""
    return max((mark.floor, *(end for start, end in mark.spans if start <= now)))


def _with(
    schedule: Schedule, spans: Sequence[tuple[int, int]], found: int, zone: tzinfo
) -> tuple[tuple[int, int], ...]:
    """Add a run to what was handled; spans with no run between them become one."""
    before = [span for span in spans if span[0] < found]
    after = list(spans[len(before) :])
    start = end = found
    if before and next_after(schedule, before[-1][1], zone) == found:
        start, _ = before.pop()
    following = next_after(schedule, found, zone)
    if after and (following is None or following >= after[0][0]):
        _, end = after.pop(0)
    all = [*before, (start, end), *after]
    while len(all) > _MOST:
        all[:2] = [(all[0][0], all[1][1])]
    return tuple(all)
