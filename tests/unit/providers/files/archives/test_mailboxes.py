"""Mailbox files of every custom, and what stands in messages beside the message."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.providers.files.archives import mail, mbox
from saasbackup_desktop.providers.files.archives.mbox import messages
from saasbackup_desktop.providers.files.mbox import MboxWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE, entry

_LINE = b"From ada@example.org Mon Jan  1 10:00:00 2024\n"


def read(*pieces: bytes) -> list[bytes]:
    return [one.data or b"" for one in messages(io.BytesIO(b"".join(pieces)))]


def test_quoting_is_undone_one_step() -> None:
    found = read(_LINE, b"Subject: a\n\n>From here\n>>From there\n > From\n\n", _LINE, b"Subject: b\n\nx\n")
    assert found == [b"Subject: a\n\nFrom here\n>From there\n > From\n", b"Subject: b\n\nx\n"]


def test_a_length_that_can_be_believed_is_believed() -> None:
    body = b"From the beginning\n\nFrom me: at 10:00 in 2024\nReply-To: x\n\n>From you\n"
    head = b"Subject: a\nContent-Length: %d\n\n" % len(body)
    assert read(_LINE, head, body, b"\n", _LINE, b"Subject: b\n\nx\n") == [head + body, b"Subject: b\n\nx\n"]


def test_a_length_that_is_wrong_is_not() -> None:
    head = b"Subject: a\nContent-Length: 5000\n\nx\n"
    assert read(_LINE, head, b"\n", _LINE, b"Subject: b\n\nx\n") == [head, b"Subject: b\n\nx\n"]


def test_sentences_that_begin_with_from_begin_no_message() -> None:
    text = b"Subject: a\n\nHello\n\nFrom now on, all is well.\nYours\n"
    assert read(_LINE, text) == [text]


@pytest.mark.parametrize("line", [b"From - Mon Jan 01 10:00:00 2024\r\n", b"From \r\n", b"From nobody\r\n"])
def test_lines_of_many_programs_begin_messages(line: bytes) -> None:
    one, two = b"Subject: a\r\n\r\nx\r\n", b"Subject: b\r\n\r\ny\r\n"
    assert read(line, one, b"\r\n", line, two) == [one, two]


_BITS = (
    _LINE,
    b"Subject: a\n",
    b"Content-Length: 90\n",
    b"\n",
    b"\r\n",
    b"From here\n",
    b">From there\n",
    b"word " * 20,
)


@given(st.lists(st.sampled_from(_BITS), max_size=40), st.booleans())
@settings(max_examples=60, deadline=None)
def test_long_messages_are_told_like_short_ones(bits: list[bytes], is_crlf: bool) -> None:
    file = b"".join(bits)
    file = file.replace(b"\n", b"\r\n") if is_crlf else file
    expected = list(messages(io.BytesIO(file)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mbox, "_LONG", 40)
        patched.setattr(mbox, "_PIECE", 50)
        assert list(messages(io.BytesIO(file))) == expected


def test_what_is_too_long_for_a_message_is_told_and_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "LONGEST", 4000)
    monkeypatch.setattr(mbox, "_PIECE", 100)
    long = b"Subject: a\n\n" + b"endless " * 1000 + b"\n\n"
    found = list(messages(io.BytesIO(_LINE + long + _LINE + b"Subject: b\n\nx\n")))
    assert [(one.offset, one.size, one.data) for one in found] == [
        (0, len(long), None),
        (len(_LINE) + len(long), 14, b"Subject: b\n\nx\n"),
    ]


@pytest.mark.parametrize("piece", [1, 7, 50])
def test_pieces_of_any_size_give_the_same(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    two = b"Subject: b\nContent-Length: 9\n\n\nFrom x: y\n"
    whole = [_LINE, b"Subject: a\r\n\r\nFrom me\r\n\r\n", _LINE, two, _LINE]
    expected = read(*whole)
    assert len(expected) == 3
    monkeypatch.setattr(mbox, "_PIECE", piece)
    assert read(*whole) == expected


@pytest.mark.parametrize("body", [b"1:11 " * 40_000, b"12:30:10 " * 20_000, b"x" * 500_000])
def test_a_line_without_end_takes_no_time(body: bytes) -> None:
    text = b"Subject: a\n\nx\n\nFrom " + body + b"\n"
    assert read(_LINE, text) == [text]


@pytest.mark.parametrize(
    ("line", "is_dated"),
    [
        (_LINE, True),
        (b"From a@b Mon Jan  1 9:00 +0100 2024\n", True),
        (b"From me: at 10:00\n", False),
        (b"From 2024 until 10:00\n", False),
    ],
)
def test_a_line_has_a_date_if_a_year_stands_behind_a_time(line: bytes, is_dated: bool) -> None:
    assert mbox.begins_mailbox(line) is is_dated


def test_lines_may_end_as_on_old_macs() -> None:
    whole = b"".join((_LINE, b"Subject: a\n\nx\n\n", _LINE, b"Subject: b\n\ny\n"))
    assert mbox.begins_mailbox(whole.replace(b"\n", b"\r"))
    assert read(whole.replace(b"\n", b"\r")) == read(whole) == [b"Subject: a\n\nx\n", b"Subject: b\n\ny\n"]


def test_a_mark_of_byte_order_is_no_message() -> None:
    one, two = b"Subject: a\n\nx\n", b"Subject: b\n\ny\n"
    file = io.BytesIO(b"".join((b"\xef\xbb\xbf", _LINE, one, b"\n", _LINE, two)))
    found = list(messages(file))
    assert [one.data for one in found] == [one, two]
    assert all(file.getvalue()[one.offset :].startswith(b"From ") for one in found)


def test_what_stands_before_the_first_message_is_told() -> None:
    assert read(b"Subject: lost\n\nx\n\n", _LINE, b"Subject: b\n\nx\n")[0] == b"Subject: lost\n\nx\n"
    assert read(b"\n\n", _LINE, b"Subject: b\n\nx\n") == [b"Subject: b\n\nx\n"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from([b"From ", b">", b"\n", b"x: y", b"\r\n"]), max_size=12).map(b"".join)))
def test_what_our_exports_write_comes_back(tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]) -> None:
    written = [b"Subject: a\r\n\r\n" + body for body in bodies]
    assert _there_and_back(tmp_path_factory, written) == [_with_end(one) for one in written]


def test_real_messages_come_back(tmp_path_factory: pytest.TempPathFactory, corpora: Corpora) -> None:
    written = [sample.read() for sample in corpora.messages()][::SHARE]
    found = _there_and_back(tmp_path_factory, written)
    assert len(found) == len(written)
    assert sum(one == _with_end(body) for one, body in zip(found, written, strict=True)) == len(written)


def _there_and_back(place: pytest.TempPathFactory, written: list[bytes]) -> list[bytes]:
    folder = place.mktemp("mbox")
    shelf = FolderShelf(folder, "Export")
    writer = MboxWriter(shelf, folder)
    for body in written:
        writer.add(entry(body))
    writer.finish()
    (made,) = shelf.publish()
    found: list[bytes] = []
    for path in sorted(made.rglob("*.mbox")):
        with path.open("rb") as file:
            found += [one.data or b"" for one in messages(file)]
    return found


def _with_end(body: bytes) -> bytes:
    return body if body.endswith(b"\n") or not body else body + b"\n"


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        (b"Status: RO\n", ("\\Seen",)),
        (b"Status: O\n", ()),
        (b"Status: RO\nX-Status: AF\n", ("\\Answered", "\\Flagged", "\\Seen")),
        (b"X-Mozilla-Status: 0015\nX-Mozilla-Keys: $label1 later\n", ("$label1", "\\Flagged", "\\Seen", "later")),
        (b"X-Unsent: 1\n", ("\\Draft", "\\Seen")),
        (b"", ("\\Seen",)),
    ],
)
def test_states_are_read(said: bytes, flags: tuple[str, ...]) -> None:
    assert mail.flags_of(mail.fields_of(b"Subject: a\n" + said + b"\nx")) == flags


def test_what_programs_note_in_a_message_makes_no_other_one_of_it() -> None:
    plain = b"Subject: a\r\nX-Status-Of-Things: fine\r\n\r\nStatus: x\r\n"
    noted = plain.replace(b"Subject", b"Status: RO\r\nX-Mozilla-Status: 0001\r\nContent-Length: 11\r\nSubject")
    assert mail.identity(plain) == mail.identity(noted)
    assert mail.identity(plain) != mail.identity(plain.replace(b"Status: x", b"Status: y"))
    assert mail.identity(plain) != mail.identity(plain.replace(b"fine", b"bad"))


@pytest.mark.parametrize(
    ("labels", "path", "flags"),
    [
        ("Inbox,Opened,Category Updates", ("Inbox",), ("\\Seen",)),
        ("Archived,Unread,Work/Plans,Starred", ("Work", "Plans"), ("\\Flagged",)),
        ('Sent,"Trips, 2024"', ("Sent",), ("\\Seen",)),
        ('Archived,"Trips, 2024",Important', ("Trips, 2024",), ("$Important", "\\Seen")),
        ("Archived,Opened", None, ("\\Seen",)),
        ("Trash,Inbox", ("Trash",), ("\\Seen",)),
    ],
)
def test_labels_of_gmail_say_where_and_how(labels: str, path: tuple[str, ...] | None, flags: tuple[str, ...]) -> None:
    found = mail.labels_of(mail.fields_of(f"X-Gmail-Labels: {labels}\nSubject: a\n\nx".encode()))
    assert mail.placed(found) == (path, flags)


def test_labels_count_where_gmail_hands_them_out() -> None:
    text = b"X-Gmail-Labels: Work,Unread\nSubject: a\n\nx\n"
    of_gmail, ours = b"From 1787654321098765432@xxx Mon Jan 01 10:00:00 +0000 2024\n", _LINE
    assert [one.is_of_gmail for one in messages(io.BytesIO(of_gmail + text + b"\n" + ours + text))] == [True, False]


def test_states_of_a_maildir_stand_in_names() -> None:
    assert mail.flags_of_name("1700000000.M1P2.host:2,FRS") == ("\\Answered", "\\Flagged", "\\Seen")
    assert mail.flags_of_name("1700000000.M1P2.host") == ()


def test_line_ends_of_a_system_become_those_of_mail_and_others_stay() -> None:
    assert mail.with_line_ends(b"a: b\n\nx\n") == b"a: b\r\n\r\nx\r\n"
    assert mail.with_line_ends(b"a: b\r\rx\r") == b"a: b\r\n\r\nx\r\n"
    assert mail.with_line_ends(b"a: b\r\n\r\nx\ny\r\n") == b"a: b\r\n\r\nx\ny\r\n"
