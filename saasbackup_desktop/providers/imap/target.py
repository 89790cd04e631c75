"""A mailbox as a target."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from saasbackup_desktop.core.errors import (
    Denied,
    Fault,
    ItemFault,
    NameRefused,
    NotFound,
    NotVerified,
    TargetFull,
    Unreachable,
)
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Delivery, Reading, Receipt, Twins
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.formats.headers import header_digest
from saasbackup_desktop.providers.imap import translate
from saasbackup_desktop.providers.imap.ahead import ahead
from saasbackup_desktop.providers.imap.appending import Append, target_id
from saasbackup_desktop.providers.imap.dates import seconds
from saasbackup_desktop.providers.imap.flags import write_flags
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.mailboxes import Mailbox, Tree, list_mailboxes
from saasbackup_desktop.providers.imap.names import Namespace, encode, join, name_fault
from saasbackup_desktop.providers.imap.places import read_place
from saasbackup_desktop.providers.imap.quota import read_quota
from saasbackup_desktop.providers.imap.session import Details, Session, name
from saasbackup_desktop.providers.imap.sets import chunks
from saasbackup_desktop.providers.imap.settings import ImapSettings, Secret
from saasbackup_desktop.providers.imap.twins import RESTORED, Presence, compare, find_twins, plain_flags
from saasbackup_desktop.providers.imap.wire import Rejected

_AT_ONCE = 500
_READ_BYTES = 4 << 20


class ImapTarget:
    """Writes into a mailbox; deletes nothing. Implements core.ports.Target.

    A folder's id is the server's name for it, a message's id is ``<folder's id>\\0<uidvalidity>:<uid>``.
    """

    def __init__(self, settings: ImapSettings, secret: Secret, traffic: Traffic | None = None) -> None:
        self._lanes = Lanes(settings, secret, traffic)
        self._tree: Tree | None = None

    async def folders(self) -> Sequence[Folder]:
        """What is there now, parents first. Raises Fault."""
        self._tree = await self._lanes.run(list_mailboxes)
        paths: dict[tuple[str, ...], str] = {}
        for mailbox in self._tree.mailboxes:
            paths.setdefault(mailbox.names, mailbox.path)
        return [_folder(mailbox, paths) for mailbox in self._tree.mailboxes]

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """Below a prefix ``INBOX.`` a folder in INBOX and one beside it are the same. Knows it after ``folders``."""
        names = ("INBOX", *path[1:]) if path and path[0].upper() == "INBOX" else tuple(path)
        personal = self._tree.personal if self._tree else None
        if (
            personal
            and len(names) > 1
            and names[0] == "INBOX"
            and personal.prefix.upper() == f"INBOX{personal.delimiter}"
        ):
            return names[1:]
        return names

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """Say why a folder of this path could not be made: ``empty``, ``control-character``, ``not-text``,
        ``has-delimiter``, ``no-subfolders``, ``too-long``; None if it can. Knows the delimiter after ``folders``."""
        if self._tree and any(
            mailbox.names == self.as_listed(path) and mailbox.can_open for mailbox in self._tree.mailboxes
        ):
            return None
        return name_fault(path, self._tree.personal if self._tree else Namespace("personal", "", "\0"))

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find or make a folder, and subscribe to it if it is made. Raises NameRefused, Denied, TargetFull."""
        tree = self._tree
        if tree is None:
            tree = self._tree = await self._lanes.run(list_mailboxes)
        names = self.as_listed(path)
        for mailbox in tree.mailboxes:
            if mailbox.names == names and mailbox.can_open:
                return NodeId(mailbox.path)
        reason = name_fault(names, tree.personal)
        if reason is not None:
            raise NameRefused(reason, name="/".join(path), reason=reason)
        spelled = _spell(tree, names)
        await self._lanes.run(partial(_create, spelled, "/".join(path)))
        self._tree = await self._lanes.run(list_mailboxes)
        if not any(mailbox.path == spelled and mailbox.can_open for mailbox in self._tree.mailboxes):
            raise NameRefused("altered by the server", name="/".join(path), reason="altered")
        return NodeId(spelled)

    async def room(self) -> tuple[int | None, int | None]:
        """Bytes left, and bytes that one message may have; None where the server does not tell. Raises Fault."""
        return await self._lanes.run(lambda session: (read_quota(session).room, session.limit()))

    async def present(self, folder: NodeId) -> Sequence[Presence]:
        """The messages directly in a folder. Raises Fault."""
        validity, uids = await self._lanes.run(partial(_all_uids, folder), near=folder)
        works = [
            partial(self._lanes.run, partial(_details, folder, part, validity), near=folder)
            for part in chunks(uids, _AT_ONCE)
        ]
        found: list[Presence] = []
        async with aclosing(ahead(works, 2)) as results:
            async for rows in results:
                found += [
                    Presence(target_id(folder, validity, row.uid), row.size, seconds(row.internal_date), row.flags)
                    for row in rows
                ]
        return found

    async def headers(self, ids: Sequence[NodeId]) -> Mapping[NodeId, str]:
        """SHA-256 of the raw header sections; ids that are gone are left out. Raises Fault."""
        found: dict[NodeId, str] = {}
        for folder, validity, uids in _by_folder(ids):
            for part in chunks(uids, _AT_ONCE):
                headers = await self._lanes.run(partial(_headers, folder, validity, part), near=folder)
                for uid, header in headers.items():
                    found[target_id(folder, validity, uid)] = header_digest(header)
        return found

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write messages. Raises Fault if the target is lost, TargetFull if it is full."""
        by_folder: dict[NodeId, list[Delivery]] = {}
        for delivery in deliveries:
            by_folder.setdefault(delivery.into, []).append(delivery)
        receipts: list[Receipt] = []
        for folder, some in by_folder.items():
            append = Append(folder, some, asyncio.get_running_loop())
            receipts += await self._lanes.run(append, near=folder)
        return receipts

    async def mark(self, id: NodeId, flags: Sequence[str]) -> None:
        """Set the flags of a message to exactly these, as far as the server keeps them. Raises NotFound, Fault."""
        folder, _, place = id.partition("\0")
        if not await self._lanes.run(partial(_store, folder, read_place(place), flags), near=folder):
            raise NotFound("UIDVALIDITY changed")

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find for each message the one that the folder has already. Raises Fault."""
        del reading  # lengths, headers and hashes are enough
        return await find_twins(self, folder, items)

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Bring flags back, with the keyword that says so, and look whether they are there. Raises Fault."""
        del reading  # the bytes are the same already
        receipts: list[Receipt] = []
        for id, item in pairs:
            try:
                await self.mark(id, [*item.flags, RESTORED])
            except ItemFault as fault:
                receipts.append(Receipt(item, folder, id, fault))
            else:
                receipts.append(Receipt(item, folder, id))
        there = {one.id: plain_flags(one.flags) for one in await self.present(folder)}
        return [_looked_up(receipt, there) for receipt in receipts]

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read messages back and compare bytes, flags and date. Raises Fault."""
        del reading  # their SHA-256 is known
        return await compare(self, folder, written)

    async def read(self, ids: Sequence[NodeId]) -> AsyncGenerator[Sequence[tuple[NodeId, Item, bytes]], None]:
        """Read messages back, whole, in batches that fit in memory; those that are gone are left out. Raises Fault."""
        for folder, validity, uids in _by_folder(ids):
            for part in chunks(uids, _AT_ONCE):
                rows = await self._lanes.run(partial(_details, folder, part, validity), near=folder)
                works = [
                    partial(self._lanes.run, partial(_read, folder, validity, some), near=folder)
                    for some in _fitting(rows)
                ]
                async with aclosing(ahead(works, 2)) as results:
                    async for batch in results:
                        yield batch

    async def close(self) -> None:
        """Hang up."""
        await self._lanes.close()


