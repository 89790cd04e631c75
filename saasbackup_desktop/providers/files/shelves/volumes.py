"""The archives of an export: one after the other is filled, and ends with a manifest of its own."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.files.shelves.listing import Listing
from saasbackup_desktop.providers.files.shelves.lock import SALT, Lock
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS, manifest_lines, sum_line
from saasbackup_desktop.providers.files.shelves.packed import Packed, header_size
from saasbackup_desktop.providers.files.shelves.zipformat import Member, central_header, directory_end, local_header

_PIECE: Final = 1 << 20
_SMALL: Final = 8 << 20
"""Packed files up to this size are held back until their sizes are known."""
_EACH: Final = 400
"""Bytes that the directory, the manifest and the list of sums need for a file at most, without its name."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all archives of an export."""

    root: Path
    """Where they are made."""
    name: str
    """What the first is called, without its ending."""
    key: str
    about: Plain
    part_size: int | None
    password: str | None = field(repr=False)

    def archive(self, number: int) -> str:
        """What an archive is called."""
        return f"{self.name} ({number}).zip" if number > 1 else f"{self.name}.zip"

    def comment(self, number: int) -> bytes:
        """What an archive says at its end, so that it can be told whose it is."""
        return f"export {self.key} part {number}".encode()

    def packed(self, name: str, modified: int | None, sink: Callable[[bytes], None], sha256: str = "") -> Packed:
        """Begin to pack a file."""
        lock = Lock(self.password, secrets.token_bytes(SALT)) if self.password is not None else None
        return Packed(self.member(name, modified), lock, sink, sha256)

    def member(self, name: str, modified: int | None) -> Member:
        """What an archive says of a file of which nothing is packed yet."""
        return Member(name, modified, self.password is not None)


class Held:
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


class Growing:
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


