"""Find the agent of a home, start one, and replace one of another version."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from saasbackup_desktop import __version__
from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.remote import RemoteDesk
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.core.errors import AgentFault, AgentGone, AgentMissing, AgentRefused, AgentUnlike, HomeFault

PATIENCE: Final = 30.0
"""Seconds that an agent may take to begin."""
_LOOK: Final = 0.05
_AGAIN: Final = 2.0
"""Seconds after which one is started again that found the home taken, if nobody answers there."""


async def find(home: Path) -> Connection | None:
    """Reach the agent of a home, if one runs. Raises AgentRefused, AgentUnlike for one of another version at work.

    One of another version that has nothing to do is ended.
    """
    place = AgentPlace(home)
    try:
        connection = await Connection.open(place)
    except (AgentMissing, AgentGone):
        return None
    if connection.is_like:
        return connection
    try:
        status = await connection.status()
        if not status.get("is_idle"):
            raise AgentUnlike("at work", version=connection.theirs.version, ours=__version__)
        await connection.stop(is_replaced=True)
    except AgentGone:
        pass
    finally:
        await connection.close()
    return None


async def desk_of(home: Path) -> Desk:
    """The desk of a home: its agent's if one runs, else one of our own. Raises AgentRefused, AgentUnlike."""
    connection = await find(home)
    return RemoteDesk(connection, home) if connection is not None else Desk(home)


async def agents_desk(home: Path) -> Desk:
    """The desk of a home's agent, which is started if none runs. Raises AgentFault, HomeFault."""
    connection = await find(home)
    if connection is None:
        connection = await _started(home)
    return RemoteDesk(connection, home)


async def _started(home: Path) -> Connection:
    child = start(home)
    loop = asyncio.get_running_loop()
    late, again = loop.time() + PATIENCE, loop.time() + _AGAIN
    while loop.time() < late:
        with contextlib.suppress(AgentRefused):  # its token is written before its address
            found = await find(home)
            if found is not None:
                return found
        code = child.poll()
        if code not in (None, _BUSY):  # _BUSY: somebody else has started one, and it comes
            raise AgentFault(f"it ended with {code}")
        if code == _BUSY and loop.time() > again:  # or one that was ending kept the home: then nobody comes
            child, again = start(home), loop.time() + _AGAIN
        await asyncio.sleep(_LOOK)
    raise AgentMissing("it did not begin in time")


_BUSY: Final = 6


def start(home: Path, *options: str) -> "subprocess.Popen[bytes]":
    """Start an agent that outlives us. Raises AgentFault, HomeFault."""
    Home(home).make()
    command = [*program(), "--home", str(home.absolute()), *options]
    package = Path(__file__).resolve().parents[2]
    try:
        logs = home / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / "agent-start.log").open("wb") as said:
            if sys.platform == "win32":
                flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=package, creationflags=flags
                )
            else:
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=package, start_new_session=True
                )
    except OSError as error:
        if isinstance(error, PermissionError | FileExistsError):
            raise HomeFault(os.strerror(error.errno or 0), location=str(home), reason="unwritable") from error
        raise AgentFault(type(error).__name__) from error
    # Somebody has to wait for it, or it stays in the system's list of processes after its end.
    threading.Thread(target=child.wait, name="agent's end", daemon=True).start()
    return child


def program() -> list[str]:
    """The words that run an agent: this very program, built or from its source."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--agent"]
    silent = Path(sys.executable).with_name("pythonw.exe")  # on Windows: without a console of its own
    return [str(silent) if silent.exists() else sys.executable, "-m", "saasbackup_desktop.agent"]
