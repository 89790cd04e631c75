"""Sets of numbers as IMAP writes them: ``1:4,9,12:*`` (RFC 3501 section 9: sequence-set)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

_SET = re.compile(r"(?:\d+|\*)(?::(?:\d+|\*))?(?:,(?:\d+|\*)(?::(?:\d+|\*))?)*")

Ranges = tuple[tuple[int | None, int | None], ...]
"""Pairs of first and last; None stands for ``*``."""


def read(text: str) -> Ranges:
    """Read a set; ValueError if it is none, or holds a zero."""
    if not _SET.fullmatch(text):
        raise ValueError("not a sequence set")
    ranges: list[tuple[int | None, int | None]] = []
    for piece in text.split(","):
        first, _, last = piece.partition(":")
        low = None if first == "*" else int(first)
        high = low if not last else None if last == "*" else int(last)
        if low == 0 or high == 0:
            raise ValueError("numbers start at one")
        ranges.append((low, high))
    return tuple(ranges)


def _ordered(ranges: Ranges, largest: int) -> Iterable[tuple[int, int]]:
    for first, last in ranges:
        low, high = largest if first is None else first, largest if last is None else last
        yield min(low, high), max(low, high)


def uids_in(ranges: Ranges, uids: Sequence[int]) -> list[int]:
    """Pick those of the ascending ``uids`` that the set names."""
    largest = uids[-1] if uids else 0
    picked: set[int] = set()
    for low, high in _ordered(ranges, largest):
        picked.update(uids[bisect_left(uids, low) : bisect_right(uids, high)])
    return sorted(picked)


def numbered_in(ranges: Ranges, uids: Sequence[int]) -> list[int]:
    """Pick the UIDs of the messages whose sequence numbers the set names; ValueError for a number too large."""
    picked: set[int] = set()
    for low, high in _ordered(ranges, len(uids)):
        if low < 1 or high > len(uids):
            raise ValueError("no such message")
        picked.update(uids[low - 1 : high])
    return sorted(picked)


def holds(ranges: Ranges, number: int) -> bool:
    """Tell whether a set without ``*`` names the number."""
    return any(low <= number <= high for low, high in _ordered(ranges, 1 << 32))


def write(numbers: Iterable[int]) -> str:
    """Write numbers as a set in the order given, runs drawn together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)
