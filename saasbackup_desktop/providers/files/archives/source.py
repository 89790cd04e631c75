"""Archives as a source: what they hold is added to what an account has; nothing is ever taken away."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from saasbackup_desktop.core.errors import ArchiveFault, ItemFault, ItemUnreadable, NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item, Service
from saasbackup_desktop.core.ports import Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Put
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile, PassedOver
from saasbackup_desktop.providers.files.archives.ids import digest
from saasbackup_desktop.providers.files.archives.reading import SERVICES, Piece, read
from saasbackup_desktop.providers.files.archives.unread import UnreadFiles
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found

T = TypeVar("T")

_AT_ONCE: Final = 200
_BYTES_AT_ONCE: Final = 2 << 20
_LARGE: Final = 16 << 20
"""Bytes of an item above which it is handed out in pieces: what takes them needs no more memory than for one."""
_PIECE: Final = 1 << 20
_ITEMS_PER_CHECKPOINT: Final = 1000
"""At the beginning: each checkpoint writes the list of a folder anew, so that they come further apart as it grows."""
_MOST_ITEMS_PER_CHECKPOINT: Final = 20_000
_BYTES_PER_CHECKPOINT: Final = 8 << 20
_FAULT: Final = "fault"
"""The facet of an item that could not be read: why."""


@dataclass(slots=True)
class _Batch:
    """What was read at once."""

    pieces: list[Piece | BadFile | FolderFound] = field(default_factory=list)
    refused: ArchiveFault | None = None
    """Why the first that could not be opened could not."""
    is_last: bool = False


class ArchiveSource:
    """Reads archives of one service. Implements core.ports.Source."""

    def __init__(
        self,
        paths: Sequence[Path],
        service: Service,
        scratch: Path,
        password: str | None = None,
        together: Sequence[Service] = (),
    ) -> None:
        self._service = service
        self._together = [one for one in Service if one in {service, *together}]
        self._open = partial(read, paths, (service,), scratch, password)
        self._pieces = self._open()
        self._thread = ThreadPoolExecutor(1, "archives")
        self._data: dict[NodeId, Found | Broken] = {}
        self._asked: set[NodeId] = set()
        """Items that were asked for before they were told: the vault lacks their bytes."""
        self._labels: set[str] = set()
        self._unread = UnreadFiles(None)
        self._folders: dict[NodeId, Folder] = {}
        self._seen: set[int] = set()
        self._repeated: dict[int, int] = {}
        self.losses: Counter[str] = Counter()
        """Of how many items that were told something could not be kept, by what it was."""
        self.passed: list[str] = []
        """Files that hold nothing that was looked for."""

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say what is there and not known yet, in the order of the archives. Raises Fault."""
        await self._on_thread(self._begin)
        self._folders = {folder.id: folder for folder in await known.folders()}
        self._unread = UnreadFiles(since)
        items = size = so_far = 0
        has_news = False
        refused: ArchiveFault | None = None
        while True:
            batch = await self._on_thread(self._pull)
            wanted = dict(self._named(batch))
            held = await known.items(list(wanted))
            refused = refused or batch.refused
            for change in chain.from_iterable(map(self._places, batch.pieces)):
                has_news = True
                yield change
            batch.pieces.clear()  # what is told is held until it is fetched, and no longer
            for id in list(wanted):
                put = self._put(id, held.get(id), wanted.pop(id))
                if put is None:
                    continue
                has_news = True
                items, so_far = items + 1, so_far + 1
                size += put.node.size or 0 if isinstance(put.node, Item) and id in self._data else 0
                yield put
                if items >= _between_checkpoints(so_far) or size >= _BYTES_PER_CHECKPOINT:
                    items = size = 0
                    yield Checkpoint(self._unread.before)
            if batch.is_last:
                break
        if refused is not None and not self._labels:
            raise refused  # nothing at all could be opened
        for one in self._unread.left():
            yield one
        before, now = self._unread.before, self._unread.now
        yield Checkpoint(now, complete=True, moved=has_news or now != before)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Hand out what was told; each once."""
        batch: list[Fetched] = []
        size = 0
        for item in items:
            told = self._data.pop(item.id, None)
            one = self._fetched(item, told)
            batch.append(one)
            size += len(one.data) if isinstance(one.data, bytes) else 0
            if len(batch) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    async def close(self) -> None:
        """Let go of files."""
        self._data.clear()
        await self._on_thread(self._pieces.close)
        self._thread.shutdown(wait=False)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        """One thread for all, to its end: what is being read is closed by nobody else meanwhile."""
        going = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(going)
        except asyncio.CancelledError:
            await asyncio.wait([going])
            raise

    def _begin(self) -> None:
        """From the beginning, whoever has listened before."""
        self._pieces.close()
        self._pieces = self._open()
        for held in (self._data, self._labels, self._seen, self._repeated, self.losses, self.passed):
            held.clear()

    def _pull(self) -> _Batch:
        batch = _Batch()
        size = 0
        for piece in self._pieces:
            if isinstance(piece, Archive):
                self._unread.saw(piece.stored.label)
                if self._service in SERVICES[piece.kind]:
                    self._labels.add(piece.stored.label)
                continue
            if isinstance(piece, PassedOver):
                self._unread.saw(piece.label)
                self.passed.append(piece.label)
                continue
            if isinstance(piece, BadFile) and not self._counts(piece):
                self._unread.saw(piece.label)
                continue
            batch.pieces.append(piece)
            if isinstance(piece, BadFile):
                batch.refused = batch.refused or piece.fault
            if isinstance(piece, Piece) and isinstance(piece.told, Found):
                size += len(piece.told.data) + sum(map(len, piece.told.parts.values()))
            if len(batch.pieces) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
                return batch
        batch.is_last = True
        return batch

    def _counts(self, bad: BadFile) -> bool:
        """Is it told here? Of the services that are imported together and that it may hold, the first tells it."""
        held = SERVICES[bad.kind] if bad.kind is not None else self._together
        return next((one for one in self._together if one in held), self._service) is self._service

    def _named(self, batch: _Batch) -> Iterator[tuple[NodeId, Piece]]:
        for piece in batch.pieces:
            if isinstance(piece, Piece) and not isinstance(piece.told, FolderFound):
                yield self._id(piece), piece

    def _places(self, piece: Piece | BadFile | FolderFound) -> Iterator[Change]:
        """Tell the folders that something lies in, those above first; and what could not be read at all."""
        if isinstance(piece, BadFile):
            yield self._unread.note(piece.label, piece.fault)
            return
        told = piece if isinstance(piece, FolderFound) else piece.told
        for depth in range(1, len(told.path) + 1):
            path = told.path[:depth]
            id, parent = _folder_id(path), _folder_id(path[:-1]) if depth > 1 else None
            role = told.role if isinstance(told, FolderFound) and depth == len(told.path) else None
            there = self._folders.get(id)
            if there is None or (role is not None and there.role is None):
                self._folders[id] = Folder(id=id, parent=parent, name=path[-1], role=role)
                yield Put(self._folders[id])

    def _id(self, piece: Piece) -> NodeId:
        """The same for the same item in the same folder; of several that are equal, each has its own."""
        told = piece.told
        assert not isinstance(told, FolderFound)
        folder = _folder_id(told.path)
        if isinstance(told, Broken):
            return NodeId(digest("broken", folder, piece.archive.stored.label, told.key))
        id = digest(folder, told.identity or _content(told))
        mark = int(id[:16], 16)
        if mark not in self._seen:
            self._seen.add(mark)
            return NodeId(id)
        self._repeated[mark] = number = self._repeated.get(mark, 1) + 1
        return NodeId(f"{id}-{number}")

    def _item(self, id: NodeId, piece: Piece) -> Item:
        told = piece.told
        assert not isinstance(told, FolderFound)
        parent = _folder_id(told.path)
        if isinstance(told, Broken):
            facets = {_FAULT: told.code, "reason": told.detail}
            return Item(
                id=id,
                parent=parent,
                name=told.name or told.key,
                revision="broken",
                place=piece.archive.stored.label,
                facets={name: value for name, value in facets.items() if value},
            )
        facets = dict(told.facets)
        if told.lost:
            facets["lost"] = "\n".join(told.lost)
        return Item(
            id=id,
            parent=parent,
            name=told.name,
            revision=told.identity[:32] if told.service is Service.MAIL and told.identity else _content(told)[:32],
            size=len(told.data),
            time=told.time,
            flags=told.flags,
            place=piece.archive.stored.label,
            facets=facets,
        )

    def _put(self, id: NodeId, before: Item | None, piece: Piece) -> Put | None:
        """What there is to tell of an item; None: it is known as it is."""
        item, told = self._item(id, piece), piece.told
        assert not isinstance(told, FolderFound)
        is_known = before is not None and before.revision == item.revision and item.id not in self._asked
        if is_known and before is not None:
            return Put(replace(before, flags=item.flags)) if before.flags != item.flags else None
        self._data[item.id] = told
        if isinstance(told, Found):
            self.losses.update({code.partition(":")[0] for code in told.lost})
        return Put(item)

    def _fetched(self, item: Item, told: Found | Broken | None) -> Fetched:
        if isinstance(told, Found):
            return Fetched(item, told.data if len(told.data) <= _LARGE else _in_pieces(told.data), told.parts)
        if told is None and item.revision != "broken":
            self._asked.add(item.id)
            return Fetched(item, NotFound("not told yet"))
        if told is None and item.place in self._labels:
            return Fetched(item, NotFound("it is told again if it is still there"))
        return Fetched(item, _fault(item.facets))


async def _in_pieces(data: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


def _fault(facets: Mapping[str, str]) -> ItemFault:
    reason = facets.get("reason", "")
    return ItemUnreadable(reason, reason=reason)


def _content(told: Found) -> str:
    content = hashlib.sha256(told.data)
    for name in sorted(told.parts):
        content.update(name.encode())
        content.update(told.parts[name])
    return content.hexdigest()


def _between_checkpoints(so_far: int) -> int:
    """So many items come before the next checkpoint, once so many were told."""
    return min(_MOST_ITEMS_PER_CHECKPOINT, max(_ITEMS_PER_CHECKPOINT, so_far // 2))


def _folder_id(path: tuple[str, ...]) -> NodeId:
    return NodeId(digest("folder", *path))
