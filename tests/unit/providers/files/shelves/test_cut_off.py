"""Exports that are cut off while they take up what an earlier attempt has left, or clear it away."""

from pathlib import Path

import pytest

from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.providers.files.shelves import draft
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf

Kind = type[FolderShelf] | type[ZipShelf]


class Killed(BaseException):
    """Stands for the end of the process."""


def shelf_of(kind: Kind, place: Path, since: Plain | None = None) -> FolderShelf | ZipShelf:
    if kind is ZipShelf:
        return ZipShelf(place, "Export", key="one", since=since, part_size=1 << 20)
    return FolderShelf(place, "Export", key="one", since=since)


def put(shelf: FolderShelf | ZipShelf, name: str, size: int) -> None:
    with shelf.file(name) as file:
        file.write(name.encode() * (size // len(name)))


def die(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("kind", [FolderShelf, ZipShelf])
def test_what_it_wrote_behind_the_last_seal_is_still_its_own(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(kind, tmp_path)
    put(shelf, "A/1.eml", 600_000)
    since = shelf.seal().since
    put(shelf, "A/2.eml", 700_000)
    put(shelf, "A/3.eml", 700_000)
    shelf.seal()  # and nobody heard of it
    shelf.close()
    with monkeypatch.context() as patch:
        patch.setattr(draft, "cut_back", die)
        with pytest.raises(Killed):
            shelf_of(kind, tmp_path, since)
    shelf = shelf_of(kind, tmp_path, since)
    put(shelf, "A/2.eml", 10)
    assert [made.name for made in shelf.files()] == ["A/1.eml", "A/2.eml"]
    shelf.publish()
    assert [path.name.partition(".")[0] for path in tmp_path.iterdir()] == ["Export"]  # nothing was put aside


@pytest.mark.parametrize("ends_in", ["_remove_empty", "remove_marks"])
def test_it_can_be_begun_anew_or_given_up_wherever_that_was_cut_off(
    tmp_path: Path, ends_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(FolderShelf, tmp_path)
    put(shelf, "A/1.eml", 100)
    shelf.seal()
    shelf.close()
    for again in (shelf_of, lambda *_: draft.discard(tmp_path, "Export", "one")):
        with monkeypatch.context() as patch:
            patch.setattr(draft, ends_in, die)
            with pytest.raises(Killed):
                again(FolderShelf, tmp_path)
        shelf_of(FolderShelf, tmp_path).close()
    draft.discard(tmp_path, "Export", "one")
    assert list(tmp_path.iterdir()) == []


def test_names_stay_taken_while_files_are_still_being_written(tmp_path: Path) -> None:
    shelf = shelf_of(FolderShelf, tmp_path)
    paths = [(("A",), "a:b"), *((("A", "a:b", f"{number}"), "leaf") for number in range(20)), (("A",), "a?b")]
    for path, stem in paths:
        with shelf.growing(path, stem, ".mbox") as file:
            file.write(stem.encode())
    [folder] = shelf.publish()
    assert sorted(path.name for path in (folder / "A").glob("*.mbox")) == ["a_b (2).mbox", "a_b.mbox"]


def test_names_of_what_says_what_is_there_are_taken(tmp_path: Path) -> None:
    shelf = shelf_of(FolderShelf, tmp_path)
    for stem, suffix in (("manifest", ".json"), ("sha256sums", "")):
        put(shelf, shelf.name((), stem, suffix), 10)
    [folder] = shelf.publish()
    found = {path.name for path in folder.iterdir()}
    assert found == {"manifest (2).json", "sha256sums (2)", "manifest.json", "SHA256SUMS"}
