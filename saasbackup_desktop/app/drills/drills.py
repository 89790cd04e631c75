"""The door for restore drills: carry them out, say what they proved, and begin them in turn."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, Final

import tzlocal

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.cards import stream_cards
from saasbackup_desktop.app.drills.store import DrillStore
from saasbackup_desktop.app.drills.views import UNREACHABLE, DrillPlan, Finding, Overdue, Proof
from saasbackup_desktop.app.submitting import Submit
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core import marks
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import BY_HAND, CatalogChanged, Drill, Initiator, Origin
from saasbackup_desktop.core.marks import Mark
from saasbackup_desktop.core.model import Account, Provider
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.schedule import Conditions, Schedule, next_after, require
from saasbackup_desktop.engine import proofs
from saasbackup_desktop.engine.conditions import Machine, hindrance

_BY_RULE: Final = Origin(initiator=Initiator.RULE)
_DAY: Final = 86400
_MOST_ITEMS: Final = 100_000
_ROUNDS: Final = "drills-rounds"
_MARK: Final = "mark"


class Drills:
    """Everything about drills that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        submit: Submit,
        conditions: Callable[[], Awaitable[Conditions]] | None = None,
        machine: Machine | None = None,
    ) -> None:
        """``conditions``, ``machine``: what rounds wait for; without, they wait for nothing."""
        self._workspace = workspace
        self._bench = workspace.bench
        self._clock = clock
        self._submit = submit
        self._conditions = conditions
        self._machine = machine
        self._store = DrillStore(workspace.home.folder / "drills.sealed", workspace.vault.subkey("drills"))

    async def proofs(self) -> Sequence[Proof]:
        """What the newest drill of each stream found out, newest first."""
        records = await self._bench.offload.on_reading(self._bench.catalog.records, proofs.ROOM)
        return [proof_from_plain(one.plain) for one in records]

    async def history(self, stream: StreamId, limit: int = 100) -> Sequence[Proof]:
        """What drills of a stream found out, newest first."""
        room = proofs.history_of(stream)
        records = await self._bench.offload.on_reading(self._bench.catalog.records, room, None, None, limit)
        return [proof_from_plain(one.plain) for one in records]

    async def proof(self, stream: StreamId, job: JobId) -> Proof | None:
        """What one drill found out; None if it has not come to its end."""
        room = proofs.history_of(stream)
        record = await self._bench.offload.on_reading(self._bench.catalog.record, room, job)
        return None if record is None else proof_from_plain(record.plain)

    async def run(
        self,
        streams: Sequence[StreamId],
        items: int | None = None,
        against_source: bool = True,
        snapshot: SnapshotId | None = None,
        seed: str = "",
    ) -> Sequence[JobId]:
        """Carry out a drill of each stream; of one that nothing reaches any more, the vault alone is proven.

        ``snapshot`` and ``seed`` repeat one that was recorded. Raises Misconfigured.
        """
        count = (await self.schedule()).items if items is None else items
        _require_items(count)
        cards = {card.stream: card for card in await stream_cards(self._workspace)}
        for stream in streams:
            if stream not in cards:
                raise Misconfigured("no such stream", what="unknown-account", name=stream)
        return [
            await self._submit(
                Drill(
                    stream=stream,
                    items=count,
                    against_source=against_source and cards[stream].connection is not None,
                    snapshot=snapshot,
                    seed=seed,
                ),
                BY_HAND,
            )
            for stream in streams
        ]

    async def schedule(self) -> DrillPlan:
        """When drills begin by themselves."""
        plan = await self._bench.offload.on_disk(self._store.read)
        mark = await self._mark()
        now = self._clock.now()
        next_run = marks.next_run(plan.schedule, mark or Mark.at(now), now, _zone())
        return replace(plan, next_run=next_run)

    @noted("drills-changed", items="items")
    async def set_schedule(self, schedule: Schedule, items: int = 50, days: int = 7) -> DrillPlan:
        """Choose another rhythm, sample size, and within how many days everybody has a turn. Raises Misconfigured."""
        require(schedule)
        _require_items(items)
        if not 1 <= days <= 366:
            raise Misconfigured("days out of range", what="bad-drill-days", name=days)
        await self._bench.offload.on_disk(self._store.write, DrillPlan(schedule=schedule, items=items, days=days))
        await self._keep_mark(Mark.at(self._clock.now()))
        self._workspace.engine.tell(CatalogChanged(None))
        return await self.schedule()

    async def overdue(self) -> Sequence[Overdue]:
        """Streams that were not proven for longer than they should be, longest first; none while it is by hand."""
        plan = await self.schedule()
        if plan.next_run is None:
            return []
        now, known = self._clock.now(), {one.stream: one for one in await self.proofs()}
        first = await self._bench.offload.on_reading(self._bench.catalog.first_times)
        found = []
        for card in await self._drillable():
            proof = known.get(card.stream)
            proven = proof.proven if proof is not None else None
            since = (proven if proven is not None else first.get(card.stream, now)) + (plan.days + 1) * _DAY
            if since <= now:
                found.append(Overdue(stream=card.stream, account=card.account, since=since, proven=proven))
        return sorted(found, key=lambda one: one.since)

    async def tend(self) -> None:
        """Begin a round that is due, once, with those that waited longest. Raises Fault."""
        plan = await self._bench.offload.on_disk(self._store.read)
        now, zone = self._clock.now(), _zone()
        mark = await self._mark()
        if mark is None:
            await self._keep_mark(Mark.at(now))
            return
        look = marks.look(plan.schedule, mark, now, zone)
        if look.due is not None and await self._is_hindered(now, zone):
            return  # it stays due
        if look.mark != mark:
            await self._keep_mark(look.mark)
        if look.due is None:
            return
        following = next_after(plan.schedule, now, zone)
        for card in await self._turn(plan, now, (following or now + _DAY) - now):
            spec = Drill(stream=card.stream, items=plan.items, against_source=card.connection is not None)
            await self._submit(spec, _BY_RULE)

    async def _is_hindered(self, now: int, zone: tzinfo) -> bool:
        """Is there anything that scheduled work waits for now?"""
        if self._conditions is None or self._machine is None:
            return False
        conditions = await self._conditions()
        return await self._bench.offload.on_disk(hindrance, conditions, self._machine, now, zone) is not None

    async def _turn(self, plan: DrillPlan, now: int, until_next: int) -> Sequence[StreamCard]:
        """Whose turn it is: an even share of all, and whoever would wait too long for the next round."""
        last = {one.stream: one.time for one in await self.proofs() if one.outcome != UNREACHABLE}
        waiting = sorted(await self._drillable(), key=lambda card: (last.get(card.stream, 0), card.stream))
        share = math.ceil(len(waiting) * min(1.0, until_next / (plan.days * _DAY)))
        late = sum(last.get(card.stream, 0) + plan.days * _DAY < now + until_next for card in waiting)
        never = sum(card.stream not in last for card in waiting)
        # A vault that has just grown by a whole tenant is gone through in turn, too, not in one night.
        return waiting[: max(share, late - never)]

    async def _drillable(self) -> Sequence[StreamCard]:
        return [card for card in await stream_cards(self._workspace) if card.last is not None]

    async def _mark(self) -> Mark | None:
        record = await self._bench.offload.on_reading(self._bench.catalog.record, _ROUNDS, _MARK)
        return None if record is None else Mark.from_plain(record.plain)

    async def _keep_mark(self, mark: Mark) -> None:
        record = Record(_MARK, self._clock.now(), mark.to_plain())
        await self._bench.offload.on_catalog(self._bench.catalog.put_records, _ROUNDS, [record])


def proof_from_plain(plain: Mapping[str, Any]) -> Proof:
    """Read what a drill left."""
    account = plain["account"]
    connection = account.get("connection")
    return Proof(
        stream=StreamId(plain["stream"]),
        account=Account(
            id=AccountId(account["id"]),
            provider=Provider(account["provider"]),
            address=account["address"],
            name=account["name"],
            connection=ConnectionName(connection) if connection else None,
        ),
        snapshot=SnapshotId(plain["snapshot"]),
        time=plain["time"],
        job=JobId(plain["job"]),
        outcome=plain["outcome"],
        read=plain["read"],
        matched=plain["matched"],
        missing=plain["missing"],
        damaged=plain["damaged"],
        at_source=plain["at_source"],
        facts=plain["facts"],
        findings=tuple(Finding(**one) for one in plain["findings"]),
        proven=plain["proven"],
    )


def _require_items(items: int) -> None:
    if not 1 <= items <= _MOST_ITEMS:
        raise Misconfigured("items out of range", what="bad-drill-items", name=items)


def _zone() -> tzinfo:
    try:
        return tzlocal.reload_localzone()
    except (LookupError, ValueError, OSError):
        return UTC
