"""``rclone serve s3`` on loopback: real, and thin. It ignores conditions and object locks without a word."""

import sys
from pathlib import Path

from tests.servers.ports import free_ports
from tests.servers.program import Program, answers

PROGRAM = Path(sys.executable).with_name("rclone")
ACCESS_KEY, SECRET_KEY = "testkey", "testsecret"


class Rclone(Program):
    """One running server over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        super().__init__(
            [PROGRAM, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{ACCESS_KEY},{SECRET_KEY}",
             "--vfs-cache-mode", "off", "--config", folder / "none.conf", folder],
            lambda: answers(self.port),
        )  # fmt: skip
