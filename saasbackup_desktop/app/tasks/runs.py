"""How each task ran: kept among the catalog's records, so that a run begins once whoever ends in its midst."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from saasbackup_desktop.app.tasks.keeping import Left
from saasbackup_desktop.app.tasks.views import MissedRuns
from saasbackup_desktop.catalog.values import Record
from saasbackup_desktop.core.ids import StreamId, TaskId
from saasbackup_desktop.core.marks import Mark
from saasbackup_desktop.engine.bench import Bench

_RUNS: Final = "tasks.runs"
_MISSED: Final = "tasks.missed"
_TENDED: Final = "tasks.tended"
_LEFT: Final = "tasks.left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where a task stands."""

    mark: Mark
    """What of its schedule was handled."""
    since: int
    """The task's own: another one means that it was changed, and begins anew."""
    due: int | None = None
    """When the last run was due that began."""
    began: int | None = None
    """When it began."""
    is_beginning: bool = False
    """Not all of its jobs are queued yet."""
    hindered: str = ""
    """What kept a run from beginning when it was looked at last."""
    unanswered: int = 0
    """Runs before the last one, one after another, in which nothing could be reached."""
    unanswered_since: int | None = None


class Runs:
    """Reads and writes where tasks stand."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def all(self) -> Mapping[TaskId, Run]:
        """Of every task that was looked at."""
        found = await self._bench.offload.on_reading(self._bench.catalog.records, _RUNS)
        return {TaskId(one.key): _run(one.plain) for one in found}

    async def put(self, task: TaskId, run: Run) -> None:
        """Keep where a task stands, durably."""
        plain = {**asdict(run), "mark": run.mark.to_plain()}
        await self._put(_RUNS, [Record(task, run.mark.seen, plain)])

    async def forget(self, tasks: Sequence[TaskId]) -> None:
        """Forget where tasks stood."""
        await self._bench.offload.on_catalog(self._bench.catalog.drop_records, _RUNS, tasks)

    async def tended(self) -> int | None:
        """Last sign of whoever begins runs."""
        found = await self._bench.offload.on_reading(self._bench.catalog.record, _TENDED, "")
        return found.time if found is not None else None

    async def tend(self, now: int) -> None:
        """Give a sign."""
        await self._put(_TENDED, [Record("", now, None)])

    async def miss(self, missed: MissedRuns) -> None:
        """Write down that runs were missed."""
        plain = {"task": missed.task, "missed": missed.missed, "why": str(missed.why), "made_up": missed.made_up}
        await self._put(_MISSED, [Record(f"{missed.task}-{missed.since}", missed.since, plain)])

    async def missed(self, since: int, until: int) -> Sequence[MissedRuns]:
        """Runs that were missed, by when the first was due; newest first."""
        found = await self._bench.offload.on_reading(self._bench.catalog.records, _MISSED, since, until)
        return [
            MissedRuns(
                task=TaskId(one.plain["task"]),
                since=one.time,
                missed=one.plain["missed"],
                why=one.plain["why"],
                made_up=one.plain["made_up"],
            )
            for one in found
        ]

    async def left(self) -> Mapping[StreamId, Left]:
        """What is noted of streams whose accounts left."""
        found = await self._bench.offload.on_reading(self._bench.catalog.records, _LEFT)
        return {StreamId(one.key): Left(since=one.time, job=one.plain) for one in found}

    async def put_left(self, some: Mapping[StreamId, Left]) -> None:
        """Note something of them."""
        if some:
            await self._put(_LEFT, [Record(stream, one.since, one.job) for stream, one in some.items()])

    async def drop_left(self, streams: Sequence[StreamId]) -> None:
        """Forget them: their accounts are back."""
        if streams:
            await self._bench.offload.on_catalog(self._bench.catalog.drop_records, _LEFT, streams)

    async def _put(self, room: str, some: Sequence[Record]) -> None:
        await self._bench.offload.on_catalog(self._bench.catalog.put_records, room, some)


def _run(plain: Mapping[str, Any]) -> Run:
    return Run(**{**plain, "mark": Mark.from_plain(plain["mark"])})
