"""What an entry of the table is."""

from dataclasses import dataclass
from typing import Final

NOTHING_LOST: Final = "Everything saved so far is kept."


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads: a title, what happened, and what to do about it."""

    title: str
    what: str
    remedy: str
