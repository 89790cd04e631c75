"""What an argument means."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.tenants.views import Place, Tenant, TenantSettings
from saasbackup_desktop.app.views import FolderRow, Health, StreamCard
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


ANNA = card("a1", "anna@example.org", "office")
BOB = card("b1", "bob@example.org", None)
BOB_ELSEWHERE = card("b2", "bob@example.org", "old")
CARDS = [ANNA, BOB, BOB_ELSEWHERE]


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


def test_of_one_account_the_option_is_named_that_says_which_service() -> None:
    calendar = replace(ANNA, stream=stream_id(ANNA.account.id, Service.CALENDAR), service=Service.CALENDAR)
    with pytest.raises(Misconfigured) as caught:
        resolve.account([ANNA, calendar], "anna@example.org", by_service=True)
    assert str(caught.value.facts["what"]).endswith("--service says which: mail and calendar")


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


def place(connection: str, id: str, address: str) -> Place:
    realm = connection.partition("/")[0]
    return Place(
        connection=ConnectionName(connection), account=account(id, address), services=(Service.MAIL,), realm=realm
    )


ADA = place("Fernwick/ada@fernwick.example", "t1", "ada@fernwick.example")
BEN = place("Fernwick/ben@fernwick.example", "t2", "ben@fernwick.example")
OFFICE, OLD = place("office", "a1", "anna@example.org"), place("old", "b2", "bob@example.org")
PLACES = [OFFICE, OLD, ADA, BEN]
FERNWICK = Tenant(settings=TenantSettings(name=ConnectionName("Fernwick"), tenant="fernwick.example"))
STRANGER = AccountId("x")


@pytest.mark.parametrize(
    ("name", "address", "own", "expected"),
    [
        ("Office", None, STRANGER, OFFICE),
        (None, "BOB@example.org", STRANGER, OLD),
        ("old", "bob@example.org", STRANGER, OLD),
        (None, None, STRANGER, None),
        (None, None, AccountId("t2"), BEN),
        ("fernwick", None, AccountId("t1"), ADA),
        ("Fernwick", "ben@fernwick.example", AccountId("t1"), BEN),
        ("Fernwick/ben@fernwick.example", None, AccountId("t1"), BEN),
        (None, "Ada@Fernwick.example", AccountId("t2"), ADA),
    ],
)
def test_where_to(name: str | None, address: str | None, own: AccountId, expected: Place | None) -> None:
    assert resolve.place(PLACES, [FERNWICK], name, address, own) is expected


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("new", None, "no source “new”; known: Fernwick, office and old"),
        (None, "carl", "no source reaches “carl”"),
        ("office", "bob@example.org", "no source reaches"),
        ("Fernwick", None, "--to-account"),
        ("Fernwick", "bob@example.org", "no source reaches"),
    ],
)
def test_nowhere_to(name: str | None, address: str | None, said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        resolve.place(PLACES, [FERNWICK], name, address, STRANGER)
    assert said in str(caught.value.facts["what"])


def test_a_tenant_that_takes_nothing_back_says_so() -> None:
    closed = replace(FERNWICK, settings=replace(FERNWICK.settings, may_restore=False))
    for tenant, said in ((closed, "backup only"), (FERNWICK, "discover")):
        with pytest.raises(Misconfigured) as caught:
            resolve.place([OFFICE], [tenant], "Fernwick", None, STRANGER)
        assert said in str(caught.value.facts["what"])


def test_several_places_of_one_address() -> None:
    twice = [ADA, place("Old tenant/ada@fernwick.example", "t9", "ada@fernwick.example")]
    with pytest.raises(Misconfigured) as caught:
        resolve.place(twice, [FERNWICK], None, "ada@fernwick.example", STRANGER)
    assert "Fernwick/ada@fernwick.example and Old tenant/" in str(caught.value.facts["what"])


def test_a_tenant_or_some_of_its_accounts_are_backed_up() -> None:
    ada = card("t1", "ada@fernwick.example", "Fernwick/ada@fernwick.example")
    diary = replace(ada, stream=stream_id(ada.account.id, Service.CALENDAR), service=Service.CALENDAR)
    ben = card("t2", "ben@fernwick.example", "Fernwick/ben@fernwick.example")
    cards = [*CARDS, ada, diary, ben]
    assert resolve.connected(cards, ["fernwick"], (), [FERNWICK]) == [ada, diary, ben]
    directory = replace(card("t3", "fernwick.example", "Fernwick"), service=Service.DIRECTORY)
    assert resolve.connected([*cards, directory], ["fernwick"], (), [FERNWICK]) == [ada, diary, ben, directory]
    assert resolve.connected(cards, ["Fernwick"], ["ada@fernwick.example"], [FERNWICK]) == [ada, diary]
    assert resolve.connected(cards, (), ["t2", "office"], [FERNWICK]) == [ANNA, ben]
    assert resolve.connected(cards, (), ["t1/calendar"], [FERNWICK]) == [diary]
    with pytest.raises(Misconfigured) as caught:
        resolve.connected(cards, ["Fernwick"], ["anna@example.org"], [FERNWICK])
    assert "none of the sources" in str(caught.value.facts["what"])
    with pytest.raises(Misconfigured) as caught:
        resolve.connected(CARDS, ["Fernwick"], (), [FERNWICK])
    assert "no account of Fernwick is active" in str(caught.value.facts["what"])


def test_of_many_names_some_are_told() -> None:
    many = [card(f"m{number}", f"m{number:03}@example.org", None) for number in range(300)]
    with pytest.raises(Misconfigured) as caught:
        resolve.account(many, "carl")
    assert "m019@example.org and 280 more" in str(caught.value.facts["what"])


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
