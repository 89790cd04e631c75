from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.flows import saving
from saasbackup_desktop.app.views import ItemRow
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.ids import AccountId, NodeId, RowId
from saasbackup_desktop.core.model import Item, Service, stream_id


class Shelf(Desk):
    """A desk that hands out pieces."""

    def __init__(self, pieces: tuple[bytes, ...], *, damaged: bool = False) -> None:
        self._pieces, self._damaged = pieces, damaged

    async def read_pieces(self, item: Item) -> AsyncIterator[bytes]:  # type: ignore[override]
        for piece in self._pieces:
            yield piece
        if self._damaged:
            raise BodyDamaged


def item(name: str) -> Item:
    return Item(id=NodeId(name), parent=NodeId("f"), name=name, revision="1")


def row(name: str, service: Service) -> ItemRow:
    return ItemRow(row=RowId(1), stream=stream_id(AccountId("a"), service), item=item(name))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Hello", "Hello.eml"),
        ("../../etc/passwd", "etc passwd.eml"),
        ("", "message.eml"),
        ("a\x00b:c?", "a b c.eml"),
        ("x" * 500, "x" * 120 + ".eml"),
        ("already.EML", "already.EML"),
        ("...", "message.eml"),
    ],
)
def test_file_names_stay_in_their_folder(name: str, made: str) -> None:
    assert saving.file_name(name, ".eml") == made


async def test_all_bytes_or_no_file(tmp_path: Path) -> None:
    await saving.save_item(Shelf((b"one", b"two")), item("a"), tmp_path / "a.eml")
    assert (tmp_path / "a.eml").read_bytes() == b"onetwo"
    with pytest.raises(BodyDamaged):
        await saving.save_item(Shelf((b"one",), damaged=True), item("b"), tmp_path / "b.eml")
    assert names(tmp_path) == ["a.eml"]


async def test_equal_names_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "same.eml").write_bytes(b"mine")
    rows = [row("same", Service.MAIL), row("same", Service.MAIL), row("same", Service.CALENDAR)]
    assert await saving.save_items(Shelf((b"x",)), rows, tmp_path) == 3
    assert names(tmp_path) == ["same (2).eml", "same (3).eml", "same.eml", "same.json"]
    assert (tmp_path / "same.eml").read_bytes() == b"mine"


async def test_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        await saving.save_item(Shelf((b"x",)), item("a"), tmp_path / "gone" / "a.eml")
