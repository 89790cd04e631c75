"""Occurrences that were cancelled or changed: what departs from a series is made to depart again."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from saasbackup_desktop.core.errors import Refused
from saasbackup_desktop.providers.formats import zones
from saasbackup_desktop.providers.microsoft.calendar import composing
from saasbackup_desktop.providers.microsoft.calendar.files import Files
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.writing import Saved


class Occurrences:
    """Occurrences of series in a mailbox, each known by when it was to begin."""

    def __init__(self, graph: Graph, user: str, files: Files) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}/events"
        self._files = files

    async def depart(self, saved: Saved, there: Mapping[str, Any]) -> None:
        """Cancel what was cancelled of a series and change what was changed. Raises Fault.

        ``there``: the series as it is, with what departs from it by now.
        """
        series, id = saved.plain, str(there["id"])
        gone, changed = composing.cancelled_days(there), by_start(there)
        for day in composing.cancelled_days(series):
            if day not in gone and (found := await self._on(id, day, series)) is not None:
                await self._graph.send("DELETE", f"{self._at}/{found}", mailbox=self._user, prefer=[IMMUTABLE])
        for start, exception in by_start(series).items():
            known = str(changed[start]["id"]) if start in changed else await self._near(id, start, series)
            if known is not None:
                event = composing.departing(series, exception)
                await self._graph.send("PATCH", f"{self._at}/{known}", event, mailbox=self._user, prefer=[IMMUTABLE])
                await self._files.settle(saved, exception, known)

    async def _on(self, id: str, day: str, series: Mapping[str, Any]) -> str | None:
        """The occurrence that is to begin on a day, where its series is at home. Raises Refused."""
        zone = _home(series)
        noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=zone or UTC)
        async with aclosing(self._instances(id, noon)) as instances:
            async for one in instances:
                start = composing.original_start(one)
                if start is not None and _day(start, zone or UTC, one) == day:
                    return str(one["id"])
        _must_be_known(zone, day)
        return None

    async def _near(self, id: str, start: datetime, series: Mapping[str, Any]) -> str | None:
        """The occurrence that is to begin at a moment. Raises Refused."""
        zone = _home(series)
        # A series whose zone nobody knows keeps to UTC, and is elsewhere when the clocks change.
        most = timedelta(0) if zone is not None else timedelta(hours=2)
        async with aclosing(self._instances(id, start)) as instances:
            async for one in instances:
                begins = composing.original_start(one)
                if begins is not None and abs(begins - start) <= most:
                    return str(one["id"])
        _must_be_known(zone, start.isoformat())
        return None

    async def _instances(self, id: str, around: datetime) -> AsyncGenerator[dict[str, Any], None]:
        """The occurrences of a series about a moment."""
        query = {
            "startDateTime": (around - timedelta(days=2)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "endDateTime": (around + timedelta(days=2)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "$select": "id,start,originalStart,type,isAllDay",
        }
        path = f"{self._at}/{id}/instances"
        async with aclosing(self._graph.pages(path, query, mailbox=self._user, prefer=[IMMUTABLE])) as pages:
            async for page in pages:
                for one in page:
                    yield one


def by_start(series: Mapping[str, Any]) -> dict[datetime, Mapping[str, Any]]:
    """A series' changed occurrences, by when they were to begin."""
    found = {}
    for one in series.get("exceptionOccurrences") or ():
        start = composing.original_start(one)
        if start is not None:
            found[start] = one
    return found


def _home(series: Mapping[str, Any]) -> tzinfo | None:
    return zones.zone_of(str(series.get("originalStartTimeZone") or ""))


def _must_be_known(zone: tzinfo | None, which: str) -> None:
    """Refuse a series without an occurrence that it had; with a zone that nobody knows, the comparison will tell."""
    if zone is not None:
        raise Refused("occurrence", reason="occurrence", which=which)


def _day(start: datetime, zone: tzinfo, plain: Mapping[str, Any]) -> str:
    """The day on which an occurrence was to begin, where its series is at home."""
    when = start if plain.get("isAllDay") else start.astimezone(zone)
    return when.strftime("%Y-%m-%d")
