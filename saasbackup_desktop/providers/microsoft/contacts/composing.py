"""What is sent to Graph to make a contact again, and what of a contact must be the same."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.providers.microsoft.marks import categories_of

_TEXTS: Final = (
    "assistantName",
    "birthday",
    "businessHomePage",
    "companyName",
    "department",
    "displayName",
    "fileAs",
    "generation",
    "givenName",
    "initials",
    "jobTitle",
    "manager",
    "middleName",
    "mobilePhone",
    "nickName",
    "officeLocation",
    "personalNotes",
    "profession",
    "spouseName",
    "surname",
    "title",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
)
_LISTS: Final = ("businessPhones", "homePhones", "imAddresses", "children")
_ADDRESSES: Final = ("businessAddress", "homeAddress", "otherAddress")
_PLACES: Final = ("street", "city", "state", "countryOrRegion", "postalCode")
_MADE_UP: Final = frozenset({"displayName", "fileAs", "initials"})
"""What Exchange makes of the name where nobody said anything."""


def compose(plain: Mapping[str, Any]) -> dict[str, Any]:
    """All that can be written of a contact; what it has not is empty, so that it becomes empty where it is not."""
    contact: dict[str, Any] = {name: plain.get(name) for name in _TEXTS if name not in _MADE_UP or plain.get(name)}
    if contact["birthday"] and "T" not in contact["birthday"]:
        contact["birthday"] += "T11:59:00Z"  # where Exchange keeps a day, so that it is the same one nearly everywhere
    for name in _LISTS:
        contact[name] = list(plain.get(name) or ())
    for name in _ADDRESSES:
        address = plain.get(name) or {}
        contact[name] = {place: address[place] for place in _PLACES if address.get(place)}
    contact["emailAddresses"] = [
        {name: one[name] for name in ("name", "address") if one.get(name)} for one in plain.get("emailAddresses") or ()
    ]
    contact["categories"] = list(plain.get("categories") or ())
    return contact


def filled(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what is empty: a new contact has nothing there anyway."""
    return {name: value for name, value in contact.items() if value not in (None, "", [], {})}


def shown(plain: Mapping[str, Any]) -> dict[str, str]:
    """A contact's properties as text that compares."""
    said = {name: _plain(plain.get(name)) for name in _TEXTS}
    said["birthday"] = said["birthday"][:10]  # Exchange keeps a day, at an hour of its own
    for name in _LISTS:
        said[name] = "\n".join(str(one) for one in plain.get(name) or ())
    for name in _ADDRESSES:
        address = plain.get(name) or {}
        said[name] = "\n".join(f"{place}: {_plain(address[place])}" for place in _PLACES if address.get(place))
    said["emailAddresses"] = "\n".join(
        f"{one.get('name') or one.get('address') or ''} <{one.get('address') or ''}>"
        for one in plain.get("emailAddresses") or ()
    )
    said["categories"] = "\n".join(categories_of(plain))
    return said


def wanted(plain: Mapping[str, Any]) -> dict[str, str]:
    """What a contact that was made of this must show."""
    return {name: value for name, value in shown(plain).items() if value or name not in _MADE_UP}


def look(plain: Mapping[str, Any]) -> str:
    """By what a contact is known: name, addresses and company; empty if it says hardly anything."""
    mails = sorted(str(one.get("address") or "").casefold() for one in plain.get("emailAddresses") or ())
    name = str(plain.get("displayName") or "").casefold().strip()
    return "\n".join([name, *mails, str(plain.get("companyName") or "").casefold()]) if name else ""


def _plain(value: object) -> str:
    """A text without regard to how its lines end."""
    return "\n".join(str(value or "").strip().splitlines())
