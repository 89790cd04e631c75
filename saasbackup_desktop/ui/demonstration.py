"""The demonstration for the window: a folder of its own that is gone when the window leaves it."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from saasbackup_desktop.app.demo import PASSPHRASE, Demonstration, Step
from saasbackup_desktop.app.desk import Desk

_MESSAGES = 3000


class TemporaryDemonstration:
    """Made when it is wanted."""

    passphrase = PASSPHRASE

    def __init__(self, messages: int = _MESSAGES, *, directory: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="saasbackup-demonstration-", ignore_cleanup_errors=True)
        self._demonstration = Demonstration(Path(self._folder.name), messages=messages, directory=directory)
        self._demonstration.__enter__()
        self._preparing: asyncio.Task[None] | None = None

    async def prepare(self, tell: Callable[[Step], None]) -> None:
        """Make the organisation and back it up."""
        self._preparing = asyncio.get_running_loop().create_task(self._demonstration.prepare(tell))
        await self._preparing

    def desk(self) -> Desk:
        """Make a desk on its home."""
        return Desk(self._demonstration.home)

    async def end(self) -> None:
        """Stop its server and remove its files."""
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.wait([self._preparing])
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._demonstration.__exit__, None, None, None)
        await loop.run_in_executor(None, self._folder.cleanup)
