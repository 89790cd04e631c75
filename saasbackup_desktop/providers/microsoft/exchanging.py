"""What large contents ask of the client that they go up and come down over."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import httpx

from saasbackup_desktop.core.errors import Fault


class Exchanges(Protocol):
    """Single requests, held open while they are read."""

    attempts: int
    """How often something is repeated that breaks."""

    def exchange(
        self,
        method: str,
        address: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str],
        mailbox: str = "",
        repeats: bool = True,
        signed: bool = True,
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """Send until it is answered, refused for good, or patience ends. Raises Fault."""
        ...

    async def pause(self, attempt: int) -> None:
        """Wait before something is tried again."""
        ...

    def broken(self, error: Exception) -> Fault:
        """Say what a failure of the connection means."""
        ...
