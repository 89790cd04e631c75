"""What a mailbox holds of one kind, asked for in another way than a backup asks: plain lists and counts, no changes."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, Protocol, runtime_checkable

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.core.ports import Census, Seen
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.messages import moment

LISTED: Final = "id,createdDateTime,lastModifiedDateTime"
"""What a list is asked for."""
_TOP: Final = "500"


class Lists(Protocol):
    """A kind of content whose folders can be listed whole."""

    @property
    def prefer(self) -> Sequence[str]:
        """Preferences of its requests."""

    async def folders(self, known: dict[str, str]) -> Sequence[Folder]:
        """All folders. Raises Fault."""

    def listing(self, folder: NodeId) -> tuple[str, str]:
        """Path of the list of a folder's items, and the properties to ask for."""

    def listed(self, plain: Mapping[str, Any], folder: NodeId) -> str | None:
        """The place of an item of that list; None for what is not kept."""


@runtime_checkable
class Counts(Protocol):
    """A kind whose folders tell how much is in them."""

    async def counted(self, folders: Sequence[Folder]) -> Mapping[NodeId, tuple[str, int]]:
        """Name and count of these folders, and of others that another list tells of. Raises Fault."""


async def census(graph: Graph, user: str, kind: Lists, began: int) -> AsyncGenerator[Census, None]:
    """Go through all folders that there are now. Raises Fault."""
    folders = await kind.folders({})
    names = {folder.id: folder.name for folder in folders}
    counted = await kind.counted(folders) if isinstance(kind, Counts) else {}
    prefer = [one for one in kind.prefer if one == IMMUTABLE]
    for id in dict.fromkeys((*names, *counted)):
        path, select = kind.listing(id)
        query = {"$select": select, "$top": _TOP}
        seen: list[Seen] = []
        try:
            async with aclosing(graph.pages(path, query, mailbox=user, prefer=prefer)) as pages:
                async for page in pages:
                    for plain in page:
                        place = kind.listed(plain, id)
                        if place is not None:
                            seen.append(Seen(place, _is_newer(plain, began)))
        except NotFound:
            continue  # removed in this moment
        name, count = counted.get(id, (names.get(id, ""), None))
        yield Census(folder=id, path=name, count=count, seen=seen, counts_alike=False)


def _is_newer(plain: Mapping[str, Any], began: int) -> bool | None:
    """Was it made since? What was only changed since may have been moved here from where it is not looked for."""
    made, changed = moment(plain.get("createdDateTime")), moment(plain.get("lastModifiedDateTime"))
    if made is not None and made >= began:
        return True
    return None if made is None or (changed is not None and changed >= began) else False
