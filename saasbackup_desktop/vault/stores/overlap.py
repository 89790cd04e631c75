"""Whether two places share files, whatever they are called."""

import os
from collections.abc import Iterator
from pathlib import Path

from saasbackup_desktop.vault.stores.s3_place import SCHEME


def overlap(one: str, other: str) -> bool:
    """Is one location the other, or does it lie in it or hold it? Folders are followed to where they really lie."""
    is_bucket = one.startswith(SCHEME)
    if is_bucket != other.startswith(SCHEME):
        return False
    if is_bucket:
        here, there = f"{one.rstrip('/')}/", f"{other.rstrip('/')}/"
        return here.startswith(there) or there.startswith(here)
    first, second = Path(one), Path(other)
    return holds(first, second) or holds(second, first)


def holds(folder: Path, inner: Path) -> bool:
    """Is a folder the other, or does the other lie in it? They are followed to where they really lie."""
    folder, inner = Path(os.path.realpath(folder)), Path(os.path.realpath(inner))
    if inner.is_relative_to(folder):
        return True
    # One folder may have two real paths: in another case of letters, or mounted twice.
    mark = _mark(folder)
    return mark is not None and mark in _marks(inner)


def _marks(path: Path) -> Iterator[tuple[int, int] | None]:
    return map(_mark, (path, *path.parents))


def _mark(path: Path) -> tuple[int, int] | None:
    """Device and inode; None where there is nothing yet, or nothing that may be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
