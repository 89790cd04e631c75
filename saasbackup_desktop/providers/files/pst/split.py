"""Items into one file, or into several of a size, published when all of them are whole."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.store import Folder, PartFull, Store
from saasbackup_desktop.providers.files.pst.values import Unfit

SMALLEST_PART = 1_000_000
_UNFINISHED = ".partial"
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Written:
    """An item that is in a file."""

    part: int
    """Which one, from 0."""
    size: int
    """Bytes of the item there."""
    losses: tuple[str, ...] = ()
    """Codes of what of the message as it was given the file cannot hold."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item of which nothing is in any file."""

    reason: str
    """A code."""


@dataclass(frozen=True, slots=True)
class Part:
    """A finished file."""

    path: Path
    size: int
    items: int


@dataclass(frozen=True, slots=True)
class FolderRef:
    """A folder, in whichever part."""

    path: tuple[str, ...]


class _Open:
    """The part that is being written."""

    def __init__(self, path: Path, name: str, made: datetime) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + _UNFINISHED)
        self.file: BinaryIO = self.unfinished.open("w+b", buffering=0)
        self.store = Store(self.file, name, made)
        self.folders: dict[tuple[str, ...], Folder] = {(): self.store.top}


class PstWriter:
    """Writes items to ``path``, and to numbered files beside it where one grows to ``part_size`` bytes.

    Files appear under their names by ``close``; with ``finished``, each one as soon as it is whole, and it hears of it:
    then that one is no more the writer's. ``first`` is the number of the first file, 1 having none in its name.
    ``made`` is what an item without any date gets as its date of creation.
    Raises FileExistsError, OSError.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        part_size: int = 5 * 10**9,
        *,
        made: datetime = _UNKNOWN,
        first: int = 1,
        finished: Callable[[Part], None] | None = None,
    ) -> None:
        if part_size < SMALLEST_PART:
            raise ValueError(f"parts of {part_size} bytes are too small")
        self._first = first
        self._finished = finished
        self._path = path
        self._name = name
        self._limit = part_size
        self._made = made
        self._kinds: dict[tuple[str, ...], str | None] = {}
        self._parts: list[Part] = []
        self._unpublished: list[tuple[Path, Part]] = []
        self._closed = False
        self._open = self._begin()

    def __enter__(self) -> "PstWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def folder(self, path: tuple[str, ...], container_class: str | None = None) -> FolderRef:
        """Make a folder with those above it: the names from the top, and the class of what lies in it (IPF.Note)."""
        self._kinds[path] = container_class or self._kinds.get(path)
        for depth in range(1, len(path)):
            self._kinds.setdefault(path[:depth], None)
        try:
            self._place(path)
        except PartFull:
            self._turn()
            self._place(path)
        return FolderRef(path)

    def add(self, folder: FolderRef, message: Message) -> Written | Skipped:
        """Write an item; if it cannot be written nothing of it stays.

        Raises OSError if the file cannot be written, and what the content of attachments raises that was not foreseen.
        """
        try:
            try:
                return self._add(folder, message, self._limit if self._open.store.count else None)
            except PartFull:
                self._turn()
                return self._add(folder, message, None)
        except Unfit as unfit:
            return Skipped(unfit.reason)

    def _add(self, folder: FolderRef, message: Message, limit: int | None) -> Written:
        written = self._open.store.add(self._place(folder.path), message, limit)
        return Written(len(self._parts), written.size, written.losses)

    def close(self) -> list[Part]:
        """Finish and publish all parts."""
        if not self._closed:
            try:
                self._finish()
                for _, part in self._unpublished:
                    if part.path.exists():
                        raise FileExistsError(part.path)
            except BaseException:
                self.abandon()
                raise
            self._closed = True
            for unfinished, part in self._unpublished:
                unfinished.replace(part.path)
            _sync_folder(self._path.parent)
        return list(self._parts)

    def abandon(self) -> None:
        """Remove everything that was written and that nobody else has by now."""
        if self._closed:
            return
        self._closed = True
        self._open.file.close()
        for unfinished in (self._open.unfinished, *(done for done, _ in self._unpublished)):
            unfinished.unlink(missing_ok=True)

    def _begin(self) -> _Open:
        number = self._first + len(self._parts)
        path, name = self._path, self._name
        if number > 1:
            path = path.with_name(f"{path.stem} ({number}){path.suffix}")
            name = f"{name} ({number})"
        if path.exists():
            raise FileExistsError(path)
        return _Open(path, name, self._made)

    def _turn(self) -> None:
        self._finish()
        self._open = self._begin()

    def _finish(self) -> None:
        part = self._open
        size = part.store.close()
        os.fsync(part.file.fileno())
        part.file.close()
        done = Part(part.path, size, part.store.count)
        self._parts.append(done)
        if self._finished is None:
            self._unpublished.append((part.unfinished, done))
            return
        if done.path.exists():
            raise FileExistsError(done.path)
        part.unfinished.replace(done.path)
        _sync_folder(done.path.parent)
        self._finished(done)

    def _place(self, path: tuple[str, ...]) -> Folder:
        known = self._open.folders
        found = known.get(path)
        if found is None:
            above = self._place(path[:-1])
            found = known[path] = self._open.store.folder(above, path[-1], self._kinds.get(path))
        elif path and found.kind is None:
            found.kind = self._kinds.get(path)
        return found


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every system can
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
