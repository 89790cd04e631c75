"""Outlook notes of a mailbox in Exchange. A page of changes tells them whole: none needs a request of its own."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.errors import Fault, ItemFault
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Fetched
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.census import LISTED
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.attachments import read_attachments
from saasbackup_desktop.providers.microsoft.mail.folders import read_counts
from saasbackup_desktop.providers.microsoft.notes import content
from saasbackup_desktop.providers.microsoft.notes.folders import BELOW, WELL_KNOWN, read_folders
from saasbackup_desktop.providers.microsoft.walking import DeltaSource, Told

_BATCH: Final = 100


def notes_source(graph: Graph, user: str) -> DeltaSource:
    """Read a mailbox's notes."""
    return DeltaSource(graph, user, Notes(graph, user))


class Notes:
    """``walking.Kind``: notes."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user

    @property
    def prefer(self) -> Sequence[str]:
        """Ids that stay, and large pages."""
        return IMMUTABLE, "odata.maxpagesize=100"

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """The Notes folder and what is below it. Raises Fault."""
        del known
        return await read_folders(self._graph, self._user)

    def lists(self, folders: Sequence[Folder]) -> Sequence[str]:
        """The folders in the Notes folder, and in each below it."""
        at = f"/users/{self._user}/mailFolders"
        named = [WELL_KNOWN, *(folder.id for folder in folders if folder.parent is not None)]
        return [f"{at}/{name}/childFolders?{BELOW}" for name in named]

    def start(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A folder's notes, whole."""
        query = {"$select": content.SELECT, "$expand": content.expand()}
        return f"/users/{self._user}/mailFolders/{folder}/messages/delta", query

    def item(self, plain: Mapping[str, Any], folder: NodeId) -> Item | None:
        """A note without its bytes."""
        return content.item_of(plain, NodeId(str(plain.get("parentFolderId") or folder)))

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """A folder's notes."""
        return f"/users/{self._user}/mailFolders/{folder}/messages", LISTED

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """Its id."""
        del folder
        return str(plain["id"])

    async def counted(self, folders: Sequence[Folder]) -> Mapping[NodeId, tuple[str, int]]:
        """How many notes each folder says it has. Raises Fault."""
        return await read_counts(self._graph, self._user, [folder.id for folder in folders])

    def single(self, id: NodeId) -> str | None:
        """One note, in whichever folder."""
        return f"/users/{self._user}/messages/{id}?{content.asked()}"

    async def fetch(self, items: Sequence[Item], told: Told) -> AsyncGenerator[Sequence[Fetched], None]:
        """Give what was told of the notes; ask for those that were not. Raises Fault."""
        for start in range(0, len(items), _BATCH):
            some = items[start : start + _BATCH]
            plains = {item.id: told.take(item.id) for item in some}
            missing = [item for item in some if plains[item.id] is None]
            calls = [Call("GET", self.single(item.id) or "") for item in missing]
            faults: dict[NodeId, ItemFault] = {}
            answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
            for item, answer in zip(missing, answers, strict=True):
                if answer.fault is None:
                    plains[item.id] = answer.body
                else:
                    faults[item.id] = _of_item(answer.fault)
            filed = [id for id, plain in plains.items() if plain is not None and plain.get("hasAttachments")]
            parts = await read_attachments(self._graph, self._user, filed, with_files=True)
            batch = []
            for item in some:
                plain = plains[item.id]
                if plain is None:
                    batch.append(Fetched(item, faults[item.id]))
                else:
                    batch.append(Fetched(item, content.written(plain), parts.get(item.id, {})))
            yield batch


def _of_item(fault: Fault) -> ItemFault:
    if isinstance(fault, ItemFault):
        return fault
    raise fault
