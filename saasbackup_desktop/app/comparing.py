"""Two points in time side by side, in a person's terms."""

from collections.abc import Iterable, Iterator, Mapping

from saasbackup_desktop.app.views import Difference, DiffRow
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Edit, Folder, Item, Node
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT, PHOTO


def diff_rows(
    edits: Iterable[Edit],
    old_paths: Mapping[NodeId, str],
    new_paths: Mapping[NodeId, str],
    changed: dict[NodeId, tuple[Item, Item]],
) -> Iterator[DiffRow]:
    """One row for each node that differs. What moved only because its folder did has no row of its own.

    ``changed`` takes up the items whose bytes differ, as they were and as they are.
    """
    for edit in edits:
        kinds = tuple(_kinds(edit.old, edit.new))
        node = edit.new or edit.old
        if not kinds or node is None:
            continue
        if Difference.CHANGED in kinds and isinstance(edit.old, Item) and isinstance(edit.new, Item):
            changed[node.id] = edit.old, edit.new
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
        if _is_changed(old.body, new.body) or changed_parts(old, new):
            yield Difference.CHANGED


def changed_parts(old: Item, new: Item) -> tuple[str, ...]:
    """Name what differs beside the body: ``photo``, ``attachments``, ``other``."""
    names = [name for name in {**old.parts, **new.parts} if _digest(old, name) != _digest(new, name)]
    return tuple(dict.fromkeys(map(_field_of, names)))


def _field_of(part: str) -> str:
    if part.startswith(ATTACHMENT):
        return "attachments"
    return part if part == PHOTO else "other"


def _digest(item: Item, part: str) -> str:
    return item.parts[part].sha256 if part in item.parts else ""


def _is_changed(old: Body | None, new: Body | None) -> bool:
    return old is not None and new is not None and old.sha256 != new.sha256


def _path(node: Node | None, paths: Mapping[NodeId, str]) -> str:
    if node is None:
        return ""
    if isinstance(node, Folder):
        return paths.get(node.id, node.name)
    return paths.get(node.parent, "")
