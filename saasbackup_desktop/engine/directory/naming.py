"""Names for the ids that stand in objects, as far as the catalog knows them: in bulk, and each looked up once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, node_of, parts_of
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.engine.bench import Bench

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FEW: Final = 20
"""Ids that are searched for one by one; for more, all that there are of such kinds are read."""
_SOME: Final = 500
"""Ids that are looked for among all kinds."""
_USUAL: Final = ("users", "groups", "servicePrincipals", "devices", "applications", "roleDefinitions")
"""Kinds among which all are looked for."""
_SECOND: Final = ("servicePrincipals", "applications", "subscribedSkus", "roleDefinitions")
"""Kinds whose objects go by another id, too: the facet ``ids`` tells it."""

Told = DirectoryObject | ObjectDifference


class Names:
    """Looks up names for one stream. What it has looked up it keeps: let go of it soon."""

    def __init__(self, bench: Bench, stream: StreamId) -> None:
        self._bench, self._stream = bench, stream
        self._known: dict[str, str] = {}
        """Empty for an id that nobody knows."""
        self._second: Mapping[str, str] | None = None

    async def of(self, some: Sequence[Told]) -> Mapping[str, str]:
        """Name the ids in objects or differences; those that are not known are left out."""
        return await self._bench.offload.on_reading(self.look_up, some)

    async def of_ids(self, ids: Mapping[str, str]) -> Mapping[str, str]:
        """Name ids, each with the kind that it is of, empty if that is not known; unknown ones are left out."""

        def work() -> Mapping[str, str]:
            wanted = {id: kind for id, kind in ids.items() if id not in self._known}
            if wanted:
                self._known |= self._look_up(wanted)
            return {id: name for id in ids if (name := self._known[id])}

        return await self._bench.offload.on_reading(work)

    def look_up(self, some: Sequence[Told]) -> Mapping[str, str]:
        """The same. Blocks."""
        ids: dict[str, str] = {}
        """What is wanted, and of which kind it is if that is known."""
        said: dict[str, str] = {}
        for one in some:
            for value in _values(one):
                ids |= dict.fromkeys(ids_in(value), "")
        for one in some:
            for link in _links(one):
                ids[link.id] = link.kind
                if _ID.fullmatch(link.detail):
                    ids.setdefault(link.detail, "")
                if link.name:
                    said[link.id] = link.name
        wanted = {id: kind for id, kind in ids.items() if id not in self._known and id not in said}
        if wanted:
            self._known |= self._look_up(wanted)
        return {**{id: name for id in ids if (name := self._known.get(id))}, **said}

    def _look_up(self, ids: Mapping[str, str]) -> dict[str, str]:
        schema = self._bench.directories.schema(self._stream)
        found = dict.fromkeys(ids, "")
        found |= self._labels((kind, id) for id, named in ids.items() for kind in ([named] if named else _USUAL))
        left = [id for id in ids if not found[id]]
        if len(left) <= _SOME:
            found |= self._labels((kind, id) for id in left for kind in schema)
            left = [id for id in left if not found[id]]
        if len(left) <= _FEW and self._second is None:
            return found | {id: self._searched(id) for id in left}
        if self._second is None:
            self._second = self._seconds()
        return found | {id: self._second.get(id, "") for id in left}

    def _labels(self, some: Iterable[tuple[str, str]]) -> dict[str, str]:
        labels = self._bench.catalog.labels(self._stream, [node_of(kind, id) for kind, id in some])
        return {parts_of(node)[1]: name for node, name in labels.items() if name}

    def _searched(self, id: str) -> str:
        """The name of what goes by this id, too."""
        for row in self._bench.catalog.search(self._stream, f'"{id}"', limit=_FEW):
            item = row.item
            if parts_of(item.id)[0] in _SECOND and id in item.facets.get("ids", "").split("\n"):
                return item.name
        return ""

    def _seconds(self) -> Mapping[str, str]:
        """Names by the other ids of what is there at the newest point in time."""
        catalog = self._bench.catalog
        snapshots = catalog.snapshots(self._stream)
        if not snapshots:
            return {}
        folders = tuple(map(NodeId, _SECOND))
        nodes = catalog.nodes_at(self._stream, snapshots[0].id, Selection(folders=folders))
        return {
            id: node.name
            for node in nodes
            if isinstance(node, Item) and node.name
            for id in node.facets.get("ids", "").split("\n")
            if _ID.fullmatch(id)
        }


def _values(one: Told) -> Iterator[Json]:
    if isinstance(one, DirectoryObject):
        yield from one.properties.values()
    else:
        for change in one.attributes:
            yield from (change.old, change.new)


def _links(one: Told) -> Iterable[Link]:
    return one.links if isinstance(one, DirectoryObject) else (change.link for change in one.links)


def ids_in(value: Json) -> Iterator[str]:
    """Find the ids that stand in plain data."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from ids_in(inside)
    elif isinstance(value, Sequence):
        for inside in value:
            yield from ids_in(inside)
