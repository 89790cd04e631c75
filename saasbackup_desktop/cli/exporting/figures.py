"""Sizes as people type them."""

import math
import re
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured

_SIZE: Final = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([kmgt]?i?b?)\s*", re.I)
_POWERS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def size_of(text: str) -> int:
    """``5GB`` -> 5,000,000,000 bytes; ``1GiB`` -> 1,073,741,824. Raises Misconfigured."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise Misconfigured(text, what=f"“{text}” is no size; write for example 5GB, 500MB or 1GiB")
    unit = found[2].lower().removesuffix("b")
    step = 1024.0 if unit.endswith("i") else 1000.0
    return round(float(found[1].replace(",", ".")) * math.pow(step, _POWERS[unit.removesuffix("i")]))
