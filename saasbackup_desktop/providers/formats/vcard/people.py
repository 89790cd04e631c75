"""A card of a person as a contact of Graph's."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes

from saasbackup_desktop.providers.formats.aside import ASIDE, put_back
from saasbackup_desktop.providers.formats.content_lines import Component, Line, split, unescaped
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.graph.values import PHOTO
from saasbackup_desktop.providers.formats.vcard import losses

_SILENT: Final = frozenset(
    {"VERSION", "PRODID", "UID", "N", "FN", "X-ABLABEL", "X-ABADR", "X-ABSHOWAS", "LABEL", "SOURCE", "NAME", "PROFILE"}
    | {"CLIENTPIDMAP", "MAILER", "X-MS-OL-DESIGN", "X-MS-OL-DEFAULT-POSTAL-ADDRESS", "X-KADDRESSBOOK-CRYPTOENCRYPTPREF"}
    | {"X-ABUID", "X-IMAGEHASH", "X-IMAGETYPE", "X-EVOLUTION-WEBDAV-ETAG", "X-SHARED-PHOTO-DISPLAY-PREF"}
    | {"KIND", "X-ADDRESSBOOKSERVER-KIND", ASIDE}
)
_CHATS: Final = {
    "X-AIM": "aim",
    "X-ICQ": "icq",
    "X-JABBER": "xmpp",
    "X-MSN": "msn",
    "X-YAHOO": "yahoo",
    "X-YAHOO-ID": "yahoo",
    "X-SKYPE": "skype",
    "X-SKYPE-USERNAME": "skype",
    "X-GTALK": "gtalk",
    "X-GOOGLE-TALK": "gtalk",
    "X-QQ": "qq",
    "X-MS-IMADDRESS": "",
    "X-GADUGADU": "gg",
    "X-GROUPWISE": "groupwise",
    "X-TWITTER": "twitter",
}
_TEXTS: Final = {
    "NICKNAME": "nickName",
    "TITLE": "jobTitle",
    "ROLE": "profession",
    "X-PROFESSION": "profession",
    "X-KADDRESSBOOK-X-PROFESSION": "profession",
    "X-MS-MANAGER": "manager",
    "X-MANAGER": "manager",
    "X-EVOLUTION-MANAGER": "manager",
    "X-KADDRESSBOOK-X-MANAGERSNAME": "manager",
    "X-MS-ASSISTANT": "assistantName",
    "X-ASSISTANT": "assistantName",
    "X-EVOLUTION-ASSISTANT": "assistantName",
    "X-KADDRESSBOOK-X-ASSISTANTSNAME": "assistantName",
    "X-MS-SPOUSE": "spouseName",
    "X-SPOUSE": "spouseName",
    "X-EVOLUTION-SPOUSE": "spouseName",
    "X-KADDRESSBOOK-X-SPOUSESNAME": "spouseName",
    "X-PHONETIC-FIRST-NAME": "yomiGivenName",
    "X-PHONETIC-LAST-NAME": "yomiSurname",
    "X-PHONETIC-ORG": "yomiCompanyName",
    "X-PHONETIC-COMPANY": "yomiCompanyName",
    "X-KADDRESSBOOK-X-OFFICE": "officeLocation",
    "X-MS-OFFICE-LOCATION": "officeLocation",
    "X-EVOLUTION-OFFICE": "officeLocation",
    "X-EVOLUTION-FILE-AS": "fileAs",
    "X-FILE-AS": "fileAs",
    "X-INITIALS": "initials",
    "X-MS-DEPARTMENT": "department",
    "X-DEPARTMENT": "department",
    "X-KADDRESSBOOK-X-DEPARTMENT": "department",
}
"""Properties with a single place; the name of their field."""
_RELATED: Final = {"manager": "manager", "assistant": "assistantName", "spouse": "spouseName", "child": "children"}
_LABEL: Final = re.compile(r"_\$!<(.*)>!\$_", re.S)
_DATE: Final = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)")
_DATA: Final = re.compile(r"data:[^,]*,", re.I)
_BASE64: Final = re.compile(r"data:[^,]*;base64,", re.I)
_BREAKS: Final = re.compile(r"\r\n?")
_NO_YEAR: Final = "1604"
"""The year of birthdays that have none, as Outlook and others write them."""
NOON: Final = "T11:59:00Z"
"""Where Exchange keeps a day, so that it is the same one nearly everywhere."""


def person(id: str, card: Component, parts: dict[str, bytes], lost: list[str]) -> dict[str, Any]:
    """Read a card of a person or an organisation."""
    labels = _labels(card)
    plain: dict[str, Any] = {"@odata.type": "#microsoft.graph.contact", "id": id}
    plain |= names(card)
    used = set(_SILENT)
    for name, field in _TEXTS.items():
        for line in card.all(name):
            used.add(name)
            _say(plain, field, line.text.strip(), name, lost)
    plain |= _organization(card, lost)
    plain |= _mails(card, labels, str(plain.get("displayName", "")), lost)
    plain |= _phones(card, labels, lost)
    plain |= _addresses(card, labels, lost)
    plain |= _chats(card)
    plain |= _web_page(card, lost)
    plain |= _birthday(card, lost)
    _relatives(card, plain, labels, lost)
    if notes := "\n\n".join(line.text for line in card.all("NOTE") if line.text.strip()):
        plain["personalNotes"] = _BREAKS.sub("\n", notes)
    named = [one_line(_clean(one)) for line in card.all("CATEGORIES") for one in split(line.value, ",")]
    if any(named):
        plain["categories"] = list(dict.fromkeys(filter(None, named)))
    if revised := _stamp(card.text("REV")):
        plain["lastModifiedDateTime"] = revised
    if created := _stamp(card.text("CREATED") or card.text("X-CREATED")):
        plain["createdDateTime"] = created
    photo(card, parts, lost)
    used |= {"ORG", "EMAIL", "TEL", "ADR", "IMPP", "URL", "BDAY", "NOTE", "CATEGORIES", "REV", "PHOTO", "RELATED"}
    used |= {"X-ABRELATEDNAMES", "X-CHILD", "X-MS-CHILD", "CREATED", "X-CREATED", *_CHATS}
    leftover(card, used, lost)
    put_back(card, plain)
    if not plain.get("displayName"):
        plain["displayName"] = _called(plain)
    return plain


def names(card: Component) -> dict[str, str]:
    """What somebody is called."""
    found = {"displayName": " ".join(card.text("FN").split())}
    line = card.first("N")
    if line is not None:
        pieces = [_several(one) for one in split(line.value, ";")]
        fields = ("surname", "givenName", "middleName", "title", "generation")
        found |= dict(zip(fields, pieces, strict=False))
        if line.parameter("SORT-AS"):
            found["fileAs"] = line.parameter("SORT-AS")
    if not found["displayName"]:
        order = ("title", "givenName", "middleName", "surname", "generation")
        found["displayName"] = " ".join(filter(None, (found.get(name, "") for name in order)))
    return {name: said for name, said in found.items() if said}


def _called(plain: dict[str, Any]) -> str:
    """What somebody without a name is called."""
    mails = plain.get("emailAddresses") or [{"address": ""}]
    return str(plain.get("fileAs") or plain.get("companyName") or plain.get("nickName") or mails[0]["address"])


def photo(card: Component, parts: dict[str, bytes], lost: list[str]) -> None:
    """The picture; of several, the first that can be read."""
    for line in card.all("PHOTO"):
        data = _picture(line)
        if data is None or PHOTO in parts:
            lost.append(losses.PHOTO)
        elif data:
            parts[PHOTO] = data


def leftover(card: Component, used: set[str], lost: list[str]) -> None:
    """List what has no place."""
    if card.unread:
        lost.append(losses.LINES_UNREAD)
    for line in card.lines:
        if line.name not in used and line.value.strip():
            lost.append(losses.named(losses.PROPERTY, line.name))
    if not card.all("ADR") and any(line.value.strip() for line in card.all("LABEL")):
        lost.append(losses.named(losses.PROPERTY, "LABEL"))


def _say(plain: dict[str, Any], field: str, said: str, name: str, lost: list[str]) -> None:
    if not said:
        return
    if plain.get(field, said) != said:
        lost.append(losses.named(losses.PROPERTY, name))
    plain.setdefault(field, said)


def _several(piece: str) -> str:
    """Several names of one kind are written after one another."""
    return one_line(" ".join(filter(None, map(_clean, split(piece, ",")))))


def _clean(text: str) -> str:
    return unescaped(text).strip()


def _labels(card: Component) -> dict[str, str]:
    """What Apple's programs call the lines of a group, in small letters."""
    found = {}
    for line in card.all("X-ABLABEL"):
        text = line.text.strip()
        said = _LABEL.fullmatch(text)
        if line.group:
            found[line.group] = (said[1] if said else text).strip().lower()
    return found


