"""What becomes of contacts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.contacts import contact
from saasbackup_desktop.providers.files.pst.model import Type
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pstcheck import check
from tests.corpora import Corpora

_ADA: dict[str, Any] = {
    "id": "AAA",
    "displayName": "Ada Lovelace",
    "givenName": "Ada",
    "surname": "Lovelace",
    "title": "Countess",
    "fileAs": "Lovelace, Ada",
    "companyName": "Analytical Engines",
    "emailAddresses": [{"name": "Ada L.", "address": "ada@b.example"}, {"address": "ada@home.example"}],
    "businessPhones": ["+44 1", "+44 2"],
    "homePhones": ["+44 3"],
    "mobilePhone": "+44 4",
    "imAddresses": ["sip:ada@b.example"],
    "homeAddress": {"street": "12 St James's Square\r\nFlat 2", "city": "London", "countryOrRegion": "England"},
    "businessAddress": {},
    "birthday": "1815-12-10T11:59:00Z",
    "children": ["Byron", "Anne", "Ralph"],
    "categories": ["Friends"],
    "personalNotes": "First line\nSecond line",
    "createdDateTime": "2024-01-02T03:04:05Z",
    "lastModifiedDateTime": "2024-02-03T04:05:06.7890000Z",
}


def test_a_contact() -> None:
    item = contact(_ADA, b"\xff\xd8\xff picture")
    said = item.properties
    assert item.losses == ()
    assert said[tags.MESSAGE_CLASS] == "IPM.Contact"
    assert said[tags.SUBJECT] == said[tags.DISPLAY_NAME] == "Ada Lovelace"
    assert said[tags.FILE_UNDER] == "Lovelace, Ada"
    assert said[tags.TITLE] == "Countess"
    assert (said[tags.BUSINESS_PHONE], said[tags.BUSINESS_PHONE_2], said[tags.HOME_PHONE]) == (
        "+44 1",
        "+44 2",
        "+44 3",
    )
    assert said[tags.contact_email(0, 0, Type.STRING)] == "Ada L."
    assert (
        said[tags.contact_email(1, 0, Type.STRING)] == said[tags.contact_email(1, 3, Type.STRING)] == "ada@home.example"
    )
    assert (said[tags.EMAILS], said[tags.EMAILS_MASK]) == ((0, 1), 3)
    assert said[tags.HOME_ADDRESS] == said[tags.POSTAL_ADDRESS] == "12 St James's Square\r\nFlat 2\r\nLondon\r\nEngland"
    assert said[tags.HOME[1]] == said[tags.MAILING[1]] == "London"
    assert said[tags.MAILING_ADDRESS] == 1
    assert said[tags.BIRTHDAY] == datetime(1815, 12, 10, 11, 59, tzinfo=UTC)
    assert said[tags.BIRTHDAY_LOCAL] == datetime(1815, 12, 10, tzinfo=UTC)
    assert said[tags.CHILDREN] == ("Byron", "Anne", "Ralph")
    assert said[tags.KEYWORDS] == ("Friends",)
    assert said[tags.BODY] == "First line\r\nSecond line"
    assert said[tags.CREATED] == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert said[tags.HAS_PICTURE] is True
    (picture,) = item.attachments
    assert picture.content == b"\xff\xd8\xff picture"
    assert picture.properties[tags.ATTACH_CONTACT_PHOTO] is True


def test_more_than_there_are_places_for() -> None:
    mails = [{"address": f"{number}@b.example"} for number in range(5)]
    item = contact({"emailAddresses": mails, "businessPhones": ["1", "2", "3"], "imAddresses": ["a", "b"]})
    assert item.losses == (losses.DETAILS_CUT,)
    assert item.properties[tags.EMAILS] == (0, 1, 2)
    assert item.properties[tags.SUBJECT] == "0@b.example"


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"displayName": None, "emailAddresses": "x", "businessPhones": {"a": 1}, "homeAddress": [], "birthday": 7},
        {"displayName": "a\0b" * 500, "birthday": "0001-01-01", "createdDateTime": "yesterday", "children": [None, 3]},
        {"createdDateTime": "0001-01-01T00:00:00Z", "lastModifiedDateTime": "2024-01-01T00:00:00"},
        {"surname": "\ud800", "emailAddresses": [{"address": "\0"}], "personalNotes": "\0\n"},
    ],
)
def test_odd_ones_become_items_too(odd: dict[str, Any], tmp_path: Path) -> None:
    with PstWriter(tmp_path / "contacts.pst", "Contacts") as pst:
        folder = pst.folder(("Contacts",), "IPF.Contact")
        assert isinstance(pst.add(folder, contact(odd)), Written)
        assert isinstance(pst.add(folder, contact(_ADA, b"picture")), Written)
    assert not check(tmp_path / "contacts.pst").findings


def test_real_ones(corpora: Corpora, tmp_path: Path) -> None:
    count = 0
    with PstWriter(tmp_path / "contacts.pst", "Contacts") as pst:
        folder = pst.folder(("Contacts",), "IPF.Contact")
        for plain in _contacts(corpora):
            assert isinstance(pst.add(folder, contact(plain)), Written), plain
            count += 1
    assert count >= 10
    assert not check(tmp_path / "contacts.pst").findings


def _contacts(corpora: Corpora) -> list[dict[str, Any]]:
    with (corpora.folder / "graph" / "graph-docs-pairs.jsonl").open() as lines:
        bodies = [json.loads(line).get("response_body") for line in lines if '"contacts"' in line]
    found = [one for body in bodies if isinstance(body, dict) for one in (body.get("value") or [body])]
    return [one for one in found if isinstance(one, dict) and ("emailAddresses" in one or "fileAs" in one)]
