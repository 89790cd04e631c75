"""Rules of series as vCalendar 1.0 wrote them, before there was iCalendar: said as RFC 5545 says them."""

import re
from typing import Final

_HEAD: Final = re.compile(r"(D|W|MP|MD|YM|YD)(\d{1,5})")
_DAYS: Final = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
_PLACE: Final = re.compile(r"([1-5])([+-])")
_FREQUENCIES: Final = {"D": "DAILY", "W": "WEEKLY", "MP": "MONTHLY", "MD": "MONTHLY", "YM": "YEARLY", "YD": "YEARLY"}
_USUAL: Final = "COUNT=2"
"""What counts where no end is said."""


def modern(text: str) -> str:
    """Say a rule anew; what is none of the former ones stays as it is."""
    words = text.strip().upper().split()
    head = _HEAD.fullmatch(words[0]) if words else None
    if head is None:
        return text
    end = _USUAL
    if words[-1].startswith("#"):
        end = "" if words[-1] == "#0" else f"COUNT={words[-1][1:]}"
        words.pop()
    elif re.fullmatch(r"\d{8}(T\d{6}Z?)?", words[-1]):
        end = f"UNTIL={words.pop()}"
    parts = [f"FREQ={_FREQUENCIES[head[1]]}", f"INTERVAL={head[2]}", *_which(head[1], words[1:])]
    return ";".join([*parts, *([end] if end else [])])


def _which(kind: str, words: list[str]) -> list[str]:
    """The days or months that are named."""
    if not words:
        return []
    if kind == "W":
        return [f"BYDAY={','.join(word for word in words if word in _DAYS)}"]
    if kind == "MP":
        found, place = [], ""
        for word in words:
            said = _PLACE.fullmatch(word)
            if said is not None:
                place = ("-" if said[2] == "-" else "") + said[1]
            elif word in _DAYS:
                found.append(place + word)
        return [f"BYDAY={','.join(found)}"]
    if kind == "MD":
        numbers = ("-1" if word == "LD" else word.removesuffix("+") for word in words)
        return [f"BYMONTHDAY={','.join(f'-{one[:-1]}' if one.endswith('-') else one for one in numbers)}"]
    return [f"{'BYMONTH' if kind == 'YM' else 'BYYEARDAY'}={','.join(words)}"]
