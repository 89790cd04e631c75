"""Single objects of a directory, read twenty in a request, with everything that belongs to them."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.entra.asking import Asking, cost_of
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.linking import links_of
from saasbackup_desktop.providers.microsoft.entra.naming import Names
from saasbackup_desktop.providers.microsoft.entra.outside import Outside, links_each, read_outside
from saasbackup_desktop.providers.microsoft.entra.shaping import id_of, shaped
from saasbackup_desktop.providers.microsoft.entra.together import all_of


async def read_some(
    asking: Asking, recipe: Recipe, ids: Sequence[str], outside: Outside | None = None
) -> dict[str, DirectoryObject]:
    """Read those of some objects that are there, by id. Raises Fault.

    ``outside``: what is told beside the objects, if that was read already.
    """
    if SCHEMA[recipe.kind].is_single:
        return await _single(asking, recipe, ids)
    told = await _plain(asking, recipe, ids)
    there = list(told)
    alone = [link for link in recipe.told(Way.DELTA) if link.form is not Form.SINGLE]
    if outside is None:
        outside = await read_outside(asking, recipe, there)
    apart = await all_of([links_each(asking, recipe, link, there) for link in alone])
    called = await Names(asking).of(recipe, list(told.values()))
    found = {}
    for (id, plain), name in zip(told.items(), called, strict=True):
        links: list[Link] = [link for one in apart for link in one.get(id, ())]
        for one in (*recipe.told(Way.INSIDE), *(link for link in recipe.told(Way.DELTA) if link.form is Form.SINGLE)):
            links += links_of(one, plain.get(one.relation))
        more, properties = outside.of(id)
        found[id] = shaped(recipe, plain, [*links, *more], name=name, more=properties, unread=outside.unread)
    return found


async def _single(asking: Asking, recipe: Recipe, ids: Sequence[str]) -> dict[str, DirectoryObject]:
    """The only object of a kind, if it is asked for."""
    query = {"$expand": recipe.expand} if recipe.expand else {}
    plain = await asking.get(recipe.path, query, cost=recipe.costs, strict=recipe.is_strict)
    if recipe.is_listed_single:
        [plain] = plain["value"]
    one = shaped(recipe, plain)
    return {one.id: one} if one.id in ids else {}


async def _plain(asking: Asking, recipe: Recipe, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Objects as Graph tells them; those that are not there are left out."""
    expand = [recipe.expand, *(link.relation for link in recipe.told(Way.INSIDE))]
    expand += [f"{link.relation}($select={link.select})" for link in recipe.told(Way.DELTA) if link.form is Form.SINGLE]
    options = [
        f"$select={recipe.own_select}" if recipe.select else "",
        f"$expand={','.join(filter(None, expand))}" if any(expand) else "",
    ]
    query = "&".join(filter(None, options))
    cost = cost_of(recipe, selects=bool(recipe.select), expands=any(expand))
    if recipe.is_only_listed:
        wanted = set(ids)
        async with aclosing(asking.pages(recipe.path, cost=cost)) as pages:
            return {id_of(recipe, one): one async for page in pages for one in page if id_of(recipe, one) in wanted}
    found: dict[str, Mapping[str, Any]] = {}
    paths = [f"{recipe.path}/{quote(id, safe='')}{'?' if query else ''}{query}" for id in ids]
    if recipe.is_strict:
        for id, path in zip(ids, paths, strict=True):
            try:
                found[id] = await asking.get(path, cost=cost, strict=True)
            except NotFound:
                continue
        return found
    for answer in await asking.all([(Call("GET", path), cost) for path in paths]):
        if answer.fault is None:
            found[id_of(recipe, answer.body)] = answer.body
        elif not isinstance(answer.fault, NotFound):
            raise answer.fault
    return found
