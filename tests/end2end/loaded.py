"""The program, loaded once and forked for every command: what runs is the same, only loading it and describing its
commands again is spared, and a passphrase that is set is cheap to try.

``python -m tests.end2end.loaded FD`` is the process that is forked; ``Loaded`` is how tests ask it.
"""

import array
import atexit
import contextlib
import gc
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_INT: Final = 4


class Loaded:
    """One process that waits for commands. Not thread-safe: one command after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self._door = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.end2end.loaded", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=dict(environment),
            )
        atexit.register(self.close)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], given: bytes, seconds: float
    ) -> tuple[int, bytes, bytes]:
        """Run a command to its end: its exit code, and what it wrote. Raises TimeoutError, and ends it."""
        with tempfile.TemporaryFile() as into, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            into.write(given)
            into.seek(0)
            request = {"arguments": list(arguments), "environment": dict(environment), "folder": str(Path.cwd())}
            self._door.settimeout(seconds)
            files = array.array("i", [into.fileno(), out.fileno(), errors.fileno()])
            data = json.dumps(request).encode()
            whole = len(data).to_bytes(_INT, "big") + data
            sent = self._door.sendmsg([whole], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
            self._door.sendall(whole[sent:])
            try:
                code = int.from_bytes(_exactly(self._door, _INT), "big", signed=True)
            except TimeoutError:
                self.close()
                raise
            out.seek(0)
            errors.seek(0)
            return code, out.read(), errors.read()

    def close(self) -> None:
        """End the process and what it runs."""
        self._door.close()
        self._process.kill()
        self._process.wait()


def _exactly(door: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = door.recv(size - len(data))
        if not more:
            raise EOFError("the loaded program has ended")
        data += more
    return data


def _serve(door: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; in the child, give the request back. None: nobody asks any more."""
    while True:
        head, files, _, _ = socket.recv_fds(door, _INT, 3)
        if not head:
            return None
        head += _exactly(door, _INT - len(head)) if len(head) < _INT else b""
        request: dict[str, Any] = json.loads(_exactly(door, int.from_bytes(head, "big")))
        child = os.fork()
        if not child:
            for number, file in enumerate(files):
                os.dup2(file, number)
            for file in files:
                os.close(file)
            door.close()
            return request
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        door.sendall(os.waitstatus_to_exitcode(status).to_bytes(_INT, "big", signed=True))


def _live() -> None:
    door = socket.socket(fileno=int(sys.argv[1]))
    import typer.main

    from saasbackup_desktop.cli.entry import main
    from saasbackup_desktop.cli.main import app  # loaded here, so that the children need not
    from saasbackup_desktop.vault.access import slots
    from tests.unit.vault.conftest import CHEAP

    slots.calibrated = lambda seconds=0.5: CHEAP
    sys.argv = ["saasbackup", "--version"]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main()  # loads what is loaded only when a command line is read
    commands = typer.main.get_command(app)
    typer.main.get_command = lambda _app: commands
    gc.collect()
    gc.freeze()
    with door:
        request = _serve(door)
    if request is None:
        return
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = ["saasbackup", *request["arguments"]]
    _end(_code(main))


def _code(main: Callable[[], None]) -> int:
    try:
        main()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> None:
    """End as the interpreter does, without taking apart module by module what every command has in common."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # what a command has left open is told
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _live()
