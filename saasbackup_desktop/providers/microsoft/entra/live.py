"""A tenant's directory as it is now, for comparisons and for what is about to be written."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, Final

from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of
from saasbackup_desktop.core.directory.ports import NOT_OFFERED, Heard
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.errors import Denied, ItemFault
from saasbackup_desktop.providers.microsoft.entra.asking import PLACE, Asking, code_of, cost_of
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES, SCHEMA
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.offering import is_not_offered
from saasbackup_desktop.providers.microsoft.entra.outside import names_outside
from saasbackup_desktop.providers.microsoft.entra.shaping import shaped
from saasbackup_desktop.providers.microsoft.entra.singles import read_some
from saasbackup_desktop.providers.microsoft.entra.together import all_of, together
from saasbackup_desktop.providers.microsoft.entra.wholes import read_whole
from saasbackup_desktop.providers.microsoft.graph import Graph

_AT_ONCE: Final = 8
"""Kinds that are read side by side."""
_BINS: Final = {
    "conditionalAccessPolicies": "/identity/conditionalAccess/deletedItems/policies",
    "namedLocations": "/identity/conditionalAccess/deletedItems/namedLocations",
}
"""Recycle bins of their own; of the other kinds that have one, it is the directory's."""


class LiveDirectory:
    """``core.directory.ports.Directory`` over Graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._asking = Asking(graph)

    @property
    def schema(self) -> Schema:
        """The kinds that it has."""
        return SCHEMA

    async def objects(self, kinds: Sequence[str]) -> AsyncGenerator[Heard, None]:
        """Read whole kinds, several at once; each has one answer that is its last. Raises Fault."""
        streams = [partial(self._kind, RECIPES[kind]) for kind in kinds]
        async with aclosing(together(streams, _AT_ONCE)) as heard:
            async for one in heard:
                yield one

    async def some(self, keys: Sequence[str]) -> Mapping[str, DirectoryObject]:
        """Those of some objects that are there, by key. Raises Fault."""
        by_kind: dict[str, list[str]] = {}
        for kind, id in dict.fromkeys(map(parts_of, keys)):
            by_kind.setdefault(kind, []).append(id)
        works = [read_some(self._asking, RECIPES[kind], ids) for kind, ids in by_kind.items()]
        return {one.key: one for found in await all_of(works) for one in found.values()}

    async def deleted(self) -> Mapping[str, DirectoryObject]:
        """What the recycle bin gives back, by key; bins that may not be read count as empty. Raises Fault."""
        kinds = [RECIPES[kind.id] for kind in SCHEMA.values() if kind.keeps_deleted]
        return {one.key: one for found in await all_of([self._bin(recipe) for recipe in kinds]) for one in found}

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which it rests; None if it does not."""
        return self._graph.rests_until(PLACE)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _kind(self, recipe: Recipe) -> AsyncGenerator[Heard, None]:
        try:
            async with aclosing(read_whole(self._asking, recipe)) as portions:
                async for portion in portions:
                    if portion.objects:
                        yield Heard(recipe.kind, portion.objects)
        except (Denied, ItemFault) as fault:
            if is_not_offered(recipe, fault):
                yield Heard(recipe.kind, (), is_last=True, detail=NOT_OFFERED)
            else:
                yield Heard(recipe.kind, (), is_last=True, code=code_of(fault), detail=fault.detail)
        else:
            yield Heard(recipe.kind, (), is_last=True)

    async def _bin(self, recipe: Recipe) -> list[DirectoryObject]:
        path = _BINS.get(recipe.kind) or f"/directory/deletedItems/microsoft.graph.{recipe.type}"
        query = {"$select": recipe.own_select} if recipe.select else {}
        if recipe.page:
            query["$top"] = str(recipe.page)
        cost = cost_of(recipe, selects=bool(recipe.select))
        found: list[dict[str, Any]] = []
        try:
            async with aclosing(self._asking.pages(path, query, cost=cost, strict=recipe.is_strict)) as pages:
                async for page in pages:
                    found += page
        except (Denied, ItemFault):
            return []
        # Of what lies there, links and what is told apart cannot be asked for.
        unread = sorted({*(link.relation for link in recipe.links), *names_outside(recipe)})
        return [shaped(recipe, {**plain, "deletedDateTime": None}, unread=unread) for plain in found]


def live_directory(graph: Graph) -> LiveDirectory:
    """Reach the directory of the tenant that this is the Graph of."""
    return LiveDirectory(graph)
