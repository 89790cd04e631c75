"""Text of strangers inside scripts: whatever it holds, it stays one piece of text there."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final

from saasbackup_desktop.core.directory.placeholders import MARKS, PASSWORD_PLACE, meant, needs_password
from saasbackup_desktop.core.directory.plan import Write
from saasbackup_desktop.core.stream import Json

_QUOTES: Final = re.compile("['\N{LEFT SINGLE QUOTATION MARK}-\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}]")
"""All that PowerShell takes for the end of a string in single quotation marks."""
_STANDS: Final = re.compile(rf"{MARKS.pattern}|([A-Za-z0-9_-]{{20,}})")
"""What may stand for something that is known only when the script runs, and what is escaped lest it seems to."""


@dataclass(frozen=True, slots=True)
class New:
    """The id that an object has when the script is there."""

    number: int


@dataclass(frozen=True, slots=True)
class Password:
    """A password that the script makes up."""


Part = str | New | Password


def plain(text: str) -> str:
    """Text on one line, without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def parts(text: str, numbers: Mapping[str, int]) -> Sequence[Part]:
    """Cut a plan's text where it names objects of the script (``numbers``: by their old ids)."""
    return _joined(_cut(text, numbers)) or [""]


def body_parts(write: Write, numbers: Mapping[str, int]) -> Sequence[Part]:
    """A request's body, cut so, too, and where it needs a password; empty if it has none.

    In ASCII: no editor, shell or code page can read it in another way.
    """
    if write.body is None:
        return []
    return _joined(_json(write.body, numbers, PASSWORD_PLACE if needs_password(write) else None))


def _json(value: Json, numbers: Mapping[str, int], place: Sequence[str] | None) -> Iterator[Part]:
    """``place``: the names under which the password lies in it; None: it has none."""
    if isinstance(value, Mapping):
        for sign, (name, one) in zip(chain("{", repeat(",")), value.items(), strict=False):
            yield f"{sign}{json.dumps(name)}:"
            yield from _json(one, numbers, place[1:] if place and place[0] == name else None)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for sign, one in zip(chain("[", repeat(",")), value, strict=False):
            yield sign
            yield from _json(one, numbers, None)
        yield "]" if value else "[]"
    elif place is not None and not place:
        yield from ('"', Password(), '"')
    elif isinstance(value, str):
        yield '"'
        yield from (json.dumps(one)[1:-1] if isinstance(one, str) else one for one in _cut(value, numbers))
        yield '"'
    else:
        yield json.dumps(value)


def _cut(text: str, numbers: Mapping[str, int]) -> Iterator[Part]:
    end = 0
    for match in _STANDS.finditer(text):
        id = match[1] or match[3]
        yield text[end : match.start()]
        if id in numbers:
            yield New(numbers[id])
        else:
            yield str(meant(match[0], {}))
        end = match.end()
    yield text[end:]


def _joined(some: Iterable[Part]) -> list[Part]:
    """Texts that follow each other in one."""
    found: list[Part] = []
    for one in some:
        if isinstance(one, str) and found and isinstance(last := found[-1], str):
            found[-1] = last + one
        elif one != "":
            found.append(one)
    return found


def bash(parts: Sequence[Part]) -> str:
    """One word of bash."""
    return "".join(_bash(part) for part in parts)


def powershell(parts: Sequence[Part]) -> str:
    """One argument of PowerShell."""
    joined = " + ".join(_powershell(part) for part in parts)
    return f"({joined})" if len(parts) > 1 else joined


def _bash(part: Part) -> str:
    if isinstance(part, New):
        return f'"$id_{part.number}"'
    if isinstance(part, Password):
        return '"$password"'
    return "'" + part.replace("'", "'\\''") + "'"


def _powershell(part: Part) -> str:
    if isinstance(part, New):
        return f"$id[{part.number}]"
    if isinstance(part, Password):
        return "$script:password"
    return "'" + _QUOTES.sub(lambda match: match[0] * 2, part) + "'"
