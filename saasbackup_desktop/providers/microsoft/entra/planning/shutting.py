"""What policies of conditional access do to whom: whom they reach, and whom they let in no more."""

from collections.abc import Mapping, Set
from typing import Any, Final

_ENABLED: Final = "enabled"
_LEGACY: Final = frozenset({"exchangeActiveSync", "other"})
_ADMINISTRATION: Final = frozenset(
    {"All", "MicrosoftAdminPortals", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Office365"}
)
_NARROWING: Final = ("locations", "platforms", "devices", "signInRiskLevels", "userRiskLevels", "authenticationFlows")


def is_on(policy: Mapping[str, Any]) -> bool:
    """It is enforced."""
    return policy.get("state") == _ENABLED


def shuts(policy: Mapping[str, Any]) -> bool:
    """It is on, and lets nobody in whom it reaches, at all times and from everywhere."""
    controls = policy.get("grantControls") or {}
    blocks = "block" in (controls.get("builtInControls") or ())
    return is_on(policy) and blocks and _is_wide(policy.get("conditions") or {})


def shuts_everybody(policy: Mapping[str, Any]) -> bool:
    """It shuts out all there are, and spares nobody."""
    users = (policy.get("conditions") or {}).get("users") or {}
    spared = any(users.get(name) for name in ("excludeUsers", "excludeGroups", "excludeRoles"))
    return shuts(policy) and "All" in (users.get("includeUsers") or ()) and not spared


def reaches(policy: Mapping[str, Any], person: str, groups: Set[str], roles: Set[str]) -> bool:
    """The policy is about this person, who is in these groups and has these roles."""
    users = (policy.get("conditions") or {}).get("users") or {}
    if (
        person in (users.get("excludeUsers") or ())
        or groups & set(users.get("excludeGroups") or ())
        or roles & set(users.get("excludeRoles") or ())
    ):
        return False
    included = users.get("includeUsers") or ()
    return (
        "All" in included
        or person in included
        or bool(groups & set(users.get("includeGroups") or ()))
        or bool(roles & set(users.get("includeRoles") or ()))
    )


def groups_named(policy: Mapping[str, Any]) -> set[str]:
    """Ids of groups that it includes or excludes."""
    users = (policy.get("conditions") or {}).get("users") or {}
    return {*(users.get("includeGroups") or ()), *(users.get("excludeGroups") or ())}


def _is_wide(conditions: Mapping[str, Any]) -> bool:
    """Nothing but whom it is about narrows it: no places, risks, devices or old ways of signing in."""
    applications = conditions.get("applications") or {}
    if not _ADMINISTRATION & set(applications.get("includeApplications") or ()):
        return False
    clients = set(conditions.get("clientAppTypes") or ())
    if clients and clients <= _LEGACY:
        return False
    return not any(_says(conditions.get(name)) for name in _NARROWING)


def _says(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_says(one) for one in value.values())
    if isinstance(value, list):
        return bool(value) and value not in (["All"], ["all"])
    return value is not None and value is not False and value != ""
