"""What the changes of objects do not tell: some relations, and how people sign in. It is read whole each time."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.errors import Denied, ItemFault, NotFound, Refused
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.calls import Call
from saasbackup_desktop.providers.microsoft.entra.asking import Asking, cost_of, cost_of_links
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import LinkRecipe, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.linking import links_of
from saasbackup_desktop.providers.microsoft.entra.shaping import digest
from saasbackup_desktop.providers.microsoft.entra.together import all_of

AUTHENTICATION: Final = "authentication"
"""The property that tells how somebody can sign in."""
_REGISTRATIONS: Final = "/reports/authenticationMethods/userRegistrationDetails"
_OF_REGISTRATIONS: Final = frozenset({"id", "userDisplayName", "userPrincipalName", "lastUpdatedDateTime", "userType"})
"""What a user's own properties tell as well, and the moment of the report, which changes while nothing else does."""
_EXPANDED: Final = 20
"""Objects of a relation that come with an object at most; where there are so many, there may be more."""


@dataclass(slots=True)
class Outside:
    """What was told beside the objects of one kind."""

    links: dict[str, dict[str, list[Link]]] = field(default_factory=dict)
    """Relation -> id -> links; ids that have none are not named."""
    properties: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Name -> id -> value; ids that have none are not named."""
    unread: list[str] = field(default_factory=list)

    def of(self, id: str) -> tuple[list[Link], dict[str, Json]]:
        """Links and properties of one object."""
        links = [link for there in self.links.values() for link in there.get(id, ())]
        return links, {name: there[id] for name, there in self.properties.items() if id in there}


def base_sum(one: DirectoryObject, outside: Sequence[str]) -> str:
    """A sum over what is told of an object itself; ``outside`` names what is told elsewhere."""
    own = {name: value for name, value in one.properties.items() if name not in outside} if outside else one.properties
    links = [
        [link.relation, link.id, link.detail, link.kind, link.via] for link in one.links if link.relation not in outside
    ]
    return digest([one.name, own, links], 16)


def outside_sum(one: DirectoryObject, outside: Sequence[str]) -> str:
    """A sum over what is told of an object elsewhere; short if there is nothing."""
    links = [link for link in one.links if link.relation in outside]
    return _sum(links, {name: one.properties[name] for name in outside if name in one.properties}, one.unread)


def told_sum(outside: Outside, id: str) -> str:
    """The same, of an object that is not read yet."""
    links, properties = outside.of(id)
    return _sum(links, properties, outside.unread)


def _sum(links: Sequence[Link], properties: Mapping[str, Json], unread: Sequence[str]) -> str:
    if not links and not properties and not unread:
        return ""
    return digest([_plain(sorted(links)), properties, sorted(unread)], 8)


def _plain(links: Iterable[Link]) -> list[list[str]]:
    return [[link.relation, link.id, link.detail, link.kind, link.via] for link in links]


def names_outside(recipe: Recipe) -> tuple[str, ...]:
    """Relations and properties that the changes of a kind's objects do not tell."""
    if not recipe.has_delta:
        return ()
    relations = tuple(link.relation for link in _links(recipe))
    return (*relations, *recipe.apart, *([AUTHENTICATION] if recipe.kind == "users" else []))


def _links(recipe: Recipe) -> tuple[LinkRecipe, ...]:
    return recipe.told(Way.SWEEP, Way.EACH, Way.REVERSE)


async def read_outside(asking: Asking, recipe: Recipe, ids: Iterable[str] | None = None) -> Outside:
    """Read it for all objects of a kind, or for some of them alone. Raises Fault."""
    found = Outside()
    if not names_outside(recipe):
        return found
    some = None if ids is None else list(ids)
    works = [_relation(asking, recipe, link, some, found) for link in _links(recipe)]
    works += [_property(asking, recipe, name, some, found) for name in recipe.apart]
    if recipe.kind == "users":
        works.append(_registrations(asking, some, found))
    await all_of(works)
    found.unread.sort()
    return found


async def _relation(
    asking: Asking, recipe: Recipe, link: LinkRecipe, ids: Sequence[str] | None, found: Outside
) -> None:
    try:
        if link.way is Way.REVERSE:
            found.links[link.relation] = await _reversed(asking, link, ids)
        elif ids is not None:
            found.links[link.relation] = await links_each(asking, recipe, link, ids)
        elif link.way is Way.SWEEP:
            found.links[link.relation] = await _all_at_once(asking, recipe, link)
        else:
            found.links[link.relation] = await links_each(asking, recipe, link, await _ids(asking, recipe))
    except (Denied, ItemFault):
        found.unread.append(link.relation)


async def _all_at_once(asking: Asking, recipe: Recipe, link: LinkRecipe) -> dict[str, list[Link]]:
    """Read one relation of all objects by their list, or one by one where the service does not tell it so."""
    try:
        return await _swept(asking, recipe, link)
    except Refused:
        return await links_each(asking, recipe, link, await _ids(asking, recipe))


async def _ids(asking: Asking, recipe: Recipe) -> list[str]:
    query = {"$select": "id", "$top": str(recipe.page or 999)}
    async with aclosing(asking.pages(recipe.path, query, cost=cost_of(recipe, selects=True))) as pages:
        return [str(plain["id"]) async for page in pages for plain in page]


