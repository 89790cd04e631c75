"""What drills leave behind: each stream's newest outcome, its history, and what they have read so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.engine.bench import Bench

ROOM: Final = "drills"
"""The newest outcome of each stream, by stream."""
BRIEF: Final = "drills-brief"
"""Of the same: outcome, time and when it was proven last."""
_READ: Final = "drills-read"
_FIRST: Final = 5
"""Findings that the newest outcome names; its history has them all."""


def history_of(stream: StreamId) -> str:
    """The room of all outcomes of a stream, by job."""
    return f"{ROOM} {stream}"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known from earlier drills of a stream."""

    read: Mapping[SnapshotId, int] = field(default_factory=dict)
    """Points in time, and when each was read last."""
    unsure: Mapping[str, int] = field(default_factory=dict)
    """What the source had and could not be told apart from what came later, and when it was seen first."""


async def recall(bench: Bench, stream: StreamId) -> Memory:
    """What earlier drills left."""
    record = await bench.offload.on_reading(bench.catalog.record, _READ, stream)
    if record is None:
        return Memory()
    read: Mapping[str, int] = record.plain["read"]
    return Memory({SnapshotId(id): when for id, when in read.items()}, record.plain["unsure"])


async def keep_memory(bench: Bench, stream: StreamId, memory: Memory) -> None:
    """Keep it for the next one."""
    plain = {"read": dict(memory.read), "unsure": dict(memory.unsure)}
    await bench.offload.on_catalog(bench.catalog.put_records, _READ, [Record(stream, bench.clock.now(), plain)])


async def keep(bench: Bench, stream: StreamId, job: str, plain: dict[str, Any]) -> None:
    """Write an outcome down. It says when the stream was last proven, by itself or one before it."""
    before = await bench.offload.on_reading(bench.catalog.record, ROOM, stream)
    if plain["outcome"] == "proven":
        plain["proven"] = plain["time"]
    else:
        plain["proven"] = before.plain.get("proven") if before is not None else None
    time = int(plain["time"])
    await bench.offload.on_catalog(bench.catalog.put_records, history_of(stream), [Record(job, time, plain)])
    newest = {**plain, "findings": plain["findings"][:_FIRST]}
    await bench.offload.on_catalog(bench.catalog.put_records, ROOM, [Record(stream, time, newest)])
    brief = {name: plain[name] for name in ("outcome", "time", "proven", "damaged", "missing")}
    await bench.offload.on_catalog(bench.catalog.put_records, BRIEF, [Record(stream, time, brief)])
