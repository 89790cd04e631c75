"""Files in an item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import entities, losses
from saasbackup_desktop.providers.files.pstread.entities import Entity
from saasbackup_desktop.providers.files.pstread.objects import Attachment, Message, Said

_METHOD, _NAME, _LONG_NAME, _SHORT_NAME, _EXTENSION = 0x3705, 0x3001, 0x3707, 0x3704, 0x3703
_PATH, _LONG_PATH = 0x3708, 0x370D
_MEDIA_TYPE, _CONTENT_ID, _LOCATION, _FLAGS, _HIDDEN = 0x370E, 0x3712, 0x3713, 0x3714, 0x7FFE
_PHOTO, _KIND, _REPLACES = 0x7FFF, 0x7FFD, 0x7FF9
_EXCEPTION: Final = 2
_IN_HTML: Final = 4
_BY_VALUE, _EMBEDDED, _OLE = 1, 5, 6
_MEDIA_TYPES: Final = {
    ".txt": "text/plain",
    ".htm": "text/html",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".eml": "message/rfc822",
    ".msg": "application/vnd.ms-outlook",
    ".p7m": "application/pkcs7-mime",
    ".p7s": "application/pkcs7-signature",
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in an item, or an item in it."""

    name: str
    media_type: str
    data: bytes
    content_id: str = ""
    location: str = ""
    is_shown: bool = False
    """The HTML text shows it, and it is not offered as a file."""
    is_photo: bool = False
    message: Message | None = None
    link: str = ""
    """Where the file lies, if it is not here."""
    is_exception: bool = False
    """It is an occurrence that is not as its series."""
    replaces: datetime | None = None
    """When that occurrence would have begun."""

    def entity(self) -> Entity:
        """Write it as a part of a message."""
        if self.link:
            return entities.file(f"{self.name or 'link'}.txt", "text/plain", self.link.encode("utf-8", "replace"))
        return entities.file(
            self.name,
            self.media_type,
            self.data,
            content_id=self.content_id,
            location=self.location,
            inline=self.is_shown,
        )


def attached_of(message: Message, said: Said) -> Iterator[Attached]:
    """Read what lies in an item; what is damaged is told."""
    there = message.attachments()
    while True:
        try:
            one = next(there, None)
        except Unreadable:
            said.lost.append(losses.ATTACHMENT_DAMAGED)
            return
        if one is None:
            return
        try:
            yield _attached(one, Said(one, said.lost, said.page))
        except Unreadable:
            said.lost.append(losses.ATTACHMENT_DAMAGED)


def _attached(one: Attachment, said: Said) -> Attached:
    name = said.text(_LONG_NAME) or said.text(_SHORT_NAME) or said.text(_NAME)
    name = name.rstrip("\0 ")
    method = said.number(_METHOD)
    inner = one.message
    if inner is not None:
        return Attached(
            name,
            "message/rfc822",
            b"",
            message=inner,
            is_exception=bool((said.number(_KIND) or 0) & _EXCEPTION),
            replaces=said.moment(_REPLACES),
        )
    place = said.text(_LONG_PATH) or said.text(_PATH)
    if method not in (_BY_VALUE, _OLE, None) and place:
        said.lost.append(losses.ATTACHMENT_LINK)
        return Attached(name, said.text(_MEDIA_TYPE), b"", link=place)
    if method == _OLE:
        said.lost.append(losses.OLE_AS_FILE)
    return Attached(
        name,
        said.text(_MEDIA_TYPE) or media_type_of(name, said.text(_EXTENSION)),
        b"".join(one.content()),
        said.text(_CONTENT_ID).strip().strip("<>"),
        said.text(_LOCATION).strip(),
        bool((said.number(_FLAGS) or 0) & _IN_HTML) or said.truth(_HIDDEN),
        said.truth(_PHOTO),
    )


def media_type_of(name: str, extension: str = "") -> str:
    """Guess of what kind a file is by its name."""
    return _MEDIA_TYPES.get((PurePosixPath(name).suffix or extension).lower(), "application/octet-stream")
