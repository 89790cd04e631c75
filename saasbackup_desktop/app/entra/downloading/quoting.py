"""Text of strangers inside scripts: whatever it holds, it stays one piece of text there."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.stream import Json

_QUOTES: Final = re.compile("['\N{LEFT SINGLE QUOTATION MARK}-\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}]")
"""All that PowerShell takes for the end of a string in single quotation marks."""
_STANDS: Final = re.compile(r'\{new:([^{}]+)\}|(?<=")\{password\}(?=")|([A-Za-z0-9_-]{20,})')
"""What may stand for something that is known only when the script runs."""


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


def body_text(body: Json) -> str:
    """A request's body in ASCII: no editor, shell or code page can read it in another way."""
    return "" if body is None else json.dumps(body, ensure_ascii=True, separators=(",", ":"))


def parts(text: str, numbers: Mapping[str, int]) -> Sequence[Part]:
    """Cut a text where it names objects of the script (``numbers``: by their old ids) or needs a password."""
    found: list[Part] = []
    end = 0
    for match in _STANDS.finditer(text):
        id = match[1] or match[2]
        if id is not None and id not in numbers:
            continue
        if match.start() > end:
            found.append(text[end : match.start()])
        found.append(Password() if id is None else New(numbers[id]))
        end = match.end()
    if end < len(text) or not found:
        found.append(text[end:])
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
