"""What requests carry: whole properties as Graph takes them, put together from what is there and what was picked."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import names_in, path_of, same
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.placeholders import PASSWORD
from saasbackup_desktop.core.directory.schema import Kind, Nature
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import SUBTYPE

_TYPE: Final = "@odata.type"
_SUBTYPE: Final = names_in(SUBTYPE)[0]
_OWN_ATTRIBUTES: Final = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"


def composed(now: Json, changes: Iterable[tuple[tuple[str, ...], Json]]) -> Json:
    """A property as it would be: as it is now, with values put at paths below it; None takes away."""
    value: Json = now
    for names, new in changes:
        value = _put(value, names, new)
    return value


def pruned(value: Json, old: Json) -> Json:
    """A value without mappings in which nothing is left, where there was none before."""
    if not isinstance(value, Mapping):
        return value
    if value and same(value, None) and same(old, None):
        return None
    before = old if isinstance(old, Mapping) else {}
    return {name: pruned(one, before.get(name)) for name, one in value.items()}


def _put(value: Json, names: tuple[str, ...], new: Json) -> Json:
    if not names:
        return new
    inside: dict[str, Json] = dict(value) if isinstance(value, Mapping) else {}
    inside[names[0]] = _put(inside.get(names[0]), names[1:], new)
    return inside


def emptied(value: Json, other: Json) -> Json:
    """What an attribute is set to that was something else: a list is emptied, and not taken away."""
    return [] if value is None and isinstance(other, list) else value


def value_at(properties: Mapping[str, Json], path: str) -> Json:
    """The value at a path; None if there is none."""
    value: Any = properties
    for name in names_in(path):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    found: Json = value
    return found


def is_writable(kind: Kind, name: str) -> bool:
    """A property can be changed."""
    return kind.trait(path_of((name,))).nature is Nature.WRITABLE


def sendable(kind: Kind, name: str, value: Json) -> Json:
    """A property as a request carries it: without what only the service sets, and in the forms that Graph takes."""
    value = _writable(kind, path_of((name,)), value)
    shape = _SHAPES.get((kind.id, name))
    if shape is not None:
        value = shape(value)
    return value


def typed(kind: Kind, one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    """A body that says of which type it is, where a kind has several."""
    if SUBTYPE in kind.attributes:
        said = one.properties.get(_SUBTYPE) or _guessed(one)
        if said:
            return {_TYPE: said, **body}
    return body


def creation(kind: Kind, one: DirectoryObject, skipped: Callable[[str], bool]) -> dict[str, Json]:
    """What an object is made from: all that can be written and says something."""
    body: dict[str, Json] = {}
    for name, value in one.properties.items():
        if name == _SUBTYPE or skipped(name) or same(value, None):
            continue
        if kind.trait(path_of((name,))).nature is Nature.READ_ONLY:
            continue
        carried = _without_nothing(sendable(kind, name, value))
        if not same(carried, None) or carried is False:
            body[name] = carried
    body = typed(kind, one, body)
    needed = _NEEDED.get(kind.id)
    return needed(one, body) if needed is not None else body


def _writable(kind: Kind, path: str, value: Json) -> Json:
    if not isinstance(value, Mapping):
        return value
    return {
        name: _writable(kind, f"{path}.{path_of((name,))}", inside)
        for name, inside in value.items()
        if not _is_the_services(kind, f"{path}.{path_of((name,))}") and not _travels(name)
    }


def _is_the_services(kind: Kind, path: str) -> bool:
    return path in kind.attributes and kind.attributes[path].nature is Nature.READ_ONLY


def _travels(name: str) -> bool:
    """It only comes with an answer."""
    return "@odata." in name and not name.endswith(_TYPE)


def _without_nothing(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value


def _guessed(one: DirectoryObject) -> str:
    if one.kind == "namedLocations":
        is_by_address = "ipRanges" in one.properties
        return "#microsoft.graph.ipNamedLocation" if is_by_address else "#microsoft.graph.countryNamedLocation"
    return ""


# --- forms of single properties ------------------------------------------------------------------------------------


def _grant_controls(value: Json) -> Json:
    """A strength is named by its id alone."""
    if not isinstance(value, Mapping):
        return value
    strength = value.get("authenticationStrength")
    if isinstance(strength, Mapping):
        return {**value, "authenticationStrength": {"id": strength.get("id")}}
    return value


def _own_attributes(value: Json) -> Json:
    """Sets of own attributes, each with the types that Graph cannot guess."""
    if not isinstance(value, Mapping):
        return value
    return {name: _own_set(inside) for name, inside in value.items() if not name.startswith("@")}


def _own_set(value: Json) -> Json:
    if not isinstance(value, Mapping):
        return value
    said: dict[str, Json] = {_TYPE: _OWN_ATTRIBUTES}
    for name, one in value.items():
        if name == _TYPE or name.endswith(f"{_TYPE}"):
            continue
        if isinstance(one, list):
            is_numbers = bool(one) and all(isinstance(entry, int) for entry in one)
            said[f"{name}{_TYPE}"] = "#Collection(Int32)" if is_numbers else "#Collection(String)"
        elif isinstance(one, int) and not isinstance(one, bool):
            said[f"{name}{_TYPE}"] = "#Int32"
        said[name] = one
    return said


def _entries_without(*names: str) -> Callable[[Json], Json]:
    """Entries of a list without what the service adds to each."""
    dropped = frozenset(names)

    def shape(value: Json) -> Json:
        return _dropped(value, dropped)

    return shape


def _dropped(value: Json, names: frozenset[str]) -> Json:
    if isinstance(value, list):
        return [_dropped(one, names) for one in value]
    if isinstance(value, Mapping):
        return {name: _dropped(one, names) for name, one in value.items() if name not in names and not _travels(name)}
    return value


_SHAPES: Final[Mapping[tuple[str, str], Callable[[Json], Json]]] = {
    ("conditionalAccessPolicies", "grantControls"): _grant_controls,
    ("users", "customSecurityAttributes"): _own_attributes,
    ("servicePrincipals", "customSecurityAttributes"): _own_attributes,
    ("authenticationStrengthPolicies", "combinationConfigurations"): _entries_without("id"),
    ("permissionGrantPolicies", "includes"): _entries_without("id"),
    ("permissionGrantPolicies", "excludes"): _entries_without("id"),
    ("deviceCompliancePolicies", "scheduledActionsForRule"): _entries_without("id"),
    ("compliancePolicies", "scheduledActionsForRule"): _entries_without("id"),
    ("compliancePolicies", "settings"): _entries_without("id"),
    ("configurationPolicies", "settings"): _entries_without("id"),
}


# --- what is needed besides ----------------------------------------------------------------------------------------


def _user(one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    principal = str(one.properties.get("userPrincipalName") or "")
    given = {name: value for name, value in body.items() if name != "identities"}
    return {
        "accountEnabled": one.properties.get("accountEnabled") is not False,
        "displayName": one.name or principal,
        "mailNickname": principal.partition("@")[0] or one.id,
        **given,
        "passwordProfile": {"forceChangePasswordNextSignIn": True, "password": PASSWORD},
    }


def _group(one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    return {
        "mailEnabled": bool(one.properties.get("mailEnabled")),
        "securityEnabled": bool(one.properties.get("securityEnabled")),
        "mailNickname": one.id[:8],
        **body,
    }


def _role_assignment(one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    if "appScopeId" in body:
        return body
    return {"directoryScopeId": "/", **body}


def _eligibility(one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    """A request for it: eligibilities are never made by themselves."""
    return {"action": "adminAssign", **_role_assignment(one, body)}


def _compliance(one: DirectoryObject, body: dict[str, Json]) -> dict[str, Json]:
    """A policy needs one action at least, and it is to block after no grace."""
    action: Json = {
        "ruleName": "PasswordRequired",
        "scheduledActionConfigurations": [
            {
                "actionType": "block",
                "gracePeriodHours": 0,
                "notificationTemplateId": "",
                "notificationMessageCCList": [],
            }
        ],
    }
    return {"scheduledActionsForRule": [action], **body}


_NEEDED: Final[Mapping[str, Callable[[DirectoryObject, dict[str, Json]], dict[str, Json]]]] = {
    "users": _user,
    "groups": _group,
    "roleAssignments": _role_assignment,
    "roleEligibilitySchedules": _eligibility,
    "deviceCompliancePolicies": _compliance,
}
