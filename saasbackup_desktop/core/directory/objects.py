"""An object of a directory as it was at one moment: properties, and links to other objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.links import Link
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.stream import Json

__all__ = ["UNREAD", "DirectoryObject", "Link", "key_of", "node_of", "parts_of", "read", "written"]

UNREAD: Final = "unread"
"""Facet of a kind's folder at a point in time at which the kind could not be read: the fault's code. What the folder
holds is from an earlier point in time then."""

_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryObject:
    """One object, whole."""

    kind: str
    """Id of its kind (``core.directory.schema``)."""
    id: str
    """The directory's own id."""
    name: str
    properties: Mapping[str, Json]
    """As the directory tells them, without links and without what only travels with an answer (``@odata...``)."""
    links: tuple[Link, ...] = ()
    """Sorted."""
    unread: tuple[str, ...] = ()
    """Names of properties and relations that exist and could not be read this time; sorted."""

    @property
    def key(self) -> str:
        """Its key among all objects (``core.directory.ticks``)."""
        return key_of(self.kind, self.id)


def key_of(kind: str, id: str) -> str:
    """Name an object: ``KIND/ID``."""
    return f"{kind}/{id}"


def node_of(kind: str, id: str) -> NodeId:
    """The id that an object's item has in a stream: its key."""
    return NodeId(key_of(kind, id))


def parts_of(node: str) -> tuple[str, str]:
    """The other way round: kind and id of what a key names."""
    kind, _, id = node.partition("/")
    return kind, id


def written(one: DirectoryObject) -> bytes:
    """An object's bytes: JSON in UTF-8; equal objects give equal bytes."""
    plain: dict[str, Json] = {
        "version": _VERSION,
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "properties": dict(one.properties),
        "links": [
            {
                name: value
                for name, value in (
                    ("relation", link.relation),
                    ("id", link.id),
                    ("detail", link.detail),
                    ("kind", link.kind),
                    ("name", link.name),
                    ("via", link.via),
                )
                if value
            }
            for link in one.links
        ],
    }
    if one.unread:
        plain["unread"] = list(one.unread)
    return codec.dumps(plain).encode("utf-8", "surrogatepass")


def read(data: bytes) -> DirectoryObject:
    """The other way round."""
    plain: Mapping[str, Any] = codec.loads(data)
    return DirectoryObject(
        kind=plain["kind"],
        id=plain["id"],
        name=plain["name"],
        properties=plain["properties"],
        links=tuple(Link(**link) for link in plain.get("links", ())),
        unread=tuple(plain.get("unread", ())),
    )
