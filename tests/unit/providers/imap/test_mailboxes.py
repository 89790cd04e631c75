"""Trees of mailboxes as servers list them: real ones, and odd ones played from a script."""

import contextlib

import pytest

from saasbackup_desktop.core.errors import NameRefused
from saasbackup_desktop.core.model import Role
from saasbackup_desktop.providers.imap import ImapSettings, ImapSource, ImapTarget, Tls
from saasbackup_desktop.providers.imap.connect import connect
from saasbackup_desktop.providers.imap.mailboxes import Tree, list_mailboxes
from tests.servers.dovecot import Dovecot, User
from tests.unit.providers.imap.conftest import Place, message
from tests.unit.providers.imap.ledger import Ledger
from tests.unit.providers.imap.scripted import Scripted

ODD = ["Häufig", "日本語", "😀 emoji", "Tom & Jerry", 'with "quotes"', "back\\slash", "trailing ", " leading", "{5}"]


def listed(*lines: bytes, capability: bytes = b"IMAP4rev1", more: tuple[bytes, ...] = ()) -> Tree:
    answer = b"\r\n".join(b"* LIST " + line for line in lines)
    with Scripted([b"CAPABILITY", capability, b"LIST", answer, *more]) as server:
        session = connect(ImapSettings(host="localhost", user="a", port=server.port, tls=Tls.NONE), lambda: "x")
        tree = list_mailboxes(session)
        session.close()
    return tree


async def test_odd_names_are_read(place: Place) -> None:
    names = [name for name in ODD if place.server.separator not in name]
    for name in names:
        place.append(name, [message(1, subject=name.encode().hex())])
    await place.ledger.follow(place.source)
    for name in names:
        (item,) = place.ledger.inside(name)
        assert name.encode().hex().encode() in place.ledger.data(item)


@pytest.mark.parametrize("name", ODD)
async def test_odd_names_are_made(target: ImapTarget, name: str) -> None:
    assert target.folder_fault([name]) is None
    id = await target.folder(["Restored", name])
    assert await target.folder(["Restored", name]) == id
    (found,) = [folder for folder in await target.folders() if folder.id == id]
    assert found.name == name
    assert found.facets["subscribed"] == "yes"


@pytest.mark.parametrize("path", [["a/b"], ["x" * 300], [""], ["a", "b\r\nc"], []])
async def test_names_that_cannot_be_made(target: ImapTarget, path: list[str]) -> None:
    await target.folders()
    assert target.folder_fault(path)
    with pytest.raises(NameRefused):
        await target.folder(path)


@pytest.mark.parametrize("name", ["a*b", "a%b"])
async def test_wildcards_are_left_to_the_server(target: ImapTarget, name: str) -> None:
    made = None
    with contextlib.suppress(NameRefused):
        made = await target.folder([name])
    assert [folder.id for folder in await target.folders() if folder.name == name] == ([made] if made else [])


async def test_children_of_inbox(target: ImapTarget, poor_target: ImapTarget) -> None:
    assert await target.folder(["Inbox", "Sub"]) == "INBOX/Sub"
    assert await poor_target.folder(["INBOX", "Sub"]) == "INBOX.Sub"
    assert await poor_target.folder(["INBOX"]) == "INBOX"
    assert ("Sub", None) in {(folder.name, folder.parent) for folder in await poor_target.folders()}


async def test_parent_that_cannot_be_opened(place: Place) -> None:
    place.append("Parent" + place.server.separator + "Child", [message(1)])
    ledger = place.ledger
    await ledger.follow(place.source)
    assert ledger.folder("Parent").facets.get("noselect") == "yes"
    assert ledger.folder("Child").parent == ledger.folder("Parent").id
    parent = ledger.folder("Parent").id
    with place.server.connect(place.user) as client:
        separator = place.server.separator
        client.rename_folder(place.path(f"Parent{separator}Child"), place.path(f"Other{separator}Child"))
    await ledger.follow(place.source)
    assert ledger.fetched == 0
    assert ledger.folder("Other").id == parent


async def test_shared_folders(dovecot: Dovecot, user: User, source: ImapSource, target: ImapTarget) -> None:
    dovecot.append(user, "Public/News", [message(1)])
    ledger = Ledger()
    await ledger.follow(source)
    assert ledger.path(ledger.folder("News")) == "Public/News"
    assert ledger.folder("News").facets["namespace"] == "shared"
    assert len(ledger.inside("News")) == 1
    await target.folders()
    assert await target.folder(["Public", "News"]) == "Public/News"


async def test_subscriptions(dovecot: Dovecot, user: User, source: ImapSource) -> None:
    with dovecot.connect(user) as client:
        client.create_folder("Seen")
        client.create_folder("Unseen")
        client.subscribe_folder("Seen")
    ledger = Ledger()
    await ledger.follow(source)
    assert ledger.folder("Seen").facets.get("subscribed") == "yes"
    assert "subscribed" not in ledger.folder("Unseen").facets


def test_no_delimiter() -> None:
    tree = listed(b"() NIL INBOX", b'() NIL "a/b"')
    assert [mailbox.names for mailbox in tree.mailboxes] == [("INBOX",), ("a/b",)]


def test_names_in_literals() -> None:
    tree = listed(b'() "/" {5}\r\nqu"ot', b'() "/" INBOX')
    assert ('qu"ot',) in [mailbox.names for mailbox in tree.mailboxes]


def test_parents_that_are_not_listed() -> None:
    tree = listed(b'() "/" a/b/c', b'() "/" INBOX')
    assert [(m.names, m.path, m.can_open) for m in tree.mailboxes] == [
        (("INBOX",), "INBOX", True),
        (("a",), "a", False),
        (("a", "b"), "a/b", False),
        (("a", "b", "c"), "a/b/c", True),
    ]


def test_prefix_without_namespace() -> None:
    tree = listed(b'() "." INBOX', b'() "." INBOX.Sent', b'() "." INBOX.Work.Deep')
    assert tree.personal.prefix == "INBOX."
    assert {mailbox.names for mailbox in tree.mailboxes} == {("INBOX",), ("Sent",), ("Work",), ("Work", "Deep")}


def test_uses_by_flag_come_before_uses_by_name() -> None:
    tree = listed(b'() "/" INBOX', b'(\\Sent) "/" Post', b'() "/" Sent', b'() "/" Papierkorb')
    assert {m.names[0]: m.role for m in tree.mailboxes} == {
        "INBOX": Role.INBOX,
        "Post": Role.SENT,
        "Sent": None,
        "Papierkorb": Role.TRASH,
    }


def test_xlist() -> None:
    tree = listed(
        capability=b"IMAP4rev1 XLIST",
        more=(b"XLIST", b'* XLIST (\\Inbox) "/" Posteingang\r\n* XLIST (\\AllMail) "/" "[Gmail]/Alle Nachrichten"'),
    )
    assert {mailbox.role for mailbox in tree.mailboxes} == {Role.INBOX, Role.ALL, None}


def test_other_namespaces() -> None:
    answer = b'* NAMESPACE (("" "/")) (("user/" "/")) NIL'
    with Scripted(
        [
            b"CAPABILITY",
            b"IMAP4rev1 NAMESPACE",
            b"NAMESPACE",
            answer,
            b'LIST "" "user/*"',
            b'* LIST () "/" user/bob/Work',
        ]
    ) as server:
        session = connect(ImapSettings(host="localhost", user="a", port=server.port, tls=Tls.NONE), lambda: "x")
        tree = list_mailboxes(session)
        session.close()
    assert [(m.names, m.kind) for m in tree.mailboxes][-1] == (("user", "bob", "Work"), "other")
