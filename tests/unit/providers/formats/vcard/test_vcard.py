"""Cards of other programs become contacts, and contacts cards."""

import base64

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core import codec
from saasbackup_desktop.providers.formats.aside import aside
from saasbackup_desktop.providers.formats.graph import contacts
from saasbackup_desktop.providers.formats.vcard.reading import Read, read_cards
from saasbackup_desktop.providers.formats.vcard.writing import write_card
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
CONTACT = {
    "id": "abc",
    "displayName": "Dr. Ada Lovelace",
    "givenName": "Ada",
    "surname": "Lovelace",
    "middleName": "Augusta, K.",
    "title": "Dr.",
    "generation": "II",
    "nickName": "Enchantress; of numbers",
    "fileAs": "Lovelace, Ada",
    "companyName": "Analytical; Engines",
    "department": "Programs",
    "jobTitle": "Programmer",
    "profession": "Mathematician",
    "officeLocation": "1.2",
    "manager": "Babbage",
    "assistantName": "B. Bot",
    "spouseName": "William",
    "children": ["Byron", "Anne"],
    "emailAddresses": [
        {"name": "Dr. Ada Lovelace", "address": "ada@example.org"},
        {"name": "Private", "address": "a@home.example"},
    ],
    "businessPhones": ["+44 1", "+44 2"],
    "homePhones": ["+44 3"],
    "mobilePhone": "+44 4",
    "imAddresses": ["sip:ada@example.org", "ada"],
    "businessAddress": {
        "street": "1 Engine Road\nBack, door",
        "city": "London",
        "postalCode": "N1",
        "countryOrRegion": "UK",
    },
    "homeAddress": {"street": "2 Lane", "city": "Ockham"},
    "otherAddress": {"city": "Paris"},
    "businessHomePage": "https://example.org/a,b",
    "birthday": "1815-12-10T11:59:00Z",
    "personalNotes": "First line\nSecond; line, with signs \\n and ünïcödé 🧮",
    "categories": ["Friends", "A, B"],
    "yomiGivenName": "エイダ",
    "createdDateTime": "2020-01-02T03:04:05Z",
    "phones": [{"type": "business", "number": "+44 1"}],
}


def cards(text: str | bytes) -> list[Read]:
    found = read_cards(text.encode() if isinstance(text, str) else text)
    assert found is not None
    return list(found.items())


def single(lines: str) -> Read:
    (one,) = cards(f"BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n")
    return one


def test_a_contact_comes_back_equal() -> None:
    lost: list[str] = []
    text = write_card(CONTACT, PNG, lost)
    (back,) = cards(text)
    assert {name: back.plain[name] for name in CONTACT if name != "id"} == {
        name: value for name, value in CONTACT.items() if name != "id"
    }
    assert back.parts["photo"] == PNG
    assert lost == ["aside:phones"]
    assert max(map(len, text.split(b"\r\n"))) <= 75
    vobject.readOne(text.decode()).validate(raiseException=True)


def test_cards_of_all_versions() -> None:
    old = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg\r\n"
        "TEL;CELL:1\r\nTEL;WORK;FAX:2\r\nNOTE;ENCODING=QUOTED-PRINTABLE:one=\r\n two=0D=0Athree\r\n"
        f"PHOTO;PNG;BASE64:\r\n {base64.b64encode(PNG).decode()}\r\n\r\nEND:VCARD\r\n"
    )
    new = (
        "BEGIN:VCARD\nVERSION:4.0\nFN:Jörg Müller\nN:Müller;Jörg;;;\nEMAIL;PREF=2:second@x\nEMAIL;PREF=1:first@x\n"
        'TEL;VALUE=uri;TYPE="cell,voice":tel:+49-1\nBDAY:--0203\nRELATED;TYPE=spouse;VALUE=text:Eva\n'
        f"PHOTO:data:image/png;base64,{base64.b64encode(PNG).decode()}\nEND:VCARD\n"
    )
    first, second = cards(old.encode("latin-1") + new.encode())
    assert (first.plain["surname"], first.plain["displayName"]) == ("Müller", "Jörg Müller")
    assert first.plain["personalNotes"] == "one two\nthree"
    assert (first.plain["mobilePhone"], first.plain["businessPhones"]) == ("1", ["2"])
    assert first.lost == ("phone-kind",)
    assert [one["address"] for one in second.plain["emailAddresses"]] == ["first@x", "second@x"]
    assert second.plain["birthday"][:10] == "1604-02-03"
    assert (second.plain["mobilePhone"], second.plain["spouseName"]) == ("+49-1", "Eva")
    assert first.parts["photo"] == second.parts["photo"] == PNG
    assert first.parts["original.vcf"].decode("latin-1") == old
    assert not second.lost