def _looked_up(receipt: Receipt, there: Mapping[NodeId, frozenset[str]]) -> Receipt:
    """Say which flags the target did not take, or that the message is gone."""
    if receipt.fault is not None or receipt.id is None:
        return receipt
    if receipt.id not in there:
        return replace(receipt, fault=NotVerified("missing"))
    dropped = [flag for flag in receipt.item.flags if plain_flags([flag]) - there[receipt.id]]
    return replace(receipt, dropped=tuple(dropped))


def _folder(mailbox: Mailbox, paths: Mapping[tuple[str, ...], str]) -> Folder:
    facets = {"delimiter": mailbox.delimiter or ""}
    if mailbox.is_subscribed:
        facets["subscribed"] = "yes"
    if not mailbox.can_open:
        facets["noselect"] = "yes"
    if mailbox.kind != "personal":
        facets["namespace"] = mailbox.kind
    parent = paths[mailbox.names[:-1]] if len(mailbox.names) > 1 else None
    return Folder(
        id=NodeId(mailbox.path),
        parent=NodeId(parent) if parent is not None else None,
        name=mailbox.names[-1],
        role=mailbox.role,
        facets=facets,
    )


def _spell(tree: Tree, names: tuple[str, ...]) -> str:
    """Spell a new path: below its nearest ancestor that is there, which may lie in another namespace."""
    by_names = {mailbox.names: mailbox for mailbox in reversed(tree.mailboxes)}
    for depth in range(len(names), 0, -1):
        ancestor = by_names.get(names[:depth])
        if ancestor is not None and (depth == len(names) or ancestor.delimiter):
            return (ancestor.delimiter or "").join((ancestor.path, *(encode(part) for part in names[depth:])))
    return join(names, tree.personal)


