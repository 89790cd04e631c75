"""Header fields: unfolding, encoded words, parameters, dates (RFC 5322, 2047, 2231), read as kindly as possible."""

import binascii
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final
from urllib.parse import unquote_to_bytes

from saasbackup_desktop.providers.formats.charsets import decode, decode_stray

LONGEST_VALUE: Final = 64 * 1024
"""Bytes of a field that are read."""

_FIELD: Final = re.compile(
    rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\r\n]*(?:\r(?!\n)[^\r\n]*)*(?:\r?\n[ \t][^\r\n]*(?:\r(?!\n)[^\r\n]*)*)*)", re.M
)
_FOLD: Final = re.compile(r"\r?\n[ \t]*|[\t ]+")
_WORD: Final = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS: Final = re.compile(r"(=\?[^?\s]*\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]*\?[bBqQ]\?)")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.S)
_CONTINUED: Final = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")

Fields = dict[str, bytes]
"""Raw values by lower-case name; of a field that is there twice, the first."""


def header_end(data: bytes, start: int = 0, end: int | None = None) -> int:
    """Say where the body begins: after the empty line that ends the header section."""
    end = len(data) if end is None else end
    if data.startswith(b"\n", start, end):
        return start + 1
    if data.startswith(b"\r\n", start, end):
        return start + 2
    crlf = data.find(b"\n\r\n", start, end)
    lf = data.find(b"\n\n", start, end if crlf < 0 else crlf + 1)
    if lf >= 0:
        return lf + 2
    return crlf + 3 if crlf >= 0 else end


def header_digest(data: bytes) -> str:
    """SHA-256 (hexadecimal) of a message's raw header section, the empty line at its end included."""
    return hashlib.sha256(memoryview(data)[: header_end(data)]).hexdigest()


def read_fields(data: bytes, start: int, end: int) -> Fields:
    """Split a header section into its fields; lines that are none are passed over."""
    fields: Fields = {}
    for name, value in every_field(data, start, end):
        fields.setdefault(name, value)
    return fields


def every_field(data: bytes, start: int, end: int) -> Iterator[tuple[str, bytes]]:
    """Read each field of a header section, also those that are there more than once: lower-case name, raw value."""
    for name, value in _FIELD.findall(data[start:end]):
        yield name.decode("ascii").lower(), value


def text_of(value: bytes, charset: str = "") -> str:
    """Read an unstructured value: unfolded, encoded words and stray bytes decoded, on one line."""
    text = _FOLD.sub(" ", decode_stray(value[:LONGEST_VALUE], charset)).strip()
    if "=?" in text:
        text = "".join(_decoded_words(_BETWEEN_WORDS.sub(r"\1", text)))
    return _CONTROL.sub(" ", text).strip()


def _decoded_words(text: str) -> Iterator[str]:
    """Decode encoded words; neighbours of one charset together, for some break letters in two."""
    at = 0
    pending, charset = b"", ""
    for word in _WORD.finditer(text):
        of = word[1].partition("*")[0].lower()
        data = _word_bytes(word[2], word[3], of)
        if pending and (word.start() > at or of != charset):
            yield decode(pending, charset)
            pending = b""
        if word.start() > at:
            yield text[at : word.start()]
        if data is None:
            if pending:
                yield decode(pending, charset)
            pending = b""
            yield word[0]
        else:
            pending, charset = pending + data, of
        at = word.end()
    if pending:
        yield decode(pending, charset)
    yield text[at:]


def _word_bytes(coding: str, text: str, charset: str) -> bytes | None:
    """Take the bytes out of an encoded word; stray letters in it are in the charset that it names."""
    try:
        raw = text.encode("ascii" if text.isascii() else _python_name(charset), "replace")
        if coding in "qQ":
            return binascii.a2b_qp(raw, header=True)
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return None


def parameters_of(value: bytes) -> tuple[str, dict[str, str]]:
    """Split a structured value such as Content-Type into its lower-case head and its parameters."""
    text = _FOLD.sub(" ", decode(value[:LONGEST_VALUE])).strip()
    head, _, rest = text.partition(";")
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for parameter in _PARAMETER.finditer(";" + rest):
        quoted, bare = parameter[2], parameter[3]
        content = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (bare or "").strip()
        name = _CONTINUED.match(parameter[1].lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            found.setdefault(name[1], content)
        else:
            pieces.setdefault(name[1], {}).setdefault(int(name[2] or 0), (content, name[3] is not None))
    for key, numbered in pieces.items():
        found[key] = _joined([numbered[number] for number in sorted(numbered)])
    return head.strip().lower(), {name: _parameter_text(content) for name, content in found.items()}


def _joined(pieces: list[tuple[str, bool]]) -> str:
    """Put together a value in pieces (RFC 2231)."""
    charset = "utf-8"
    raw = b""
    for number, (content, extended) in enumerate(pieces):
        if not extended:
            raw += content.encode(_python_name(charset), "replace")
            continue
        if number == 0 and content.count("'") >= 2:
            charset, _, encoded = content.split("'", 2)
        else:
            encoded = content
        raw += unquote_to_bytes(encoded)
    return decode(raw, charset)


def _python_name(charset: str) -> str:
    try:
        "".encode(charset)
    except (LookupError, ValueError):
        return "utf-8"
    return charset


def _parameter_text(content: str) -> str:
    if "=?" in content:
        content = "".join(_decoded_words(_BETWEEN_WORDS.sub(r"\1", content)))
    return _CONTROL.sub(" ", content).strip()


def iso_date(value: bytes) -> str:
    """Write a date field as ISO 8601 with its own offset; empty if it is no date."""
    try:
        parts = parsedate_tz(decode(value[:LONGEST_VALUE]))
        if parts is None:
            return ""
        offset = parts[9] or 0
        moment = datetime(*parts[:5], min(parts[5], 59), tzinfo=timezone(timedelta(seconds=offset)))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return ""
    return moment.isoformat()
