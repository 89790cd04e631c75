"""How imports reach archives."""

from pathlib import Path
from typing import Protocol

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.jobs import Import
from saasbackup_desktop.core.ports import Source


class ArchiveDoors(Protocol):
    """How a job reaches archives. Which formats they have, no job knows."""

    def source(self, spec: Import, scratch: Path) -> Source:
        """Open archives for reading; ``scratch``: where what is packed may be unpacked. Raises Fault. Blocks."""


class NoArchives:
    """A house without archives."""

    def source(self, spec: Import, scratch: Path) -> Source:
        """Refuse. Raises Misconfigured."""
        raise Misconfigured("archives are not read here", what="not-connected", name=spec.stream)
