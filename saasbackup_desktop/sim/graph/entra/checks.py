"""What the pretend directory refuses: values that cannot be, and names of what is not there."""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from saasbackup_desktop.sim.graph.wire import Refusal

if TYPE_CHECKING:
    from saasbackup_desktop.sim.graph.entra.store import Directory

Said = Mapping[str, Any]
_NICKNAME: Final = re.compile(r"[!-~]{1,64}\Z")
_NOT_IN_NICKNAMES: Final = frozenset('@()\\[]";:<>, ')
_USERS: Final = frozenset({"All", "None", "GuestsOrExternalUsers"})
_APPLICATIONS: Final = frozenset({"All", "None", "Office365", "MicrosoftAdminPortals"})
_PLACES: Final = frozenset({"All", "AllTrusted"})
_STATES: Final = frozenset({"enabled", "disabled", "enabledForReportingButNotEnforced"})
_CONTEXT: Final = re.compile(r"c([1-9]|[1-9][0-9])\Z")


def bad(message: str, code: str = "Request_BadRequest") -> Refusal:
    """Say that what was sent cannot be."""
    return Refusal(400, code, message)


def synchronised(found: Said) -> None:
    """Refuse changes of what an on-premises directory rules. Raises Refusal."""
    if found.get("onPremisesSyncEnabled"):
        raise bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects"
            " currently undergoing migration."
        )


def user(directory: "Directory", said: Said, found: Said) -> None:
    """Names within the tenant's domains, an address that can be, a password for who is new."""
    if "userPrincipalName" in said:
        name, _, domain = str(said["userPrincipalName"]).partition("@")
        if not name or domain.casefold() not in {one.casefold() for one in directory.objects("domains")}:
            raise bad(
                "The domain portion of the userPrincipalName property is invalid. You must use one of the verified"
                " domain names in your organization."
            )
    _nickname(said)
    profile = said.get("passwordProfile")
    if not found and not (isinstance(profile, Mapping) and profile.get("password")):
        raise bad("The specified password does not comply with password complexity requirements.")
    if profile is not None and len(str(profile.get("password", "x" * 8))) < 8:
        raise bad("The specified password does not comply with password complexity requirements.")
    if said.get("usageLocation") is not None and not re.fullmatch(r"[A-Z]{2}", str(said["usageLocation"])):
        raise bad("Invalid value specified for property 'usageLocation' of resource 'User'.")
    for one in said.get("customSecurityAttributes") or {}:
        if one not in directory.objects("attributeSets"):
            raise bad(f"Custom security attribute set '{one}' was not found.")


def _nickname(said: Said) -> None:
    name = said.get("mailNickname")
    if "mailNickname" in said and (not _NICKNAME.match(str(name)) or _NOT_IN_NICKNAMES & set(str(name))):
        raise bad("Invalid value specified for property 'mailNickname' of resource 'Group'.")


def group(directory: "Directory", said: Said, found: Said) -> None:
    """A group of one of the kinds that there are, and rules where members follow from rules alone."""
    _nickname(said)
    whole = {**found, **said}
    types = whole.get("groupTypes") or []
    if not set(types) <= {"Unified", "DynamicMembership"}:
        raise bad("Invalid value specified for property 'groupTypes' of resource 'Group'.")
    if found and ("Unified" in types) != ("Unified" in (found.get("groupTypes") or [])):
        raise bad("Property 'groupTypes' cannot be changed to or from 'Unified'.")
    if "Unified" in types and not whole.get("mailEnabled"):
        raise bad("Unified group must be mail enabled.")
    if "Unified" not in types and whole.get("mailEnabled") and "mailEnabled" in said:
        raise bad(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the"
            " mail-enablement property is unset and the security-enablement property is set."
        )
    is_dynamic = "DynamicMembership" in types
    if is_dynamic != bool(whole.get("membershipRule")) and said.keys() & {"groupTypes", "membershipRule"}:
        raise bad("A group with dynamic membership has a rule, and no other group has one.")
    if is_dynamic and whole.get("isAssignableToRole"):
        raise bad("Groups with dynamic membership cannot be assigned to roles.")
    nick = str(said.get("mailNickname", "")).casefold()
    if nick and "Unified" in types:
        for id, one in directory.objects("groups").items():
            if id != found.get("id") and "Unified" in one["groupTypes"] and str(one["mailNickname"]).casefold() == nick:
                raise bad("Another object with the same value for property mailNickname already exists.")