def _create(path: str, shown: str, session: Session) -> None:
    try:
        session.wire.command(b"CREATE", name(path))
    except Rejected as rejected:
        fault: Fault = translate.rejected(rejected, "")
        if rejected.code == b"NOPERM":
            raise Denied(str(rejected), name=shown) from None
        if isinstance(fault, Unreachable | TargetFull):
            raise
        if rejected.code != b"ALREADYEXISTS":
            raise NameRefused(str(rejected), name=shown, reason="refused") from None
    try:
        session.wire.command(b"SUBSCRIBE", name(path))
    except Rejected:
        return  # it is there, only not among the favourites


def _all_uids(path: str, session: Session) -> tuple[int, list[int]]:
    status = session.examine(path).status
    return status.uidvalidity, session.uids(status.exists)


def _details(path: str, uids: Sequence[int], validity: int, session: Session) -> list[Details]:
    session.visit(path)
    return session.details(uids) if session.uidvalidity == validity else []


def _headers(path: str, validity: int, uids: Sequence[int], session: Session) -> dict[int, bytes]:
    session.examine(path)
    return session.headers(uids) if session.uidvalidity == validity else {}


def _read(path: str, validity: int, rows: Sequence[Details], session: Session) -> list[tuple[NodeId, Item, bytes]]:
    session.visit(path)
    bodies = session.bodies([row.uid for row in rows])
    return [
        (target_id(path, validity, row.uid), _item(path, validity, row, bodies[row.uid]), bodies[row.uid])
        for row in rows
        if row.uid in bodies
    ]


def _item(path: str, validity: int, row: Details, data: bytes) -> Item:
    id = target_id(path, validity, row.uid)
    return Item(
        id=id,
        parent=NodeId(path),
        revision=hashlib.sha256(data).hexdigest(),
        size=len(data),
        time=seconds(row.internal_date),
        flags=row.flags,
        place=id.partition("\0")[2],
        facets={"internaldate": row.internal_date},
    )


def _store(path: str, place: tuple[int, int], flags: Sequence[str], session: Session) -> bool:
    session.visit_writable(path)
    if session.uidvalidity != place[0]:
        return False
    session.wire.command(b"UID", b"STORE", b"%d" % place[1], b"FLAGS.SILENT", write_flags(flags, session.permanent))
    return True


def _by_folder(ids: Iterable[NodeId]) -> list[tuple[NodeId, int, list[int]]]:
    groups: dict[tuple[str, int], list[int]] = {}
    for id in ids:
        folder, _, place = id.partition("\0")
        validity, uid = read_place(place)
        groups.setdefault((folder, validity), []).append(uid)
    return [(NodeId(folder), validity, sorted(uids)) for (folder, validity), uids in groups.items()]


def _fitting(rows: Sequence[Details]) -> list[list[Details]]:
    batches: list[list[Details]] = []
    size = 0
    for row in rows:
        if not batches or size + row.size > _READ_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(row)
        size += row.size
    return batches
