"""Mail, read for lists and search."""

from collections.abc import Iterator
from typing import Final

from saasbackup_desktop.providers.formats.description import LONGEST_FACET, LONGEST_TEXT, Description, joined
from saasbackup_desktop.providers.formats.headers import header_digest, iso_date
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.parts import Part, read_message

_SHORT: Final = 200
"""A plain text below this length often only says that there is another one in HTML."""

_NESTED: Final = 3
"""Messages within messages that are read for search."""

_FACETS: Final = ("from", "to", "cc", "message-id")


def describe(data: bytes) -> Description:
    """Read a message, or its beginning, for lists and search."""
    message = read_message(data)
    attachments = "\n".join(dict.fromkeys(attachment_names(message)))[:LONGEST_FACET]
    facets = {name: message.said(name)[:LONGEST_FACET] for name in _FACETS}
    facets["date"] = iso_date(message.fields.get("date", b""))
    facets["attachments"] = attachments
    facets["header"] = header_digest(data)
    return Description(
        name=message.said("subject")[:LONGEST_FACET],
        facets={facet: value for facet, value in facets.items() if value},
        text=joined(texts(message)),
        attachments=attachments,
    )


def attachment_names(message: Part, depth: int = 0) -> Iterator[str]:
    """Name the files in a message and in messages attached to it."""
    for part in message.leaves():
        if part.name:
            yield part.name
        if part.media_type == "message/rfc822" and depth < _NESTED:
            yield from attachment_names(read_message(part.content()), depth + 1)


def texts(part: Part, depth: int = 0) -> Iterator[str]:
    """Read the texts of a message; of alternatives, the one that says most for the least work."""
    if part.media_type == "multipart/alternative" and part.parts:
        yield from _best_texts(part, depth)
    elif part.parts:
        for inner in part.parts:
            yield from texts(inner, depth)
    elif part.media_type == "message/rfc822" and depth < _NESTED:
        inner = read_message(part.content())
        yield inner.said("subject")
        yield from texts(inner, depth + 1)
    elif part.is_text:
        text = part.text(LONGEST_TEXT * 4)
        yield html_to_text(text) if part.media_type == "text/html" else text


def _best_texts(part: Part, depth: int) -> Iterator[str]:
    plain = [inner for inner in part.parts if inner.media_type == "text/plain"]
    said = "\n".join(text for inner in plain for text in texts(inner, depth)).strip()
    if said:
        yield said
    for inner in part.parts:
        if inner.media_type != "text/plain" and (len(said) < _SHORT or inner.media_type not in _HTML):
            yield from texts(inner, depth)


_HTML: Final = ("text/html", "multipart/related")
