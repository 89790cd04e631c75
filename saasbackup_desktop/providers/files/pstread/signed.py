"""Signed and encrypted mail: put together again as it was, so that it can still be verified ([MS-OXOSMIME])."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.providers.files.pstread import entities, fields
from saasbackup_desktop.providers.files.pstread.attachments import Attached
from saasbackup_desktop.providers.files.pstread.fields import Field
from saasbackup_desktop.providers.formats.headers import header_end, parameters_of, read_fields

_CLEAR: Final = "MULTIPARTSIGNED"
_KINDS: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass(frozen=True, slots=True)
class Sealed:
    """What follows the fields of a message."""

    pieces: Sequence[bytes]
    replaces: bool
    """The pieces begin with the fields that say of what parts it consists; else those that it came with stay."""


def sealed(kind: str, attached: Sequence[Attached], kept: Sequence[Field]) -> Sealed | None:
    """Put S/MIME mail together; None if it is none."""
    words = kind.upper().split(".")
    if "SMIME" not in words or len(attached) != 1 or attached[0].message is not None:
        return None
    return _clear(attached[0].data, kept) if _CLEAR in words else _opaque(attached[0], kept)


def _clear(entity: bytes, kept: Sequence[Field]) -> Sealed | None:
    end = header_end(entity)
    said = read_fields(entity, 0, end).get("content-type", b"")
    if not parameters_of(said)[0].startswith("multipart/"):
        return None
    came = dict(kept).get("content-type")
    if came and parameters_of(fields.value(("", came))) == parameters_of(said):
        return Sealed((b"\r\n", entity[end:]), False)
    return Sealed((entity,), True)


def _opaque(one: Attached, kept: Sequence[Field]) -> Sealed:
    came = dict(kept)
    kind = parameters_of(fields.value(("", came.get("content-type", b""))))[0]
    coding = fields.value(("", came.get("content-transfer-encoding", b""))).lower()
    content = (*entities.base64_lines(one.data), b"\r\n")
    if kind in _KINDS and coding == b"base64":
        return Sealed((b"\r\n", *content), False)
    head = (
        b'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\n'
        b'Content-Disposition: attachment; filename="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return Sealed((head, *content), True)
