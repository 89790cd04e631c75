"""What a document says beside what is in the item: handed in by who knows words."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from saasbackup_desktop.providers.formats.graph.card import Card


class CardPage(Protocol):
    """A card as HTML that nothing can be loaded by."""

    @property
    def html(self) -> str:
        """The page."""

    @property
    def blocked(self) -> int:
        """Remote pictures and the like that were taken out."""

    @property
    def shown(self) -> Collection[str]:
        """Content ids of the pictures that are shown in it."""

    @property
    def problems(self) -> Collection[str]:
        """Codes: ``malformed``, ``truncated``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words of one language."""

    sender: str
    recipients: str
    copies: str
    hidden: str
    reply: str
    date: str
    received: str
    files: str
    folder: str
    untitled: str
    """Of an item without a subject."""
    unnamed: str
    """Of a file without a name."""
    page: str
    """Stands below each page, with ``{page}`` and ``{pages}``."""
    page_alone: str
    """The same where nobody knows yet how many there will be: with ``{page}``."""
    contents: str
    """What a table of contents is called."""
    page_column: str
    subject: str
    """Above columns of it."""
    part: str
    """Of a folder, with ``{part}``."""
    summary: Callable[[int, int, int], str]
    """Says how many items a document holds, and its first and last page."""
    size: Callable[[int], str]
    """Writes a number of bytes."""
    moment: Callable[[int], str]
    """Writes a time, seconds since 1970 UTC."""
    card: Callable[[Card, Mapping[str, str], str], CardPage]
    """Lays a card out; pictures are ``data:`` addresses by content id, the last one is a photo or empty."""
