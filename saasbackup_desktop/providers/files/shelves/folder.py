"""An export as files below a folder."""

import errno
import hashlib
import shutil
from collections import deque
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from saasbackup_desktop.core.export.ports import Plain, Sealed
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.files.shelves import draft
from saasbackup_desktop.providers.files.shelves.behind import SECURED, Behind, Leaf
from saasbackup_desktop.providers.files.shelves.listing import Listing, entries
from saasbackup_desktop.providers.files.shelves.manifest import MANIFEST, SUMS, key_in, write_manifest
from saasbackup_desktop.providers.files.shelves.names import safe_name, split_name


class FolderShelf:
    """Files below ``<name>.partial``, which takes its own name when all is there. One thread at a time.

    To go on after an interruption, make it again with what ``seal`` said last: what came after that is removed, and a
    file that was growing goes on from its length then. Files of somebody else that lie there are never touched.
    """

    full = False
    """A folder takes files of any size."""

    def __init__(
        self, place: Path, name: str, *, key: str = "", about: Plain | None = None, since: Plain | None = None
    ) -> None:
        """Begin below ``place``, which is made if it is not there, or go on ``since`` (of ``Sealed``).

        ``key`` is the export's own mark: what an earlier run with the same one left there, and cannot go on with, is
        removed. ``about``, without secrets, goes into the manifest. Raises FileExistsError if something else of that
        name is there, OSError.
        """
        self._key = key
        self._about = about or {}
        self._final = place / safe_name(name)
        self._root = draft.root_of(place, name)
        self._growing: _Growing | None = None
        self._behind = Behind(self._flush)
        self._items = 0
        """In the file that is open, but for one that grows."""
        self._ending: deque[tuple[str, Leaf, int]] = deque()
        """Files that are not all written yet."""
        self._has_ended = False
        self._since: Plain = since or {}
        self._folders: set[Path] = set()
        self._fresh: list[Made] = []
        self._unsecured: list[Path] = []
        self._unsecured_size = 0
        self._made: dict[str, Path] = {}
        """Folders that are there, by their names outside."""
        self.size = 0
        self._is_published = since is not None and not draft.is_ours(self._root, key) and key_in(self._final) == key
        if self._is_published:
            self._tidy()
        else:
            self._listing = self._begin() if since is None else self._go_on(since)

    @property
    def root(self) -> Path:
        """The folder as it is called until the end."""
        return self._root

    def name(self, path: tuple[str, ...], stem: str, suffix: str) -> str:
        """Find a free name for a file of a folder, which every system takes."""
        folder = self._listing.folder(path)
        name = self._listing.choose(folder, stem, suffix)
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
        self._listing.announce(name)
        leaf = Leaf(self._path(name), self._behind, sha256)
        self._items = 0
        try:
            yield cast(BinaryIO, leaf)
        except BaseException:
            self._listing.drop(name)
            leaf.discard()
            self._items = 0
            raise
        self._end(name, leaf, self._taken(), modified)

    @contextmanager
    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> Iterator[BinaryIO]:
        """Begin a file that outlives interruptions, or go on with it; see ``Shelf``."""
        key = [list(path), stem, suffix]
        if self._growing is None or self._growing.key != key:
            self._end_growing()
            name = self._listing.choose(self._listing.folder(path), stem, suffix)
            self._listing.announce(name)
            self._growing = _Growing(key, name, Leaf(self._path(name), self._behind))
        mine = self._growing
        yield cast(BinaryIO, mine.leaf)
        if self._growing is mine:
            self._end_growing()

    def folder(self, path: tuple[str, ...]) -> None:
        """Have a folder, even if no file lies in it; see ``Shelf``."""
        outside = self._listing.folder(path)
        if not self._listing.is_held(outside):
            self._listing.hold(outside)
            self._folder(outside)

    def adopt(self, file: Path, name: str) -> None:
        """Take a finished file over; see ``Shelf``."""
        self._end_growing()
        self._settle()
        self._listing.take(name)
        path = self._path(name)
        if path.exists():
            raise FileExistsError(errno.EEXIST, "already there", name)
        self._listing.begin(name)
        shutil.move(file, path)
        with path.open("rb") as moved:
            digest = hashlib.file_digest(moved, "sha256").hexdigest()
        size = path.stat().st_size
        self.size += size
        self._finished(name, path, size, digest, self._taken())

    def seal(self) -> Sealed:
        """Bring all that was written to the disk; see ``LastingShelf``."""
        self._settle()
        growing = self._growing
        if growing is not None:
            growing.leaf.secure()
        draft.secure_all(self._unsecured)
        self._unsecured.clear()
        for path in self._folders:
            draft.secure_folder(path)
        self._folders.clear()
        since: Plain = {"list": self._listing.secure(), "growing": growing.plain() if growing else None}
        fresh, self._fresh = self._fresh, []
        self.size = self._unsecured_size = 0
        return Sealed(fresh, since)

    def files(self) -> Iterator[Made]:
        """The finished files, in their order."""
        self._settle()
        return self._listing.files()

    def end(self) -> Sealed:
        """End everything, and write the manifest. Raises OSError."""
        if self._is_published:
            return Sealed((), self._since)
        self._end_growing()
        for name in (MANIFEST, SUMS):
            (self._root / name).unlink(missing_ok=True)
            self._listing.begin(name)
        sealed = self.seal()
        empty = (name for name, _ in self._listing.held() if not any((self._root / name).iterdir()))
        beside = write_manifest(self._root, self._key, self._about, self._listing.files, empty)
        draft.secure_folder(self._root)
        self._has_ended = True
        return Sealed(sealed.files, {**sealed.since, "ended": True}, beside)

    def publish(self) -> Sequence[Path]:
        """End everything, and give the folder its own name.

        Raises FileExistsError if something took that name meanwhile, OSError.
        """
        if self._is_published:
            return (self._final,)
        if not self._has_ended:
            self.end()
        self._behind.close()
        self._listing.close()
        if self._final.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(self._final))
        self._root.rename(self._final)
        self._is_published = True
        self._tidy()
        return (self._final,)

    def close(self) -> None:
        """Let go of the files, which stay to be gone on with."""
        self._behind.close()
        for _, leaf, _ in self._ending:
            leaf.let_go()
        self._ending.clear()
        if self._growing is not None:
            self._growing.leaf.let_go()
            self._growing = None
        if not self._is_published:
            self._listing.close()

    def _tidy(self) -> None:
        """Remove what only an unfinished export needs."""
        draft.remove_marks(self._final, self._key)
        draft.secure_folder(self._final)
        draft.secure_folder(self._final.parent)

    def _begin(self) -> Listing:
        if self._final.exists():
            raise FileExistsError(errno.EEXIST, "already there", str(self._final))
        draft.begin(self._root, self._key)
        return Listing(self._root / draft.LIST)

    def _go_on(self, since: Plain) -> Listing:
        draft.require(self._root, self._key)
        listed, _ = entries(self._root / draft.LIST)
        try:
            listing = Listing(self._root / draft.LIST, cast(int, since["list"]))
            try:
                self._take_up(listing, listed.keys(), cast("dict[str, Any]", since))
            except BaseException:
                listing.close()
                raise
        except ValueError as error:
            raise draft.lost(self._root) from error
        return listing

    def _take_up(self, listing: Listing, listed: Set[str], since: dict[str, Any]) -> None:
        kept = {made.name for made in listing.files()}
        growing = since["growing"]
        if growing is not None:
            kept.add(growing["name"])
        if since.get("ended"):
            kept.update((MANIFEST, SUMS))
            self._has_ended = True
        draft.cut_back(self._root, listed, kept)
        listing.cut()
        if growing is not None:
            leaf = Leaf(self._root / growing["name"], self._behind)
            leaf.reopen(growing["length"])
            self._growing = _Growing(growing["key"], growing["name"], leaf, growing.get("items", 0))
            listing.take(growing["name"])
        for folder, _ in listing.held():
            self._folder(folder)

    def _end_growing(self) -> None:
        growing, self._growing = self._growing, None
        if growing is not None:
            self._end(growing.name, growing.leaf, growing.items)

    def _taken(self) -> int:
        items, self._items = self._items, 0
        return items

    def _end(self, name: str, leaf: Leaf, items: int, modified: int | None = None) -> None:
        self.size += leaf.size
        self._ending.append((name, leaf, items))
        leaf.end(modified)
        self._list_ended()

    def _settle(self) -> None:
        """Wait until all files that have ended are written, and list them."""
        self._behind.wait()
        self._list_ended()

    def _list_ended(self) -> None:
        while self._ending and self._ending[0][1].has_ended:
            name, leaf, items = self._ending.popleft()
            self._finished(name, leaf.path, leaf.size, leaf.digest(), items)

    def _finished(self, name: str, path: Path, size: int, digest: str, items: int) -> None:
        made = Made(name, size, digest, items)
        self._listing.add(made)
        self._fresh.append(made)
        self._unsecured.append(path)
        self._unsecured_size += size
        if self._unsecured_size >= SECURED:
            self._behind.secure(self._unsecured)
            self._unsecured, self._unsecured_size = [], 0

    def _path(self, name: str) -> Path:
        within, last = split_name(name)
        return Path(self._folder(within), last)

    def _folder(self, name: str) -> Path:
        """Have a folder, as it is called outside: empty, or ending in ``/``."""
        folder = self._made.get(name)
        if folder is None:
            folder = above = self._root / name
            while not above.is_dir():
                above = above.parent
                self._folders.add(above)
            folder.mkdir(parents=True, exist_ok=True)
            self._made[name] = folder
        self._folders.add(folder)
        return folder

    def _flush(self) -> None:
        """Say which files come to be, before they do."""
        self._listing.flush()


class _Growing:
    """The file that is open and may be gone on with."""

    def __init__(self, key: list[Any], name: str, leaf: Leaf, items: int = 0) -> None:
        self.key = key
        self.items = items
        self.name = name
        self.leaf = leaf

    def plain(self) -> dict[str, Any]:
        """Where it stands."""
        return {"key": self.key, "name": self.name, "length": self.leaf.size, "items": self.items}
