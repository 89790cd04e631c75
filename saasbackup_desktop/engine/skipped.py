"""Items that are known to fail, and that somebody has decided to do without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.engine.bench import Bench

ROOM: Final = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """One such item."""

    stream: StreamId
    item: NodeId
    path: str
    name: str
    code: str
    """Why it fails."""
    reason: str
    """What somebody said about it."""
    since: int
    revision: str = ""
    """The state of the item that this is about; empty: any."""


async def all_skipped(bench: Bench) -> Mapping[StreamId, Mapping[NodeId, Skip]]:
    """Every item that is skipped, by stream."""
    found: dict[StreamId, dict[NodeId, Skip]] = {}
    for record in await bench.offload.on_reading(bench.catalog.records, ROOM):
        skip = _skip_of(record)
        found.setdefault(skip.stream, {})[skip.item] = skip
    return found


async def skipped_of(bench: Bench, stream: StreamId) -> dict[NodeId, Skip]:
    """The items of a stream that are skipped."""
    return dict((await all_skipped(bench)).get(stream, {}))


async def put(bench: Bench, some: Sequence[Skip]) -> None:
    """Skip these from now on."""
    records = [Record(_key(one.stream, one.item), one.since, codec.plain_fields(one)) for one in some]
    await bench.offload.on_catalog(bench.catalog.put_records, ROOM, records)


async def drop(bench: Bench, stream: StreamId, items: Sequence[NodeId]) -> None:
    """Skip these no more."""
    if items:
        await bench.offload.on_catalog(bench.catalog.drop_records, ROOM, [_key(stream, item) for item in items])


def _key(stream: StreamId, item: NodeId) -> str:
    return f"{stream} {item}"


def _skip_of(record: Record) -> Skip:
    plain = record.plain
    return Skip(**plain | {"stream": StreamId(plain["stream"]), "item": NodeId(plain["item"])})
