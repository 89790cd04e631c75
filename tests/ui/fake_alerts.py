"""Alerts and the history of accounts, out of the air."""

import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from saasbackup_desktop.app.alerts.views import Alert, AlertSettings
from saasbackup_desktop.app.history.views import AccountHistory, DayCount, ServiceHistory, Span
from saasbackup_desktop.app.views import StreamCard
from saasbackup_desktop.core.ids import AccountId, JobId, StreamId
from saasbackup_desktop.core.model import Account, Service, Snapshot, stream_id

DAY = 86400


class FakeAlerts:
    """``found`` is what there is; ``asked`` keeps what was said."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.found: list[Alert] = []
        self.asked: list[tuple[str, Any]] = []
        self.chosen = AlertSettings()

    async def all(self, open_only: bool = False) -> Sequence[Alert]:
        return [one for one in self.found if not open_only or one.acknowledged is None]

    async def find(self, id: str) -> Alert:
        return next(one for one in self.found if one.id == id)

    async def acknowledge(self, id: str, note: str = "", *, is_expected: bool = True) -> Alert:
        self.asked.append((id, (note, is_expected)))
        self.found = [
            replace(one, acknowledged=self.now, note=note, is_holding=False) if one.id == id else one
            for one in self.found
        ]
        return await self.find(id)

    async def settings(self) -> AlertSettings:
        return self.chosen

    async def set_settings(self, settings: AlertSettings) -> None:
        self.chosen = settings

    def strike(
        self, account: Account, service: Service, points: Sequence[Snapshot], *, kind: str = "mass-deletion", count: int
    ) -> Alert:
        """Something unusual in the newest of some points in time (newest first)."""
        shown, good = points[0], points[1]
        made = Alert(
            id=f"{len(self.found) + 1:012x}",
            stream=stream_id(account.id, service),
            account=account,
            kind=kind,
            made=shown.finished,
            job=JobId("1" * 12),
            snapshot=shown.id,
            last_good=good,
            facts={
                "count": count, "of": 4_000, "share": count // 40, "usual": 12,
                "since": good.finished, "until": shown.finished,
            },
            acknowledged=None,
            is_holding=True,
        )  # fmt: skip
        self.found.insert(0, made)
        return made


class FakeHistory:
    """Eighty days of everything that an account has."""

    def __init__(self, now: int, cards: Callable[[], Coroutine[Any, Any, Sequence[StreamCard]]]) -> None:
        self.now = now
        self._cards = cards

    async def daily(self, account: AccountId, since: int | None = None, until: int | None = None) -> AccountHistory:
        today = self.now // DAY
        cards = [card for card in await self._cards() if card.account.id == account and card.last is not None]
        services = [self._service(account, card.service, today) for card in cards]
        first = today - 79 if services else None
        return AccountHistory(account=account, services=services, first_day=first, last_day=today if services else None)

    async def spans(self, streams: Sequence[StreamId]) -> Sequence[Span]:
        return [Span(stream=one, first=self.now - 79 * DAY, last=self.now - 3600) for one in streams]

    def _service(self, account: AccountId, service: Service, today: int) -> ServiceHistory:
        chance = random.Random(f"{account}{service}")
        busy = 60 if service is Service.MAIL else 8
        items = 3_000 if service is Service.MAIL else 250
        days = []
        for day in range(today - 79, today + 1):
            rests = (day + 3) % 7 > 4
            added = chance.randrange(busy // (6 if rests else 1) + 1)
            removed = chance.randrange(busy // 4 + 1)
            items += added - removed
            if chance.random() < 0.05:
                continue
            days.append(
                DayCount(
                    day=day, runs=3, added=added, changed=chance.randrange(busy // 2 + 1), removed=removed, items=items,
                    size=items * 48_000,
                )
            )  # fmt: skip
        return ServiceHistory(
            stream=stream_id(account, service),
            service=service,
            days=days,
            first=self.now - 79 * DAY,
            last=self.now - 3600,
            items=items,
            size=items * 48_000,
            added=sum(one.added for one in days),
            changed=sum(one.changed for one in days),
            removed=sum(one.removed for one in days),
        )
