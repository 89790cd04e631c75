"""Restore drills with nothing behind them: three proofs, one of each colour."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from saasbackup_desktop.app.drills.views import DrillPlan, Finding, Overdue, Proof
from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Drill, State, Tally
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.core.schedule import Rhythm, Schedule

DAY = 86400


class FakeDrills:
    """The drills' door: it writes down what it was asked for."""

    def __init__(
        self,
        now: int,
        accounts: Sequence[tuple[StreamId, Account]],
        add: Callable[[Any, State, Tally], JobId],
        asked: list[tuple[str, object]],
    ) -> None:
        self._now = now
        self._add = add
        self._asked = asked
        self.plan = DrillPlan(schedule=Schedule(rhythm=Rhythm.DAILY, at=210), next_run=now + 14 * 3600)
        ages = (3 * DAY, 1 * DAY, 40 * DAY)
        outcomes = ("proven", "incomplete", "damaged")
        self.newest = {
            stream: _proof(now, stream, account, outcome, age)
            for (stream, account), outcome, age in zip(accounts, outcomes, ages, strict=False)
        }

    async def proofs(self) -> Sequence[Proof]:
        return sorted(self.newest.values(), key=lambda one: -one.time)

    async def history(self, stream: StreamId, limit: int = 100) -> Sequence[Proof]:
        newest = self.newest.get(stream)
        if newest is None:
            return ()
        before = _proof(self._now, stream, newest.account, "proven", 10 * DAY)
        return (newest, replace(before, job=JobId("00000000d110")))[:limit]

    async def proof(self, stream: StreamId, job: JobId) -> Proof | None:
        return next((one for one in await self.history(stream) if one.job == job), None)

    async def run(
        self,
        streams: Sequence[StreamId],
        items: int | None = None,
        against_source: bool = True,
        snapshot: SnapshotId | None = None,
        seed: str = "",
    ) -> Sequence[JobId]:
        self._asked.append(("drill", (tuple(streams), items, against_source)))
        return [
            self._add(
                Drill(stream=one, items=items or 50, against_source=against_source, snapshot=snapshot, seed=seed),
                State.RUNNING,
                Tally(items_total=items or 50, doing="proving"),
            )
            for one in streams
        ]

    async def schedule(self) -> DrillPlan:
        return self.plan

    async def set_schedule(self, schedule: Schedule, items: int = 50, days: int = 7) -> DrillPlan:
        self._asked.append(("drill-plan", (schedule, items, days)))
        next_run = None if schedule.rhythm is Rhythm.BY_HAND else self._now + 14 * 3600
        self.plan = DrillPlan(schedule=schedule, items=items, days=days, next_run=next_run)
        return self.plan

    async def overdue(self) -> Sequence[Overdue]:
        return ()


def _proof(now: int, stream: StreamId, account: Account, outcome: str, age: int) -> Proof:
    missing, damaged = {"incomplete": (3, 0), "damaged": (0, 2)}.get(outcome, (0, 0))
    findings = (
        *(Finding(kind="missing", where="INBOX/Projects", name=f"1700000001:{n}") for n in range(812, 812 + missing)),
        *(
            Finding(kind="damaged", where="Archive", name=f"Minutes of meeting {n}", code="altered")
            for n in range(damaged)
        ),
        Finding(kind="newer", where="INBOX", name="1700000001:20488"),
        Finding(kind="gone", where="Trash", name="1700000004:77"),
    )
    return Proof(
        stream=stream,
        account=account,
        snapshot=SnapshotId("20261120T070000Z-00000001"),
        time=now - age,
        job=JobId("00000000d111"),
        outcome=outcome,
        read=50,
        matched=50 - damaged,
        missing=missing,
        damaged=damaged,
        at_source=1_003_399,
        facts={
            "seed": "00000000d111",
            "sample": "9f" * 32,
            "items": 50,
            "started": now - age - 42,
            "seconds": 42,
            "program": "saasbackup 0.1.0",
            "vault": "6f0d9f7e3b5c4a1e",
            "points": 30,
            "chain": 30,
            "older": "20261004T070000Z-0000002a",
            "older_walked": 1_001_420,
            "older_held": 1_001_420,
            "walked": 1_003_384,
            "held": 1_003_384,
            "hashes": 50,
            "bytes": 3_481_211,
            "source": "compared",
            "folders": 11,
            "not_told": 0,
            "newer": 18,
            "moved": 0,
            "gone": 3,
            "snapshot_taken": now - age - 7_000,
        },
        findings=findings,
        proven=now - age if outcome == "proven" else now - 10 * DAY,
    )
