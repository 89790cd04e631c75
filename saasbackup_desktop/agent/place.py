"""Where an agent is found: its lock, its token and its socket, all of one home and for its owner only."""

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import socket
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from saasbackup_desktop.app.home import Home, write_whole
from saasbackup_desktop.core.errors import AgentBusy, AgentMissing, HomeFault

_LONGEST: Final = 100
"""Bytes of a socket's path: the systems' limits are 104 and 108."""
_BUFFER: Final = 1 << 20
_WAIT: Final = 0.5
"""Seconds that an agent which is just ending has to let go."""

Met = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an agent leaves in the home, so that it is found."""

    address: str
    pid: int
    host: str
    started: int
    version: str


class AgentPlace:
    """The agent's files of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._lock = FileLock(self.home / "agent.lock", thread_local=False)

    @property
    def log_file(self) -> Path:
        """What the agent says of itself."""
        return self.home / "logs" / "agent.log"

    def take(self) -> None:
        """Become this home's agent. Raises AgentBusy, HomeFault."""
        Home(self.home).make()
        try:
            self._lock.acquire(timeout=_WAIT)
        except Timeout:
            known = self._note()
            facts: dict[str, str | int] = {} if known is None else {"owner": known.pid, "host": known.host}
            raise AgentBusy("another agent keeps this home", **facts) from None
        except OSError as error:
            raise HomeFault(os.strerror(error.errno or 0), location=str(self.home), reason="unwritable") from error

    def let_go(self) -> None:
        """Be it no more, and leave nothing that could be taken for an agent."""
        note = self._note()
        if note is not None and note.pid == os.getpid():
            with contextlib.suppress(OSError):
                (self.home / "agent.json").unlink(missing_ok=True)
                (self.home / "agent.token").unlink(missing_ok=True)
                if sys.platform != "win32":
                    Path(note.address).unlink(missing_ok=True)
        self._lock.release(force=True)

    def note(self) -> Note:
        """What the agent left. Raises AgentMissing."""
        found = self._note()
        if found is None:
            raise AgentMissing("no agent runs in this home")
        return found

    def token(self) -> bytes:
        """What both sides prove to know. Raises AgentMissing."""
        try:
            return (self.home / "agent.token").read_bytes()
        except OSError as error:
            raise AgentMissing("no agent runs in this home") from error

    def renew_token(self) -> bytes:
        """Make a token for as long as this agent lives. Raises HomeFault."""
        token = secrets.token_bytes(32)
        write_whole(self.home / "agent.token", token)
        return token

    async def listen(self, met: Met, now: int, version: str) -> asyncio.AbstractServer | None:
        """Wait for clients at a fresh address, and say in the home where that is. Raises HomeFault."""
        address = _address(self.home)
        try:
            server = await _listen(met, address)
        except OSError as error:
            raise HomeFault(os.strerror(error.errno or 0), location=address, reason="unwritable") from error
        note = Note(address=address, pid=os.getpid(), host=socket.gethostname(), started=now, version=version)
        write_whole(self.home / "agent.json", json.dumps(asdict(note), indent=1).encode())
        return server

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the agent. Raises AgentMissing."""
        note = self.note()
        try:
            return await _connect(note.address)
        except OSError as error:
            raise AgentMissing(f"nobody answers there: {type(error).__name__}") from error

    def _note(self) -> Note | None:
        try:
            plain: dict[str, Any] = json.loads((self.home / "agent.json").read_text(encoding="utf-8"))
            return Note(**plain)
        except (OSError, ValueError, TypeError):
            return None


def _address(home: Path) -> str:
    """A socket in the home, or for a home with a long name in a folder of our own; a pipe on Windows."""
    if sys.platform == "win32":
        return rf"\\.\pipe\saasbackup-{_name_of(home)}-{secrets.token_hex(8)}"
    near = home / "agent.sock"
    if len(os.fsencode(near)) <= _LONGEST:
        return str(near)
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"saasbackup-{os.getuid()}"
    if len(os.fsencode(folder)) > _LONGEST - 30:
        folder = Path("/tmp", f"saasbackup-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise HomeFault("not a folder of our own", location=str(folder), reason="unwritable")
    return str(folder / f"{_name_of(home)}.sock")


def _name_of(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


if sys.platform == "win32":

    async def _listen(met: Met, address: str) -> asyncio.AbstractServer | None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)

        def protocol() -> asyncio.StreamReaderProtocol:
            reader = asyncio.StreamReader(limit=_BUFFER, loop=loop)
            return asyncio.StreamReaderProtocol(reader, met, loop=loop)

        await loop.start_serving_pipe(protocol, address)
        return None

    async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)
        reader = asyncio.StreamReader(limit=_BUFFER, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_pipe_connection(lambda: protocol, address)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

else:

    async def _listen(met: Met, address: str) -> asyncio.AbstractServer | None:
        # A killed agent's: whoever is here has the lock.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(address)  # noqa: PTH108
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            bound.bind(address)
        except BaseException:
            bound.close()
            raise
        finally:
            os.umask(before)
        return await asyncio.start_unix_server(met, sock=bound, limit=_BUFFER)

    async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(address, limit=_BUFFER)
