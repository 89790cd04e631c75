"""Which mailbox of today is which of last time."""

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.providers.imap.identity import Now, match
from saasbackup_desktop.providers.imap.mailboxes import Mailbox
from saasbackup_desktop.providers.imap.memory import Past
from saasbackup_desktop.providers.imap.session import Status


def now(path: str, validity: int, uidnext: int = 10, mailbox_id: str = "") -> Now:
    mailbox = Mailbox(path=path, delimiter="/", names=tuple(path.split("/")), can_open=bool(validity))
    status = Status(uidvalidity=validity, uidnext=uidnext, mailbox_id=mailbox_id) if validity else None
    return Now(mailbox, status)


def past(path: str, validity: int, uidnext: int = 10, mailbox_id: str = "") -> Past:
    status = Status(uidvalidity=validity, uidnext=uidnext) if validity else None
    return Past(
        id=NodeId("id of " + path),
        path=path,
        can_open=bool(validity),
        status=status,
        uidvalidity=validity,
        mailbox_id=mailbox_id,
    )


def found(pasts: list[Past], present: list[Now]) -> dict[str, str | None]:
    return {m.now.mailbox.path: m.past.path if m.past else None for m in match(pasts, present)}


def test_same() -> None:
    assert found([past("a", 1)], [now("a", 1)]) == {"a": "a"}


def test_renamed() -> None:
    assert found([past("a", 1), past("b", 2)], [now("c", 1), now("b", 2)]) == {"c": "a", "b": "b"}


def test_swapped() -> None:
    assert found([past("a", 1), past("b", 2)], [now("a", 2), now("b", 1)]) == {"a": "b", "b": "a"}


def test_numbered_anew() -> None:
    assert found([past("a", 1)], [now("a", 2)]) == {"a": "a"}


def test_made_anew_where_mailboxes_have_ids() -> None:
    assert found([past("a", 1, mailbox_id="x")], [now("a", 2, mailbox_id="y")]) == {"a": None}
    assert found([past("a", 1, mailbox_id="x")], [now("b", 2, mailbox_id="x")]) == {"b": "a"}


def test_uids_never_go_back() -> None:
    assert found([past("a", 1, uidnext=50)], [now("b", 1, uidnext=3)]) == {"b": None}


def test_one_uidvalidity_for_all() -> None:
    pasts = [past("a/x", 1, 5), past("a/y", 1, 7), past("a/z", 1, 7)]
    assert found(pasts, [now("b/x", 1, 5), now("b/y", 1, 7), now("b/z", 1, 7)]) == {
        "b/x": "a/x",
        "b/y": "a/y",
        "b/z": "a/z",
    }
    assert found([past("a", 1), past("b", 1)], [now("c", 1)]) == {"c": None}


def test_parents_are_known_by_their_children() -> None:
    pasts = [past("old", 0), past("old/x", 1)]
    assert found(pasts, [now("new", 0), now("new/x", 1)]) == {"new": "old", "new/x": "old/x"}


def test_ids_are_the_same_on_every_machine_and_never_given_twice() -> None:
    (one,) = match([], [now("a", 1)])
    (again,) = match([], [now("a", 1)])
    assert one.id == again.id
    assert len(one.id) == 16
    held = Past(id=one.id, path="elsewhere", can_open=True, status=None, uidvalidity=9)
    both = match([held], [now("elsewhere", 9), now("a", 1)])
    assert both[0].id == one.id != both[1].id
