"""What lists show of an object of a directory, and search finds it by."""

from typing import Final

from saasbackup_desktop.core.characters import whole
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe

_STATES: Final = {
    "enabledForReportingButNotEnforced": "report-only",
    "Available": "enabled",
    "Deprecated": "disabled",
}
_LONGEST: Final = 512
_IDS: Final = ("appId", "userPrincipalName", "mail", "deviceId", "templateId", "skuId", "principalId", "clientId")
"""Properties by which people look for an object, beside its name."""


def facets_of(recipe: Recipe, one: DirectoryObject) -> dict[str, str]:
    """Kind, a line that tells it from others, whether it is on, and what it is known by."""
    ids = [one.id, *(str(one.properties[name]) for name in _IDS if one.properties.get(name))]
    said = {
        "kind": one.kind,
        "about": about_of(recipe, one),
        "state": state_of(recipe, one),
        "ids": "\n".join(dict.fromkeys(ids)),
    }
    return {name: whole(value) for name, value in said.items() if value}


def about_of(recipe: Recipe, one: DirectoryObject) -> str:
    """One line that tells objects of the same name apart."""
    said = next((one.properties[name] for name in recipe.about if one.properties.get(name)), "")
    return " ".join(str(said).split())[:_LONGEST]


def state_of(recipe: Recipe, one: DirectoryObject) -> str:
    """A code: whether it is on, or what its maker calls the state that it is in."""
    value: Json = one.properties.get(recipe.state) if recipe.state else None
    if isinstance(value, bool):
        return "enabled" if value else "disabled"
    if not isinstance(value, str):
        return ""
    return _STATES.get(value, value[:1].lower() + value[1:])