def _organization(card: Component, lost: list[str]) -> dict[str, str]:
    lines = [line for line in card.all("ORG") if line.value.strip(" ;")]
    if not lines:
        return {}
    pieces = [_clean(one) for one in split(lines[0].value, ";")]
    if len(lines) > 1 or any(pieces[2:]):
        lost.append(losses.ORGANIZATION)
    found = {"companyName": pieces[0], "department": ", ".join(filter(None, pieces[1:]))}
    return {name: said for name, said in found.items() if said}


def _mails(card: Component, labels: dict[str, str], name: str, lost: list[str]) -> dict[str, Any]:
    found = []
    for line in _preferred(card.all("EMAIL")):
        address = one_line(line.text)
        address = unquote(address[7:]) if address.lower().startswith("mailto:") else address
        if address:
            found.append({"name": one_line(line.parameter("X-CN")) or name or address, "address": address})
        _told(line, labels, lost)
    return {"emailAddresses": found} if found else {}


def _phones(card: Component, labels: dict[str, str], lost: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"businessPhones": [], "homePhones": []}
    for line in _preferred(card.all("TEL")):
        number = one_line(line.text)
        number = unquote(number[4:]) if number.lower().startswith("tel:") else number
        if not number:
            continue
        kinds = line.kinds() | set(labels.get(line.group, "").split())
        is_other = bool(kinds & {"fax", "pager", "telex", "textphone", "car", "isdn", "bbs", "modem", "msg", "ttytdd"})
        is_mobile = bool(kinds & {"cell", "mobile", "iphone", "pcs", "x-mobile"}) and not is_other
        if is_mobile and "mobilePhone" not in found:
            found["mobilePhone"] = number
            continue
        place = "homePhones" if "home" in kinds else "businessPhones"
        if is_other or is_mobile or not kinds & {"work", "home", "main", "business"}:
            lost.append(losses.PHONE_KIND)
        if number not in found[place]:
            found[place].append(number)
        _told(line, labels, lost)
    return {name: said for name, said in found.items() if said}


