"""Items within items, as Graph tells of them: messages, events, contacts."""

import hashlib
from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.mapi.contacts import contact
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.mapi.invitations import addresses
from saasbackup_desktop.providers.files.mapi.people import BCC, CC, TO, recipient, reply_to, sender, sent_representing
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line, plain_body
from saasbackup_desktop.providers.files.mapi.plain_times import moment
from saasbackup_desktop.providers.files.mapi.subjects import LONGEST, subject_properties
from saasbackup_desktop.providers.files.mapi.weights import weight
from saasbackup_desktop.providers.files.pst.model import Message, Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines
from saasbackup_desktop.providers.formats.graph.values import person

_READ: Final = 0x01
_PEOPLE: Final = (("toRecipients", TO), ("ccRecipients", CC), ("bccRecipients", BCC))


def item_within(plain: Plain) -> Message:
    """Turn an item that is attached to another one into an item."""
    kind = line(plain.get("@odata.type")).rpartition(".")[2].lower()
    if kind == "event":
        return event(plain, {}, item_within)
    if kind == "contact":
        return contact(plain)
    return _message(plain)


def _message(plain: Plain) -> Message:
    subject = one_line(plain.get("subject"))[:LONGEST]
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.Note",
        tags.MESSAGE_FLAGS: _READ,
        **subject_properties(subject),
        **plain_body(plain.get("body")),
        **weight(plain),
        tags.SEARCH_KEY: hashlib.md5(line(plain.get("id")).encode(), usedforsecurity=False).digest(),
        **reply_to(addresses(plain, "replyTo")),
    }
    author = person(inner(plain, "from")) or person(inner(plain, "sender"))
    by = person(inner(plain, "sender")) or author
    if author is not None and by is not None:
        properties |= sent_representing(Address(author.name, author.address)) | sender(Address(by.name, by.address))
    if categories := lines(plain.get("categories")):
        properties[tags.KEYWORDS] = categories
    if said := one_line(plain.get("internetMessageId")):
        properties[tags.MESSAGE_ID] = said
    sent, received = moment(plain.get("sentDateTime")), moment(plain.get("receivedDateTime"))
    if sent or received:
        properties[tags.SUBMITTED] = sent or received or ""
        properties |= dict.fromkeys((tags.DELIVERED, tags.CREATED, tags.MODIFIED), received or sent or "")
    people = [recipient(one, kind) for name, kind in _PEOPLE for one in addresses(plain, name)]
    return Message(properties=properties, recipients=people)
