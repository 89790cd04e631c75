"""A look at a source before anything is written: if nothing changed there, a backup has nothing to do."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.catalog.catalog import Position
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Folder, SnapshotStatus
from saasbackup_desktop.core.ports import Known, Source
from saasbackup_desktop.core.stream import Change, Checkpoint, Put, Unread
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.memory import is_set_back

AT_LEAST: Final = 24 * 3600
"""Seconds: a point in time is made this often, so that every machine can see that somebody looks, and a source's place
to go on from does not grow old."""


@dataclass(slots=True)
class Glance:
    """What a source has said so far, and how it goes on."""

    position: Position
    """Where it was asked to go on from."""
    is_idle: bool
    """It said everything there was to say, and nothing has changed."""
    heard: list[Change]
    _more: AsyncGenerator[Change, None]
    _is_open: bool = field(default=True)

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Everything that it says, from the beginning."""
        for change in self.heard:
            yield change
        if not self.is_idle:
            async with aclosing(self._more) as more:
                async for change in more:
                    yield change

    async def close(self) -> None:
        """Let go of the source."""
        if self._is_open:
            self._is_open = False
            await self._more.aclose()


async def glance(
    bench: Bench,
    stream: StreamId,
    source: Source,
    known: Known,
    newest: SnapshotId | None,
    at_least: int | None = AT_LEAST,
) -> Glance | None:
    """Listen until the source says that something changed, or that nothing did; None if there is more to do anyway.

    ``newest``: the vault's newest point in time of the stream; ``at_least``: how many seconds it serves. Raises Fault.
    """
    position = await bench.offload.on_reading(bench.catalog.position, stream)
    if position is None or not position.final or position.cursor is None or position.snapshot != newest:
        return None
    last = await bench.offload.on_reading(bench.catalog.snapshot, stream, position.snapshot)
    age = bench.clock.now() - last.finished
    if at_least is not None and not 0 <= age < at_least:
        return None
    # Files of an import that could not be read are told again each time; owed items are to be asked for.
    if last.status is not SnapshotStatus.COMPLETE and (at_least is not None or last.owed):
        return None
    await bench.offload.on_disk(bench.vault.refresh)
    await bench.offload.on_disk(bench.vault.require_kept, stream)
    if bench.vault.has_losses() or await is_set_back(bench, stream):
        return None
    before = {folder.id: folder for folder in await known.folders()}
    changes = source.changes(position.cursor, known)
    heard: list[Change] = []
    try:
        is_idle = await _is_idle(changes, heard, before, position, passes_unread=at_least is None)
    except BaseException:
        await changes.aclose()
        raise
    return Glance(position, is_idle, heard, changes)


async def _is_idle(
    changes: AsyncGenerator[Change, None],
    heard: list[Change],
    before: Mapping[NodeId, Folder],
    position: Position,
    *,
    passes_unread: bool,
) -> bool:
    async for change in changes:
        heard.append(change)
        if isinstance(change, Checkpoint):
            return change.complete and (not change.moved or change.cursor == position.cursor)
        if passes_unread and isinstance(change, Unread):
            continue
        if not (isinstance(change, Put) and before.get(change.node.id) == change.node):
            return False
    return False
