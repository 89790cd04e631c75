"""Chance that falls the same way for a seed, on every platform and every version of Python."""

import hashlib
import itertools
import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Dice:
    """Draw numbers, things and bytes.

    Only ``Random.random()`` is used, the one method whose sequence Python promises never to change.
    """

    def __init__(self, *seed: object) -> None:
        name = "/".join(map(str, seed)).encode()
        self._fraction = random.Random(int.from_bytes(hashlib.sha256(name).digest()[:8], "big")).random

    def fraction(self) -> float:
        """Draw a number from 0 up to 1."""
        return self._fraction()

    def below(self, end: int) -> int:
        """Draw a whole number from 0 up to ``end``."""
        return int(self._fraction() * end)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self._fraction() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Say yes with a probability."""
        return self._fraction() < probability

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Draw one of several things."""
        return things[int(self._fraction() * len(things))]

    def several(self, things: Sequence[Thing], count: int) -> list[Thing]:
        """Draw up to ``count`` different things, in the order drawn."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def weighed(self, table: Sequence[tuple[float, Thing]]) -> Thing:
        """Draw a thing from pairs of weight and thing; the weights sum to 1."""
        mark = self._fraction()
        for weight, thing in table:
            mark -= weight
            if mark < 0:
                return thing
        return table[-1][1]

    def bytes(self, count: int) -> bytes:
        """Draw bytes that will not compress."""
        return hashlib.shake_128(b"%d" % self.below(1 << 52)).digest(count)

    def hexadecimal(self, digits: int) -> str:
        """Draw hexadecimal digits, 12 at most."""
        return f"{self.below(1 << (4 * digits)):0{digits}x}"


_SIZES = (
    (0.0, 700),
    (0.10, 1_600),
    (0.25, 3_000),
    (0.50, 6_000),
    (0.75, 14_000),
    (0.90, 38_000),
    (0.97, 110_000),
    (0.99, 260_000),
    (0.998, 700_000),
    (1.0, 2_200_000),
)
"""Quantiles of the sizes of mail in bytes: share of letters, and the size they stay under."""

MEAN_SIZE = round(sum((high - low) * (small + large) / 2 for (low, small), (high, large) in itertools.pairwise(_SIZES)))
"""The mean of that distribution, in bytes."""


def draw_size(dice: Dice, mean: int = MEAN_SIZE) -> int:
    """Draw the size of a letter in bytes: most small, few very large."""
    mark = dice.fraction()
    for (low, small), (high, large) in itertools.pairwise(_SIZES):
        if mark < high:
            return int((small + (mark - low) / (high - low) * (large - small)) * mean / MEAN_SIZE)
    return mean
