"""A message made safe to look at, and the files in it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from saasbackup_desktop.providers.formats.parts import Part, read_message
from saasbackup_desktop.providers.formats.pictures import LARGEST_PICTURE
from saasbackup_desktop.providers.formats.safe_html import SafeHtml, escape_text, sanitise
from saasbackup_desktop.providers.formats.wrapped import opened

LONGEST_TEXT: Final = 1 << 20
"""Characters of a plain text that are shown."""

_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is offered for saving."""

    index: int
    name: str
    """File name; may be empty."""
    media_type: str
    size: int
    """Bytes, decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is shown of a message: nothing in it loads anything from outside."""

    subject: str
    sender: str
    recipients: str
    copies: str
    date: str
    """As the message writes it."""
    html: str
    """Sanitised; pictures of the message itself as ``data:`` addresses."""
    attachments: tuple[Attachment, ...]
    blocked: int
    """Remote pictures and the like that were taken out."""
    problems: tuple[str, ...]
    """Codes: ``malformed``, ``truncated``."""


def preview(data: bytes) -> Preview:
    """Make a message safe to look at."""
    message = opened(read_message(data))
    page = _Page(list(message.leaves()))
    page.pictures = dict(_pictures(page.leaves))
    for part in _displayed(message):
        page.show(part)
    if _is_broken(message):
        page.problems["malformed"] = None

    return Preview(
        subject=message.said("subject"),
        sender=message.said("from"),
        recipients=message.said("to"),
        copies=message.said("cc"),
        date=message.said("date"),
        html="\n".join(page.pieces),
        attachments=tuple(page.attachments()),
        blocked=page.blocked,
        problems=tuple(page.problems),
    )


def attachment(data: bytes, index: int) -> bytes:
    """Decode the file of this index. Raises IndexError if there is none."""
    leaves = list(opened(read_message(data)).leaves())
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    return leaves[index].content()


@dataclass(slots=True)
class _Page:
    """A page while it is put together."""

    leaves: list[Part]
    pictures: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    blocked: int = 0
    problems: dict[str, None] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)
    """Parts that need not be offered as files."""
    _shown: set[str] = field(default_factory=set)

    def show(self, part: Part) -> None:
        """Add a text to the page."""
        self._done.add(id(part))
        if part.media_type != "text/html":
            text = part.text()
            if len(text) > LONGEST_TEXT:
                self.problems["truncated"] = None
            self.pieces.append(escape_text(text[:LONGEST_TEXT].strip("\n")))
            return
        safe: SafeHtml = sanitise(part.text(), self.pictures)
        self.pieces.append(safe.html)
        self.blocked += safe.blocked
        self._shown |= safe.shown
        self.problems.update(dict.fromkeys(safe.problems))

    def attachments(self) -> Iterator[Attachment]:
        """List the parts that are not on the page."""
        for index, part in enumerate(self.leaves):
            if id(part) in self._done or unquote(part.content_id) in self._shown:
                continue
            if part.is_text and not part.name and (part.media_type in _ALTERNATIVES or part.end <= part.start):
                continue
            yield Attachment(
                index=index, name=part.name or _name_of(part), media_type=part.media_type, size=len(part.content())
            )


_ALTERNATIVES: Final = frozenset({"text/plain", "text/html"})
"""Texts without a name are never files: another one is shown in their place."""


def _displayed(part: Part) -> Iterator[Part]:
    """Choose the texts to show: of alternatives the last that can be shown, for that is the best."""
    if part.media_type == "multipart/alternative":
        for inner in reversed(part.parts):
            found = list(_displayed(inner))
            if found:
                yield from found
                return
    elif part.parts:
        for inner in part.parts:
            yield from _displayed(inner)
    elif part.is_text:
        yield part


def _pictures(leaves: list[Part]) -> Iterator[tuple[str, str]]:
    for part in leaves:
        if part.content_id and part.media_type in _PICTURES and part.end - part.start <= LARGEST_PICTURE * 4 // 3:
            address = f"data:{part.media_type};base64,{base64.b64encode(part.content()).decode()}"
            yield unquote(part.content_id), address


def _name_of(part: Part) -> str:
    """Name a file that has no name: a message after its subject."""
    if part.media_type != "message/rfc822":
        return ""
    subject = read_message(part.content()).said("subject")
    return f"{subject}.eml" if subject else ""


def _is_broken(part: Part) -> bool:
    return part.broken or any(_is_broken(inner) for inner in part.parts)
