"""What a mailbox holds, asked for in another way than a backup asks: by counting, and by listing every message."""

from collections.abc import AsyncGenerator, Sequence
from functools import partial

from saasbackup_desktop.core.errors import Denied
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.core.ports import Census, Seen
from saasbackup_desktop.core.stream import Cursor
from saasbackup_desktop.providers.imap.dates import seconds
from saasbackup_desktop.providers.imap.identity import Match, match
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.memory import Past, recall
from saasbackup_desktop.providers.imap.places import write_place
from saasbackup_desktop.providers.imap.session import Listed, Session
from saasbackup_desktop.providers.imap.walk import survey


async def census(
    lanes: Lanes, since: Cursor | None, began: int, folders: Sequence[Folder]
) -> AsyncGenerator[Census, None]:
    """Go through all mailboxes. Of the cursor only two things are used: which mailbox was which, and the number that
    the next message was to get then. Raises Fault.
    """
    memory = recall(since, folders)
    for m in match(memory.pasts.values(), await lanes.run(survey)):
        if not m.now.mailbox.can_open:
            continue
        path = m.now.mailbox.path
        try:
            rows = await lanes.run(partial(_listed, path=path), near=path)
        except Denied:
            yield _told(m, m.now.status.exists if m.now.status is not None else None)
            continue
        yield _compared(m, rows, began)


def _listed(session: Session, path: str) -> Listed:
    return session.listed(path)


def _compared(m: Match, rows: Listed, began: int) -> Census:
    past = m.past
    if past is not None and past.uidvalidity and rows.uidvalidity != past.uidvalidity:
        return _told(m, rows.exists)  # every message has another number now: they can only be counted
    seen = [Seen(write_place(rows.uidvalidity, uid), _is_newer(past, uid, date, began)) for uid, date in rows.dates]
    return Census(folder=m.id, path="/".join(m.now.mailbox.names), count=rows.exists, seen=seen)


def _told(m: Match, count: int | None) -> Census:
    return Census(folder=m.id, path="/".join(m.now.mailbox.names), count=count, seen=None)


def _is_newer(past: Past | None, uid: int, date: str, began: int) -> bool | None:
    """Did a message come after the last backup? Numbers only grow; where none is remembered, its date must do."""
    if past is not None and past.status is not None and past.status.uidnext:
        return uid >= past.status.uidnext
    moment = seconds(date)
    if moment is not None and moment >= began:
        return True
    return None if past is None else False
