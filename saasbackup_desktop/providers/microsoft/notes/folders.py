"""The Notes folder and the folders in it. Lists of mail folders leave it out; it is known by its name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.errors import ItemFault
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.graph import Graph

NAME: Final = "Notes"
"""What the folder is called here, in whichever language the mailbox is."""
WELL_KNOWN: Final = "notes"
_SELECT: Final = "id,displayName,parentFolderId,childFolderCount"
BELOW: Final = f"$select={_SELECT}&$top=250&includeHiddenFolders=true"


async def read_folders(graph: Graph, user: str) -> list[Folder]:
    """The Notes folder first, then what is below it; none if the mailbox has none. Raises Fault."""
    at = f"/users/{user}/mailFolders"
    calls = [
        Call("GET", f"{at}/{WELL_KNOWN}?$select={_SELECT}"),
        Call("GET", f"{at}/{WELL_KNOWN}/childFolders?{BELOW}"),
    ]
    top, below = await graph.batch(calls, mailbox=user)
    if isinstance(top.fault, ItemFault):
        return []
    if top.fault is not None:
        raise top.fault
    root = Folder(id=NodeId(top.body["id"]), parent=None, name=NAME, facets={"well-known": WELL_KNOWN})
    found = [root]
    level = await _values(graph, user, below.body if below.fault is None else {})
    while level:
        found += [_folder(plain) for plain in level]
        parents = [plain["id"] for plain in level if plain.get("childFolderCount")]
        calls = [Call("GET", f"{at}/{parent}/childFolders?{BELOW}") for parent in parents]
        answers = await graph.batch(calls, mailbox=user) if calls else []
        level = [plain for answer in answers for plain in await _values(graph, user, answer.body or {})]
    return found


async def _values(graph: Graph, user: str, page: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    values = list(page.get("value", ()))
    if link := page.get("@odata.nextLink"):
        values += await graph.all(link, mailbox=user, prefer=[IMMUTABLE])
    return values


def _folder(plain: Mapping[str, Any]) -> Folder:
    return Folder(
        id=NodeId(plain["id"]), parent=NodeId(plain["parentFolderId"]), name=str(plain.get("displayName") or "")
    )
