"""Contacts and groups of Graph's as vCard 3.0 (RFC 2426), which all that reads cards reads."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.aside import aside, written_aside
from saasbackup_desktop.providers.formats.content_lines import escaped, written
from saasbackup_desktop.providers.formats.graph.plain import inner, line, lines, objects, text
from saasbackup_desktop.providers.formats.graph.values import mailbox_text, people
from saasbackup_desktop.providers.formats.pictures import media_type
from saasbackup_desktop.providers.formats.vcard.people import person
from saasbackup_desktop.providers.formats.vcard.reading import MEMBERS

ASIDE: Final = "aside"
"""A property that only this program reads again: which, after the colon."""
PRODUCT: Final = "-//SaaSBackup Desktop//Export//EN"
_NAMES: Final = ("surname", "givenName", "middleName", "title", "generation")
_PLACE: Final = ("street", "city", "state", "postalCode", "countryOrRegion")
_ADDRESSES: Final = (("businessAddress", "WORK"), ("homeAddress", "HOME"), ("otherAddress", ""))
_TEXTS: Final = (
    ("NICKNAME", "nickName"),
    ("TITLE", "jobTitle"),
    ("ROLE", "profession"),
    ("X-MS-MANAGER", "manager"),
    ("X-MS-ASSISTANT", "assistantName"),
    ("X-MS-SPOUSE", "spouseName"),
    ("X-MS-OFFICE-LOCATION", "officeLocation"),
    ("X-PHONETIC-FIRST-NAME", "yomiGivenName"),
    ("X-PHONETIC-LAST-NAME", "yomiSurname"),
    ("X-PHONETIC-ORG", "yomiCompanyName"),
    ("X-EVOLUTION-FILE-AS", "fileAs"),
    ("X-INITIALS", "initials"),
)
_SILENT: Final = frozenset({"createdDateTime", "lastModifiedDateTime", "displayName", "emailAddresses"})
_NO_YEAR: Final = "1604"


def write_card(plain: Mapping[str, Any], photo: bytes | None, lost: list[str]) -> bytes:
    """Write a contact, or a group."""
    said = _group(plain) if MEMBERS in plain else _person(plain)
    whole = b"".join((b"BEGIN:VCARD\r\n", *said, b"END:VCARD\r\n"))
    rest = []
    if MEMBERS not in plain:
        card = content_lines.component(whole, content_lines.spans(whole)[0])
        back = person("", card, {}, [])
        for name, value in aside(plain, back):
            rest.append(written_aside(name, value))
            if name not in _SILENT:
                lost.append(f"{ASIDE}:{name}")
    if photo:
        kind = media_type(photo).rpartition("/")[2].upper() or "JPEG"
        rest.append(written("PHOTO", base64.b64encode(photo).decode(), {"ENCODING": "b", "TYPE": kind}))
    return b"".join((b"BEGIN:VCARD\r\n", *said, *rest, b"END:VCARD\r\n"))


def _person(plain: Mapping[str, Any]) -> list[bytes]:
    found = [written("VERSION", "3.0"), written("PRODID", PRODUCT), *_tell("UID", plain.get("id"))]
    found.append(written("N", ";".join(_one(plain.get(name)) for name in _NAMES)))
    found.append(written("FN", escaped(_shown(plain))))
    company, department = _one(plain.get("companyName")), _one(plain.get("department"))
    if company or department:
        found.append(written("ORG", f"{company};{department}" if department else company))
    for name, field in _TEXTS:
        found += _tell(name, plain.get(field))
    found += _reached(plain)
    for field, kind in _ADDRESSES:
        place = inner(plain, field)
        pieces = [_one(place.get(name)) for name in _PLACE]
        if any(pieces):
            found.append(written("ADR", ";;" + ";".join(pieces), {"TYPE": kind} if kind else {}))
    for one in lines(plain.get("imAddresses")):
        is_address = ":" in one and one.partition(":")[0].isalnum()
        found += _tell("IMPP" if is_address else "X-MS-IMADDRESS", one)
    if page := line(plain.get("businessHomePage")):
        found.append(written("URL", page, {"TYPE": "WORK"}))
    found += _birthday(line(plain.get("birthday"))[:10])
    for child in lines(plain.get("children")):
        found += _tell("X-MS-CHILD", child)
    if categories := lines(plain.get("categories")):
        found.append(written("CATEGORIES", ",".join(map(escaped, categories))))
    found += _tell("NOTE", plain.get("personalNotes"))
    found += _stamp("REV", plain.get("lastModifiedDateTime")) + _stamp("X-CREATED", plain.get("createdDateTime"))
    return found


def _group(plain: Mapping[str, Any]) -> list[bytes]:
    name = _shown(plain)
    found = [written("VERSION", "3.0"), written("PRODID", PRODUCT), *_tell("UID", plain.get("id"))]
    found += [written("N", f"{escaped(name)};;;;"), written("FN", escaped(name))]
    found += [written("X-ADDRESSBOOKSERVER-KIND", "group"), *_tell("NOTE", plain.get("personalNotes"))]
    for one in people(plain, MEMBERS):
        parameters = {"X-CN": one.name} if one.name and one.name != one.address else {}
        where = f"mailto:{quote(one.address, safe='@!$&*+-./=_~')}" if one.address else one.name
        found.append(written("X-ADDRESSBOOKSERVER-MEMBER", where, parameters))
    return found


def _shown(plain: Mapping[str, Any]) -> str:
    """What is shown of somebody: there must be something."""
    if said := line(plain.get("displayName")):
        return said
    order = ("title", "givenName", "middleName", "surname", "generation")
    full = " ".join(filter(None, (line(plain.get(name)) for name in order)))
    mails = map(mailbox_text, people(plain, "emailAddresses"))
    return full or line(plain.get("fileAs")) or line(plain.get("companyName")) or next(mails, "")


def _reached(plain: Mapping[str, Any]) -> list[bytes]:
    """Addresses for mail, and numbers."""
    found: list[bytes] = []
    shown = _shown(plain)
    for one in objects(plain, "emailAddresses"):
        name, address = line(one.get("name")), line(one.get("address"))
        if address:
            parameters: dict[str, str | Sequence[str]] = {"TYPE": ["INTERNET"] if found else ["INTERNET", "PREF"]}
            if (name or address) != shown:
                parameters["X-CN"] = name or address
            found.append(written("EMAIL", escaped(address), parameters))
    if mobile := line(plain.get("mobilePhone")):
        found.append(written("TEL", escaped(mobile), {"TYPE": ["CELL", "VOICE"]}))
    for field, kind in (("businessPhones", "WORK"), ("homePhones", "HOME")):
        found += [written("TEL", escaped(one), {"TYPE": [kind, "VOICE"]}) for one in lines(plain.get(field))]
    return found


def _birthday(day: str) -> list[bytes]:
    if len(day) != 10:
        return []
    return [written("BDAY", day, {"X-APPLE-OMIT-YEAR": _NO_YEAR} if day.startswith(_NO_YEAR) else {})]


def _stamp(name: str, value: Any) -> list[bytes]:
    said = line(value)
    return [written(name, f"{said[:19]}Z")] if len(said) >= 19 else []


def _tell(name: str, value: Any) -> list[bytes]:
    said = _clean(value)
    return [written(name, escaped(said))] if said.strip() else []


def _one(value: Any) -> str:
    return escaped(_clean(value).strip())


def _clean(value: Any) -> str:
    """A text without signs that no line can hold."""
    said = text(value)
    return said if said.isprintable() else "".join(sign for sign in said if sign >= " " or sign in "\t\r\n")
