"""Names for the ids that stand in objects, as far as the stream's catalog knows them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, node_of, parts_of
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.engine.bench import Bench

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST: Final = 2_000
"""Ids that are looked up for one object: a group's members bring their names along."""
_GONE: Final = ("users", "groups", "servicePrincipals", "applications", "devices")
"""Kinds in which an id is looked for that is not there any more."""
_MOST_GONE: Final = 100


async def names_in(
    bench: Bench, stream: StreamId, some: Iterable[DirectoryObject | ObjectDifference]
) -> Mapping[str, str]:
    """Name what the ids in objects or differences stand for."""
    told: dict[str, str] = {}
    ids: dict[str, None] = {}
    for one in some:
        for value in _values(one):
            ids |= dict.fromkeys(_ids(value))
        for link in _links(one):
            if link.name:
                told[link.id] = link.name
            else:
                ids[link.id] = None
    wanted = [id for id in ids if id not in told][:_MOST]
    return {**(await bench.offload.on_reading(_known, bench, stream, wanted) if wanted else {}), **told}


def _known(bench: Bench, stream: StreamId, ids: Sequence[str]) -> dict[str, str]:
    catalog = bench.catalog
    kinds = list(bench.directories.schema(stream))
    found: dict[str, str] = {}
    for item in catalog.items(stream, [node_of(kind, id) for id in ids for kind in kinds]).values():
        found.setdefault(parts_of(item.id)[1], item.name)
    for id in [id for id in ids if id not in found][:_MOST_GONE]:
        for kind in _GONE:
            row = catalog.item_at(stream, node_of(kind, id))
            if row is not None:
                found[id] = row.item.name
                break
        else:
            for row in catalog.search(stream, f'"{id}"', limit=1):  # an application has a second id of its own
                found[id] = row.item.name
    return found


def _values(one: DirectoryObject | ObjectDifference) -> Iterator[Json]:
    if isinstance(one, DirectoryObject):
        yield from one.properties.values()
    else:
        for change in one.attributes:
            yield from (change.old, change.new)


def _links(one: DirectoryObject | ObjectDifference) -> Iterator[Link]:
    if isinstance(one, DirectoryObject):
        yield from one.links
    else:
        yield from (change.link for change in one.links)


def _ids(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from _ids(inside)
    elif isinstance(value, Sequence):
        for inside in value:
            yield from _ids(inside)
