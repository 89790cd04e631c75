"""Values of a directory as people read them: lines, with names in place of ids."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from saasbackup_desktop.app.words.entra.kinds import STATES, attribute_words
from saasbackup_desktop.core.stream import Json

NOTHING: Final = "–"
"""Stands for what is not there."""

_STATES: Final[Mapping[str, str]] = {**STATES, "enabledForReportingButNotEnforced": STATES["report-only"]}
_YES, _NO = "Yes", "No"
_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS: Final = 1500
"""Of longer texts it takes too long to tell which words differ."""

Span = tuple[int, int]
"""From which character on, and up to which."""


def value_lines(value: Json, names: Mapping[str, str], path: str = "") -> list[str]:
    """Write a value as lines; where it is known whose it is, codes are words."""
    if isinstance(value, str) and _is_state(path):
        return [_STATES.get(value, value) or NOTHING]
    return list(_lines(value, names, 0)) or [NOTHING]


def value_words(value: Json, names: Mapping[str, str], path: str = "") -> str:
    """The same as one text."""
    return "\n".join(value_lines(value, names, path))


def changed_words(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Where two texts differ, word by word: in the old one, and in the new one."""
    if NOTHING in (old, new) or old == new:
        return [], []
    was, now = _WORDS.findall(old), _WORDS.findall(new)
    if len(was) > _MOST_WORDS or len(now) > _MOST_WORDS:
        return [], []
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    if matcher.quick_ratio() == 0:
        return [], []
    starts = _starts(was), _starts(now)
    there: list[Span] = []
    here: list[Span] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            continue
        if a < b:
            there.append((starts[0][a], starts[0][b]))
        if c < d:
            here.append((starts[1][c], starts[1][d]))
    return there, here


def _starts(words: Sequence[str]) -> list[int]:
    found = [0]
    for word in words:
        found.append(found[-1] + len(word))
    return found


def _lines(value: Json, names: Mapping[str, str], depth: int) -> Iterator[str]:
    lead = "    " * depth
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str) and _is_state(name):
                yield f"{lead}{attribute_words(name)}: {_STATES.get(inner, inner) or NOTHING}"
            elif inner is None or inner == "":
                continue
            elif _is_plain(inner):
                yield f"{lead}{attribute_words(name)}: {_plain(inner, names)}"
            elif lines := list(_lines(inner, names, depth + 1)):
                yield f"{lead}{attribute_words(name)}:"
                yield from lines
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            if _is_plain(one):
                yield lead + _plain(one, names)
            else:
                first, *rest = list(_lines(one, names, depth + 1)) or [NOTHING]
                yield f"{lead}• {first.strip()}"
                yield from rest
    elif value is not None and value != "":
        yield lead + _plain(value, names)


def _is_state(path: str) -> bool:
    return path == "state" or path.endswith((".state", "State"))


def _is_plain(value: Json) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _plain(value: Json, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, str):
        return names.get(value, value)
    return str(value)
