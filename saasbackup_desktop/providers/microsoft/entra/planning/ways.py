"""How each kind of object is written: where, by which requests, and in which order among the others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES, SCHEMA

REQUESTS: Final = "/roleManagement/directory/roleEligibilityScheduleRequests"
"""Where eligibilities are asked for: they are not made, changed or deleted themselves."""
GIVING: Final = frozenset({"roleAssignments", "roleEligibilitySchedules", "oauth2PermissionGrants"})
"""Kinds that say no more than that somebody has something; they go with whom they are about."""


class Request(NamedTuple):
    """What is sent. ``path``: relative to the interface's root."""

    method: str
    path: str
    body: Json = None


class Tie(StrEnum):
    """How a link is written."""

    REFERENCE = "reference"
    """One of several: added and removed by the other object's address."""
    SINGLE = "single"
    """The only one: put in its place."""
    APP_ROLE = "app-role"
    SCOPED_ROLE = "scoped-role"
    TARGET = "target"
    """All are put in the place of all that were there."""


@dataclass(frozen=True, slots=True)
class TieWay:
    """How links of one relation are written."""

    tie: Tie = Tie.REFERENCE
    among: str = "directoryObjects"
    """Where the other object has its address; ``{relation}`` and ``{kind}`` stand for those of the link."""
    most: int = 1
    """How many can be added by one request that changes the object (``...@odata.bind``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How objects of one kind are written."""

    path: str
    """Where they are made; the object itself, if there is exactly one."""
    rank: int
    """Lower ones are made before higher ones, since those refer to them."""
    is_late: bool = False
    """It is made and changed after all links are back: it gives rights, or takes them."""
    revive: str = "/directory/deletedItems/{id}/restore"
    ties: Mapping[str, TieWay] = field(default_factory=dict)
    method: str = "PATCH"
    is_whole: bool = False
    """A change says everything, not only what changes."""
    replaced: frozenset[str] = frozenset()
    """Properties that a PATCH does not take: one PUT says everything, as soon as one of them changes."""
    never: frozenset[str] = frozenset()
    """Properties that follow from others when it is made."""
    after: frozenset[str] = frozenset()
    """Properties that are not taken when it is made, and can be changed after."""
    apart: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Properties that have a POST of their own: its address below the object's, and what it calls the property."""
    each: frozenset[str] = frozenset()
    """Properties that are lists of things with ids of their own, each of which is changed at its own address."""
    parts: frozenset[str] = frozenset()
    """Properties that are lists of things that cannot be changed by the object's own request once it is made."""
    kept: frozenset[str] = frozenset()
    """Properties by which its id is given when it is made, so that it has the old one again."""
    also: tuple[str, ...] = ()
    """Properties that hold other ids of it, which are new when it is made anew."""
    unique: tuple[str, ...] = ()
    """Properties that no two of them can have alike."""


_POLICY: Final = TieWay(among="policies/{relation}")
_ASSIGNED: Final = {"assignments": TieWay(Tie.TARGET)}


def _way(kind: str, rank: int, **more: Any) -> tuple[str, Way]:
    return kind, Way(path=RECIPES[kind].path, rank=rank, **more)


_REFERENCE: Final = TieWay()

