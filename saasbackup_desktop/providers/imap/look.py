"""Look at one mailbox: what is new, what changed its flags, what has gone (RFC 3501, RFC 7162)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.ports import Glimpse, Known
from saasbackup_desktop.providers.imap.identity import Match
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.places import item_id, read_place, write_place
from saasbackup_desktop.providers.imap.session import Selected, Session, Status
from saasbackup_desktop.providers.imap.sets import chunks, expand
from saasbackup_desktop.providers.imap.wire import Rejected

_FLAGS_AT_ONCE = 2_000
_COUNTED_OUT = 20_000


@dataclass(slots=True)
class Finding:
    """What differs in one mailbox."""

    match: Match
    status: Status | None = None
    """How it stood when it was looked at; None: nothing can be said of it."""
    fresh: list[int] = field(default_factory=list)
    """UIDs that are not known at their places, newest first."""
    flagged: dict[NodeId, tuple[str, ...]] = field(default_factory=dict)
    lost: list[NodeId] = field(default_factory=list)
    """Items that are not at their places any more."""


@dataclass(slots=True)
class _Answer:
    selected: Selected
    uids: list[int] | None = None
    """All that exist, if they had to be asked for."""
    changed: dict[int, tuple[str, ...]] | None = None
    """Flags of what is new or changed; None: the server cannot tell, so everything must be compared."""


async def look(lanes: Lanes, known: Known, match: Match, *, is_resumed: bool) -> Finding:
    """Compare a mailbox with what is known of it, with as few questions as the server allows. Raises Fault.

    ``is_resumed``: the last run was cut short, so what is new may be known already.
    """
    now, past = match.now, match.past
    if now.status is None:
        became_a_mere_parent = past is not None and past.can_open and not now.mailbox.can_open
        return Finding(match, lost=[g.id for g in await known.within(match.id)] if became_a_mere_parent else [])
    old = past.status if past and past.status and past.status.uidvalidity == now.status.uidvalidity else None
    if old is not None and _is_quiet(old, now.status):
        return Finding(match, now.status)
    is_new = past is None

    def ask(session: Session) -> _Answer:
        return _ask(session, now.mailbox.path, old, is_new)

    answer = await lanes.run(ask, near=now.mailbox.path)
    status = _merged(answer.selected.status, now.status)
    finding = Finding(match, status)
    if is_new:
        finding.fresh = list(reversed(answer.uids or []))
    elif answer.changed is None or old is None:
        await _compare(lanes, known, finding, answer.uids or [], status.uidvalidity)
    elif not await _follow(known, finding, answer, old, is_resumed=is_resumed):
        everything = await lanes.run(partial(_ask, path=now.mailbox.path, old=None, is_new=False))
        await _compare(lanes, known, finding, everything.uids or [], status.uidvalidity)
    return finding


def _ask(session: Session, path: str, old: Status | None, is_new: bool) -> _Answer:
    if old is not None and old.modseq and not is_new:
        answer = _ask_qresync(session, path, old) or _ask_condstore(session, path, old)
        if answer is not None:
            return answer
    selected = session.examine(path)
    return _Answer(selected, session.uids(selected.status.exists))


def _ask_qresync(session: Session, path: str, old: Status) -> _Answer | None:
    """Ask for everything since in the very command that opens the mailbox; None if the server cannot tell."""
    if not session.qresync:
        return None
    try:
        selected = session.examine(path, old)
    except Rejected as rejected:
        if rejected.state != b"BAD":
            raise
        session.qresync = False  # it promised more than it can do
        return None
    return _Answer(selected, changed=selected.changed) if _goes_on(selected.status, old) else None


def _ask_condstore(session: Session, path: str, old: Status) -> _Answer | None:
    """Ask for new flags; if the count does not add up, something has gone and all UIDs are asked for."""
    if not session.condstore:
        return None
    selected = session.examine(path)
    if not _goes_on(selected.status, old):
        return None
    try:
        changed = session.changed_flags(old.modseq)
    except Rejected as rejected:
        if rejected.state != b"BAD":
            raise
        session.condstore = False
        return None
    exists = selected.status.exists
    arrived = sum(1 for uid in changed if uid >= old.uidnext)
    return _Answer(selected, session.uids(exists) if exists != old.exists + arrived else None, changed)


def _goes_on(new: Status, old: Status) -> bool:
    """The mailbox is still the one of old, and counts its changes."""
    return new.uidvalidity == old.uidvalidity and new.modseq > 0


async def _follow(known: Known, finding: Finding, answer: _Answer, old: Status, *, is_resumed: bool) -> bool:
    """Take over what the server says has changed since; False if that does not lead to as many messages as it has."""
    changed = answer.changed or {}
    folder, uidvalidity = finding.match.id, old.uidvalidity
    seen_before = [uid for uid in changed if uid < old.uidnext]
    last = old.uidnext - 1  # what came and went in between was never known, unless it was told by a run cut short
    ranges = [(low, high if is_resumed else min(high, last)) for low, high in answer.selected.vanished]
    if is_resumed or answer.uids is not None or sum(high - low + 1 for low, high in ranges) > _COUNTED_OUT:
        places = await _places(known, folder, uidvalidity)
        if answer.uids is not None:
            gone = set(places) - set(answer.uids) - set(changed)
        else:
            gone = {uid for uid in places if any(low <= uid <= high for low, high in ranges)}
    else:
        gone = set(expand(ranges))
        places = await _located(known, folder, uidvalidity, [*seen_before, *gone])
    finding.lost = [places[uid].id for uid in sorted(gone) if uid in places]
    finding.fresh = sorted((uid for uid in changed if uid not in places), reverse=True)
    finding.flagged = {
        places[uid].id: flags
        for uid, flags in changed.items()
        if uid in places and uid not in gone and places[uid].flags != flags
    }
    before = len(places) if is_resumed else old.exists
    arrived = len(finding.fresh) if is_resumed else len(changed) - len(seen_before)
    return answer.selected.status.exists == before - len(finding.lost) + arrived


async def _compare(lanes: Lanes, known: Known, finding: Finding, uids: Sequence[int], uidvalidity: int) -> None:
    """Compare message by message."""
    glimpses = await known.within(finding.match.id)
    places = _by_uid(glimpses, uidvalidity)
    there = set(uids)
    finding.flagged = {}
    finding.fresh = [uid for uid in reversed(uids) if uid not in places]
    finding.lost = [glimpse.id for glimpse in glimpses if _uid(glimpse, uidvalidity) not in there]
    if not places:
        return
    path = finding.match.now.mailbox.path
    for part in chunks(uids, _FLAGS_AT_ONCE):

        def ask(session: Session, part: Sequence[int] = part) -> dict[int, tuple[str, ...]]:
            session.visit(path)
            return session.flags(part)

        for uid, flags in (await lanes.run(ask, near=path)).items():
            if uid in places and places[uid].flags != flags:
                finding.flagged[places[uid].id] = flags


async def _located(known: Known, folder: NodeId, uidvalidity: int, uids: Sequence[int]) -> dict[int, Glimpse]:
    """What is known at these places: by the ids of those first seen there, else by asking for the whole mailbox."""
    ids = {item_id(folder, uidvalidity, uid): uid for uid in uids}
    found: dict[int, Glimpse] = {}
    for part in (list(ids)[start : start + 500] for start in range(0, len(ids), 500)):
        for id, item in (await known.items(part)).items():
            if item.parent == folder and item.place == write_place(uidvalidity, ids[id]):
                found[ids[id]] = Glimpse(id, item.place, item.revision, item.flags)
    if len(found) < len(ids):
        return await _places(known, folder, uidvalidity)
    return found


async def _places(known: Known, folder: NodeId, uidvalidity: int) -> dict[int, Glimpse]:
    return _by_uid(await known.within(folder), uidvalidity)


def _by_uid(glimpses: Sequence[Glimpse], uidvalidity: int) -> dict[int, Glimpse]:
    return {uid: glimpse for glimpse in glimpses if (uid := _uid(glimpse, uidvalidity))}


def _uid(glimpse: Glimpse, uidvalidity: int) -> int:
    """The UID of an item, 0 if its place is of another time."""
    validity, uid = read_place(glimpse.place)
    return uid if validity == uidvalidity else 0


def _is_quiet(old: Status, new: Status) -> bool:
    """Nothing happened: only servers that count changes can prove it."""
    return old.modseq > 0 and (old.modseq, old.uidnext, old.exists) == (new.modseq, new.uidnext, new.exists)


def _merged(opened: Status, asked: Status) -> Status:
    """How the mailbox stood when it was opened; poor servers tell some of it only when asked."""
    return replace(
        opened,
        uidvalidity=opened.uidvalidity or asked.uidvalidity,
        uidnext=opened.uidnext or asked.uidnext,
        mailbox_id=asked.mailbox_id,
    )
