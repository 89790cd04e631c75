"""Whole kinds of objects, read from the first to the last."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.providers.microsoft.entra.asking import Asking, cost_of
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, LinkRecipe, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.linking import changed_links, links_of
from saasbackup_desktop.providers.microsoft.entra.naming import Names
from saasbackup_desktop.providers.microsoft.entra.outside import Outside, read_outside
from saasbackup_desktop.providers.microsoft.entra.shaping import id_of, shaped
from saasbackup_desktop.providers.microsoft.entra.singles import read_some


@dataclass(slots=True)
class Portion:
    """Some objects of a kind, and, with the last of them, where its changes go on."""

    objects: list[DirectoryObject]
    link: str = ""


async def read_whole(asking: Asking, recipe: Recipe) -> AsyncGenerator[Portion, None]:
    """Read all objects of a kind. Raises Fault."""
    reading = _by_changes(asking, recipe) if recipe.has_delta else _listed(asking, recipe)
    async with aclosing(reading):
        async for portion in reading:
            yield portion


async def _listed(asking: Asking, recipe: Recipe) -> AsyncGenerator[Portion, None]:
    query = query_of(recipe)
    cost = cost_of(recipe, selects=bool(recipe.select), expands="$expand" in query)
    if SCHEMA[recipe.kind].is_single and not recipe.is_listed_single:
        plain = await asking.get(recipe.path, query, cost=cost, strict=recipe.is_strict)
        yield Portion([_with_links(recipe, plain)])
        return
    if recipe.page:
        query["$top"] = str(recipe.page)
    names = Names(asking)
    async with aclosing(asking.pages(recipe.path, query, cost=cost, strict=recipe.is_strict)) as pages:
        async for page in pages:
            called = await names.of(recipe, page)
            yield Portion([_with_links(recipe, plain, name) for plain, name in zip(page, called, strict=True)])


def query_of(recipe: Recipe) -> dict[str, str]:
    """What is asked for of objects that are read with all that comes with them."""
    inside = [link.relation for link in recipe.told(Way.INSIDE)]
    expand = ",".join(filter(None, (recipe.expand, *inside)))
    query = {"$select": recipe.own_select} if recipe.select else {}
    return {**query, "$expand": expand} if expand else query


def _with_links(recipe: Recipe, plain: Mapping[str, Any], name: str = "") -> DirectoryObject:
    links = [link for one in recipe.told(Way.INSIDE) for link in links_of(one, plain.get(one.relation))]
    return shaped(recipe, plain, links, name=name)


@dataclass(slots=True)
class _Gathered:
    """An object whose links come in several pieces."""

    plain: Mapping[str, Any]
    links: dict[str, dict[str, Link]] = field(default_factory=dict)


async def _by_changes(asking: Asking, recipe: Recipe) -> AsyncGenerator[Portion, None]:
    """Read the first round of a kind's changes: it tells everything, relations too, and where to go on from."""
    outside = await read_outside(asking, recipe)
    followed = recipe.told(Way.DELTA)
    gathers = any(link.form is not Form.SINGLE for link in followed)
    gathered: dict[str, _Gathered] = {}
    seen: set[str] = set()
    again: set[str] = set()
    link = ""
    start, query = first_changes(recipe)
    changes = asking.changes(start, query, cost=cost_of(recipe, selects=bool(query)), size=recipe.page)
    async with aclosing(changes):
        async for page in changes:
            objects: list[DirectoryObject] = []
            for plain in page.values:
                id = str(plain["id"])
                if "@removed" in plain:
                    gathered.pop(id, None)
                    if id in seen:
                        again.add(id)
                elif gathers:
                    _gather(gathered, followed, id, plain)
                elif id in seen:
                    again.add(id)
                else:
                    seen.add(id)
                    links = [one for each in followed for one in _first_links(each, plain)]
                    objects.append(_completed(recipe, plain, links, outside))
            if page.is_last:
                link = page.link
            if objects:
                yield Portion(objects)
    # What was told in pieces, or changed while it was told, is put together at the end.
    yield Portion(
        [
            _completed(recipe, one.plain, [link for there in one.links.values() for link in there.values()], outside)
            for one in gathered.values()
        ]
    )
    if again:
        found = await read_some(asking, recipe, sorted(again), outside)
        yield Portion(list(found.values()))
    yield Portion([], link)


def first_changes(recipe: Recipe) -> tuple[str, dict[str, str]]:
    """Path and query of the first request for a kind's changes."""
    followed = [link.relation for link in recipe.told(Way.DELTA)]
    names = [*recipe.select, *followed] if recipe.select else []
    return f"{recipe.path}/delta", {"$select": ",".join(names)} if names else {}


def _gather(
    gathered: dict[str, _Gathered], followed: tuple[LinkRecipe, ...], id: str, plain: Mapping[str, Any]
) -> None:
    one = gathered.get(id)
    if one is None:
        one = gathered[id] = _Gathered(plain)
    elif len(plain) > len(one.plain):
        one.plain = plain
    for link in followed:
        if told := plain.get(f"{link.relation}@delta"):
            changed_links(link, told, one.links.setdefault(link.relation, {}))


def _first_links(recipe: LinkRecipe, plain: Mapping[str, Any]) -> list[Link]:
    """Links that come with an object: as changes, or, of a single one, as it is."""
    told = plain.get(f"{recipe.relation}@delta")
    if told is None:
        return links_of(recipe, plain.get(recipe.relation))
    links: dict[str, Link] = {}
    changed_links(recipe, told, links)
    return list(links.values())


def _completed(recipe: Recipe, plain: Mapping[str, Any], links: list[Link], outside: Outside) -> DirectoryObject:
    more, properties = outside.of(id_of(recipe, plain))
    return shaped(recipe, plain, [*links, *more], more=properties, unread=outside.unread)
