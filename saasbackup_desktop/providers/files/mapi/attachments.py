"""Files in a message as Outlook's attachments ([MS-OXCMSG] 2.2.2)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.contents import Stretch, content
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Tag, Value
from saasbackup_desktop.providers.formats.charsets import decode
from saasbackup_desktop.providers.formats.parts import Part

BY_VALUE: Final = 1
EMBEDDED: Final = 5
IN_HTML: Final = 4
NOWHERE: Final = -1
"""A position: it is not rendered in the text."""

LONGEST_NAME: Final = 255

_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f/\\]")
_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_UNKNOWN: Final = "application/octet-stream"
_CID: Final = re.compile(r"cid:([^\"'\s<>)]{1,998})", re.I)
_SHORT_UNFIT: Final = re.compile(r"[^A-Z0-9_$~!#%&{}()@^`'-]")
_EXTENSIONS: Final = {
    "text/plain": ".txt",
    "text/html": ".htm",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/csv": ".csv",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/msword": ".doc",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "video/mp4": ".mp4",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/partial": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "message/external-body": ".txt",
    "text/rfc822-headers": ".txt",
}


@dataclass(frozen=True, slots=True)
class Mentions:
    """What an HTML text shows that lies beside it."""

    contents: frozenset[str]
    text: str

    def has(self, part: Part) -> bool:
        """Whether it shows a part."""
        named = part.content_id
        if named and named in self.contents:
            return True
        place = location_of(part)
        return bool(place) and place in self.text


def mentions_of(shown: str) -> Mentions:
    """Read what an HTML text shows."""
    return Mentions(frozenset(unquote(found) for found in _CID.findall(shown)), shown)


def location_of(part: Part) -> str:
    """Where a part says that it lies (Content-Location)."""
    return "".join(decode(part.fields.get("content-location", b"")).split())


def file_name(part: Part, number: int, lost: list[str]) -> str:
    """Name a part's file: as it is called, else by its place and kind."""
    if not part.name:
        return f"part-{number}{_extension(part.media_type)}"
    return fit_name(part.name, lost)


def _extension(media_type: str) -> str:
    known = _EXTENSIONS.get(media_type)
    return known or (".txt" if media_type.startswith(("text/", "multipart/")) else ".dat")


def fit_name(name: str, lost: list[str]) -> str:
    """Take out of a name what leads into other folders, or what no name holds."""
    fit = _UNFIT.sub("_", name).strip()[-LONGEST_NAME:]
    if fit.strip("._ ") == "":
        fit = "file"
    if fit != name:
        lost.append(losses.NAME_CHANGED)
    return fit


def named(name: str) -> dict[Tag, Value]:
    """Write a file's name in all its forms."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    found: dict[Tag, Value] = {
        tags.DISPLAY_NAME: name,
        tags.ATTACH_LONG_NAME: name,
        tags.ATTACH_SHORT_NAME: _short(stem, extension),
    }
    if extension:
        found[tags.ATTACH_EXTENSION] = "." + extension
    return found


def _short(stem: str, extension: str) -> str:
    """A name of eight letters and three."""
    letters = _SHORT_UNFIT.sub("", stem.upper()) or "FILE"
    if len(letters) > 8 or letters != stem.upper():
        letters = letters[:6] + "~1"
    last = _SHORT_UNFIT.sub("", extension.upper())[:3]
    return f"{letters}.{last}" if last else letters


def _said_type(said: str) -> str:
    """What a part says that it is, without what stands behind it (a comment, a parameter without its semicolon)."""
    found = _TYPE.match(said)
    if said.startswith("multipart/"):
        return _UNKNOWN  # it has no parts, or it would be no file
    if found is not None and found[0] != said and said.startswith("message/"):
        return _UNKNOWN  # a line of another part got into it
    return found[0] if found is not None else _UNKNOWN


def attached_file(part: Part, number: int, mentions: Mentions | None, lost: list[str]) -> Attachment:
    """Make an attachment of a part; it is hidden if the HTML text shows it and it does not ask to be a file."""
    properties: dict[Tag, Value] = {
        tags.ATTACH_METHOD: BY_VALUE,
        **named(file_name(part, number, lost)),
        tags.ATTACH_MEDIA_TYPE: _said_type(part.media_type),
        tags.ATTACH_POSITION: NOWHERE,
    }
    if part.content_id:
        properties[tags.ATTACH_CONTENT_ID] = part.content_id.replace("\0", "")
    if place := location_of(part):
        properties[tags.ATTACH_LOCATION] = place.replace("\0", "")
    if mentions is not None and part.disposition != "attachment" and mentions.has(part):
        properties[tags.ATTACH_FLAGS] = IN_HTML
        properties[tags.ATTACH_HIDDEN] = True
    return filled(properties, content(part))


def filled(properties: dict[Tag, Value], found: bytes | Stretch) -> Attachment:
    """Put a content into an attachment."""
    if isinstance(found, bytes):
        return Attachment(properties=properties, content=found)
    return Attachment(properties=properties, content=found, size=found.size())


def attached_message(message: Message, name: str) -> Attachment:
    """Make an attachment of a message."""
    properties: dict[Tag, Value] = {
        tags.ATTACH_METHOD: EMBEDDED,
        tags.DISPLAY_NAME: name,
        tags.ATTACH_LONG_NAME: name,
        tags.ATTACH_POSITION: NOWHERE,
        tags.ATTACH_MEDIA_TYPE: "message/rfc822",
    }
    return Attachment(properties=properties, content=message)
