"""Folders and items as rows of tables, and back."""

import hashlib
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Row, Select, select

from saasbackup_desktop.catalog.schema import documents, items, places
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Folder, Item, Node, Role, Segment

T = TypeVar("T")

CHUNK: Final = 500
"""Ids in one question."""

_KEY_LENGTH: Final = 40
"""Characters that names are sorted by."""

_NO_BODY: Final = b""


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into stretches."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def batches(values: Iterator[T], size: int) -> Iterator[list[T]]:
    """Take from an iterator, so many at a time."""
    while batch := list(islice(values, size)):
        yield batch


def settled(node: Node) -> Node:
    """Fill in what follows from the rest: an item's size from its body."""
    if isinstance(node, Item) and node.size is None and node.body is not None:
        return replace(node, size=node.body.size)
    return node


def length(item: Item) -> int:
    """Bytes of the original."""
    return item.body.size if item.body is not None else (item.size or 0)


# --- folders -------------------------------------------------------------------------------------------------


def folder_values(folder: Folder) -> dict[str, Any]:
    """A folder's own columns."""
    return {
        "parent": folder.parent,
        "name": folder.name,
        "role": folder.role.value if folder.role is not None else None,
        "facets": codec.dumps(dict(folder.facets)),
    }


def folder_of(row: Row[Any]) -> Folder:
    """Read a row of ``folders``."""
    return Folder(
        id=NodeId(row.node),
        parent=NodeId(row.parent) if row.parent is not None else None,
        name=row.name,
        role=Role(row.role) if row.role is not None else None,
        facets=codec.loads(row.facets),
    )


# --- items ---------------------------------------------------------------------------------------------------


def item_values(item: Item, folder: int, doc: int) -> dict[str, Any]:
    """An item's own columns."""
    return {
        "folder": folder,
        "name": item.name,
        "revision": item.revision,
        "size": item.size,
        "time": item.time,
        "flags": "\n".join(item.flags),
        "place": item.place,
        "facets": codec.dumps(dict(item.facets)),
        "parts": _parts_text(item.parts),
        "doc": doc,
        "name_key": sort_key(item.name),
        "sender_key": sort_key(item.facets.get("from", "").lstrip("\"' <")),
    }


def whole_items() -> Select[Any]:
    """Ask for items with all that belongs to them; narrow it with ``where``."""
    return (
        select(
            items,
            places.c.node.label("parent"),
            documents.c.sha256,
            documents.c.size.label("length"),
            documents.c.recipe,
        )
        .join(documents, documents.c.doc == items.c.doc)
        .join(places, places.c.key == items.c.folder)
    )


def item_of(row: Row[Any]) -> Item:
    """Read a row of ``whole_items``."""
    return Item(
        id=NodeId(row.node),
        parent=NodeId(row.parent),
        name=row.name,
        revision=row.revision,
        size=row.size,
        time=row.time,
        flags=tuple(row.flags.split("\n")) if row.flags else (),
        place=row.place,
        facets=codec.loads(row.facets),
        body=None if row.recipe is None else Body(row.sha256.hex(), row.length, _recipe_of(row.recipe)),
        parts=_parts_of(row.parts),
    )


def _parts_text(parts: Mapping[str, Body]) -> str | None:
    return codec.dumps({name: codec.body_to_plain(part) for name, part in parts.items()}) if parts else None


def _parts_of(text: str | None) -> dict[str, Body]:
    return {name: codec.body_from_plain(part) for name, part in codec.loads(text).items()} if text else {}


def sort_key(name: str) -> str:
    """Make what names are sorted by: without case, accents and blanks around."""
    name = name.strip()[: 2 * _KEY_LENGTH]
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return name.casefold()[:_KEY_LENGTH]


# --- documents -----------------------------------------------------------------------------------------------

DESCRIBED: Final = ("from", "to", "cc", "attachments")
"""Facets that search finds."""


def document_of(item: Item, stream: int) -> tuple[bytes, bytes]:
    """Tell apart what search finds of an item: digest of its body, and mark of all else."""
    said = [str(stream), str(item.time), item.name, *(item.facets.get(facet, "") for facet in DESCRIBED)]
    if item.body is None:
        said.append(item.id)
    mark = hashlib.blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=12).digest()
    return (bytes.fromhex(item.body.sha256) if item.body is not None else _NO_BODY), mark


def document_values(item: Item) -> dict[str, Any]:
    """A document's columns that say where the body lies."""
    if item.body is None:
        return {"size": None, "recipe": None}
    return {"size": item.body.size, "recipe": _recipe(item.body.recipe)}


def _recipe(segments: Sequence[Segment]) -> bytes:
    packed = bytearray()
    for segment in segments:
        coding = segment.coding.encode()
        packed += bytes.fromhex(segment.blob) + struct.pack(">QB", segment.size, len(coding)) + coding
    return bytes(packed)


def _recipe_of(packed: bytes) -> tuple[Segment, ...]:
    segments = []
    at = 0
    while at < len(packed):
        size, named = struct.unpack_from(">QB", packed, at + 32)
        end = at + 41 + named
        segments.append(Segment(packed[at : at + 32].hex(), size, packed[at + 41 : end].decode()))
        at = end
    return tuple(segments)
