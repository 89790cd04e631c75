"""An export as files below a folder."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from saasbackup_desktop.core.export.ports import Plain, Sealed
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.files.shelves import draft
from saasbackup_desktop.providers.files.shelves.listing import Listing
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS, key_in, write_manifest
from saasbackup_desktop.providers.files.shelves.names import safe_name
from saasbackup_desktop.providers.files.shelves.written import Written

_PIECE: Final = 1 << 20


class FolderShelf:
    """Files below ``<name>.partial``, which takes its own name when all is there. One thread at a time.

    To go on after an interruption, make it again with what ``seal`` said last: what came after that is removed, and a
    file that was growing goes on from its length then. Files of somebody else that lie there are never touched.
    """

    full = False
    """A folder takes files of any size."""

    def __init__(
        self, place: Path, name: str, *, key: str = "", about: Plain | None = None, since: Plain | None = None
    ) -> None:
        """Begin below ``place``, which is made if it is not there, or go on ``since`` (of ``Sealed``).

        ``key`` is the export's own mark: what an earlier run with the same one left there, and cannot go on with, is
        removed. ``about``, without secrets, goes into the manifest. Raises FileExistsError if something else of that
        name is there, OSError.
        """
        self._key = key
        self._about = about or {}
        self._final = place / safe_name(name)
        self._root = self._final.with_name(self._final.name + draft.PARTIAL)
        self._growing: _Growing | None = None
        self._has_ended = False
        self._since: Plain = since or {}
        self._folders: set[Path] = set()
        self._fresh: list[Made] = []
        self._named: set[Path] = set()
        self.size = 0
        self._is_published = since is not None and not self._root.exists() and key_in(self._final) == key
        if self._is_published:
            self._tidy()
        else:
            self._listing = self._begin() if since is None else self._go_on(since)

    @property
    def root(self) -> Path:
        """The folder as it is called until the end."""
        return self._root

    def name(self, path: tuple[str, ...], stem: str, suffix: str) -> str:
        """Find a free name for a file of a folder, which every system takes."""
        folder = self._listing.folder(path)
        name = self._listing.choose(folder, stem, suffix)
        self._listing.drop(name)
        return name

    @contextmanager
    def file(self, name: str, modified: int | None = None) -> Iterator[BinaryIO]:
        """Begin a file; see ``Shelf``."""
        self._end_growing()
        self._listing.take(name)
        path = self._path(name)
        try:
            raw = path.open("xb", buffering=0)
        except OSError:
            self._listing.drop(name)
            raise
        written = Written(_into(raw))
        try:
            with raw:
                yield cast(BinaryIO, written)
                if modified is not None:
                    _set_time(raw, modified)
        except BaseException:
            self._listing.drop(name)
            path.unlink()
            raise
        self._finished(name, written.size, written.digest())

    @contextmanager
    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> Iterator[BinaryIO]:
        """Begin a file that outlives interruptions, or go on with it; see ``Shelf``."""
        key = [list(path), stem, suffix]
        if self._growing is None or self._growing.key != key:
            self._end_growing()
            name = self._listing.choose(self._listing.folder(path), stem, suffix)
            raw = self._path(name).open("xb", buffering=0)
            self._growing = _Growing(key, name, raw, Written(_into(raw)))
        mine = self._growing
        yield cast(BinaryIO, mine.written)
        if self._growing is mine:
            self._end_growing()

    def adopt(self, file: Path, name: str) -> None:
        """Take a finished file over; see ``Shelf``."""
        self._end_growing()
        self._listing.take(name)
        path = self._path(name)
        if path.exists():
            raise FileExistsError(errno.EEXIST, "already there", name)
        shutil.move(file, path)
        with path.open("rb") as moved:
            digest = hashlib.file_digest(moved, "sha256").hexdigest()
        self._finished(name, path.stat().st_size, digest)

    def seal(self) -> Sealed:
        """Bring all that was written to the disk; see ``LastingShelf``."""
        growing = self._growing
        if growing is not None:
            os.fsync(growing.raw.fileno())
        draft.secure_all([self._root / made.name for made in self._fresh])
        for path in self._folders:
            draft.secure_folder(path)
        self._folders.clear()
        since: Plain = {"list": self._listing.secure(), "growing": growing.plain() if growing else None}
        fresh, self._fresh = self._fresh, []
        self.size = 0
        return Sealed(fresh, since)

    def files(self) -> Iterator[Made]:
        """The finished files, in their order."""
        return self._listing.files()

    def end(self) -> Sealed:
        """End everything, and write the manifest. Raises OSError."""
        if self._is_published:
            return Sealed((), self._since)
        self._end_growing()
        sealed = self.seal()
        for name in (MANIFEST, SUMS):
            (self._root / name).unlink(missing_ok=True)
        write_manifest(self._root, self._key, self._about, self._listing.files)
        draft.secure_folder(self._root)
        self._has_ended = True
        return sealed

    def publish(self) -> Sequence[Path]:
        """End everything, and give the folder its own name.

        Raises FileExistsError if something took that name meanwhile, OSError.
        """
        if self._is_published:
            return (self._final,)
        if not self._has_ended:
            self.end()
        self._listing.close()
        if self._final.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(self._final))
        self._root.rename(self._final)
        self._is_published = True
        self._tidy()
        return (self._final,)

    def close(self) -> None:
        """Let go of the files, which stay to be gone on with."""
        if self._growing is not None:
            self._growing.raw.close()
            self._growing = None
        if not self._is_published:
            self._listing.close()

    def remove(self) -> None:
        """Remove all that was not published, and let go of it. Raises OSError."""
        self.close()
        if not self._is_published:
            shutil.rmtree(self._root)

    def _tidy(self) -> None:
        """Remove what only an unfinished export needs."""
        for name in (draft.LIST, draft.KEY):
            (self._final / name).unlink(missing_ok=True)
        draft.secure_folder(self._final)
        draft.secure_folder(self._final.parent)

    def _begin(self) -> Listing:
        if self._final.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(self._final))
        draft.begin(self._root, self._key)
        return Listing(self._root / draft.LIST)

    def _go_on(self, since: Plain) -> Listing:
        draft.require(self._root, self._key)
        listing = Listing(self._root / draft.LIST, cast(int, since["list"]))
        kept = {made.name for made in listing.files()}
        growing = cast("dict[str, Any] | None", since["growing"])
        if growing is not None:
            kept.add(growing["name"])
        draft.remove_others(self._root, kept)
        if growing is not None:
            self._growing = _reopen(self._root / growing["name"], growing)
            listing.take(growing["name"])
        return listing

    def _end_growing(self) -> None:
        growing, self._growing = self._growing, None
        if growing is not None:
            growing.raw.close()
            self._finished(growing.name, growing.written.size, growing.written.digest())

    def _finished(self, name: str, size: int, digest: str) -> None:
        made = Made(name, size, digest, 0)
        self._listing.add(made)
        self._fresh.append(made)
        self.size += size

    def _path(self, name: str) -> Path:
        path = self._root / name
        folder = path.parent
        if folder not in self._named:
            above = folder
            while not above.is_dir():
                above = above.parent
                self._folders.add(above)
            folder.mkdir(parents=True, exist_ok=True)
            self._named.add(folder)
        self._folders.add(folder)
        return path


class _Growing:
    """The file that is open and may be gone on with."""

    def __init__(self, key: list[Any], name: str, raw: Any, written: Written) -> None:
        self.key = key
        self.name = name
        self.raw = raw
        self.written = written

    def plain(self) -> dict[str, Any]:
        """Where it stands."""
        return {"key": self.key, "name": self.name, "length": self.written.size}


def _reopen(path: Path, said: Mapping[str, Any]) -> _Growing:
    raw = path.open("r+b", buffering=0)
    written = Written(_into(raw))
    try:
        while written.size < said["length"]:
            piece = raw.read(min(_PIECE, said["length"] - written.size))
            if not piece:
                raise OSError(f"{path.name} is shorter than it was")
            written.note(piece)
        raw.truncate(said["length"])
    except BaseException:
        raw.close()
        raise
    return _Growing(said["key"], said["name"], raw, written)


def _into(raw: Any) -> Callable[[memoryview], None]:
    def write(piece: memoryview) -> None:
        while piece:
            piece = piece[raw.write(piece) :]

    return write


def _set_time(file: Any, modified: int) -> None:
    with suppress(OSError, OverflowError, ValueError):  # not every file system knows every date
        if os.utime in os.supports_fd:
            os.utime(file.fileno(), (modified, modified))
        else:
            os.utime(file.name, (modified, modified))
