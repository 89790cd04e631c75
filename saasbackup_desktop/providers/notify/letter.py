"""A notice as plain blocks: what every way of sending makes its own form from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """A heading between paragraphs."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of a name and a value."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Para | Head | Facts | Points | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody is told. Nothing in it is secret."""

    subject: str
    blocks: tuple[Block, ...]
    is_bad: bool = False
    """Somebody has to do something."""
    files: tuple[tuple[str, str], ...] = ()
    """Names and texts of files that go along where files can."""


_KINDS: Final[Mapping[str, type[Any]]] = {"para": Para, "head": Head, "facts": Facts, "points": Points, "grid": Grid}


def to_plain(letter: Letter) -> dict[str, Any]:
    """Write a letter down."""
    names = {kind: name for name, kind in _KINDS.items()}
    blocks = [{"kind": names[type(block)], **asdict(block)} for block in letter.blocks]
    return {"subject": letter.subject, "is_bad": letter.is_bad, "blocks": blocks, "files": list(letter.files)}


def from_plain(plain: Mapping[str, Any]) -> Letter:
    """Read it back."""
    return Letter(
        subject=plain["subject"],
        is_bad=plain["is_bad"],
        blocks=tuple(_block(one) for one in plain["blocks"]),
        files=tuple((name, text) for name, text in plain["files"]),
    )


def _block(plain: Mapping[str, Any]) -> Block:
    values = {name: _tuples(value) for name, value in plain.items() if name != "kind"}
    block: Block = _KINDS[plain["kind"]](**values)
    return block


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else value
