"""Who takes part in an export: what writes items into files, where files lie meanwhile, and where they go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.core.model import Item, Role, Service
from saasbackup_desktop.core.stream import Json

Plain = Mapping[str, Json]
"""What can be written down, to go on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item on its way out of the vault."""

    service: Service
    path: tuple[str, ...]
    """Names of the folders that it lies in, from the top."""
    role: Role | None
    """What its folder is for, or the nearest one above that is for something."""
    item: Item
    data: Callable[[], Iterator[bytes]]
    """The original bytes, piece by piece; from the beginning each time. Raises BodyDamaged."""
    parts: Mapping[str, Callable[[], Iterator[bytes]]] = field(default_factory=dict)
    """More bytes that belong to it, by name (``Item.parts``). Raises BodyDamaged."""
    is_with_all: bool = True
    """All that lies in its folder is exported with it: nothing was picked, and no days were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyFolder:
    """A folder on its way out of the vault in which nothing lies."""

    service: Service
    path: tuple[str, ...]
    """Names from the top, its own last."""


class Shelf(Protocol):
    """Where an export's files are written: below a folder, or into ZIP archives. One thread at a time."""

    @property
    def size(self) -> int:
        """Bytes since files were last sealed."""

    def file(self, name: str, modified: int | None = None, sha256: str = "") -> AbstractContextManager[BinaryIO]:
        """Begin a file: a path with ``/`` of names that every system takes. What raises inside leaves nothing of it.

        One at a time. Raises FileExistsError, OSError. ``modified``: seconds since 1970 UTC. ``sha256`` (hexadecimal):
        what its bytes hash to, if whoever gives them has proven that; it is not done again.
        """

    def name(self, path: tuple[str, ...], stem: str, suffix: str) -> str:
        """Find a free name for ``file`` or ``adopt``: of a folder (names as they are in the vault) and any text, which
        is made fit for every system; ``suffix`` begins with a point.
        """

    def folder(self, path: tuple[str, ...]) -> None:
        """Have a folder, even if no file lies in it; once more changes nothing. While no ``file`` is open."""

    @property
    def full(self) -> bool:
        """Shall what is growing end, and go on in a file of its own?"""

    def growing(self, path: tuple[str, ...], stem: str, suffix: str) -> AbstractContextManager[BinaryIO]:
        """Begin a file that outlives interruptions: ``path``, ``stem`` and ``suffix`` as of ``name``.

        After an interruption the same three give the same file, cut to what it was when it was sealed (``tell``). It
        ends with its context, or when another file begins. What raises inside ends nothing: the file goes on.
        """

    def count(self, items: int) -> None:
        """Say that so many more items are in the file that is open; if none is, in the one that ends next."""

    def adopt(self, file: Path, name: str) -> None:
        """Take a finished file over, under this name; it is gone from where it was."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a shelf has for good."""

    files: Sequence[Made]
    """Files that came to be since the last time, with the items that were counted. A ZIP archive is one."""
    since: Plain
    """From what to go on if the process ends now. Small: it does not grow with the files."""
    beside: Sequence[Made] = ()
    """What says of all the files what they are (the manifest), where that lies beside them."""


class LastingShelf(Shelf, Protocol):
    """A shelf that another process can go on with, wherever this one ended.

    It is made with what ``Sealed.since`` said last: what came to be there later was not sealed, and goes.
    """

    def seal(self) -> Sealed:
        """Bring all that is there to disk for good; while no ``file`` is open.

        A file that is ``growing`` goes on, and so does an archive that was given a size to end at by itself; one that
        was not ends here, and the next file begins another. Raises OSError.
        """

    def end(self) -> Sealed:
        """Seal, end what goes on behind a seal, and write the manifests: nothing more is written, only published.

        Raises OSError.
        """

    def publish(self) -> Sequence[Path]:
        """End, then let everything appear under its name; gives the folder or the archives. Raises OSError."""

    def close(self) -> None:
        """Leave everything as it is, to be gone on with."""


@dataclass(frozen=True, slots=True)
class About:
    """What a writer may say of the whole."""

    name: str
    """Of the export; data files are called so."""
    part_size: int
    """Bytes of a data file at most."""
    first_part: int = 1
    """The number of the data file to begin with: earlier ones are sealed."""
    folder: tuple[str, ...] = ()
    """Names of the folders that data files lie in."""

    def apart(self, folder: tuple[str, ...]) -> "About":
        """Say it of what is kept apart in a folder, and called after it; of none, of the whole."""
        return replace(self, name=folder[-1], folder=folder) if folder else self


