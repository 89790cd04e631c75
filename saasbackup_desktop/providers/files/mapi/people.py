"""Senders and recipients: everybody is an address of one's own ([MS-OXCDATA] 2.2.5.1)."""

from collections.abc import Iterable
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.pst.model import Recipient, Tag, Value

TO: Final = 1
CC: Final = 2
BCC: Final = 3

_PROVIDER: Final = bytes(4) + bytes.fromhex("812b1fa4bea310199d6e00dd010f5402") + bytes(2) + b"\x01\x90"
_MAIL_USER: Final = 6


def entry_id(person: Address) -> bytes:
    """Name somebody who is in no address book: a one-off entry, in Unicode, without rich text."""
    shown = person.name or person.address
    return _PROVIDER + f"{shown}\0SMTP\0{person.address}\0".encode("utf-16-le", "replace")


def search_key(person: Address) -> bytes:
    """What equal addresses have equal."""
    return f"SMTP:{person.address.upper()}\0".encode("utf-8", "replace")


def recipient(person: Address, kind: int) -> Recipient:
    """Somebody whom it went to: `TO`, `CC` or `BCC`."""
    shown = person.name or person.address
    entry = entry_id(person)
    return Recipient(
        properties={
            tags.RECIPIENT_TYPE: kind,
            tags.DISPLAY_NAME: shown,
            tags.ADDRESS_TYPE: "SMTP",
            tags.EMAIL_ADDRESS: person.address,
            tags.SMTP_ADDRESS: person.address,
            tags.SEVEN_BIT_NAME: shown,
            tags.ENTRY_ID: entry,
            tags.RECORD_KEY: entry,
            tags.SEARCH_KEY: search_key(person),
            tags.OBJECT_TYPE: _MAIL_USER,
            tags.DISPLAY_TYPE: 0,
            tags.RESPONSIBILITY: True,
            tags.RICH_INFO: False,
        }
    )


def sender(person: Address) -> dict[Tag, Value]:
    """Who sent it."""
    return {
        tags.SENDER_NAME: person.name or person.address,
        tags.SENDER_TYPE: "SMTP",
        tags.SENDER_ADDRESS: person.address,
        tags.SENDER_SMTP: person.address,
        tags.SENDER_ENTRY: entry_id(person),
        tags.SENDER_KEY: search_key(person),
    }


def sent_representing(person: Address) -> dict[Tag, Value]:
    """In whose name it was sent."""
    return {
        tags.SENT_REPRESENTING_NAME: person.name or person.address,
        tags.SENT_REPRESENTING_TYPE: "SMTP",
        tags.SENT_REPRESENTING_ADDRESS: person.address,
        tags.SENT_REPRESENTING_SMTP: person.address,
        tags.SENT_REPRESENTING_ENTRY: entry_id(person),
        tags.SENT_REPRESENTING_KEY: search_key(person),
    }


def reply_to(people: Iterable[Address]) -> dict[Tag, Value]:
    """Whom answers go to: a list of entries ([MS-OXCDATA] 2.3.3), each counted and filled up to four bytes."""
    known = list(people)
    if not known:
        return {}
    flat = b""
    for person in known:
        entry = entry_id(person)
        flat += len(entry).to_bytes(4, "little") + entry + bytes(-len(entry) % 4)
    return {
        tags.REPLY_ENTRIES: len(known).to_bytes(4, "little") + len(flat).to_bytes(4, "little") + flat,
        tags.REPLY_NAMES: "; ".join(person.name or person.address for person in known),
    }
