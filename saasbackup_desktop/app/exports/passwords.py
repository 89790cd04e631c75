"""Passwords of archives: sealed in the home as long as their export is under way, and nowhere else."""

import contextlib
import secrets
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.exports.views import SHORTEST_PASSWORD
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.engine.exporting.doors import no_password

_MAGIC: Final = b"saasbackup export 1\n"


class ExportPasswords:
    """Keeps them in a folder of the home, each under a name that says nothing. Blocks."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def keep(self, password: str) -> str:
        """Seal a password; gives what it lies under. Raises HomeFault."""
        name = secrets.token_hex(8)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file(name).write(password.encode())
        return name

    def read(self, name: str) -> str:
        """Open one. Raises Misconfigured if it is gone or does not open."""
        try:
            found = self._file(name).read()
        except NotOpened:
            found = None
        if found is None:
            raise no_password()
        return found.decode()

    def forget(self, name: str) -> None:
        """Remove one; one that is gone is no error."""
        with contextlib.suppress(FileNotFoundError):
            self._file(name).file.unlink()

    def _file(self, name: str) -> SealedFile:
        return SealedFile(self._folder / f"{Path(name).name}.sealed", self._key, _MAGIC)


def require_password(password: str) -> None:
    """Make sure that a password is worth something. Raises Misconfigured."""
    if len(password) < SHORTEST_PASSWORD:
        raise Misconfigured("the password is too short", what="short-export-password", name=SHORTEST_PASSWORD)
