"""An open home: vault, catalog, connections and engine, made together and let go together."""

import os
import socket
from dataclasses import dataclass

from saasbackup_desktop import __version__
from saasbackup_desktop.app.activity.recorder import Recorder
from saasbackup_desktop.app.alerts.store import AlertStore
from saasbackup_desktop.app.caps import cap_in_force
from saasbackup_desktop.app.connections import Connections
from saasbackup_desktop.app.destinations.store import DestinationStore
from saasbackup_desktop.app.doors import HomeDoors
from saasbackup_desktop.app.entra.doors import HomeDirectories
from saasbackup_desktop.app.exports.doors import HomeExports
from saasbackup_desktop.app.exports.passwords import ExportPasswords
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.imports.doors import HomeArchives
from saasbackup_desktop.app.imports.passwords import ImportPasswords
from saasbackup_desktop.app.places import Places
from saasbackup_desktop.app.tenants.graphs import Graphs
from saasbackup_desktop.app.tenants.reach import Reach
from saasbackup_desktop.app.tenants.store import TenantStore
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import CatalogUnreadable
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.engine.adopt import adopt
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.vault.vault import Vault

WAIT_TO_LOOK = 0.0
"""Seconds to wait for the home when only the catalog is to be brought up to date."""
WAIT_TO_WORK = 3.0
"""Seconds to wait for the home when a job is to run."""


class _Silent:
    """A journal for work that is no job: nobody reads it."""

    job = JobId("")

    async def note(self, level: str, code: str, **facts: str | int) -> None:
        """Nobody reads it."""

    async def failed(self, failure: ItemFailure) -> None:
        """The next check of the vault names it."""


@dataclass(slots=True)
class Workspace:
    """Everything that an unlocked home works with."""

    home: Home
    vault: Vault
    catalog: Catalog
    connections: Connections
    bench: Bench
    engine: LocalEngine
    doors: HomeDoors
    store: TenantStore
    graphs: Graphs
    reach: Reach
    alertness: AlertStore
    recorder: Recorder
    export_passwords: ExportPasswords
    destinations: DestinationStore
    traffic: Traffic
    import_passwords: ImportPasswords
    """Of archives that are imported."""

    @classmethod
    async def open(
        cls,
        home: Home,
        vault: Vault,
        clock: Clock,
        offload: Offload,
        places: Places | None = None,
        *,
        stays: bool = False,
    ) -> "Workspace":
        """Open the catalog beside a vault, and bring it up to date unless another process is at work here.

        ``stays``: this process goes on with what an earlier one left.

        A catalog that does not open (another vault's, or damaged) is set aside and made again from the vault.
        """
        home.make()
        key = vault.subkey("catalog")
        try:
            catalog = await offload.on_catalog(Catalog.open, home.catalog_file, key)
        except CatalogUnreadable:
            for file in home.folder.glob("unreadable-*"):
                file.unlink()
            for file in home.folder.glob("catalog.db*"):
                file.replace(file.with_name(f"unreadable-{clock.now()}-{file.name}"))
            catalog = await offload.on_catalog(Catalog.open, home.catalog_file, key)
        try:
            connections = Connections(home.connections_file, vault.subkey("connections"))
        except BaseException:
            catalog.close()
            raise
        store = TenantStore(connections, home.tenants_folder, vault.subkey("tenants"))
        places = places or Places(home, clock)
        graphs = Graphs(store, clock, places.traffic)
        reach = Reach(store, graphs)
        doors = HomeDoors(connections, catalog, places, reach)
        places.traffic.follow(cap_in_force(home, vault, clock))
        alertness = AlertStore(home.folder, vault.subkey("alerts"))
        import_passwords = ImportPasswords(home.folder / "imports.sealed", vault.subkey("imports"))
        export_passwords = ExportPasswords(home.folder / "exports", vault.subkey("exports"))
        destinations = DestinationStore(home.folder / "destinations.sealed", vault.subkey("destinations"))
        bench = Bench(
            vault=vault,
            catalog=catalog,
            offload=offload,
            clock=clock,
            doors=doors,
            program=f"saasbackup {__version__}",
            owner=f"saasbackup, process {os.getpid()} on {socket.gethostname()}",
            alertness=alertness,
            scratch=home.folder / "scratch",
            traffic=places.traffic,
            directories=HomeDirectories(graphs, reach),
            exports=HomeExports(export_passwords, destinations, places.traffic),
            archives=HomeArchives(import_passwords),
        )
        engine = LocalEngine(bench, stays=stays)
        recorder = Recorder(home, catalog, offload, clock, vault.subkey("activity"))
        return cls(
            home=home,
            vault=vault,
            catalog=catalog,
            connections=connections,
            bench=bench,
            engine=engine,
            doors=doors,
            store=store,
            graphs=graphs,
            reach=reach,
            alertness=alertness,
            recorder=recorder,
            export_passwords=export_passwords,
            destinations=destinations,
            traffic=places.traffic,
            import_passwords=import_passwords,
        )

    async def catch_up(self) -> None:
        """Take over what the vault has and the catalog does not. Raises Fault."""
        await self.bench.offload.on_disk(self.vault.refresh)
        known = [stream for stream, _, _ in await self.bench.offload.on_reading(self.catalog.accounts)]
        for stream in sorted({*known, *await self.bench.offload.on_disk(self.vault.streams)}):
            await self.adopt(stream)

    async def adopt(self, stream: StreamId) -> None:
        """Take over one stream."""
        await adopt(self.bench, stream, Meter(), _Silent())

    async def close(self) -> None:
        """Stop jobs, then let go of everything."""
        await self.engine.close()
        await self.graphs.close()
        self.traffic.follow(None)
        await self.bench.offload.on_catalog(self.catalog.close)
        if self.home.is_kept:
            self.home.let_go()
