"""Read messages whole: small ones many at a time over several connections, large ones piece by piece."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from saasbackup_desktop.core.errors import ItemFault, NotFound, Refused, Unreachable
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.imap import translate
from saasbackup_desktop.providers.imap.ahead import ahead
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.places import read_place
from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.sets import chunks
from saasbackup_desktop.providers.imap.wire import Rejected

_BATCH_BYTES = 2 << 20
_BATCH_ITEMS = 250
_PIECE = 1 << 20


@dataclass(slots=True)
class Batch:
    """Messages of one mailbox that are asked for together."""

    path: str
    uidvalidity: int
    items: dict[int, Item] = field(default_factory=dict)
    size: int = 0

    def is_full(self) -> bool:
        """No room for more."""
        return len(self.items) >= _BATCH_ITEMS or self.size >= _BATCH_BYTES


async def fetch_batches(lanes: Lanes, batches: Sequence[Batch]) -> AsyncGenerator[Sequence[Fetched], None]:
    """Read batches over all lanes. Raises Fault."""
    works = [partial(lanes.run, _Reading(batch), near=batch.path) for batch in batches]
    async with aclosing(ahead(works, lanes.limit)) as results:
        async for fetched in results:
            yield fetched


async def fetch_large(lanes: Lanes, path: str, item: Item) -> Fetched:
    """Begin to read a large message. The pieces raise NotFound if it vanishes half-way, Fault if the source is lost."""
    first = await _piece(lanes, path, item, 0)
    return Fetched(item, first if isinstance(first, ItemFault) else _pieces(lanes, path, item, first))


def divide(items: Iterable[tuple[str, Item]]) -> tuple[list[Batch], list[tuple[str, Item]]]:
    """Divide items, given with the paths of their mailboxes, into batches and large ones."""
    filling: dict[tuple[str, int], Batch] = {}
    batches: list[Batch] = []
    large = []
    for path, item in items:
        if (item.size or 0) > _BATCH_BYTES:
            large.append((path, item))
            continue
        uidvalidity, uid = read_place(item.place)
        batch = filling.get((path, uidvalidity))
        if batch is None or batch.is_full():
            batch = filling[path, uidvalidity] = Batch(path, uidvalidity)
            batches.append(batch)
        batch.items[uid] = item
        batch.size += item.size or 0
    return batches, large


@dataclass(slots=True)
class _Reading:
    """Reading one batch, in a thread; done again after a break, it asks for what is missing, in ever smaller parts."""

    batch: Batch
    _bodies: dict[int, bytes | ItemFault] = field(default_factory=dict)
    _breaks: int = -1

    def __call__(self, session: Session) -> list[Fetched]:
        self._breaks += 1
        fault = _visit(session, self.batch.path, self.batch.uidvalidity, is_first=self._breaks == 0)
        if fault is not None:
            return [Fetched(item, fault) for item in self.batch.items.values()]
        missing = [uid for uid in self.batch.items if uid not in self._bodies]
        for part in chunks(missing, max(1, len(missing) >> 2 * self._breaks)):
            self._bodies.update(_bodies(session, part, is_first=self._breaks == 0))
        return [Fetched(item, _checked(item, self._bodies.get(uid))) for uid, item in self.batch.items.items()]


def _checked(item: Item, data: bytes | ItemFault | None) -> bytes | ItemFault:
    """Nothing instead of a message means that it has gone, unless it was nothing to begin with."""
    if data:
        return data
    return b"" if item.size == 0 else NotFound()


def _bodies(session: Session, uids: Sequence[int], *, is_first: bool = False) -> Mapping[int, bytes | ItemFault]:
    try:
        return session.bodies(uids)
    except Rejected as rejected:
        _pass_on(rejected, is_first=is_first)
        if len(uids) == 1:
            return {uids[0]: Refused(str(rejected))}
        middle = len(uids) // 2  # one bad message must not take the others with it
        return {**_bodies(session, uids[:middle]), **_bodies(session, uids[middle:])}


def _pass_on(rejected: Rejected, *, is_first: bool) -> None:
    """Let the lane have a first refusal, which may lie in the connection, and whatever asks to come back later."""
    if is_first or isinstance(translate.rejected(rejected, ""), Unreachable):
        raise rejected


def _visit(session: Session, path: str, uidvalidity: int, *, is_first: bool) -> ItemFault | None:
    """Open the mailbox; say why its messages cannot be had. NotFound is said only if it is certain."""
    try:
        session.visit(path)
    except Rejected as rejected:
        _pass_on(rejected, is_first=is_first)
        return NotFound(str(rejected)) if rejected.code == b"NONEXISTENT" else Refused(str(rejected))
    return None if session.uidvalidity in (0, uidvalidity) else NotFound("UIDVALIDITY changed")


async def _pieces(lanes: Lanes, path: str, item: Item, first: bytes) -> AsyncIterator[bytes]:
    yield first
    start = len(first)
    if start < _PIECE:
        return
    end = item.size or 0
    works = [partial(_piece, lanes, path, item, place) for place in range(start, end, _PIECE)]
    async with aclosing(ahead(works, 2)) as results:
        async for piece in results:
            if isinstance(piece, ItemFault):
                raise piece
            yield piece
            start += len(piece)
            if len(piece) < _PIECE:
                return
    while isinstance(piece := await _piece(lanes, path, item, start), bytes) and piece:
        yield piece  # the server has more than it said
        start += len(piece)


async def _piece(lanes: Lanes, path: str, item: Item, start: int) -> bytes | ItemFault:
    uidvalidity, uid = read_place(item.place)
    tries = count()

    def read(session: Session) -> bytes | ItemFault:
        is_first = next(tries) == 0
        fault = _visit(session, path, uidvalidity, is_first=is_first)
        if fault is not None:
            return fault
        try:
            piece = session.piece(uid, start, _PIECE)
        except Rejected as rejected:
            _pass_on(rejected, is_first=is_first)
            return Refused(str(rejected))
        return NotFound() if piece is None else piece

    return await lanes.run(read, near=path)
