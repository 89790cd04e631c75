"""Sets of UIDs, written and read (RFC 3501, sequence-set)."""

from collections.abc import Iterator, Sequence


def write_set(uids: Sequence[int]) -> bytes:
    """Write UIDs in any order, runs of neighbours as ranges."""
    return b",".join(b"%d" % low if low == high else b"%d:%d" % (low, high) for low, high in _runs(sorted(set(uids))))


def first_last(uids: Sequence[int]) -> bytes:
    """Write a stretch of all UIDs that exist, ascending, by its ends."""
    return b"%d:%d" % (uids[0], uids[-1])


def read_set(text: bytes) -> list[tuple[int, int]]:
    """Read ranges as the server writes them, each with the smaller end first."""
    ranges = []
    for entry in text.strip().split(b","):
        low, _, high = entry.partition(b":")
        if low.isdigit() and (high.isdigit() or not high):
            ends = sorted((int(low), int(high or low)))
            ranges.append((ends[0], ends[1]))
    return ranges


def expand(ranges: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Count ranges out, in the order given."""
    for low, high in ranges:
        yield from range(low, high + 1)


def chunks(uids: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    """Cut into stretches of at most ``count``."""
    for start in range(0, len(uids), count):
        yield uids[start : start + count]


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    low = high = -1
    for uid in uids:
        if uid == high + 1 and low >= 0:
            high = uid
            continue
        if low >= 0:
            yield low, high
        low = high = uid
    if low >= 0:
        yield low, high