def _addresses(card: Component, labels: dict[str, str], lost: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in _preferred(card.all("ADR")):
        pieces = [_lines(one) for one in split(line.value, ";")]
        pieces += [""] * (7 - len(pieces))
        box, more, street, city, state, code, country = pieces[:7]
        place = {
            "street": "\n".join(filter(None, (box, more, street))),
            "city": city,
            "state": state,
            "postalCode": code,
            "countryOrRegion": country,
        }
        place = {name: said for name, said in place.items() if said}
        if not place:
            continue
        kinds = line.kinds() | set(labels.get(line.group, "").split())
        field = "businessAddress" if "work" in kinds else "homeAddress" if "home" in kinds else "otherAddress"
        free = next((one for one in (field, "otherAddress") if one not in found), None)
        if free is None:
            lost.append(losses.ADDRESSES)
        else:
            found[free] = place
        _told(line, labels, lost)
    return found


def _lines(piece: str) -> str:
    return "\n".join(filter(None, map(_clean, split(piece, ","))))


def _chats(card: Component) -> dict[str, Any]:
    found = []
    for line in card.lines:
        if line.name == "IMPP":
            found.append(one_line(line.text))
        elif line.name in _CHATS and line.text.strip():
            scheme = _CHATS[line.name]
            found.append(f"{scheme}:{one_line(line.text)}" if scheme else one_line(line.text))
    found = list(dict.fromkeys(filter(None, found)))
    return {"imAddresses": found} if found else {}


def _web_page(card: Component, lost: list[str]) -> dict[str, str]:
    pages = [one_line(line.text) for line in _preferred(card.all("URL")) if line.text.strip()]
    if len(set(pages)) > 1:
        lost.append(losses.named(losses.PROPERTY, "URL"))
    return {"businessHomePage": pages[0]} if pages else {}


def _birthday(card: Component, lost: list[str]) -> dict[str, str]:
    line = card.first("BDAY")
    if line is None or not line.value.strip():
        return {}
    found = _DATE.match(line.value.strip())
    if found is None or not ("01" <= found[2] <= "12" and "01" <= found[3] <= "31"):
        lost.append(losses.DATE_UNREADABLE)
        return {}
    year = _NO_YEAR if found[1] == "--" else found[1]
    return {"birthday": f"{year}-{found[2]}-{found[3]}{NOON}"}


def _relatives(card: Component, plain: dict[str, Any], labels: dict[str, str], lost: list[str]) -> None:
    """Managers, assistants, husbands, wives and children."""
    for line in (*card.all("RELATED"), *card.all("X-ABRELATEDNAMES")):
        kinds = line.kinds() | {labels.get(line.group, "")}
        field = next((_RELATED[one] for one in _RELATED if one in kinds), None)
        said = line.text.strip()
        if field == "children":
            plain.setdefault("children", []).append(said)
        elif field is not None:
            _say(plain, field, said, line.name, lost)
        elif said:
            lost.append(losses.named(losses.PROPERTY, line.name))
    for line in (*card.all("X-CHILD"), *card.all("X-MS-CHILD")):
        plain.setdefault("children", []).append(line.text.strip())


def _told(line: Line, labels: dict[str, str], lost: list[str]) -> None:
    said = labels.get(line.group, "")
    if said and said not in ("home", "work", "other", "mobile", "main", "iphone", "homefax", "workfax", "pager"):
        lost.append(losses.LABELS)


def _preferred(lines: Sequence[Line]) -> list[Line]:
    """Those that are preferred come first; else as they stand."""
    rank: Callable[[Line], int] = lambda line: 0 if "pref" in line.kinds() else _rank(line.parameter("PREF"))  # noqa: E731
    return sorted(lines, key=rank)


def _rank(said: str) -> int:
    return int(said) if said.isdigit() and len(said) < 4 else 101


def _picture(line: Line) -> bytes | None:
    """A picture's bytes; None if they are not here, or cannot be read."""
    value = line.value.strip()
    try:
        if _BASE64.match(value):
            return base64.b64decode(unquote(value.partition(",")[2]), validate=True)
        if _DATA.match(value):
            return unquote_to_bytes(value.partition(",")[2])
        if line.parameter("ENCODING").upper() in ("B", "BASE64"):
            return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return None if value else b""


def _stamp(text: str) -> str:
    found = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?)?", text)
    if found is None:
        return ""
    year, month, day, hour, minute, second = (one or "00" for one in found.groups())
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
