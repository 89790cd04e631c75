"""moto on loopback: an S3 server that is quick and made up.

It takes any key, and its object lock is not to be believed.
"""

import sys
from pathlib import Path

from tests.servers.ports import free_ports
from tests.servers.program import Program, answers

PROGRAM = Path(sys.executable).with_name("moto_server")


class Moto(Program):
    """One running server, for one test process."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        super().__init__([PROGRAM, "-H", "127.0.0.1", "-p", str(self.port)], lambda: answers(self.port))
