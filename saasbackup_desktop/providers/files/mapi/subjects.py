"""Subjects: the answer's prefix and the rest ([MS-OXCMSG] 2.2.1.9), and threads ([MS-OXOMSG] 2.2.1.3)."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.pst.model import Tag, Value

LONGEST: Final = 253
"""Characters of a subject that an Outlook data file holds."""

_PREFIX: Final = re.compile(r"[^\W\d_]{1,3}: ")
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def subject_properties(subject: str) -> dict[Tag, Value]:
    """Split a subject, not longer than `LONGEST`."""
    prefix = found[0] if (found := _PREFIX.match(subject)) else ""
    rest = subject[len(prefix) :]
    return {
        tags.SUBJECT: subject,
        tags.SUBJECT_PREFIX: prefix,
        tags.NORMALIZED_SUBJECT: rest,
        tags.CONVERSATION_TOPIC: rest,
    }


def thread_index(said: str, root: str, topic: str, moment: datetime | None) -> bytes:
    """Say where in its thread a message stands: as Outlook said in the headers, else made of the thread's first id."""
    if said:
        try:
            index = base64.b64decode("".join(said.split()), validate=True)
        except ValueError:
            index = b""
        if len(index) >= 22 and (len(index) - 22) % 5 == 0:
            return index
    passed = int(((moment or _EPOCH) - _EPOCH).total_seconds() * 10**7)
    thread = hashlib.md5((root or topic).encode("utf-8", "replace"), usedforsecurity=False).digest()
    return b"\x01" + ((passed >> 16) & 0xFFFFFFFFFF).to_bytes(5, "big") + thread
