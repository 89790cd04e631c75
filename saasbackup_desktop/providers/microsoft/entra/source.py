"""A tenant's directory as something to back up: folders are kinds, items are objects."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from saasbackup_desktop.core.characters import whole
from saasbackup_desktop.core.directory.objects import UNREAD, DirectoryObject, key_of, node_of, parts_of, written
from saasbackup_desktop.core.errors import DeltaExpired, Denied, ItemFault, NotFound, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Json, Put, Unread
from saasbackup_desktop.providers.microsoft.entra.asking import PLACE, Asking, code_of, cost_of
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.listing import facets_of
from saasbackup_desktop.providers.microsoft.entra.offering import is_not_offered
from saasbackup_desktop.providers.microsoft.entra.outside import (
    base_sum,
    names_outside,
    outside_sum,
    read_outside,
    told_sum,
)
from saasbackup_desktop.providers.microsoft.entra.singles import read_some
from saasbackup_desktop.providers.microsoft.entra.together import together
from saasbackup_desktop.providers.microsoft.entra.wholes import read_whole
from saasbackup_desktop.providers.microsoft.graph import Graph

_STRETCH: Final = 500
"""Objects between two checkpoints, or a portion more."""
_REMEMBERED: Final = 12 * _STRETCH
"""Objects that were told and whose bytes nobody has asked for yet: more than the engine has in hand at any time."""
_AT_ONCE: Final = 8
"""Kinds that are read side by side."""
_PORTION: Final = 400
"""Objects that are read again at a time."""
_MANY_AGAIN: Final = 200
_SHARE_AGAIN: Final = 10
"""Where more than so many objects changed, and more than one of so many, the whole kind costs less than each of them:
a page of all tells hundreds in one request, and single objects come twenty in one, with a unit or more for each."""
_VERSION: Final = 1
_NOT_YET: Final = "not-yet"
"""In place of a code: a first run that is cut short has not come to it."""


def directory_source(graph: Graph) -> "DirectorySource":
    """Read the directory of the tenant that this is the Graph of."""
    return DirectorySource(graph)


@dataclass(slots=True)
class _Heard:
    """What was heard of one kind."""

    kind: str
    changes: list[Change]
    objects: Mapping[str, DirectoryObject] = field(default_factory=dict)
    """Those of them that are put, by key."""
    link: str | None = None
    """Set with the last of a kind: where its changes go on; empty if it tells none."""
    code: str = ""
    """Why it could not be read: a fault's code."""


