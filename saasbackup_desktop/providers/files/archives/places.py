"""Files on a disk and in ZIP archives, looked at alike."""

import io
import lzma
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from saasbackup_desktop.core.errors import ArchiveFault, ArchiveLocked, ArchiveTooLarge, ArchiveUnreadable
from saasbackup_desktop.providers.files.archives import locked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE: Final = 1 << 20
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SPARE: Final = 256 << 20
"""Bytes that stay free on a disk on which something is unpacked."""
_BUFFER: Final = 256 << 10
_END: Final = 22
"""Bytes of what stands at an archive's end, but for its comment."""
_OTHER_LOCK: Final = 1 << 6
"""Of a member's flags: PKWARE's own encryption, which only its programs open."""
_DAMAGES: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that can be read, wherever it lies."""

    names: tuple[str, ...]
    """Path from where the search began, the file's own name last."""
    label: str
    """For people, and what it is known by."""
    size: int
    modified: int | None
    """Seconds since 1970 UTC."""
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    """Raises OSError, ArchiveFault."""
    at: Callable[[Path], AbstractContextManager[Path]]
    """Have it as a file of its own; unpacked below this folder if it is none. Raises OSError, ArchiveFault."""

    def head(self, size: int) -> bytes:
        """Read its beginning. Raises OSError, ArchiveFault."""
        with self.open() as file:
            return file.read(size)


@dataclass(frozen=True, slots=True)
class Vacant:
    """A folder in which nothing lies."""

    names: tuple[str, ...]
    """Path from where the search began."""


def stored_at(path: Path, names: tuple[str, ...], label: str) -> Stored:
    """A file on a disk. Raises OSError."""
    status = path.stat()
    return Stored(
        names=tuple(map(readable, names)),
        label=readable(label),
        size=status.st_size,
        modified=int(status.st_mtime),
        open=lambda: path.open("rb"),
        at=lambda _scratch: nullcontext(path),
    )


def files_below(folder: Path, names: tuple[str, ...], label: str) -> Iterator[Stored | Vacant | tuple[str, OSError]]:
    """All files of a folder and those in it, by name; links are not followed. What cannot be read comes with why."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield readable(label), error
        return
    if not entries:
        yield Vacant(tuple(map(readable, names)))
    for entry in entries:
        inner = f"{label}/{entry.name}"
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(Path(entry.path), (*names, entry.name), inner)
            elif entry.is_file(follow_symlinks=False):
                yield stored_at(Path(entry.path), (*names, entry.name), inner)
        except OSError as error:
            yield readable(inner), error


def readable(name: str) -> str:
    """A name that can be written down: of one in a charset that nobody told, what is no UTF-8 is read as Western."""
    try:
        name.encode()
    except UnicodeEncodeError:
        name = name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", name)


def is_part(archive: zipfile.ZipFile) -> bool:
    """Do members begin in other files than this one, which is the last of several? Raises OSError."""
    assert archive.fp is not None
    archive.fp.seek(-_END - len(archive.comment), io.SEEK_END)
    end = archive.fp.read(_END)
    last = int.from_bytes(end[4:6], "little") if end.startswith(b"PK\x05\x06") else 0
    return last not in (0, 0xFFFF) and any(info.volume != last for info in archive.infolist())


def members(
    archive: zipfile.ZipFile, names: tuple[str, ...], label: str, password: str | None
) -> Iterator[Stored | Vacant]:
    """All files of a ZIP archive, by name, and its folders."""
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        if stat.S_ISLNK(info.external_attr >> 16):
            continue
        parts = tuple(part for part in info.filename.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        shown = tuple(map(readable, parts))
        if info.is_dir():
            yield Vacant((*names, *shown))
        elif parts:
            yield _member(archive, info, (*names, *shown), f"{label}/{'/'.join(shown)}", password)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, names: tuple[str, ...], label: str, password: str | None
) -> Stored:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with ExitStack() as stack:
            with _translated(label):
                if info.flag_bits & _OTHER_LOCK:
                    raise ArchiveUnreadable(label, name=label, reason="encryption")
                if info.compress_type == locked.AES:
                    assert archive.fp is not None
                    plain = locked.opened(archive.fp, info, label, password)
                else:
                    plain = archive.open(info, pwd=password.encode() if password else None)
                stack.enter_context(plain)
            yield io.BufferedReader(_Member(plain, info.file_size, label), _BUFFER)

    @contextmanager
    def unpacked(scratch: Path) -> Iterator[Path]:
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        if info.file_size + _SPARE > shutil.disk_usage(scratch).free:
            raise ArchiveTooLarge(label, name=label, size=info.file_size)
        target = scratch / f"member-{info.header_offset}-{names[-1][-40:]}"
        try:
            with opened() as source, target.open("xb") as file:
                shutil.copyfileobj(source, file, _PIECE)
            yield target
        finally:
            target.unlink(missing_ok=True)

    return Stored(names, label, info.file_size, None, opened, unpacked)


class _Member(io.RawIOBase):
    """What is packed in a ZIP archive, as long as the archive says and no longer, with faults that are ours."""

    def __init__(self, plain: IO[bytes], size: int, label: str) -> None:
        super().__init__()
        self._plain = plain
        self._left = size
        self._label = label

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Hand out the next bytes. Raises OSError, ArchiveFault."""
        target = memoryview(buffer).cast("B")
        with _translated(self._label):
            piece = self._plain.read(len(target))
        self._left -= len(piece)
        if self._left < 0 or (self._left and not piece):
            raise ArchiveUnreadable(self._label, name=self._label, reason="damaged")
        target[: len(piece)] = piece
        return len(piece)


@contextmanager
def _translated(label: str) -> Iterator[None]:
    try:
        yield
    except ArchiveFault:
        raise
    except NotImplementedError as error:
        raise ArchiveUnreadable(label, name=label, reason="compression") from error
    except RuntimeError as error:  # the password is missing or wrong: that is how zipfile says it
        raise ArchiveLocked(label, name=label) from error
    except _DAMAGES as error:
        raise ArchiveUnreadable(label, name=label, reason="damaged") from error
    except OSError as error:
        if error.errno is None:  # the disk says which error it is; what unpacks bzip2 does not
            raise ArchiveUnreadable(label, name=label, reason="damaged") from error
        raise