WAYS: Final[Mapping[str, Way]] = dict(
    (
        _way("customSecurityAttributeDefinitions", 0, kept=frozenset({"attributeSet", "name"})),
        _way("organization", 1),
        _way("domains", 1, kept=frozenset({"id"})),
        _way("groupSettings", 2),
        _way("identityProviders", 2),
        _way(
            "users",
            3,
            ties={"manager": TieWay(Tie.SINGLE, "users"), "sponsors": TieWay(among="{kind}")},
            after=frozenset({"customSecurityAttributes"}),
            unique=("userPrincipalName",),
        ),
        _way("devices", 4),
        _way(
            "groups",
            5,
            ties={"members": TieWay(most=20), "owners": _REFERENCE},
            unique=("uniqueName",),
        ),
        _way(
            "administrativeUnits",
            6,
            ties={"members": _REFERENCE, "scopedRoleMembers": TieWay(Tie.SCOPED_ROLE)},
        ),
        _way("claimsMappingPolicies", 7),
        _way("homeRealmDiscoveryPolicies", 7),
        _way("tokenIssuancePolicies", 7),
        _way("tokenLifetimePolicies", 7),
        _way("activityBasedTimeoutPolicies", 7),
        _way("appManagementPolicies", 7),
        _way("applications", 8, ties={"owners": _REFERENCE}, also=("appId",), unique=("identifierUris", "uniqueName")),
        _way(
            "servicePrincipals",
            9,
            ties={
                "owners": _REFERENCE,
                "appRoleAssignedTo": TieWay(Tie.APP_ROLE),
                "claimsMappingPolicies": _POLICY,
                "homeRealmDiscoveryPolicies": _POLICY,
            },
            never=frozenset({"servicePrincipalType", "servicePrincipalNames"}),
            after=frozenset({"customSecurityAttributes"}),
            unique=("appId",),
        ),
        _way(
            "permissionGrantPolicies",
            10,
            kept=frozenset({"id"}),
            parts=frozenset({"includes", "excludes"}),
        ),
        _way("roleDefinitions", 10),
        _way("featureRolloutPolicies", 10),
        _way("termsOfUse", 10),
        _way(
            "namedLocations",
            11,
            revive="/identity/conditionalAccess/deletedItems/namedLocations/{id}/restore",
        ),
        _way(
            "authenticationStrengthPolicies",
            11,
            apart={"allowedCombinations": ("updateAllowedCombinations", "allowedCombinations")},
            parts=frozenset({"combinationConfigurations"}),
        ),
        _way("authenticationContextClassReferences", 11, kept=frozenset({"id"})),
        _way("authorizationPolicy", 12),
        _way("identitySecurityDefaultsEnforcementPolicy", 12),
        _way("adminConsentRequestPolicy", 12, method="PUT", is_whole=True),
        _way("authenticationMethodsPolicy", 12, each=frozenset({"authenticationMethodConfigurations"})),
        _way("crossTenantAccessPolicyDefault", 12),
        _way("crossTenantAccessPolicyPartners", 12, kept=frozenset({"tenantId"})),
        _way(
            "deviceCompliancePolicies",
            13,
            ties=_ASSIGNED,
            apart={"scheduledActionsForRule": ("scheduleActionsForRules", "deviceComplianceScheduledActionForRules")},
        ),
        _way("deviceConfigurations", 13, ties=_ASSIGNED),
        _way(
            "compliancePolicies",
            13,
            ties=_ASSIGNED,
            replaced=frozenset({"settings"}),
            apart={"scheduledActionsForRule": ("setScheduledActions", "scheduledActions")},
        ),
        _way("configurationPolicies", 13, ties=_ASSIGNED, replaced=frozenset({"settings"})),
        _way("oauth2PermissionGrants", 14, is_late=True),
        _way("roleAssignments", 15, is_late=True),
        _way("roleEligibilitySchedules", 15, is_late=True),
        _way(
            "conditionalAccessPolicies",
            16,
            is_late=True,
            revive="/identity/conditionalAccess/deletedItems/policies/{id}/restore",
        ),
    )
)
"""By kind; what is not here is never written."""

LAST: Final = max(way.rank for way in WAYS.values())


def address(kind: str, id: str) -> str:
    """Where an object is changed; ``id`` may be ``{new:ID}``."""
    path = WAYS[kind].path
    if SCHEMA[kind].is_single and not RECIPES[kind].is_listed_single:
        return path
    return f"{path}/{segment(id)}"


def made_at(kind: str) -> str:
    """Where an object is made, or asked for."""
    return REQUESTS if kind == "roleEligibilitySchedules" else WAYS[kind].path


def keeps_id(kind: str, properties: Collection[str]) -> bool:
    """One that is made anew from these properties has the id that it had."""
    return any(name in properties for name in WAYS[kind].kept)


def other_ids(kind: str, properties: Mapping[str, Json]) -> dict[str, str]:
    """Ids of an object besides its own that are new when it is made anew, by property."""
    return {name: str(properties[name]) for name in WAYS[kind].also if properties.get(name)}


def segment(id: str) -> str:
    """An id as a part of a path."""
    return quote(id, safe="{}:-_.~")
