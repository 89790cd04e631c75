"""Contacts and groups of them, as Graph tells of them ([MS-OXOCNTC])."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from saasbackup_desktop.providers.files.pstread.attachments import attached_of
from saasbackup_desktop.providers.files.pstread.mail import subject_of
from saasbackup_desktop.providers.files.pstread.named import address
from saasbackup_desktop.providers.files.pstread.objects import Id, Message, Said
from saasbackup_desktop.providers.files.pstread.people import Person, encapsulated, one_off
from saasbackup_desktop.providers.files.pstread.plain import Kept, Plain, common_of, files_of, id_of, identity_of
from saasbackup_desktop.providers.files.pstread.texts import texts_of
from saasbackup_desktop.providers.formats.graph.values import PHOTO

_TEXTS: Final[Mapping[str, Id]] = {
    "displayName": 0x3001,
    "title": 0x3A45,
    "givenName": 0x3A06,
    "middleName": 0x3A44,
    "surname": 0x3A11,
    "generation": 0x3A05,
    "initials": 0x3A0A,
    "nickName": 0x3A4F,
    "companyName": 0x3A16,
    "jobTitle": 0x3A17,
    "department": 0x3A18,
    "officeLocation": 0x3A19,
    "profession": 0x3A46,
    "manager": 0x3A4E,
    "assistantName": 0x3A30,
    "spouseName": 0x3A48,
    "mobilePhone": 0x3A1C,
    "fileAs": address(0x8005),
    "yomiGivenName": address(0x802C),
    "yomiSurname": address(0x802D),
    "yomiCompanyName": address(0x802E),
}
_LISTS: Final[Mapping[str, Sequence[Id]]] = {
    "businessPhones": (0x3A08, 0x3A1B),
    "homePhones": (0x3A09, 0x3A2F),
    "imAddresses": (address(0x8062),),
}
_PLACE: Final = ("street", "city", "state", "postalCode", "countryOrRegion")
_PLACES: Final[Mapping[str, tuple[Sequence[Id], Id, int]]] = {
    "businessAddress": (tuple(address(number) for number in range(0x8045, 0x804A)), address(0x801B), 2),
    "homeAddress": ((0x3A5D, 0x3A59, 0x3A5C, 0x3A5B, 0x3A5A), address(0x801A), 1),
    "otherAddress": ((0x3A63, 0x3A5F, 0x3A62, 0x3A61, 0x3A60), address(0x801C), 3),
}
"""Where the pieces of an address stand, all of it, and which address letters go to."""
_MAILING: Final = (0x3A29, 0x3A27, 0x3A28, 0x3A2A, 0x3A26)
_MAILING_ADDRESS: Final = address(0x8022)
_PAGES: Final[Sequence[Id]] = (0x3A51, address(0x802B), 0x3A50)
_BIRTHDAY: Final = 0x3A42
_BIRTHDAY_LOCAL: Final = address(0x80DE)
_CHILDREN: Final = 0x3A58
_OTHER_PHONES: Final[Mapping[str, int]] = {
    "Business Fax": 0x3A24,
    "Home Fax": 0x3A25,
    "Other Fax": 0x3A23,
    "Other Phone": 0x3A1F,
    "Car": 0x3A1E,
    "Pager": 0x3A21,
    "Company": 0x3A57,
    "Callback": 0x3A02,
    "Radio": 0x3A1D,
    "Telex": 0x3A2C,
    "TTY/TDD": 0x3A4B,
    "Primary": 0x3A1A,
    "ISDN": 0x3A2D,
    "Assistant": 0x3A2E,
}
"""Numbers that Graph's contacts have no place for: they are added to the notes, by what Outlook calls them."""
_NOON: Final = timedelta(hours=12)
_MEMBERS: Final = address(0x8055)
_ONE_OFFS: Final = address(0x8054)
_GROUP_NAME: Final = address(0x8053)


def contact_of(message: Message, said: Said) -> Kept:
    """Turn a contact into Graph's form."""
    plain: Plain = {"@odata.type": "#microsoft.graph.contact"}
    for name, id in _TEXTS.items():
        if text := said.text(id).strip():
            plain[name] = text
    plain.setdefault("displayName", subject_of(said) or plain.get("fileAs", ""))
    for name, ids in _LISTS.items():
        plain[name] = list(filter(None, (said.text(id).strip() for id in ids)))
    plain["emailAddresses"] = [_shown(one) for one in _emails(said)]
    plain |= _places(said)
    if page := next(filter(None, (said.text(id).strip() for id in _PAGES)), ""):
        plain["businessHomePage"] = page
    plain["children"] = said.texts(_CHILDREN)
    if birthday := _birthday(said):
        plain["birthday"] = birthday
    notes, more = texts_of(said).plain.replace("\r\n", "\n"), list(_more_phones(said))
    plain["personalNotes"] = "\n".join(filter(None, (notes.rstrip("\n"), *more))) if more else notes
    plain |= common_of(said)
    del plain["importance"]
    return _kept(message, said, plain)


