"""What is out of the ordinary in what backups found changed: figures against the account's own past, nothing else."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final


class Kind(StrEnum):
    """What is unusual."""

    MASS_DELETION = "mass-deletion"
    MASS_CHANGE = "mass-change"
    ENCRYPTED_CONTENT = "encrypted-content"


class Sensitivity(StrEnum):
    """How much it takes to raise an alert."""

    CALM = "calm"
    NORMAL = "normal"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How much of each it takes; all of them are asked."""

    least: int
    """Items."""
    share: float
    """Of all items, in a small account."""
    root: float
    """Items for each square root of an item that there is: in a large account a smaller share is enough."""
    spread: float
    """Spreads (scaled MAD) above the median day."""
    record: float
    """Times the busiest day of the past."""
    least_of_half: int
    """Items that must be struck where more than half of all are, until there is a past to compare with."""


RULES: Final[Mapping[Sensitivity, Rules]] = {
    Sensitivity.CALM: Rules(least=200, share=0.25, root=30, spread=12, record=3, least_of_half=200),
    Sensitivity.NORMAL: Rules(least=50, share=0.10, root=15, spread=8, record=2, least_of_half=100),
    Sensitivity.STRICT: Rules(least=20, share=0.05, root=8, spread=6, record=1.5, least_of_half=50),
}

KNOWN_AFTER: Final = 10
"""Days with a backup after which there is a past to compare with."""
LOOKS_BACK: Final = 60
"""Days with a backup that make the past."""
LEAST_TURNED: Final = 8
"""Bodies of a sample that must have become unreadable."""
TURNED_SHARE: Final = 0.25
_ITEMS_TURNED: Final[Mapping[Sensitivity, int]] = {
    Sensitivity.CALM: 50,
    Sensitivity.NORMAL: 20,
    Sensitivity.STRICT: 10,
}
_MAD_TO_SIGMA: Final = 1.4826
_LONGEST: Final = 31
_NEARLY_HALF: Final = 0.45
_AS_BEFORE: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What one earlier day brought."""

    day: int
    """Days since 1970 UTC."""
    gone: int
    rewritten: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to a stream in a stretch of time."""

    before: int
    """Items that there were when it began."""
    gone: int = 0
    """Items that left for the trash or for good."""
    rewritten: int = 0
    """Items whose content is another one."""
    replaced: int = 0
    """Items that others may have taken the place of: rewritten ones, and gone ones beside new ones."""
    sampled: int = 0
    """Of those, how many were looked into."""
    turned: int = 0
    """Of the sample, how many more are unreadable than were before."""
    days: float = 1
    """Since the backup before it; a day at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something unusual."""

    kind: Kind
    count: int
    of: int
    usual: int
    """Of a median day; -1: not known yet."""


def judge(change: Change, past: Sequence[Past], sensitivity: Sensitivity) -> list[Finding]:
    """Say what is unusual. ``past``: the earlier days, earliest first, without those that were unusual themselves."""
    rules = RULES[sensitivity]
    found: list[Finding] = []
    turned = _turned(change)
    if turned >= _ITEMS_TURNED[sensitivity]:
        found.append(Finding(kind=Kind.ENCRYPTED_CONTENT, count=turned, of=change.before, usual=-1))
    gone, rewritten = change.gone, change.rewritten
    if found:  # what was replaced is told of already
        gone -= min(gone, max(0, change.replaced - rewritten))
        rewritten = 0
    for kind, count, days in (
        (Kind.MASS_DELETION, gone, [(one.day, one.gone) for one in past]),
        (Kind.MASS_CHANGE, rewritten, [(one.day, one.rewritten) for one in past]),
    ):
        known = _rates(days)
        if count > _limit(rules, change, known):
            usual = round(median(known)) if len(known) >= KNOWN_AFTER else -1
            # What was rewritten twice is still one item.
            found.append(Finding(kind=kind, count=min(count, change.before), of=change.before, usual=usual))
    return found


def judge_both(
    day: tuple[Change, Sequence[Past]], week: tuple[Change, Sequence[Past]], sensitivity: Sensitivity
) -> list[Finding]:
    """Say what is unusual in the last day, and in the last week as a whole: what goes slowly is noticed, too.

    Each comes with the days before it. A week is judged once there is a past to compare it with.
    """
    found = {one.kind: one for one in judge(*day, sensitivity)}
    if len(week[1]) >= KNOWN_AFTER:
        for one in judge(*week, sensitivity):
            found.setdefault(one.kind, one)
    return list(found.values())


def _turned(change: Change) -> int:
    """Estimate how many items became unreadable; 0 if too few of the sample did."""
    if change.turned < LEAST_TURNED or change.turned < TURNED_SHARE * change.sampled:
        return 0
    return round(change.replaced * change.turned / change.sampled)


def _limit(rules: Rules, change: Change, known: Sequence[float]) -> float:
    """More than so many items are unusual."""
    if len(known) < KNOWN_AFTER:
        return max(rules.least_of_half - 1, change.before / 2)
    middle = median(known)
    spread = max(_MAD_TO_SIGMA * median(abs(rate - middle) for rate in known), math.sqrt(middle), 1.0)
    of_all = min(rules.share * change.before, rules.root * math.sqrt(change.before))
    days = min(change.days, _LONGEST)
    ordinary = max((middle + rules.spread * spread) * days, rules.record * max(known))
    # What strikes nearly half of an account is unusual, unless somebody has tidied up like that before.
    return max(rules.least - 1, of_all, min(ordinary, max(_NEARLY_HALF * change.before, _AS_BEFORE * max(known))))


def _rates(days: Sequence[tuple[int, int]]) -> list[float]:
    """Items a day. After days without a backup, a count is shared among them."""
    rates = []
    for place, (day, count) in enumerate(days):
        gap = day - days[place - 1][0] if place else 1
        rates.append(count / max(1, min(gap, _LONGEST)))
    return rates[-LOOKS_BACK:]
