"""A home: the folder where one vault's settings, catalog and logs lie on this machine."""

import contextlib
import errno
import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from saasbackup_desktop.core.errors import HomeFault, VaultBusy


def default_home() -> Path:
    """``SAASBACKUP_HOME``, or the platform's own data folder."""
    chosen = os.environ.get("SAASBACKUP_HOME")
    return Path(chosen) if chosen else usual_home()


def usual_home() -> Path:
    """The platform's own data folder, whatever is said otherwise."""
    return platformdirs.user_data_path("saasbackup-desktop", appauthor=False)


class Home:
    """The files of one home. What is secret among them is sealed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "keeper.lock", thread_local=False)

    @property
    def catalog_file(self) -> Path:
        """The catalog's database."""
        return self.folder / "catalog.db"

    @property
    def near(self) -> Path:
        """The folder for copies of what is read often from a vault that is far away; sealed, as they came."""
        return self.folder / "near"

    @property
    def connections_file(self) -> Path:
        """Connections and their secrets, sealed."""
        return self.folder / "connections.sealed"

    @property
    def tasks_file(self) -> Path:
        """Backup tasks, sealed."""
        return self.folder / "tasks.sealed"

    @property
    def tenants_folder(self) -> Path:
        """What is known of tenants' accounts, sealed."""
        return self.folder / "tenants"

    def read(self) -> Mapping[str, Any]:
        """What ``home.json`` says; nothing if there is none yet."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "home.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, OSError) as error:
            raise HomeFault(
                type(error).__name__, location=str(self.folder / "home.json"), reason="unreadable"
            ) from error
        if not isinstance(found, dict):
            raise HomeFault("no object", location=str(self.folder / "home.json"), reason="unreadable")
        return found

    def write(self, **values: object) -> None:
        """Change some values of ``home.json``."""
        self.make()
        write_whole(self.folder / "home.json", json.dumps({**self.read(), **values}, indent=1).encode())

    def keep(self, wait: float) -> None:
        """Become the one process that works in this home.

        Raises VaultBusy if another one stays it for ``wait`` seconds.
        """
        self.make()
        if self._lock.is_locked:
            return
        try:
            self._lock.acquire(timeout=wait)
        except Timeout:
            raise VaultBusy("another process works in this home", **self._keeper()) from None
        except OSError as error:
            raise _fault(error, self.folder) from error
        self.write(keeper=f"process {os.getpid()}", keeper_host=socket.gethostname())

    def let_go(self) -> None:
        """Stop being that process."""
        self._lock.release(force=True)

    @property
    def is_kept(self) -> bool:
        """This process is the one."""
        return self._lock.is_locked

    def make(self) -> None:
        """Make the folder, for its owner only. Raises HomeFault."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _fault(error, self.folder) from error

    def _keeper(self) -> dict[str, str]:
        found = self.read()
        return {"owner": str(found.get("keeper", "")), "host": str(found.get("keeper_host", ""))}


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that after a crash there is the old or the new one, never half of it.

    Only its owner can read it. Raises HomeFault.
    """
    try:
        _write_whole(file, data)
    except OSError as error:
        raise _fault(error, file.parent) from error


def write_named(file: Path, data: bytes) -> None:
    """The same for a file that a person named. Raises HomeFault that says so."""
    with naming(file):
        _write_whole(file, data)


@contextlib.contextmanager
def naming(file: Path) -> Iterator[None]:
    """Work on a file that a person named: what the system says of it is raised as HomeFault."""
    try:
        yield
    except OSError as error:
        fault = _fault(error, file)
        reason = "no-folder" if isinstance(error, FileNotFoundError) else fault.facts["reason"]
        raise HomeFault(fault.detail, location=str(file), reason=f"file-{reason}") from error


class Growing:
    """A file that is written piece by piece, beside the one whose place it takes once it is whole. Raises OSError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        self._part = Path(name)
        self.out = os.fdopen(handle, "wb")

    def done(self) -> None:
        """Let it take its place."""
        self.out.flush()
        os.fsync(self.out.fileno())
        self.out.close()
        self._part.replace(self._file)

    def drop(self) -> None:
        """Remove what there is of it; once it has taken its place, nothing."""
        with contextlib.suppress(OSError):  # what could not be written is no loss any more
            self.out.close()
        with contextlib.suppress(FileNotFoundError):
            self._part.unlink()


def _write_whole(file: Path, data: bytes) -> None:
    growing = Growing(file)
    try:
        growing.out.write(data)
        growing.done()
    except BaseException:
        growing.drop()
        raise


def _fault(error: OSError, place: Path) -> HomeFault:
    reason = "full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "unwritable"
    return HomeFault(os.strerror(error.errno or 0), location=str(place), reason=reason)
