"""ENVELOPE and BODYSTRUCTURE (RFC 3501 section 7.4.2)."""

from email.utils import getaddresses

from saasbackup_desktop.sim.imap.mime import Part, parameters
from saasbackup_desktop.sim.imap.wire import listed, nstring, quote

_NIL = b"NIL"


def envelope(part: Part) -> bytes:
    """Write the envelope of a message."""
    fields = part.fields
    sender = _addresses(fields.get(b"FROM"))
    return listed(
        (
            nstring(fields.get(b"DATE")),
            nstring(fields.get(b"SUBJECT")),
            sender,
            _addresses(fields.get(b"SENDER")) if b"SENDER" in fields else sender,
            _addresses(fields.get(b"REPLY-TO")) if b"REPLY-TO" in fields else sender,
            _addresses(fields.get(b"TO")),
            _addresses(fields.get(b"CC")),
            _addresses(fields.get(b"BCC")),
            nstring(fields.get(b"IN-REPLY-TO")),
            nstring(fields.get(b"MESSAGE-ID")),
        )
    )


def _addresses(value: bytes | None) -> bytes:
    if not value:
        return _NIL
    written: list[bytes] = []
    for name, address in getaddresses([value.decode("latin-1")]):
        local, _, domain = address.rpartition("@")
        if not local:
            local, domain = domain, "MISSING_DOMAIN"
        if address:
            words = (name.encode("latin-1") or None, None, local.encode("latin-1"), domain.encode("latin-1"))
            written.append(listed(nstring(word) for word in words))
    return b"(" + b"".join(written) + b")" if written else _NIL


def structure(part: Part, *, extended: bool) -> bytes:
    """Write the structure of a message, with the extension data of BODYSTRUCTURE or without."""
    if part.type == b"MULTIPART":
        children = b"".join(structure(child, extended=extended) for child in part.children)
        # A multipart without parts is not writable; servers show one empty text instead.
        words = [children or b'("text" "plain" NIL NIL NIL "7bit" 0 0)', quote(part.subtype.lower())]
        if extended:
            words += [_parameters(part.parameters), *_placement(part)]
        return b"(" + words[0] + b" " + b" ".join(words[1:]) + b")"
    fields, parameters_shown = part.fields, list(part.parameters)
    if part.type == b"TEXT" and b"CHARSET" not in dict(parameters_shown):
        parameters_shown.append((b"CHARSET", b"us-ascii"))
    words = [
        quote(part.type.lower()),
        quote(part.subtype.lower()),
        _parameters(parameters_shown),
        nstring(fields.get(b"CONTENT-ID")),
        nstring(fields.get(b"CONTENT-DESCRIPTION")),
        quote(fields.get(b"CONTENT-TRANSFER-ENCODING", b"7bit").lower()),
        b"%d" % (part.end - part.body),
    ]
    lines = b"%d" % part.data.count(b"\n", part.body, part.end)
    if part.is_message:
        inner = part.children[0]
        words += [envelope(inner), structure(inner, extended=extended), lines]
    elif part.type == b"TEXT":
        words.append(lines)
    if extended:
        words += [nstring(fields.get(b"CONTENT-MD5")), *_placement(part)]
    return listed(words)


def _parameters(parameters: list[tuple[bytes, bytes]]) -> bytes:
    if not parameters:
        return _NIL
    return listed(quote(word) for name, value in parameters for word in (name.lower(), value))


def _placement(part: Part) -> list[bytes]:
    disposition = part.fields.get(b"CONTENT-DISPOSITION")
    written = _NIL
    if disposition:
        kind, mark, rest = disposition.partition(b";")
        written = listed((quote(kind.strip().lower()), _parameters(parameters(mark + rest))))
    language = part.fields.get(b"CONTENT-LANGUAGE")
    return [written, nstring(language), nstring(part.fields.get(b"CONTENT-LOCATION"))]
