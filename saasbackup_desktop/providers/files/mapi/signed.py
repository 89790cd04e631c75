"""Signed and encrypted mail: S/MIME stays the one file that can still be verified ([MS-OXOSMIME])."""

from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.attachments import BY_VALUE, NOWHERE, filled, named
from saasbackup_desktop.providers.files.mapi.contents import LARGE, Stretch, content
from saasbackup_desktop.providers.files.pst.model import Attachment, Tag, Value
from saasbackup_desktop.providers.formats.headers import Fields
from saasbackup_desktop.providers.formats.parts import Part

CLEAR: Final = "IPM.Note.SMIME.MultipartSigned"
OPAQUE: Final = "IPM.Note.SMIME"

_OPAQUE_TYPE: Final = "application/pkcs7-mime"
_OPAQUE_TYPES: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CLEAR_PROTOCOLS: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_FIELDS: Final = ("content-type", "content-transfer-encoding", "content-disposition", "content-description")


def secured(message: Part) -> tuple[str, Attachment] | None:
    """Make the class and the one attachment of S/MIME mail; None if it is none."""
    if message.media_type in _OPAQUE_TYPES or _is_opaque_by_name(message):
        return OPAQUE, filled(_properties(_OPAQUE_TYPE), content(message))
    if message.media_type == "multipart/signed" and message.parts and _protocol(message) in _CLEAR_PROTOCOLS:
        return CLEAR, filled(_properties("multipart/signed"), _entity(message))
    return None


def _is_opaque_by_name(message: Part) -> bool:
    """Some gateways only say that it is a file of this name."""
    return message.media_type == "application/octet-stream" and message.name.lower().endswith(".p7m")


def security_losses(message: Part) -> list[str]:
    """Say what of a signature or of encryption cannot be kept as such."""
    if message.media_type == "multipart/signed":
        return [losses.SIGNATURE_APART]
    if message.media_type == "multipart/encrypted":
        return [losses.ENCRYPTED_AS_FILE]
    return []


def _protocol(message: Part) -> str:
    said = message.parameters.get("protocol", "").lower().strip()
    return said or message.parts[-1].media_type


def _properties(media_type: str) -> dict[Tag, Value]:
    return {
        tags.ATTACH_METHOD: BY_VALUE,
        **named("smime.p7m"),
        tags.ATTACH_MEDIA_TYPE: media_type,
        tags.ATTACH_POSITION: NOWHERE,
    }


def _entity(message: Part) -> bytes | Stretch:
    """The signed entity as it came: the fields that say what it is, and its content untouched."""
    entity = Stretch(message.data, message.start, message.end, "", _fields(message.fields))
    return entity if message.end - message.start > LARGE else b"".join(entity())


def _fields(fields: Fields) -> bytes:
    lines = [name.title().encode() + b": " + fields[name].strip() for name in _FIELDS if name in fields]
    return b"\r\n".join((*lines, b"", b""))
