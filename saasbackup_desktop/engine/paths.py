"""Where folders stand: their paths, from the top down."""

from collections.abc import Iterable, Mapping

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder


def folder_paths(folders: Iterable[Folder]) -> Mapping[NodeId, tuple[str, ...]]:
    """Names from the top down, for each folder. A folder whose parent is not among them counts as a top one."""
    by_id = {folder.id: folder for folder in folders}
    paths: dict[NodeId, tuple[str, ...]] = {}

    def path(id: NodeId) -> tuple[str, ...]:
        if id not in paths:
            folder = by_id[id]
            above = path(folder.parent) if folder.parent in by_id and folder.parent is not None else ()
            paths[id] = (*above, folder.name)
        return paths[id]

    for id in by_id:
        path(id)
    return paths
