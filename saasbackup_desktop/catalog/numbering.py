"""Numbers of documents: they begin with the time, so that their order is the order in time."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from saasbackup_desktop.catalog.rows import chunks
from saasbackup_desktop.catalog.schema import documents

_BITS: Final = 10
"""Of a number, for the documents of one second. When they are used up, the next seconds' numbers are taken."""

_LATEST: Final = 1 << 40

SPILL: Final = 3600
"""Seconds that a document's number may run ahead of its time: three million documents of one second."""


def first_number(time: int | None) -> int:
    """Give the lowest number that a document of this time can have; no time comes before all times."""
    return min(max(time or 0, 0), _LATEST) << _BITS


def free_numbers(connection: Connection, times: Sequence[int | None]) -> list[int]:
    """Find a number for a new document of each of these times."""
    firsts = [first_number(time) for time in times]
    wanted = Counter(firsts)
    used: set[int] = set()
    for some in chunks(list(wanted)):
        used.update(connection.scalars(select(documents.c.doc).where(documents.c.doc.in_(some))))
    given: set[int] = set()
    after: dict[int, int] = {}
    numbers = []
    for first in firsts:
        # Mostly a second has one document only; who is alone needs no further look.
        alone = wanted[first] == 1 and first not in used and first not in given
        number = first if alone else _next(connection, first, given, after)
        given.add(number)
        numbers.append(number)
    return numbers


def _next(connection: Connection, first: int, given: set[int], after: dict[int, int]) -> int:
    """Find the number after the last one of a second; of the next second if all are used."""
    while True:
        end = first + (1 << _BITS)
        if first not in after:
            inside = documents.c.doc >= first, documents.c.doc < end
            last = connection.scalar(select(func.max(documents.c.doc)).where(*inside))
            after[first] = first if last is None else last + 1
        while after[first] in given:
            after[first] += 1
        if after[first] < end:
            return after[first]
        first = end
