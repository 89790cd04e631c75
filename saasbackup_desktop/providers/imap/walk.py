"""One pass over a mailbox: everything that changed, told as changes."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from saasbackup_desktop.core.errors import Denied, FolderRefused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Role
from saasbackup_desktop.core.ports import Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Put, Unread
from saasbackup_desktop.providers.imap.ahead import ahead
from saasbackup_desktop.providers.imap.dates import seconds
from saasbackup_desktop.providers.imap.identity import Match, Now, match
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.look import Finding, look
from saasbackup_desktop.providers.imap.mailboxes import Mailbox, Tree, list_mailboxes
from saasbackup_desktop.providers.imap.memory import Memory, Past, recall
from saasbackup_desktop.providers.imap.places import item_id, write_place
from saasbackup_desktop.providers.imap.recognition import Lost, Recognition, moved
from saasbackup_desktop.providers.imap.session import Details, Session, Status
from saasbackup_desktop.providers.imap.sets import chunks

log = logging.getLogger(__name__)

_AT_ONCE = 500
_ITEMS_PER_CHECKPOINT = 1_000
_BYTES_PER_CHECKPOINT = 32 << 20
_MANY = 5_000
"""Above so many new messages, copies are looked for only in mailboxes that are made of them."""
_MADE_OF_COPIES = (Role.ALL, Role.IMPORTANT, Role.FLAGGED)
_LAST = (Role.JUNK, Role.TRASH, Role.ALL, Role.IMPORTANT, Role.FLAGGED)


class Walk:
    """Compares the mailboxes of a person with what is known of them."""

    def __init__(self, lanes: Lanes, since: Cursor | None, known: Known) -> None:
        self._lanes = lanes
        self._since = since
        self._known = known
        self._lost = Lost()
        self._has_many = False
        self._is_resumed = False
        self._items = 0
        self._bytes = 0
        self._refused: dict[str, tuple[Match, Denied]] = {}
        self.paths: dict[NodeId, str] = {}
        """Where each mailbox is, as far as told."""

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Tell mailboxes, flags, new messages newest first, and last what has gone."""
        memory = recall(self._since, await self._known.folders())
        self._is_resumed, memory.is_underway = memory.is_underway, True
        present = await self._lanes.run(survey)
        matches = match(memory.pasts.values(), present)
        self.paths.update((m.id, m.now.mailbox.path) for m in matches)
        for folder in _folders(matches):
            yield Put(folder)
        gone = {id for id in memory.pasts if id not in self.paths}
        findings = []
        async with aclosing(ahead([partial(self._look, m) for m in _ordered(matches)], 2)) as results:
            async for finding in results:
                findings.append(finding)
                self._lost.origins.update((id, finding.match.id) for id in finding.lost)
        fresh = sum(len(finding.fresh) for finding in findings)
        self._has_many = fresh > _MANY
        if fresh:
            for id in sorted(gone):  # what was in there may have moved
                self._lost.origins.update((glimpse.id, id) for glimpse in await self._known.within(id))
            await self._lost.learn(self._known)
        for finding in findings:
            async with aclosing(self._tell(finding, memory)) as told:
                async for change in told:
                    yield change
        if gone or self._lost.origins:
            yield Checkpoint(memory.cursor())  # what moved out of a mailbox is settled before that goes
        for id, origin in self._lost.origins.items():
            if origin not in gone:
                yield Gone(id)
        for id in sorted(gone):
            memory.forget(id)
            yield Gone(id)
        for finding in findings:
            _settle(memory, finding)
        for unread in await self._unread():
            yield unread
        memory.is_underway = False
        yield Checkpoint(memory.cursor(), complete=True)

    async def _look(self, m: Match) -> Finding:
        try:
            return await look(self._lanes, self._known, m, is_resumed=self._is_resumed)
        except Denied as denied:
            return self._pass_over(m, denied)

    async def _tell(self, finding: Finding, memory: Memory) -> AsyncGenerator[Change, None]:
        flagged = list(finding.flagged)
        for start in range(0, len(flagged), _AT_ONCE):
            for id, item in (await self._known.items(flagged[start : start + _AT_ONCE])).items():
                self._items += 1
                yield Put(replace(item, flags=finding.flagged[id]))
            if self._is_enough():
                yield Checkpoint(memory.cursor())
        try:
            async with aclosing(self._fresh(finding)) as items:
                async for item in items:
                    self._items += 1
                    self._bytes += 0 if item.body else item.size or 0
                    yield Put(item)
                    if self._is_enough():
                        yield Checkpoint(memory.cursor())
        except Denied as denied:  # it went away while it was read: not to be remembered as told
            finding.status = self._pass_over(finding.match, denied).status
        if not finding.lost:
            _settle(memory, finding)

    async def _fresh(self, finding: Finding) -> AsyncGenerator[Item, None]:
        path = finding.match.now.mailbox.path
        works = [partial(self._details, path, uids) for uids in chunks(finding.fresh, _AT_ONCE)]
        async with aclosing(ahead(works, 2)) as results:
            async for rows in results:
                for item in await self._placed(finding, rows):
                    yield item

    async def _details(self, path: str, uids: Sequence[int]) -> list[Details]:
        def ask(session: Session) -> list[Details]:
            session.visit(path)
            return session.details(uids)

        return await self._lanes.run(ask, near=path)

    async def _placed(self, finding: Finding, rows: Sequence[Details]) -> list[Item]:
        """Say what messages at new places are: known, moved, copied or new; what is as it was is left out."""
        folder = finding.match.id
        uidvalidity = finding.status.uidvalidity if finding.status else 0
        ids = {row.uid: item_id(folder, uidvalidity, row.uid) for row in rows}
        held = await self._known.items(list(ids.values()))
        unknown = [row for row in rows if not _is_at(held.get(ids[row.uid]), folder, uidvalidity, row.uid)]
        recognition = Recognition(self._lanes, self._known, self._lost)
        mailbox = finding.match.now.mailbox
        copies = not self._has_many or mailbox.role in _MADE_OF_COPIES
        recognised = await recognition.recognise(mailbox.path, folder, unknown, copies=copies)
        items = []
        for row in rows:
            place = write_place(uidvalidity, row.uid)
            here = held.get(ids[row.uid])
            if _is_at(here, folder, uidvalidity, row.uid):
                original, is_same = here, True
            else:
                original, is_same = recognised.get(row.uid, (None, False))
            if original and is_same:
                self._lost.origins.pop(original.id, None)
                item = moved(original, folder, place, row)
                if item != original:
                    items.append(item)
                continue
            id = ids[row.uid] if here is None else await self._free_id(ids[row.uid])
            if original:
                items.append(replace(moved(original, folder, place, row), id=id))
            else:
                items.append(_new(id, folder, place, row))
        return items

    async def _free_id(self, id: NodeId) -> NodeId:
        """An id whose first holder has moved elsewhere is not given twice."""
        number = 2
        while await self._known.items([NodeId(f"{id}-{number}")]):
            number += 1
        return NodeId(f"{id}-{number}")

    def _pass_over(self, m: Match, denied: Denied) -> Finding:
        """One mailbox that cannot be read must not stop the others; INBOX must be readable."""
        if m.now.mailbox.path == "INBOX":
            raise denied
        log.info("mailbox %s passed over: %s", m.id, denied)
        self._refused[m.now.mailbox.path] = m, denied
        return Finding(m)

    async def _unread(self) -> list[Unread]:
        """Which of the mailboxes that were passed over are still there: the others went away meanwhile."""
        if not self._refused:
            return []
        there = {now.mailbox.path for now in await self._lanes.run(survey)}
        return [
            Unread(m.id, m.now.mailbox.names[-1], FolderRefused.code, denied.detail)
            for path, (m, denied) in self._refused.items()
            if path in there
        ]

    def _is_enough(self) -> bool:
        if self._items < _ITEMS_PER_CHECKPOINT and self._bytes < _BYTES_PER_CHECKPOINT:
            return False
        self._items = self._bytes = 0
        return True


