"""How long points in time are kept, said so that nobody has to count."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from saasbackup_desktop.core.retention import Keep


class Phrase(NamedTuple):
    """A stretch of a sentence and the number in it."""

    words: str
    number: int

    def text(self) -> str:
        """The stretch with its number."""
        return self.words.replace("{n}", f"{self.number:,}")


EVERYTHING: Final = "Keeps every point in time, for ever."
OPENING: Final = "Keeps {parts}."
NEWEST: Final = "The newest one always stays, and whatever a hold protects."

_DAYS: Final = ("every point in time for {n} day", "every point in time for {n} days")
_COUNTS: Final[Mapping[str, tuple[str, str]]] = {
    "last": ("the newest one", "the newest {n}"),
    "hourly": ("one of the last hour", "one an hour for {n} hours"),
    "daily": ("one of the last day", "one a day for {n} days"),
    "weekly": ("one of the last week", "one a week for {n} weeks"),
    "monthly": ("one of the last month", "one a month for {n} months"),
    "yearly": ("one of the last year", "one a year for {n} years"),
}
JOINT: Final = " and "

REASONS: Final[Mapping[str, str]] = {
    "everything": "Everything is kept",
    "held": "Protected by a hold",
    "last": "One of the newest",
    "complete": "The newest complete one",
    "age": "Not old enough to go",
    "ahead": "Dated in the future",
    "hourly": "Stands for its hour",
    "daily": "Stands for its day",
    "weekly": "Stands for its week",
    "monthly": "Stands for its month",
    "yearly": "Stands for its year",
}
"""Why a point in time stays, by ``Kept.reasons``."""


def phrases(keep: Keep) -> tuple[Phrase, ...]:
    """What a rule keeps, part by part; nothing for a rule that keeps everything."""
    found = []
    if keep.days is not None:
        found.append(Phrase(_DAYS[keep.days != 1], keep.days))
    for name, words in _COUNTS.items():
        number: int = getattr(keep, name)
        if number:
            found.append(Phrase(words[number != 1], number))
    return tuple(found)


def in_words(keep: Keep) -> str:
    """Say a rule in one sentence."""
    parts = [phrase.text() for phrase in phrases(keep)]
    if not parts:
        return EVERYTHING
    said = ", ".join(parts[:-1]) + JOINT + parts[-1] if len(parts) > 1 else parts[0]
    return OPENING.replace("{parts}", said)


TRASH_REASONS: Final[Mapping[str, str]] = {
    "retention": "Not kept by the rules any more",
    "account": "An account was deleted from the vault",
    "snapshots": "Points in time that somebody chose",
}
"""Why something lies in the trash, by ``TrashEntry.why``."""