def unit(directory: "Directory", said: Said, found: Said) -> None:
    """Membership by a rule has one."""
    whole = {**found, **said}
    if (whole.get("membershipType") == "Dynamic") != bool(whole.get("membershipRule")):
        raise bad("membershipRule must be given where membershipType is Dynamic, and nowhere else.")


def definition(directory: "Directory", said: Said, found: Said) -> None:
    """In a set that is there; switched off, never deleted."""
    if not found and said["attributeSet"] not in directory.objects("attributeSets"):
        raise bad(f"Attribute set '{said['attributeSet']}' was not found.")
    if not found and f"{said['attributeSet']}_{said['name']}" in directory.objects(
        "customSecurityAttributeDefinitions"
    ):
        raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "A definition of this name is there already.")
    if said.get("status", "Available") not in ("Available", "Deprecated"):
        raise bad("Invalid value specified for property 'status'.")


def role_definition(directory: "Directory", said: Said, found: Said) -> None:
    """Built-in roles are as they are."""
    if found.get("isBuiltIn"):
        raise bad("Updating built-in role definition is not allowed.")
    name = str(said.get("displayName", "")).casefold()
    for id, one in directory.objects("roleDefinitions").items():
        if name and id != found.get("id") and str(one["displayName"]).casefold() == name:
            raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "A role of this name is there already.")


def role_assignment(directory: "Directory", said: Said, found: Said) -> None:
    """Somebody and a role that are there, once."""
    who = directory.find(str(said["principalId"]), ("users", "groups", "servicePrincipals"))
    if who is None:
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{said['principalId']}' does not exist.")
    if who[0] == "groups" and not who[1].get("isAssignableToRole"):
        raise bad("The group is not assignable to roles: isAssignableToRole must be true.")
    if said["roleDefinitionId"] not in directory.objects("roleDefinitions"):
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{said['roleDefinitionId']}' does not exist.")
    scope = str(said["directoryScopeId"])
    kind, _, id = scope.strip("/").rpartition("/")
    kinds = {"": ("applications", "servicePrincipals"), "administrativeUnits": ("administrativeUnits",)}
    if scope != "/" and (kind not in kinds or directory.find(id, kinds[kind]) is None):
        raise bad(f"The directory scope '{scope}' is not there.")
    names = ("principalId", "roleDefinitionId", "directoryScopeId")
    if any(all(one[name] == said[name] for name in names) for one in directory.objects("roleAssignments").values()):
        raise Refusal(
            400,
            "Request_BadRequest",
            "A conflicting object with one or more of the specified property values is present in the directory.",
        )


def application(directory: "Directory", said: Said, found: Said) -> None:
    """Scopes and roles are switched off before they are taken away; secrets come by their own action."""
    if any("secretText" in one for one in said.get("passwordCredentials") or ()):
        raise bad("Secrets are made by addPassword.")
    for path, lists in (("appRoles", (found, said)), ("oauth2PermissionScopes", (found.get("api"), said.get("api")))):
        before, after = (None if one is None else one.get(path) for one in lists)
        if before is None or after is None:
            continue
        left = {one.get("id") for one in after}
        if any(one.get("isEnabled") and one["id"] not in left for one in before):
            raise bad(
                "Property cannot be deleted unless it is disabled first.", "CannotDeleteOrUpdateEnabledEntitlement"
            )
    for one in said.get("identifierUris") or ():
        if "://" not in str(one):
            raise bad(f"Invalid value specified for property 'identifierUris': {one}")


def principal(directory: "Directory", said: Said, found: Said) -> None:
    """Of an application that is there, or of another tenant's."""
    if found:
        return
    for one in directory.objects("applications").values():
        if one["appId"] == said["appId"]:
            return
    if not any(one["appId"] == said["appId"] for one in directory.known_elsewhere.values()):
        raise bad(
            f"The appId '{said['appId']}' of the service principal does not reference a valid application object.",
            "NoBackingApplicationObject",
        )


