"""What holds forbid, told before anything is begun."""

from collections.abc import Sequence

from saasbackup_desktop.core.errors import Held
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.engine import watch
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.vault.retention.holds import Hold


async def require_free(bench: Bench, streams: Sequence[StreamId], snapshots: Sequence[SnapshotId] = ()) -> None:
    """Raise Held if a hold protects anything of these streams; ``snapshots``: only these are asked about."""
    found = await bench.offload.on_disk(bench.vault.housekeeping.holds)
    for stream in streams if found else ():
        for point in await bench.offload.on_reading(bench.catalog.snapshots, stream):
            if snapshots and point.id not in snapshots:
                continue
            covering = [hold for hold in found if hold.covers(point)]
            if covering:
                alerts = [alert for hold in covering if (alert := await _alert_of(bench, hold))]
                facts = {"what": "alert", "alert": alerts[0]} if alerts else {}
                raise Held(stream, name=point.id, **facts)


async def require_releasable(bench: Bench, id: str) -> None:
    """Raise Held if an alert placed this hold that nobody has acknowledged."""
    for hold in await bench.offload.on_disk(bench.vault.housekeeping.holds):
        if hold.id == id and (alert := await _alert_of(bench, hold)):
            raise Held(id, what="alert-hold", name=id, alert=alert)


async def _alert_of(bench: Bench, hold: Hold) -> str:
    """Which open alert placed it; empty if none did."""
    if not hold.label.startswith(watch.HOLD):
        return ""
    id = hold.label.removeprefix(watch.HOLD)
    return id if any(one.id == id for one in await watch.open_alerts(bench)) else ""
