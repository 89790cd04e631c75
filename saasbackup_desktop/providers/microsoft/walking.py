"""A mailbox's folders walked by their delta links: what every kind of its content has in common."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

from saasbackup_desktop.core.errors import DeltaExpired, NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Census, Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Json, Put
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.calls import Answer, Call, DeltaPage
from saasbackup_desktop.providers.microsoft.census import Lists, census
from saasbackup_desktop.providers.microsoft.graph import Graph

_STRETCH: Final = 400
"""Items between two checkpoints."""
_REMEMBERED: Final = 4 * _STRETCH
_RELISTED: Final = 24 * 3600
"""Seconds after which folders are listed anew, whatever is told of them: nobody promises that all are told."""


@dataclass(slots=True)
class Told:
    """What Graph said last of items whose bytes are about to be fetched; the oldest is forgotten first."""

    _plain: OrderedDict[NodeId, Mapping[str, Any]] = field(default_factory=OrderedDict)

    def put(self, id: NodeId, plain: Mapping[str, Any]) -> None:
        """Remember."""
        self._plain[id] = plain
        if len(self._plain) > _REMEMBERED:
            self._plain.popitem(last=False)

    def take(self, id: NodeId) -> Mapping[str, Any] | None:
        """Give and forget."""
        return self._plain.pop(id, None)

    def __contains__(self, id: NodeId) -> bool:
        return id in self._plain


class Kind(Lists, Protocol):
    """One kind of content of a mailbox: where it is listed, and what its items are."""

    @property
    def prefer(self) -> Sequence[str]:
        """Preferences of its requests."""

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All folders, parents first. ``known``: what it found out in earlier runs, to be added to. Raises Fault."""

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """Path and query of the first request for a folder's changes."""

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """An item without its bytes; None for what is not kept."""

    def single(self, id: NodeId) -> str | None:
        """Path and query that tell one item, wherever it is; None if items do not move between folders."""

    def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bytes of items. Raises Fault."""


@runtime_checkable
class Listed(Protocol):
    """A kind whose folders can be asked for in the same request as what changed in them."""

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """Paths of requests, for lists or their changes, that tell whether the folders are still these."""


@dataclass(slots=True)
class _Place:
    """Where a walk stands: what a cursor says."""

    known: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """Folder -> link to go on from."""
    left: list[str] = field(default_factory=list)
    """Items that left a folder; unless another folder has them by the end of the walk, they are gone."""
    lists: dict[str, str] = field(default_factory=dict)
    """Path of a list of folders -> link to its changes, or a sum over what it said."""
    listed: int = 0
    """When the folders were listed, seconds since 1970 UTC."""

    def cursor(self) -> Cursor:
        known: dict[str, Json] = {**self.known}
        links: dict[str, Json] = {**self.links}
        lists: dict[str, Json] = {**self.lists}
        return {"known": known, "links": links, "left": list(self.left), "lists": lists, "listed": self.listed}


class DeltaSource:
    """Reads one kind of a mailbox's content. Implements core.ports.Source."""

    def __init__(self, graph: Graph, user: str, kind: Kind) -> None:
        self._graph = graph
        self._user = user
        self._kind = kind
        self._told = Told()

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say everything that changed, folders first. Raises Fault."""
        place = _read_cursor(since)
        before = {folder.id: folder for folder in await known.folders()}
        answers, is_same = await self._ask(place)
        folders = list(before.values()) if is_same else await self._listed(place, list(before.values()))
        for folder in folders:
            if before.get(folder.id) != folder:
                yield Put(folder)
        there = {folder.id for folder in folders}
        place.links = {id: link for id, link in place.links.items() if NodeId(id) in there}
        seen: set[NodeId] = set()
        said = 0
        moved = not is_same or bool(place.left)
        async with aclosing(self._pages(folders, place, answers)) as pages:
            async for folder_id, page, is_fresh in pages:
                moved = moved or is_fresh or bool(page.values)
                if is_fresh and since is not None:
                    place.left += [one.id for one in await known.within(folder_id)]
                for change in self._read(page, folder_id, place, seen):
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
        yield Checkpoint(place.cursor(), complete=True, moved=moved)

    def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bytes of these items. Raises Fault."""
        return self._kind.fetch(items, self._told)

    @property
    def has_unique_places(self) -> bool:
        """An item keeps its id when it moves."""
        return True

    def census(self, since: Cursor | None, began: int, folders: Sequence[Folder]) -> AsyncGenerator[Census, None]:
        """Count and list what is there now. Raises Fault."""
        del since, folders  # each item says itself when it was made
        return census(self._graph, self._user, self._kind, began)

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _ask(self, place: _Place) -> tuple[dict[NodeId, Answer], bool]:
        """Ask what changed in all folders, and whether they are still the same, twenty questions in one request.

        Answers by the folders that there was a link for, and whether the folders are the same.
        """
        prefer = self._kind.prefer
        said = {"Prefer": ", ".join(prefer)} if prefer else {}
        is_recent = 0 <= self._graph.now() - place.listed < _RELISTED
        lists = place.lists if is_recent and isinstance(self._kind, Listed) else {}
        asked = [state if _is_link(state) else path for path, state in lists.items()]
        calls = [Call("GET", self._graph.relative(link), headers=said) for link in (*asked, *place.links.values())]
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        is_same = bool(lists) and all(map(_is_same, lists.values(), answers[: len(lists)]))
        return {NodeId(id): answer for id, answer in zip(place.links, answers[len(lists) :], strict=True)}, is_same

    async def _listed(self, place: _Place, before: Sequence[Folder]) -> Sequence[Folder]:
        """List the folders. What is remembered of their lists is older than that: no change is missed in between."""
        place.lists = {}
        place.listed = self._graph.now()
        if not isinstance(self._kind, Listed):
            return await self._kind.folders(place.known)
        folders = before
        while missing := [path for path in self._kind.lists(folders) if path not in place.lists]:
            for path in missing:
                place.lists[path] = await self._state(path)
            folders = await self._kind.folders(place.known)
        wanted = self._kind.lists(folders)
        place.lists = {path: state for path, state in place.lists.items() if path in wanted}
        return folders

    async def _state(self, path: str) -> str:
        """Read a list to its end: the link to its changes, or a sum over what it says."""
        values: list[Any] = []
        link: str | None = path
        while link is not None:
            try:
                page = await self._graph.get(link, mailbox=self._user, prefer=self._kind.prefer)
            except NotFound:  # a list within a folder that was removed in this moment
                return ""
            values += page.get("value", ())
            if "@odata.deltaLink" in page:
                return str(page["@odata.deltaLink"])
            link = page.get("@odata.nextLink")
        return objects.revision({"value": values})

    async def _pages(
        self, folders: Sequence[Folder], place: _Place, answers: Mapping[NodeId, Answer]
    ) -> AsyncGenerator[tuple[NodeId, DeltaPage, bool], None]:
        """Pages of all folders: of those that go on from a link, the first one is there already."""
        prefer = self._kind.prefer
        expired: set[NodeId] = set()
        for id, answer in answers.items():
            if id not in place.links:
                continue
            if isinstance(answer.fault, DeltaExpired):
                expired.add(id)
            elif isinstance(answer.fault, NotFound):
                continue  # removed in this moment: the next run says so
            elif answer.fault is not None:
                raise answer.fault
            else:
                page = _page(answer.body)
                yield id, page, False
                if not page.is_last:
                    async with aclosing(self._graph.delta(page.link, mailbox=self._user, prefer=prefer)) as pages:
                        async for page in pages:
                            yield id, page, False
        for folder in folders:
            if folder.id in place.links and folder.id not in expired:
                continue
            start, query = self._kind.start(folder.id)
            is_fresh = True
            try:
                async with aclosing(self._graph.delta(start, query, mailbox=self._user, prefer=prefer)) as pages:
                    async for page in pages:
                        yield folder.id, page, is_fresh
                        is_fresh = False
            except NotFound:
                continue

    def _read(self, page: DeltaPage, folder: NodeId, place: _Place, seen: set[NodeId]) -> Iterable[Change]:
        for plain in page.values:
            if "@removed" in plain:
                place.left.append(str(plain["id"]))
                continue
            item = self._kind.item(plain, folder)
            if item is not None:
                seen.add(item.id)
                self._told.put(item.id, plain)
                yield Put(item)

    async def _gone(self, left: Sequence[NodeId]) -> list[Change]:
        """Make sure of what left its folder: it may have moved to a folder that was read before it came there."""
        paths = [self._kind.single(id) for id in left]
        calls = [Call("GET", path) for path in paths if path is not None]
        if not calls:
            return [Gone(id) for id in left]
        changes: list[Change] = []
        for id, answer in zip(left, await self._graph.batch(calls, mailbox=self._user), strict=True):
            if answer.fault is None:
                item = self._kind.item(answer.body, NodeId(str(answer.body.get("parentFolderId", ""))))
                if item is not None:
                    self._told.put(id, answer.body)
                    changes.append(Put(item))
            elif isinstance(answer.fault, NotFound):
                changes.append(Gone(id))
            else:
                raise answer.fault
        return changes


