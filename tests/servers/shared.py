"""A server that is dear to start, shared by every test process of this clone; it ends with the last of them."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 240.0


class Startable(Protocol):
    """A server that can be started in a folder of its own."""

    def start(self) -> dict[str, object]:
        """Start it and say how it is reached, as JSON can keep it."""

    def stop(self) -> None:
        """Stop it and all that it started."""


@contextlib.contextmanager
def shared(module: str) -> Iterator[dict[str, object]]:
    """Use the server that ``python -m module`` keeps, started unless it runs already: how it is reached.

    Every user holds a shared lock on one file; the keeper stops the server once it gets that lock for itself alone.
    """
    mark = hashlib.sha256(f"{_ROOT} {os.getuid()}".encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"{module.rpartition('.')[2]}-{mark}"
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "users.lock").open("w") as users:
        with (folder / "start.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            told = folder / "ready.json"
            if not told.exists() or _is_abandoned(folder):
                told.unlink(missing_ok=True)
                _start(module, folder, told)
        yield json.loads(told.read_text())


def _is_abandoned(folder: Path) -> bool:
    """Was the keeper killed? Then its lock is free, and the server has ended with it."""
    with (folder / "keeper.lock").open("w") as keeping:
        try:
            fcntl.flock(keeping, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _start(module: str, folder: Path, told: Path) -> None:
    with (folder / "keeper.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", module, folder],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + _START_SECONDS
    while not told.exists():
        if keeper.poll() is not None or time.monotonic() > until:
            keeper.terminate()
            raise RuntimeError(f"{module} does not start:\n{(folder / 'keeper.log').read_text(errors='replace')}")
        time.sleep(0.1)
    keeper.returncode = 0  # it outlives this process on purpose: no warning that it still runs


def keep(folder: Path, make: Callable[[Path], Startable]) -> None:
    """Start a server, say that it is ready, and stop it when nobody uses it any more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    base = folder / f"run-{os.getpid()}"
    for left in folder.glob("run-*"):
        shutil.rmtree(left, ignore_errors=True)
    base.mkdir(mode=0o755)
    server = make(base)
    told = folder / "ready.json"
    with (folder / "users.lock").open("w") as users, (folder / "keeper.lock").open("w") as keeping:
        fcntl.flock(keeping, fcntl.LOCK_EX)
        try:
            draft = told.with_suffix(".draft")
            draft.write_text(json.dumps(server.start()))
            draft.replace(told)
            _wait_for_all(users)
        finally:
            told.unlink(missing_ok=True)
            server.stop()
            shutil.rmtree(base, ignore_errors=True)


def _wait_for_all(users: IO[str]) -> None:
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.3)
