"""A mailbox's folders: all levels, hidden ones and Recoverable Items too, with what each is for."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core.errors import Denied, ItemFault, NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Role
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.graph import Graph

ROLES: Final[Mapping[str, Role]] = {
    "inbox": Role.INBOX,
    "sentitems": Role.SENT,
    "drafts": Role.DRAFTS,
    "deleteditems": Role.TRASH,
    "junkemail": Role.JUNK,
    "archive": Role.ARCHIVE,
}
_RECOVERABLE: Final = "recoverableitemsroot"
_ARCHIVE: Final = "archivemsgfolderroot"
NOTES: Final = "notes"
"""A folder that is not mail's: its messages are notes, and kept as such."""
ORDER: Final[Mapping[str, int]] = {
    "inbox": 10,
    "drafts": 11,
    "sentitems": 12,
    "deleteditems": 13,
    "junkemail": 14,
    "archive": 15,
    # what people made themselves: 50
    "conversationhistory": 60,
    "outbox": 61,
    "scheduled": 62,
    "clutter": 63,
    "syncissues": 70,
    "conflicts": 71,
    "localfailures": 72,
    "serverfailures": 73,
    _ARCHIVE: 80,
    _RECOVERABLE: 90,
    "recoverableitemsdeletions": 91,
    "recoverableitemsversions": 92,
    "recoverableitemspurges": 93,
    "recoverableitemsdiscoveryholds": 94,
}
"""Where Outlook shows a folder among those beside it."""
_OWN_FOLDER: Final = 50
_TOP: Final = "msgfolderroot"
WELL_KNOWN: Final = (_TOP, NOTES, *ORDER)
"""Names by which Exchange knows folders in every language (resource type mailFolder; for those that it does not list,
the distinguished folder ids of Exchange, which the same addresses take).
"""
_ROOTS: Final = (_RECOVERABLE, _ARCHIVE)
"""Folders beside the tree that lists begin with: asked for by name."""
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


def writable(tree: Tree) -> Tree:
    """The tree without Recoverable Items: what is put there is on its way out of the mailbox."""
    left: set[str] = set()
    kept: list[Folder] = []
    for folder in tree.folders:
        if folder.id == tree.known.get(_RECOVERABLE) or folder.parent in left:
            left.add(folder.id)
        else:
            kept.append(folder)
    return Tree(kept, tree.root, tree.known)


async def read_tree(graph: Graph, user: str, known: Mapping[str, str] | None = None) -> Tree:
    """List the folders; search folders, which only show what lies elsewhere, are left out. Raises Fault.

    ``known``: what an earlier run found out, so that it need not be asked again.
    """
    names, level = await _top(graph, user, dict(known or {}))
    by_id = {id: name for name, id in names.items()}
    found: dict[str, Folder] = {}
    while level:
        parents = []
        for plain in level:
            if plain.get("@odata.type") == _SEARCH or plain["id"] in found or by_id.get(plain["id"]) == NOTES:
                continue
            found[plain["id"]] = _folder(plain, names.get("msgfolderroot", ""), by_id)
            parents.append(plain["id"])  # whatever it counts: hidden ones are not counted
        level = await _children(graph, user, parents)
    return Tree(list(found.values()), names.get("msgfolderroot", ""), names)


async def _top(graph: Graph, user: str, names: dict[str, str]) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The well-known folders' ids, and the folders to begin with. Names that were not there are asked for again: a
    mailbox may be given an archive at any time.
    """
    at = f"/users/{user}/mailFolders"
    lists = Call("GET", f"{at}?{_written(_QUERY)}")
    roots = [Call("GET", f"{at}/{names.get(name, name)}?$select={_SELECT}") for name in _ROOTS]
    missing = [name for name in WELL_KNOWN if name not in names and name not in _ROOTS]
    others = [Call("GET", f"{at}/{name}?$select=id") for name in missing]
    first, *rest = await graph.batch([lists, *roots, *others], mailbox=user)
    if first.fault is not None:
        raise first.fault
    level = list(first.body["value"])
    if link := first.body.get("@odata.nextLink"):
        level += await graph.all(link, mailbox=user, prefer=[IMMUTABLE])
    for name, answer in zip((*_ROOTS, *missing), rest, strict=True):
        if answer.fault is None:
            names[name] = str(answer.body["id"])
            if name in _ROOTS:
                level.append(answer.body)
        elif name in _ROOTS and isinstance(answer.fault, ItemFault | Denied):
            names.pop(name, None)
        elif not isinstance(answer.fault, ItemFault):
            raise answer.fault
    return names, level


def _written(query: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items())


async def _children(graph: Graph, user: str, parents: Sequence[str]) -> list[dict[str, Any]]:
    """The folders directly in several folders: one request for twenty of them."""
    query = _written(_QUERY)
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


async def count_folders(graph: Graph, user: str, known: Sequence[NodeId]) -> dict[NodeId, tuple[str, int]]:
    """Name and count of all mail folders, as the list of their changes tells them, and of those known besides.

    Raises Fault.
    """
    at = f"/users/{user}/mailFolders"
    query = {"$select": "id,displayName,parentFolderId,totalItemCount"}
    plains: list[dict[str, Any]] = []
    async with aclosing(graph.delta(f"{at}/delta", query, mailbox=user, prefer=[IMMUTABLE])) as pages:
        async for page in pages:
            plains += page.values
    [notes, root] = await graph.batch([Call("GET", f"{at}/{name}?$select=id") for name in (NOTES, _TOP)], mailbox=user)
    not_mail = {str(notes.body["id"])} if notes.fault is None else set()
    while below := {plain["id"] for plain in plains if plain.get("parentFolderId") in not_mail} - not_mail:
        not_mail |= below
    if root.fault is None:
        not_mail.add(str(root.body["id"]))
    found: dict[NodeId, tuple[str, int]] = {}
    for plain in plains:
        if "@removed" in plain or plain.get("@odata.type") == _SEARCH or plain["id"] in not_mail:
            continue
        found[NodeId(plain["id"])] = (str(plain.get("displayName") or ""), int(plain.get("totalItemCount") or 0))
    return {**found, **await read_counts(graph, user, [id for id in known if id not in found])}


async def read_counts(graph: Graph, user: str, folders: Sequence[NodeId]) -> dict[NodeId, tuple[str, int]]:
    """Name and count of folders, each asked for by itself; those that are not there any more are left out.

    Raises Fault.
    """
    select = "$select=id,displayName,totalItemCount"
    calls = [Call("GET", f"/users/{user}/mailFolders/{id}?{select}") for id in folders]
    found: dict[NodeId, tuple[str, int]] = {}
    for id, answer in zip(folders, await graph.batch(calls, mailbox=user) if calls else (), strict=True):
        if answer.fault is None:
            found[id] = (str(answer.body.get("displayName") or ""), int(answer.body.get("totalItemCount") or 0))
        elif not isinstance(answer.fault, NotFound):
            raise answer.fault
    return found


def _folder(plain: Mapping[str, Any], root: str, known: Mapping[str, str]) -> Folder:
    parent = str(plain.get("parentFolderId") or "")
    name = known.get(plain["id"], "")
    facets = {"well-known": name} if name else {}
    facets["order"] = str(ORDER.get(name, _OWN_FOLDER))
    if plain.get("isHidden"):
        facets["hidden"] = "yes"
    return Folder(
        id=NodeId(plain["id"]),
        parent=NodeId(parent) if parent and parent != root and name not in _ROOTS else None,
        name=str(plain.get("displayName") or ""),
        role=ROLES.get(name),
        facets=facets,
    )