class DirectorySource:
    """Reads a directory. Implements core.ports.Source."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._asking = Asking(graph)
        self._told: OrderedDict[str, DirectoryObject] = OrderedDict()

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say everything that changed. Raises Fault.

        What may not be read stays as it was; what the tenant has not licensed is not there.
        """
        links = _links(since)
        before = {folder.id: folder for folder in await known.folders()}
        moved = False
        for recipe in RECIPES.values():
            if NodeId(recipe.kind) not in before:
                moved = True
                folder = before[NodeId(recipe.kind)] = _folder(recipe, _NOT_YET)
                yield Put(folder)
        streams = [partial(self._kind, recipe, links.get(kind, ""), known) for kind, recipe in RECIPES.items()]
        said = 0
        async with aclosing(together(streams, _AT_ONCE)) as heard:
            async for one in heard:
                for key, object in one.objects.items():
                    self._remember(key, object)
                for change in one.changes:
                    moved = True
                    yield change
                said += len(one.changes)
                if one.link is not None:
                    links[one.kind] = one.link
                folder = _folder(RECIPES[one.kind], one.code)
                if (one.link is not None or one.code) and before[folder.id] != folder:
                    moved = True
                    yield Put(folder)
                if said >= _STRETCH:
                    yield Checkpoint(_cursor(links))
                    said = 0
        yield Checkpoint(_cursor(links), complete=True, moved=moved)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Give the bytes of objects; those that were told long ago are read again. Raises Fault."""
        missing = [item for item in items if item.id not in self._told]
        batch = [Fetched(item, written(self._told.pop(item.id))) for item in items if item.id in self._told]
        if batch:
            yield batch
        for kind in dict.fromkeys(parts_of(item.id)[0] for item in missing):
            yield await self._again(kind, [item for item in missing if parts_of(item.id)[0] == kind])

    async def _again(self, kind: str, items: Sequence[Item]) -> list[Fetched]:
        """Read objects of one kind once more."""
        try:
            found = await read_some(self._asking, RECIPES[kind], [parts_of(item.id)[1] for item in items])
        except ItemFault as fault:
            return [Fetched(item, fault) for item in items]
        except Denied as fault:
            return [Fetched(item, Refused(fault.detail, **fault.facts)) for item in items]
        read: list[Fetched] = []
        for item in items:
            one = found.get(parts_of(item.id)[1])
            if one is None:
                read.append(Fetched(item, NotFound("the object is not there any more")))
            else:
                read.append(Fetched(item_of(one), written(one)))
        return read

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the directory rests; None if it does not."""
        return self._graph.rests_until(PLACE)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    def _remember(self, key: str, one: DirectoryObject) -> None:
        self._told[key] = one
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)

    async def _kind(self, recipe: Recipe, link: str, known: Known) -> AsyncGenerator[_Heard, None]:
        """Say what changed of one kind."""
        before = {str(one.id): one.revision for one in await known.within(NodeId(recipe.kind))}
        try:
            reading = self._since(recipe, link, before) if link else self._whole(recipe, before)
            async with aclosing(reading):
                async for heard in reading:
                    yield heard
        except DeltaExpired:
            async with aclosing(self._whole(recipe, before)) as reading:
                async for heard in reading:
                    yield heard
        except (Denied, ItemFault) as fault:
            if before or not is_not_offered(recipe, fault):
                code = code_of(fault)
                unread = Unread(NodeId(recipe.kind), recipe.title, code, fault.detail)
                yield _Heard(recipe.kind, [unread], code=code)
            else:
                yield _Heard(recipe.kind, [], link="")

    async def _whole(self, recipe: Recipe, before: Mapping[str, str]) -> AsyncGenerator[_Heard, None]:
        """Say everything of a kind; what was there and is not told is gone."""
        left = set(before)
        link = ""
        async with aclosing(read_whole(self._asking, recipe)) as portions:
            async for portion in portions:
                link = portion.link or link
                left.difference_update(one.key for one in portion.objects)
                for start in range(0, len(portion.objects), _PORTION):
                    yield _put(recipe, portion.objects[start : start + _PORTION], before)
        yield _Heard(recipe.kind, [Gone(NodeId(key)) for key in sorted(left)], link=link)

    async def _since(self, recipe: Recipe, link: str, before: Mapping[str, str]) -> AsyncGenerator[_Heard, None]:
        """Say what changed of a kind since a link was given: what is told to have changed is read again, whole."""
        changed: dict[str, None] = {}
        gone: dict[str, None] = {}
        cost = cost_of(recipe, selects=bool(recipe.select))
        async with aclosing(self._asking.changes(link, cost=cost, size=recipe.page)) as pages:
            async for page in pages:
                for plain in page.values:
                    id = str(plain["id"])
                    if "@removed" in plain:
                        changed.pop(id, None)
                        gone[id] = None
                    else:
                        gone.pop(id, None)
                        changed[id] = None
                link = page.link
        outside = await read_outside(self._asking, recipe)
        if names_outside(recipe):
            for key, revision in before.items():
                id = parts_of(key)[1]
                if id not in gone and told_sum(outside, id) != revision.partition(".")[2]:
                    changed[id] = None
        if len(changed) > max(_MANY_AGAIN, len(before) // _SHARE_AGAIN):
            async with aclosing(self._whole(recipe, before)) as reading:
                async for heard in reading:
                    yield heard
            return
        ids = list(changed)
        for start in range(0, len(ids), _PORTION):
            some = ids[start : start + _PORTION]
            found = await read_some(self._asking, recipe, some, outside)
            gone |= {id: None for id in some if id not in found}
            yield _put(recipe, found.values(), before)
        keys = [key_of(recipe.kind, id) for id in gone]
        yield _Heard(recipe.kind, [Gone(NodeId(key)) for key in keys if key in before], link=link)


def _folder(recipe: Recipe, code: str = "") -> Folder:
    """A kind's folder, with why it could not be read."""
    facets = {UNREAD: code} if code else {}
    return Folder(id=NodeId(recipe.kind), parent=None, name=recipe.title, facets=facets)


def revision_of(one: DirectoryObject) -> str:
    """Changes if and only if the object's bytes do: sums over what it tells itself, and over what is told elsewhere."""
    outside = names_outside(RECIPES[one.kind])
    own = base_sum(one, outside)
    return f"{own}.{outside_sum(one, outside)}" if outside else own


def item_of(one: DirectoryObject, revision: str = "") -> Item:
    """An object as an item, without its bytes. ``revision``: if it is known already."""
    return Item(
        id=node_of(one.kind, one.id),
        parent=NodeId(one.kind),
        name=whole(one.name),
        revision=revision or revision_of(one),
        place=one.id,
        facets=facets_of(RECIPES[one.kind], one),
    )


def _put(recipe: Recipe, objects: Iterable[DirectoryObject], before: Mapping[str, str]) -> _Heard:
    put: dict[str, DirectoryObject] = {}
    changes: list[Change] = []
    for one in objects:
        revision = revision_of(one)
        if before.get(one.key) != revision:
            put[one.key] = one
            changes.append(Put(item_of(one, revision)))
    return _Heard(recipe.kind, changes, put)


def _links(since: Cursor | None) -> dict[str, str]:
    found = (since or {}).get("links")
    if not isinstance(found, dict) or (since or {}).get("version") != _VERSION:
        return {}
    return {kind: str(link) for kind, link in found.items()}


def _cursor(links: Mapping[str, str]) -> Cursor:
    told: dict[str, Json] = {kind: link for kind, link in sorted(links.items()) if link}
    return {"version": _VERSION, "links": told}
