"""How jobs about a directory reach it."""

from typing import Protocol

from saasbackup_desktop.core.directory.drafting import Planning
from saasbackup_desktop.core.directory.ports import Directory, WritableDirectory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import StreamId


class DirectoryDoors(Protocol):
    """How a job reaches the directory of a tenant. Which provider it is, no job knows."""

    def schema(self, stream: StreamId) -> Schema:
        """The kinds that the stream's directory has; asks nobody. Raises Misconfigured."""

    def planning(self, stream: StreamId) -> Planning:
        """Who knows how that directory is written to; asks nobody. Raises Misconfigured."""

    def directory(self, stream: StreamId) -> Directory:
        """Open it for reading; whoever opens it closes it. Raises Misconfigured if no connection reaches it."""

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        """Open it for writing; whoever opens it closes it. Raises Misconfigured if no application may write there."""


class NoDirectories:
    """A house without directories."""

    def schema(self, stream: StreamId) -> Schema:
        """Refuse. Raises Misconfigured."""
        raise _not_connected(stream)

    def planning(self, stream: StreamId) -> Planning:
        """Refuse. Raises Misconfigured."""
        raise _not_connected(stream)

    def directory(self, stream: StreamId) -> Directory:
        """Refuse. Raises Misconfigured."""
        raise _not_connected(stream)

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        """Refuse. Raises Misconfigured."""
        raise _not_connected(stream)


def _not_connected(stream: StreamId) -> Misconfigured:
    return Misconfigured("no connection reaches this directory", what="not-connected", name=stream)
