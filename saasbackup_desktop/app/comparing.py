"""Two points in time side by side, in a person's terms."""

from collections.abc import Iterable, Iterator, Mapping

from saasbackup_desktop.app.views import Difference, DiffRow
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Node


def diff_rows(
    edits: Iterable[Edit], old_paths: Mapping[NodeId, str], new_paths: Mapping[NodeId, str]
) -> Iterator[DiffRow]:
    """One row for each node that differs. What moved only because its folder did has no row of its own."""
    for edit in edits:
        kinds = tuple(_kinds(edit.old, edit.new))
        node = edit.new or edit.old
        if not kinds or node is None:
            continue
        yield DiffRow(
            kinds=kinds,
            is_folder=isinstance(node, Folder),
            name=node.name,
            old_path=_path(edit.old, old_paths),
            new_path=_path(edit.new, new_paths),
            old_flags=() if edit.old is None or isinstance(edit.old, Folder) else edit.old.flags,
            new_flags=() if edit.new is None or isinstance(edit.new, Folder) else edit.new.flags,
            id=node.id,
        )


def _kinds(old: Node | None, new: Node | None) -> Iterator[Difference]:
    if old is None:
        yield Difference.ADDED
    elif new is None:
        yield Difference.REMOVED
    else:
        if old.parent != new.parent:
            yield Difference.MOVED
        if isinstance(old, Folder) or isinstance(new, Folder):
            if old.name != new.name:
                yield Difference.RENAMED
            return
        if old.flags != new.flags:
            yield Difference.FLAGS
        if old.body is not None and new.body is not None and old.body.sha256 != new.body.sha256:
            yield Difference.CHANGED


def _path(node: Node | None, paths: Mapping[NodeId, str]) -> str:
    if node is None:
        return ""
    if isinstance(node, Folder):
        return paths.get(node.id, node.name)
    return paths.get(node.parent, "")