def app_role(directory: "Directory", said: Said, found: Said) -> None:
    """A role that the resource offers, to somebody who is there, once."""
    resource = directory.objects("servicePrincipals").get(str(said["resourceId"]))
    if resource is None or directory.find(str(said["principalId"]), ("users", "groups", "servicePrincipals")) is None:
        raise Refusal(404, "Request_ResourceNotFound", "Resource does not exist.")
    offered = {one["id"] for one in resource["appRoles"] if one.get("isEnabled", True)} | {str(uuid.UUID(int=0))}
    if said["appRoleId"] not in offered:
        raise bad("Permission being assigned was not found on application.")
    names = ("principalId", "resourceId", "appRoleId")
    if any(all(one[name] == said[name] for name in names) for one in directory.objects("appRoleAssignments").values()):
        raise bad("Permission being assigned already exists on the object.")


def consent(directory: "Directory", said: Said, found: Said) -> None:
    """Consent of everybody, or of somebody who is there."""
    if found:
        return
    principals = directory.objects("servicePrincipals")
    if said["clientId"] not in principals or said["resourceId"] not in principals:
        raise Refusal(404, "Request_ResourceNotFound", "Resource does not exist.")
    who = said.get("principalId")
    if said["consentType"] not in ("AllPrincipals", "Principal") or (said["consentType"] == "Principal") != bool(who):
        raise bad("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.")
    if who and who not in directory.objects("users"):
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{who}' does not exist.")
    for one in directory.objects("oauth2PermissionGrants").values():
        if (one["clientId"], one["resourceId"], one["principalId"]) == (said["clientId"], said["resourceId"], who):
            raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")


def policy(directory: "Directory", said: Said, found: Said) -> None:
    """Everything that a policy names is there."""
    if "state" in said and said["state"] not in _STATES:
        raise bad(f"1001: Invalid state: {said['state']}", "BadRequest")
    if said.get("state") == "enabled" and directory.single("identitySecurityDefaultsEnforcementPolicy")["isEnabled"]:
        raise bad(
            "1007: Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a"
            " Conditional Access policy.",
            "BadRequest",
        )
    conditions = said.get("conditions")
    if conditions is not None:
        _conditions(directory, conditions, is_new=not found)
    controls = said.get("grantControls")
    if controls:
        strength = (controls.get("authenticationStrength") or {}).get("id")
        if strength and strength not in directory.objects("authenticationStrengthPolicies"):
            raise bad(f"1119: Invalid authentication strength: {strength}", "BadRequest")
        if "operator" in controls and controls["operator"] not in ("AND", "OR"):
            raise bad("1022: Invalid operator.", "BadRequest")
        for one in controls.get("termsOfUse") or ():
            if one not in directory.objects("termsOfUse"):
                raise bad(f"1038: Invalid terms of use: {one}", "BadRequest")
    whole = {**found, **said}
    if not whole.get("grantControls") and not whole.get("sessionControls"):
        raise bad("1032: A policy needs a grant control or a session control.", "BadRequest")


def _conditions(directory: "Directory", conditions: Said, *, is_new: bool) -> None:
    users = conditions.get("users") or {}
    applications = conditions.get("applications") or {}
    workloads = conditions.get("clientApplications")
    if is_new and (not (users or workloads) or not applications):
        raise bad("1011: A policy needs users and applications.", "BadRequest")
    principals = directory.objects("servicePrincipals").values()
    known = {one["appId"] for one in principals} | _APPLICATIONS
    _all_there(users, "Users", directory.objects("users").keys() | _USERS, "1016: Invalid user")
    _all_there(users, "Groups", directory.objects("groups").keys(), "1017: Invalid group")
    _all_there(users, "Roles", directory.objects("roleDefinitions").keys(), "1018: Invalid role")
    _all_there(applications, "Applications", known, "1019: Invalid application")
    places = directory.objects("namedLocations").keys() | _PLACES
    _all_there(conditions.get("locations") or {}, "Locations", places, "1040: Invalid location")
    for one in applications.get("includeAuthenticationContextClassReferences") or ():
        if one not in directory.objects("authenticationContextClassReferences"):
            raise bad(f"1121: Invalid authentication context: {one}", "BadRequest")


