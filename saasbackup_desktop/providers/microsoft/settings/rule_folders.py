"""The folders that rules name: by path, since another mailbox has other ids."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Denied, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.folders import read_tree

PART: Final = "folders"
"""The name of the part that keeps the paths of a rule's folders."""
_ACTIONS: Final = ("moveToFolder", "copyToFolder")
_Step = tuple[str, str]
"""A folder on a path: the role that it has, and its name."""


def named(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Actions of a rule that name a folder, with its id."""
    for name in _ACTIONS:
        if id := (rule.get("actions") or {}).get(name):
            yield name, str(id)


class FolderNames:
    """The folders of one mailbox, both ways: paths of ids and ids of paths."""

    def __init__(self, folders: list[Folder]) -> None:
        self._by_id = {folder.id: folder for folder in folders}
        self._by_path = {tuple(self._path(id)): id for id in self._by_id}

    def paths(self, rule: Mapping[str, Any]) -> bytes:
        """The paths of a rule's folders, to be kept beside it."""
        return codec.dumps({id: self._path(NodeId(id)) for _, id in named(rule)}).encode()

    def here(self, rule: Mapping[str, Any], kept: bytes | None) -> dict[str, Any]:
        """The rule with the ids that its folders have in this mailbox. Raises Refused if one is not there."""
        ids = dict(named(rule))
        if not ids:
            return dict(rule)
        paths = codec.loads(kept) if kept else {}
        return {**rule, "actions": {**rule["actions"], **{name: self._here(id, paths) for name, id in ids.items()}}}

    def _here(self, id: str, paths: Mapping[str, list[list[str]]]) -> str:
        if id in self._by_id:
            return id
        path = [(role, name) for role, name in paths.get(id, ())]
        for found, here in self._by_path.items():
            if path and len(found) == len(path) and all(map(_is_same, found, path)):
                return here
        raise Refused("the rule names a folder that is not there", reason="rule-folder", name=_shown(path))

    def _path(self, id: NodeId) -> list[_Step]:
        path: list[_Step] = []
        step: NodeId | None = id
        while step is not None and step in self._by_id:
            folder = self._by_id[step]
            path.insert(0, (folder.role.value if folder.role else "", folder.name))
            step = folder.parent
        return path


async def folder_names(graph: Graph, user: str) -> FolderNames:
    """Read a mailbox's folders; none if they may not be read. Raises Fault."""
    try:
        return FolderNames(list((await read_tree(graph, user)).folders))
    except Denied:
        return FolderNames([])


def _is_same(one: _Step, other: _Step) -> bool:
    """Folders with a role are called differently in every language."""
    return one[0] == other[0] and (bool(one[0]) or one[1].casefold() == other[1].casefold())


def _shown(path: list[_Step]) -> str:
    return "/".join(name for _, name in path)
