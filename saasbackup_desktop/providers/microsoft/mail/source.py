"""A mailbox in Exchange as a source of mail."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.core.errors import DeltaExpired, NotFound, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Json, Put
from saasbackup_desktop.providers.microsoft.graph import IMMUTABLE, Call, DeltaPage, Graph
from saasbackup_desktop.providers.microsoft.mail.folders import Tree, read_tree
from saasbackup_desktop.providers.microsoft.mail.messages import EXPAND, SELECT, item_of, source_part

_PAGE: Final = 200
_STRETCH: Final = 400
"""Items between two checkpoints."""
_REMEMBERED: Final = 4 * _STRETCH
_AT_ONCE: Final = 16
_BATCH: Final = 32
_LARGE: Final = 8 << 20


@dataclass(slots=True)
class _Place:
    """Where a walk stands: what a cursor says."""

    known: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """Folder -> link to go on from."""
    left: list[str] = field(default_factory=list)
    """Items that left a folder; unless another folder has them by the end of the walk, they are gone."""

    def cursor(self) -> Cursor:
        known: dict[str, Json] = {**self.known}
        links: dict[str, Json] = {**self.links}
        return {"known": known, "links": links, "left": list(self.left)}


class MailSource:
    """Reads a mailbox through Graph. Implements core.ports.Source."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._told: OrderedDict[NodeId, Mapping[str, Any]] = OrderedDict()
        """What Graph said last, for items whose bytes are about to be fetched."""

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say everything that changed, folders first. Raises Fault."""
        place = _read_cursor(since)
        tree = await read_tree(self._graph, self._user, place.known)
        place.known = dict(tree.known)
        before = {folder.id: folder for folder in await known.folders()}
        for folder in tree.folders:
            if before.get(folder.id) != folder:
                yield Put(folder)
        there = {folder.id for folder in tree.folders}
        place.links = {id: link for id, link in place.links.items() if NodeId(id) in there}
        seen: set[NodeId] = set()
        said = 0
        async with aclosing(self._pages(tree, place)) as pages:
            async for folder_id, page, is_fresh in pages:
                if is_fresh and since is not None:
                    place.left += [one.id for one in await known.within(NodeId(folder_id))]
                for change in self._read(page, place, seen):
                    said += 1
                    yield change
                place.links[folder_id] = page.link
                if said >= _STRETCH:
                    yield Checkpoint(place.cursor())
                    said = 0
        left = [NodeId(id) for id in dict.fromkeys(place.left) if NodeId(id) not in seen]
        for change in await self._gone(left):
            yield change
        for folder in before.values():
            if folder.id not in there:
                yield Gone(folder.id)
        place.left = []
        yield Checkpoint(place.cursor(), complete=True)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bytes of these messages, several at once; large ones piece by piece, last. Raises Fault."""
        small = [item for item in items if (item.size or 0) <= _LARGE]
        for start in range(0, len(small), _BATCH):
            some = small[start : start + _BATCH]
            await self._ask_again(some)
            room = asyncio.Semaphore(_AT_ONCE)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._fetch(item, room)) for item in some]
            yield [task.result() for task in tasks]
        for item in items:
            if (item.size or 0) > _LARGE:
                await self._ask_again([item])
                pieces = self._graph.stream(self._original(item), mailbox=self._user)
                yield [Fetched(item, pieces, self._parts(item))]

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _pages(self, tree: Tree, place: _Place) -> AsyncGenerator[tuple[str, DeltaPage, bool], None]:
        """Pages of all folders: those that go on from a link are asked together, twenty in one request."""
        started = [folder.id for folder in tree.folders if folder.id in place.links]
        expired: list[str] = []
        calls = [Call("GET", self._relative(place.links[id]), headers={"Prefer": _prefer()}) for id in started]
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for id, answer in zip(started, answers, strict=True):
            if isinstance(answer.fault, DeltaExpired):
                expired.append(id)
            elif isinstance(answer.fault, NotFound):
                continue  # removed in this moment: the next run says so
            elif answer.fault is not None:
                raise answer.fault
            else:
                page = _page(answer.body)
                yield id, page, False
                if not page.is_last:
                    async with aclosing(self._graph.delta(page.link, mailbox=self._user, prefer=_PREFER)) as pages:
                        async for page in pages:
                            yield id, page, False
        for folder in tree.folders:
            if folder.id in place.links and folder.id not in expired:
                continue
            start = f"/users/{self._user}/mailFolders/{folder.id}/messages/delta"
            is_fresh = True
            try:
                query = {"$select": SELECT, "$expand": EXPAND}
                async with aclosing(self._graph.delta(start, query, mailbox=self._user, prefer=_PREFER)) as pages:
                    async for page in pages:
                        yield folder.id, page, is_fresh
                        is_fresh = False
            except NotFound:
                continue

    def _read(self, page: DeltaPage, place: _Place, seen: set[NodeId]) -> Iterable[Change]:
        for plain in page.values:
            if "@removed" in plain:
                place.left.append(str(plain["id"]))
                continue
            item = item_of(plain)
            seen.add(item.id)
            self._remember(item.id, plain)
            yield Put(item)

    async def _gone(self, left: Sequence[NodeId]) -> list[Change]:
        """Make sure of what left its folder: it may have moved to a folder that was read before it came there."""
        calls = [Call("GET", f"/users/{self._user}/messages/{id}?$select={SELECT}") for id in left]
        changes: list[Change] = []
        for id, answer in zip(left, await self._graph.batch(calls, mailbox=self._user) if calls else (), strict=True):
            if answer.fault is None:
                self._remember(id, answer.body)
                changes.append(Put(item_of(answer.body)))
            elif isinstance(answer.fault, NotFound):
                changes.append(Gone(id))
            else:
                raise answer.fault
        return changes

    async def _ask_again(self, items: Sequence[Item]) -> None:
        """Have at hand what Graph says of items that were not told in this run."""
        missing = [item for item in items if item.id not in self._told]
        calls = [Call("GET", f"/users/{self._user}/messages/{item.id}?$select={SELECT}") for item in missing]
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for item, answer in zip(missing, answers, strict=True):
            if answer.fault is None:
                self._remember(item.id, answer.body)

    def _remember(self, id: NodeId, plain: Mapping[str, Any]) -> None:
        self._told[id] = plain
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)

    async def _fetch(self, item: Item, room: asyncio.Semaphore) -> Fetched:
        async with room:
            try:
                data = await self._graph.content(self._original(item), mailbox=self._user)
            except (NotFound, Refused) as fault:
                self._told.pop(item.id, None)
                return Fetched(item, fault)
            return Fetched(item, data, self._parts(item))

    def _parts(self, item: Item) -> dict[str, bytes]:
        plain = self._told.pop(item.id, None)
        return {"graph": source_part(plain)} if plain is not None else {}

    def _original(self, item: Item) -> str:
        return f"/users/{self._user}/messages/{item.id}/$value"

    def _relative(self, link: str) -> str:
        return self._graph.relative(link)


_PREFER: Final = (IMMUTABLE, f"odata.maxpagesize={_PAGE}")


def _prefer() -> str:
    return ", ".join(_PREFER)


def _page(plain: Mapping[str, Any]) -> DeltaPage:
    last = plain.get("@odata.deltaLink")
    return DeltaPage(list(plain.get("value", ())), str(last or plain["@odata.nextLink"]), bool(last))


def _read_cursor(cursor: Cursor | None) -> _Place:
    if cursor is None:
        return _Place()
    known, links, left = cursor.get("known"), cursor.get("links"), cursor.get("left")
    return _Place(
        {str(name): str(id) for name, id in known.items()} if isinstance(known, dict) else {},
        {str(id): str(link) for id, link in links.items()} if isinstance(links, dict) else {},
        [str(id) for id in left] if isinstance(left, list) else [],
    )