def group_of(message: Message, said: Said) -> Kept:
    """Turn a group into the form of a contact whose members are listed."""
    name = said.text(_GROUP_NAME) or said.text(0x3001) or subject_of(said)
    plain: Plain = {
        "@odata.type": "#microsoft.graph.contact",
        "displayName": name,
        "members": [_shown(one) for one in _members(said)],
        "personalNotes": texts_of(said).plain.replace("\r\n", "\n"),
        **common_of(said),
    }
    del plain["importance"]
    return _kept(message, said, plain)


def _kept(message: Message, said: Said, plain: Plain) -> Kept:
    identity = identity_of(said, plain)
    plain["id"] = id_of("contact", identity)
    kept = Kept(plain, plain["displayName"], identity)
    attached = list(attached_of(message, said))
    for one in attached:
        if one.is_photo and PHOTO not in kept.parts:
            kept.parts[PHOTO] = one.data
    if files := files_of([one for one in attached if not one.is_photo], f"{plain['id']}-", kept.parts, said.lost):
        plain["attachments"] = files
    return kept


def _shown(one: Person) -> dict[str, str]:
    return {"name": one.name or one.address, "address": one.address}


def _emails(said: Said) -> Iterator[Person]:
    for number in range(0x8080, 0x80B0, 0x10):
        found = _email(said, *(address(number + offset) for offset in (0, 2, 3, 4, 5)))
        if found is not None:
            yield found


def _email(said: Said, name: Id, kind: Id, where: Id, original: Id, entry: Id) -> Person | None:
    """Read an address; what Outlook shows for it, and how it was written first, are others."""
    known = one_off(said.data(entry)) if said.has(entry) else None
    mails = (said.text(where), known.address if known is not None else "", said.text(original))
    mail = next((one.strip() for one in mails if "@" in one), "")
    if not mail and (text := said.text(where).strip()):
        mail = encapsulated(said.text(kind).strip().upper(), text)
    if not mail:
        return None
    shown = said.text(name).strip()
    if shown != said.text(original).strip():  # else somebody is called so, and Outlook has added nothing
        shown = shown.removesuffix(f"({mail})").strip()
    return Person("" if shown == mail else shown, mail)


def _places(said: Said) -> Plain:
    found: Plain = {}
    mailing = said.number(_MAILING_ADDRESS)
    for name, (ids, whole, number) in _PLACES.items():
        pieces = [said.text(id).strip() for id in ids]
        if not any(pieces) and mailing == number:
            pieces = [said.text(id).strip() for id in _MAILING]
        if not any(pieces) and (text := said.text(whole).strip()):
            pieces = [text, "", "", "", ""]
        written = (piece.replace("\r\n", "\n") for piece in pieces)
        found[name] = {place: piece for place, piece in zip(_PLACE, written, strict=True) if piece}
    if not any(found.values()) and any(pieces := [said.text(id).strip() for id in _MAILING]):
        found["otherAddress"] = {place: piece for place, piece in zip(_PLACE, pieces, strict=True) if piece}
    return found


def _birthday(said: Said) -> str:
    if local := said.moment(_BIRTHDAY_LOCAL):
        return local.strftime("%Y-%m-%dT11:59:00Z")
    moment = said.moment(_BIRTHDAY)
    if moment is None:
        return ""
    # Outlook writes midnight where it runs: the nearest midnight is the day that was meant.
    return (
        (moment + _NOON).strftime("%Y-%m-%dT11:59:00Z") if moment.hour != 11 else moment.strftime("%Y-%m-%dT11:59:00Z")
    )


def _more_phones(said: Said) -> Iterator[str]:
    for name, id in _OTHER_PHONES.items():
        if number := said.text(id).strip():
            yield f"{name}: {number}"


def _members(said: Said) -> Iterator[Person]:
    for id in (_ONE_OFFS, _MEMBERS):
        value: Any = said.value(id)
        found = [one_off(entry) for entry in value if isinstance(entry, bytes)] if isinstance(value, list) else []
        if any(found):
            yield from (one for one in found if one is not None)
            return
