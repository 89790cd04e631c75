"""Single messages, as files keep them: their bytes, and what is told of their state."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.files.flags import not_held
from saasbackup_desktop.providers.formats.headers import Fields, header_end, iso_date, read_fields, text_of

_STATUS: Final = {"R": "\\Seen"}
_X_STATUS: Final = {"A": "\\Answered", "F": "\\Flagged", "T": "\\Draft", "D": "\\Deleted"}
_MOZILLA: Final = ((0x1, "\\Seen"), (0x2, "\\Answered"), (0x4, "\\Flagged"), (0x8, "\\Deleted"), (0x1000, "$Forwarded"))
_MAILDIR: Final = {
    "S": "\\Seen",
    "R": "\\Answered",
    "F": "\\Flagged",
    "D": "\\Draft",
    "T": "\\Deleted",
    "P": "$Forwarded",
}
_KEYWORD: Final = re.compile(r"[^\s(){%*\"\\\]\x00-\x1f\x7f]+")
_KEPT_BESIDE: Final = re.compile(
    rb"^(?:status|x-status|x-keywords|x-mozilla-(?:status2?|keys)|x-uid|x-imap(?:base)?|content-length|lines"
    rb"|x-gmail-labels)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.I | re.M,
)
"""Fields in which programs note, in the message itself, what changes without the message changing."""
_NOTED: Final = re.compile(rb"^(?:status|x-status|x-keywords|x-mozilla-(?:status|keys)|x-unsent)[ \t]*:", re.I | re.M)
_FIELD: Final = re.compile(rb"(?:From |>From |[!-9;-~]+[ \t]*:)")
_FOLDED: Final = re.compile(rb"[ \t]")
_TELLING: Final = re.compile(rb"(?:from|to|subject|date|received|message-id)[ \t]*:", re.I)
_LONGEST_SEARCH: Final = 64 << 10


def is_message(head: bytes) -> bool:
    """Does this look like the beginning of a message: is there a header field in its first lines?"""
    lines = head[:_LONGEST_SEARCH].lstrip(b"\xef\xbb\xbf\r\n\t ").splitlines()
    return any(_FIELD.match(line) for line in lines[:20])


def begins_message(head: bytes) -> bool:
    """Does a text that nobody calls a message begin like one: with header fields, and one that no mail is without?"""
    for line in head[:_LONGEST_SEARCH].lstrip(b"\xef\xbb\xbf\r\n").splitlines():
        if _TELLING.match(line):
            return True
        if not (_FIELD.match(line) or _FOLDED.match(line)):
            return False
    return False


def with_line_ends(data: bytes) -> bytes:
    """Write line ends as mail has them, where a file has only those of its system; all others stay as they are."""
    if b"\n" not in data:  # old Macs
        return data.replace(b"\r", b"\r\n")
    return data.replace(b"\n", b"\r\n") if b"\r\n" not in data else data


def fields_of(data: bytes) -> Fields:
    """The header fields of a message."""
    return read_fields(data, 0, header_end(data))


def identity(data: bytes) -> str:
    """What tells a message from others, whatever programs have noted in it since: hexadecimal."""
    end = header_end(data)
    digest = hashlib.sha256(_KEPT_BESIDE.sub(b"", data[:end]).replace(b"\r\n", b"\n"))
    digest.update(memoryview(data)[end:])
    return digest.hexdigest()


def received(fields: Fields) -> int | None:
    """When a message came, by its topmost trace, else when it was written: seconds since 1970 UTC."""
    trace = fields.get("received", b"").rpartition(b";")[2]
    for value in (fields.get("delivery-date", b""), trace, fields.get("date", b"")):
        if said := iso_date(value):
            try:
                return int(datetime.fromisoformat(said).timestamp())
            except (ValueError, OverflowError):
                continue
    return None


def flags_of(fields: Fields) -> tuple[str, ...]:
    """The state that programs note in a message; one without any was read: it is kept for its content."""
    found: set[str] = set()
    status, more = (text_of(fields.get(name, b"")) for name in ("status", "x-status"))
    found |= {flag for letter, flag in _STATUS.items() if letter in status}
    found |= {flag for letter, flag in _X_STATUS.items() if letter in more}
    mozilla = text_of(fields.get("x-mozilla-status", b""))
    if re.fullmatch(r"[0-9a-fA-F]{1,8}", mozilla):
        found |= {flag for bit, flag in _MOZILLA if int(mozilla, 16) & bit}
    for name in ("x-keywords", "x-mozilla-keys"):
        found |= {word for word in text_of(fields.get(name, b"")).split() if _KEYWORD.fullmatch(word)}
    if fields.get("x-unsent", b"").strip() == b"1":
        found.add("\\Draft")
    if not fields.keys() & {"status", "x-status", "x-mozilla-status"}:
        found.add("\\Seen")
    return tuple(sorted(found))


def unsaid(item: Item, head: bytes) -> tuple[str, ...]:
    """Codes of what a mailbox says of a message, and the message, which begins so, does not."""
    lost = not_held(item, ("\\Seen",))
    is_noted = _NOTED.search(head, 0, header_end(head))
    return not_held(item, flags_of(fields_of(head))) if is_noted else lost


def flags_of_name(name: str) -> tuple[str, ...]:
    """The state that a file's name in a Maildir tells."""
    _, _, info = name.rpartition(":2,")
    if not info or info == name:
        _, _, info = name.rpartition("!2,")  # where a name cannot have a colon
    if info == name:
        return ()
    return tuple(sorted(flag for letter, flag in _MAILDIR.items() if letter in info))


def labels_of(fields: Fields) -> tuple[str, ...]:
    """The labels that Gmail writes into what it hands out; none: it is not from there."""
    said = text_of(fields.get("x-gmail-labels", b""))
    found: list[str] = []
    for part in re.findall(r'\s*("[^"]*"|[^,]+)\s*(?:,|$)', said):
        label = part.strip().strip('"').strip()
        if label:
            found.append(label)
    return tuple(found)


_GMAIL_FOLDERS: Final = ("trash", "spam", "drafts", "inbox", "sent")
_GMAIL_STATES: Final[Mapping[str, str]] = {"starred": "\\Flagged", "important": "$Important"}
_GMAIL_OTHER: Final = {"unread", "opened", "archived", "chat", "chats", *_GMAIL_STATES}


def placed(labels: tuple[str, ...]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Where a message of Gmail's lies, and its state; None: under no label of its own."""
    by_name = {label.casefold(): label for label in labels}
    flags = {flag for name, flag in _GMAIL_STATES.items() if name in by_name}
    if "unread" not in by_name:
        flags.add("\\Seen")
    own = [label for name, label in by_name.items() if name not in _GMAIL_OTHER]
    standing = next((by_name[name] for name in _GMAIL_FOLDERS if name in by_name), None)
    chosen = [label for label in own if not label.casefold().startswith("category ")]
    place = standing or next(iter(chosen), None)
    return (tuple(filter(None, place.split("/"))) or None if place else None), tuple(sorted(flags))
