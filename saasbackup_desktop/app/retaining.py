"""Retention, holds, trash and prune, as the desk shows them."""

import asyncio
from collections.abc import Callable, Sequence

from saasbackup_desktop.app import views
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Head
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.vault.retention.holds import Hold
from saasbackup_desktop.vault.retention.housekeeping import Preview, Trashed
from saasbackup_desktop.vault.retention.policy import Policy

Change = Callable[[Policy], Policy]
"""What the rules would be."""


def rule_changed(stream: StreamId | None, keep: Keep | None) -> Change:
    """A rule for a stream, or for all without a rule of their own; None: as all others, or everything."""
    return lambda policy: policy.changed(stream, keep)


async def preview(bench: Bench, grace_days: int, changed: Change | None = None) -> views.PrunePreview:
    """Say what a prune would do, after a change of the rules if one is given. Ends soon after its task is cancelled."""
    wish: list[bool] = []
    working = asyncio.ensure_future(bench.offload.on_disk(_preview, bench, grace_days, changed, wish))
    try:
        found = await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.append(True)
        await asyncio.wait([working])
        raise
    now = bench.clock.now()
    return views.PrunePreview(
        go=[_point(head) for head in found.go],
        stay=[_point(head, reasons) for head, reasons in found.stay],
        files=found.packs,
        size=found.size,
        rewritten=found.rewritten,
        due=now + grace_days * DAY,
        removed_now=[_entry(trashed, now) for trashed in found.due],
    )


async def trash(bench: Bench) -> Sequence[views.TrashEntry]:
    """What will be removed, earliest first."""
    now = bench.clock.now()
    return [_entry(trashed, now) for trashed in await bench.offload.on_disk(bench.vault.housekeeping.trash)]


async def holds(bench: Bench) -> Sequence[views.Hold]:
    """What must not be removed, oldest first."""
    found = await bench.offload.on_disk(bench.vault.housekeeping.holds)
    return [await _hold(bench, hold) for hold in found]


async def hold(bench: Bench, stream: StreamId | None, snapshot: SnapshotId | None, label: str) -> views.Hold:
    """Let something not be removed."""
    made = await bench.offload.on_disk(bench.vault.housekeeping.hold, stream, snapshot, label, bench.owner)
    return await _hold(bench, made)


async def retention(bench: Bench, stream: StreamId | None) -> views.Retention:
    """The rule for a stream, or for all."""
    policy = await bench.offload.on_disk(bench.vault.housekeeping.policy)
    if stream is None:
        return views.Retention(stream=None, keep=policy.default, is_own=True)
    return views.Retention(stream=stream, keep=policy.keep(stream), is_own=stream in policy.streams)


async def retentions(bench: Bench) -> Sequence[views.Retention]:
    """The rule for all, then those of streams that have one of their own."""
    policy = await bench.offload.on_disk(bench.vault.housekeeping.policy)
    own = [views.Retention(stream=stream, keep=keep, is_own=True) for stream, keep in policy.streams.items()]
    return [views.Retention(stream=None, keep=policy.default, is_own=True), *own]


async def set_retention(bench: Bench, keep: Keep | None, stream: StreamId | None) -> None:
    """Change the rule of a stream, or of all."""
    await bench.offload.on_disk(bench.vault.housekeeping.set_policy, stream, keep)


def _preview(bench: Bench, grace_days: int, changed: Change | None, wish: list[bool]) -> Preview:
    housekeeping = bench.vault.housekeeping
    policy = changed(housekeeping.policy()) if changed is not None else None
    remembered = bench.catalog.remembered()
    return housekeeping.preview(
        grace_days, lambda _done, _total: None, lambda: bool(wish), policy, remembered=remembered
    )


async def _hold(bench: Bench, hold: Hold) -> views.Hold:
    known = await bench.offload.on_reading(bench.catalog.accounts)
    account = next((account for stream, account, _ in known if stream == hold.stream), None)
    return views.Hold(
        id=hold.id, stream=hold.stream, snapshot=hold.snapshot, account=account, label=hold.label, made=hold.made
    )


def _entry(trashed: Trashed, now: int) -> views.TrashEntry:
    trash = trashed.trash
    return views.TrashEntry(
        id=trash.id,
        made=trash.made,
        due=trash.due,
        is_due=trash.due <= now,
        why=trash.why,
        points=[_point(head) for head in trashed.heads],
        files=len(trash.packs),
        size=trashed.size,
    )


def _point(head: Head, reasons: tuple[str, ...] = ()) -> views.Point:
    return views.Point(stream=head.snapshot.stream, account=head.account, snapshot=head.snapshot, reasons=reasons)
