"""Attached files: inside a calendar, or elsewhere."""

import base64
import binascii
import mimetypes
import re
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from saasbackup_desktop.providers.formats.content_lines import Component, Line
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT
from saasbackup_desktop.providers.formats.ical import losses

HANDLED: Final = frozenset({"ATTACH"})
_NAMES: Final = ("FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME", "X-LABEL", "X-NAME")
_DATA: Final = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.I)
_BLANKS: Final = re.compile(r"\s+")


def attachments(
    component: Component, prefix: str, parts: dict[str, bytes], lost: list[str], *, is_task: bool = False
) -> list[dict[str, Any]]:
    """What is attached, as Graph tells of it. The bytes of files go to ``parts``; ``prefix`` begins their ids."""
    found = []
    for number, line in enumerate(component.all("ATTACH"), 1):
        id = f"{prefix}{number}"
        said = _attached(line, lost)
        if said is None:
            continue
        plain, data = said
        plain["id"] = id
        if data is not None:
            parts[ATTACHMENT + id] = data
            kind = "taskFileAttachment" if is_task else "fileAttachment"
            plain |= {"@odata.type": f"#microsoft.graph.{kind}", "size": len(data)}
        elif is_task:
            lost.append(losses.named(losses.PROPERTY, "ATTACH"))
            continue
        found.append(plain)
    return found


def _attached(line: Line, lost: list[str]) -> tuple[dict[str, Any], bytes | None] | None:
    kind = line.parameter("FMTTYPE").lower()
    name = next(filter(None, (line.parameter(one).strip() for one in _NAMES)), "")
    inline = {} if line.parameter("X-CONTENT-ID") == "" else {"contentId": line.parameter("X-CONTENT-ID")}
    try:
        if line.parameter("ENCODING").upper() in ("BASE64", "B") or line.parameter("VALUE").upper() == "BINARY":
            data = base64.b64decode(_BLANKS.sub("", line.value), validate=True)
            return _file(name, kind, bool(inline)) | inline, data
        if (head := _DATA.match(line.value)) is not None:
            rest = line.value[head.end() :]
            is_coded = "base64" in head[2].lower()
            data = (
                base64.b64decode(_BLANKS.sub("", unquote(rest)), validate=True) if is_coded else unquote_to_bytes(rest)
            )
            return _file(name, kind or head[1].lower(), bool(inline)) | inline, data
    except (binascii.Error, ValueError):
        lost.append(losses.FILE_UNREADABLE)
        return None
    place = one_line(line.value)
    if not place:
        return None
    return {
        "@odata.type": "#microsoft.graph.referenceAttachment",
        "name": name or _last(place) or place,
        "contentType": kind,
        "sourceUrl": place,
        "size": 0,
        "isInline": False,
    }, None


def _file(name: str, kind: str, is_inline: bool) -> dict[str, Any]:
    ending = (mimetypes.guess_extension(kind) or "") if kind else ""
    return {"name": name or f"file{ending}", "contentType": kind or "application/octet-stream", "isInline": is_inline}


def _last(place: str) -> str:
    try:
        return unquote(urlsplit(place).path.rpartition("/")[2])
    except ValueError:
        return ""
