"""Content-defined cuts stay where they are: a change would store every large file again."""

import hashlib
import random

from pyfastcdc import FastCDC

from saasbackup_desktop.vault.format.chunks import Cutting


def cuts(data: bytes, seed: int, piece: int) -> list[int]:
    cutting, found = Cutting(seed), []
    for at in range(0, len(data), piece):
        found += [len(chunk) for chunk in cutting.feed(data[at : at + piece])]
    return found + [len(chunk) for chunk in cutting.close()]


DATA = random.Random(42).randbytes(12_000_000)


def test_cuts_are_frozen() -> None:
    assert hashlib.sha256(DATA).hexdigest().startswith("8d426c19eee9afcf")
    assert cuts(DATA, 1, 1 << 20) == [
        441901,
        1563378,
        1773859,
        1115048,
        1052105,
        629097,
        1282956,
        1219892,
        1953409,
        907584,
        60771,
    ]
    assert cuts(DATA, (1 << 63) - 1, 1 << 20) == [3354389, 2972543, 1581274, 1439789, 1346674, 1252090, 53241]


def test_the_fast_path_is_in_use() -> None:
    assert FastCDC.__module__.startswith("pyfastcdc.cy")


def test_cuts_do_not_hang_on_how_the_bytes_come() -> None:
    whole = cuts(DATA, 7, len(DATA))
    assert sum(whole) == len(DATA)
    for piece in (65_537, 1_000_000, 5_000_000):
        assert cuts(DATA, 7, piece) == whole


def test_small_stretches_are_not_cut() -> None:
    assert cuts(DATA[: 1 << 20], 7, 1000) == [1 << 20]
    assert cuts(b"", 7, 1) == []
    assert len(cuts(bytes(3 << 20), 7, 1 << 20)) == 1
