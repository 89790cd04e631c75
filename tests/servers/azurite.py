"""Azurite, Microsoft's own emulator of Azure Blob Storage, on loopback."""

import base64
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.outlook_files import NODE
from tests.servers.ports import free_ports
from tests.servers.program import Program, answers

PROGRAM = NODE / "azurite" / "dist" / "src" / "blob" / "main.js"
ACCOUNT = "exports"
KEY = base64.b64encode(b"a key that was made up for tests").decode()


class Azurite(Program):
    """One running emulator, for one test process."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self._folder = tempfile.TemporaryDirectory()
        words = ["node", PROGRAM, "--silent", "--blobHost", "127.0.0.1", "--blobPort", str(self.port)]
        more = ["--location", self._folder.name, "--skipApiVersionCheck", "--disableTelemetry"]
        # The emulator takes accounts from its environment only.
        wrapped = ["env", f"AZURITE_ACCOUNTS={ACCOUNT}:{KEY}", *words, *more]
        super().__init__(wrapped, lambda: answers(self.port))

    @property
    def endpoint(self) -> str:
        """Where the account's blobs are."""
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    @staticmethod
    def is_there() -> bool:
        """Has it been installed?"""
        return Path(PROGRAM).exists()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, value, trace)
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return super().__enter__()
