"""The door for the history of accounts."""

from collections.abc import Sequence

from saasbackup_desktop.app.history.views import AccountHistory, DayCount, ServiceHistory, Span
from saasbackup_desktop.core.ids import AccountId, StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.days import Day, all_days, span_of


class History:
    """What came and went, day by day. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def daily(self, account: AccountId, since: int | None = None, until: int | None = None) -> AccountHistory:
        """An account's days from ``since`` on and before ``until`` (days since 1970 UTC), service by service."""
        return await self._bench.offload.on_reading(self._daily, account, since, until)

    async def spans(self, streams: Sequence[StreamId]) -> Sequence[Span]:
        """When streams were backed up for the first and the last time, as far as anything is known of it."""

        def read() -> list[Span]:
            return [Span(stream=one, **_ends(*span_of(self._bench.catalog, one))) for one in streams]

        return await self._bench.offload.on_reading(read)

    def _daily(self, account: AccountId, since: int | None, until: int | None) -> AccountHistory:
        found = []
        ends: list[int] = []
        for stream, known, service in self._bench.catalog.accounts():
            if known.id == account:
                days = all_days(self._bench.catalog, stream)
                ends += [one.day for one in days]
                found.append(_service(stream, service, days, since, until))
        order = list(Service)
        found.sort(key=lambda one: order.index(one.service))
        return AccountHistory(
            account=account,
            services=found,
            first_day=min(ends, default=None),
            last_day=max(ends, default=None),
        )


def _ends(first: int | None, last: int | None) -> dict[str, int | None]:
    return {"first": first, "last": last}


def _service(
    stream: StreamId, service: Service, days: Sequence[Day], since: int | None, until: int | None
) -> ServiceHistory:
    shown = [one for one in days if (since is None or one.day >= since) and (until is None or one.day < until)]
    return ServiceHistory(
        stream=stream,
        service=service,
        days=[
            DayCount(
                day=one.day,
                runs=one.runs,
                added=one.added,
                changed=one.changed,
                removed=one.removed,
                items=one.items,
                size=one.size,
            )
            for one in shown
        ],
        first=days[0].began if days else None,
        last=max((one.ended for one in days), default=None),
        items=days[-1].items if days else 0,
        size=days[-1].size if days else 0,
        added=sum(one.added for one in shown),
        changed=sum(one.changed for one in shown),
        removed=sum(one.removed for one in shown),
    )