def test_apples_labels_are_understood() -> None:
    one = single(
        "FN:A\nitem1.TEL:1\nitem1.X-ABLabel:_$!<Home>!$_\nitem2.X-ABRELATEDNAMES:Eve\nitem2.X-ABLabel:_$!<Spouse>!$_\n"
        "item3.EMAIL:a@x\nitem3.X-ABLabel:boat"
    )
    assert (one.plain["homePhones"], one.plain["spouseName"]) == (["1"], "Eve")
    assert one.lost == ("labels",)


def test_groups_know_their_members() -> None:
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Ada\nEMAIL:ada@x\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nUID:2\nKIND:group\nFN:All\nMEMBER:urn:uuid:1\nMEMBER:mailto:bob@x\n"
        "MEMBER:urn:uuid:gone\nEND:VCARD\n"
    )
    _, group = cards(text)
    assert group.plain["members"] == [
        {"name": "Ada", "address": "ada@x"},
        {"name": "bob@x", "address": "bob@x"},
        {"name": "urn:uuid:gone", "address": ""},
    ]
    assert group.lost == ("members",)
    assert contacts.card(group.plain).title == "All"
    (back,) = cards(write_card(group.plain, None, []))
    assert back.plain["members"] == group.plain["members"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("FN:A\nBDAY:soon", "date-unreadable"),
        ("FN:A\nORG:a;b;c", "organization"),
        ("FN:A\nPHOTO;VALUE=URI:https://example.org/a.png", "photo"),
        ("FN:A\nKEY:1", "property:KEY"),
        ("FN:A\n" + "\n".join(f"ADR;TYPE=HOME:;;{number};;;;" for number in range(3)), "addresses"),
        ("FN:A\nnothing", "lines-unread"),
    ],
)
def test_what_has_no_place_is_listed(lines: str, code: str) -> None:
    assert single(lines).lost == (code,)


def test_what_is_no_card() -> None:
    assert read_cards(b"hello") is None
    (one,) = cards("BEGIN:VCARD\nFN:A")
    assert one.lost == ("truncated",)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=60)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(("surname", "jobTitle", "companyName", "manager", "profession")), TEXT), TEXT)
def test_any_text_comes_back(fields: dict[str, str], name: str) -> None:
    plain = {"id": "a", "displayName": name, **fields}
    (back,) = cards(write_card(plain, None, []))
    assert not list(aside(plain, back.plain))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=15))
def test_nothing_makes_reading_fail(lines: list[str]) -> None:
    for one in cards("\n".join(["BEGIN:VCARD", *lines, "END:VCARD"]).encode("utf-8", "replace")):
        codec.dumps(one.plain).encode()


def test_samples_go_both_ways(corpora: Corpora) -> None:
    read = 0
    for sample in [one for one in corpora.samples("vcard") if one.path.suffix == ".vcf"][::SHARE]:
        found = read_cards(sample.read())
        for one in found.items() if found is not None else ():
            text = write_card(one.plain, one.parts.get("photo"), [])
            vobject.readOne(text.decode())
            (back,) = cards(text)
            same = {**back.plain, "id": one.plain["id"]}
            assert same == one.plain, sample.name
            assert back.parts.get("photo") == one.parts.get("photo")
            assert write_card(same, back.parts.get("photo"), []) == text
            read += 1
    assert read
