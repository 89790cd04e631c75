"""Whether files that an export made are as they were written: by the sums that lie beside them or in the archive."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from saasbackup_desktop.core.errors import ArchiveLocked, ArchiveUnreadable
from saasbackup_desktop.providers.files.archives import locked
from saasbackup_desktop.providers.files.shelves.manifest import SUMS

_PIECE: Final = 1 << 20
_LONGEST_SUMS: Final = 1 << 30
_LINE: Final = 66
"""Where the name begins in a line of sums."""

Told = Callable[[int, int], None]


class Unproven(Exception):
    """It cannot be said: ``reason`` is ``no-sums``, ``password`` or ``not-zip``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Proof:
    """What became of the files that the sums name."""

    files: int = 0
    """As they were written."""
    size: int = 0
    """Bytes that were read."""
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


def prove_folder(folder: Path, told: Told, stop: Callable[[], bool]) -> Proof:
    """Read every file of a folder that an export made. Raises Unproven, OSError."""
    try:
        sums = (folder / SUMS).read_bytes()
    except FileNotFoundError:
        raise Unproven("no-sums") from None
    lines = list(_lines(sums))
    total = sum(_size_of(folder / name) for _, name in lines)
    proof = Proof()
    for digest, name in lines:
        path = folder / name
        if stop():
            break
        try:
            with path.open("rb") as file:
                found = _digest(file, proof, told, total, stop)
        except FileNotFoundError:
            proof.missing.append(name)
            continue
        _judge(proof, name, found == digest)
    return proof


def prove_archive(file: Path, password: str | None, told: Told, stop: Callable[[], bool]) -> Proof:
    """Read every file in an archive that an export made. Raises Unproven, OSError."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _prove(archive, file.name, password, told, stop)
    except zipfile.BadZipFile:
        raise Unproven("not-zip") from None
    except (ArchiveLocked, RuntimeError):  # that is how zipfile says that a password is missing
        raise Unproven("password") from None


def _prove(archive: zipfile.ZipFile, label: str, password: str | None, told: Told, stop: Callable[[], bool]) -> Proof:
    members = {one.filename: one for one in archive.infolist()}
    if SUMS not in members or members[SUMS].file_size >= _LONGEST_SUMS:
        raise Unproven("no-sums")
    with _opened(archive, members[SUMS], label, password) as file:
        sums = file.read(_LONGEST_SUMS)
    total = sum(one.file_size for one in members.values())
    proof = Proof()
    for digest, name in _lines(sums):
        if stop():
            break
        if name not in members:
            proof.missing.append(name)
            continue
        try:
            with _opened(archive, members[name], label, password) as inside:
                found = _digest(inside, proof, told, total, stop)
        except (zipfile.BadZipFile, ArchiveUnreadable, EOFError, zlib.error):
            found = ""
        _judge(proof, name, found == digest)
    return proof


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str, password: str | None) -> IO[bytes]:
    if info.compress_type != locked.AES:
        return archive.open(info)
    assert archive.fp is not None
    return locked.opened(archive.fp, info, label, password)


def _lines(sums: bytes) -> Iterator[tuple[str, str]]:
    """Digests and names; a name that would lead out of the folder is none of ours."""
    for line in sums.decode("utf-8", "replace").splitlines():
        name = line[_LINE:]
        if name and not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts:
            yield line[: _LINE - 2], name


def _digest(file: IO[bytes], proof: Proof, told: Told, total: int, stop: Callable[[], bool]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
        proof.size += len(piece)
        told(proof.size, total)
        if stop():
            break
    return digest.hexdigest()


def _judge(proof: Proof, name: str, is_sound: bool) -> None:
    if is_sound:
        proof.files += 1
    else:
        proof.altered.append(name)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
