"""Items of the vault in an Outlook data file, and how an export that was cut short goes on."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, FormatUnfit
from saasbackup_desktop.core.export.ports import About, Entry, PartWriter
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item, Role, Service
from saasbackup_desktop.providers.files.outlook import OutlookWriter
from saasbackup_desktop.providers.files.pstcheck.reader import PstFile
from tests.outlook_files import faults

_ADA = About(name="Ada", part_size=1_500_000)


class Shelf:
    """A folder that takes files over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []
        self.items: list[int] = []

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum((self.folder / name).stat().st_size for name in self.names)

    def file(self, name: str, modified: int | None = None, sha256: str = "") -> AbstractContextManager[BinaryIO]:
        """Nobody writes directly."""
        raise AssertionError(name, modified)

    def name(self, path: tuple[str, ...], stem: str, suffix: str) -> str:
        """A name as it is asked for."""
        return "/".join((*path, stem + suffix))

    @property
    def full(self) -> bool:
        """There is always room."""
        return False

    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> AbstractContextManager[BinaryIO]:
        """Nobody writes directly."""
        raise AssertionError(path, stem, suffix)

    def count(self, items: int) -> None:
        """Count what is in the next file."""
        self.items.append(items)

    def adopt(self, file: Path, name: str) -> None:
        """Take a file."""
        assert not (self.folder / name).exists()
        file.rename(self.folder / name)
        self.names.append(name)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf."""
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


def _entry(service: Service, path: tuple[str, ...], data: bytes, number: int = 0, **more: Any) -> Entry:
    item = Item(id=NodeId(str(number)), parent=NodeId("f"), revision="1", **more.pop("item", {}))
    return Entry(
        service=service,
        path=path,
        role=more.pop("role", None),
        item=item,
        data=lambda: iter((data,)),
        parts={name: lambda kept=kept: iter((kept,)) for name, kept in more.pop("parts", {}).items()},
    )


def _mail(number: int, size: int = 10, path: tuple[str, ...] = ("Inbox",), **more: Any) -> Entry:
    body = (f"{number} " * size)[:size]
    data = f"From: a@b.example\r\nSubject: N {number}\r\nDate: Mon, 6 May 2024 07:08:09 +0000\r\n\r\n{body}\r\n"
    return _entry(Service.MAIL, path, data.encode(), number, **more)


def _contact(name: str, path: tuple[str, ...] = ("Contacts",), **more: Any) -> Entry:
    return _entry(Service.CONTACTS, path, json.dumps({"displayName": name}).encode(), **more)


def _items(path: Path) -> Mapping[tuple[str, ...], list[str]]:
    assert faults(path) == []
    with PstFile(path) as file:
        return {one.path: [item.subject for item in one.messages()] for one in file.folders() if len(one)}


def test_services_share_a_store(tmp_path: Path, shelf: Shelf) -> None:
    writer: PartWriter = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    assert isinstance(writer, PartWriter)
    writer.add(_mail(1))
    writer.add(_mail(2, path=("Sent", "2024"), role=Role.SENT))
    writer.add(_mail(3, path=("contacts",)))
    writer.add(_contact("Byron", parts={"photo": b"\xff\xd8"}))
    writer.add(_contact("Shelley", ("Contacts", "Poets")))
    writer.add(_contact("Nobody's", ()))
    assert (writer.waiting, shelf.names) == (6, [])
    writer.finish()
    assert (writer.waiting, shelf.names) == (0, ["Ada.pst"])
    assert list((tmp_path / "scratch").iterdir()) == []
    assert _items(shelf.folder / "Ada.pst") == {
        ("Inbox",): ["N 1"],
        ("Sent", "2024"): ["N 2"],
        ("contacts",): ["N 3"],
        ("Contacts (2)",): ["Byron", "Nobody's"],
        ("Contacts (2)", "Poets"): ["Shelley"],
    }
    with PstFile(shelf.folder / "Ada.pst") as file:
        kinds = {one.path: one.container_class for one in file.folders()}
        sent = next(item for one in file.folders() if one.name == "2024" for item in one.messages())
        assert sent.properties.get(0x0E07) & 0x20
    assert (kinds["Inbox",], kinds["Contacts (2)", "Poets"]) == ("IPF.Note", "IPF.Contact")


def test_services_share_what_lies_above_their_folders(tmp_path: Path, shelf: Shelf) -> None:
    writer = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    for name in ("ada@b.example", "bea@b.example"):
        writer.add(_mail(1, path=(name, "Inbox")))
        writer.add(_mail(2, path=(name, "Contacts", "Poets")))
        writer.add(_contact("Byron", (name, "Contacts")))
        writer.add(_contact("Shelley", (name, "Contacts", "Poets")))
        writer.add(_contact("Keats", (name, "Contacts", "Poets", "Young")))
    writer.finish()
    assert writer.state["parts"] == 1
    assert _items(shelf.folder / "Ada.pst") == {
        (name, *path): items
        for name in ("ada@b.example", "bea@b.example")
        for path, items in {
            ("Inbox",): ["N 1"],
            ("Contacts",): ["Byron"],
            ("Contacts", "Poets"): ["N 2"],
            ("Contacts", "Poets (2)"): ["Shelley"],
            ("Contacts", "Poets (2)", "Young"): ["Keats"],
        }.items()
    }
    after = OutlookWriter(shelf, tmp_path / "scratch", _ADA, json.loads(json.dumps(writer.state)))
    after.add(_contact("Shelley", ("ada@b.example", "Contacts", "Poets")))
    after.finish()
    assert _items(shelf.folder / "Ada (2).pst") == {("ada@b.example", "Contacts", "Poets (2)"): ["Shelley"]}


def test_nothing_added_is_no_file(tmp_path: Path, shelf: Shelf) -> None:
    writer = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    writer.finish()
    writer.abandon()
    assert shelf.names == []


def test_it_goes_on_after_the_last_finished_part(tmp_path: Path, shelf: Shelf) -> None:
    entries = [_mail(number, 200_000, (f"Folder {number % 3}",)) for number in range(20)]
    entries[7:7] = [_contact("Byron", ("folder 1",))]
    writer = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    for number, entry in enumerate(entries[:15], 1):
        writer.add(entry)
        assert sum(map(len, _flat(shelf))) == number - writer.waiting
    state, done = json.loads(json.dumps(writer.state)), 15 - writer.waiting
    assert writer.waiting > 0
    left = [(file, file.read_bytes()) for file in (tmp_path / "scratch").iterdir()]
    assert [file.name for file, _ in left] == [f"part ({len(shelf.names) + 1}).pst.partial"]
    writer.abandon()
    for file, data in left:  # as if it had been killed
        file.write_bytes(data)
    after = OutlookWriter(shelf, tmp_path / "scratch", _ADA, state)
    for entry in entries[done:]:
        after.add(entry)
    after.finish()
    assert shelf.names == ["Ada.pst", *(f"Ada ({number}).pst" for number in range(2, len(shelf.names) + 1))]
    assert sorted(name for names in _flat(shelf) for name in names) == sorted(
        ["Byron", *(f"N {number}" for number in range(20))]
    )
    assert ("folder 1 (2)",) in {path for name in shelf.names for path in _items(shelf.folder / name)}
    assert list((tmp_path / "scratch").iterdir()) == []


def _flat(shelf: Shelf) -> Iterator[list[str]]:
    for name in shelf.names:
        yield from _items(shelf.folder / name).values()


def test_what_cannot_be_written_is_told_and_counted(tmp_path: Path, shelf: Shelf) -> None:
    writer = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    with pytest.raises(FormatUnfit) as unfit:
        writer.add(_entry(Service.SETTINGS, ("Rules",), b"{}"))
    assert unfit.value.facts == {"format": "pst", "reason": "service"}
    assert writer.waiting == 0
    writer.add(_mail(1))

    def damaged() -> Iterator[bytes]:
        yield b"From: "
        raise BodyDamaged

    broken = _mail(2)
    with pytest.raises(BodyDamaged):
        writer.add(Entry(service=broken.service, path=("Inbox",), role=None, item=broken.item, data=damaged))
    assert writer.waiting == 2
    assert writer.add(_mail(3, item={"flags": ("\\Seen",)})) == ()
    writer.finish()
    assert _items(shelf.folder / "Ada.pst") == {("Inbox",): ["N 1", "N 3"]}


def test_abandoned_it_leaves_nothing(tmp_path: Path, shelf: Shelf) -> None:
    writer = OutlookWriter(shelf, tmp_path / "scratch", _ADA)
    writer.add(_mail(1))
    writer.abandon()
    assert (writer.waiting, shelf.names, list((tmp_path / "scratch").iterdir())) == (0, [], [])
