"""Every real message through every form that mail has here, read back by others than us."""

import shutil
import subprocess
from pathlib import Path

import pytest
import pyzipper

from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.flags import STATE_NOT_HELD
from saasbackup_desktop.providers.files.json_files import JsonWriter
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE, entry


def test_messages_are_files_byte_for_byte(tmp_path: Path, corpora: Corpora) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = EmlWriter(shelf)
    samples = [(sample.name, sample.read()) for sample in list(corpora.messages())[::SHARE]]
    for name, body in samples:
        lost = writer.add(entry(body, name=name.rpartition("/")[2], path=tuple(name.split("/")[:-1])))
        assert set(lost) <= {STATE_NOT_HELD}  # some say in their own headers that nobody has read them
    (folder,) = shelf.publish()
    assert sorted(path.read_bytes() for path in folder.rglob("*.eml")) == sorted(body for _, body in samples)
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.parametrize("password", [None, "secret"])
def test_messages_are_in_archives_byte_for_byte(tmp_path: Path, corpora: Corpora, password: str | None) -> None:
    shelf = ZipShelf(tmp_path, "Export", part_size=8_000_000, password=password)
    writer = JsonWriter(shelf)  # what is mail stays mail
    samples = [sample.read() for sample in list(corpora.messages())[::SHARE]]
    for body in samples:
        assert not writer.add(entry(body))
    found: list[bytes] = []
    for path in shelf.publish():
        with pyzipper.AESZipFile(path) as opened:
            opened.setpassword((password or "").encode() or None)
            found += [opened.read(name) for name in opened.namelist() if name.endswith(".eml")]
    assert sorted(found) == sorted(samples)
