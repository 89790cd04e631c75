"""The folder of an export that is not finished, and what makes files last."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

PARTIAL: Final = ".partial"
"""Ends the name of a folder that is not finished."""
_AT_ONCE: Final = 16
LIST: Final = ".list"
KEY: Final = ".export"


def begin(root: Path, key: str) -> None:
    """Make the folder; one that an earlier run with the same ``key`` left there goes.

    Raises FileExistsError if it is somebody else's, OSError.
    """
    if root.exists():
        if key_of(root) != key and any(root.iterdir()):
            raise FileExistsError(errno.EEXIST, "already there", str(root))
        shutil.rmtree(root)
    root.mkdir(parents=True)
    (root / KEY).write_text(json.dumps({"export": key}))


def require(root: Path, key: str) -> None:
    """Make sure that it is this export's folder. Raises FileNotFoundError."""
    if key_of(root) != key:
        raise FileNotFoundError(errno.ENOENT, "no export to go on with", str(root))


def key_of(root: Path) -> str | None:
    """Whose folder it is; None if nothing says so."""
    try:
        return str(json.loads((root / KEY).read_text())["export"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_others(root: Path, kept: set[str]) -> None:
    """Remove every file that is not among these (paths with ``/``), and folders that are empty then."""
    kept = kept | {KEY, LIST}
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(root).as_posix() not in kept:
                path.unlink()
        with suppress(OSError):
            Path(folder).rmdir()  # only if it is empty


def secure(path: Path) -> None:
    """Bring a file's bytes to the disk."""
    with path.open("r+b", buffering=0) as file:
        os.fsync(file.fileno())


def secure_all(paths: Sequence[Path]) -> None:
    """Bring many files' bytes to the disk: side by side, for a disk that is asked at once writes them together."""
    if len(paths) < _AT_ONCE:
        for path in paths:
            secure(path)
        return
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="secure") as threads:
        for _ in threads.map(secure, paths):
            pass


def secure_folder(path: Path) -> None:
    """Bring a folder's names to the disk."""
    if sys.platform == "win32":
        return  # NTFS writes names down by itself, and lends no handle of a folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
