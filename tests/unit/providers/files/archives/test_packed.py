"""What is packed in ZIP archives, by strangers and by those who mean ill."""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest
import pyzipper

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile
from saasbackup_desktop.providers.files.archives.reading import Piece, read
from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.shelves.lock import Lock

_PASSWORD = "correct horse"
_SALT = b"S" * 16
MESSAGE = b"From: ada@example.org\r\nSubject: Hello\r\n\r\nx\r\n"


def _locked(path: Path, plain: bytes, stated: int) -> Path:
    """A locked ZIP archive of one message that is said to be so long."""
    lock, name = Lock(_PASSWORD, _SALT), b"a.eml"
    squeezing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = lock.locked(squeezing.compress(plain) + squeezing.flush())
    data = lock.head + packed + lock.tag()
    more = struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 3, zipfile.ZIP_DEFLATED)
    said = struct.pack("<HHHHHIIIHH", 51, 1, 99, 0, 33, 0, len(data), stated, len(name), len(more))
    local = b"PK\x03\x04" + said + name + more + data
    row = b"PK\x01\x02" + struct.pack("<H", 51) + said + bytes(14) + name + more
    path.write_bytes(local + row + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(row), len(local), 0))
    return path


def _opened(file: Path) -> list[Archive | Piece | BadFile]:
    found = read([file], tuple(Service), file.parent / "scratch", _PASSWORD)
    return [one for one in found if isinstance(one, Archive | Piece | BadFile)]


def _places(found: list[Archive | Piece | BadFile]) -> list[str]:
    return ["/".join(one.told.path) for one in found if isinstance(one, Piece) and isinstance(one.told, Found)]


def _faults(found: list[Archive | Piece | BadFile]) -> dict[str, tuple[str, object]]:
    bad = [one for one in found if isinstance(one, BadFile)]
    return {one.label: (one.fault.code, one.fault.facts.get("reason", "")) for one in bad}


def _damaged(path: Path, method: int) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        packed.writestr("a.eml", MESSAGE * 50)
        start = len("a.eml") + 30
        end = packed.getinfo("a.eml").compress_size + start
    data = bytearray(path.read_bytes())
    for at in range(start + (end - start) // 3, end):
        data[at] ^= 0x5A
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_told_and_the_next_file_is_read(method: int, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    _damaged(tmp_path / "all" / "1.zip", method)
    (tmp_path / "all" / "2.eml").write_bytes(MESSAGE)
    found = _opened(tmp_path / "all")
    assert _places(found) == ["all"]
    assert _faults(found) == {"all/1.zip/a.eml": ("archive-unreadable", "damaged")}


def _patched(path: Path, at: int, value: int) -> Path:
    """An archive with one sound member; of this and another one, two bytes of both headers are something else."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.eml", MESSAGE)
        packed.writestr("b.eml", MESSAGE.replace(b"Hello", b"Again"))
    data = bytearray(path.read_bytes())
    for start in (data.find(b"PK\x03\x04"), data.find(b"PK\x01\x02") + 2):
        data[start + at : start + at + 2] = struct.pack("<H", value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("method", [1, 6, 9, 93, 95, 98])
def test_a_packing_that_is_not_supported_is_called_so(method: int, tmp_path: Path) -> None:
    found = _opened(_patched(tmp_path / "all.zip", 8, method))
    assert _faults(found) == {"all.zip/a.eml": ("archive-unreadable", "compression")}
    assert _places(found) == ["all"]


def test_an_archive_that_asks_for_more_than_there_is_is_not_called_damaged(tmp_path: Path) -> None:
    assert _faults(_opened(_patched(tmp_path / "new.zip", 4, 99))) == {"new.zip": ("archive-unreadable", "compression")}


def test_encryption_that_is_not_supported_is_called_so(tmp_path: Path) -> None:
    found = _opened(_patched(tmp_path / "all.zip", 6, 0x41))
    assert _faults(found) == {"all.zip/a.eml": ("archive-unreadable", "encryption")}
    assert _places(found) == ["all"]


@pytest.mark.parametrize(("volume", "fault"), [(0, "split"), (1, None)])
def test_the_last_part_of_a_split_archive_is_called_so(volume: int, fault: str | None, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.eml", MESSAGE)
        packed.comment = b"of several"
    data = bytearray(file.read_bytes())
    data[data.rfind(b"PK\x05\x06") + 4] = 1
    data[data.find(b"PK\x01\x02") + 34] = volume  # some programs count from one, and split nothing
    file.write_bytes(data)
    found = _opened(file)
    assert _faults(found) == ({"all.zip": ("archive-unreadable", fault)} if fault else {})
    assert len(_places(found)) == (0 if fault else 1)


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_every_strength_of_aes_is_opened(bits: int, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as packed:
        packed.setpassword(_PASSWORD.encode())
        packed.setencryption(pyzipper.WZ_AES, nbits=bits)
        packed.writestr("a.eml", MESSAGE * 3000)
    [found] = [one for one in _opened(file) if isinstance(one, Piece) and isinstance(one.told, Found)]
    assert found.told.data == MESSAGE * 3000


@pytest.mark.parametrize("more", [-1, 1])
def test_a_locked_member_is_as_long_as_it_says(more: int, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.zip", tmp_path / "wrong.zip"
    _locked(right, MESSAGE, len(MESSAGE))
    _locked(wrong, MESSAGE, len(MESSAGE) + more)
    assert _places(_opened(right)) == ["right"]
    assert _faults(_opened(wrong)) == {"wrong.zip/a.eml": ("archive-unreadable", "damaged")}


def test_a_locked_member_that_swells_is_ended_soon(tmp_path: Path) -> None:
    file = _locked(tmp_path / "bomb.zip", MESSAGE + bytes(64 << 20), 100)
    assert _faults(_opened(file)) == {"bomb.zip/a.eml": ("archive-unreadable", "damaged")}


def test_a_locked_member_that_begins_at_the_files_end_is_damaged(tmp_path: Path) -> None:
    file = _locked(tmp_path / "short.zip", MESSAGE, len(MESSAGE))
    data = bytearray(file.read_bytes())
    row = data.rfind(b"PK\x01\x02")
    data[row + 42 : row + 46] = struct.pack("<I", len(data))
    data[-2:] = struct.pack("<H", 6)
    file.write_bytes(data + b"PK\x03\x0412")
    assert _faults(_opened(file)) == {"short.zip/a.eml": ("archive-unreadable", "damaged")}
