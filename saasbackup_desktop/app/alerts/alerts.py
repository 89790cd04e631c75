"""The door for alerts: what was unusual, and what somebody said about it."""

import logging
from collections.abc import Sequence

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.recorder import Recorder
from saasbackup_desktop.app.alerts.store import AlertStore
from saasbackup_desktop.app.alerts.views import Alert, AlertSettings
from saasbackup_desktop.core.errors import Fault, Misconfigured
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import CatalogChanged
from saasbackup_desktop.core.model import Account, Snapshot, SnapshotStatus
from saasbackup_desktop.engine import watch
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.engine import LocalEngine

log = logging.getLogger(__name__)


class Alerts:
    """Everything about alerts that a person can do. Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(self, bench: Bench, engine: LocalEngine, store: AlertStore, recorder: Recorder | None = None) -> None:
        self._bench = bench
        self._engine = engine
        self._store = store
        self._recorder = recorder

    async def all(self, open_only: bool = False) -> Sequence[Alert]:
        """Alerts, newest first; those of accounts that are not known any more are left out."""
        found = await watch.open_alerts(self._bench) if open_only else await watch.all_alerts(self._bench)
        if not found:
            return []
        streams = await self._bench.offload.on_reading(self._bench.catalog.accounts)
        accounts = {stream: account for stream, account, _ in streams}
        points = {stream: await self._points(stream) for stream in {one.stream for one in found} & set(accounts)}
        holding = await self._holding(found)
        return [
            _view(one, accounts[one.stream], points[one.stream], is_holding=one.id in holding)
            for one in found
            if one.stream in accounts
        ]

    async def find(self, id: str) -> Alert:
        """An alert by its id, or the beginning of it. Raises Misconfigured."""
        found = [one for one in await self.all() if id and one.id.startswith(id)]
        if len(found) != 1:
            raise Misconfigured("no such alert", what="no-such-alert", name=id)
        return found[0]

    async def acknowledge(self, id: str, note: str = "", *, is_expected: bool = True) -> Alert:
        """Say that somebody has looked: from then on the rules decide again about what is kept.

        ``is_expected``: as much is usual for this account. Of an alert that is acknowledged already only the note is
        replaced, if one is given. Raises Misconfigured, and vault faults, after which it is as before.
        """
        alert = await self.find(id)
        if alert.acknowledged is not None and not is_expected:
            raise Misconfigured("acknowledged already", what="alert-acknowledged", name=alert.id)
        if alert.acknowledged is not None and note in ("", alert.note):
            return alert
        return await self._acknowledge(alert.id, note, is_expected=is_expected)

    @noted("alert-acknowledged", item="id", stream="result.stream", label="note")
    async def _acknowledge(self, id: str, note: str, *, is_expected: bool) -> Alert:
        kept = next(one for one in await watch.all_alerts(self._bench) if one.id == id)
        if kept.acknowledged is None:
            await watch.acknowledge(self._bench, kept, note, is_expected=is_expected)
        else:
            await watch.annotate(self._bench, kept, note)
        self._engine.tell(CatalogChanged(kept.stream))
        return await self.find(id)

    async def settings(self) -> AlertSettings:
        """Whether and how soon alerts are raised."""
        return await self._bench.offload.on_disk(self._store.settings)

    @noted("alerts-changed")
    async def set_settings(self, settings: AlertSettings) -> None:
        """Choose something else; it counts from the next backup on."""
        await self._bench.offload.on_disk(self._store.put, settings)

    async def tend(self) -> None:
        """Place holds that could not be placed when the alert was raised."""
        await watch.settle_holds(self._bench)

    async def _holding(self, found: Sequence[watch.Alert]) -> set[str]:
        """Which of them have their hold; of a vault that cannot be asked, those that were given one."""
        given = {one.id for one in found if one.is_held and one.acknowledged is None}
        try:
            return given & await watch.held_alerts(self._bench) if given else given
        except Fault as fault:
            log.info("holds were not read: %s", fault.code)
            return given

    async def _points(self, stream: StreamId) -> Sequence[Snapshot]:
        return await self._bench.offload.on_reading(self._bench.catalog.snapshots, stream)


def _view(one: watch.Alert, account: Account, points: Sequence[Snapshot], *, is_holding: bool) -> Alert:
    there = [point for point in points if point.status is not SnapshotStatus.LOST]
    return Alert(
        id=one.id,
        stream=one.stream,
        account=account,
        kind=one.kind.value,
        made=one.made,
        job=JobId(one.job),
        snapshot=one.snapshot,
        last_good=next((point for point in there if point.id == one.last_good), None),
        facts={
            "count": one.count,
            "of": one.of,
            "share": min(100, round(100 * one.count / max(1, one.of))),
            "usual": one.usual,
            "since": one.since,
            "until": one.until,
        },
        acknowledged=one.acknowledged,
        note=one.note,
        is_holding=is_holding,
    )
