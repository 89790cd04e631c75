"""Objects as Graph tells them, made into objects of ours: what is kept of them, and what is not."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe

TYPE: Final = "@odata.type"
_KEYS: Final = frozenset({"keyCredentials", "passwordCredentials"})
_KEPT_OF_KEYS: Final = frozenset({"keyId", "displayName", "startDateTime", "endDateTime", "type", "usage"})
"""Of credentials: which they are and when they run out, and nothing of what they are made of."""
_STRENGTH: Final = "authenticationStrength"
"""A policy tells the strength that it asks for whole: what it consists of is kept with the strength itself."""
_NAMELESS: Final = frozenset(
    {"includes", "excludes", "combinationConfigurations", "scheduledActionsForRule", "scheduledActionConfigurations"}
)
"""Lists of things whose ids say nothing: whenever one is written, its entries get new ones."""
_OWN: Final = "customSecurityAttributes"
"""Sets of own attributes: their type is told in one way, and wanted in another."""
_BY_TYPE: Final = {
    "user": "users",
    "group": "groups",
    "device": "devices",
    "orgContact": "contacts",
    "servicePrincipal": "servicePrincipals",
    "application": "applications",
    "administrativeUnit": "administrativeUnits",
}


def kind_of(plain: Mapping[str, Any]) -> str:
    """The kind of an object that came among others, by its type; empty if it is not told."""
    return kind_named(str(plain.get(TYPE) or "").removeprefix("#microsoft.graph."))


def kind_named(type: str) -> str:
    """The kind of objects of a type; empty for types that are not kept."""
    return _BY_TYPE.get(type[:1].lower() + type[1:], "")


def id_of(recipe: Recipe, plain: Mapping[str, Any]) -> str:
    """An object's id; what has none, and is the only one, is called by its kind."""
    return str(plain.get(recipe.id) or recipe.kind)


def name_of(recipe: Recipe, plain: Mapping[str, Any]) -> str:
    """What an object is called; its kind's title if it is the only one and has no name."""
    said = next((str(plain[name]) for name in recipe.name if plain.get(name)), "")
    return said or (recipe.title if SCHEMA[recipe.kind].is_single else "")


def shaped(
    recipe: Recipe,
    plain: Mapping[str, Any],
    links: Sequence[Link] = (),
    *,
    name: str = "",
    more: Mapping[str, Json] | None = None,
    unread: Sequence[str] = (),
) -> DirectoryObject:
    """Make an object of what Graph told of it. ``more``: properties that were told elsewhere."""
    properties = properties_of(recipe, plain)
    if more:
        properties |= {name: _kept(recipe, name, value) for name, value in more.items()}
    return DirectoryObject(
        kind=recipe.kind,
        id=id_of(recipe, plain),
        name=name or name_of(recipe, plain),
        properties=properties,
        links=tuple(sorted(links)),
        unread=tuple(sorted(unread)),
    )


def properties_of(recipe: Recipe, plain: Mapping[str, Any]) -> dict[str, Json]:
    """What is kept of an object: everything but links, secrets, what is not there, and what travels with an answer."""
    return {
        name: _kept(recipe, name, value)
        for name, value in plain.items()
        if value is not None and name not in _left_out(recipe) and (name == TYPE or "@" not in name)
    }


def _left_out(recipe: Recipe) -> frozenset[str]:
    found = _LEFT_OUT.get(recipe.kind)
    if found is None:
        names = {link.relation for link in recipe.links} | recipe.secrets
        id = SCHEMA[recipe.kind].attributes.get("id")
        if recipe.id == "id" and not (id is not None and id.nature is Nature.ON_CREATION):
            names.add("id")
        if not recipe.keeps_subtype:
            names.add(TYPE)
        found = _LEFT_OUT[recipe.kind] = frozenset(names)
    return found


_LEFT_OUT: Final[dict[str, frozenset[str]]] = {}


def _kept(recipe: Recipe, name: str, value: Any) -> Json:
    if isinstance(value, str | int | float) or value is None:  # most are; booleans are numbers
        return value
    if name == _STRENGTH and isinstance(value, Mapping):
        return {"id": value.get("id")}
    if name in _KEYS and isinstance(value, list):
        return [{key: one[key] for key in sorted(one) if key in _KEPT_OF_KEYS} for one in value]
    if name == _OWN and isinstance(value, Mapping):
        value = {key: _untyped(one) for key, one in value.items()}
    if name in _NAMELESS and isinstance(value, list):
        value = [{key: one for key, one in entry.items() if key != "id"} for entry in value]
    if isinstance(value, Mapping):
        return {
            key: _kept(recipe, key, one)
            for key, one in value.items()
            if key not in recipe.secrets and (key == TYPE or "@" not in key)
        }
    return [_kept(recipe, "", one) for one in value]


def _untyped(value: Any) -> Any:
    return {key: one for key, one in value.items() if key != TYPE} if isinstance(value, Mapping) else value


def digest(value: object, size: int = 12) -> str:
    """A sum over plain data."""
    return hashlib.blake2b(codec.dumps(value).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
