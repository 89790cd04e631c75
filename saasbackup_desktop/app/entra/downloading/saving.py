"""Save objects of a point in time as an archive."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from saasbackup_desktop.app.entra.downloading.archive import About, Script, write_archive
from saasbackup_desktop.app.entra.downloading.planned import planned
from saasbackup_desktop.core.directory.objects import DirectoryObject, read
from saasbackup_desktop.core.directory.ticks import EVERYTHING
from saasbackup_desktop.core.errors import BodyDamaged, Cancelled, Misconfigured
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.planner import EntraPlanning
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, address


async def save_archive(bench: Bench, stream: StreamId, at: SnapshotId, keys: Sequence[str], file: Path) -> int:
    """Write what keys of everything, kinds and objects mean; tell how many objects that is.

    Raises Misconfigured if there is none of them or the file cannot be written, BodyDamaged, and what reading the
    vault raises.
    """
    stopped = threading.Event()
    work = asyncio.ensure_future(bench.offload.on_disk(_save, bench, stream, at, keys, file, stopped))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # taken note of: nobody waits for its outcome any more
        raise


def _save(
    bench: Bench, stream: StreamId, at: SnapshotId, keys: Sequence[str], file: Path, stopped: threading.Event
) -> int:
    script = Script()
    read_so_far: list[DirectoryObject] = []

    def objects() -> Iterator[DirectoryObject]:
        for one in _objects(bench, stream, at, keys):
            if stopped.is_set():
                raise Cancelled("stopped by somebody")
            read_so_far.append(one)
            yield one
        if not read_so_far:
            raise Misconfigured("no such object there", what="unknown-item", name=", ".join(keys))
        done = planned(read_so_far, SCHEMA, EntraPlanning(), _address)
        script.acts, script.left_out, script.risks = done.acts, done.left_out, done.risks

    return write_archive(file, objects(), _about(bench, stream, at), SCHEMA, script)


def _objects(bench: Bench, stream: StreamId, at: SnapshotId, keys: Sequence[str]) -> Iterator[DirectoryObject]:
    """Kind by kind, in the order in which people see them; within a kind as it suits the vault."""
    singles: dict[str, list[NodeId]] = {}
    for key in keys:
        kind, slash, _ = key.partition("/")
        if slash and kind not in keys:
            singles.setdefault(kind, []).append(NodeId(key))
    there = [str(one.folder.id) for one in bench.catalog.folders_at(stream, at)]
    order = {kind: place for place, kind in enumerate(SCHEMA)}
    for kind in sorted(there, key=lambda kind: order.get(kind, len(order))):
        if EVERYTHING in keys or kind in keys:
            yield from _read(bench, stream, at, Selection(folders=(NodeId(kind),)))
        elif kind in singles:
            yield from _read(bench, stream, at, Selection(items=tuple(singles[kind])))


def _read(bench: Bench, stream: StreamId, at: SnapshotId, selection: Selection) -> Iterator[DirectoryObject]:
    nodes = bench.catalog.nodes_at(stream, at, selection)
    wanted = [(node.id, node.body) for node in nodes if isinstance(node, Item) and node.body is not None]
    for _, data in bench.vault.read_many(wanted):
        if isinstance(data, BodyDamaged):
            raise data
        yield read(data)


def _about(bench: Bench, stream: StreamId, at: SnapshotId) -> About:
    known = bench.catalog.account(stream)
    account = known[0] if known is not None else None
    return About(
        tenant=(account.name or account.address) if account is not None else stream,
        directory=account.address if account is not None else "",
        snapshot=at,
        moment=bench.catalog.snapshot(stream, at).started,
    )


def _address(kind: str, id: str) -> str:
    return address(kind, id) if kind in WAYS else ""
