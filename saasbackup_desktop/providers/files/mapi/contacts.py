"""Contacts as Outlook keeps them ([MS-OXOCNTC]), from what Graph tells of them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.mapi.attachments import BY_VALUE, NOWHERE, named
from saasbackup_desktop.providers.files.mapi.bodies import PLAIN, UTF_8
from saasbackup_desktop.providers.files.mapi.people import entry_id
from saasbackup_desktop.providers.files.mapi.subjects import LONGEST
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Tag, Type, Value
from saasbackup_desktop.providers.formats.graph.plain import inner, line, lines, text
from saasbackup_desktop.providers.formats.graph.values import people
from saasbackup_desktop.providers.formats.outlook_texts import with_crlf

_TEXTS: Final[Mapping[str, Tag]] = {
    "title": tags.TITLE,
    "givenName": tags.GIVEN_NAME,
    "middleName": tags.MIDDLE_NAME,
    "surname": tags.SURNAME,
    "generation": tags.GENERATION,
    "initials": tags.INITIALS,
    "nickName": tags.NICKNAME,
    "companyName": tags.COMPANY,
    "jobTitle": tags.JOB_TITLE,
    "department": tags.DEPARTMENT,
    "officeLocation": tags.OFFICE,
    "profession": tags.PROFESSION,
    "manager": tags.MANAGER,
    "assistantName": tags.ASSISTANT,
    "spouseName": tags.SPOUSE,
    "mobilePhone": tags.MOBILE_PHONE,
    "yomiGivenName": tags.YOMI_GIVEN_NAME,
    "yomiSurname": tags.YOMI_SURNAME,
    "yomiCompanyName": tags.YOMI_COMPANY,
}
_LISTS: Final[Mapping[str, tuple[Tag, ...]]] = {
    "businessPhones": (tags.BUSINESS_PHONE, tags.BUSINESS_PHONE_2),
    "homePhones": (tags.HOME_PHONE, tags.HOME_PHONE_2),
    "imAddresses": (tags.CHAT_ADDRESS,),
}
_PLACES: Final = (
    ("businessAddress", tags.WORK, tags.WORK_ADDRESS, 2),
    ("homeAddress", tags.HOME, tags.HOME_ADDRESS, 1),
    ("otherAddress", tags.OTHER, tags.OTHER_ADDRESS, 3),
)
_PLACE: Final = ("street", "city", "state", "postalCode", "countryOrRegion")
_NAMES: Final = ("givenName", "middleName", "surname", "generation")
_MOST_EMAILS: Final = 3
_ITEM_DATA: Final = (2, 0x8080, 0x3A08, 0x3A09, 0x3A24, 0x3A1C)
"""What a card shows first: the business address, the first mail address, numbers at work, at home, fax and mobile."""
_BY_HAND: Final = -1
"""Filed under a text that somebody chose, and not under one made of the name."""
_ICON: Final = 0x200
_READ: Final = 0x01
_YEARS: Final = range(1602, 4500)
_NOON: Final = time(11, 59)
"""The time of a birthday in UTC, so that it is the same day nearly everywhere."""


def contact(plain: Mapping[str, Any], photo: bytes | None = None) -> Message:
    """Turn a contact into an item; what of it cannot be kept is listed in its losses, each once."""
    lost: list[str] = []
    name = _shown(plain)
    filed = line(plain.get("fileAs")) or name
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.Contact",
        tags.MESSAGE_FLAGS: _READ,
        tags.ICON: _ICON,
        tags.DISPLAY_NAME: name,
        tags.SUBJECT: name[:LONGEST],
        tags.NORMALIZED_SUBJECT: name[:LONGEST],
        tags.CONVERSATION_TOPIC: name[:LONGEST],
        tags.FILE_UNDER: filed,
        tags.FILE_UNDER_RULE: _BY_HAND,
        tags.CONTACT_ITEM_DATA: _ITEM_DATA,
        tags.HAS_PICTURE: bool(photo),
        tags.SEARCH_KEY: hashlib.md5(line(plain.get("id")).encode(), usedforsecurity=False).digest(),
    }
    for field, tag in _TEXTS.items():
        if said := line(plain.get(field)):
            properties[tag] = said
    for field, places in _LISTS.items():
        properties |= _listed(lines(plain.get(field)), places, lost)
    properties |= _emails(plain, lost)
    properties |= _places(plain)
    properties |= _rest(plain)
    if len(name) > LONGEST:
        lost.append(losses.SUBJECT_CUT)
    return Message(
        properties=properties,
        attachments=(_picture(photo),) if photo else (),
        losses=tuple(dict.fromkeys(lost)),
    )


def _shown(plain: Mapping[str, Any]) -> str:
    """What a contact is called, at least by its company or an address."""
    if said := line(plain.get("displayName")):
        return said
    if full := " ".join(filter(None, (line(plain.get(name)) for name in _NAMES))):
        return full
    mails = (one.address for one in people(plain, "emailAddresses"))
    return line(plain.get("fileAs")) or line(plain.get("companyName")) or next(mails, "")


def _listed(said: Sequence[str], places: Sequence[Tag], lost: list[str]) -> dict[Tag, Value]:
    if len(said) > len(places):
        lost.append(losses.DETAILS_CUT)
    return dict(zip(places, said, strict=False))


def _emails(plain: Mapping[str, Any], lost: list[str]) -> dict[Tag, Value]:
    known = [one for one in people(plain, "emailAddresses") if one.address]
    if len(known) > _MOST_EMAILS:
        lost.append(losses.DETAILS_CUT)
    found: dict[Tag, Value] = {}
    for number, one in enumerate(known[:_MOST_EMAILS]):
        person = Address(one.name, one.address)
        shown = person.name or person.address
        found |= {
            tags.contact_email(number, 0, Type.STRING): shown,
            tags.contact_email(number, 2, Type.STRING): "SMTP",
            tags.contact_email(number, 3, Type.STRING): person.address,
            tags.contact_email(number, 4, Type.STRING): shown,
            tags.contact_email(number, 5, Type.BINARY): entry_id(person),
        }
    if known:
        count = min(len(known), _MOST_EMAILS)
        found |= {tags.EMAILS: tuple(range(count)), tags.EMAILS_MASK: (1 << count) - 1}
    return found


def _places(plain: Mapping[str, Any]) -> dict[Tag, Value]:
    """Addresses, of which the first is the one that letters go to."""
    found: dict[Tag, Value] = {}
    for field, places, whole, number in _PLACES:
        said = [text(inner(plain, field).get(name)).replace("\0", "").strip() for name in _PLACE]
        if not any(said):
            continue
        written = _written(said)
        found |= {tag: value for tag, value in zip(places, said, strict=True) if value}
        found[whole] = written
        if tags.MAILING_ADDRESS not in found:
            found |= {tags.MAILING_ADDRESS: number, tags.POSTAL_ADDRESS: written}
            found |= {tag: value for tag, value in zip(tags.MAILING, said, strict=True) if value}
    return found


def _written(said: Sequence[str]) -> str:
    street, city, state, code, country = said
    return with_crlf("\n".join(filter(None, (street, " ".join(filter(None, (code, city, state))), country))))


def _rest(plain: Mapping[str, Any]) -> dict[Tag, Value]:
    found: dict[Tag, Value] = {}
    if page := line(plain.get("businessHomePage")):
        found |= {tags.BUSINESS_PAGE: page, tags.WEB_PAGE: page}
    if children := lines(plain.get("children")):
        found[tags.CHILDREN] = children
    if categories := lines(plain.get("categories")):
        found[tags.KEYWORDS] = categories
    if notes := text(plain.get("personalNotes")).replace("\0", ""):
        found |= {tags.BODY: with_crlf(notes), tags.NATIVE_BODY: PLAIN, tags.CODE_PAGE: UTF_8}
    day = _day(plain.get("birthday"))
    if day is not None:
        found[tags.BIRTHDAY] = datetime.combine(day, _NOON, UTC)
        found[tags.BIRTHDAY_LOCAL] = datetime.combine(day, time(), UTC)
    for field, tag in (("createdDateTime", tags.CREATED), ("lastModifiedDateTime", tags.MODIFIED)):
        moment = _moment(plain.get(field))
        if moment is not None:
            found[tag] = moment
    return found


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(line(value)[:10])
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(line(value).replace("Z", "+00:00"))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def _picture(photo: bytes) -> Attachment:
    properties: dict[Tag, Value] = {
        tags.ATTACH_METHOD: BY_VALUE,
        **named("ContactPicture.jpg"),
        tags.ATTACH_MEDIA_TYPE: "image/jpeg",
        tags.ATTACH_POSITION: NOWHERE,
        tags.ATTACH_CONTACT_PHOTO: True,
    }
    return Attachment(properties=properties, content=photo)
