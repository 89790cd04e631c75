"""A vault in a folder: on a disk, a stick or a share."""

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import VaultFault, VaultFull, VaultMissing, VaultUnwritable
from saasbackup_desktop.vault.format.names import require_valid
from saasbackup_desktop.vault.sharing.processes import HOST, is_running

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN: Final = {errno.EROFS, errno.EACCES, errno.EPERM}
_GONE: Final = {errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.EHOSTDOWN, errno.ENOTCONN}
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
_UNFINISHED: Final = "unfinished"
_STALE: Final = 24 * 3600


class LocalStore:
    """Files below one folder, which is made by the first ``put`` if it was not there when the store was opened."""

    def __init__(self, root: Path | str) -> None:
        self._root = Path(root).absolute()
        self._known = self._root.is_dir()
        self._swept = False

    @property
    def location(self) -> str:
        """The folder's path."""
        return str(self._root)

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file: temporary name, fsync, link, fsync of the folder."""
        del fleeting  # a folder has no retention lock
        require_valid(name)
        with self._faults():
            self._ensure_root()
            final = self._root / name
            if final.exists():
                raise FileExistsError(errno.EEXIST, "already there", name)
            self._ensure_folder(final.parent)
            self._ensure_folder(self._root / _UNFINISHED)
            self._sweep()
            draft = self._root / _UNFINISHED / f"{HOST}-{os.getpid()}-{secrets.token_hex(8)}"
            try:
                _write(draft, data)
                _publish(draft, final)
            finally:
                with contextlib.suppress(OSError):
                    draft.unlink()
            _sync_folder(final.parent)

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it; shorter than asked if the file ends before."""
        with self._faults(), (self._root / name).open("rb", buffering=0) as file:
            if start:
                file.seek(start)
            if size is None:
                return file.read()
            return _read_fully(file.fileno(), size)

    def size(self, name: str) -> int:
        """Length of a file in bytes."""
        with self._faults():
            return (self._root / name).stat().st_size

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names below a folder, in order."""
        with self._faults():
            if not self._root.is_dir():
                raise FileNotFoundError(errno.ENOENT, "no such folder", str(self._root))
            names = sorted(_walk(self._root, prefix.strip("/")))
        yield from names

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        require_valid(name)
        with self._faults(), contextlib.suppress(FileNotFoundError):
            (self._root / name).unlink()

    def _ensure_root(self) -> None:
        was_known = self._known  # asked before the look: another thread may make the folder meanwhile
        if self._root.is_dir():
            self._known = True
        elif was_known:
            raise VaultMissing("the folder is gone", location=self.location)
        else:
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                self._root.mkdir(mode=0o700, parents=True)
            if not self._root.is_dir():
                raise VaultUnwritable("not a folder", location=self.location)
            self._known = True

    def _ensure_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._ensure_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            _sync_folder(folder.parent)

    def _sweep(self) -> None:
        """Remove what writers that died left behind, once."""
        if self._swept:
            return
        self._swept = True
        ages: dict[Path, float] = {}
        for path in (self._root / _UNFINISHED).iterdir():
            with contextlib.suppress(FileNotFoundError):  # finished in this moment
                ages[path] = path.stat().st_mtime
        newest = max(ages.values(), default=0.0)
        for path, age in ages.items():
            host, _, rest = path.name.partition("-")
            pid = rest.partition("-")[0]
            dead = host == HOST and pid.isdigit() and not is_running(int(pid))
            if dead or age < newest - _STALE:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn the system's errors into ours."""
        try:
            yield
        except FileExistsError:
            raise
        except (FileNotFoundError, NotADirectoryError) as error:
            if not self._root.is_dir():
                raise VaultMissing("the folder is gone", location=self.location) from error
            raise FileNotFoundError(errno.ENOENT, "no such file", str(error.filename)) from error
        except OSError as error:
            raise self._fault(error) from error

    def _fault(self, error: OSError) -> VaultFault:
        text = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in _FULL:
            return VaultFull(text, location=self.location)
        if error.errno in _FORBIDDEN:
            return VaultUnwritable(text, location=self.location)
        if error.errno in _GONE:
            return VaultMissing(text, location=self.location)
        return VaultFault(text, location=self.location)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _publish(draft: Path, final: Path) -> None:
    """Give a finished file its name, unless the name is taken."""
    if sys.platform == "win32":
        draft.rename(final)  # fails there if the name is taken
        return
    try:
        os.link(draft, final)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links here (FAT, some shares): the check and the rename are two steps, which only matters to
        # two writers of one stream, and those are kept apart by a lease already.
        if final.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(final)) from error
        draft.rename(final)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable. Windows does it by itself; some shares cannot."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
    finally:
        os.close(handle)


def _read_fully(handle: int, size: int) -> bytes:
    data = os.read(handle, size)
    while len(data) < size:
        more = os.read(handle, size - len(data))
        if not more:
            break
        data += more
    return data


def _walk(root: Path, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(root / prefix) as found:
            entries = list(found)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue  # what systems leave in folders that people look into
        name = f"{prefix}/{entry.name}" if prefix else entry.name
        if entry.is_dir(follow_symlinks=False):
            if name != _UNFINISHED:
                yield from _walk(root, name)
        else:
            yield name
