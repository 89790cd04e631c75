"""What bytes say of an item, for lists and search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST_TEXT: Final = 256 * 1024
"""Characters of text that search knows of an item."""

LONGEST_FACET: Final = 8 * 1024
"""Characters of a field that lists know."""


@dataclass(frozen=True, slots=True)
class Description:
    """What an item says of itself."""

    name: str
    """What a list shows first: for a message, its subject."""
    facets: Mapping[str, str]
    """Those that ``core.model.Item`` names, as far as the bytes tell them."""
    text: str
    """What search finds, as plain text."""
    attachments: str
    """Names of attached files, one a line."""


def joined(pieces: Iterable[str]) -> str:
    """Put texts under one another, as many as search takes in."""
    found: list[str] = []
    length = 0
    for piece in pieces:
        found.append(piece[: LONGEST_TEXT - length])
        length += len(found[-1]) + 1
        if length >= LONGEST_TEXT:
            break
    return "\n".join(found).strip()
