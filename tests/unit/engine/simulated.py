"""Mailboxes of many people, day by day, made up from a seed: what is ordinary, and what is not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from saasbackup_desktop.engine.unusual import (
    KNOWN_AFTER,
    LOOKS_BACK,
    Change,
    Finding,
    Kind,
    Past,
    Sensitivity,
    judge_both,
)


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody lives with their mail."""

    size: int
    added: float
    """Messages of a working day."""
    deleted: float
    """Share of the new ones that is deleted."""
    clears_every: int = 0
    """Days between clear-outs of old mail; 0: never."""
    clears: float = 0.0
    """Share of the mailbox that goes then, at most."""
    purges_daily: bool = False
    """A rule deletes as many as come."""
    edits: float = 0.0
    """Items rewritten on a working day (calendars, contacts, notes)."""
    rests_weekends: bool = True
    holidays: float = 0.02
    """Chance of a week off, each week; on return the pile is sorted."""


HABITS: Final = {
    "small": Habit(120, 3, 0.3),
    "office": Habit(4_000, 40, 0.4),
    "heavy": Habit(30_000, 180, 0.6),
    "hoarder": Habit(150_000, 120, 0.02),
    "tidy": Habit(2_000, 35, 0.8, clears_every=30, clears=0.2),
    "spring": Habit(8_000, 30, 0.1, clears_every=120, clears=0.08),
    "machine": Habit(20_000, 600, 0.0, purges_daily=True, rests_weekends=False, holidays=0),
    "calendar": Habit(900, 6, 0.1, edits=12),
    "contacts": Habit(400, 0.5, 0.2, edits=1),
}


@dataclass(frozen=True, slots=True)
class Lived:
    """One day, as the backup of its evening finds it."""

    day: int
    change: Change


def live(habit: Habit, days: int, chance: random.Random) -> Iterator[Lived]:
    """Live so many days; days on which the computer was off are left out, and what they brought comes later."""
    items = habit.size
    away = 0
    gone = rewritten = 0
    last, before = -1, items
    for day in range(days):
        weekend = habit.rests_weekends and day % 7 > 4
        if day % 7 == 0 and chance.random() < habit.holidays:
            away = 7
        factor = (0.1 if weekend else 1.0) * chance.lognormvariate(0, 0.5)
        added = _poisson(habit.added * factor, chance)
        deleted = 0 if away else sum(chance.random() < habit.deleted for _ in range(added))
        if away == 1:  # the pile of a week is sorted
            deleted += int(habit.added * 5 * habit.deleted)
        if habit.clears_every and chance.random() < 1 / habit.clears_every and not away:
            deleted += int(items * habit.clears * chance.random())
        if habit.purges_daily:
            deleted += _poisson(habit.added, chance)
        edits = 0 if away else _poisson(habit.edits * factor, chance)
        away = max(0, away - 1)
        gone, rewritten = gone + deleted, rewritten + edits
        items = max(0, items + added - deleted)
        if chance.random() < 0.07:  # the computer was off
            continue
        yield Lived(day, Change(before=before, gone=gone, rewritten=rewritten, days=max(1, day - last)))
        gone = rewritten = 0
        last, before = day, items


def judged(lived: list[Lived], sensitivity: Sensitivity, counted: int = -1) -> list[Finding]:
    """Judge the last day, and its week as far as no alert has counted it."""
    last = lived[-1]
    week = [one for one in lived[-8:] if one.day > max(counted, last.day - 7)]
    whole = Change(
        before=week[0].change.before,
        gone=sum(one.change.gone for one in week),
        rewritten=sum(one.change.rewritten for one in week),
        days=sum(one.change.days for one in week),
    )
    return judge_both(
        (last.change, _past(lived[-LOOKS_BACK - 2 : -1])),
        (whole, _past(lived[-LOOKS_BACK - 9 : -len(week)])),
        sensitivity,
    )


def _past(lived: list[Lived]) -> list[Past]:
    return [Past(day=one.day, gone=one.change.gone, rewritten=one.change.rewritten) for one in lived]


def false_alarms(habit: Habit, days: int, seed: int, sensitivity: Sensitivity) -> int:
    """Count the alerts of an ordinary life, each of which somebody acknowledges as expected."""
    lived: list[Lived] = []
    alarms = 0
    counted = -1
    for one in live(habit, days, random.Random(seed)):
        lived.append(one)
        if judged(lived, sensitivity, counted):
            alarms += 1
            counted = one.day
    return alarms


ATTACKS: Final = {
    "all": (1.0, 1),
    "half": (0.5, 1),
    "third": (0.33, 1),
    "tenth": (0.12, 1),
    "spread over a week": (0.1, 7),
}
"""Share of what is there that goes, each day, and for how many days."""


def is_noticed(habit: Habit, attack: str, seed: int, sensitivity: Sensitivity, *, known: int = 120) -> bool:
    """Live so many days, then be attacked: is any of its days noticed?"""
    share, days = ATTACKS[attack]
    lived = list(live(habit, known, random.Random(seed)))
    items = lived[-1].change.before
    for day in range(days):
        struck = int(items * share)
        change = replace(lived[-1].change, before=items, gone=struck, days=1)
        lived.append(Lived(known + day, change))
        if any(one.kind is Kind.MASS_DELETION for one in judged(lived, sensitivity)):
            return True
        items -= struck
    return False


def measure(seeds: int = 40) -> None:
    """Print false alarms in a year of each account, and the share of attacks that are noticed."""
    for sensitivity in Sensitivity:
        print(f"{sensitivity.value}:")
        for name, habit in HABITS.items():
            alarms = sum(false_alarms(habit, 365, seed, sensitivity) for seed in range(seeds)) / seeds
            caught = {
                attack: sum(is_noticed(habit, attack, seed, sensitivity) for seed in range(seeds)) / seeds
                for attack in ATTACKS
            }
            early = sum(is_noticed(habit, "all", seed, sensitivity, known=KNOWN_AFTER - 4) for seed in range(seeds))
            said = "  ".join(f"{attack} {share:4.0%}" for attack, share in caught.items())
            print(f"  {name:10} false a year {alarms:5.2f}  noticed: {said}  in the first week {early / seeds:4.0%}")


def _poisson(rate: float, chance: random.Random) -> int:
    if rate <= 0:
        return 0
    return max(0, round(chance.gauss(rate, rate**0.5))) if rate > 20 else sum(1 for _ in _arrivals(rate, chance))


def _arrivals(rate: float, chance: random.Random) -> Iterator[float]:
    at = chance.expovariate(rate)
    while at < 1:
        yield at
        at += chance.expovariate(rate)


if __name__ == "__main__":
    measure()
