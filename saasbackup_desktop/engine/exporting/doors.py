"""How exports reach the forms that files take, and the places where they go."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.ports import About, Destination, LastingShelf, Plain, Shelf, Writer
from saasbackup_desktop.core.export.values import Format, Made, Packing
from saasbackup_desktop.core.model import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An item that is not in an export, or not with everything."""

    path: tuple[str, ...]
    name: str
    codes: tuple[str, ...]
    """A fault's code; or what of it the format cannot hold."""
    detail: str = ""
    is_there: bool
    """It is in the export, without what the codes name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where and how an export's files lie."""

    packing: Packing
    folder: Path
    name: str
    key: str
    """The export's own mark: nobody else's files are taken for its own."""
    part_size: int
    about: Plain
    """What the manifest says of the whole; without secrets."""
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What lies beside an export's files, and says whose they are."""

    key: str
    """As ``Ground.key``."""
    files: Sequence[Made]
    sha256: str
    """Of its own bytes."""
    size: int


class ExportDoors(Protocol):
    """What an export is made with. Which libraries they are, no job knows."""

    removed: str
    """What the folder is called that takes what is in earlier points in time only."""

    def formats(self, service: Service) -> Sequence[Format]:
        """What items of a service can become, the usual one first."""

    def folder_of(self, service: Service) -> str:
        """What the folder of a service is called, where several are exported together."""

    def writer(self, format: Format, shelf: Shelf, scratch: Path, about: About, since: Plain | None) -> Writer:
        """Begin to write a format onto a shelf, or go on ``since``; ``scratch`` is a folder for what comes and goes.

        Raises OSError.
        """

    def shelf(self, ground: Ground, since: Plain | None) -> LastingShelf:
        """Begin a shelf, or go on ``since``. Raises FileExistsError, FileNotFoundError if there is nothing to go on
        with, OSError. Blocks.
        """

    def begun(self, ground: Ground) -> int:
        """Bytes of what an earlier attempt left unfinished, which goes when it begins anew. Raises OSError. Blocks."""

    def discard(self, folder: Path, name: str, key: str) -> bool:
        """Remove what an export has made in a folder that did not appear under its name yet; what somebody changed or
        added stays. False: nothing of it was there. Blocks. Raises OSError.
        """

    def list_left_out(self, shelf: Shelf, some: Iterable[LeftOut]) -> None:
        """Write the list of what is not in the export, or not with everything; none of them: no list. Blocks."""

    def manifest(self, data: bytes) -> Manifest | None:
        """Read a manifest; None: it is none."""

    def password(self, locked: str) -> str:
        """Open the password that lies sealed in the home. Blocks. Raises Misconfigured if it is gone."""

    def forget(self, locked: str) -> None:
        """Remove a sealed password; one that is gone is no error. Blocks."""

    def destination(self, to: str) -> Destination:
        """Reach a place outside. Blocks. Raises Misconfigured."""

    def faults_of(self, file: Path, stop: Callable[[], bool]) -> Sequence[str]:
        """Read a finished data file from scratch and give codes of what is wrong; of other files nothing. Blocks."""


class NoExports:
    """A house that writes no files."""

    removed = ""

    def formats(self, service: Service) -> Sequence[Format]:
        """None."""
        return ()

    def folder_of(self, service: Service) -> str:
        """Its code."""
        return service.value

    def writer(self, format: Format, shelf: Shelf, scratch: Path, about: About, since: Plain | None) -> Writer:
        """Refuse. Raises Misconfigured."""
        raise no_format(format)

    def shelf(self, ground: Ground, since: Plain | None) -> LastingShelf:
        """Refuse. Raises Misconfigured."""
        raise no_format(ground.packing)

    def begun(self, ground: Ground) -> int:
        """Nothing was begun."""
        return 0

    def discard(self, folder: Path, name: str, key: str) -> bool:
        """There is nothing."""
        return False

    def list_left_out(self, shelf: Shelf, some: Iterable[LeftOut]) -> None:
        """Nobody reads it."""

    def manifest(self, data: bytes) -> Manifest | None:
        """None."""
        return None

    def password(self, locked: str) -> str:
        """Refuse. Raises Misconfigured."""
        raise no_password()

    def forget(self, locked: str) -> None:
        """There is none."""

    def destination(self, to: str) -> Destination:
        """Refuse. Raises Misconfigured."""
        raise Misconfigured("no such destination", what="unknown-destination", name=to)

    def faults_of(self, file: Path, stop: Callable[[], bool]) -> Sequence[str]:
        """Nothing is known of it."""
        return ()


def no_password() -> Misconfigured:
    """Say that the archives' password is not there any more."""
    return Misconfigured("the password is gone", what="no-export-password")


def no_format(name: str) -> Misconfigured:
    """Say that something cannot be written here."""
    return Misconfigured("not written here", what="export-format", name=name)
