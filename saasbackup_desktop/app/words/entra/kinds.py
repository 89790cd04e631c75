"""What the kinds of objects, their attributes and their links are called."""

import re
from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.core.directory.difference import Change

FAMILIES: Final[Mapping[str, str]] = {
    "identities": "Identities",
    "roles": "Roles",
    "applications": "Applications",
    "access": "Access",
    "organisation": "Organisation",
    "devices": "Device management",
    "": "Other",
}

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "users": ("user", "Users"),
    "groups": ("group", "Groups"),
    "devices": ("device", "Devices"),
    "contacts": ("contact", "Contacts"),
    "administrativeUnits": ("administrative unit", "Administrative units"),
    "customSecurityAttributeDefinitions": ("custom security attribute", "Custom security attributes"),
    "subscribedSkus": ("licence", "Licences"),
    "roleDefinitions": ("role", "Roles"),
    "roleAssignments": ("role assignment", "Role assignments"),
    "roleEligibilitySchedules": ("eligible role", "Eligible roles"),
    "applications": ("application", "App registrations"),
    "servicePrincipals": ("enterprise application", "Enterprise applications"),
    "oauth2PermissionGrants": ("permission grant", "Permission grants"),
    "conditionalAccessPolicies": ("conditional access policy", "Conditional access policies"),
    "namedLocations": ("named location", "Named locations"),
    "authenticationStrengthPolicies": ("authentication strength", "Authentication strengths"),
    "authenticationContextClassReferences": ("authentication context", "Authentication contexts"),
    "authenticationMethodsPolicy": ("authentication methods policy", "Authentication methods"),
    "authorizationPolicy": ("authorisation policy", "Authorisation policy"),
    "identitySecurityDefaultsEnforcementPolicy": ("security defaults", "Security defaults"),
    "adminConsentRequestPolicy": ("admin consent policy", "Admin consent requests"),
    "crossTenantAccessPolicyDefault": ("cross-tenant access default", "Cross-tenant access, default"),
    "crossTenantAccessPolicyPartners": ("cross-tenant access partner", "Cross-tenant access, partners"),
    "permissionGrantPolicies": ("permission grant policy", "Permission grant policies"),
    "homeRealmDiscoveryPolicies": ("home realm discovery policy", "Home realm discovery"),
    "claimsMappingPolicies": ("claims mapping policy", "Claims mapping"),
    "tokenIssuancePolicies": ("token issuance policy", "Token issuance"),
    "tokenLifetimePolicies": ("token lifetime policy", "Token lifetimes"),
    "activityBasedTimeoutPolicies": ("activity timeout policy", "Activity timeouts"),
    "featureRolloutPolicies": ("feature rollout policy", "Feature rollouts"),
    "appManagementPolicies": ("app management policy", "App management"),
    "termsOfUse": ("terms of use", "Terms of use"),
    "organization": ("organisation", "Organisation"),
    "domains": ("domain", "Domains"),
    "groupSettings": ("group setting", "Group settings"),
    "identityProviders": ("identity provider", "Identity providers"),
    "deviceCompliancePolicies": ("compliance policy", "Compliance policies"),
    "deviceConfigurations": ("device configuration", "Device configurations"),
    "compliancePolicies": ("compliance policy (settings catalogue)", "Compliance, settings catalogue"),
    "configurationPolicies": ("configuration policy", "Configuration policies"),
}
"""For one, and for a list."""

PICTURES: Final[Mapping[str, str]] = {
    "identities": "user",
    "roles": "shield",
    "applications": "plug",
    "access": "lock",
    "organisation": "cloud",
    "devices": "device",
}
"""Icons of families."""

_OWN_PICTURES: Final[Mapping[str, str]] = {"devices": "device", "groups": "directory", "domains": "name"}
_FAMILY_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("roleDefinitions", "roleAssignments", "roleEligibilitySchedules"), "roles"),
    **dict.fromkeys(("applications", "servicePrincipals", "oauth2PermissionGrants"), "applications"),
    **dict.fromkeys(("organization", "groupSettings", "identityProviders", "subscribedSkus"), "organisation"),
    **dict.fromkeys(
        ("deviceCompliancePolicies", "deviceConfigurations", "compliancePolicies", "configurationPolicies"), "devices"
    ),
    **dict.fromkeys(("users", "contacts"), "identities"),
}
"""Where it is not access."""

