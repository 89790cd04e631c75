"""A mailbox's contacts as a target."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.contacts import composing
from saasbackup_desktop.providers.microsoft.contacts.source import MAIN, Contacts
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.marks import MARKED, RESTORED, marking, said_mark
from saasbackup_desktop.providers.microsoft.writing import ObjectTarget, Saved, differing

_PHOTO: Final = "photo"
_BRIEF: Final = "displayName,emailAddresses,companyName"


def contacts_target(graph: Graph, user: str) -> ObjectTarget:
    """Write into a mailbox's contacts."""
    return ObjectTarget(graph, user, People(graph, user))


class People:
    """``writing.Kind``: contacts."""

    prefer: Sequence[str] = (IMMUTABLE,)
    is_nested = True
    goes_on = False

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._at = f"/users/{user}"
        self._contacts = Contacts(graph, user)

    async def folders(self) -> Sequence[Folder]:
        """The default folder and all others. Raises Fault."""
        return await self._contacts.folders({})

    async def make(self, parent: NodeId | None, name: str) -> None:
        """Make a folder; those beside the default folder are below it to Exchange. Raises Fault."""
        below = "" if parent is None or parent == MAIN else f"/{parent}/childFolders"
        await self._graph.send("POST", f"{self._at}/contactFolders{below}", {"displayName": name}, mailbox=self._user)

    def listing(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """A folder's contacts."""
        return f"{self._in(folder)}/contacts", {"$select": _BRIEF, "$expand": MARKED, "$top": "200"}

    def whole(self, folder: NodeId, id: str) -> str:
        """A contact with all its properties."""
        del folder
        return f"{self._at}/contacts/{id}"

    def mark(self, plain: Mapping[str, Any]) -> str:
        """Our mark."""
        return said_mark(plain)

    def look(self, plain: Mapping[str, Any]) -> str:
        """Name, addresses and company."""
        return composing.look(plain)

    def is_begun(self, saved: Saved, there: Mapping[str, Any]) -> bool:
        """A mark says that."""
        del saved, there
        return False

    def lost(self, plain: Mapping[str, Any]) -> tuple[str, ...]:
        """Nothing."""
        del plain
        return ()

    async def difference(self, saved: Saved, folder: NodeId, there: Mapping[str, Any], *, is_strict: bool) -> str:
        """Compare a contact and its photo. Raises Fault."""
        del folder, is_strict
        if wrong := differing(composing.wanted(saved.plain), composing.shown(there)):
            return wrong
        if _PHOTO not in saved.item.parts:
            return ""
        return "" if await self._photo(str(there["id"])) == await saved.part(_PHOTO) else _PHOTO

    async def create(self, saved: Saved, folder: NodeId) -> NodeId:
        """Make a contact. Raises Fault."""
        contact = composing.filled(composing.compose(saved.plain))
        contact["singleValueExtendedProperties"] = marking(saved.item, is_whole=_PHOTO not in saved.item.parts)
        path = f"{self._in(folder)}/contacts"
        made = await self._graph.send("POST", path, contact, mailbox=self._user, prefer=[IMMUTABLE])
        return NodeId(str(made["id"]))

    async def complete(self, saved: Saved, folder: NodeId, id: NodeId) -> None:
        """Add the photo, and say that the contact is whole. Raises Fault."""
        del folder
        if _PHOTO not in saved.item.parts:
            return
        await self._put_photo(saved, id)
        await self._patch(id, {"singleValueExtendedProperties": marking(saved.item, is_whole=True)})

    async def bring_back(self, saved: Saved, folder: NodeId, there: Mapping[str, Any]) -> NodeId:
        """Change a contact back. Raises Fault."""
        del folder
        id = NodeId(str(there["id"]))
        contact = composing.compose(saved.plain)
        await self._patch(id, {**contact, "categories": [*contact["categories"], RESTORED]})
        if _PHOTO in saved.item.parts:
            await self._put_photo(saved, id)
        return id

    async def remove(self, folder: NodeId, id: NodeId) -> None:
        """Remove a contact that we made. Raises Fault."""
        del folder
        await self._graph.send("DELETE", f"{self._at}/contacts/{id}", mailbox=self._user, prefer=[IMMUTABLE])

    def _in(self, folder: NodeId) -> str:
        return self._at if folder == MAIN else f"{self._at}/contactFolders/{folder}"

    async def _patch(self, id: NodeId, contact: Mapping[str, Any]) -> None:
        await self._graph.send("PATCH", f"{self._at}/contacts/{id}", contact, mailbox=self._user, prefer=[IMMUTABLE])

    async def _photo(self, id: str) -> bytes | None:
        try:
            return await self._graph.content(f"{self._at}/contacts/{id}/photo/$value", mailbox=self._user)
        except NotFound:
            return None

    async def _put_photo(self, saved: Saved, id: NodeId) -> None:
        await self._graph.send(
            "PUT",
            f"{self._at}/contacts/{id}/photo/$value",
            await saved.part(_PHOTO),
            content_type="image/jpeg",
            mailbox=self._user,
            prefer=[IMMUTABLE],
        )
