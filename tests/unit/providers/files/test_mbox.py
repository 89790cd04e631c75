"""Messages in MBOX files."""

import json
import mailbox
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.export.ports import SteadyWriter
from saasbackup_desktop.providers.files import mbox
from saasbackup_desktop.providers.files.mbox import LINE_END_ADDED, MboxWriter, from_line
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE, damaged, entry
from tests.unit.providers.files.mboxrd import messages

_BODIES = (
    b"Subject: a\r\n\r\nFrom here on\r\n>From there\r\n >From\r\n>>From x\r\n",
    b"",
    b"\n",
    b"From nobody\nx\n",
    b"no end",
    b"From ",
    b"x\rFrom y\r\n",
    b"\xff\x00\n\n\n",
)


def as_read(body: bytes) -> bytes:
    return body if body.endswith(b"\n") or not body else body + b"\n"


@pytest.mark.parametrize("large", [0, 1 << 30])
def test_bytes_are_what_they_were(tmp_path: Path, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "_LARGE", large)
    shelf = FolderShelf(tmp_path, "Export")
    writer: SteadyWriter = MboxWriter(shelf, tmp_path / "scratch")
    losses = [writer.add(entry(body, path=("Archive", "2023"))) for body in _BODIES]
    assert [bool(loss) for loss in losses] == [body != as_read(body) for body in _BODIES]
    assert {code for loss in losses for code in loss} == {LINE_END_ADDED}
    writer.finish()
    (folder,) = shelf.publish()
    path = folder / "Archive" / "2023.mbox"
    assert list(messages(path)) == [as_read(body) for body in _BODIES]
    python = mailbox.mbox(path, create=False)
    assert len(python) == len(_BODIES)
    python.close()


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from([b"From ", b">", b"\n", b"x", b"\r\n", b" "]), max_size=12).map(b"".join)),
    st.integers(1, 9),
)
def test_every_text_comes_back(tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], look: int) -> None:
    place = tmp_path_factory.mktemp("mbox")
    shelf = FolderShelf(place, "Export")
    writer = MboxWriter(shelf, place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox, "_LOOK", look)
        for body in bodies:
            writer.add(entry(body))
    (folder,) = shelf.publish()
    found = list(messages(folder / "Inbox.mbox")) if bodies else []
    assert found == [as_read(body) for body in bodies]


def test_long_lines_in_large_messages_are_quoted_at_their_beginning_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox, "_LARGE", 0)
    monkeypatch.setattr(mbox, "_PIECE", 7)
    body = b"From a" + b"xxFrom " * 9 + b"\n>From \nFrom " + b"From " * 5 + b"\n"
    shelf = FolderShelf(tmp_path, "Export")
    MboxWriter(shelf, tmp_path).add(entry(body))
    (folder,) = shelf.publish()
    assert list(messages(folder / "Inbox.mbox")) == [body]


def test_the_first_line_of_a_message() -> None:
    assert (
        from_line(entry(b"", facets={"from": "A <a@b.example>"}).item) == b"From a@b.example Tue Nov 14 22:13:20 2023\n"
    )
    assert from_line(entry(b"", time=None).item) == b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
    dated = entry(b"", time=None, facets={"date": "2023-11-14T23:13:20+01:00", "from": "J\u00fcrgen <j\u00fc@x>"})
    assert from_line(dated.item) == b"From MAILER-DAEMON Tue Nov 14 22:13:20 2023\n"


def test_what_cannot_be_read_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = MboxWriter(shelf, tmp_path / "scratch")
    for large in (0, 1 << 30):
        monkeypatch.setattr(mbox, "_LARGE", large)
        writer.add(entry(b"good\n"))
        with pytest.raises(BodyDamaged):
            writer.add(damaged(b"half\n"))
    (folder,) = shelf.publish()
    assert list(messages(folder / "Inbox.mbox")) == [b"good\n", b"good\n"]


def test_folders_are_files_beside_their_folders(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = MboxWriter(shelf, tmp_path)
    for path in (("Inbox",), ("Inbox", "Sub"), ("inbox",), ()):
        writer.add(entry(b"x\n", path=path))
    (folder,) = shelf.publish()
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.mbox")} == {
        "Inbox.mbox", "Inbox/Sub.mbox", "inbox (2).mbox", "Mail.mbox"
    }  # fmt: skip


@pytest.mark.parametrize("kind", [FolderShelf, ZipShelf])
def test_a_folder_goes_on_in_the_middle(tmp_path: Path, kind: type[FolderShelf] | type[ZipShelf]) -> None:
    shelf = kind(tmp_path, "Export", key="one")
    writer = MboxWriter(shelf, tmp_path / "scratch")
    writer.add(entry(b"1\n"))
    since = json.loads(json.dumps(shelf.seal().since))
    writer.add(entry(b"lost\n"))
    shelf.close()
    shelf = kind(tmp_path, "Export", key="one", since=since)
    writer = MboxWriter(shelf, tmp_path / "scratch")
    writer.add(entry(b"2\n"))
    (made,) = shelf.end().files if kind is FolderShelf else shelf.end().files and shelf.files()
    assert made.name == "Inbox.mbox"
    shelf.publish()


def test_full_archives_begin_another_file(tmp_path: Path) -> None:
    shelf = ZipShelf(tmp_path, "Export", part_size=200_000)
    writer = MboxWriter(shelf, tmp_path)
    for number in range(300):
        writer.add(entry(random.Random(number).randbytes(3000) + b"\n"))
    writer.finish()
    assert len(shelf.publish()) > 1


def test_real_mail_comes_back(tmp_path: Path, corpora: Corpora) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = MboxWriter(shelf, tmp_path)
    samples = [sample.read() for sample in list(corpora.messages())[::SHARE]]
    for body in samples:
        writer.add(entry(body))
    (folder,) = shelf.publish()
    found = messages(folder / "Inbox.mbox")
    assert all(one == as_read(body) for one, body in zip(found, samples, strict=True))
