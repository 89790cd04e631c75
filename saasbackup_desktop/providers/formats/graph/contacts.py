"""Contacts: names, ways to reach somebody, and what else was noted of them."""

from collections.abc import Iterator
from typing import Final

from saasbackup_desktop.providers.formats.graph.card import Card, Day, Label, Link, only_said
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines
from saasbackup_desktop.providers.formats.graph.values import mailbox_text, people, section

_NAMES: Final = ("title", "givenName", "middleName", "surname", "generation")
_ADDRESS: Final = ("street", "postalCode", "city", "state", "countryOrRegion")


def card(plain: Plain) -> Card:
    """Read a contact."""
    title = _title(plain)
    full = _joined(plain, _NAMES, " ")
    file_as = line(plain.get("fileAs"))
    website = line(plain.get("businessHomePage"))
    birthday = line(plain.get("birthday"))
    return Card(
        title=title,
        lines=only_said(
            (
                Label.NAME,
                tuple(
                    name
                    for name in dict.fromkeys((full, file_as, line(plain.get("initials"))))
                    if name and name != title
                ),
            ),
            (Label.NICKNAME, line(plain.get("nickName"))),
            (Label.PHONETIC, _joined(plain, ("yomiGivenName", "yomiSurname", "yomiCompanyName"), " ")),
            (Label.JOB, line(plain.get("jobTitle"))),
            (Label.COMPANY, line(plain.get("companyName"))),
            (Label.DEPARTMENT, line(plain.get("department"))),
            (Label.OFFICE, line(plain.get("officeLocation"))),
            (Label.EMAIL, people(plain, "emailAddresses")),
            (Label.PHONE_WORK, lines(plain.get("businessPhones"))),
            (Label.PHONE_MOBILE, line(plain.get("mobilePhone"))),
            (Label.PHONE_HOME, lines(plain.get("homePhones"))),
            (Label.CHAT, lines(plain.get("imAddresses"))),
            (Label.ADDRESS_WORK, _address(plain, "businessAddress")),
            (Label.ADDRESS_HOME, _address(plain, "homeAddress")),
            (Label.ADDRESS_OTHER, _address(plain, "otherAddress")),
            (Label.WEBSITE, Link("", website) if website else None),
            (Label.BIRTHDAY, Day(birthday) if birthday else None),
            (Label.PROFESSION, line(plain.get("profession"))),
            (Label.MANAGER, line(plain.get("manager"))),
            (Label.ASSISTANT, line(plain.get("assistantName"))),
            (Label.SPOUSE, line(plain.get("spouseName"))),
            (Label.CHILDREN, lines(plain.get("children"))),
            (Label.CATEGORIES, lines(plain.get("categories"))),
        ),
        sections=section(Label.NOTES, plain.get("personalNotes")),
    )


def facets(plain: Plain) -> dict[str, str]:
    """What lists show of a contact. ``from`` is who it is, by name and addresses."""
    mails = [one.address for one in people(plain, "emailAddresses") if one.address]
    phones = (*lines(plain.get("businessPhones")), line(plain.get("mobilePhone")), *lines(plain.get("homePhones")))
    title = _title(plain)
    return {
        "email": "\n".join(mails),
        "phone": "\n".join(filter(None, phones)),
        "company": line(plain.get("companyName")),
        "title": line(plain.get("jobTitle")),
        "address": next(_addresses(plain), ""),
        "birthday": line(plain.get("birthday"))[:10],
        "categories": "\n".join(lines(plain.get("categories"))),
        "from": " ".join(filter(None, (title, ", ".join(f"<{mail}>" for mail in mails if mail != title)))),
    }


def _title(plain: Plain) -> str:
    """What the contact is called; Graph leaves the first of these empty when only others were filled in."""
    for name in ("displayName", "fileAs"):
        if said := line(plain.get(name)):
            return said
    if full := _joined(plain, _NAMES, " "):
        return full
    mails = map(mailbox_text, people(plain, "emailAddresses"))
    return line(plain.get("companyName")) or next(mails, "")


def _addresses(plain: Plain) -> Iterator[str]:
    for name in ("businessAddress", "homeAddress", "otherAddress"):
        if said := _address(plain, name):
            yield said


def _address(plain: Plain, name: str) -> str:
    return _joined(inner(plain, name), _ADDRESS, ", ")


def _joined(plain: Plain, names: tuple[str, ...], between: str) -> str:
    return between.join(filter(None, (line(plain.get(name)) for name in names)))
