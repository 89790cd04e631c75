"""What names in a Maildir say: of messages, and of folders."""

import re
from typing import Final

from imapclient import imap_utf7

_NAME: Final = re.compile(r"\d+\.[^.]+\..+|.+[:!;]2,[A-Za-z]*")
"""When it came, what makes it unique, and where; or anything with a state."""
_NOT_IN_NAMES: Final = re.compile(r"[/\x00-\x1f\x7f]")


def is_name_of_maildir(name: str) -> bool:
    """Is this what programs call a message there?"""
    return _NAME.fullmatch(name) is not None


def folders_of_maildir(part: str) -> tuple[str, ...]:
    """The folders that a folder's name stands for: ``.Work.Plans`` is one in another."""
    pieces = [piece for piece in part.split(".") if piece] if part.startswith(".") else [part]
    return tuple(map(_spelt, pieces))


def _spelt(name: str) -> str:
    """Undo modified UTF-7 (RFC 3501 section 5.1.3), if it is that; anything else stays readable."""
    if not name.isascii() or "&" not in name:
        return name
    try:
        plain = str(imap_utf7.decode(name.encode("ascii")))
        is_spelt_so = bytes(imap_utf7.encode(plain)) == name.encode("ascii")
        return plain if is_spelt_so and not _NOT_IN_NAMES.search(plain) else name
    except ValueError:
        return name