def survey(session: Session) -> list[Now]:
    """List all mailboxes and ask how they stand."""
    session.leave()
    tree: Tree = list_mailboxes(session)
    paths = [mailbox.path for mailbox in tree.mailboxes if mailbox.can_open]
    statuses: dict[str, Status | None] = dict(zip(paths, session.status(paths), strict=True))
    return [Now(mailbox, statuses.get(mailbox.path)) for mailbox in tree.mailboxes]


def _folders(matches: Sequence[Match]) -> list[Folder]:
    ids: dict[tuple[str, ...], NodeId] = {}
    for m in matches:
        ids.setdefault(m.now.mailbox.names, m.id)
    return [
        Folder(
            id=m.id,
            parent=ids[m.now.mailbox.names[:-1]] if len(m.now.mailbox.names) > 1 else None,
            name=m.now.mailbox.names[-1],
            role=m.now.mailbox.role,
            facets=_facets(m.now.mailbox, m.now.status),
        )
        for m in matches
    ]


def _facets(mailbox: Mailbox, status: Status | None) -> dict[str, str]:
    facets = {"path": mailbox.path}
    if mailbox.delimiter:
        facets["delimiter"] = mailbox.delimiter
    if mailbox.is_subscribed:
        facets["subscribed"] = "yes"
    if not mailbox.can_open:
        facets["noselect"] = "yes"
    elif status is None:
        facets["unreadable"] = "yes"
    if mailbox.kind != "personal":
        facets["namespace"] = mailbox.kind
    if status and status.uidvalidity:
        facets["uidvalidity"] = str(status.uidvalidity)
    if status and status.mailbox_id:
        facets["mailboxid"] = status.mailbox_id
    return facets


def _ordered(matches: Sequence[Match]) -> list[Match]:
    """What matters most to people comes first."""

    def rank(m: Match) -> int:
        role = m.now.mailbox.role
        return 0 if role is Role.INBOX or m.now.mailbox.path == "INBOX" else 2 if role in _LAST else 1

    return sorted(matches, key=rank)


def _is_at(item: Item | None, folder: NodeId, uidvalidity: int, uid: int) -> bool:
    return item is not None and item.parent == folder and item.place == write_place(uidvalidity, uid)


def _new(id: NodeId, folder: NodeId, place: str, row: Details) -> Item:
    return Item(
        id=id,
        parent=folder,
        revision=place,
        size=row.size,
        time=seconds(row.internal_date),
        flags=row.flags,
        place=place,
        facets={"internaldate": row.internal_date},
    )


def _settle(memory: Memory, finding: Finding) -> None:
    """Remember a mailbox as told; one that could not be looked at stays as it was remembered."""
    m, status = finding.match, finding.status
    if status is None and m.now.mailbox.can_open:
        return
    memory.settle(
        Past(
            id=m.id,
            path=m.now.mailbox.path,
            can_open=m.now.mailbox.can_open,
            status=status,
            uidvalidity=status.uidvalidity if status else 0,
            mailbox_id=status.mailbox_id if status else "",
        )
    )
