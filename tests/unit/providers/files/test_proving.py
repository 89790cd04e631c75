"""Files that an export made, against their sums."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.proving import Proof, Unproven, prove_archive, prove_folder
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS

FILES = {"a/one.txt": b"one" * 1000, "a/ü – two.txt": b"", "three.bin": bytes(range(256)) * 5000}
PASSWORD = "many small words"


def folder(place: Path) -> Path:
    shelf = FolderShelf(place, "out")
    _fill(shelf)
    [made] = shelf.publish()
    shelf.close()
    return made


def archive(place: Path, password: str | None = None) -> Path:
    shelf = ZipShelf(place, "out", password=password)
    _fill(shelf)
    [made] = shelf.publish()
    shelf.close()
    return made


def _fill(shelf: FolderShelf | ZipShelf) -> None:
    for name, data in FILES.items():
        with shelf.file(shelf.name(tuple(name.split("/")[:-1]), name.split("/")[-1][:-4], name[-4:])) as file:
            file.write(data)


def prove(path: Path, password: str | None = None, told: Sequence[object] = ()) -> Proof:
    steps: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        steps.append((done, total))

    found = prove_folder(path, note, bool) if path.is_dir() else prove_archive(path, password, note, bool)
    assert all(done <= total for done, total in steps)
    return found


def test_a_folder_is_proven_file_by_file(tmp_path: Path) -> None:
    made = folder(tmp_path)
    found = prove(made)
    assert (found.files, found.missing, found.altered) == (len(FILES) + 1, [], [])  # and the manifest
    (made / "a" / "one.txt").unlink()
    (made / "three.bin").write_bytes(b"else")
    found = prove(made)
    assert (found.files, found.missing, found.altered) == (2, ["a/one.txt"], ["three.bin"])


def test_names_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (tmp_path / "secret").write_bytes(b"x")
    lines = f"{'0' * 64}  ../secret\n{'0' * 64}  {tmp_path}/secret\n"
    (made / SUMS).write_text((made / SUMS).read_text() + lines)
    assert prove(made).altered == []


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_archive_is_proven_file_by_file(tmp_path: Path, password: str | None) -> None:
    made = archive(tmp_path, password)
    found = prove(made, password)
    assert (found.files, found.missing, found.altered) == (len(FILES) + 1, [], [])
    data = bytearray(made.read_bytes())
    at = data.index(b"three.bin") + 60
    data[at] ^= 1
    made.write_bytes(data)
    assert prove(made, password).altered == ["three.bin"]


def test_what_is_no_export_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file.zip").write_bytes(b"no archive")
    for path, reason in ((tmp_path, "no-sums"), (tmp_path / "file.zip", "not-zip")):
        with pytest.raises(Unproven) as failed:
            prove(path)
        assert failed.value.reason == reason
    made = archive(tmp_path, PASSWORD)
    for password in (None, "wrong words"):
        with pytest.raises(Unproven) as failed:
            prove(made, password)
        assert failed.value.reason == "password"
    made = folder(tmp_path / "more")
    (made / SUMS).unlink()
    with pytest.raises(Unproven):
        prove(made)
    assert (made / MANIFEST).is_file()
