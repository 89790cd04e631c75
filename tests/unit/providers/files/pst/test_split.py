"""Several files from one export: each complete, none too large, all of them or none."""

import random
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.pst import blocks, contexts, store
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import Part, PstWriter, Skipped, Written
from saasbackup_desktop.providers.files.pstcheck.reader import PstFile
from tests.outlook_files import attached, faults, mail, read_by_pypff, sha256, string

LIMIT = 3_000_000


def _sizes(count: int) -> list[int]:
    chance = random.Random(5)
    return [int(chance.lognormvariate(9, 2)) % 400_000 for _ in range(count)]


def _export(folder: Path, sizes: list[int]) -> tuple[list[Part], list[Written], list[str]]:
    hashes, written = [], []
    with PstWriter(folder / "Mail.pst", "Mail", LIMIT) as pst:
        places = [pst.folder(("Inbox",), "IPF.Note"), pst.folder(("Inbox", "Old", "Älter"), "IPF.Note")]
        for number, size in enumerate(sizes):
            data = random.Random(number).randbytes(size)
            hashes.append(sha256(data))
            one = pst.add(places[2 * number // len(sizes)], mail(f"N {number}", attachments=[attached("a", data)]))
            assert isinstance(one, Written)
            written.append(one)
    return pst.close(), written, hashes


def test_each_part_is_complete_and_small_enough(tmp_path: Path) -> None:
    sizes = _sizes(150)
    parts, written, hashes = _export(tmp_path, sizes)
    assert [part.path.name for part in parts][:3] == ["Mail.pst", "Mail (2).pst", "Mail (3).pst"]
    assert sorted(tmp_path.iterdir()) == sorted(part.path for part in parts)
    assert sum(part.items for part in parts) == len(sizes)
    found = []
    for number, part in enumerate(parts):
        assert part.size == part.path.stat().st_size <= LIMIT
        assert faults(part.path) == []
        with PstFile(part.path) as file:
            assert file.name == ("Mail" if number == 0 else f"Mail ({number + 1})")
            folders = {folder.path: folder for folder in file.folders()}
            items = [one for folder in folders.values() for one in folder.messages()]
            assert len(items) == part.items == sum(one.part == number for one in written)
            assert all(len(folder) for path, folder in folders.items() if path[-1:] == ("Inbox",)) or number
            found.extend(sha256(b"".join(next(iter(one.attachments())).content())) for one in items)
        with read_by_pypff(part.path) as read:
            assert len(read) == part.items
    assert found == hashes
    assert min(part.size for part in parts[:-1]) > LIMIT * 0.7, "parts are well filled"


def test_item_larger_than_a_part_goes_alone(tmp_path: Path) -> None:
    parts, written, _ = _export(tmp_path, [10, 4_000_000, 10])
    assert [one.part for one in written] == [0, 1, 2]
    assert parts[1].size > LIMIT
    assert all(faults(part.path) == [] for part in parts)


def test_folders_without_items_are_there(tmp_path: Path) -> None:
    path = tmp_path / "empty.pst"
    with PstWriter(path, "Empty") as pst:
        pst.folder(("A", "B", "C"), "IPF.Contact")
        pst.folder(("Deleted Items",))
    assert faults(path) == []
    with PstFile(path) as file:
        found = {folder.path: folder.container_class for folder in file.folders()}
    assert found == {(): "", ("Deleted Items",): "", ("A",): "", ("A", "B"): "", ("A", "B", "C"): "IPF.Contact"}


def test_names_that_outlook_takes_for_the_same(tmp_path: Path) -> None:
    path = tmp_path / "names.pst"
    with PstWriter(path, "Names") as pst:
        for name in ("Work", "WORK", "work", "", "deleted items", "Work (2)"):
            pst.add(pst.folder((name,), "IPF.Note"), mail(f"in {name}"))
    assert faults(path) == []
    with PstFile(path) as file:
        found = {
            folder.path[-1]: [one.subject for one in folder.messages()] for folder in file.folders() if folder.path
        }
    assert found == {
        "Deleted Items": ["in deleted items"],
        "Work": ["in Work"],
        "WORK (2)": ["in WORK"],
        "work (3)": ["in work"],
        "?": ["in "],
        "Work (2) (2)": ["in Work (2)"],
    }


def test_file_without_anything(tmp_path: Path) -> None:
    path = tmp_path / "nothing.pst"
    with PstWriter(path, "Nothing") as pst:
        pass
    assert pst.close() == [Part(path, path.stat().st_size, 0)]
    assert faults(path) == []


def test_nothing_is_published_before_all_is_whole(tmp_path: Path) -> None:
    with PstWriter(tmp_path / "Mail.pst", "Mail", LIMIT) as pst:
        place = pst.folder(("A",))
        for number in range(12):
            pst.add(place, mail(f"N {number}", attachments=[attached("a", bytes(500_000))]))
        assert {one.suffix for one in tmp_path.iterdir()} == {".partial"}
    assert {one.suffix for one in tmp_path.iterdir()} == {".pst"}


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with PstWriter(tmp_path / "Mail.pst", "Mail", LIMIT) as pst:
            place = pst.folder(("A",))
            for number in range(12):
                pst.add(place, mail(f"N {number}", attachments=[attached("a", bytes(500_000))]))
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    path = tmp_path / "Mail.pst"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        PstWriter(path, "Mail")
    path.unlink()
    pst = PstWriter(path, "Mail")
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        pst.close()
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"mine"]


def test_a_part_without_room_for_folders_gives_way_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_FOLDERS", 0x404 + 5)
    with PstWriter(tmp_path / "Mail.pst", "Mail") as pst:
        for number in range(12):
            assert isinstance(pst.add(pst.folder((f"F {number}",)), Message(properties={string(0x37): "x"})), Written)
    parts = pst.close()
    assert [part.items for part in parts] == [5, 5, 2]
    assert all(faults(part.path) == [] for part in parts)


def test_a_table_near_its_end_gives_way_to_the_next_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MOST_BLOCKS", 512 + 5)
    with PstWriter(tmp_path / "Mail.pst", "Mail") as pst:
        place = pst.folder(("A",))
        for number in range(400):
            assert isinstance(pst.add(place, mail(f"N {number} " + "s" * 200)), Written)
    parts = pst.close()
    assert len(parts) > 2
    assert sum(part.items for part in parts) == 400
    assert all(faults(part.path) == [] for part in parts)


def test_item_with_more_parts_than_a_tree_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_SUBNODES", 20)
    path = tmp_path / "many.pst"
    files = [attached(f"{number}", b"x") for number in range(20)]
    with PstWriter(path, "Mail") as pst:
        place = pst.folder(("A",))
        assert pst.add(place, mail("many", attachments=files)) == Skipped("too-many-parts")
        assert isinstance(pst.add(place, mail("fewer", attachments=files[:18])), Written)
    assert faults(path) == []


def test_too_small_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too small"):
        PstWriter(tmp_path / "Mail.pst", "Mail", 1_000)


def test_item_that_fails_where_a_part_ends(tmp_path: Path) -> None:
    """It is written twice, fails the second time, and nothing of it is in either part."""
    calls = []

    def once() -> object:
        calls.append(1)
        if len(calls) > 1:
            raise OSError("gone")
        return iter([bytes(2_900_000)])

    with PstWriter(tmp_path / "Mail.pst", "Mail", LIMIT) as pst:
        place = pst.folder(("A",))
        pst.add(place, mail("first", attachments=[attached("a", bytes(1_000_000))]))
        failing = mail("second", attachments=[attached("a", once, 2_900_000)])  # type: ignore[arg-type]
        assert pst.add(place, failing) == Skipped("content-unreadable")
        assert isinstance(pst.add(place, mail("third")), Written)
    parts = pst.close()
    assert [part.items for part in parts] == [1, 1]
    assert all(faults(part.path) == [] for part in parts)
