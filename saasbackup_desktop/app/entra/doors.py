"""How jobs reach tenants' directories."""

from saasbackup_desktop.app.tenants.graphs import Graphs
from saasbackup_desktop.app.tenants.reach import Reach
from saasbackup_desktop.core.directory.drafting import Planning
from saasbackup_desktop.core.directory.ports import Directory, WritableDirectory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, StreamId
from saasbackup_desktop.core.model import account_of
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.live import live_directory
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from saasbackup_desktop.providers.microsoft.entra.writing import DirectoryToWrite


class HomeDirectories:
    """``engine.directory.doors.DirectoryDoors`` over a home's tenants."""

    def __init__(self, graphs: Graphs, reach: Reach) -> None:
        self._graphs = graphs
        self._reach = reach

    def schema(self, stream: StreamId) -> Schema:
        """The kinds that a directory has: the same ones everywhere, and also of one that nothing reaches any more."""
        return SCHEMA

    def planning(self, stream: StreamId) -> Planning:
        """Who knows how it is written to: the same everywhere."""
        return EntraPlanning()

    def directory(self, stream: StreamId) -> Directory:
        """Open it for reading. Raises Misconfigured if no connection reaches it."""
        return live_directory(self._graphs.lend(self._tenant(stream)))

    def directory_to_write(self, stream: StreamId) -> WritableDirectory:
        """Open it for writing. Raises Misconfigured if no application may write there."""
        graph = self._graphs.access_to_write(self._tenant(stream)).graph.share()
        return DirectoryToWrite(graph, live_directory(graph))

    def _tenant(self, stream: StreamId) -> ConnectionName:
        found = self._reach.directory_of(account_of(stream))
        if found is None or found.connection is None:
            raise Misconfigured("no connection reaches this directory", what="not-connected", name=stream)
        return found.connection
