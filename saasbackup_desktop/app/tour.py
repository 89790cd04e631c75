"""What a backup is good for, shown on a demonstration that is prepared: each step proves what it says."""

import asyncio
import hashlib
from collections import Counter

from saasbackup_desktop.app.demo import PASSPHRASE, SUCCESSOR, Demonstration, Tell, finished, staff, step
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.entra.views import CompareRequest, DifferenceQuery, PlanRequest
from saasbackup_desktop.app.views import Difference, DiffRow, FolderRow, Query, RestoreRequest, StreamCard
from saasbackup_desktop.core.directory.ticks import Ticks
from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Conflict, Snapshot
from saasbackup_desktop.sim.imap import Mailbox

_WORDS = "visit next week"
_LOOK_EVERY = 0.05
_STRUCK = ("users", "groups", "administrativeUnits", "roleAssignments", "conditionalAccessPolicies")
"""Kinds of objects that the bad day could change."""


async def tour(demonstration: Demonstration, tell: Tell) -> bool:
    """Browse, compare, search, rescue, restore, verify; tell whether everything came back equal. Raises Fault."""
    desk = Desk(demonstration.home)
    try:
        await desk.unlock(PASSPHRASE)
        card = (await staff(desk))[0]
        newest, oldest, *_ = await desk.snapshots(card.stream)
        await _browse(desk, card, oldest, newest, tell)
        removed = await _compare_times(desk, card, oldest, newest, tell)
        await _search(desk, tell)
        await _rescue(desk, card, removed, oldest, tell)
        await _restore(desk, card, newest, tell)
        mailbox, successor = demonstration.mailbox(card.account.address), demonstration.successor
        is_equal = _compare_accounts(mailbox, successor, tell)
        if demonstration.directory is not None:
            is_equal = await undo_bad_day(desk, tell) and is_equal
        return await _check(desk, tell) and is_equal
    finally:
        await desk.close()


async def _browse(desk: Desk, card: StreamCard, old: Snapshot, new: Snapshot, tell: Tell) -> None:
    with step(tell, "browse") as counts:
        then = {row.folder.id: row for row in await desk.folders(card.stream, old.id)}
        now = {row.folder.id: row for row in await desk.folders(card.stream, new.id)}
        row = max((row for id, row in now.items() if id in then), key=lambda row: _moved_on(then[row.folder.id], row))
        counts.update(folder=row.path, then=then[row.folder.id].items, now=row.items)


def _moved_on(then: FolderRow, now: FolderRow) -> int:
    return abs(now.items - then.items)


async def _compare_times(desk: Desk, card: StreamCard, old: Snapshot, new: Snapshot, tell: Tell) -> DiffRow:
    with step(tell, "differences") as counts:
        rows = await desk.diff(card.stream, old.id, new.id)
        counts["differences"] = len(rows)
    for row in rows:
        if Difference.REMOVED in row.kinds and not row.is_folder:
            return row
    raise NotFound("nothing was removed")


async def _search(desk: Desk, tell: Tell) -> None:
    with step(tell, "search") as counts:
        page = await desk.search(Query(words=_WORDS), limit=100_000)
        counts.update(words=_WORDS, found=len(page.rows))


async def _rescue(desk: Desk, card: StreamCard, removed: DiffRow, old: Snapshot, tell: Tell) -> None:
    with step(tell, "rescue") as counts:
        row = await desk.find_item(card.stream, removed.id, old.id)
        counts.update(subject=row.item.name, bytes=len(await desk.read(row.item)))


async def _restore(desk: Desk, card: StreamCard, snapshot: Snapshot, tell: Tell) -> None:
    with step(tell, "restore") as counts:
        request = RestoreRequest(
            stream=card.stream, snapshot=snapshot.id, connection=SUCCESSOR, conflict=Conflict.SKIP.value
        )
        job = await finished(desk, await desk.restore(request))
        counts.update(added=job.tally.added, verified=job.tally.verified)


def _compare_accounts(old: Mailbox, new: Mailbox, tell: Tell) -> bool:
    with step(tell, "compare") as counts:
        before, after = _contents(old), _contents(new)
        counts.update(messages=before.total(), equal=(before & after).total())
    return before == after


def _contents(mailbox: Mailbox) -> Counter[tuple[object, ...]]:
    """Every message as folder, SHA-256, flags and date: what has to come back."""
    with mailbox.lock:
        return Counter(
            (
                folder.name,
                hashlib.sha256(message.data).hexdigest(),
                message.flags,
                message.internal_date.timestamp(),
            )
            for folder in mailbox.folders.values()
            for message in folder.messages.values()
        )


async def undo_bad_day(desk: Desk, tell: Tell) -> bool:
    """Bring the directory back to what it was before; tell whether nothing differs any more. Raises Fault."""
    [tenant] = await desk.entra.tenants()
    oldest = (await desk.snapshots(tenant.stream))[-1].id
    with step(tell, "undo") as counts:
        counts["differences"] = await _differing(desk, tenant.stream, oldest)
        wanted = PlanRequest(stream=tenant.stream, snapshot=oldest, ticks=Ticks(frozenset(_STRUCK)))
        plan = await desk.entra.plan(wanted)
        await finished(desk, await desk.entra.restore(plan.id))
        state = await desk.entra.plan_state(plan.id)
        counts.update(writes=sum(plan.counts.values()), verified=state.verified)
    return await _differing(desk, tenant.stream, oldest) == 0


async def _differing(desk: Desk, stream: StreamId, old: SnapshotId) -> int:
    """How many objects are not now as they were."""
    found = await desk.entra.compare(CompareRequest(stream=stream, old=old, kinds=_STRUCK))
    while not found.is_done:
        await asyncio.sleep(_LOOK_EVERY)
        found = await desk.entra.comparison(found.id)
    page = await desk.entra.differences(found.id, DifferenceQuery())
    await desk.entra.forget_comparison(found.id)
    return page.total


async def _check(desk: Desk, tell: Tell) -> bool:
    with step(tell, "check") as counts:
        job = await desk.check_vault(100)
        files = (await finished(desk, job)).tally.items_done
        damages = await desk.damages(job)
        counts.update(files=files, damages=len(damages))
    return not damages
