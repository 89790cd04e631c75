"""Archives beyond what 16 and 32 bits can count. Takes minutes: ``SAASBACKUP_LARGE_ZIP=1``."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from tests.unit.providers.files.entries import entry

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("SAASBACKUP_LARGE_ZIP"), reason="SAASBACKUP_LARGE_ZIP is not set"),
]


def test_more_files_than_16_bits_can_count(tmp_path: Path) -> None:
    shelf = ZipShelf(tmp_path, "Export")
    writer = EmlWriter(shelf)
    for number in range(70_000):
        writer.add(entry(b"%d" % number, name=f"{number}", path=("Inbox", f"{number % 7}")))
    (path,) = shelf.publish()
    with zipfile.ZipFile(path) as opened:
        assert len(opened.namelist()) == 70_002
        assert opened.testzip() is None
    if shutil.which("unzip"):
        subprocess.run(["unzip", "-tqq", path], check=True)


@pytest.mark.parametrize("password", [None, "secret"])
def test_a_file_and_an_archive_longer_than_32_bits_can_count(tmp_path: Path, password: str | None) -> None:
    megabyte = os.urandom(1 << 20)
    shelf = ZipShelf(tmp_path, "Export", part_size=6 << 30, password=password)
    digest = hashlib.sha256()
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        for number in range(4_200):
            piece = number.to_bytes(8, "big") + megabyte
            digest.update(piece)
            file.write(piece)
            if number == 4_150:
                since = shelf.seal().since
    shelf.close()
    shelf = ZipShelf(tmp_path, "Export", part_size=6 << 30, password=password, since=since)
    with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
        for number in range(4_151, 4_200):
            file.write(number.to_bytes(8, "big") + megabyte)
    EmlWriter(shelf).add(entry(b"behind it"))
    shelf.end()
    assert next(shelf.files()).sha256 == digest.hexdigest()
    (path,) = shelf.publish()
    with zipfile.ZipFile(path) as opened:
        large, small = opened.infolist()[:2]
        assert min(large.file_size, large.compress_size, small.header_offset) > 1 << 32
        if password is None:
            with opened.open(large) as inside:
                assert hashlib.file_digest(inside, "sha256").hexdigest() == digest.hexdigest()  # type: ignore[arg-type]
            assert opened.read(small) == b"behind it"
    if password is None and shutil.which("unzip"):
        subprocess.run(["unzip", "-tqq", path], check=True)