class Volumes:
    """Fills an archive; ends it, and begins the next, where what comes would make it too large."""

    def __init__(self, terms: Terms, listing: Listing) -> None:
        self.length = 0
        """Of the archive that is open; 0: none is."""
        self.size = 0
        """Bytes that were written."""
        self.fresh: list[Made] = []
        """Archives that have ended."""
        self._terms = terms
        self._listing = listing
        self._file: Any = None
        self._number = 1
        self._first = 0
        self._reserve = 0
        self._inside = 0
        """Items in the archive that is open, in files that have ended."""

    def plain(self) -> dict[str, Any]:
        """Where it stands."""
        return {"number": self._number, "length": self.length, "first": self._first, "items": self._inside}

    @property
    def open_name(self) -> str | None:
        """What the archive that is open is called."""
        return self._terms.archive(self._number) if self.length else None

    def place(self, said: Mapping[str, Any]) -> None:
        """Say where it stood."""
        self._number, self.length, self._first = said["number"], said["length"], said["first"]
        self._inside = said.get("items", 0)

    def reopen(self) -> None:
        """Go on where it stood. Raises ValueError if an archive is not as it was, OSError."""
        if self.length:
            self._file = (self._terms.root / self._terms.archive(self._number)).open("r+b", buffering=0)
            if os.fstat(self._file.fileno()).st_size < self.length:
                raise ValueError("an archive is shorter than it was")
            self.cut(self.length)
        self._reserve = sum(_needs(member.name) for member in self._members(self._first))

    def taken_up(self, said: Mapping[str, Any]) -> Growing:
        """Go on with the file that was growing. Raises ValueError if it is not as it was, OSError."""
        member = self._terms.member(said["name"], None)
        start = said["offset"] + header_size(member)
        self._file.seek(start)
        password = self._terms.password
        lock = Lock(password, _read(self._file, SALT)) if password is not None else None
        self._file.seek(start)
        packed = Packed(member, lock, self.append)
        packed.go_on(lambda size: _read(self._file, min(size, _PIECE)), said["packed"])
        self._file.seek(self.length)
        return Growing(said["key"], packed, said["offset"], said.get("items", 0))

    def is_nearly_full(self, percent: int) -> bool:
        """Has the archive that is open so much of its size?"""
        most = self._terms.part_size
        return most is not None and (self.length + self._reserve) * 100 >= most * percent

    def append(self, data: bytes) -> None:
        """Write into the archive that is open, or a new one. Raises OSError."""
        if self._file is None:
            self._file = self._new(self._number)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self.length += len(data)
        self.size += len(data)

    def cut(self, length: int) -> None:
        """Take back what was written last."""
        if self._file is None:
            return  # the disk refused the archive itself
        self._file.truncate(length)
        self._file.seek(length)
        self.length = length

    def begin_growing(self, key: list[Any], name: str) -> Growing:
        """Begin a file that outlives interruptions. Raises OSError."""
        packed = self._terms.packed(name, None, self.append)
        growing = Growing(key, packed, self._place_header(packed.member))
        packed.begin()
        return growing

    def end_growing(self, growing: Growing) -> None:
        """End it. Raises OSError."""
        growing.packed.end()
        growing.packed.items = growing.items
        self._fill_header(growing.packed.at(growing.offset))
        self._note(growing.packed, growing.offset)

    def add_folder(self, name: str) -> None:
        """Have a folder in an archive. Raises OSError."""
        header = local_header(_folder(name), is_large=False)
        if not self._has_room(len(header) + _needs(name)):
            self.end()
        self._listing.hold(name, self.length)
        self.append(header)
        self._reserve += _needs(name)

    def take(self, held: Held, data: bytes) -> None:
        """Hold a file's packed bytes back until they are too many; then let them go into an archive with room."""
        if held.offset is not None:
            if held.offset and not self._has_room(len(data)):
                self._move(held)
            self.append(data)
            return
        held.add(data)
        if held.size > _SMALL:
            if not self._has_room(held.size + _EACH):
                self.end()
            held.offset = self.length
            self.append(held.header)
            for piece in held.pieces:
                self.append(piece)
            held.pieces.clear()

    def keep(self, packed: Packed, held: Held) -> None:
        """Put a file that is complete into the archive, unless it is there already, and on the list."""
        if held.offset is None:
            member = packed.at(0)
            header = local_header(member, is_large=False)
            if not self._has_room(len(header) + member.packed + _needs(member.name)):
                self.end()
            held.offset = self.length
            self.append(b"".join((header, *held.pieces)))
        else:
            self._fill_header(packed.at(held.offset))
        self._note(packed, held.offset)

    def put(self, packed: Packed, held: Held) -> None:
        """The same; of a file that the disk refuses nothing stays, and it can be put once more. Raises OSError."""
        try:
            self.keep(packed, held)
        except BaseException:
            self.forget(held)
            raise

    def forget(self, held: Held) -> None:
        """Take back what of a file is in the archive. Raises OSError."""
        if held.offset is not None:
            self.cut(held.offset)
            held.offset = None

    def secure(self) -> None:
        """Bring what was written to the disk. Raises OSError."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the archive that is open."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def end(self) -> None:
        """End the archive that is open, or one that is empty: write the manifest, the sums and the directory.

        Raises OSError.
        """
        first = self._first
        manifest, digest = self._add_own(
            MANIFEST, manifest_lines(self._terms.key, {**self._terms.about, "part": self._number}, self._files(first))
        )
        sums, _ = self._add_own(
            SUMS, chain((sum_line(made.sha256, made.name) for made in self._files(first)), [sum_line(digest, MANIFEST)])
        )
        start, total, waiting = self.length, 0, bytearray()
        for member in chain(self._members(first), (manifest, sums)):
            total += 1
            waiting += central_header(member)
            if len(waiting) >= _PIECE:
                self.append(bytes(waiting))
                waiting.clear()
        self.append(bytes(waiting))
        self.append(directory_end(total, start, self.length - start, self._terms.comment(self._number)))
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        path = self._terms.root / self._terms.archive(self._number)
        with path.open("rb") as whole:
            made = Made(path.name, self.length, hashlib.file_digest(whole, "sha256").hexdigest(), self._inside)
        self._inside = 0
        self._listing.add_archive(made)
        self.fresh.append(made)
        self._number, self.length, self._reserve, self._first = self._number + 1, 0, 0, self._listing.length

    def _add_own(self, name: str, pieces: Iterable[bytes]) -> tuple[Member, str]:
        packed = self._terms.packed(name, None, self.append)
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
            yield replace(
                self._terms.member(made.name, modified), crc=crc, packed=packed, size=made.size, offset=offset
            )
        for name, offset in self._listing.held(first):
            yield replace(_folder(name), offset=offset)

    def _has_room(self, size: int) -> bool:
        most = self._terms.part_size
        return most is None or not self.length or self.length + self._reserve + size <= most

    def _place_header(self, member: Member) -> int:
        """Leave room for a large file's header; gives where."""
        offset = self.length
        self.append(local_header(member, is_large=True))
        return offset

    def _fill_header(self, member: Member) -> None:
        self._file.seek(member.offset)
        self._file.write(local_header(member, is_large=True))
        self._file.seek(self.length)

    def _move(self, held: Held) -> None:
        """Take a file that turned out to be too large for this archive into the next one."""
        assert held.offset is not None
        old = self._terms.root / self._terms.archive(self._number)
        moved = self._new(self._number + 1)
        try:
            with old.open("rb") as data:
                data.seek(held.offset)
                shutil.copyfileobj(data, moved, _PIECE)
            length = self.length - held.offset
            self.cut(held.offset)
            self.end()
        except BaseException:
            moved.close()
            raise
        self._file, self.length, held.offset = moved, length, 0

    def _note(self, packed: Packed, offset: int) -> None:
        member, written = packed.at(offset), packed.written
        made = Made(member.name, written.size, written.digest(), 0)
        self._listing.add(made, member.offset, member.packed, member.crc, member.modified)
        self._reserve += _needs(member.name)
        self._inside += packed.items

    def _new(self, number: int) -> Any:
        self._listing.begin(self._terms.archive(number))
        return (self._terms.root / self._terms.archive(number)).open("xb", buffering=0)


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
