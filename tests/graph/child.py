"""A program of its own that backs up and restores mailboxes over TLS; made to be killed: ``child.py PLAN ACTION``."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, StreamId
from saasbackup_desktop.core.jobs import Backup, Restore
from saasbackup_desktop.core.model import Account, Conflict, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.ports import BlobStore, Source, Target
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench, Description
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.engine.restore import restore
from saasbackup_desktop.providers.formats.graph.reading import describe
from saasbackup_desktop.providers.microsoft.cloud import Cloud
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import PASSPHRASE
from tests.graph.home import SOURCES, TARGETS, Journal

DONE = 0
AGAIN = 3
"""Something could not be done; it is to be run again."""


class Now:
    """The machine's clock."""

    def now(self) -> int:
        return int(time.time())


def identity(realm: str, user: str) -> AccountId:
    """Whose account it is."""
    return account_id(Provider.MICROSOFT, realm, user)


class Doors:
    """Streams of one tenant, over one client."""

    def __init__(self, graph: Graph, realm: str, services: Mapping[StreamId, tuple[str, Service]]) -> None:
        self._graph = graph
        self._realm = realm
        self._services = services

    def source(self, stream: StreamId) -> Source:
        user, service = self._services[stream]
        return SOURCES[service](self._graph.share(), user)

    def target(self, connection: ConnectionName, service: Service) -> Target:
        return TARGETS[service](self._graph.share(), connection)

    def stream_of(self, connection: ConnectionName, service: Service) -> StreamId:
        raise Misconfigured("not here")

    def account(self, stream: StreamId) -> tuple[Account, Service]:
        user, service = self._services[stream]
        return Account(id=identity(self._realm, user), provider=Provider.MICROSOFT, address=user), service

    def place(self, location: str, settings: Any) -> BlobStore:
        raise Misconfigured("not here")

    def describe(self, service: Service, data: bytes) -> Description:
        said = describe(service, data)
        return Description(said.name, said.facets, said.text, said.attachments)


async def main(plan: Mapping[str, Any], action: str) -> int:
    """Do what the plan says; tell when it begins."""
    realm = plan["realm"]
    streams = {
        stream_id(identity(realm, user), Service(service)): (user, Service(service))
        for user in plan["users"]
        for service in plan["services"]
    }

    async def token(_renew: bool) -> str:
        return str(plan["token"])

    graph = Graph(Cloud("custom", plan["address"], plan["address"]), token, Now(), ca_file=plan["ca_file"])
    vault = Vault.open(LocalStore(Path(plan["vault"])), PASSPHRASE, Now())
    catalog = Catalog.open(Path(plan["catalog"]), vault.subkey("catalog"))
    bench = Bench(
        vault=vault,
        catalog=catalog,
        offload=Offload(),
        clock=Now(),
        doors=Doors(graph, realm, streams),
        program="test",
        owner=f"test {os.getpid()}",
    )
    print("ready", flush=True)
    journal = Journal()
    room = asyncio.Semaphore(plan["at_once"])

    async def one(stream: StreamId, user: str, service: Service) -> None:
        async with room:
            if action == "backup":
                await back_up(bench, Backup(stream=stream), Meter(), journal)
                return
            head = vault.last_head(stream)
            assert head is not None
            spec = Restore(
                stream=stream,
                snapshot=head.snapshot.id,
                selection=EVERYTHING,
                connection=ConnectionName(plan["users"][user]),
                conflict=Conflict.SKIP,
                whole_paths=True,
            )
            target = bench.doors.target(spec.connection, service)
            try:
                await restore(bench, spec, target, Meter(), journal)
            finally:
                await target.close()

    async with asyncio.TaskGroup() as group:
        for stream, (user, service) in streams.items():
            group.create_task(one(stream, user, service))
    await graph.close()
    catalog.close()
    bench.offload.close()
    return AGAIN if journal.failures else DONE


if __name__ == "__main__":
    sys.exit(asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2])))
