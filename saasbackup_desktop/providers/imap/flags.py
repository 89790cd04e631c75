"""Flags and keywords: which of them a mailbox keeps (RFC 3501, PERMANENTFLAGS)."""

import re
from collections.abc import Sequence

_KEYWORD = re.compile(r"[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]+")

Permanent = frozenset[str] | None
"""Flags that a mailbox keeps, in lower case; ``\\*`` stands for any keyword; None: the server does not say, so all."""


def is_kept(flag: str, permanent: Permanent) -> bool:
    """The mailbox keeps this flag."""
    if permanent is not None and flag.lower() in permanent:
        return True
    if flag.startswith("\\"):
        return permanent is None and flag.lower() != "\\recent"
    return _KEYWORD.fullmatch(flag) is not None and (permanent is None or "\\*" in permanent)


def write_flags(flags: Sequence[str], permanent: Permanent) -> bytes:
    """Write the flags that are kept."""
    return b"(%s)" % b" ".join(flag.encode() for flag in flags if is_kept(flag, permanent))


def dropped(flags: Sequence[str], permanent: Permanent) -> tuple[str, ...]:
    """The flags that are not kept."""
    return tuple(flag for flag in flags if not is_kept(flag, permanent))