CHANGES: Final[Mapping[Change, str]] = {
    Change.ADDED: "Added",
    Change.REMOVED: "Removed",
    Change.CHANGED: "Changed",
    Change.UNCHANGED: "Unchanged",
}

STATES: Final[Mapping[str, str]] = {
    "enabled": "Enabled",
    "disabled": "Disabled",
    "report-only": "Report only",
    "guest": "Guest",
    "synchronised": "Synchronised",
    "dynamic": "Dynamic",
}

RELATIONS: Final[Mapping[str, str]] = {
    "members": "Members",
    "owners": "Owners",
    "manager": "Manager",
    "sponsors": "Sponsors",
    "scopedRoleMembers": "Scoped administrators",
    "appRoleAssignedTo": "App role assignments",
    "assignments": "Assignments",
    "claimsMappingPolicies": "Claims mapping policies",
    "homeRealmDiscoveryPolicies": "Home realm discovery policies",
}

_NAMES: Final[Mapping[str, str]] = {
    "displayName": "Name",
    "userPrincipalName": "Sign-in name",
    "mail": "E-mail",
    "mailNickname": "Mail nickname",
    "proxyAddresses": "E-mail addresses",
    "accountEnabled": "Account enabled",
    "onPremisesSyncEnabled": "Synchronised from on-premises",
    "appId": "Application id",
    "assignedLicenses": "Licences",
    "signInAudience": "Who can sign in",
    "requiredResourceAccess": "Required permissions",
    "passwordCredentials": "Client secrets",
    "keyCredentials": "Certificates",
    "grantControls": "Grant",
    "sessionControls": "Session",
    "id": "Id",
}
_FIRST: Final = (
    "displayName",
    "userPrincipalName",
    "accountEnabled",
    "state",
    "mail",
    "jobTitle",
    "department",
    "assignedLicenses",
)
"""What one asks of an object before all else."""
_LAST: Final = ("authentication",)
"""What one asks of it last: how somebody signs in, flag by flag."""
_SHORT: Final = frozenset(
    {
        "api",
        "app",
        "id",
        "ids",
        "ip",
        "mfa",
        "mdm",
        "oauth2",
        "saml",
        "sid",
        "sip",
        "sku",
        "sms",
        "sspr",
        "uri",
        "uris",
        "url",
    }
)
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")
_DOT: Final = re.compile(r"(?<!\\)\.")


def kind_words(kind: str) -> str:
    """Name a kind as one heads a list with it."""
    return KINDS[kind][1] if kind in KINDS else attribute_words(kind)


def picture_of(kind: str) -> str:
    """The icon of one object."""
    return _OWN_PICTURES.get(kind) or PICTURES[_FAMILY_OF.get(kind, "access")]


def one_words(kind: str) -> str:
    """Name one object of a kind."""
    return KINDS[kind][0] if kind in KINDS else attribute_words(kind).lower()


def relation_words(relation: str) -> str:
    """Name a relation."""
    return RELATIONS.get(relation) or attribute_words(relation)


def attribute_words(name: str) -> str:
    """Name one attribute, ``conditionalAccess`` as “Conditional access”."""
    if name in _NAMES:
        return _NAMES[name]
    if not name.isidentifier() or "_" in name:
        return name
    parts = [part.upper() if part.lower() in _SHORT else part.lower() for part in _PARTS.findall(name)]
    said = " ".join(parts) or name
    return said[0].upper() + said[1:]


def rank_of(path: str) -> int:
    """Where people look for an attribute: what says who it is first, flags of signing in last."""
    outermost = _DOT.split(path)[0]
    return _FIRST.index(outermost) if outermost in _FIRST else len(_FIRST) + (outermost in _LAST)


def path_words(path: str) -> str:
    """Name an attribute within attributes, outermost first."""
    return " › ".join(attribute_words(part.replace("\\.", ".")) for part in _DOT.split(path))
