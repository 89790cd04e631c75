"""The text of a message, plain and in HTML, in the one form that Outlook keeps each."""

import html
import re
from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.contents import whole
from saasbackup_desktop.providers.files.mapi.layout import Layout, is_html
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.charsets import decode, is_known
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.outlook_texts import as_utf_8, said_charset, with_crlf
from saasbackup_desktop.providers.formats.parts import Part

PLAIN: Final = 1
RICH: Final = 3
UTF_8: Final = 65001

_INNER: Final = re.compile(r"<body\b[^>]*>", re.I)
_END: Final = re.compile(r"</body\s*>", re.I)


def body_properties(layout: Layout, lost: list[str]) -> dict[Tag, Value]:
    """Write both texts, as far as there is text."""
    texts = {id(part): read_text(part, lost) for part in (*layout.plain, *layout.rich)}
    if max(len(layout.plain), len(layout.rich)) > 1:
        lost.append(losses.BODIES_JOINED)
    found: dict[Tag, Value] = {tags.NATIVE_BODY: PLAIN, tags.CODE_PAGE: UTF_8}
    plain = "\n".join(html_to_text(texts[id(part)]) if is_html(part) else texts[id(part)] for part in layout.plain)
    if plain:
        found[tags.BODY] = with_crlf(plain)
    if any(map(is_html, layout.rich)):
        shown = as_utf_8(_joined([(part, texts[id(part)]) for part in layout.rich])).encode("utf-8", "replace")
        if shown:
            found |= {tags.HTML: shown, tags.NATIVE_BODY: RICH}
    return found


def read_text(part: Part, lost: list[str]) -> str:
    """Read a part as text, line ends as they are; what had to be replaced is told."""
    data = whole(part)
    charset = part.parameters.get("charset", "")
    if data.isascii() and not _shifts(charset):
        text = data.decode("ascii")
    else:
        if is_html(part) and not is_known(charset):
            charset = said_charset(data) or charset
        if charset and not is_known(charset):
            lost.append(losses.CHARSET_UNKNOWN)
        text = decode(data, charset)
        if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
            lost.append(losses.CHARSET_UNFIT)
    if "\0" in text:
        lost.append(losses.NUL_REMOVED)
        text = text.replace("\0", "")
    return text


def _shifts(charset: str) -> bool:
    """Charsets that say other letters with bytes of ASCII."""
    return charset[:3].lower() in ("utf", "iso", "hz-", "uni", "csi") and charset[:8].lower() not in (
        "utf-8",
        "iso-8859",
    )


def _joined(texts: Sequence[tuple[Part, str]]) -> str:
    """Put several texts into the page of the first one."""
    if len(texts) == 1:
        return texts[0][1]
    pieces = [text if is_html(part) else _page(text) for part, text in texts]
    first = pieces[0] if is_html(texts[0][0]) else f"<html><body>{pieces[0]}</body></html>"
    more = "".join(_inner(piece) for piece in pieces[1:])
    ends = [found.start() for found in _END.finditer(first)]
    return first[: ends[-1]] + more + first[ends[-1] :] if ends else first + more


def _page(text: str) -> str:
    return "<div>" + html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n") + "</div>"


def _inner(page: str) -> str:
    begin = _INNER.search(page)
    start = begin.end() if begin else 0
    end = _END.search(page, start)
    return f"<div>{page[start : end.start() if end else len(page)]}</div>"
