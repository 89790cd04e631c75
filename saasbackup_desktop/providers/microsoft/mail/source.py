"""Mail of a mailbox in Exchange: original bytes, and what Graph says beside them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, Final

from saasbackup_desktop.core.errors import NotFound, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft.ahead import ahead, handfuls
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.census import LISTED
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.attachments import read_attachments
from saasbackup_desktop.providers.microsoft.mail.folders import count_folders, read_tree
from saasbackup_desktop.providers.microsoft.mail.messages import EXPAND, SELECT, WRITTEN_OUT, item_of, source_part
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

_PAGE: Final = 200
_AT_ONCE: Final = 16
_BATCH: Final = 32
_BYTES: Final = 16 << 20
"""Of messages that are fetched together."""
_AHEAD: Final = 3
"""Portions under way at once."""
_LARGE: Final = 8 << 20


def mail_source(graph: Graph, user: str) -> DeltaSource:
    """Read a mailbox's messages."""
    return DeltaSource(graph, user, Mail(graph, user))


class Mail:
    """``walking.Kind``: messages."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user

    @property
    def prefer(self) -> Sequence[str]:
        """Ids that stay, and large pages."""
        return IMMUTABLE, f"odata.maxpagesize={_PAGE}"

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All mail folders, parents first. Raises Fault."""
        tree = await read_tree(self._graph, self._user, known)
        known.update(tree.known)
        return tree.folders

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """Changes of mail folders, of all levels."""
        del folders
        return [f"/users/{self._user}/mailFolders/delta?$select=id"]

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A folder's messages, with their sizes."""
        query = {"$select": SELECT, "$expand": EXPAND}
        return f"/users/{self._user}/mailFolders/{folder}/messages/delta", query

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """A message without its bytes."""
        del folder  # it says so itself
        return item_of(plain)

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """A folder's messages."""
        return f"/users/{self._user}/mailFolders/{folder}/messages", LISTED

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """Its id."""
        del folder
        return str(plain["id"])

    async def counted(self, folders: Sequence[Folder]) -> Mapping[NodeId, tuple[str, int]]:
        """How many messages each folder says it has, found by another list than that of the tree. Raises Fault."""
        return await count_folders(self._graph, self._user, [folder.id for folder in folders])

    def single(self, id: NodeId) -> str | None:
        """One message, in whichever folder."""
        return f"/users/{self._user}/messages/{id}?{WRITTEN_OUT}"

    async def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bytes of messages, several at once; large ones piece by piece, last. Raises Fault."""
        small = [item for item in items if (item.size or 0) <= _LARGE]
        room = asyncio.Semaphore(_AT_ONCE)
        works = [partial(self._fetch_some, some, room, told) for some in handfuls(small, _BATCH, _BYTES)]
        async with aclosing(ahead(works, _AHEAD)) as batches:
            async for batch in batches:
                yield batch
        for item in items:
            if (item.size or 0) > _LARGE:
                await self._ask_again([item], told)
                beside = await self._beside([item], told)
                pieces = self._graph.stream(self._original(item), mailbox=self._user)
                yield [Fetched(item, pieces, {**_parts(item, told), **beside.get(item.id, {})})]

    async def _fetch_some(self, some: Sequence[Item], room: asyncio.Semaphore, told: Told) -> list[Fetched]:
        await self._ask_again(some, told)
        beside = await self._beside(some, told)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._fetch(item, room, told, beside.get(item.id, {}))) for item in some]
        return [task.result() for task in tasks]

    async def _ask_again(self, items: Sequence[Item], told: Told) -> None:
        """Have at hand what Graph says of items that were not told in this run."""
        missing = [item for item in items if item.id not in told]
        calls = [Call("GET", f"/users/{self._user}/messages/{item.id}?{WRITTEN_OUT}") for item in missing]
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for item, answer in zip(missing, answers, strict=True):
            if answer.fault is None:
                told.put(item.id, answer.body)

    async def _beside(self, items: Sequence[Item], told: Told) -> dict[NodeId, dict[str, bytes]]:
        """Read the attachments that the MIME of these messages does not carry as they are."""
        return await read_attachments(self._graph, self._user, [item.id for item in items if _has_files(item, told)])

    async def _fetch(self, item: Item, room: asyncio.Semaphore, told: Told, beside: Mapping[str, bytes]) -> Fetched:
        async with room:
            try:
                data = await self._graph.content(self._original(item), mailbox=self._user)
            except (NotFound, Refused) as fault:
                told.take(item.id)
                return Fetched(item, fault)
            return Fetched(item, data, {**_parts(item, told), **beside})

    def _original(self, item: Item) -> str:
        return f"/users/{self._user}/messages/{item.id}/$value"


def _has_files(item: Item, told: Told) -> bool:
    if (plain := told.take(item.id)) is None:
        return False
    told.put(item.id, plain)
    return bool(plain.get("hasAttachments"))


def _parts(item: Item, told: Told) -> dict[str, bytes]:
    plain = told.take(item.id)
    return {"graph": source_part(plain)} if plain is not None else {}
