"""How imports reach archives."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.jobs import Import
from saasbackup_desktop.core.ports import Source


class Archives(Source, Protocol):
    """Archives that are being read."""

    @property
    def passed(self) -> Sequence[str]:
        """Files that hold nothing that is imported."""

    @property
    def losses(self) -> Mapping[str, int]:
        """Of how many items that were told something could not be kept, by codes of what it was."""


class ArchiveDoors(Protocol):
    """How a job reaches archives. Which formats they have, no job knows."""

    def source(self, spec: Import, scratch: Path) -> Archives:
        """Open archives for reading; ``scratch``: where what is packed may be unpacked. Raises Fault. Blocks."""


class NoArchives:
    """A house without archives."""

    def source(self, spec: Import, scratch: Path) -> Archives:
        """Refuse. Raises Misconfigured."""
        raise Misconfigured("archives are not read here", what="not-connected", name=spec.stream)
