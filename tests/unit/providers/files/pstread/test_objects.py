"""Properties are read in the letters that they were written in, people by the address that the world knows."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.mapi.people import entry_id
from saasbackup_desktop.providers.files.pstcheck import Unreadable
from saasbackup_desktop.providers.files.pstread import fields, losses
from saasbackup_desktop.providers.files.pstread.objects import STRING8, Id, Said, charset_of
from saasbackup_desktop.providers.files.pstread.people import Person, person_of

_INTEGER, _STRING, _BINARY = 3, 0x1F, 0x102
_WHO = (0x3001, 0x3002, 0x3003, 0x39FE, 0x0FFF)


class _Owned:
    """Properties of a test."""

    def __init__(self, values: dict[int, tuple[int, object]]) -> None:
        self._values = values

    def type(self, id_: Id) -> int:
        return self._values.get(id_, (0, None))[0] if isinstance(id_, int) else 0

    def value(self, id_: Id) -> object:
        value = self._values.get(id_, (0, None))[1] if isinstance(id_, int) else None
        if isinstance(value, Exception):
            raise value
        return value

    def pieces(self, id_: Id) -> Iterator[bytes]:
        value = self.value(id_)
        assert isinstance(value, bytes)
        yield value


@pytest.mark.parametrize(
    ("said", "above", "expected"),
    [
        ({0x3FFD: 1251}, "", "Привет"),
        ({0x66C3: 1251}, "cp1252", "Привет"),
        ({}, "cp1251", "Привет"),
        ({0x3FDE: 1251}, "", "Привет"),
        ({0x3FDE: 65001}, "", "Ïðèâåò"),
        ({0x3FFD: 99999}, "cp1251", "Привет"),
        ({}, "", "Ïðèâåò"),
    ],
)
def test_old_texts_are_in_the_letters_of_their_computer(said: dict[int, int], above: str, expected: str) -> None:
    values: dict[int, tuple[int, object]] = {id: (_INTEGER, page) for id, page in said.items()}
    values[0x37] = (STRING8, "Привет".encode("cp1251") + b"\0")
    assert Said(_Owned(values), [], above).text(0x37) == expected


def test_code_pages_have_names() -> None:
    known = {page: charset_of(page) for page in (932, 949, 1252, 28592, 28605, 50220, 65001, 20866, 12345)}
    assert known[932] == "cp932"
    assert known[28592] == "iso-8859-2"
    assert known[28605] == "iso-8859-15"
    assert known[12345] == ""


def test_what_is_damaged_counts_as_absent_and_is_told() -> None:
    lost: list[str] = []
    said = Said(_Owned({0x37: (_STRING, Unreadable("cut", "there")), 0x38: (_STRING, "x\0\ud800")}), lost)
    assert (said.text(0x37), said.text(0x38), lost) == ("", "x?", [losses.PROPERTY_DAMAGED])


def _who(name: str, kind: str, address: str, smtp: str = "", entry: bytes = b"") -> Person | None:
    values: dict[int, tuple[int, object]] = {
        0x3001: (_STRING, name),
        0x3002: (_STRING, kind),
        0x3003: (_STRING, address),
        0x39FE: (_STRING, smtp),
    }
    if entry:
        values[0x0FFF] = (_BINARY, entry)
    return person_of(Said(_Owned(values), []), *_WHO)


def test_people_are_known_by_the_best_address_that_there_is() -> None:
    assert _who("Anna", "SMTP", "a@example.org") == Person("Anna", "a@example.org")
    assert _who("Anna", "EX", "/O=ORG/CN=ANNA", "a@example.org") == Person("Anna", "a@example.org")
    entry = entry_id(Address("Anna Ü", "a@example.org"))
    assert _who("", "EX", "/O=ORG/CN=ANNA", entry=entry) == Person("Anna Ü", "a@example.org")
    assert _who("Anna", "EX", "/O=ORG/CN=AN NA") == Person("Anna", "IMCEAEX-_O=ORG_CN=AN+20NA@invalid")
    assert _who("a@example.org", "", "") == Person("", "a@example.org")
    assert _who("Anna", "", "") == Person("Anna", "")
    assert _who("", "", "") is None


def test_people_are_written_as_headers_have_them() -> None:
    assert fields.mailbox("", "a@example.org") == "a@example.org"
    assert fields.mailbox("Meier, Anna", "a@example.org") == '"Meier, Anna" <a@example.org>'
    assert fields.mailbox('A "x" \\', "a@example.org") == '"A \\"x\\" \\\\" <a@example.org>'
    assert fields.mailbox("Ü\r\nBcc: x", "a@\r\nb") == "=?utf-8?B?w5wgQmNjOiB4?= <a@b>"
    assert fields.mailbox("Anna", "") == "Anna <>"


def test_nothing_that_an_item_says_makes_a_field_of_its_own() -> None:
    written = fields.plain("Subject", "x\r\nBcc: evil@example.org\n\n body")
    assert b"\n" not in written[:-2]
    assert b"\r" not in written[:-2]


def test_long_subjects_are_folded() -> None:
    written = fields.plain("Subject", "Wörter " * 40)
    assert max(map(len, written.split(b"\r\n"))) <= 76
    assert written.startswith(b"Subject: =?utf-8?B?")
