"""Comparisons: a point in time against another one, or against the directory as it is now."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from saasbackup_desktop.core.directory.comparison import (
    LIVE,
    CompareRequest,
    Comparison,
    DifferencePage,
    DifferenceQuery,
    DifferenceRow,
)
from saasbackup_desktop.core.directory.difference import Change, ObjectDifference
from saasbackup_desktop.core.directory.objects import parts_of
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.between import between
from saasbackup_desktop.engine.directory.findings import DIFFERS
from saasbackup_desktop.engine.directory.held import Held
from saasbackup_desktop.engine.directory.live import compare_live
from saasbackup_desktop.engine.directory.telling import told

log = logging.getLogger(__name__)

IDLE: Final = 30 * 60
"""Seconds after which a comparison that nobody asks for is let go."""
_ALL: Final = 1 << 62
_LOOK: Final = 60
"""Seconds between two looks at which of them nobody asks for."""


class Comparisons:
    """All that are held at the moment."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._held: dict[str, Held] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self, request: CompareRequest) -> Comparison:
        """Begin to compare; it goes on by itself. Raises Misconfigured for a point in time that is not known."""
        for snapshot in {request.old, request.new} - ({LIVE} if request.old != LIVE else set()):
            await self._bench.offload.on_reading(self._bench.catalog.snapshot, request.stream, snapshot)
        schema = self._bench.directories.schema(request.stream)
        held = Held(secrets.token_hex(8), request, schema, self._bench.clock.now())
        self._held[held.id] = held
        self._tasks[held.id] = asyncio.create_task(self._run(held))
        self._look_again()
        return held.told()

    def state(self, id: str) -> Comparison:
        """Say how far it is. Raises Misconfigured if it is not held any more."""
        return self._find(id).told()

    async def page(self, id: str, query: DifferenceQuery) -> DifferencePage:
        """Give a stretch of what differs, by kind and name; while it grows, as it was a moment ago.

        Raises Misconfigured.
        """
        held = self._find(id)
        is_growing = not held.is_done
        if held.findings.knows(query, is_growing=is_growing):
            return held.findings.answer(query, is_growing=is_growing)
        more: Sequence[DifferenceRow] = ()
        if Change.UNCHANGED in query.changes:
            more = await self._bench.offload.on_reading(_unchanged, self._bench, held)
        return await self._bench.offload.on_reading(held.findings.answer, query, more, is_growing=is_growing)

    async def one(self, id: str, key: str) -> ObjectDifference:
        """Compare one object, whether it differs or not.

        Raises Misconfigured for one that is on neither side, or could not be read on one of them.
        """
        held = self._find(id)
        held.require_compared(key)
        async with aclosing(told(self._bench, held, [parts_of(key)])) as stretches:
            async for some in stretches:
                for difference in some:
                    return difference
        raise Misconfigured(key, what="unknown-item", name=key)

    async def whole(self, id: str, query: DifferenceQuery) -> AsyncGenerator[Sequence[ObjectDifference], None]:
        """Tell all that is asked for, whole, in the order of ``page``, stretch by stretch.

        What did not change is left out. Raises Fault.
        """
        changes = (query.changes or DIFFERS) - {Change.UNCHANGED}
        if not changes:
            return
        page = await self.page(id, replace(query, changes=changes, offset=0, limit=_ALL))
        held = self._find(id)
        async with aclosing(told(self._bench, held, page.rows)) as stretches:
            async for some in stretches:
                self._find(id)
                yield some

    async def forget(self, id: str) -> None:
        """Stop it, if it is on its way, and let go of it. One that is not held is no error."""
        self._held.pop(id, None)
        task = self._tasks.pop(id, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def close(self) -> None:
        """Let go of all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for id in list(self._held):
            await self.forget(id)

    def let_go(self) -> None:
        """Forget those that nobody has asked for in a while."""
        latest = self._bench.clock.now() - IDLE
        for held in [one for one in self._held.values() if one.asked <= latest]:
            del self._held[held.id]
            self._tasks.pop(held.id).cancel()

    # --- how they go on --------------------------------------------------------------------------------------

    async def _run(self, held: Held) -> None:
        try:
            await (compare_live if held.request.new == LIVE else between)(self._bench, held)
        except Fault as fault:
            held.code, held.detail = fault.code, fault.detail
        except Exception as error:
            log.exception("comparison %s failed for a reason that nobody foresaw", held.id)
            held.code, held.detail = "bug", type(error).__name__
        finally:
            held.is_done = True

    def _find(self, id: str) -> Held:
        held = self._held.get(id)
        if held is None:
            raise Misconfigured(id, what="comparison-gone", name=id)
        held.asked = self._bench.clock.now()
        return held

    def _look_again(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LOOK, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.let_go()
        if self._held:
            self._look_again()


def _unchanged(bench: Bench, held: Held) -> list[DifferenceRow]:
    """List what is on both sides and does not differ."""
    stream, snapshot = held.request.stream, held.request.old
    return [
        DifferenceRow(kind=kind, id=id, name=name, change=Change.UNCHANGED, attributes=0, links=0)
        for kind in held.kinds
        if kind in held.read
        for key, name in bench.catalog.labels_at(stream, snapshot, NodeId(kind)).items()
        for _, id in (parts_of(key),)
        if held.scope.has(key) and key not in held.lost and not held.findings.has(kind, id)
    ]
