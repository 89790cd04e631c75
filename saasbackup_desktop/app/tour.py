"""What a backup is good for, shown on a demonstration that is prepared: each step proves what it says."""

import hashlib
from collections import Counter

from saasbackup_desktop.app.demo import PASSPHRASE, SUCCESSOR, Demonstration, Tell, finished, staff, step
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Difference, DiffRow, FolderRow, Query, RestoreRequest, StreamCard
from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.model import Conflict, Snapshot
from saasbackup_desktop.sim.imap import Mailbox

_WORDS = "visit next week"


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


async def _check(desk: Desk, tell: Tell) -> bool:
    with step(tell, "check") as counts:
        job = await desk.check_vault(100)
        files = (await finished(desk, job)).tally.items_done
        damages = await desk.damages(job)
        counts.update(files=files, damages=len(damages))
    return not damages
