"""What a tree holds: folders and items as entries, and the differences between two trees as edits."""

from collections.abc import Iterable, Iterator
from types import EllipsisType
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Node
from saasbackup_desktop.vault.format.trees import Entry, Trees

_FOLDER: Final = b"f"
_ITEM: Final = b"i"
_END: Final = b"\0"
LAST_FOLDER: Final = b"g"
"""Folders' keys are smaller, items' keys greater."""


def key_of(node: Node) -> bytes:
    """Folders first, then items; both by parent, then by id."""
    kind = _FOLDER if isinstance(node, Folder) else _ITEM
    return kind + _spelled(node.parent) + _END + _spelled(node.id)


def value_of(node: Node) -> bytes:
    """All but what the key says, as JSON."""
    plain = codec.node_to_plain(node)
    for name in ("k", "id", "p"):
        del plain[name]
    return codec.dumps(plain).encode("utf-8", "surrogatepass")


def node_of(key: bytes, value: bytes) -> Node:
    """Entry -> folder or item."""
    plain: dict[str, Any] = codec.loads(value)
    parent, _, id = key[1:].partition(_END)
    plain["k"] = "f" if key.startswith(_FOLDER) else "i"
    plain["id"], plain["p"] = _read(id), _read(parent) or None
    return codec.node_from_plain(plain)


def blobs_of(value: bytes) -> set[bytes]:
    """Ids of the blobs that an item's bytes are made of, body and parts."""
    plain: dict[str, Any] = codec.loads(value)
    bodies = [plain["b"]] if "b" in plain else []
    bodies += plain.get("a", {}).values()
    return {bytes.fromhex(segment[0]) for _, _, recipe in bodies for segment in recipe}


def nodes(trees: Trees, root: bytes, parent: NodeId | None | EllipsisType) -> Iterator[Node]:
    """The nodes directly in a folder (None: at the top), or all; folders first."""
    prefixes = [b""] if parent is ... else [kind + _spelled(parent) + _END for kind in (_FOLDER, _ITEM)]
    for prefix in prefixes:
        for key, value in trees.entries(root, prefix):
            yield node_of(key, value)


def changes_of(edits: Iterable[Edit]) -> dict[bytes, bytes | None]:
    """What edits mean for a tree's entries."""
    gone: dict[bytes, bytes | None] = {}
    put: dict[bytes, bytes | None] = {}
    for edit in edits:
        if edit.old is not None:
            key = key_of(edit.old)
            gone[key] = None
            put.pop(key, None)
        if edit.new is not None:
            put[key_of(edit.new)] = value_of(edit.new)
    return gone | put


def edits_between(trees: Trees, old: bytes, new: bytes) -> Iterator[Edit]:
    """What differs; a node that moved is one edit."""
    removed: dict[bytes, Entry] = {}
    added: dict[bytes, Entry] = {}
    for key, before, after in trees.differences(old, new):
        if before is not None and after is not None:
            yield Edit(node_of(key, before), node_of(key, after))
            continue
        mine, others = (removed, added) if after is None else (added, removed)
        name = _name(key)
        entry = (key, before if before is not None else after or b"")
        other = others.pop(name, None) if old and new else None
        if other is not None:
            here, there = node_of(*entry), node_of(*other)
            yield Edit(here, there) if after is None else Edit(there, here)
        elif old and new:
            mine[name] = entry
        else:
            yield _one_sided(entry, after is None)
    for entry in removed.values():
        yield _one_sided(entry, True)
    for entry in added.values():
        yield _one_sided(entry, False)


def _one_sided(entry: Entry, is_old: bool) -> Edit:
    node = node_of(*entry)
    return Edit(node, None) if is_old else Edit(None, node)


def _name(key: bytes) -> bytes:
    """Kind and id: what stays when a node moves."""
    return key[:1] + key[1:].partition(_END)[2]


def _read(spelled: bytes) -> str:
    return spelled.decode("utf-8", "surrogatepass")


def _spelled(id: str | None) -> bytes:
    spelled = (id or "").encode("utf-8", "surrogatepass")
    if _END in spelled:
        raise ValueError("an id must not hold a null character")
    return spelled
