"""Exports as files below a folder."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.export.ports import LastingShelf
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.shelves.draft import discard
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.shelves.manifest import read_manifest
from tests.unit.providers.files.entries import damaged, entry


def begun(place: Path) -> FolderShelf:
    return FolderShelf(place, "Export", key="one", about={"made": "today"})


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_appear_under_their_name_in_the_end_alone(tmp_path: Path) -> None:
    shelf: LastingShelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    assert writer.add(entry(b"Subject: x\r\n\r\nhello", name="Hello", piece=3)) == ()
    assert not (tmp_path / "Export").exists()
    (folder,) = shelf.publish()
    assert folder == tmp_path / "Export"
    assert not (tmp_path / "Export.partial").exists()
    found = everything(folder)
    assert found.pop("Inbox/2023-11-14 22.13.20 Hello.eml") == b"Subject: x\r\n\r\nhello"
    said = json.loads(found.pop("manifest.json"))
    assert said["about"] == {"made": "today"}
    assert [one["sha256"] for one in said["files"]] == [hashlib.sha256(b"Subject: x\r\n\r\nhello").hexdigest()]
    assert set(found) == {"SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_twins_get_numbers_also_those_that_only_windows_takes_for_twins(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    for name in ("Report", "REPORT", "report", "Caf\u00e9", "Cafe\u0301", "a/b", "a\\b"):
        writer.add(entry(name.encode(), name=name, path=("CON", "In.")))
    (folder,) = shelf.publish()
    names = {name.rpartition("/")[2][20:] for name in everything(folder) if name.endswith(".eml")}
    assert names == {
        "Report.eml", "REPORT (2).eml", "report (3).eml", "Caf\u00e9.eml", "Caf\u00e9 (2).eml", "a_b.eml", "a_b (2).eml"
    }  # fmt: skip
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"CON_"}


def test_what_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    with pytest.raises(BodyDamaged):
        writer.add(damaged(b"half of it"))
    writer.add(entry(b"good"))
    (folder,) = shelf.publish()
    assert [data for name, data in everything(folder).items() if name.endswith(".eml")] == [b"good"]


def test_it_goes_on_where_it_was_sealed(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    writer.add(entry(b"1", name="x"))
    writer.add(entry(b"2", name="x", path=("a:b",)))
    sealed = shelf.seal()
    assert [made.size for made in sealed.files] == [1, 1]
    writer.add(entry(b"3", name="x", path=("a:b",)))
    writer.add(entry(b"4", name="x", path=("a?b",)))
    shelf.close()
    since = json.loads(json.dumps(sealed.since))

    shelf = FolderShelf(tmp_path, "Export", key="one", since=since)
    writer = EmlWriter(shelf)
    writer.add(entry(b"5", name="X", path=("a:b",)))
    writer.add(entry(b"6", name="x", path=("a?b",)))
    assert [made.name for made in shelf.seal().files] == [
        "a_b/2023-11-14 22.13.20 X (2).eml",
        "a_b (2)/2023-11-14 22.13.20 x.eml",
    ]
    (folder,) = shelf.publish()
    assert sorted(data for name, data in everything(folder).items() if name.endswith(".eml")) == [
        b"1", b"2", b"5", b"6"
    ]  # fmt: skip


def test_a_growing_file_goes_on_from_its_length(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        file.write(b"one ")
        sealed = shelf.seal()
        file.write(b"lost")
        shelf.close()
    shelf = FolderShelf(tmp_path, "Export", key="one", since=sealed.since)
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        assert file.tell() == 4
        file.write(b"two")
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        file.write(b"three")
    (folder,) = shelf.publish()
    found = everything(folder)
    assert found["Inbox/Inbox.mbox"] == b"one two"
    assert found["Inbox/Inbox (2).mbox"] == b"three"
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_a_growing_file_that_nobody_goes_on_with_ends(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        file.write(b"one")
        sealed = shelf.seal()
        shelf.close()
    shelf = FolderShelf(tmp_path, "Export", key="one", since=sealed.since)
    with shelf.growing(("Sent",), "Sent", ".mbox") as file:
        file.write(b"two")
    assert {made.name for made in shelf.files()} == {"Inbox/Inbox.mbox", "Sent/Sent.mbox"}
    shelf.close()


def test_somebody_elses_files_are_left_alone(tmp_path: Path) -> None:
    strangers = tmp_path / "Export.partial" / "mine.txt"
    strangers.parent.mkdir()
    strangers.write_text("mine")
    with pytest.raises(FileExistsError):
        begun(tmp_path)
    with pytest.raises(FileNotFoundError):
        FolderShelf(tmp_path, "Export", key="one", since={"list": 0, "growing": None})
    assert strangers.read_text() == "mine"
    (tmp_path / "Export").mkdir()
    with pytest.raises(FileExistsError):
        begun(tmp_path)


def test_what_an_earlier_run_could_not_go_on_with_is_removed(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"left"))
    shelf.close()
    (folder,) = begun(tmp_path).publish()
    assert set(everything(folder)) == {"manifest.json", "SHA256SUMS"}


def test_it_can_end_between_its_new_name_and_the_last_tidying(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    since = shelf.seal().since
    (folder,) = shelf.publish()
    (folder / ".list").write_bytes(b"left")
    again = FolderShelf(tmp_path, "Export", key="one", since=since)
    assert not again.end().files
    assert again.publish() == (folder,)
    again.close()
    assert not (folder / ".list").exists()


def test_a_finished_file_is_taken_over(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    made = tmp_path / "scratch.pst"
    made.write_bytes(b"store")
    shelf.adopt(made, shelf.name((), "Everything", ".pst"))
    assert not made.exists()
    assert [(one.name, one.size) for one in shelf.files()] == [("Everything.pst", 5)]
    shelf.close()


def test_its_end_says_all_that_will_appear(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    with shelf.growing((), "All", ".mbox") as file:
        file.write(b"y")
        shelf.seal()
    sealed = shelf.end()
    shelf.close()
    again = FolderShelf(tmp_path, "Export", key="one", since=json.loads(json.dumps(sealed.since)))
    (path,) = again.publish()
    ours = path if path.is_dir() else path.parent
    assert sealed.files
    assert all((ours / made.name).stat().st_size == made.size for made in sealed.files)


def test_what_is_given_up_goes(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    shelf.seal()
    shelf.close()
    discard(tmp_path, "Export", "one")
    assert not list(tmp_path.iterdir())


def test_what_somebody_put_there_or_changed_stays_when_it_is_given_up(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    for number in range(3):
        writer.add(entry(b"x", name=str(number)))
    shelf.seal()
    writer.add(entry(b"later"))
    shelf.close()
    changed = next((shelf.root / "Inbox").iterdir())
    changed.write_bytes(b"mine now")
    (shelf.root / "Inbox" / "notes.txt").write_bytes(b"mine")
    (shelf.root / ".DS_Store").write_bytes(b"seen")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (shelf.root / "link").symlink_to(elsewhere)
    before = everything(shelf.root)
    discard(tmp_path, "Export", "two")
    assert everything(shelf.root) == before
    discard(tmp_path, "Export", "one")
    assert everything(shelf.root) == {f"Inbox/{changed.name}": b"mine now", "Inbox/notes.txt": b"mine"}
    assert (shelf.root / "link").is_symlink()


def test_what_somebody_put_there_is_laid_aside_when_it_goes_on(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    writer.add(entry(b"1"))
    sealed = shelf.seal()
    writer.add(entry(b"2", name="later"))
    shelf.close()
    (shelf.root / "Inbox" / "notes.txt").write_bytes(b"mine")
    FolderShelf(tmp_path, "Export", key="one", since=sealed.since).close()
    begun(tmp_path).close()  # anew
    (shelf.root / "more.txt").write_bytes(b"more")
    (folder,) = begun(tmp_path).publish()
    assert set(everything(folder)) == {"manifest.json", "SHA256SUMS"}
    assert everything(tmp_path / "Export.others") == {"Inbox/notes.txt": b"mine"}
    assert everything(tmp_path / "Export.others (2)") == {"more.txt": b"more"}


@pytest.mark.parametrize("damage", ["cut", "garbled", "short list", "short file"])
def test_what_is_not_as_it_was_is_begun_anew(tmp_path: Path, damage: str) -> None:
    shelf = begun(tmp_path)
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        file.write(b"one ")
        sealed = shelf.seal()
        shelf.close()
    listed = shelf.root / ".list"
    match damage:
        case "cut":
            listed.unlink()
        case "garbled":
            listed.write_bytes(bytes(listed.stat().st_size))
        case "short list":
            listed.write_bytes(listed.read_bytes()[:5])
        case _:
            (shelf.root / "Inbox" / "Inbox.mbox").write_bytes(b"o")
    with pytest.raises(FileNotFoundError):
        FolderShelf(tmp_path, "Export", key="one", since=sealed.since)
    (folder,) = begun(tmp_path).publish()
    assert set(everything(folder)) == {"manifest.json", "SHA256SUMS"}


def test_it_is_not_called_removed_if_nobody_knows_what_is_whose(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    shelf.seal()
    shelf.close()
    (shelf.root / ".list").write_bytes(b"\0\0\n")
    with pytest.raises(OSError, match="not as it was"):
        discard(tmp_path, "Export", "one")
    assert everything(shelf.root)


def test_the_manifest_names_folders_that_hold_nothing(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    shelf.folder(("Empty", "In it"))
    shelf.folder(("Inbox",))
    EmlWriter(shelf).add(entry(b"Subject: x\r\n\r\nhello", name="Hello"))
    (folder,) = shelf.publish()
    data = (folder / "manifest.json").read_bytes()
    assert json.loads(data)["folders"] == ["Empty/In it/"]
    key, files = read_manifest(data)
    assert (key, [one.size for one in files]) == ("one", [19])
    assert read_manifest(b"{}") == read_manifest(b'\n "export": ["') == (None, ())


def test_the_manifest_is_written_once(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    sealed = shelf.end()
    shelf.close()
    again = FolderShelf(tmp_path, "Export", key="one", about={"made": "later"}, since=sealed.since)
    (folder,) = again.publish()
    told = {made.name: made.sha256 for made in sealed.beside}
    assert set(told) == {"manifest.json", "SHA256SUMS"}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in told.items())


def test_what_the_disk_refuses_is_said_and_never_sealed(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    writer.add(entry(b"good", name="x"))
    sealed = shelf.seal()
    taken = tmp_path / "Export.partial" / "Inbox" / "2023-11-14 22.13.20 y.eml"
    taken.write_bytes(b"of somebody else")
    writer.add(entry(b"bad", name="y"))
    for ends in (shelf.seal, shelf.end, shelf.publish):
        with pytest.raises(FileExistsError):
            ends()
    shelf.close()
    assert taken.read_bytes() == b"of somebody else"
    taken.unlink()
    again = FolderShelf(tmp_path, "Export", key="one", since=json.loads(json.dumps(sealed.since)))
    assert [made.size for made in again.files()] == [4]
    again.close()


def test_names_are_taken_as_soon_as_files_begin(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    writer = EmlWriter(shelf)
    for round in range(2):
        for folder in range(40):
            writer.add(entry(bytes((round, folder)) * 1000, name="x", path=(f"{folder}",)))
    (place,) = shelf.publish()
    assert len({data for name, data in everything(place).items() if name.endswith(".eml")}) == 80
