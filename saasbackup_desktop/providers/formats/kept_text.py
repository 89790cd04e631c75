"""The text that an item came as, kept in what is written of it where the text itself would spoil the file for others.

It is a line ``X-SAASBACKUP-TEXT;SHA256=<of what is written otherwise>:<base64>``: whoever changes the item makes it
void.
"""

import base64
import binascii
import hashlib
import re
from typing import Final

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.content_lines import written

KEPT: Final = "X-SAASBACKUP-TEXT"
TEXT_ASIDE: Final = "text-aside"
"""What came as a text that others refuse: they see what was understood of it."""
TEXT_LEFT: Final = "text-left-out"
"""The same, where the text is too long to be kept beside."""
LONGEST: Final = 1 << 20
"""Bytes of a text that is kept."""
_LINE: Final = re.compile(rb"^X-SAASBACKUP-TEXT[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n", re.M)
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_END: Final = re.compile(rb"^END:[^\r\n]*\r?\n?\Z", re.M)


def with_text(data: bytes, text: bytes) -> bytes | None:
    """Keep a text in the first of some components; None if it is too long for that."""
    if len(text) > LONGEST:
        return None
    span = content_lines.spans(data)[0]
    end = _END.search(data, span.start, span.end)
    place = end.start() if end is not None else span.end
    line = written(KEPT, base64.b64encode(text).decode(), {"SHA256": _digest(data)})
    return data[:place] + line + data[place:]


def text_in(data: bytes) -> bytes | None:
    """The text that is kept in components, unless somebody has changed them since."""
    found = _LINE.search(data)
    line = content_lines.parsed(_FOLD.sub(b"", found[0]).rstrip(b"\r\n")) if found is not None else None
    if found is None or line is None:
        return None
    if line.parameter("SHA256") != _digest(data[: found.start()] + data[found.end() :]):
        return None
    try:
        return base64.b64decode(line.value, validate=True)
    except binascii.Error:
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
