"""What an argument means."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.views import Connection, FolderRow, Health, ImapSettings, StreamCard
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, NodeId
from saasbackup_desktop.core.model import Account, Folder, Provider, Service, stream_id


def account(id: str, address: str) -> Account:
    return Account(id=AccountId(id), provider=Provider.IMAP, address=address)


def card(id: str, address: str, connection: str | None) -> StreamCard:
    return StreamCard(
        stream=stream_id(AccountId(id), Service.MAIL),
        account=account(id, address),
        service=Service.MAIL,
        connection=ConnectionName(connection) if connection else None,
        health=Health.OK,
        last=None,
        snapshots=0,
        running=None,
    )


def connection(name: str, id: str, address: str) -> Connection:
    settings = ImapSettings(name=name, host="mail.example.org", user=address)
    return Connection(name=ConnectionName(name), account=account(id, address), settings=settings)


ANNA = card("a1", "anna@example.org", "office")
BOB = card("b1", "bob@example.org", None)
BOB_ELSEWHERE = card("b2", "bob@example.org", "old")
CARDS = [ANNA, BOB, BOB_ELSEWHERE]
CONNECTIONS = [connection("office", "a1", "anna@example.org"), connection("old", "b2", "bob@example.org")]


@pytest.mark.parametrize("text", ["anna@example.org", "Anna@Example.org", "office", "a1", "a1/mail"])
def test_an_account_by_any_of_its_names(text: str) -> None:
    assert resolve.account(CARDS, text) is ANNA


def test_an_unknown_account_names_those_that_are_known() -> None:
    with pytest.raises(Misconfigured) as caught:
        resolve.account(CARDS, "carl")
    assert "anna@example.org and bob@example.org" in str(caught.value.facts["what"])


def test_an_ambiguous_account_names_the_candidates() -> None:
    with pytest.raises(Misconfigured) as caught:
        resolve.account(CARDS, "bob@example.org")
    assert "b1/mail and b2/mail" in str(caught.value.facts["what"])


def test_all_services_of_an_account_or_one_of_them() -> None:
    diary = replace(ANNA, stream=stream_id(ANNA.account.id, Service.CALENDAR), service=Service.CALENDAR)
    cards = [*CARDS, diary]
    assert resolve.services(cards, "anna@example.org") == [ANNA, diary]
    assert resolve.services(cards, "a1/calendar") == [diary]
    assert resolve.account(resolve.of_service(cards, Service.CALENDAR), "anna@example.org") is diary
    assert resolve.of_service(cards, None) == cards
    with pytest.raises(Misconfigured):
        resolve.services(cards, "bob@example.org")
    with pytest.raises(Misconfigured):
        resolve.services(cards, "carl")


def test_an_account_with_a_path() -> None:
    assert resolve.account_and_rest(CARDS, "office:INBOX/a:b") == (ANNA, "INBOX/a:b")
    assert resolve.account_and_rest(CARDS, "office") == (ANNA, "")


def test_all_that_have_a_source_are_backed_up_unless_some_are_named() -> None:
    assert resolve.connected(CARDS, []) == [ANNA, BOB_ELSEWHERE]
    assert resolve.connected(CARDS, ["office", "anna@example.org"]) == [ANNA]
    with pytest.raises(Misconfigured):
        resolve.connected(CARDS, ["b1"])


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("Office", None, "office"),
        (None, "BOB@example.org", "old"),
        ("old", "bob@example.org", "old"),
        (None, None, None),
    ],
)
def test_where_to(name: str | None, address: str | None, expected: str | None) -> None:
    found = resolve.target(CONNECTIONS, name, address)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize(("name", "address"), [("new", None), (None, "carl"), ("office", "bob@example.org")])
def test_nowhere_to(name: str | None, address: str | None) -> None:
    with pytest.raises(Misconfigured):
        resolve.target(CONNECTIONS, name, address)


def test_folders_by_path_or_id() -> None:
    rows = [
        FolderRow(folder=Folder(id=NodeId(id), parent=None, name=path), path=path, items=0, size=0)
        for id, path in [("f1", "INBOX"), ("f2", "Archive/2026"), ("f3", "archive/2026"), ("f4", "Ünï/x")]
    ]
    assert resolve.folder(rows, "inbox") is rows[0]
    assert resolve.folder(rows, "/Archive/2026/") is rows[1]
    assert resolve.folder(rows, "f4") is rows[3]
    assert resolve.folder(rows, "ARCHIVE/2026") is None
    assert resolve.folder(rows, "none") is None
