"""What every job works with: the vault, the catalog, threads, time, and the doors to the worlds outside."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.core.model import Account, Service
from saasbackup_desktop.core.ports import BlobStore, Clock, Source, Target
from saasbackup_desktop.core.traffic import Traffic, unlimited
from saasbackup_desktop.engine.directory.doors import DirectoryDoors, NoDirectories
from saasbackup_desktop.engine.exporting.doors import ExportDoors, NoExports
from saasbackup_desktop.engine.importing.doors import ArchiveDoors, NoArchives
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.engine.unusual import Sensitivity
from saasbackup_desktop.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Description:
    """What an item's bytes say of it."""

    name: str
    facets: Mapping[str, str]
    text: str
    """What search finds, as plain text."""
    attachments: str
    """Names, one a line."""


class Doors(Protocol):
    """How a job reaches the worlds outside. Which provider it is, no job knows."""

    def source(self, stream: StreamId) -> Source:
        """Open a live stream for reading. Raises Misconfigured if no connection reaches it."""

    def target(self, connection: ConnectionName, service: Service) -> Target:
        """Open a service of a connection's account for writing. Raises Misconfigured if it has none."""

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        """Say which stream a service of the connection's account is. Raises Misconfigured."""

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        """Say whose stream it is."""

    def place(self, location: str, settings: Sequence[tuple[str, str]]) -> BlobStore:
        """Open another place for vaults. Raises Misconfigured."""

    def describe(self, service: Service, data: bytes) -> Description:
        """Read an item's bytes. Never raises: what cannot be read is left out."""


class Alertness(Protocol):
    """How attentive somebody wants the house to be about unusual changes."""

    def of(self, stream: StreamId) -> Sensitivity | None:
        """For a stream; None: not at all. Blocks. Raises Fault."""


class Attentive:
    """As attentive as usual, everywhere."""

    def of(self, stream: StreamId) -> Sensitivity | None:
        """The same for all."""
        return Sensitivity.NORMAL


@dataclass(frozen=True, slots=True)
class Bench:
    """The tools of one open home."""

    vault: Vault
    catalog: Catalog
    offload: Offload
    clock: Clock
    doors: Doors
    program: str
    owner: str
    """Who is at work, for leases: program and process."""
    alertness: Alertness = field(default_factory=Attentive)
    scratch: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    """Where files may lie that are removed when the job is over."""
    traffic: Traffic = field(default_factory=unlimited)
    """What all jobs together may move."""
    directories: DirectoryDoors = field(default_factory=NoDirectories)
    archives: ArchiveDoors = field(default_factory=NoArchives)
    exports: ExportDoors = field(default_factory=NoExports)


class Journal(Protocol):
    """Where a job writes what happened."""

    @property
    def job(self) -> JobId:
        """The job that is running."""

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        """Write a line: ``info``, ``warning`` or ``error``."""

    async def failed(self, failure: ItemFailure) -> None:
        """Write down an item that could not be done."""


Progress = Callable[[], None]
