"""An export as ZIP archives of at most a size."""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from saasbackup_desktop.core.export.ports import Plain, Sealed
from saasbackup_desktop.core.export.values import USUAL_PART, Made
from saasbackup_desktop.providers.files.shelves import draft
from saasbackup_desktop.providers.files.shelves.beside import Beside
from saasbackup_desktop.providers.files.shelves.gathered import Gathered
from saasbackup_desktop.providers.files.shelves.listing import Listing, entries
from saasbackup_desktop.providers.files.shelves.names import safe_name
from saasbackup_desktop.providers.files.shelves.packed import Packed
from saasbackup_desktop.providers.files.shelves.volumes import Growing, Held, Terms, Volumes
from saasbackup_desktop.providers.files.shelves.written import Written
from saasbackup_desktop.providers.files.shelves.zipformat import local_header

_PIECE: Final = 1 << 20


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
        self._root = draft.root_of(place, name)
        self._terms = Terms(self._root, safe_name(name), key, about or {}, part_size, password)
        self._items = 0
        """In the file that is open, but for one that grows."""
        self._growing: Growing | None = None
        self._since: Plain = since or {}
        self._listing: Listing
        self._volumes: Volumes
        self._beside: Beside
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
        return self._growing is not None and self._volumes.is_nearly_full(95)

    @property
    def size(self) -> int:
        """Bytes that were written since the last seal."""
        return 0 if self._published else self._volumes.size

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
        held = Held(local_header(self._terms.member(name, modified), is_large=True))
        self._items = 0
        packed: Packed | None = None

        def begin() -> Written:
            nonlocal packed
            self._beside.settle()
            packed = self._terms.packed(name, modified, lambda data: self._volumes.take(held, data), sha256)
            packed.begin()
            return packed.written

        gathered = Gathered(begin)
        try:
            yield cast(BinaryIO, gathered)
            if packed is not None:
                packed.end()
                packed.items = self._taken()
                self._volumes.keep(packed, held)
        except BaseException:
            self._listing.drop(name)
            self._items = 0
            self._volumes.forget(held)
            raise
        if packed is None:
            self._pack_beside(name, modified, sha256, gathered)

    @contextmanager
    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> Iterator[BinaryIO]:
        """Begin a file that outlives interruptions, or go on with it; see ``Shelf``."""
        key = [list(path), stem, suffix]
        if self._growing is None or self._growing.key != key:
            self._end_growing()
            self._beside.settle()
            if self._volumes.is_nearly_full(90):
                self._volumes.end()
            name = self._listing.choose(self._listing.folder(path), stem, suffix)
            self._growing = self._volumes.begin_growing(key, name)
        mine = self._growing
        yield cast(BinaryIO, mine.packed.written)
        if self._growing is mine:
            self._end_growing()

    def folder(self, path: tuple[str, ...]) -> None:
        """Have a folder, even if no file lies in it; see ``Shelf``."""
        name = self._listing.folder(path)
        if self._listing.is_held(name):
            return
        self._beside.settle()
        self._end_growing()
        self._volumes.add_folder(name)

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
        self._beside.settle()
        growing = self._growing
        if growing is not None:
            growing.packed.pause()
        elif self._terms.part_size is None and self._volumes.length:
            self._volumes.end()
        self._volumes.secure()
        draft.secure_folder(self._root)
        since: Plain = {
            "list": self._listing.secure(),
            **self._volumes.plain(),
            "growing": growing.plain() if growing else None,
        }
        fresh, self._volumes.fresh = self._volumes.fresh, []
        self._volumes.size = 0
        return Sealed(fresh, since)

    def files(self) -> Iterator[Made]:
        """The finished files inside the archives, in their order."""
        self._beside.settle()
        return self._listing.files()

    def end(self) -> Sealed:
        """End everything, the last archive among it. Raises OSError."""
        if self._published:
            return Sealed((), self._since)
        if not (self._root / draft.ENDED).exists():
            self._beside.settle()
            self._end_growing()
            if self._volumes.length or not any(self._listing.archives()):
                self._volumes.end()
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
        self._beside.close()
        self._published = self._appear([made.name for made in self._listing.archives()])
        self._listing.close()
        self._tidy()
        return self._published

    def close(self) -> None:
        """Let go of the files, which stay to be gone on with."""
        self._growing = None
        if not self._published:
            self._beside.close()
            self._volumes.close()
            self._listing.close()

    def _tidy(self) -> None:
        """Remove what only an unfinished export needs."""
        draft.clear(self._root, self._terms.key)
        draft.secure_folder(self._place)

    def _begin(self) -> None:
        first = self._place / self._terms.archive(1)
        if first.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(first))
        draft.begin(self._root, self._terms.key)
        self._fill(Listing(self._root / draft.LIST))

    def _go_on(self, since: Plain) -> None:
        path, said = self._root / draft.LIST, cast("dict[str, Any]", since)
        listed, _ = entries(path)
        has_ended = (self._root / draft.ENDED).exists()
        try:
            self._fill(Listing(path, path.stat().st_size if has_ended else said["list"]))
            try:
                if has_ended:
                    self._listing.cut()
                    self._volumes.fresh = list(self._listing.archives(said["list"]))
                else:
                    self._take_up(listed.keys(), said)
            except BaseException:
                self.close()
                raise
        except ValueError as error:
            raise draft.lost(self._root) from error

    def _fill(self, listing: Listing) -> None:
        self._listing = listing
        self._volumes = Volumes(self._terms, listing)
        self._beside = Beside(self._volumes.put)

    def _take_up(self, listed: Set[str], said: Mapping[str, Any]) -> None:
        self._volumes.place(said)
        kept = {made.name for made in self._listing.archives()}
        if self._volumes.open_name is not None:
            kept.add(self._volumes.open_name)
        draft.cut_back(self._root, listed, kept)
        self._listing.cut()
        self._volumes.reopen()
        if said["growing"] is not None:
            growing = self._volumes.taken_up(said["growing"])
            self._listing.take(growing.packed.member.name)
            self._growing = growing

    def _archives_of_mine(self) -> list[Path]:
        """The archives that have appeared: they say themselves whose they are."""
        found: list[Path] = []
        for number in count(1):
            path = self._place / self._terms.archive(number)
            if not path.exists() or not _ends_with(path, self._terms.comment(number)):
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

    def _taken(self) -> int:
        items, self._items = self._items, 0
        return items

    def _pack_beside(self, name: str, modified: int | None, sha256: str, gathered: Gathered) -> None:
        items = self._taken()

        def work() -> tuple[Packed, Held]:
            held = Held(b"")
            packed = self._terms.packed(name, modified, held.add, sha256)
            packed.begin()
            packed.written.writelines(gathered.pieces)
            packed.end()
            packed.items = items
            return packed, held

        self._beside.pack(work, gathered.size)

    def _end_growing(self) -> None:
        growing, self._growing = self._growing, None
        if growing is not None:
            self._volumes.end_growing(growing)


def _ends_with(path: Path, comment: bytes) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(comment)))
        return file.read() == comment
