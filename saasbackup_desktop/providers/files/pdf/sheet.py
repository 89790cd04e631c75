"""One item as a page to be printed, and as plain text, in case that its page cannot be."""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.export.ports import Entry
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pdf import losses
from saasbackup_desktop.providers.files.pdf.wording import Wording
from saasbackup_desktop.providers.formats.graph import reading
from saasbackup_desktop.providers.formats.graph.attached import unwrapped
from saasbackup_desktop.providers.formats.graph.card import Card, File
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT, PHOTO
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.parts import read_message
from saasbackup_desktop.providers.formats.pictures import LARGEST_PICTURE, data_address
from saasbackup_desktop.providers.formats.preview import preview
from saasbackup_desktop.providers.formats.safe_html import escape_text

LONGEST_PLAIN: Final = 1 << 20
"""Characters of a text that is printed without form."""
_LONGEST_FIELD: Final = 64 * 1024
"""Characters of a header field; some mails have ten thousand recipients, and all of these stand in one."""

_LONGEST_LINE: Final = 1_000

_CONTENT_ID: Final = re.compile(r"cid:([^\"'<>\s)]+)", re.I)
_SMALL: Final = "folders"
_PROBLEMS: Final[Mapping[str, str]] = {"malformed": losses.TEXT_BROKEN, "truncated": losses.TEXT_CUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is printed of an item."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """What stands above the text: labels and values."""
    body: str
    """HTML that nothing can be loaded by."""
    files: tuple[tuple[str, str], ...]
    """Names and sizes of attached files."""
    files_label: str
    losses: tuple[str, ...]
    by: str = ""
    """Whose it is, where that is told."""

    def page(self) -> str:
        """The whole as HTML."""
        return self._around(self.body)

    def plain_page(self) -> tuple[str, tuple[str, ...]]:
        """The whole as HTML, its text without form and pictures; and what is lost by that."""
        text = html_to_text(_without_pictures(self.body))
        lost = (losses.PLAIN_TEXT, losses.TEXT_CUT) if len(text) > LONGEST_PLAIN else (losses.PLAIN_TEXT,)
        return self._around(escape_text("\n".join(_short_lines(text[:LONGEST_PLAIN])))), lost

    def _around(self, body: str) -> str:
        return "\n".join((f"<h2>{html.escape(self.title)}</h2>", *self._head(), body, *self._foot()))

    def _head(self) -> Iterator[str]:
        if self.lines:
            yield f'<table cellpadding="2">{"".join(_row(*line) for line in self.lines)}</table>'
            yield "<hr>"

    def _foot(self) -> Iterator[str]:
        if self.files:
            yield f"<hr><h4>{html.escape(self.files_label)}</h4>"
            yield f'<table cellpadding="2">{"".join(_file(*file) for file in self.files)}</table>'


def sheet_of(entry: Entry, data: bytes, words: Wording) -> Sheet:
    """Read an item. Raises BodyDamaged."""
    if reading.is_mime(entry.service, data):
        return _message(entry, data, words)
    return _card(entry, data, words)


def _row(label: str, value: str) -> str:
    shown = html.escape(value[:_LONGEST_FIELD])
    return f'<tr><td valign="top"><b>{html.escape(label)}</b>&nbsp;&nbsp;</td><td valign="top">{shown}</td></tr>'


def _file(name: str, size: str) -> str:
    return f'<tr><td>{html.escape(name)}&nbsp;&nbsp;</td><td align="right">{html.escape(size)}</td></tr>'


def _short_lines(text: str) -> Iterator[str]:
    """Lines without end take long to be set."""
    for line in text.split("\n"):
        for start in range(0, len(line), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]


def _without_pictures(page: str) -> str:
    """The addresses of pictures are text, too, and there are megabytes of them."""
    return re.sub(r"<img\b[^<>]*>", " ", page, flags=re.I)


def _message(entry: Entry, data: bytes, words: Wording) -> Sheet:
    shown = preview(data)
    message = read_message(data)
    said = (
        (words.sender, shown.sender),
        (words.recipients, shown.recipients),
        (words.copies, shown.copies),
        (words.hidden, message.said("bcc")),
        (words.reply, message.said("reply-to")),
        (words.date, shown.date),
        (words.received, words.moment(entry.item.time) if entry.item.time and not shown.date else ""),
        (words.folder, " / ".join(entry.path)),
    )
    files = [(one.name or words.unnamed, words.size(one.size)) for one in shown.attachments]
    for name in _file_parts(entry):
        told = unwrapped(_part(entry, name))
        files.append((told.name or words.unnamed, words.size(len(told.data))))
    is_cut = any(len(value) >= _LONGEST_FIELD for _, value in said)
    problems = (*shown.problems, "truncated") if is_cut else shown.problems
    return Sheet(
        title=shown.subject or words.untitled,
        lines=tuple((label, value) for label, value in said if value),
        body=shown.html,
        files=tuple(files),
        files_label=words.files,
        losses=_losses(bool(files), shown.blocked, problems),
        by=shown.sender,
    )


def _card(entry: Entry, data: bytes, words: Wording) -> Sheet:
    card = reading.card_of(entry.service, data)
    small = {_SMALL: _part(entry, _SMALL)} if _SMALL in entry.parts else {}
    card = reading.completed(entry.service, card, entry.item.facets, small)
    inline = _inline(card, entry)
    pictures = {id: data_address(_part(entry, file.part)) for id, file in inline.items()}
    photo = data_address(_part(entry, PHOTO)) if _is_shown(entry, PHOTO) else ""
    page = words.card(card, {id: one for id, one in pictures.items() if one}, photo)
    shown = {file.part for id, file in inline.items() if id in page.shown}
    names = {file.part: file.name for file in card.files}
    files = tuple(
        (names.get(part, "") or words.unnamed, words.size(_size(entry, part)))
        for part in _file_parts(entry)
        if part not in shown
    )
    return Sheet(
        title=card.title or entry.item.name or words.untitled,
        lines=((words.folder, " / ".join(entry.path)),) if entry.path and entry.service is not Service.SETTINGS else (),
        body=page.html,
        files=files,
        files_label=words.files,
        losses=_losses(bool(files), page.blocked, page.problems),
    )


def _losses(has_files: bool, blocked: int, problems: Collection[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    if has_files:
        found[losses.FILES_NAMED] = None
    if blocked:
        found[losses.PICTURES_OUTSIDE] = None
    found.update({_PROBLEMS[one]: None for one in problems if one in _PROBLEMS})
    return tuple(found)


def _file_parts(entry: Entry) -> list[str]:
    return sorted(name for name in entry.parts if name.startswith(ATTACHMENT))


def _size(entry: Entry, part: str) -> int:
    known = entry.item.parts.get(part)
    return known.size if known is not None else sum(map(len, entry.parts[part]()))


def _is_shown(entry: Entry, part: str) -> bool:
    return part in entry.parts and _size(entry, part) <= LARGEST_PICTURE


def _part(entry: Entry, name: str) -> bytes:
    return b"".join(entry.parts[name]())


def _inline(card: Card, entry: Entry) -> dict[str, File]:
    """The pictures that the item's texts show, by what they call them: their content id, or a name before an ``@``."""
    wanted = {id for section in card.sections if section.is_html for id in _CONTENT_ID.findall(section.text)}
    found: dict[str, File] = {}
    for file in card.files:
        if _is_shown(entry, file.part):
            same = [id for id in wanted if id == file.content_id or (file.name and id.partition("@")[0] == file.name)]
            found.update(dict.fromkeys(same, file))
    return found
