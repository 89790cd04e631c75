"""Accounts that leave together are kept apart, whatever they are called."""

from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.model import Account, Provider
from saasbackup_desktop.engine.exporting.legs import account_from_plain, folders_of


def _account(address: str) -> Account:
    return Account(id=AccountId(address), provider=Provider.FILE, address=address)


def test_equal_addresses_get_numbers() -> None:
    names = ("ada@example.org", "Ada@example.org", "bob", "ada@example.org", "ada@example.org (2)")
    assert list(folders_of(map(_account, names))) == [
        "ada@example.org",
        "Ada@example.org (2)",
        "bob",
        "ada@example.org (3)",
        "ada@example.org (2) (2)",
    ]


def test_an_account_that_was_written_down_is_the_same() -> None:
    plain = {"id": "a", "provider": "imap", "address": "a@b.c", "name": "A", "connection": "office"}
    assert account_from_plain(plain).connection == "office"
    assert account_from_plain({**plain, "connection": None}).connection is None
