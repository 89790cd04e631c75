"""An export as ZIP archives of at most a size."""

import errno
import hashlib
import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from saasbackup_desktop.core.export.ports import Plain, Sealed
from saasbackup_desktop.core.export.values import USUAL_PART, Made
from saasbackup_desktop.providers.files.shelves import draft
from saasbackup_desktop.providers.files.shelves.gathered import Gathered
from saasbackup_desktop.providers.files.shelves.listing import Listing, entries
from saasbackup_desktop.providers.files.shelves.lock import SALT, Lock
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS, manifest_lines, sum_line
from saasbackup_desktop.providers.files.shelves.names import safe_name
from saasbackup_desktop.providers.files.shelves.packed import Packed, header_size
from saasbackup_desktop.providers.files.shelves.written import Written
from saasbackup_desktop.providers.files.shelves.zipformat import Member, central_header, directory_end, local_header

_PIECE: Final = 1 << 20
_SMALL: Final = 8 << 20
"""Packed files up to this size are held back until their sizes are known."""
_THREADS: Final = 2
_MOST: Final = 16 << 20
"""Bytes of small files that wait to be packed at most."""
_EACH: Final = 400
"""Bytes that the directory, the manifest and the list of sums need for a file at most, without its name."""


class ZipShelf:
    """Archives ``<name>.zip``, ``<name> (2).zip``..., each complete, with a manifest of its own. One thread at a time.

    They lie in ``<name>.partial`` and appear together in the end. Each ends by itself before it would be larger than
    ``part_size`` (one single file may be); without a size, it ends when it is sealed. With a ``password``, contents are
    locked with AES-256; names, sizes and times are not. To go on after an interruption, make it again with what
    ``seal`` said last and the same password.
    """

    def __init__(
        self,
        place: Path,
        name: str,
        *,
        key: str = "",
        about: Plain | None = None,
        since: Plain | None = None,
        part_size: int | None = USUAL_PART,
        password: str | None = None,
    ) -> None:
        """Begin below ``place``, which is made if it is not there, or go on ``since``; ``key`` and ``about`` as of
        ``FolderShelf``. Raises FileExistsError, OSError.
        """
        self._place = place
        self._name = safe_name(name)
        self._root = draft.root_of(place, name)
        self._key = key
        self._about = about or {}
        self._part_size = part_size
        self._password = password
        self._file: Any = None
        self._number = 1
        self._length = 0
        self._first = 0
        self._reserve = 0
        self._items = 0
        """In the file that is open, but for one that grows."""
        self._inside = 0
        """Items in the archive that is open, in files that have ended."""
        self._growing: _Growing | None = None
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pack")
        self._coming: deque[tuple[Future[tuple[Packed, _Held]], int]] = deque()
        """Small files on their way into the archive, in their order, and their bytes."""
        self._waiting = 0
        self._fresh: list[Made] = []
        self._since: Plain = since or {}
        self._listing: Listing
        self.size = 0
        self._published: list[Path] = []
        if since is None:
            self._begin()
        elif draft.is_ours(self._root, key) and (self._root / draft.LIST).exists():
            self._go_on(since)
        else:
            self._published = self._archives_of_mine()
            if not self._published:
                raise draft.lost(self._root)
            self._tidy()

    @property
    def root(self) -> Path:
        """Where finished archives lie until the end."""
        return self._root

    @property
    def full(self) -> bool:
        """Is a growing file so long that the archive should end?"""
        return self._growing is not None and self._is_nearly_full(95)

    def name(self, path: tuple[str, ...], stem: str, suffix: str) -> str:
        """Find a free name for a file of a folder, which every system takes."""
        name = self._listing.choose(self._listing.folder(path), stem, suffix)
        self._listing.drop(name)
        return name

    def count(self, items: int) -> None:
        """Say that so many more items are in the file that is open; see ``Shelf``."""
        if self._growing is not None:
            self._growing.items += items
        else:
            self._items += items

    @contextmanager
    def file(self, name: str, modified: int | None = None, sha256: str = "") -> Iterator[BinaryIO]:
        """Begin a file; see ``Shelf``."""
        self._end_growing()
        self._listing.take(name)
        held = _Held(local_header(self._member(name, modified), is_large=True))
        self._items = 0
        packed: Packed | None = None

        def begin() -> Written:
            nonlocal packed
            self._settle()
            packed = self._packed(name, modified, lambda data: self._take(held, data), sha256)
            packed.begin()
            return packed.written

        gathered = Gathered(begin)
        try:
            yield cast(BinaryIO, gathered)
            if packed is not None:
                packed.end()
                packed.items = self._taken()
                self._keep(packed, held)
        except BaseException:
            self._listing.drop(name)
            self._items = 0
            if held.offset is not None:
                self._cut(held.offset)
            raise
        if packed is None:
            self._pack_beside(name, modified, sha256, gathered)

    @contextmanager
    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> Iterator[BinaryIO]:
        """Begin a file that outlives interruptions, or go on with it; see ``Shelf``."""
        key = [list(path), stem, suffix]
        if self._growing is None or self._growing.key != key:
            self._end_growing()
            self._settle()
            if self._is_nearly_full(90):
                self._end_archive()
            name = self._listing.choose(self._listing.folder(path), stem, suffix)
            packed = self._packed(name, None, self._append)
            self._growing = _Growing(key, packed, self._place_header(packed.member))
            packed.begin()
        mine = self._growing
        yield cast(BinaryIO, mine.packed.written)
        if self._growing is mine:
            self._end_growing()

    def folder(self, path: tuple[str, ...]) -> None:
        """Have a folder, even if no file lies in it; see ``Shelf``."""
        name = self._listing.folder(path)
        if self._listing.is_held(name):
            return
        self._settle()
        self._end_growing()
        header = local_header(_folder(name), is_large=False)
        if not self._has_room(len(header) + _needs(name)):
            self._end_archive()
        self._listing.hold(name, self._length)
        self._append(header)
        self._reserve += _needs(name)

    def adopt(self, file: Path, name: str) -> None:
        """Take a finished file over; see ``Shelf``."""
        items = self._taken()
        with file.open("rb") as data, self.file(name, int(file.stat().st_mtime)) as out:
            self.count(items)
            while piece := data.read(_PIECE):
                out.write(piece)
        file.unlink()

    def seal(self) -> Sealed:
        """Bring all that was written to the disk; see ``LastingShelf``."""
        self._settle()
        growing = self._growing
        if growing is not None:
            growing.packed.pause()
        elif self._part_size is None and self._length:
            self._end_archive()
        if self._file is not None:
            os.fsync(self._file.fileno())
        draft.secure_folder(self._root)
        since: Plain = {
            "list": self._listing.secure(),
            "number": self._number,
            "length": self._length,
            "first": self._first,
            "items": self._inside,
            "growing": growing.plain() if growing else None,
        }
        fresh, self._fresh = self._fresh, []
        self.size = 0
        return Sealed(fresh, since)

    def files(self) -> Iterator[Made]:
        """The finished files inside the archives, in their order."""
        self._settle()
        return self._listing.files()

    def end(self) -> Sealed:
        """End everything, the last archive among it. Raises OSError."""
        if self._published:
            return Sealed((), self._since)
        if not (self._root / draft.ENDED).exists():
            self._settle()
            self._end_growing()
            if self._length or not any(self._listing.archives()):
                self._end_archive()
            self._listing.secure()
            (self._root / draft.ENDED).touch()
        return self.seal()

    def publish(self) -> Sequence[Path]:
        """End everything, and let the archives appear under their names.

        Raises FileExistsError if something took one of these names, OSError.
        """
        if self._published:
            return self._published
        self.end()
        self._threads.shutdown()
        self._published = self._appear([made.name for made in self._listing.archives()])
        self._listing.close()
        self._tidy()
        return self._published

    def close(self) -> None:
        """Let go of the files, which stay to be gone on with."""
        self._threads.shutdown(cancel_futures=True)
        self._coming.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
        self._growing = None
        if not self._published:
            self._listing.close()

    def _tidy(self) -> None:
        """Remove what only an unfinished export needs."""
        draft.clear(self._root, self._key)
        draft.secure_folder(self._place)

    def _begin(self) -> None:
        if (self._place / self._archive(1)).exists():
            raise FileExistsError(errno.EEXIST, "already there", str(self._place / self._archive(1)))
        draft.begin(self._root, self._key)
        self._listing = Listing(self._root / draft.LIST)

    def _go_on(self, since: Plain) -> None:
        path, said = self._root / draft.LIST, cast("dict[str, Any]", since)
        listed, _ = entries(path)
        has_ended = (self._root / draft.ENDED).exists()
        try:
            self._listing = Listing(path, path.stat().st_size if has_ended else said["list"])
            try:
                if has_ended:
                    self._fresh = list(self._listing.archives(said["list"]))
                else:
                    self._take_up(listed.keys(), said)
            except BaseException:
                self.close()
                raise
        except ValueError as error:
            raise draft.lost(self._root) from error

    def _take_up(self, listed: Set[str], said: Mapping[str, Any]) -> None:
        self._number, self._length, self._first = said["number"], said["length"], said["first"]
        self._inside = said.get("items", 0)
        kept = {made.name for made in self._listing.archives()}
        draft.cut_back(self._root, listed, kept | ({self._archive(self._number)} if self._length else set()))
        if self._length:
            self._file = (self._root / self._archive(self._number)).open("r+b", buffering=0)
            if os.fstat(self._file.fileno()).st_size < self._length:
                raise ValueError("an archive is shorter than it was")
            self._cut(self._length)
        self._reserve = sum(_needs(member.name) for member in self._members(self._first))
        if said["growing"] is not None:
            self._reopen(said["growing"])

    def _reopen(self, said: Mapping[str, Any]) -> None:
        start = said["offset"] + header_size(self._member(said["name"], None))
        self._file.seek(start)
        lock = Lock(self._password, _read(self._file, SALT)) if self._password is not None else None
        self._file.seek(start)
        packed = Packed(self._member(said["name"], None), lock, self._append)
        packed.go_on(lambda size: _read(self._file, min(size, _PIECE)), said["packed"])
        self._file.seek(self._length)
        self._listing.take(said["name"])
        self._growing = _Growing(said["key"], packed, said["offset"], said.get("items", 0))

    def _archive(self, number: int) -> str:
        return f"{self._name} ({number}).zip" if number > 1 else f"{self._name}.zip"

    def _new_archive(self, number: int) -> Any:
        self._listing.begin(self._archive(number))
        return (self._root / self._archive(number)).open("xb", buffering=0)

    def _comment(self, number: int) -> bytes:
        return f"export {self._key} part {number}".encode()

    def _archives_of_mine(self) -> list[Path]:
        """The archives that have appeared: they say themselves whose they are."""
        found: list[Path] = []
        for number in count(1):
            path = self._place / self._archive(number)
            if not path.exists() or not _ends_with(path, self._comment(number)):
                return found
            found.append(path)
        raise AssertionError

    def _appear(self, names: Sequence[str]) -> list[Path]:
        waiting = [name for name in names if (self._root / name).exists()]
        for name in waiting:
            if (self._place / name).exists():
                raise FileExistsError(errno.EEXIST, "already there", str(self._place / name))
        for name in waiting:
            (self._root / name).rename(self._place / name)
        draft.secure_folder(self._place)
        return [self._place / name for name in names]

    def _member(self, name: str, modified: int | None) -> Member:
        return Member(name, modified, self._password is not None)

    def _packed(self, name: str, modified: int | None, sink: Callable[[bytes], None], sha256: str = "") -> Packed:
        lock = Lock(self._password, secrets.token_bytes(SALT)) if self._password is not None else None
        return Packed(self._member(name, modified), lock, sink, sha256)

    def _is_nearly_full(self, percent: int) -> bool:
        return self._part_size is not None and (self._length + self._reserve) * 100 >= self._part_size * percent

    def _has_room(self, size: int) -> bool:
        return self._part_size is None or not self._length or self._length + self._reserve + size <= self._part_size

    def _append(self, data: bytes) -> None:
        if self._file is None:
            self._file = self._new_archive(self._number)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._length += len(data)
        self.size += len(data)

    def _place_header(self, member: Member) -> int:
        """Leave room for a large file's header; gives where."""
        offset = self._length
        self._append(local_header(member, is_large=True))
        return offset

    def _fill_header(self, member: Member) -> None:
        self._file.seek(member.offset)
        self._file.write(local_header(member, is_large=True))
        self._file.seek(self._length)

    def _cut(self, length: int) -> None:
        if self._file is None:
            return  # the disk refused the archive itself
        self._file.truncate(length)
        self._file.seek(length)
        self._length = length

    def _taken(self) -> int:
        items, self._items = self._items, 0
        return items

    def _pack_beside(self, name: str, modified: int | None, sha256: str, gathered: Gathered) -> None:
        items = self._taken()

        def work() -> tuple[Packed, _Held]:
            held = _Held(b"")
            packed = self._packed(name, modified, held.add, sha256)
            packed.begin()
            packed.written.writelines(gathered.pieces)
            packed.end()
            packed.items = items
            return packed, held

        self._coming.append((self._threads.submit(work), gathered.size))
        self._waiting += gathered.size
        self._settle(_MOST)

    def _settle(self, most: int = 0) -> None:
        """Put what is packed into the archive, until at most so many bytes wait. Raises OSError."""
        while self._coming and (not most or self._waiting > most or self._coming[0][0].done()):
            packing, size = self._coming[0]
            packed, held = packing.result()
            try:
                self._keep(packed, held)
            except BaseException:
                if held.offset is not None:
                    self._cut(held.offset)
                    held.offset = None
                raise
            self._coming.popleft()
            self._waiting -= size

    def _take(self, held: "_Held", data: bytes) -> None:
        """Hold a file's packed bytes back until they are too many; then let them go into an archive with room."""
        if held.offset is not None:
            if held.offset and not self._has_room(len(data)):
                self._move(held)
            self._append(data)
            return
        held.add(data)
        if held.size > _SMALL:
            if not self._has_room(held.size + _EACH):
                self._end_archive()
            held.offset = self._length
            self._append(held.header)
            for piece in held.pieces:
                self._append(piece)
            held.pieces.clear()

    def _move(self, held: "_Held") -> None:
        """Take a file that turned out to be too large for this archive into the next one."""
        assert held.offset is not None
        old = self._root / self._archive(self._number)
        moved = self._new_archive(self._number + 1)
        try:
            with old.open("rb") as data:
                data.seek(held.offset)
                shutil.copyfileobj(data, moved, _PIECE)
            length = self._length - held.offset
            self._cut(held.offset)
            self._end_archive()
        except BaseException:
            moved.close()
            raise
        self._file, self._length, held.offset = moved, length, 0

    def _keep(self, packed: Packed, held: "_Held") -> None:
        """Put a file that is complete into the archive, unless it is there already, and on the list."""
        if held.offset is None:
            member = packed.at(0)
            header = local_header(member, is_large=False)
            if not self._has_room(len(header) + member.packed + _needs(member.name)):
                self._end_archive()
            held.offset = self._length
            self._append(b"".join((header, *held.pieces)))
        else:
            self._fill_header(packed.at(held.offset))
        self._note(packed, held.offset)

    def _note(self, packed: Packed, offset: int) -> None:
        member, written = packed.at(offset), packed.written
        made = Made(member.name, written.size, written.digest(), 0)
        self._listing.add(made, member.offset, member.packed, member.crc, member.modified)
        self._reserve += _needs(member.name)
        self._inside += packed.items

    def _end_growing(self) -> None:
        growing, self._growing = self._growing, None
        if growing is not None:
            growing.packed.end()
            growing.packed.items = growing.items
            self._fill_header(growing.packed.at(growing.offset))
            self._note(growing.packed, growing.offset)

    def _end_archive(self) -> None:
        """Write the manifest, the sums and the directory."""
        first = self._first
        manifest, digest = self._add_own(
            MANIFEST, manifest_lines(self._key, {**self._about, "part": self._number}, self._files(first))
        )
        sums, _ = self._add_own(
            SUMS, chain((sum_line(made.sha256, made.name) for made in self._files(first)), [sum_line(digest, MANIFEST)])
        )
        start, total, waiting = self._length, 0, bytearray()
        for member in chain(self._members(first), (manifest, sums)):
            total += 1
            waiting += central_header(member)
            if len(waiting) >= _PIECE:
                self._append(bytes(waiting))
                waiting.clear()
        self._append(bytes(waiting))
        self._append(directory_end(total, start, self._length - start, self._comment(self._number)))
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        path = self._root / self._archive(self._number)
        with path.open("rb") as whole:
            made = Made(path.name, self._length, hashlib.file_digest(whole, "sha256").hexdigest(), self._inside)
        self._inside = 0
        self._listing.add_archive(made)
        self._fresh.append(made)
        self._number, self._length, self._reserve, self._first = self._number + 1, 0, 0, self._listing.length

    def _add_own(self, name: str, pieces: Iterable[bytes]) -> tuple[Member, str]:
        packed = self._packed(name, None, self._append)
        offset = self._place_header(packed.member)
        packed.begin()
        packed.written.writelines(pieces)
        packed.end()
        member = packed.at(offset)
        self._fill_header(member)
        return member, packed.written.digest()

    def _files(self, first: int) -> Iterator[Made]:
        for made, _ in self._listing.rows(first):
            yield made

    def _members(self, first: int) -> Iterator[Member]:
        for made, (offset, packed, crc, modified) in self._listing.rows(first):
            yield replace(self._member(made.name, modified), crc=crc, packed=packed, size=made.size, offset=offset)
        for name, offset in self._listing.held(first):
            yield replace(_folder(name), offset=offset)


class _Held:
    """What of a file is not in an archive yet."""

    def __init__(self, header: bytes) -> None:
        self.header = header
        self.pieces: list[bytes] = []
        self.size = 0
        self.offset: int | None = None
        """Where it lies in the archive, if it does."""

    def add(self, data: bytes) -> None:
        """Hold more packed bytes."""
        self.pieces.append(data)
        self.size += len(data)


class _Growing:
    """The file that is open and may be gone on with."""

    def __init__(self, key: list[Any], packed: Packed, offset: int, items: int = 0) -> None:
        self.key = key
        self.items = items
        self.packed = packed
        self.offset = offset

    def plain(self) -> dict[str, Any]:
        """Where it stands."""
        return {
            "key": self.key,
            "name": self.packed.member.name,
            "offset": self.offset,
            "packed": self.packed.packed,
            "items": self.items,
        }


def _folder(name: str) -> Member:
    return Member(name, None, False)


def _needs(name: str) -> int:
    return _EACH + 8 * len(name)


def _read(file: Any, size: int) -> bytes:
    """Read so many bytes, or what is left."""
    pieces: list[bytes] = []
    while size and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _ends_with(path: Path, comment: bytes) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(comment)))
        return file.read() == comment
