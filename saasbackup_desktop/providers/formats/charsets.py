"""From bytes to text, whatever charset they claim."""

import codecs
from functools import lru_cache
from typing import Final

_ALIASES: Final = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-874": "cp874",
}
"""Names that Python does not know, and narrow ones that mean a wider charset in practice."""

_NOT_TEXT: Final = frozenset(
    {
        "ascii",
        "base64",
        "hex",
        "bz2",
        "zlib",
        "rot13",
        "uu",
        "quopri",
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
    }
    | {"raw_unicode_escape", "mbcs", "oem"}
)


def decode(data: bytes, charset: str = "") -> str:
    """Read text. A charset that is unknown or does not fit gives way to UTF-8, and that to Windows' Latin."""
    name = _known(charset) if charset else ""
    if name:
        try:
            return _clean(data.decode(name))
        except (UnicodeError, ValueError):
            if name != "utf-8":
                return _clean(data.decode(name, "replace"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if not name else data.decode("utf-8", "replace")


def decode_stray(data: bytes, charset: str = "") -> str:
    """Read text that ought to be ASCII: UTF-8 if it can be, else what the message is written in."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, charset)


def is_known(charset: str) -> bool:
    """Whether text can be read in a charset of this name."""
    return bool(charset) and _known(charset) != ""


@lru_cache(maxsize=256)
def _known(charset: str) -> str:
    wanted = charset.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(_ALIASES.get(wanted, wanted)).name
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_TEXT or name.replace("-", "_") in _NOT_TEXT else name


def _clean(text: str) -> str:
    """Drop halves of letters, which no database and no JSON takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