def _all_there(said: Said, name: str, known: Iterable[str], message: str) -> None:
    there = known if isinstance(known, (set, frozenset)) else set(known)
    for which in ("include", "exclude"):
        for one in said.get(which + name) or ():
            if one not in there:
                raise bad(f"{message}: {one}", "BadRequest")


def location(directory: "Directory", said: Said, found: Said) -> None:
    """Networks or countries."""
    kind = said.get("@odata.type", found.get("@odata.type"))
    needed = {
        "#microsoft.graph.ipNamedLocation": "ipRanges",
        "#microsoft.graph.countryNamedLocation": "countriesAndRegions",
    }
    if kind not in needed or (found and kind != found["@odata.type"]):
        raise bad("1072: Invalid type of a named location.", "BadRequest")
    if needed[kind] in said or not found:
        for one in said.get(needed[kind]) or [None]:
            cidr = one.get("cidrAddress") if isinstance(one, Mapping) else None
            if kind.endswith("ipNamedLocation") and (not cidr or "/" not in cidr):
                raise bad("1073: Invalid IP range.", "BadRequest")
            if kind.endswith("countryNamedLocation") and not re.fullmatch("[A-Z]{2}", str(one)):
                raise bad("1074: Invalid country.", "BadRequest")


def strength(directory: "Directory", said: Said, found: Said) -> None:
    """Built-in ones are as they are; combinations have an action of their own."""
    if found.get("policyType") == "builtIn":
        raise bad("Built-in authentication strengths cannot be changed.", "BadRequest")
    if found and "allowedCombinations" in said:
        raise bad("allowedCombinations is changed by updateAllowedCombinations.", "BadRequest")
    if not found and not said["allowedCombinations"]:
        raise bad("allowedCombinations must not be empty.", "BadRequest")


def security_defaults(directory: "Directory", said: Said, found: Said) -> None:
    """Not beside conditional access that is on."""
    is_on = any(one["state"] == "enabled" for one in directory.objects("conditionalAccessPolicies").values())
    if said.get("isEnabled") and is_on:
        raise bad("Security Defaults cannot be enabled while Conditional Access policies are enabled.")


def granting(directory: "Directory", said: Said, found: Said) -> None:
    """Microsoft's own are as they are."""
    if str(said.get("id", found.get("id", ""))).startswith("microsoft-"):
        raise Refusal(403, "Authorization_RequestDenied", "Built-in policies cannot be changed.")


def defined(directory: "Directory", said: Said, found: Said) -> None:
    """Exactly one definition."""
    if "definition" in said and len(said["definition"] or ()) != 1:
        raise bad("Property 'definition' must have exactly one value.")


def domain(directory: "Directory", said: Said, found: Said) -> None:
    """One domain is the default one."""
    if found and said.get("isDefault") is False and found["isDefault"]:
        raise bad("The default domain gives way to another that is made the default one.")
    if said.get("isDefault") and not found.get("isVerified"):
        raise bad("Only a verified domain can be the default one.")


def provider(directory: "Directory", said: Said, found: Said) -> None:
    """The service's own are as they are."""
    if str({**found, **said}.get("@odata.type")).endswith("builtInIdentityProvider"):
        raise bad("Built-in identity providers cannot be changed.")


def device_policy(directory: "Directory", said: Said, found: Said) -> None:
    """A type that stays; a compliance policy says from its first day what follows."""
    kind = str(said.get("@odata.type", found.get("@odata.type")))
    if found and kind != found["@odata.type"]:
        raise bad("The type of a policy cannot be changed.", "BadRequest")
    if not found and kind.endswith("CompliancePolicy") and not said.get("scheduledActionsForRule"):
        raise bad("Scheduled actions must be given: a policy has exactly one rule with one block action.", "BadRequest")


def catalogued(directory: "Directory", said: Said, found: Said) -> None:
    """Settings name what they set."""
    for one in said.get("settings") or ():
        if not (one.get("settingInstance") or {}).get("settingDefinitionId"):
            raise bad("A setting needs a settingInstance with a settingDefinitionId.", "BadRequest")
