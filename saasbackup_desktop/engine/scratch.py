"""A folder for what is restored only to be looked at: nobody else reads it, and it goes when it was looked at."""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final

from saasbackup_desktop.core.errors import HomeFault
from saasbackup_desktop.vault.sharing.processes import is_running

_PREFIX: Final = "drill-"
_PIECE: Final = 1 << 20
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Scratch:
    """One job's folder; what a process that died left in others is removed. Raises HomeFault."""

    def __init__(self, root: Path, job: str) -> None:
        self._root = root
        self.folder = root / f"{_PREFIX}{os.getpid()}-{job or 'now'}"

    def __enter__(self) -> "Scratch":
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700)
        except OSError as error:
            raise _fault(error, self.folder) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def restore(self, name: str, pieces: Iterable[bytes]) -> Path:
        """Write a file. Raises HomeFault, and whatever the pieces raise."""
        path = self.folder / name
        try:
            with open(path, "xb", opener=_only_for_us) as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _fault(error, path) from error
        return path

    def measured(self, path: Path) -> tuple[str, int]:
        """Read a file back: SHA-256 and length in bytes. It is removed then. Raises HomeFault."""
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
            path.unlink()
        except OSError as error:
            raise _fault(error, path) from error
        return digest.hexdigest(), size

    def discard(self, name: str) -> None:
        """Remove what was begun and cannot be finished."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink(missing_ok=True)

    def _sweep(self) -> None:
        for folder in self._root.glob(f"{_PREFIX}*"):
            pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
            if pid.isdigit() and int(pid) != os.getpid() and not is_running(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _only_for_us(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)


def _fault(error: OSError, path: Path) -> HomeFault:
    reason = "full" if error.errno in _FULL else "unwritable"
    return HomeFault(os.strerror(error.errno or 0), location=str(path.parent), reason=reason)
