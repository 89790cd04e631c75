"""The list of what lies on a shelf: a file beside it that only grows, so that an export of millions of files goes on
after an interruption from a few numbers.
"""

import json
import os
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS
from saasbackup_desktop.providers.files.shelves.names import Folders, Taken, split_name

_FOLDER: Final = "d"
_FILE: Final = "f"
_ARCHIVE: Final = "z"
_BEGUN: Final = "b"
_EMPTY: Final = "e"
_FOLDERS: Final = 16
_written: Final = json.JSONEncoder(separators=(",", ":")).encode


class Listing:
    """Finished files with their sizes and hashes, and what folders are called outside. One thread at a time."""

    def __init__(self, path: Path, length: int | None = None) -> None:
        """Begin a list, or go on with the first ``length`` bytes of one: what stands behind them is passed over, and
        goes with ``cut``, before anything is noted. Raises ValueError if it is not as it was, OSError.
        """
        self._path = path
        self._file = path.open("xb" if length is None else "r+b")
        self._end = length
        """Where what is passed over begins, until it is cut."""
        if length is not None and os.fstat(self._file.fileno()).st_size < length:
            self._file.close()
            raise ValueError(f"{path.name} is shorter than it was")
        self._folders = Folders()
        self._seen: set[str] = set()
        self._taken: dict[str, Taken] = {}
        """The folder that was asked for last is the last one."""
        self._held: dict[str, int] = {}
        """Folders that are there whatever lies in them, and where."""
        self._coming: set[str] = set()
        """Names that were taken, of files that are not noted yet."""
        try:
            self._look()
        except ValueError:
            self._file.close()
            raise

    def cut(self) -> None:
        """Let go of what is passed over, when nothing lies beside the list any more that it alone names."""
        if self._end is not None:
            self._file.truncate(self._end)
            self._file.seek(self._end)
            self._end = None

    def begin(self, name: str) -> None:
        """Note that a file comes to be beside the list, before it does: who finds it knows then whose it is."""
        self.announce(name)
        self.flush()

    def announce(self, name: str) -> None:
        """Note the same of a file that comes to be after the next ``flush``."""
        self._write([_BEGUN, name])

    def flush(self) -> None:
        """Let what was noted outlive the process. Any thread."""
        self._file.flush()

    def folder(self, path: tuple[str, ...]) -> str:
        """What a folder is called outside, from now on: a path that is empty or ends in ``/``."""
        known = self._folders.known(path)
        if known is not None:
            return known
        self.folder(path[:-1])
        outside = self._folders.choose(path)
        self._folders.put(path, outside)
        self._write([_FOLDER, list(path), outside])
        return outside

    def hold(self, folder: str, offset: int = 0) -> None:
        """Note that a folder is there, whatever lies in it; and where it lies in an archive."""
        self._held[folder] = offset
        self._write([_EMPTY, folder, offset])

    def held(self, start: int = 0) -> Iterator[tuple[str, int]]:
        """The folders that are there whatever lies in them, from a length of the list on."""
        for kind, *said in self._lines(start):
            if kind == _EMPTY:
                yield said[0], said[1]

    def is_held(self, folder: str) -> bool:
        """Is this folder there, whatever lies in it?"""
        return folder in self._held

    def choose(self, folder: str, stem: str, suffix: str) -> str:
        """Find and take the name of a file in a folder that ``folder`` named."""
        name = folder + self._taken_in(folder).choose(folder, stem, suffix)
        self._coming.add(name)
        return name

    def take(self, name: str) -> None:
        """Take a name as it is. Raises FileExistsError."""
        folder, last = split_name(name)
        if not self._taken_in(folder).add(last):
            raise FileExistsError(f"there are two files {name!r}")
        self._coming.add(name)

    def drop(self, name: str) -> None:
        """Let go of the name that was taken last."""
        folder, last = split_name(name)
        self._taken_in(folder).drop(last)
        self._coming.discard(name)

    def add(self, made: Made, *more: str | int | None) -> None:
        """Note a finished file, and more of it."""
        self._write([_FILE, made.name, made.size, made.sha256, *more])
        self._coming.discard(made.name)

    def add_archive(self, made: Made) -> None:
        """Note that what was noted since the last archive is in this one."""
        self._write([_ARCHIVE, made.name, made.size, made.sha256, made.items])

    def files(self) -> Iterator[Made]:
        """The finished files, in their order."""
        for made, _ in self.rows():
            yield made

    def rows(self, start: int = 0) -> Iterator[tuple[Made, list[Any]]]:
        """The finished files with more of them, from a length of the list on."""
        for kind, *said in self._lines(start):
            if kind == _FILE:
                name, size, digest, *more = said
                yield Made(name, size, digest, 0), more

    def archives(self, start: int = 0) -> Iterator[Made]:
        """The finished archives, in their order, from a length of the list on."""
        for kind, *said in self._lines(start):
            if kind == _ARCHIVE:
                name, size, digest, *items = said
                yield Made(name, size, digest, items[0] if items else 0)

    @property
    def length(self) -> int:
        """Bytes of the list."""
        return self._file.tell()

    def secure(self) -> int:
        """Bring everything to the disk; gives the list's length."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file, which stays."""
        self._file.close()

    def remove(self) -> None:
        """Let go of the file, and remove it."""
        self._file.close()
        self._path.unlink()

    def _write(self, said: list[Any]) -> None:
        self._file.write(_written(said).encode() + b"\n")

    def _look(self) -> None:
        for kind, *said in self._lines():
            if kind == _FOLDER:
                self._folders.put(tuple(said[0]), said[1])
            elif kind == _EMPTY:
                self._held[said[0]] = said[1]
            elif kind == _FILE:
                self._seen.add(split_name(said[0])[0])

    def _lines(self, start: int = 0) -> Iterator[list[Any]]:
        self._file.flush()
        with self._path.open("rb") as lines:
            lines.seek(start)
            for line in lines:
                start += len(line)
                if self._end is not None and start > self._end:
                    return
                yield json.loads(line)

    def _taken_in(self, folder: str) -> Taken:
        """Names in a folder: of the last few folders, for there may be millions."""
        taken = self._taken.pop(folder, None)
        if taken is None:
            taken = Taken()
            for name in (MANIFEST, SUMS) if not folder else ():
                taken.add(name)
            if folder in self._seen:
                for name in chain((made.name for made in self.files()), self._coming):
                    within, last = split_name(name)
                    if within == folder:
                        taken.add(last)
            self._seen.add(folder)
        self._taken[folder] = taken
        if len(self._taken) > _FOLDERS:
            del self._taken[next(iter(self._taken))]
        return taken


def entries(path: Path) -> tuple[Mapping[str, Made | None], bool]:
    """What a list names that lies beside it, as it was finished, or None: it may be cut off anywhere.

    False with it: the list is not as it was written, and there may be more. Raises OSError.
    """
    found: dict[str, Made | None] = {}
    if not path.exists():
        return found, True
    with path.open("rb") as lines:
        try:
            for line in lines:
                kind, name, *more = json.loads(line)
                if kind == _BEGUN:
                    found[name] = None
                elif kind in (_FILE, _ARCHIVE) and name in found:  # others lie inside archives
                    size, digest, *_ = more
                    found[name] = Made(name, size, digest, 0)
        except (ValueError, TypeError):
            return found, False
    return found, True