class Writer(Protocol):
    """Writes items of one format onto a shelf. Entries come folder by folder. One thread at a time; flat memory.

    A file that ends inside ``add`` because it is full or another folder begins ends before the new entry is written, so
    that all earlier entries, and only these, are in the files that have ended.
    """

    def add(self, entry: Entry) -> Sequence[str]:
        """Write an item; gives codes of what of it the format cannot hold.

        Raises ItemFault if it cannot be written: then nothing of it stays. Raises BodyDamaged, OSError.
        """

    def finish(self) -> None:
        """End the files that are open; the next item begins new ones."""


@runtime_checkable
class FolderWriter(Writer, Protocol):
    """A writer whose format knows folders in which nothing lies."""

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a folder; it is on the shelf when what is added after it is. Once more changes nothing.

        Raises OSError.
        """


@runtime_checkable
class SteadyWriter(Writer, Protocol):
    """A writer behind which the shelf can be sealed between any two entries: all that were added are on it then, in
    files of their own or in one that is ``growing``. Another writer goes on behind the last of them.
    """

    @property
    def is_steady(self) -> bool:
        """True."""


@runtime_checkable
class PartWriter(Writer, Protocol):
    """A writer of large files that hold many entries: it ends each by itself, and only then it is on the shelf."""

    @property
    def waiting(self) -> int:
        """How many of the entries that were added last, those that failed among them, are in the file that is open."""

    @property
    def state(self) -> Plain:
        """What another writer begins with that goes on after the files that are on the shelf."""

    def abandon(self) -> None:
        """Remove the file that is open."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one thing that was tried at a destination."""

    check: str
    """``reach``, ``sign-in``, ``write``, ``read``, ``remove``."""
    code: str = ""
    """Why it failed: a fault's code; empty: it went well."""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a storage service has."""

    size: int
    digest: str
    """As ``Storage.digest`` of the same bytes; empty if the service does not tell."""


class Storage(Protocol):
    """A service that keeps files, as far as sending files there goes. Blocks; one thread at a time. Raises Fault."""

    @property
    def location(self) -> str:
        """What a person calls it; without secrets."""

    @property
    def piece(self) -> int:
        """Bytes of every piece of a file but the last one, unless what ``begin`` gives has another ``piece``.

        Files of at most so many bytes are put whole.
        """

    @property
    def keeps_sha256(self) -> bool:
        """Digests are SHA-256."""

    def digest(self, file: Path) -> str:
        """What the service tells, or keeps, of a file with these bytes."""

    def find(self, name: str) -> Kept | None:
        """Look whether there is a file of this name."""

    def put(self, name: str, data: bytes, digest: str) -> None:
        """Send a file of at most a piece."""

    def begin(self, name: str, size: int, digest: str) -> Plain:
        """Begin a file of more than a piece: what to go on with."""

    def arrived(self, name: str, state: Plain) -> int | None:
        """How many bytes of it the service has; None: it does not know of it any more."""

    def send(self, name: str, state: Plain, start: int, data: bytes, size: int) -> Plain:
        """Send the piece that begins there, of a file of this size."""

    def finish(self, name: str, state: Plain, size: int, digest: str) -> None:
        """Make a file of the pieces."""

    def drop(self, name: str, state: Plain) -> None:
        """Let go of the pieces of a file that nobody will finish, as far as the service offers that.

        What the service does not know of any more is no error.
        """

    def read(self, name: str) -> bytes:
        """A small file's bytes."""

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is no error."""

    def close(self) -> None:
        """Let go of connections."""


class Destination(Protocol):
    """A place outside that takes finished files. Blocks; one thread at a time."""

    @property
    def location(self) -> str:
        """What a person calls it; without secrets."""

    def send(self, file: Path, name: str, since: Plain | None, told: Callable[[Plain, int], None]) -> str:
        """Put a file there under this name (path with ``/``); gives where a person finds it.

        ``told`` hears, after each piece that arrived, what to go on from after an interruption and how many bytes are
        there; it may raise to end the matter. ``since``: what it heard last. An equal file that is there already is
        left as it is. Raises Fault.
        """

    def drop(self, name: str, since: Plain) -> None:
        """Let go of what has arrived of a file that nobody will finish; ``since``: what ``told`` heard last.

        What is not known there any more is no error. Raises Fault.
        """

    def has(self, name: str) -> bool:
        """Is there a file of this name, or something else that is in its way? Raises Fault."""

    def read(self, name: str, most: int) -> bytes | None:
        """A file of at most so many bytes; None: there is none, or a larger one. Raises Fault."""

    def remove(self, name: str, made: Made | None = None) -> None:
        """Remove a file; a missing one is no error. Raises Fault.

        ``made``: only if it is still this one, as far as the service tells.
        """

    def try_out(self) -> Sequence[Trial]:
        """Write, read and remove a small file; stops at the first failure. Never raises Fault."""

    def close(self) -> None:
        """Let go of connections."""
