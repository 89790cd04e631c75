"""How exports reach the forms that files take, and the places where they go."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.ports import About, Destination, LastingShelf, Plain, Shelf, Writer
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.model import Service


class ExportDoors(Protocol):
    """What an export is made with. Which libraries they are, no job knows."""

    def formats(self, service: Service) -> Sequence[Format]:
        """What items of a service can become, the usual one first."""

    def writer(self, format: Format, shelf: Shelf, scratch: Path, about: About) -> Writer:
        """Begin to write a format onto a shelf; ``scratch`` is a folder for what comes and goes. Raises OSError."""

    def shelf(
        self,
        packing: Packing,
        folder: Path,
        name: str,
        *,
        password: str | None = None,
        since: Plain | None = None,
        sealed: Collection[str] = (),
    ) -> LastingShelf:
        """Begin a shelf in a folder, or go on with one: ``since`` is what it said last, ``sealed`` are its files.

        Blocks. Raises OSError.
        """

    def password(self, locked: str) -> str:
        """Open the password that lies sealed in the home. Blocks. Raises Misconfigured if it is gone."""

    def forget(self, locked: str) -> None:
        """Remove a sealed password; one that is gone is no error. Blocks."""

    def destination(self, to: str) -> Destination:
        """Reach a place outside. Blocks. Raises Misconfigured."""

    def faults_of(self, file: Path) -> Sequence[str]:
        """Read a finished data file from scratch and give codes of what is wrong; of other files nothing. Blocks."""


class NoExports:
    """A house that writes no files."""

    def formats(self, service: Service) -> Sequence[Format]:
        """None."""
        return ()

    def writer(self, format: Format, shelf: Shelf, scratch: Path, about: About) -> Writer:
        """Refuse. Raises Misconfigured."""
        raise _no_format(format)

    def shelf(
        self,
        packing: Packing,
        folder: Path,
        name: str,
        *,
        password: str | None = None,
        since: Plain | None = None,
        sealed: Collection[str] = (),
    ) -> LastingShelf:
        """Refuse. Raises Misconfigured."""
        raise _no_format(packing)

    def password(self, locked: str) -> str:
        """Refuse. Raises Misconfigured."""
        raise no_password()

    def forget(self, locked: str) -> None:
        """There is none."""

    def destination(self, to: str) -> Destination:
        """Refuse. Raises Misconfigured."""
        raise Misconfigured("no such destination", what="unknown-destination", name=to)

    def faults_of(self, file: Path) -> Sequence[str]:
        """Nothing is known of it."""
        return ()


def no_password() -> Misconfigured:
    """Say that the archives' password is not there any more."""
    return Misconfigured("the password is gone", what="no-export-password")


def _no_format(name: str) -> Misconfigured:
    return Misconfigured("not written here", what="export-format", name=name)