def _is_link(state: str) -> bool:
    return state.startswith("https:")


def _is_same(state: str, answer: Answer) -> bool:
    """Tell whether a list says what it said. Raises Fault."""
    if isinstance(answer.fault, DeltaExpired | NotFound):
        return False
    if answer.fault is not None:
        raise answer.fault
    if "@odata.nextLink" in answer.body:
        return False
    values = answer.body.get("value", ())
    return not values if _is_link(state) else objects.revision({"value": values}) == state


def _page(plain: Mapping[str, Any]) -> DeltaPage:
    last = plain.get("@odata.deltaLink")
    return DeltaPage(list(plain.get("value", ())), str(last or plain["@odata.nextLink"]), bool(last))


def _read_cursor(cursor: Cursor | None) -> _Place:
    if cursor is None:
        return _Place()
    known, links, left = cursor.get("known"), cursor.get("links"), cursor.get("left")
    lists, listed = cursor.get("lists"), cursor.get("listed")
    return _Place(
        {str(name): str(id) for name, id in known.items()} if isinstance(known, dict) else {},
        {str(id): str(link) for id, link in links.items()} if isinstance(links, dict) else {},
        [str(id) for id in left] if isinstance(left, list) else [],
        {str(path): str(state) for path, state in lists.items()} if isinstance(lists, dict) else {},
        listed if isinstance(listed, int) else 0,
    )
