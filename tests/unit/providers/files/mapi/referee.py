"""What Python's own email package says of a message, beside what became of it for Outlook."""

import email
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message as Parsed
from email.utils import getaddresses, parsedate_tz

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.layout import MESSAGES
from saasbackup_desktop.providers.files.pst.model import Attachment, Message
from saasbackup_desktop.providers.formats.charsets import decode, is_known
from saasbackup_desktop.providers.formats.html_text import html_to_text

_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Verdict:
    """Where the two do not agree; each with what both say."""

    differences: list[tuple[str, object, object]] = field(default_factory=list)

    def compare(self, what: str, ours: object, theirs: object) -> None:
        """Note it if they differ."""
        if ours != theirs:
            self.differences.append((what, ours, theirs))


def judge(data: bytes, message: Message) -> Verdict:
    """Compare subject, date, recipients, texts and files."""
    parsed = email.message_from_bytes(data)
    verdict = Verdict()
    if losses.SUBJECT_CUT not in message.losses and is_readable(raw(parsed, "subject")):
        verdict.compare("subject", squeezed(said(message, tags.SUBJECT)), squeezed(header_text(raw(parsed, "subject"))))
    moment = their_date(parsed)
    if moment is not None:
        verdict.compare("date", message.properties.get(tags.SUBMITTED), moment)
    for name, kind in (("to", 1), ("cc", 2), ("bcc", 3)):
        ours = {
            squeezed(str(one.properties[tags.SMTP_ADDRESS])).lower()
            for one in message.recipients
            if one.properties[tags.RECIPIENT_TYPE] == kind and "@" in str(one.properties[tags.SMTP_ADDRESS])
        }
        theirs = their_addresses(parsed, name)
        if theirs is not None:
            verdict.compare(name, ours, theirs)
    compare_parts(verdict, message, parsed)
    return verdict


def compare_parts(verdict: Verdict, message: Message, parsed: Parsed) -> None:
    """Each part of theirs is a file of ours or stands in a text of ours; each file of ours is a part of theirs."""
    files = Counter(digests(message))
    texts = list(bodies(message))
    theirs: Counter[str] = Counter()
    for part in leaves(parsed):
        content = payload(part)
        digest = hashlib.sha256(content).hexdigest()
        theirs[digest] += 1
        if files[digest] or not content.strip() or is_guessed(part, content):
            continue
        text = decode(content, part.get_content_charset("") or "").replace("\0", "")
        text = squeezed(html_to_text(text) if part.get_content_type() == "text/html" else text)
        head, middle, tail = text[:60], text[len(text) // 2 :][:60], text[-60:]
        if not any(head in one and middle in one and tail in one for one in texts):
            verdict.differences.append((f"lost {part.get_content_type()}", [one[:80] for one in texts], text[:80]))
    verdict.compare("files", {digest for digest in files if digest not in theirs}, set())


def leaves(parsed: Parsed) -> Iterator[Parsed]:
    """Walk their parts that hold something themselves."""
    inner = parsed.get_payload()
    if not parsed.is_multipart() or not isinstance(inner, list):
        yield parsed
    elif parsed.get_content_type() in MESSAGES or parsed.get_content_maintype() == "multipart":
        for part in inner:
            assert isinstance(part, Parsed)
            yield from leaves(part)


def is_guessed(part: Parsed, content: bytes) -> bool:
    """Whether a text does not say what charset it is in, or none that is known."""
    charset = part.get_content_charset("") or ""
    return part.get_content_maintype() == "text" and not content.isascii() and not is_known(charset)


def payload(part: Parsed) -> bytes:
    """Read what a part of theirs holds."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def digests(message: Message) -> Iterator[str]:
    """SHA-256 of all files in a message and in messages in it; of S/MIME, of what is inside too."""
    for attachment in message.attachments:
        if isinstance(attachment.content, Message):
            yield from digests(attachment.content)
            continue
        kind = str(attachment.properties[tags.ATTACH_MEDIA_TYPE])
        content = content_of(attachment)
        if kind == "multipart/signed":
            for part in leaves(email.message_from_bytes(content)):
                yield hashlib.sha256(payload(part)).hexdigest()
        elif not kind.startswith("message/"):
            yield hashlib.sha256(content).hexdigest()


def content_of(attachment: Attachment) -> bytes:
    """Read a file whole; its size is as was said."""
    content = attachment.content
    assert not isinstance(content, Message)
    if isinstance(content, bytes):
        return content
    assert content is not None
    found = b"".join(content())
    assert len(found) == attachment.size
    return found


def bodies(message: Message) -> Iterator[str]:
    """All texts of a message and of messages in it."""
    yield squeezed(said(message, tags.BODY))
    html = message.properties.get(tags.HTML, b"")
    assert isinstance(html, bytes)
    yield squeezed(html.decode())
    yield squeezed(html_to_text(html.decode()))
    for attachment in message.attachments:
        if isinstance(attachment.content, Message):
            yield from bodies(attachment.content)


def said(message: Message, tag: tags.Tag) -> str:
    """Read a text of ours."""
    return str(message.properties.get(tag, ""))


def squeezed(text: str) -> str:
    """Leave out what differs in white space only."""
    return _SPACE.sub("", text)


def is_readable(value: str) -> bool:
    """Whether a field is ASCII or UTF-8, and so needs no guess."""
    try:
        value.encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError:
        return False
    return True


def is_sound(data: bytes) -> bool:
    """Whether their package finds no fault with a message, and it is one: it says from whom or when."""
    parsed = email.message_from_bytes(data)
    if not (parsed.get("from") or parsed.get("date")):
        return False
    return not any(part.defects or _is_faulty(part) for part in parsed.walk())


def _is_faulty(part: Parsed) -> bool:
    """Whether decoding a part's content finds a fault, or there is nothing to it."""
    if not part.is_multipart():
        part.get_payload(decode=True)
    return bool(part.defects)


def raw(parsed: Parsed, name: str) -> str:
    """Read the first field of a name as it came, bytes beyond ASCII as surrogates."""
    return next((str(value) for key, value in parsed.raw_items() if key.lower() == name), "")


def unstrayed(text: str) -> str:
    """Read stray bytes as UTF-8, else as Windows' Latin."""
    return decode(text.encode("utf-8", "surrogateescape"))


def header_text(value: str) -> str:
    """Decode a field as their package does."""
    text = unstrayed(value)
    try:
        words = decode_header(text)
        return "".join(word if isinstance(word, str) else decode(word, charset or "utf-8") for word, charset in words)
    except (ValueError, LookupError):
        return text


def their_addresses(parsed: Parsed, name: str) -> set[str] | None:
    """Addresses with a domain, in lower case; None where their package breaks."""
    values = [unstrayed(str(value)) for key, value in parsed.raw_items() if key.lower() == name]
    try:
        return {squeezed(address).lower() for _, address in getaddresses(values) if "@" in address}
    except RecursionError:
        return None


def their_date(parsed: Parsed) -> datetime | None:
    """When it was sent."""
    try:
        parts = parsedate_tz(raw(parsed, "date"))
        if parts is None or parts[0] < 1602:
            return None
        moment = datetime(*parts[:5], min(parts[5], 59), tzinfo=UTC)
        return moment - (datetime.fromtimestamp(parts[9] or 0, UTC) - datetime.fromtimestamp(0, UTC))
    except (ValueError, OverflowError, TypeError):
        return None
