"""The folder of an export that is not finished, and what makes files last."""

import errno
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.export.links import is_link, is_linked
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.files.shelves.listing import entries
from saasbackup_desktop.providers.files.shelves.names import safe_name

PARTIAL: Final = ".partial"
"""Ends the name of a folder that is not finished."""
ASIDE: Final = ".others"
"""Ends the name of the folder beside it that takes what somebody else has put there."""
LIST: Final = ".list"
ENDED: Final = ".ended"
_KEY: Final = ".export-"
"""Begins the name of an empty file that says whose the folder is: a name comes to be whole or not at all."""
_DROPPINGS: Final = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""What systems leave in folders that somebody looks at."""
_AT_ONCE: Final = 16


def root_of(place: Path, name: str) -> Path:
    """The folder of an export of this name, until it is finished."""
    return place / f"{safe_name(name)}{PARTIAL}"


def begin(root: Path, key: str) -> None:
    """Make the folder. Of one that an earlier run with the same ``key`` left there, its own files go, others aside.

    Raises FileExistsError if it is somebody else's, OSError.
    """
    if root.exists() or root.is_symlink():
        if not is_ours(root, key) and (root.is_symlink() or any(root.iterdir())):
            raise FileExistsError(errno.EEXIST, "already there", str(root))
        _remove_listed(root, entries(root / LIST)[0])
        _put_aside(root, _others(root, set()))
        _remove_empty(root)  # before what says whose it is: wherever this is cut off, it is still known or empty
        remove_marks(root, key)
    root.mkdir(parents=True, exist_ok=True)
    (root / (_KEY + key)).touch()
    secure_folder(root)
    secure_folder(root.parent)


def begun(place: Path, name: str, key: str) -> int:
    """Bytes of an earlier run's own files, which go when it begins anew. Raises OSError."""
    root = root_of(place, name)
    if not is_ours(root, key):
        return 0
    size = 0
    for one in (name for name in entries(root / LIST)[0] if not is_linked(root, name)):
        with suppress(FileNotFoundError):
            size += (root / one).stat().st_size
    return size


def is_ours(root: Path, key: str) -> bool:
    """Is it this export's folder?"""
    return not is_link(root) and (root / (_KEY + key)).exists()


def require(root: Path, key: str) -> None:
    """Make sure that it is this export's folder. Raises FileNotFoundError."""
    if not is_ours(root, key):
        raise lost(root)


def lost(path: Path) -> FileNotFoundError:
    """Say that there is nothing to go on with, or that it is not as it was left."""
    return FileNotFoundError(errno.ENOENT, "no export to go on with", str(path))


def cut_back(root: Path, listed: Set[str], kept: Set[str]) -> None:
    """Remove what was ``listed`` and is not ``kept`` (paths with ``/``); what nobody of ours has made goes aside.

    Raises OSError.
    """
    gone = [root / name for name in listed - kept if not is_linked(root, name)]
    for path in gone:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in gone}:
        if folder.is_dir():
            secure_folder(folder)
    _put_aside(root, _others(root, kept))
    _remove_empty(root)


def discard(place: Path, name: str, key: str) -> bool:
    """Remove all that an export has made and not published; what somebody changed or added stays, and so does its
    folder.

    False: nothing of it was there. Raises OSError, also if the list does not tell any more what is whose.
    """
    root, final = root_of(place, name), place / safe_name(name)
    if is_ours(final, key):  # cut off between its new name and the last tidying
        remove_marks(final, key)
    if not is_ours(root, key):
        return False
    listed, is_whole = entries(root / LIST)
    _remove_listed(root, listed)
    if not is_whole and _others(root, set()):
        raise OSError(errno.EIO, "the list of files is not as it was", str(root))
    clear(root, key)
    secure_folder(place)
    return True


def clear(root: Path, key: str) -> None:
    """Remove what only an unfinished export needs: last what says whose it is. The folder goes if it is empty then.

    Raises OSError.
    """
    for folder, _, names in os.walk(root):
        for name in names:
            if is_dropping(name):
                Path(folder, name).unlink(missing_ok=True)
    _remove_empty(root)
    remove_marks(root, key)
    with suppress(OSError):
        root.rmdir()  # only if it is empty


def remove_marks(root: Path, key: str) -> None:
    """Remove what only an unfinished export needs: last what says whose it is. Raises OSError."""
    for name in (LIST, ENDED, _KEY + key):
        (root / name).unlink(missing_ok=True)


def is_dropping(name: str) -> bool:
    """Is it a file that a system leaves in folders by itself?"""
    return name in _DROPPINGS or name.startswith("._")


def _remove_listed(root: Path, listed: Mapping[str, Made | None]) -> None:
    """Remove what the list names, as far as it is still as it was finished, if it was."""
    for name, made in listed.items():
        path = root / name
        if not is_linked(root, name) and (made is None or _is(path, made)):
            path.unlink(missing_ok=True)


def _is(path: Path, made: Made) -> bool:
    if not path.is_file() or path.stat().st_size != made.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == made.sha256


def _others(root: Path, kept: Set[str]) -> list[str]:
    """What lies there and is not ours: files, and folders that are none but links."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        for path in (*(Path(folder, name) for name in names), *(Path(folder, name) for name in folders)):
            name = path.relative_to(root).as_posix()
            if (path.name in names or is_link(path)) and name not in kept and not _is_mark(name):
                found.append(name)
    return found


def _is_mark(name: str) -> bool:
    return name in (LIST, ENDED) or name.startswith(_KEY) or is_dropping(name.rpartition("/")[2])


def _put_aside(root: Path, names: Sequence[str]) -> None:
    if not names:
        return
    plain = root.with_name(root.name.removesuffix(PARTIAL) + ASIDE)
    tried = (plain.with_name(f"{plain.name} ({number})") if number > 1 else plain for number in count(1))
    aside = next(one for one in tried if not os.path.lexists(one))
    for name in names:
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).rename(aside / name)


def _remove_empty(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
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
