"""The texts of an item: plain, HTML, and rich text where there is nothing better."""

from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.files.pstread.objects import STRING8, Said, charset_of, clean
from saasbackup_desktop.providers.formats import rtf
from saasbackup_desktop.providers.formats.charsets import decode, is_known
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.formats.outlook_texts import as_utf_8, said_charset, with_crlf

BODY: Final = 0x1000
REPORT_TEXT: Final = 0x1001
RICH: Final = 0x1009
"""PidTagRtfCompressed."""
HTML: Final = 0x1013
CODE_PAGE: Final = 0x3FDE


@dataclass(frozen=True, slots=True)
class Texts:
    """What an item says; empty where it does not."""

    plain: str = ""
    html: str = ""
    rich: bytes = b""
    """RTF that somebody wrote as such."""

    @property
    def is_derived(self) -> bool:
        """Whether the plain text says no more than HTML turned into text does."""
        return bool(self.html) and with_crlf(html_to_text(self.html)) == with_crlf(self.plain)


def texts_of(said: Said) -> Texts:
    """Read the texts of an item."""
    plain, html = said.text(BODY), _html(said)
    if html or not said.has(RICH):
        return Texts(plain, html)
    found = rtf.unwrapped(rtf.decompressed(said.data(RICH)))
    if found.html:
        return Texts(plain, as_utf_8(clean(found.html)))
    if found.is_plain:
        return Texts(plain or clean(found.text))
    return Texts(plain or clean(found.text), "", found.source)


def _html(said: Said) -> str:
    data = said.data(HTML)
    if not data:
        return ""
    kind = said.type(HTML)
    if kind not in (STRING8, 0x102):
        return as_utf_8(said.text(HTML))
    charset = charset_of(said.number(CODE_PAGE) or 0)
    if not charset:
        charset = said_charset(data)
        charset = charset if is_known(charset) else ("" if kind == 0x102 else said.page)
    return as_utf_8(clean(decode(data, charset)))
