"""JSON of strangers, read without ever raising: what is not what it ought to be counts as absent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core import codec

MOST: Final = 2_000
"""Entries of a list that are looked at."""

LONGEST_LINE: Final = 8 * 1024
"""Characters of a single value that are looked at."""

_BLANKS: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_NOTHING: Final[Mapping[str, Any]] = {}

Plain = Mapping[str, Any]


def load(data: bytes) -> Any:
    """Read JSON; None if it is none."""
    try:
        return codec.loads(data)
    except (ValueError, RecursionError):
        return None


def mapping(value: Any) -> Plain:
    """The value, if it is an object."""
    return value if isinstance(value, dict) else _NOTHING


def inner(plain: Plain, *names: str) -> Plain:
    """The object that lies in an object, in an object."""
    for name in names:
        plain = mapping(plain.get(name))
    return plain


def entries(value: Any) -> Sequence[Any]:
    """The value, if it is a list: its beginning, if it is endless."""
    return value[:MOST] if isinstance(value, list) else ()


def objects(plain: Plain, name: str) -> Iterator[Plain]:
    """The objects of a list."""
    return (one for one in entries(plain.get(name)) if isinstance(one, dict))


def text(value: Any) -> str:
    """A text as it stands, without halves of letters, which no database takes."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def line(value: Any) -> str:
    """A text on one line."""
    return _BLANKS.sub(" ", text(value)[:LONGEST_LINE]).strip()


def lines(value: Any) -> tuple[str, ...]:
    """The texts of a list, those that say something; a single one counts as a list."""
    return tuple(filter(None, map(line, [value] if isinstance(value, str) else entries(value))))


def number(value: Any) -> int | None:
    """A whole number that can be counted."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31 else None
