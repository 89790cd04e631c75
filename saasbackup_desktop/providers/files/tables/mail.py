"""Messages as lines of a table. The columns are Outlook's own, in its order; ours stand behind them."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.files.mapi.addresses import Address, read_addresses
from saasbackup_desktop.providers.files.tables.cells import cut, joined
from saasbackup_desktop.providers.files.times import moment_of
from saasbackup_desktop.providers.formats.headers import iso_date
from saasbackup_desktop.providers.formats.mime import attachment_names, texts
from saasbackup_desktop.providers.formats.parts import Part, read_message

LONGEST: Final = 32 << 20
"""Bytes of a message that are read for its text; its files are known by name."""

COLUMNS: Final = (
    "Subject",
    "Body",
    "From: (Name)",
    "From: (Address)",
    "From: (Type)",
    "To: (Name)",
    "To: (Address)",
    "To: (Type)",
    "CC: (Name)",
    "CC: (Address)",
    "CC: (Type)",
    "BCC: (Name)",
    "BCC: (Address)",
    "BCC: (Type)",
    "Billing Information",
    "Categories",
    "Importance",
    "Mileage",
    "Sensitivity",
    "Sent",
    "Received",
    "Message ID",
    "Attachments",
    "Size",
    "Flags",
)

_PEOPLE: Final = (("From", "from"), ("To", "to"), ("CC", "cc"), ("BCC", "bcc"))
_IMPORTANCE: Final = {"high": "High", "low": "Low"}
_SENSITIVITY: Final = {"personal": "Personal", "private": "Private", "company-confidential": "Confidential"}


def cells(item: Item, data: bytes, losses: list[str]) -> Mapping[str, str]:
    """A message's line. Dates say their offset: as the sender wrote them (Sent), and in UTC (Received)."""
    message = read_message(data)
    received = moment_of(item)
    names = item.facets.get("attachments", "").splitlines() or list(dict.fromkeys(attachment_names(message)))
    found = {
        "Subject": message.said("subject"),
        "Body": cut("\n\n".join(filter(None, (text.strip() for text in texts(message)))), losses),
        "Categories": joined(_words(message.said("keywords"))),
        "Importance": _IMPORTANCE.get(message.said("importance").lower(), "Normal"),
        "Sensitivity": _SENSITIVITY.get(message.said("sensitivity").lower(), "Normal"),
        "Sent": iso_date(message.fields.get("date", b"")).replace("T", " "),
        "Received": received.strftime("%Y-%m-%d %H:%M:%S+00:00") if received else "",
        "Message ID": message.said("message-id"),
        "Attachments": joined(names),
        "Size": str(item.body.size if item.body is not None else len(data)),
        "Flags": " ".join(item.flags),
    }
    for column, field in _PEOPLE:
        found |= _people(column, _addresses(message, field))
    return {column: cut(value, losses) for column, value in found.items()}


def _addresses(message: Part, field: str) -> Sequence[Address]:
    return read_addresses(message.said(field)) if field in message.fields else ()


def _people(column: str, people: Sequence[Address]) -> dict[str, str]:
    return {
        f"{column}: (Name)": joined([one.name or one.address for one in people]),
        f"{column}: (Address)": joined([one.address for one in people]),
        f"{column}: (Type)": joined(["SMTP" if one.address else "" for one in people]),
    }


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
