"""The texts of letters: in a character set and a transfer encoding, plain or HTML."""

from dataclasses import dataclass
from functools import cache

from saasbackup_desktop.sim.dice import Dice
from saasbackup_desktop.sim.encodings import base64_lines, quoted_printable
from saasbackup_desktop.sim.phrases import CHINESE, ENGLISH, EUROPEAN, JAPANESE, RUSSIAN, Language, paragraphs

_WIDTHS = ((0.8, 76), (0.08, 72), (0.06, 64), (0.04, 60), (0.01, 73), (0.01, 0))


@dataclass(frozen=True, slots=True)
class Dress:
    """How a text is written down."""

    charset: str
    transfer: str
    """The transfer encoding: ``7bit``, ``8bit``, ``quoted-printable`` or ``base64``."""


UTF8 = (Dress("utf-8", "8bit"), Dress("utf-8", "quoted-printable"), Dress("utf-8", "base64"))
_DRESSES: dict[str, tuple[Dress, ...]] = {
    ENGLISH.code: (Dress("us-ascii", "7bit"), Dress("utf-8", "7bit"), Dress("utf-8", "quoted-printable")),
    RUSSIAN.code: (Dress("koi8-r", "8bit"), Dress("koi8-r", "base64"), *UTF8),
    JAPANESE.code: (Dress("iso-2022-jp", "7bit"), Dress("iso-2022-jp", "7bit"), *UTF8),
    CHINESE.code: (Dress("gb18030", "base64"), Dress("gb18030", "quoted-printable"), *UTF8),
}
_WESTERN = (Dress("iso-8859-1", "quoted-printable"), Dress("iso-8859-1", "8bit"), *UTF8)


def width(dice: Dice) -> int:
    """Draw the length of base64 lines: nearly always 76."""
    return dice.weighed(_WIDTHS)


def dress(language: Language, dice: Dice) -> Dress:
    """Draw a way to write a language down."""
    return dice.pick(_WESTERN if language in EUROPEAN else _DRESSES[language.code])


def _written(text: str, charset: str) -> bytes:
    return text.replace("\n", "\r\n").encode(charset, "replace")


@cache
def _ready(language: Language, how: Dress, mark: str) -> tuple[bytes, ...]:
    """Write down every paragraph of a language once: letters are put together from these."""
    written = (
        _written("".join(f"{mark}{line}\n" for line in text.splitlines()) + f"{mark.rstrip()}\n", how.charset)
        for text in paragraphs(language)
    )
    if how.transfer == "quoted-printable":
        return tuple(quoted_printable(each) for each in written)
    return tuple(written)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to write: greeting, own paragraphs, farewell and what is quoted."""

    language: Language
    opening: str
    closing: str
    quoted: bool = False
    """Whether the rest quotes an earlier letter."""


def plain(text: Text, how: Dress, size: int, dice: Dice) -> bytes:
    """Write a plain text of about ``size`` bytes, transfer encoding applied."""
    own = _ready(text.language, how, "")
    budget = size * 3 // 4 if how.transfer == "base64" else size
    parts = [_edge(text.opening + "\n\n", how)]
    left = budget - len(parts[0])
    paragraph_limit = budget // 3 if text.quoted else 0
    while left > paragraph_limit:
        parts.append(dice.pick(own))
        left -= len(parts[-1])
    parts.append(_edge(text.closing + "\n", how))
    if text.quoted:
        earlier = _ready(text.language, how, "> ")
        while left > 0:
            parts.append(dice.pick(earlier))
            left -= len(parts[-1])
    whole = b"".join(parts)
    return base64_lines(whole, width(dice)) if how.transfer == "base64" else whole


def _edge(text: str, how: Dress) -> bytes:
    written = _written(text, how.charset)
    return quoted_printable(written) if how.transfer == "quoted-printable" else written


@cache
def _html_ready(language: Language, how: Dress) -> tuple[bytes, ...]:
    written = (_written(f'<p style="margin: 0 0 1em 0">{text}</p>\n', how.charset) for text in paragraphs(language))
    if how.transfer == "quoted-printable":
        return tuple(quoted_printable(each) for each in written)
    return tuple(written)


def html(text: Text, how: Dress, size: int, dice: Dice) -> bytes:
    """Write an HTML text of about ``size`` bytes, transfer encoding applied."""
    ready = _html_ready(text.language, how)
    head = (
        f'<!DOCTYPE html>\n<html lang="{text.language.code}"><head>\n'
        f'<meta http-equiv="Content-Type" content="text/html; charset={how.charset}">\n'
        "<style>body { font-family: sans-serif; color: #223; }</style>\n</head><body>\n"
    )
    opening = text.opening if text.opening.startswith("<") else f"<p>{text.opening}</p>"
    parts = [_edge(f"{head}{opening}\n", how)]
    left = (size * 3 // 4 if how.transfer == "base64" else size) - len(parts[0])
    while left > 0:
        parts.append(dice.pick(ready))
        left -= len(parts[-1])
    closing = text.closing.replace("\n", "<br>\n")
    parts.append(_edge(f"<p>{closing}</p>\n</body></html>\n", how))
    whole = b"".join(parts)
    return base64_lines(whole, width(dice)) if how.transfer == "base64" else whole
