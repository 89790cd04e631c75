"""An organisation on a server, and time passing."""

from saasbackup_desktop.sim.imap import Mailbox
from saasbackup_desktop.sim.organisation import AWKWARD, EMPTY, organisation
from saasbackup_desktop.sim.world import imap_mailbox, pass_time


def contents(mailbox: Mailbox) -> list[tuple[str, int, str, bytes, tuple[str, ...]]]:
    return [
        (folder.name, message.uid, message.id, message.data, tuple(sorted(message.flags)))
        for folder in mailbox.folders.values()
        for message in folder.messages.values()
    ]


def test_an_organisation_has_what_it_promises() -> None:
    made = organisation(3, 1200, mailboxes=2)
    assert sum(cabinet.letters for cabinet in made.mailboxes) == 1200
    first = made.mailboxes[0]
    assert {drawer.path for drawer in first.folders} >= {*AWKWARD, EMPTY, ("Sent",)}
    assert all(first.drawer(path).letters for path in AWKWARD)
    assert first.drawer(EMPTY).letters == []
    assert max(len(letter.data) for letter in first.drawer(("INBOX",)).letters) > 8_000_000
    # Letters between colleagues lie on both sides: what one sent is the end of what the other got.
    sent = {letter.data for letter in first.drawer(("Sent",)).letters}
    got = [letter.data for drawer in made.mailboxes[1].folders for letter in drawer.letters]
    assert any(letter.endswith(tuple(sent)) for letter in got)


def test_an_organisation_is_always_the_same() -> None:
    assert organisation(4, 150) == organisation(4, 150)
    assert organisation(4, 150) != organisation(5, 150)


def test_a_mailbox_is_put_on_a_server() -> None:
    cabinet = organisation(3, 400, mailboxes=1).mailboxes[0]
    mailbox = imap_mailbox(cabinet, "pass", delimiter=".", prefix="INBOX.")
    assert mailbox.user == cabinet.address
    assert sum(len(folder.messages) for folder in mailbox.folders.values()) == 400
    assert "INBOX.Projects.Größe & Maß" in mailbox.folders
    assert mailbox.folder("INBOX.Sent").use == "\\Sent"
    assert mailbox.folder("INBOX.Archive").selectable
    assert "INBOX.Nothing here yet" not in mailbox.subscriptions


def test_time_passes_the_same_way() -> None:
    mailboxes = [imap_mailbox(organisation(3, 400, mailboxes=1).mailboxes[0]) for _ in range(2)]
    before = contents(mailboxes[0])
    happened = [pass_time(mailbox, 9) for mailbox in mailboxes]
    assert happened[0] == happened[1]
    assert contents(mailboxes[0]) == contents(mailboxes[1])
    assert happened[0].delivered == 40
    assert happened[0].marked
    assert happened[0].moved
    assert happened[0].removed
    assert len(contents(mailboxes[0])) == len(before) + 40 - happened[0].removed
    old, new = happened[0].renamed[0]
    assert old not in mailboxes[0].folders
    assert new in mailboxes[0].folders
    assert pass_time(mailboxes[0], 10).created != happened[0].created
