"""Lists of accounts as people bring them along, with all that can be wrong in them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.account_list import COLUMN, AccountList, Entry, Mistake, Wrong, read_list, recognize
from saasbackup_desktop.core.activation import Candidate


def test_a_plain_list() -> None:
    found = read_list(b"\xef\xbb\xbfaccount email\r\nada@fernwick.example\r\n\r\n  Bob@Fernwick.example \r\n")
    assert found == AccountList((Entry("ada@fernwick.example", 2), Entry("Bob@Fernwick.example", 4)), ())


def test_every_mistake_has_its_line() -> None:
    data = (
        "Account Email\n"
        "ada@fernwick.example\n"
        "not an address\n"
        "ADA@fernwick.example,\n"
        "bob@fernwick.example,Bob\n"
        '"carol@fernwick.example"\n'
        '"dan\n@fernwick.example"\n'
        "eve@fernwick.example\n"
    )
    found = read_list(data.encode())
    assert [entry.line for entry in found.entries] == [2, 6, 9]
    assert found.mistakes == (
        Mistake(3, Wrong.NOT_AN_ADDRESS, "not an address"),
        Mistake(4, Wrong.TWICE, "ADA@fernwick.example", 2),
        Mistake(5, Wrong.MORE_COLUMNS, "bob@fernwick.example,Bob"),
        Mistake(7, Wrong.NOT_AN_ADDRESS, "dan\n@fernwick.example"),
    )


@pytest.mark.parametrize(
    ("data", "mistake"),
    [
        (b"", Mistake(1, Wrong.EMPTY)),
        (b"\n \n", Mistake(1, Wrong.EMPTY)),
        (b"ada@fernwick.example\n", Mistake(1, Wrong.NO_HEADER, "ada@fernwick.example")),
        (b"\nAccount Email,Name\n", Mistake(2, Wrong.MORE_COLUMNS, "Account Email,Name")),
        (b"Account Email;Name\n", Mistake(1, Wrong.NO_HEADER, "Account Email;Name")),
        (b"Account Email\nada@fernwick.example\n\xff\xfe\n", Mistake(3, Wrong.NOT_TEXT)),
        (b'Account Email\nada@fernwick.example\n"bob@fern\nwick\n', Mistake(3, Wrong.QUOTES)),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x81", Mistake(1, Wrong.NOT_TEXT)),
    ],
)
def test_files_that_are_something_else(data: bytes, mistake: Mistake) -> None:
    assert mistake in read_list(data).mistakes


def test_a_file_of_excel_in_utf_16() -> None:
    assert len(read_list("Account Email\r\nada@fernwick.example\r\n".encode("utf-16")).entries) == 1


def test_addresses_are_recognized_by_first_address_and_alias() -> None:
    ada = Candidate("1", "ada@fernwick.example", aliases=("a.lovelace@fernwick.example", "bob@fernwick.example"))
    bob = Candidate("2", "bob@fernwick.example")
    entries = [Entry("A.Lovelace@fernwick.example", 2), Entry("bob@fernwick.example", 3), Entry("x@y.example", 4)]
    found = recognize(entries, [ada, bob])
    assert found.ids == {"1", "2"}
    assert found.unknown == (Entry("x@y.example", 4),)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read_list(data)
    assert found.entries or found.mistakes or read_list(data + b"\n").entries == ()


@given(st.lists(st.from_regex(r"[a-z']{1,9}@[a-z]{1,9}\.example", fullmatch=True), unique=True), st.booleans())
def test_what_was_written_is_read(addresses: list[str], quoted: bool) -> None:
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([[COLUMN], *([address] for address in addresses)])
    found = read_list(made.getvalue().encode())
    assert [entry.address for entry in found.entries] == addresses
    assert [entry.line for entry in found.entries] == list(range(2, len(addresses) + 2))
    assert found.mistakes == ()
