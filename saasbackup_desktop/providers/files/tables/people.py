"""Contacts as lines of a table. The columns are Outlook's own, in its order; ours stand behind them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi.losses import DETAILS_CUT
from saasbackup_desktop.providers.files.tables.cells import body_text, joined, truth
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines, objects
from saasbackup_desktop.providers.formats.graph.values import mailbox_text, people

_PLACES: Final = (("Business", "businessAddress"), ("Home", "homeAddress"), ("Other", "otherAddress"))
_PARTS: Final = (
    ("Street", "street"),
    ("City", "city"),
    ("State", "state"),
    ("Postal Code", "postalCode"),
    ("Country/Region", "countryOrRegion"),
)
_SIMPLE: Final[Mapping[str, str]] = {
    "Title": "title",
    "First Name": "givenName",
    "Middle Name": "middleName",
    "Last Name": "surname",
    "Suffix": "generation",
    "Company": "companyName",
    "Department": "department",
    "Job Title": "jobTitle",
    "Mobile Phone": "mobilePhone",
    "Assistant's Name": "assistantName",
    "Initials": "initials",
    "Manager's Name": "manager",
    "Office Location": "officeLocation",
    "Profession": "profession",
    "Spouse": "spouseName",
    "Web Page": "businessHomePage",
    "Full Name": "displayName",
    "File As": "fileAs",
    "Nickname": "nickName",
    "Phonetic First Name": "yomiGivenName",
    "Phonetic Last Name": "yomiSurname",
    "Phonetic Company": "yomiCompanyName",
}

COLUMNS: Final = (
    "Title",
    "First Name",
    "Middle Name",
    "Last Name",
    "Suffix",
    "Company",
    "Department",
    "Job Title",
    *(
        name
        for place, _ in _PLACES
        for name in (
            f"{place} Street",
            f"{place} Street 2",
            f"{place} Street 3",
            f"{place} City",
            f"{place} State",
            f"{place} Postal Code",
            f"{place} Country/Region",
        )
    ),
    "Assistant's Phone",
    "Business Fax",
    "Business Phone",
    "Business Phone 2",
    "Callback",
    "Car Phone",
    "Company Main Phone",
    "Home Fax",
    "Home Phone",
    "Home Phone 2",
    "ISDN",
    "Mobile Phone",
    "Other Fax",
    "Other Phone",
    "Pager",
    "Primary Phone",
    "Radio Phone",
    "TTY/TDD Phone",
    "Telex",
    "Account",
    "Anniversary",
    "Assistant's Name",
    "Billing Information",
    "Birthday",
    "Business Address PO Box",
    "Categories",
    "Children",
    "Directory Server",
    "E-mail Address",
    "E-mail Type",
    "E-mail Display Name",
    "E-mail 2 Address",
    "E-mail 2 Type",
    "E-mail 2 Display Name",
    "E-mail 3 Address",
    "E-mail 3 Type",
    "E-mail 3 Display Name",
    "Gender",
    "Government ID Number",
    "Hobby",
    "Home Address PO Box",
    "Initials",
    "Internet Free Busy",
    "Keywords",
    "Language",
    "Location",
    "Manager's Name",
    "Mileage",
    "Notes",
    "Office Location",
    "Organizational ID Number",
    "Other Address PO Box",
    "Priority",
    "Private",
    "Profession",
    "Referred By",
    "Sensitivity",
    "Spouse",
    "User 1",
    "User 2",
    "User 3",
    "User 4",
    "Web Page",
    "Full Name",
    "File As",
    "Nickname",
    "Phonetic First Name",
    "Phonetic Last Name",
    "Phonetic Company",
    "IM Addresses",
    "More E-mail Addresses",
    "More Phones",
    "Members",
)


def cells(plain: Plain, losses: list[str]) -> Mapping[str, str]:
    """A contact's line."""
    found = {column: line(plain.get(name)) for column, name in _SIMPLE.items()}
    for place, told in _PLACES:
        address = inner(plain, told)
        for part, key in _PARTS:
            found[f"{place} {part}"] = line(address.get(key))
        streets = [line(one) for one in str(address.get("street") or "").splitlines() if one.strip()]
        if 1 < len(streets) <= 3:
            found.update(zip((f"{place} Street{end}" for end in ("", " 2", " 3")), streets, strict=False))
    more = [
        *_numbered(found, ("Business Phone", "Business Phone 2"), lines(plain.get("businessPhones"))),
        *_numbered(found, ("Home Phone", "Home Phone 2"), lines(plain.get("homePhones"))),
    ]
    mails = _mails(plain)
    for number, (name, mail) in zip(("", " 2", " 3"), mails, strict=False):
        found[f"E-mail{number} Address"] = mail
        found[f"E-mail{number} Type"] = "SMTP"
        found[f"E-mail{number} Display Name"] = name
    if more or mails[3:]:
        losses.append(DETAILS_CUT)
    birthday = line(plain.get("birthday"))
    return found | {
        "Birthday": birthday[:10] if not birthday.startswith("1604-") else birthday[5:10],
        "Categories": joined(lines(plain.get("categories"))),
        "Children": joined(lines(plain.get("children"))),
        "Notes": body_text(plain.get("personalNotes"), losses),
        "Priority": "Normal",
        "Private": truth(line(plain.get("sensitivity")) == "private"),
        "Sensitivity": "Private" if line(plain.get("sensitivity")) == "private" else "Normal",
        "IM Addresses": joined(lines(plain.get("imAddresses"))),
        "More E-mail Addresses": joined([address for _, address in mails[3:]]),
        "More Phones": joined(more),
        "Members": joined([mailbox_text(one) for one in people(plain, "members")]),
    }


def _numbered(found: dict[str, str], columns: Sequence[str], values: Sequence[str]) -> Sequence[str]:
    found.update(zip(columns, values, strict=False))
    return values[len(columns) :]


def _mails(plain: Plain) -> list[tuple[str, str]]:
    said: list[Any] = [(line(one.get("name")), line(one.get("address"))) for one in objects(plain, "emailAddresses")]
    return [(name, address) for name, address in said if address]
