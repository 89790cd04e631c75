"""A mailbox's folders: all levels, hidden ones and Recoverable Items too, with what each is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Role
from saasbackup_desktop.providers.microsoft.graph import IMMUTABLE, Call, Graph

ROLES: Final[Mapping[str, Role]] = {
    "inbox": Role.INBOX,
    "sentitems": Role.SENT,
    "drafts": Role.DRAFTS,
    "deleteditems": Role.TRASH,
    "junkemail": Role.JUNK,
    "archive": Role.ARCHIVE,
}
_RECOVERABLE: Final = "recoverableitemsroot"
WELL_KNOWN: Final = (*ROLES, "msgfolderroot", "outbox", "conversationhistory", _RECOVERABLE)
"""Names by which Graph knows folders in every language (resource type mailFolder)."""
_SELECT: Final = "id,displayName,parentFolderId,childFolderCount,totalItemCount,isHidden"
_QUERY: Final = {"$select": _SELECT, "$top": "250", "includeHiddenFolders": "true"}
_SEARCH: Final = "#microsoft.graph.mailSearchFolder"


@dataclass(frozen=True, slots=True)
class Tree:
    """All folders that hold items of their own, parents first."""

    folders: Sequence[Folder]
    root: str
    known: Mapping[str, str]
    """Well-known name -> id."""


async def read_tree(graph: Graph, user: str, known: Mapping[str, str] | None = None) -> Tree:
    """List the folders; search folders, which only show what lies elsewhere, are left out. Raises Fault.

    ``known``: what an earlier run found out, so that it need not be asked again.
    """
    names = dict(known) if known else await _well_known(graph, user)
    by_id = {id: name for name, id in names.items()}
    at = f"/users/{user}/mailFolders"
    level = await graph.all(at, _QUERY, mailbox=user, prefer=[IMMUTABLE])
    if _RECOVERABLE in names:
        level += [
            await graph.get(f"{at}/{names[_RECOVERABLE]}", {"$select": _SELECT}, mailbox=user, prefer=[IMMUTABLE])
        ]
    found: dict[str, Folder] = {}
    while level:
        parents = []
        for plain in level:
            if plain.get("@odata.type") == _SEARCH or plain["id"] in found:
                continue
            found[plain["id"]] = _folder(plain, names.get("msgfolderroot", ""), by_id)
            if plain.get("childFolderCount") or plain["id"] == names.get(_RECOVERABLE):
                parents.append(plain["id"])
        level = await _children(graph, user, parents)
    return Tree(list(found.values()), names.get("msgfolderroot", ""), names)


async def _well_known(graph: Graph, user: str) -> dict[str, str]:
    calls = [Call("GET", f"/users/{user}/mailFolders/{name}?$select=id") for name in WELL_KNOWN]
    found: dict[str, str] = {}
    for name, answer in zip(WELL_KNOWN, await graph.batch(calls, mailbox=user), strict=True):
        if answer.fault is None:
            found[name] = str(answer.body["id"])
        elif not isinstance(answer.fault, NotFound):
            raise answer.fault
    return found


async def _children(graph: Graph, user: str, parents: Sequence[str]) -> list[dict[str, Any]]:
    """The folders directly in several folders: one request for twenty of them."""
    query = "&".join(f"{name}={value}" for name, value in _QUERY.items())
    calls = [Call("GET", f"/users/{user}/mailFolders/{parent}/childFolders?{query}") for parent in parents]
    level: list[dict[str, Any]] = []
    for answer in await graph.batch(calls, mailbox=user) if calls else ():
        if answer.fault is not None:
            if isinstance(answer.fault, NotFound):
                continue  # removed in this moment
            raise answer.fault
        level += answer.body["value"]
        if link := answer.body.get("@odata.nextLink"):
            level += await graph.all(link, mailbox=user, prefer=[IMMUTABLE])
    return level


def _folder(plain: Mapping[str, Any], root: str, known: Mapping[str, str]) -> Folder:
    parent = str(plain.get("parentFolderId") or "")
    name = known.get(plain["id"], "")
    facets = {"well-known": name} if name else {}
    if plain.get("isHidden"):
        facets["hidden"] = "yes"
    return Folder(
        id=NodeId(plain["id"]),
        parent=NodeId(parent) if parent and parent != root and name != _RECOVERABLE else None,
        name=str(plain.get("displayName") or ""),
        role=ROLES.get(name),
        facets=facets,
    )
