"""What the pretend directory takes, refuses, keeps in its bins, and remembers of it all."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.populating import populate
from saasbackup_desktop.sim.graph.entra.store import ROLES, STRENGTHS, Directory
from tests.graph.caller import Caller, address
from tests.graph.stage import DIRECTORY_GRANTED, DIRECTORY_WRITES, Stage

MISSING = "00000000-0000-0000-0000-00000000dead"
PERSON = {
    "accountEnabled": True,
    "displayName": "Ada",
    "mailNickname": "ada",
    "userPrincipalName": "ada@fernwick.example",
    "passwordProfile": {"password": "Xq9-long-enough", "forceChangePasswordNextSignIn": True},
}
GROUP = {"displayName": "Inner", "mailEnabled": False, "mailNickname": "inner", "securityEnabled": True}
TEAM = {**GROUP, "displayName": "Team", "mailNickname": "team", "mailEnabled": True, "groupTypes": ["Unified"]}
CONDITIONS = {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}}
POLICY = {
    "displayName": "Keys",
    "state": "enabled",
    "conditions": CONDITIONS,
    "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
}
HELD = [(shape.id, one.name) for shape in SHAPES.values() for one in shape.relations]
CA = "/identity/conditionalAccess"


@pytest.fixture
def stage() -> Stage:
    return Stage(granted=DIRECTORY_GRANTED | DIRECTORY_WRITES)


@pytest.fixture
def directory(stage: Stage) -> Directory:
    return stage.tenant.directory


@pytest.fixture
async def caller(stage: Stage) -> AsyncIterator[Caller]:
    caller = Caller(stage)
    yield caller
    await caller.close()
    assert stage.referee.exchanges
    assert stage.referee.problems == []


async def test_people_come_change_go_and_come_back(stage: Stage, caller: Caller, directory: Directory) -> None:
    ada = (await caller.made("/users", PERSON))["id"]
    bob = (await caller.made("/users", {**PERSON, "userPrincipalName": "bob@fernwick.example"}))["id"]
    await caller.ask("PATCH", f"/users/{ada}", {"department": "Law", "jobTitle": None}, 204)
    await caller.ask("PUT", f"/users/{ada}/manager/$ref", address(bob), 204)
    await caller.ask("POST", f"/users/{ada}/sponsors/$ref", address(bob), 204)
    group = (await caller.made("/groups", {**GROUP, "members@odata.bind": [address(ada)["@odata.id"]]}))["id"]
    role = {"principalId": ada, "roleDefinitionId": ROLES["Global Reader"], "directoryScopeId": "/"}
    await caller.made("/roleManagement/directory/roleAssignments", role)
    await caller.ask("DELETE", f"/users/{ada}", None, 204)
    await caller.get(f"/users/{ada}", 404)
    assert await caller.all(f"/groups/{group}/members") == []
    assert await caller.all("/roleManagement/directory/roleAssignments") == []
    [bin] = await caller.all("/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName")
    assert bin == {"id": ada, "userPrincipalName": ada.replace("-", "") + "ada@fernwick.example"}
    await caller.ask("POST", f"/directory/deletedItems/{ada}/restore", None, 200)
    assert (await caller.get(f"/users/{ada}?$select=department"))["department"] == "Law"
    assert (await caller.get(f"/users/{ada}/manager"))["id"] == bob
    assert [one["id"] for one in await caller.all(f"/users/{ada}/sponsors")] == [bob]
    assert [one["id"] for one in await caller.all(f"/groups/{group}/members")] == [ada]
    [back] = await caller.all("/roleManagement/directory/roleAssignments")
    assert back["principalId"] == ada
    await caller.ask("DELETE", f"/users/{ada}", None, 204)
    await caller.ask("DELETE", f"/directory/deletedItems/{ada}", None, 204)
    await caller.ask("POST", f"/directory/deletedItems/{ada}/restore", None, 404)
    again = await caller.made("/users", PERSON)
    assert again["id"] != ada
    assert [(one.method, one.status) for one in stage.app.writes][:3] == [("POST", 201), ("POST", 201), ("PATCH", 204)]
    assert stage.app.writes[2].body == {"department": "Law", "jobTitle": None}
    assert stage.app.writes[2].path == f"/users/{ada}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"userPrincipalName": "Taken@fernwick.example"}, "userPrincipalName already exists"),
        ({"userPrincipalName": "ada@elsewhere.example"}, "verified domain"),
        ({"passwordProfile": None}, "passwordProfile"),
        ({"displayName": None}, "displayName"),
        ({"mailNickname": "a da"}, "mailNickname"),
        ({"usageLocation": "Britain"}, "usageLocation"),
        ({"createdDateTime": "2026-01-01T00:00:00Z"}, "read-only"),
    ],
)
async def test_people_who_cannot_be(change: dict[str, Any], said: str, caller: Caller, stage: Stage) -> None:
    stage.tenant.add_user("Taken", "taken@fernwick.example")
    answer = await caller.ask("POST", "/users", {**PERSON, **change}, 400)
    assert said in answer["error"]["message"]
    assert [(one.path, one.status) for one in stage.app.writes] == [("/users", 400)]


async def test_what_groups_refuse(caller: Caller, directory: Directory) -> None:
    ada = (await caller.made("/users", PERSON))["id"]
    group, team = (await caller.made("/groups", GROUP))["id"], (await caller.made("/groups", TEAM))["id"]
    rule = {"groupTypes": ["DynamicMembership"], "membershipRule": "(user.department -eq 'Law')"}
    dynamic = (await caller.made("/groups", {**GROUP, **rule}))["id"]
    synced = directory.add("groups", displayName="Synced", onPremisesSyncEnabled=True)["id"]
    await caller.ask("POST", f"/groups/{group}/members/$ref", address(ada), 204)
    await caller.ask("POST", f"/groups/{group}/members/$ref", address(team), 204)
    for at, who, status in (
        (group, ada, 400),
        (group, group, 400),
        (group, MISSING, 404),
        (team, group, 400),
        (dynamic, ada, 400),
        (synced, ada, 400),
    ):
        await caller.ask("POST", f"/groups/{at}/members/$ref", address(who), status)
    await caller.ask("DELETE", f"/groups/{group}/members/{MISSING}/$ref", None, 404)
    await caller.ask("PATCH", f"/groups/{synced}", {"description": "x"}, 400)
    await caller.ask("DELETE", f"/groups/{synced}", None, 400)
    await caller.ask("PATCH", f"/groups/{group}", {"isAssignableToRole": True}, 400)
    await caller.ask("PATCH", f"/groups/{group}", {"mail": "x@fernwick.example"}, 400)
    await caller.ask("POST", "/groups", {**TEAM, "displayName": "Other"}, 400)
    await caller.ask("PATCH", f"/groups/{team}", {"owners@odata.bind": [address(ada)["@odata.id"]]}, 204)
    await caller.ask("DELETE", f"/groups/{team}/owners/{ada}/$ref", None, 400)
    many = [address(directory.new_id())["@odata.id"] for _ in range(21)]
    await caller.ask("PATCH", f"/groups/{group}", {"members@odata.bind": many}, 400)


async def test_of_groups_those_of_microsoft_365_come_back(caller: Caller) -> None:
    group, team = (await caller.made("/groups", GROUP))["id"], (await caller.made("/groups", TEAM))["id"]
    for id in (group, team):
        await caller.ask("DELETE", f"/groups/{id}", None, 204)
    assert [one["id"] for one in await caller.all("/directory/deletedItems/microsoft.graph.group")] == [team]
    assert (await caller.get(f"/directory/deletedItems/{team}"))["@odata.type"] == "#microsoft.graph.group"
    await caller.ask("POST", f"/directory/deletedItems/{group}/restore", None, 404)
    await caller.ask("POST", f"/directory/deletedItems/{team}/restore", None, 200)
    assert (await caller.get(f"/groups/{team}"))["displayName"] == "Team"


async def test_applications_their_principals_and_what_is_granted(caller: Caller, directory: Directory) -> None:
    ada = (await caller.made("/users", PERSON))["id"]
    role = {
        "id": directory.new_id(),
        "value": "Write",
        "displayName": "Writers",
        "description": "Write",
        "isEnabled": True,
    }
    said = {
        "displayName": "Payroll",
        "identifierUris": ["api://payroll"],
        "web": {"redirectUris": ["https://a.example"]},
    }
    app = await caller.made("/applications", {**said, "appRoles": [{**role, "allowedMemberTypes": ["User"]}]})
    assert app["web"]["implicitGrantSettings"]["enableIdTokenIssuance"] is False
    await caller.ask("POST", "/applications", said, 400)  # its address is taken
    await caller.ask("PATCH", f"/applications/{app['id']}", {"web": {"homePageUrl": "https://b.example"}}, 204)
    whole = await caller.get(f"/applications/{app['id']}")
    assert (whole["web"]["redirectUris"], whole["web"]["homePageUrl"]) == (["https://a.example"], "https://b.example")
    await caller.ask("POST", f"/applications/{app['id']}/owners/$ref", address(ada), 204)
    await caller.ask("POST", "/servicePrincipals", {"appId": MISSING}, 400)
    principal = (await caller.made("/servicePrincipals", {"appId": app["appId"], "notes": "Ours"}))["id"]
    directory.change("servicePrincipals", principal, appRoles=app["appRoles"])
    given = {"principalId": ada, "resourceId": principal, "appRoleId": role["id"]}
    await caller.made(f"/servicePrincipals/{principal}/appRoleAssignedTo", given)
    await caller.ask("POST", f"/servicePrincipals/{principal}/appRoleAssignedTo", given, 400)
    await caller.ask("POST", f"/servicePrincipals/{principal}/appRoleAssignedTo", {**given, "appRoleId": MISSING}, 400)
    grant = {"clientId": principal, "resourceId": principal, "consentType": "AllPrincipals", "scope": "read"}
    made = await caller.made("/oauth2PermissionGrants", grant)
    await caller.ask("PATCH", f"/oauth2PermissionGrants/{made['id']}", {"scope": "read write"}, 204)
    await caller.ask("POST", "/oauth2PermissionGrants", grant, 409)
    secret = await caller.ask("POST", f"/applications/{app['id']}/addPassword", {"passwordCredential": {}})
    assert secret["secretText"]
    [kept] = (await caller.get(f"/applications/{app['id']}"))["passwordCredentials"]
    await caller.ask("POST", f"/applications/{app['id']}/removePassword", {"keyId": kept["keyId"]}, 204)
    await caller.ask("DELETE", f"/applications/{app['id']}", None, 204)
    await caller.get(f"/servicePrincipals/{principal}", 404)
    assert [one["id"] for one in await caller.all("/directory/deletedItems/microsoft.graph.servicePrincipal")] == [
        principal
    ]
    await caller.ask("POST", f"/directory/deletedItems/{app['id']}/restore", None, 200)
    await caller.get(f"/servicePrincipals/{principal}", 404)  # the one does not bring the other back
    await caller.ask("POST", f"/directory/deletedItems/{principal}/restore", None, 200)
    [back] = await caller.all(f"/servicePrincipals/{principal}/appRoleAssignedTo")
    assert back["principalId"] == ada
    assert [one["id"] for one in await caller.all(f"/applications/{app['id']}/owners")] == [ada]
    assert (await caller.get(f"/servicePrincipals/{principal}"))["notes"] == "Ours"


async def test_a_registered_application_can_be_deleted_and_brought_back(stage: Stage, caller: Caller) -> None:
    other = stage.tenant.register({"User.Read.All"}, name="Other", secret="abc-secret")
    [app] = [one for one in await caller.all("/applications") if one["appId"] == other.id]
    [principal] = [one for one in await caller.all("/servicePrincipals") if one["appId"] == other.id]
    [given] = await caller.all(f"/servicePrincipals/{principal['id']}/appRoleAssignments")
    await caller.ask("DELETE", f"/servicePrincipals/{given['resourceId']}/appRoleAssignedTo/{given['id']}", None, 204)
    assert other.granted == set()
    await caller.ask("DELETE", f"/applications/{app['id']}", None, 204)
    assert other.id not in stage.tenant.applications
    for id in (principal["id"], app["id"]):  # the other way round is as good
        await caller.ask("POST", f"/directory/deletedItems/{id}/restore", None, 200)
        await caller.get(f"/servicePrincipals/{principal['id']}")
    assert stage.tenant.applications[other.id].has_principal


async def test_conditional_access_names_what_is_there(caller: Caller, directory: Directory) -> None:
    network = {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}
    place = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "HQ", "ipRanges": [network]}
    at = (await caller.made(f"{CA}/namedLocations", {**place, "isTrusted": True}))["id"]
    id = (await caller.made(f"{CA}/policies", POLICY))["id"]
    for users in ({"includeUsers": [MISSING]}, {"excludeGroups": [MISSING]}, {"includeRoles": [MISSING]}):
        await caller.ask("PATCH", f"{CA}/policies/{id}", {"conditions": {"users": users}}, 400)
    await caller.ask(
        "PATCH", f"{CA}/policies/{id}", {"conditions": {"locations": {"includeLocations": [MISSING]}}}, 400
    )
    await caller.ask("PATCH", f"{CA}/policies/{id}", {"createdDateTime": "2026-01-01T00:00:00Z"}, 400)
    strength = {"authenticationStrength": {"id": STRENGTHS["Passwordless MFA"]}, "builtInControls": []}
    change = {"conditions": {"locations": {"includeLocations": [at]}}, "grantControls": strength}
    await caller.ask("PATCH", f"{CA}/policies/{id}", change, 204)
    found = await caller.get(f"{CA}/policies/{id}")
    assert found["conditions"]["users"]["includeUsers"] == ["All"]
    assert found["grantControls"]["authenticationStrength"]["displayName"] == "Passwordless MFA"
    await caller.ask("DELETE", f"{CA}/namedLocations/{at}", None, 400)  # a policy names it
    await caller.ask("DELETE", f"{CA}/policies/{id}", None, 204)
    await caller.ask("DELETE", f"{CA}/namedLocations/{at}", None, 400)  # it is trusted
    await caller.ask("PATCH", f"{CA}/namedLocations/{at}", {**place, "isTrusted": False}, 204)
    await caller.ask("DELETE", f"{CA}/namedLocations/{at}", None, 204)
    assert [one["id"] for one in await caller.all(f"{CA}/deletedItems/policies")] == [id]
    await caller.ask("POST", f"{CA}/deletedItems/namedLocations/{at}/restore", None, 200)
    await caller.ask("POST", f"{CA}/deletedItems/policies/{id}/restore", None, 200)
    assert await caller.get(f"{CA}/policies/{id}") == found
    defaults = "/policies/identitySecurityDefaultsEnforcementPolicy"
    await caller.ask("PATCH", defaults, {"isEnabled": True}, 400)


async def test_roles_units_and_who_is_eligible(caller: Caller, directory: Directory) -> None:
    ada = (await caller.made("/users", PERSON))["id"]
    group = (await caller.made("/groups", GROUP))["id"]
    unit = (await caller.made("/directory/administrativeUnits", {"displayName": "North"}))["id"]
    roles = "/roleManagement/directory"
    own = {"displayName": "Registrar", "isEnabled": True, "rolePermissions": [{"allowedResourceActions": ["a"]}]}
    role = (await caller.made(f"{roles}/roleDefinitions", own))["id"]
    await caller.ask("PATCH", f"{roles}/roleDefinitions/{ROLES['Global Reader']}", {"description": "x"}, 400)
    given = {"principalId": ada, "roleDefinitionId": role, "directoryScopeId": "/"}
    made = (await caller.made(f"{roles}/roleAssignments", given))["id"]
    for change in ({}, {"principalId": group}, {"directoryScopeId": f"/administrativeUnits/{MISSING}"}):
        await caller.ask("POST", f"{roles}/roleAssignments", {**given, **change}, 400)
    await caller.ask("POST", f"{roles}/roleAssignments", {**given, "principalId": MISSING}, 404)
    await caller.ask("DELETE", f"{roles}/roleDefinitions/{role}", None, 400)
    await caller.ask("DELETE", f"{roles}/roleAssignments/{made}", None, 204)
    await caller.ask("DELETE", f"{roles}/roleDefinitions/{role}", None, 204)
    within = {"roleId": ROLES["Helpdesk Administrator"], "roleMemberInfo": {"id": ada}}
    scoped = await caller.made(f"/directory/administrativeUnits/{unit}/scopedRoleMembers", within)
    [same] = await caller.all(f"{roles}/roleAssignments")
    assert same["directoryScopeId"] == f"/administrativeUnits/{unit}"
    await caller.ask("DELETE", f"/directory/administrativeUnits/{unit}/scopedRoleMembers/{scoped['id']}", None, 204)
    assert await caller.all(f"{roles}/roleAssignments") == []
    plan = {"startDateTime": "2026-09-21T00:00:00Z", "expiration": {"type": "noExpiration"}}
    wish = {**given, "roleDefinitionId": ROLES["Global Reader"], "action": "adminAssign", "scheduleInfo": plan}
    await caller.made(f"{roles}/roleEligibilityScheduleRequests", wish)
    [eligible] = await caller.all(f"{roles}/roleEligibilitySchedules")
    assert eligible["principalId"] == ada
    await caller.made(f"{roles}/roleEligibilityScheduleRequests", {**wish, "action": "adminRemove"})
    assert await caller.all(f"{roles}/roleEligibilitySchedules") == []
    await caller.ask("DELETE", f"/directory/administrativeUnits/{unit}", None, 204)
    await caller.ask("POST", f"/directory/deletedItems/{unit}/restore", None, 200)


async def test_licences_need_a_place(caller: Caller, directory: Directory) -> None:
    ada = (await caller.made("/users", PERSON))["id"]
    wish = {
        "addLicenses": [{"skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900", "disabledPlans": []}],
        "removeLicenses": [],
    }
    await caller.ask("POST", f"/users/{ada}/assignLicense", wish, 400)
    await caller.ask("PATCH", f"/users/{ada}", {"usageLocation": "GB"}, 204)
    await caller.ask("POST", f"/users/{ada}/assignLicense", wish)
    assert len(directory.objects("users")[ada]["assignedLicenses"]) == 1


async def test_policies_of_managed_devices(caller: Caller, directory: Directory) -> None:
    populate(directory.tenant, users=4, groups=3, devices=0, applications=0, policies=0)
    group = next(iter(directory.objects("groups")))
    target = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group}
    base = "/deviceManagement/deviceCompliancePolicies"
    said = {
        "@odata.type": "#microsoft.graph.windows10CompliancePolicy",
        "displayName": "Mine",
        "passwordRequired": True,
    }
    await caller.ask("POST", base, said, 400)
    rule = {"ruleName": "x", "scheduledActionConfigurations": [{"actionType": "block", "gracePeriodHours": 0}]}
    made = await caller.made(base, {**said, "scheduledActionsForRule": [rule]})
    await caller.ask("POST", f"{base}/{made['id']}/assign", {"assignments": [{"target": target}]})
    [told] = (await caller.get(f"{base}/{made['id']}?$expand=assignments,scheduledActionsForRule"))["assignments"]
    assert told["id"] == f"{made['id']}_{group}"
    change = {"@odata.type": said["@odata.type"], "passwordRequired": False}
    assert (await caller.ask("PATCH", f"{base}/{made['id']}", change))["version"] == 2
    beta = "/beta/deviceManagement/configurationPolicies"
    setting = {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
        "settingDefinitionId": "device_vendor_msft_policy_config_camera_allowcamera",
    }
    catalogued = {"name": "Mine", "platforms": "windows10", "technologies": "mdm"}
    made = await caller.made(beta, {**catalogued, "settings": [{"settingInstance": setting}]})
    assert (made["settingCount"], len(await caller.all(f"{beta}/{made['id']}/settings"))) == (1, 1)
    await caller.ask("POST", f"{beta}/{made['id']}/assign", {"assignments": [{"target": target}]})
    await caller.ask("DELETE", f"{beta}/{made['id']}", None, 204)


async def test_every_other_kind_is_made_changed_and_removed(caller: Caller) -> None:
    simple: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "/policies/claimsMappingPolicies": ({"displayName": "A", "definition": ["{}"]}, {"displayName": "B"}),
        "/policies/featureRolloutPolicies": (
            {"displayName": "A", "feature": "seamlessSso", "isEnabled": True},
            {"isEnabled": False},
        ),
        "/policies/appManagementPolicies": ({"displayName": "A"}, {"isEnabled": True}),
        "/policies/permissionGrantPolicies": ({"id": "house", "displayName": "A"}, {"displayName": "B"}),
        "/policies/crossTenantAccessPolicy/partners": (
            {"tenantId": MISSING},
            {"inboundTrust": {"isMfaAccepted": True}},
        ),
        "/policies/authenticationStrengthPolicies": (
            {"displayName": "A", "allowedCombinations": ["fido2"]},
            {"description": "B"},
        ),
        f"{CA}/authenticationContextClassReferences": ({"id": "c9", "displayName": "A"}, {"isAvailable": True}),
        "/groupSettings": ({"templateId": MISSING, "values": []}, {"values": [{"name": "a", "value": "b"}]}),
        "/identityGovernance/termsOfUse/agreements": (
            {"displayName": "A", "isViewingBeforeAcceptanceRequired": True},
            {"isPerDeviceAcceptanceRequired": True},
        ),
        "/identity/identityProviders": (
            {
                "@odata.type": "#microsoft.graph.socialIdentityProvider",
                "displayName": "A",
                "identityProviderType": "Google",
                "clientId": "x",
                "clientSecret": "y",
            },
            {"@odata.type": "#microsoft.graph.socialIdentityProvider", "displayName": "B"},
        ),
        "/domains": ({"id": "second.example"}, {"passwordValidityPeriodInDays": 90}),
    }
    for path, (said, change) in simple.items():
        made = await caller.made(path, said)
        at = f"{path}/{made.get('tenantId') or made['id']}"
        await caller.ask("PATCH", at, change, 200 if "agreements" in path else 204)
        found = await caller.get(at)
        name, value = [*change.items()][-1]
        assert found[name] == value, path
        await caller.ask("DELETE", at, None, 204)
        await caller.get(at, 404)


async def test_what_there_is_one_of_is_changed(caller: Caller, directory: Directory) -> None:
    changes: dict[str, dict[str, Any]] = {
        "/policies/authorizationPolicy": {"allowInvitesFrom": "none"},
        "/policies/crossTenantAccessPolicy/default": {"inboundTrust": {"isMfaAccepted": True}},
        "/policies/authenticationMethodsPolicy": {"reconfirmationInDays": 90},
        f"/organization/{directory.tenant.id}": {"technicalNotificationMails": ["a@fernwick.example"]},
    }
    for path, change in changes.items():
        await caller.ask("PATCH", path, change, 204)
        [(name, value)] = change.items()
        told = (await caller.get(path))[name]
        assert told == value or told | value == told
    methods = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"
    said = {"@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration", "state": "enabled"}
    await caller.ask("PATCH", f"{methods}/Sms", said, 204)
    assert (await caller.get(f"{methods}/Sms"))["state"] == "enabled"
    await caller.ask("PATCH", "/policies/authorizationPolicy", {"id": "x"}, 400)
    strict = {"isEnabled": True, "notifyReviewers": True, "remindersEnabled": True, "requestDurationInDays": 5}
    await caller.ask("PUT", "/policies/adminConsentRequestPolicy", {**strict, "reviewers": []}, 204)
    assert (await caller.get("/policies/adminConsentRequestPolicy"))["requestDurationInDays"] == 5


async def test_writes_in_batches_are_remembered_one_by_one(stage: Stage, caller: Caller, directory: Directory) -> None:
    ada = directory.add("users", displayName="Ada", userPrincipalName="ada@fernwick.example")["id"]
    headers = {"Content-Type": "application/json"}
    asked = [
        {"id": "1", "method": "PATCH", "url": f"/users/{ada}", "headers": headers, "body": {"jobTitle": "Clerk"}},
        {"id": "2", "method": "GET", "url": f"/users/{ada}"},
        {"id": "3", "method": "DELETE", "url": f"/users/{MISSING}"},
    ]
    await caller.ask("POST", "/$batch", {"requests": asked})
    assert [(one.method, one.path, one.body, one.status) for one in stage.app.writes] == [
        ("PATCH", f"/users/{ada}", {"jobTitle": "Clerk"}, 204),
        ("DELETE", f"/users/{MISSING}", None, 404),
    ]


async def test_who_may_only_read_changes_nothing(stage: Stage, caller: Caller, directory: Directory) -> None:
    stage.application.granted.clear()
    stage.application.granted.update(DIRECTORY_GRANTED)
    ada = directory.add("users", displayName="Ada", userPrincipalName="ada@fernwick.example")["id"]
    await caller.ask("PATCH", f"/users/{ada}", {"jobTitle": "Clerk"}, 403)
    await caller.ask("POST", f"/directory/deletedItems/{ada}/restore", None, 403)
    assert [one.status for one in stage.app.writes] == [403, 403]
    assert directory.objects("users")[ada]["jobTitle"] is None


async def test_what_is_made_is_not_known_everywhere_at_once(stage: Stage, caller: Caller) -> None:
    group = (await caller.made("/groups", GROUP))["id"]
    stage.tenant.replication = 5.0
    ada = (await caller.made("/users", PERSON))["id"]
    await caller.get(f"/users/{ada}", 404)
    await caller.ask("POST", f"/groups/{group}/members/$ref", address(ada), 400)
    assert await caller.all("/users") == []
    stage.clock.time += 5.0
    await caller.ask("POST", f"/groups/{group}/members/$ref", address(ada), 204)
    assert (await caller.get(f"/users/{ada}"))["id"] == ada


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_ties_between_deleted_objects_come_back_in_any_order(
    is_reversed: bool, stage: Stage, caller: Caller, directory: Directory
) -> None:
    populate(stage.tenant, users=30, groups=10, applications=6, policies=2)
    ties = ("roleAssignments", "appRoleAssignments", "oauth2PermissionGrants")

    def all_ties() -> object:
        held = {kind: {id: sorted(some) for id, some in directory.links(*kind).items() if some} for kind in HELD}
        return held, {kind: sorted(directory.objects(kind)) for kind in ties}

    await caller.all("/servicePrincipals")  # what is registered is told from here on
    before = all_ties()
    own = directory.backing["servicePrincipals"]
    gone = [("users", id) for id in list(directory.objects("users"))[:20]]
    gone += [("servicePrincipals", id) for id in directory.objects("servicePrincipals") if id not in own]
    gone += [("groups", id) for id, one in directory.objects("groups").items() if "Unified" in one["groupTypes"]]
    for kind, id in gone:
        directory.remove(kind, id)
    assert all_ties() != before
    for _, id in reversed(gone) if is_reversed else gone:
        await caller.ask("POST", f"/directory/deletedItems/{id}/restore")
    assert all_ties() == before


async def test_what_took_the_place_of_a_deleted_one_stays(directory: Directory, caller: Caller) -> None:
    ada, bob, cy = (
        directory.add("users", displayName=name, userPrincipalName=f"{name}@fernwick.example")["id"]
        for name in ("ada", "bob", "cy")
    )
    directory.link("users", ada, "manager", bob)
    directory.remove("users", bob)
    directory.link("users", ada, "manager", cy)
    await caller.ask("POST", f"/directory/deletedItems/{bob}/restore")
    assert (await caller.get(f"/users/{ada}/manager"))["id"] == cy
