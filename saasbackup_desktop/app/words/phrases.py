"""Sentences with gaps: a stretch in square brackets is left out when a fact in it is not known."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

_STRETCH: Final = re.compile(r"\[([^\[\]]*)\]")
_GAP: Final = re.compile(r"\{([a-z_]+)\}")


def fill(sentence: str, facts: Mapping[str, str | int]) -> str:
    """Fill the gaps of a sentence; ``A[ of {host}]`` loses its bracket when ``host`` is not known.

    A gap outside brackets whose fact is not known is filled with an ellipsis, so that this never raises.
    """
    known = {name: _printable(_local(name, value)) for name, value in facts.items() if value not in ("", None)}

    def stretch(match: re.Match[str]) -> str:
        inside = match[1]
        return inside if all(name in known for name in _GAP.findall(inside)) else ""

    return _GAP.sub(lambda match: known.get(match[1], "…"), _STRETCH.sub(stretch, sentence))


def _local(name: str, value: str | int) -> str | int:
    """Moments are facts in UTC; people read them in the zone where they are."""
    if name == "until":
        with suppress(ValueError):
            moment = datetime.fromisoformat(str(value))
            return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment.tzinfo is not None else value
    return value


def _printable(value: str | int) -> str:
    """Take line breaks and control characters out: facts come from servers."""
    return "".join(c if c.isprintable() else " " for c in str(value)).strip()
