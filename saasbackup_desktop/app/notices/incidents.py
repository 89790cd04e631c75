"""Failures that last: told when they begin, once a day while they go on, and when they are over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

REMIND: Final = 86400
"""Seconds after which a failure that goes on is told again."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A failure that is not over."""

    code: str
    since: int
    times: int
    last: int
    told: int
    """When it was told last."""
    codes: tuple[str, ...]
    """All that it was told with: what fails now so and now otherwise is not told each time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one more failure means."""

    incident: Incident
    say: str
    """``new``, ``still``, or empty: nothing."""


def failed(before: Incident | None, code: str, time: int) -> Turn:
    """Count one more failure. One with a code that was not told yet is told at once."""
    if before is None:
        return Turn(Incident(code, time, 1, time, time, (code,)), "new")
    more = replace(before, code=code, times=before.times + 1, last=max(before.last, time))
    if code not in before.codes:
        return Turn(replace(more, told=time, codes=(*before.codes, code)), "new")
    if time - before.told >= REMIND:
        return Turn(replace(more, told=time), "still")
    return Turn(more, "")


def to_plain(one: Incident) -> list[Any]:
    """Write it down."""
    return [one.code, one.since, one.times, one.last, one.told, list(one.codes)]


def all_from_plain(plain: Mapping[str, Any]) -> dict[str, Incident]:
    """Read them back."""
    return {
        subject: Incident(code, since, times, last, told, tuple(codes))
        for subject, (code, since, times, last, told, codes) in plain.items()
    }
