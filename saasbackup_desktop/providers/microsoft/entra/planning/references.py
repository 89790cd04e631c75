"""Ids inside properties: where objects name others, and how new ids take the places of old ones."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from saasbackup_desktop.core.directory.drafting import Reference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import ALL_DEVICES, ALL_USERS

_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_PRINCIPALS: Final = ("users", "groups", "servicePrincipals")
_SCOPES: Final = ("administrativeUnits", "applications", "servicePrincipals", "groups")

PLACES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "roleAssignments": {
        "principalId": _PRINCIPALS,
        "roleDefinitionId": ("roleDefinitions",),
        "directoryScopeId": _SCOPES,
    },
    "roleEligibilitySchedules": {
        "principalId": _PRINCIPALS,
        "roleDefinitionId": ("roleDefinitions",),
        "directoryScopeId": _SCOPES,
    },
    "oauth2PermissionGrants": {
        "clientId": ("servicePrincipals",),
        "resourceId": ("servicePrincipals",),
        "principalId": ("users",),
    },
    "conditionalAccessPolicies": {
        "conditions.users.includeUsers": ("users",),
        "conditions.users.excludeUsers": ("users",),
        "conditions.users.includeGroups": ("groups",),
        "conditions.users.excludeGroups": ("groups",),
        "conditions.clientApplications.includeServicePrincipals": ("servicePrincipals",),
        "conditions.clientApplications.excludeServicePrincipals": ("servicePrincipals",),
        "conditions.locations.includeLocations": ("namedLocations",),
        "conditions.locations.excludeLocations": ("namedLocations",),
        "grantControls.authenticationStrength.id": ("authenticationStrengthPolicies",),
        "grantControls.termsOfUse": ("termsOfUse",),
    },
    "authenticationMethodsPolicy": {
        "authenticationMethodConfigurations.includeTargets.id": ("groups",),
        "authenticationMethodConfigurations.excludeTargets.id": ("groups",),
        "registrationEnforcement.authenticationMethodsRegistrationCampaign.includeTargets.id": ("groups", "users"),
        "registrationEnforcement.authenticationMethodsRegistrationCampaign.excludeTargets.id": ("groups", "users"),
    },
}
"""Where the properties of a kind name other objects; inside lists, too."""

_REQUIRED: Final = frozenset({"principalId", "roleDefinitionId", "directoryScopeId", "clientId", "resourceId"})
"""Without which an object means nothing."""


def references(one: DirectoryObject) -> Iterator[Reference]:
    """What an object's properties refer to."""
    for path, kinds in PLACES.get(one.kind, {}).items():
        for text in _texts(one.properties, path.split(".")):
            for id in _ID.findall(text):
                yield Reference(path, id, kinds)


def is_required(reference: Reference) -> bool:
    """Without it the object means nothing."""
    return reference.path in _REQUIRED


def leads_somewhere(link: Link) -> bool:
    """It leads to an object, not to everybody."""
    return link.id not in (ALL_USERS, ALL_DEVICES, "")


def rewired(value: Json, ids: Mapping[str, str]) -> Json:
    """A value in which texts have taken the places of ids; itself, if none is in it."""
    if not ids:
        return value
    if isinstance(value, str):
        if len(value) < 36:
            return value
        return _ID.sub(lambda found: ids.get(found[0], found[0]), value)
    if isinstance(value, Mapping):
        return {name: rewired(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [rewired(one, ids) for one in value]
    return value


def mentions(value: Json, ids: Collection[str]) -> set[str]:
    """Which of some ids are in a value, anywhere."""
    if isinstance(value, str):
        return {id for id in _ID.findall(value) if id in ids} if len(value) >= 36 else set()
    if isinstance(value, Mapping):
        return set().union(*(mentions(one, ids) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(mentions(one, ids) for one in value))
    return set()


def without(value: Json, ids: Collection[str]) -> Json:
    """A value in whose lists some ids are not named any more; as entries, or as what an entry is about."""
    if isinstance(value, Mapping):
        return {name: without(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [without(one, ids) for one in value if not _is_about(one, ids)]
    return value


def has_emptied(before: Json, after: Json) -> bool:
    """A list that named something names nothing any more, or something that is no list names what is gone."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return any(has_emptied(one, after.get(name)) for name, one in before.items())
    return isinstance(before, list) and bool(before) and not after


def _is_about(entry: Json, ids: Collection[str]) -> bool:
    if isinstance(entry, str):
        return entry in ids
    return isinstance(entry, Mapping) and isinstance(entry.get("id"), str) and entry["id"] in ids


def _texts(value: "Json | Mapping[str, Json]", names: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one, names)
    elif not names:
        if isinstance(value, str):
            yield value
    elif isinstance(value, Mapping):
        yield from _texts(value.get(names[0]), names[1:])
