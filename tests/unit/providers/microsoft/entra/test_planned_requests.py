"""Every request of a broad plan is one that Microsoft's own description of Graph knows, with a body that it takes."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import Action, Write
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.undoing import undo
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS
from tests.graph.referee import problems_of
from tests.unit.providers.microsoft.entra.directory import but, id_of, planned, tenant

DOCUMENTED = {
    ("POST", "/sponsors/$ref"): "user-post-sponsors",
    ("DELETE", "/sponsors/"): "user-delete-sponsors",
    ("POST", "/claimsMappingPolicies/$ref"): "serviceprincipal-post-claimsmappingpolicies",
    ("DELETE", "/claimsMappingPolicies/"): "serviceprincipal-delete-claimsmappingpolicies",
    ("POST", "/homeRealmDiscoveryPolicies/$ref"): "serviceprincipal-post-homerealmdiscoverypolicies",
    ("DELETE", "/homeRealmDiscoveryPolicies/"): "serviceprincipal-delete-homerealmdiscoverypolicies",
    ("POST", "/updateAllowedCombinations"): "authenticationstrengthpolicy-updateallowedcombinations",
    ("PUT", "/policies/adminConsentRequestPolicy"): "adminconsentrequestpolicy-update",
    ("PUT", "/deviceManagement/configurationPolicies/"): "Update-IntuneDeviceConfigurationPolicy of Microsoft365DSC",
    ("PUT", "/deviceManagement/compliancePolicies/"): "as above; a PATCH of settings is refused",
    ("POST", "/setScheduledActions"): "devicemanagementcompliancepolicy-setscheduledactions",
}
"""Requests that have a page of their own in Microsoft's reference, or that tools send, and that its metadata lacks."""


def problems(write: Write) -> list[str]:
    """What the referee says of a write."""
    if any(write.method == method and part in write.path for method, part in DOCUMENTED):
        return []
    ids = {}

    def filled(text: str) -> str:
        for part in text.split("{new:")[1:]:
            old = part.partition("}")[0]
            ids[old] = str(UUID(int=len(ids) + 1))
            text = text.replace(f"{{new:{old}}}", ids[old])
        return text

    root = "https://graph.microsoft.com" + ("" if write.path.startswith("/beta/") else "/v1.0")
    body = b"" if write.body is None else filled(json.dumps(write.body)).encode()
    headers = {"content-type": "application/json"} if body else {}
    found = problems_of(write.method, root + filled(write.path), headers, body)
    return [f"{write.action} {write.kind}: {one}" for one in found]


def changed() -> dict[str, Any]:
    """The tenant after somebody changed something in everything, and cut every tie."""
    values: dict[str, dict[str, Any]] = {
        "users": {"department": "Nowhere", "businessPhones": None, "accountEnabled": False, "jobTitle": "Boss"},
        "groups": {"description": "Twisted"},
        "administrativeUnits": {"description": None},
        "customSecurityAttributeDefinitions": {"description": "Other"},
        "devices": {"accountEnabled": False},
        "roleDefinitions": {"isEnabled": False, "rolePermissions": []},
        "applications": {"web": {"redirectUris": ["https://evil.example/"]}, "tags": ["x"], "appRoles": None},
        "servicePrincipals": {"accountEnabled": False, "tags": None},
        "oauth2PermissionGrants": {"scope": "read write"},
        "namedLocations": {"displayName": "Nowhere", "ipRanges": None},
        "authenticationStrengthPolicies": {"allowedCombinations": ["password"], "displayName": "Weak"},
        "authenticationContextClassReferences": {"isAvailable": False},
        "authorizationPolicy": {"allowInvitesFrom": "everyone"},
        "identitySecurityDefaultsEnforcementPolicy": {"isEnabled": False},
        "adminConsentRequestPolicy": {"isEnabled": False},
        "crossTenantAccessPolicyDefault": {"b2bDirectConnectOutbound": None},
        "crossTenantAccessPolicyPartners": {"b2bDirectConnectOutbound": None},
        "permissionGrantPolicies": {"description": "Everything"},
        "featureRolloutPolicies": {"isEnabled": False},
        "appManagementPolicies": {"isEnabled": False},
        "termsOfUse": {"isViewingBeforeAcceptanceRequired": False},
        "organization": {"technicalNotificationMails": None},
        "groupSettings": {"values": [{"name": "EnableGroupCreation", "value": "true"}]},
        "deviceCompliancePolicies": {"passwordMinimumLength": 4},
        "deviceConfigurations": {"cameraBlocked": False},
        "compliancePolicies": {"settings": None},
        "configurationPolicies": {"settings": None},
        "conditionalAccessPolicies": {
            "state": "disabled",
            "conditions": {"users": {"includeUsers": ["None"]}, "applications": {"includeApplications": ["All"]}},
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        },
        "authenticationMethodsPolicy": {
            "authenticationMethodConfigurations": [
                {
                    "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
                    "id": "Fido2",
                    "state": "disabled",
                    "isAttestationEnforced": True,
                },
                {
                    "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration",
                    "id": "Sms",
                    "state": "enabled",
                },
            ]
        },
    }
    definition = {"definition": ['{"A":{"Version":2}}']}
    return {
        key: but(one, (), **values.get(one.kind, definition if "definition" in one.properties else {}))
        for key, one in tenant().items()
    }


def came() -> dict[str, Any]:
    """The tenant, with a second one of everything that can be made."""
    there = tenant()
    more = {}
    for one in there.values():
        kind = SCHEMA[one.kind]
        if kind.can_delete and not kind.is_single:
            links = tuple(Link(link.relation, link.id, link.detail, link.kind, link.name, "v1") for link in one.links)
            other = replace(one, id=id_of(f"other {one.id}"), name=f"Other {one.name}", links=links)
            told = {name: f"x{value}" for name, value in one.properties.items() if name in ("userPrincipalName",)}
            more[other.key] = but(other, **told)
    return there | more


def assert_lawful(writes: list[Write]) -> None:
    found = [problem for write in writes for problem in problems(write)]
    assert found == []


@pytest.mark.parametrize("ends", ["gone", "in the bin", "changed", "came"])
def test_requests_are_lawful(ends: str) -> None:
    old = tenant()
    now = {"gone": dict, "in the bin": dict, "changed": changed, "came": came}[ends]()
    draft = planned(old, now, in_bin=old if ends == "in the bin" else None)
    assert_lawful(list(draft.writes))
    back = undo(SCHEMA, draft.writes)
    assert_lawful(list(back.writes))
    assert draft.writes
    assert back.writes


def test_every_kind_that_can_be_written_is() -> None:
    old = tenant()
    gone = {write.kind for write in planned(old, {}).writes if write.action is Action.CREATE}
    other = {write.kind for write in planned(old, changed()).writes if write.action is Action.UPDATE}
    away = {write.kind for write in planned(old, came()).writes if write.action is Action.DELETE}
    is_fixed = {"roleAssignments", "roleEligibilitySchedules"}
    assert {kind for kind in WAYS if kind not in other} == {"domains", "identityProviders"} | is_fixed
    makes = {id for id, kind in SCHEMA.items() if kind.can_create and not kind.is_single}
    assert makes - gone == {"domains", "identityProviders"}
    removes = {id for id, kind in SCHEMA.items() if kind.can_delete and not kind.is_single}
    assert removes - away == {"domains", "identityProviders"}
