"""What a letter is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with what a mail server keeps about it."""

    data: bytes
    flags: frozenset[str]
    internal_date: datetime
