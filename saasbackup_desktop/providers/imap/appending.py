"""Write messages into a mailbox: many in one command where the server can (RFC 3502, RFC 3516, RFC 4315, RFC 7889)."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from saasbackup_desktop.core.errors import ItemFault, Refused, TargetFull, TooLarge, Unreachable
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.ports import Delivery, Receipt
from saasbackup_desktop.providers.formats.headers import header_digest
from saasbackup_desktop.providers.imap import dates, translate
from saasbackup_desktop.providers.imap.flags import Permanent, dropped, write_flags
from saasbackup_desktop.providers.imap.places import write_place
from saasbackup_desktop.providers.imap.session import Session, Status, name
from saasbackup_desktop.providers.imap.sets import chunks, expand, read_set
from saasbackup_desktop.providers.imap.wire import Literal, Lost, Outcome, Rejected, Word, WrongLength

_BATCH_BYTES = 4 << 20
_BATCH_ITEMS = 200


@dataclass(slots=True)
class Append:
    """Writing some messages to one mailbox, in a thread; done again after a break, it writes only what is missing."""

    path: str
    deliveries: Sequence[Delivery]
    loop: asyncio.AbstractEventLoop
    receipts: dict[int, Receipt] = field(default_factory=dict)
    _before: Status | None = None
    _started: set[int] = field(default_factory=set)

    def __call__(self, session: Session) -> list[Receipt]:
        """Write. Raises TargetFull, Rejected and whatever breaks a connection."""
        if self._before is None:
            self._before = _standing(session, self.path)
        elif len(self.receipts) < len(self.deliveries):
            self._take_arrived(session)
        session.visit_writable(self.path)
        ready = [index for index in range(len(self.deliveries)) if self._is_ready(session, index)]
        for indexes in _batches(self.deliveries, ready, "MULTIAPPEND" in session.abilities):
            self._append(session, indexes)
        if any(receipt.fault is None and receipt.id is None for receipt in self.receipts.values()):
            self._take_arrived(session)
        return [self.receipts[index] for index in range(len(self.deliveries))]

    def _is_ready(self, session: Session, index: int) -> bool:
        """Say at once what can never be written."""
        if index in self.receipts:
            return False
        delivery = self.deliveries[index]
        size, limit = size_of(delivery), session.limit()
        fault: ItemFault | None = None
        if limit is not None and size > limit:
            fault = TooLarge(size=size, limit=limit)
        elif _has_nul(delivery) and "BINARY" not in session.abilities:
            fault = Refused("NUL", reason="nul")
        elif not isinstance(delivery.data, bytes) and index in self._started:
            fault = Refused("connection lost", reason="interrupted")
        if fault is not None:
            self._note(index, fault=fault)
        return fault is None

    def _append(self, session: Session, indexes: Sequence[int]) -> None:
        words: list[Word] = [b"APPEND", name(self.path)]
        for index in indexes:
            words += self._words(index, session.permanent)
        self._started.update(indexes)
        try:
            outcome = session.wire.command(*words)
        except Rejected as rejected:
            fault = translate.rejected(rejected, "")
            if isinstance(fault, Unreachable):
                raise
            if isinstance(fault, TargetFull) and len(indexes) == 1:
                raise
            if len(indexes) > 1:  # all or nothing (RFC 3502): find out which one it is
                for index in indexes:
                    self._append(session, [index])
            else:
                self._note(indexes[0], fault=fault if isinstance(fault, ItemFault) else Refused(str(rejected)))
            return
        except (ItemFault, WrongLength) as broken:  # in the middle of a literal: only a new connection helps
            self._note(indexes[0], fault=broken if isinstance(broken, ItemFault) else Refused(reason="length"))
            raise Lost("message abandoned half-way") from None
        ids = _append_uids(outcome, self.path)
        if len(ids) != len(indexes):
            ids = [None] * len(indexes)
        for index, id in zip(indexes, ids, strict=True):
            self._note(index, id=id, dropped=dropped(self.deliveries[index].item.flags, session.permanent))

    def _words(self, index: int, permanent: Permanent) -> list[Word]:
        delivery = self.deliveries[index]
        item = delivery.item
        date = item.facets.get("internaldate", "")
        if not dates.is_valid(date):
            date = dates.written(item.time) if item.time is not None else ""
        pieces = [delivery.data] if isinstance(delivery.data, bytes) else _pulled(delivery.data, self.loop)
        literal = Literal(size_of(delivery), pieces, _has_nul(delivery))
        return [write_flags(item.flags, permanent), *([b'"%s"' % date.encode()] if date else []), literal]

    def _take_arrived(self, session: Session) -> None:
        """Find by their headers the messages that are there, though the server did not say under which UID."""
        before = self._before or Status()
        told = {receipt.id for receipt in self.receipts.values() if receipt.id}
        arrived: dict[str, list[NodeId]] = {}
        opened = session.examine(self.path)
        validity = opened.status.uidvalidity or before.uidvalidity
        new = [uid for uid in session.uids(opened.status.exists) if uid >= before.uidnext]
        for part in chunks(new, 250):
            for uid, header in session.headers(part).items():
                id = target_id(self.path, validity, uid)
                if id not in told:
                    arrived.setdefault(header_digest(header), []).append(id)
        for index in sorted(self._started):
            receipt, delivery = self.receipts.get(index), self.deliveries[index]
            if receipt is not None and (receipt.fault or receipt.id):
                continue
            ids = arrived.get(_expected_digest(delivery))
            if ids:
                found = ids.pop(0)
                self._note(index, id=found, dropped=receipt.dropped if receipt else ())

    def _note(
        self, index: int, *, id: NodeId | None = None, fault: ItemFault | None = None, dropped: Sequence[str] = ()
    ) -> None:
        delivery = self.deliveries[index]
        self.receipts[index] = Receipt(delivery.item, delivery.into, id, fault, tuple(dropped))


def size_of(delivery: Delivery) -> int:
    """Bytes of what is delivered."""
    if isinstance(delivery.data, bytes):
        return len(delivery.data)
    return delivery.item.body.size if delivery.item.body else delivery.item.size or 0


def target_id(path: str, uidvalidity: int, uid: int) -> NodeId:
    """The id of a message at the target."""
    return NodeId(f"{path}\0{write_place(uidvalidity, uid)}")


def _standing(session: Session, path: str) -> Status:
    (status,) = session.status([path])
    if status is None or not status.uidnext:
        opened = session.examine(path)
        uids = session.uids(opened.status.exists)
        return replace(opened.status, uidnext=opened.status.uidnext or (uids[-1] + 1 if uids else 1))
    return status


def _batches(deliveries: Sequence[Delivery], indexes: Sequence[int], many: bool) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for index in indexes:
        delivery = deliveries[index]
        if not many or not isinstance(delivery.data, bytes) or _has_nul(delivery) or not delivery.data:
            yield [index]
            continue
        if batch and (len(batch) >= _BATCH_ITEMS or size + len(delivery.data) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(index)
        size += len(delivery.data)
    if batch:
        yield batch


def _has_nul(delivery: Delivery) -> bool:
    return isinstance(delivery.data, bytes) and b"\0" in delivery.data


def _expected_digest(delivery: Delivery) -> str:
    if isinstance(delivery.data, bytes):
        return header_digest(delivery.data)
    return delivery.item.facets.get("header", "")


def _append_uids(outcome: Outcome, path: str) -> list[NodeId | None]:
    if outcome.code != b"APPENDUID":
        return []
    validity, _, uids = outcome.argument.partition(b" ")
    return [target_id(path, int(validity), uid) for uid in expand(read_set(uids))]


def _pulled(pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Take pieces in this thread that are made in the loop's."""

    async def following() -> bytes | None:
        return await anext(pieces, None)

    while (piece := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
        yield piece
