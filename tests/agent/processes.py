"""An agent as a process of its own, to be killed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from saasbackup_desktop.agent.finding import find
from tests.agent.conftest import Agency
from tests.flow.stage import PATIENCE


@contextmanager
def process(agency: Agency, program: str = "saasbackup_desktop.agent") -> Iterator["subprocess.Popen[bytes]"]:
    """Start it; it ends with the block, however that ends."""
    words = ["--home", str(agency.home), "--passphrase-file", str(agency.folder / "passphrase"), "--stay"]
    with subprocess.Popen([sys.executable, "-m", program, *words]) as child:
        try:
            yield child
        finally:
            child.kill()


async def ready(agency: Agency) -> None:
    """Wait until it answers."""
    async with asyncio.timeout(PATIENCE):
        while True:
            connection = await find(agency.home)
            if connection is not None:
                await connection.close()
                return
            await asyncio.sleep(0.05)