async def _swept(asking: Asking, recipe: Recipe, link: LinkRecipe) -> dict[str, list[Link]]:
    """Ask for all objects with their links and little else: one request for hundreds of them."""
    inner = f"($select={link.select})" if link.select else ""
    query = {"$select": "id", "$expand": f"{link.relation}{inner}", "$top": str(recipe.page or 999)}
    found: dict[str, list[Link]] = {}
    many: list[str] = []
    async with aclosing(asking.pages(recipe.path, query, cost=cost_of(recipe, selects=True, expands=True))) as pages:
        async for page in pages:
            for plain in page:
                told = plain.get(link.relation)
                if not told:
                    continue
                if isinstance(told, list) and len(told) >= _EXPANDED:
                    many.append(str(plain["id"]))
                else:
                    found[str(plain["id"])] = links_of(link, told)
    if many:
        found |= await links_each(asking, recipe, link, many)
    return found


async def _reversed(asking: Asking, link: LinkRecipe, ids: Sequence[str] | None) -> dict[str, list[Link]]:
    """Ask the few other objects what they apply to."""
    policies = RECIPES[link.kind]
    async with aclosing(asking.pages(policies.path, {"$select": "id"})) as pages:
        others = [str(plain["id"]) async for page in pages for plain in page]
    applied = LinkRecipe(relation="appliesTo", way=Way.EACH)
    wanted = None if ids is None else set(ids)
    found: dict[str, list[Link]] = {}
    for other, targets in (await links_each(asking, policies, applied, others)).items():
        for target in targets:
            if wanted is None or target.id in wanted:
                found.setdefault(target.id, []).append(Link(link.relation, other, kind=link.kind))
    return found


async def _property(asking: Asking, recipe: Recipe, name: str, ids: Sequence[str] | None, found: Outside) -> None:
    """Read a property that lists tell only where it is asked for by name, and that wants a permission of its own."""
    told: dict[str, Json] = {}
    try:
        if ids is None:
            query = {"$select": f"id,{name}", "$top": str(recipe.page or 999)}
            async with aclosing(asking.pages(recipe.path, query, cost=cost_of(recipe, selects=True))) as pages:
                async for page in pages:
                    told |= {str(plain["id"]): plain[name] for plain in page if plain.get(name)}
        else:
            cost = cost_of(recipe, selects=True)
            calls = [(Call("GET", f"{recipe.path}/{id}?$select=id,{name}"), cost) for id in ids]
            for id, answer in zip(ids, await asking.all(calls), strict=True):
                if answer.fault is None:
                    if answer.body.get(name):
                        told[id] = answer.body[name]
                elif not isinstance(answer.fault, NotFound):
                    raise answer.fault
    except (Denied, ItemFault):
        found.unread.append(name)
    else:
        found.properties[name] = told


async def links_each(asking: Asking, recipe: Recipe, link: LinkRecipe, ids: Sequence[str]) -> dict[str, list[Link]]:
    """Read one relation of some objects, each at an address of its own. Raises Fault; what is gone is left out."""
    cost = cost_of_links(link.relation)
    query = (f"$select={link.select}&" if link.select else "") + "$top=999"
    waiting: list[tuple[str, str]] = [(id, f"{recipe.path}/{id}/{link.relation}?{query}") for id in ids]
    found: dict[str, list[Link]] = {}
    while waiting:
        more: list[tuple[str, str]] = []
        calls = [(Call("GET", path), cost) for _, path in waiting]
        asked = iter(waiting)
        async with aclosing(asking.batch(calls)) as batches:
            async for answers in batches:
                for answer in answers:
                    id, _ = next(asked)
                    if isinstance(answer.fault, NotFound):
                        continue
                    if answer.fault is not None:
                        raise answer.fault
                    body: Mapping[str, Any] = answer.body
                    if values := body.get("value"):
                        found.setdefault(id, []).extend(links_of(link, values))
                    if further := body.get("@odata.nextLink"):
                        more.append((id, asking.graph.relative(str(further))))
        waiting = more
    return found


async def _registrations(asking: Asking, ids: Sequence[str] | None, found: Outside) -> None:
    """Read how people can sign in, as far as it is told: which ways they have set up, and nothing secret of them."""
    told: dict[str, Json] = {}
    try:
        if ids is None:
            async with aclosing(asking.pages(_REGISTRATIONS, {"$top": "999"})) as pages:
                async for page in pages:
                    told |= {str(plain["id"]): _registration(plain) for plain in page}
        else:
            calls = [(Call("GET", f"{_REGISTRATIONS}/{id}"), 1) for id in ids]
            for id, answer in zip(ids, await asking.all(calls), strict=True):
                if answer.fault is None:
                    told[id] = _registration(answer.body)
                elif not isinstance(answer.fault, NotFound):
                    raise answer.fault
    except (Denied, ItemFault):
        found.unread.append(AUTHENTICATION)
    else:
        found.properties[AUTHENTICATION] = told


def _registration(plain: Mapping[str, Any]) -> Json:
    return {
        name: value
        for name, value in plain.items()
        if name not in _OF_REGISTRATIONS and "@" not in name and value is not None
    }
