"""A directory in brief, with something of every kind, for plans that are thought through without a network."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from saasbackup_desktop.core.directory.drafting import Draft, Pair, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.plan import Mode
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks
from saasbackup_desktop.providers.microsoft.entra.kinds import ALL_USERS, SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from saasbackup_desktop.providers.microsoft.entra.planning.planner import plan

ALL = Ticks(wanted=frozenset({EVERYTHING}))
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"


def id_of(name: str) -> str:
    """An id, the same for the same name."""
    return str(uuid5(NAMESPACE_URL, name))


def one(kind: str, title: str, links: tuple[Link, ...] = (), /, id: str = "", **properties: Any) -> DirectoryObject:
    """An object."""
    return DirectoryObject(
        kind=kind, id=id or id_of(title), name=title, properties=properties, links=tuple(sorted(links))
    )


def tie(relation: str, name: str, kind: str = "users", detail: str = "", via: str = "", id: str = "") -> Link:
    """A link."""
    return Link(relation, id or id_of(name), detail, kind=kind, name=name, via=via)


def but(old: DirectoryObject, links: tuple[Link, ...] | None = None, **properties: Any) -> DirectoryObject:
    """The same object, with something else in it; None takes away."""
    told = {name: value for name, value in {**old.properties, **properties}.items() if value is not None}
    return replace(old, properties=told, links=old.links if links is None else tuple(sorted(links)))


def user(name: str, links: tuple[Link, ...] = (), **more: Any) -> DirectoryObject:
    """A person."""
    nick = name.lower()
    said = {
        "accountEnabled": True,
        "displayName": name,
        "mailNickname": nick,
        "userPrincipalName": f"{nick}@fernwick.example",
        "userType": "Member",
        "department": "Research",
        "businessPhones": ["+44 20 7946 0000"],
        "createdDateTime": "2026-01-01T00:00:00Z",
        **more,
    }
    return one("users", name, links, **said)


def group(name: str, links: tuple[Link, ...] = (), **more: Any) -> DirectoryObject:
    """A security group."""
    said = {
        "displayName": name,
        "description": f"All of {name}",
        "mailEnabled": False,
        "mailNickname": name.lower(),
        "securityEnabled": True,
        "groupTypes": [],
        **more,
    }
    return one("groups", name, links, **said)


def policy(name: str, *, state: str = "enabled", control: str = "mfa", **users: Any) -> DirectoryObject:
    """A policy of conditional access."""
    return one(
        "conditionalAccessPolicies",
        name,
        displayName=name,
        state=state,
        conditions={
            "users": {"includeUsers": ["All"], "excludeUsers": [], **users},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        grantControls={"operator": "OR", "builtInControls": [control]},
    )


def assignment(name: str, who: str, role: str = GLOBAL) -> DirectoryObject:
    """Somebody has a role."""
    return one("roleAssignments", name, principalId=id_of(who), roleDefinitionId=role, directoryScopeId="/")


def tenant() -> dict[str, DirectoryObject]:
    """Something of every kind, tied together."""
    app, wiki = id_of("app id of Payroll"), id_of("app id of Wiki")
    role = {
        "id": id_of("role of Payroll"),
        "allowedMemberTypes": ["User"],
        "description": "Uses it",
        "displayName": "User",
        "isEnabled": True,
        "value": "user",
    }
    outgoing = {
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {
            "accessType": "blocked",
            "targets": [{"target": "AllApplications", "targetType": "application"}],
        },
    }
    setting = {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationSetting",
        "id": "0",
        "settingInstance": {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
            "settingDefinitionId": "device_vendor_msft_policy_config_camera_allowcamera",
            "choiceSettingValue": {"value": "device_vendor_msft_policy_config_camera_allowcamera_0", "children": []},
        },
    }
    everybody = Link("assignments", ALL_USERS, "allLicensedUsersAssignmentTarget", via="a1")
    some = Link("assignments", id_of("Staff"), "groupAssignmentTarget", kind="groups", via="a2")
    found = [
        user("Ada", (tie("sponsors", "Grace"),), customSecurityAttributes={"Projects": {"Level": 3, "Names": ["X"]}}),
        user("Alan", (tie("manager", "Ada"),)),
        user("Grace", (tie("manager", "Ada"),), onPremisesExtensionAttributes={"extensionAttribute1": "a"}),
        user("Eve", department="Sales"),
        group("Staff", (*tuple(tie("members", name) for name in ("Ada", "Alan", "Grace")), tie("owners", "Ada"))),
        group("Nested", (tie("members", "Staff", "groups"),)),
        group("Club", (tie("members", "Ada"), tie("owners", "Alan")), groupTypes=["Unified"], mailEnabled=True),
        group("Rule", (tie("members", "Ada"),), groupTypes=["DynamicMembership"], membershipRule="(a -eq b)"),
        one(
            "administrativeUnits",
            "North",
            (tie("members", "Ada"), tie("scopedRoleMembers", "Alan", detail=READERS, via="s1")),
            displayName="North",
            description="The north",
        ),
        one(
            "customSecurityAttributeDefinitions",
            "Level",
            id="Projects_Level",
            attributeSet="Projects",
            name="Level",
            type="Integer",
            status="Available",
            isCollection=False,
            isSearchable=True,
            usePreDefinedValuesOnly=False,
            description="How high",
        ),
        one("devices", "Laptop", accountEnabled=True, displayName="Laptop", deviceId=id_of("device")),
        one(
            "roleDefinitions",
            "Clerk",
            displayName="Clerk",
            description="May look",
            isEnabled=True,
            isBuiltIn=False,
            rolePermissions=[{"allowedResourceActions": ["microsoft.directory/users/standard/read"]}],
        ),
        assignment("Ada rules", "Ada"),
        assignment("Alan reads", "Alan", READERS),
        one(
            "roleEligibilitySchedules",
            "Grace may",
            principalId=id_of("Grace"),
            roleDefinitionId=READERS,
            directoryScopeId="/",
            scheduleInfo={"startDateTime": "2026-01-01T00:00:00Z", "expiration": {"type": "noExpiration"}},
        ),
        one(
            "applications",
            "Payroll",
            (tie("owners", "Ada"),),
            appId=app,
            displayName="Payroll",
            appRoles=[role],
            identifierUris=["https://fernwick.example/payroll", f"api://{app}"],
            web={"redirectUris": ["https://payroll.example/"]},
            signInAudience="AzureADMyOrg",
            requiredResourceAccess=[
                {"resourceAppId": wiki, "resourceAccess": [{"id": id_of("scope"), "type": "Scope"}]}
            ],
            passwordCredentials=[{"keyId": id_of("key"), "displayName": "main"}],
        ),
        one("applications", "Wiki", appId=wiki, displayName="Wiki", tags=["a"]),
        one(
            "servicePrincipals",
            "Payroll runs",
            (
                tie("owners", "Ada"),
                tie("appRoleAssignedTo", "Alan", detail=role["id"], via="r1"),
                tie("claimsMappingPolicies", "Claims", "claimsMappingPolicies"),
                tie("homeRealmDiscoveryPolicies", "Realms", "homeRealmDiscoveryPolicies"),
            ),
            appId=app,
            displayName="Payroll",
            accountEnabled=True,
            appRoleAssignmentRequired=False,
            servicePrincipalType="Application",
            tags=["b"],
        ),
        one("servicePrincipals", "Wiki runs", appId=wiki, displayName="Wiki", accountEnabled=True),
        one(
            "oauth2PermissionGrants",
            "Payroll reads Wiki",
            clientId=id_of("Payroll runs"),
            resourceId=id_of("Wiki runs"),
            consentType="AllPrincipals",
            scope="read",
        ),
        policy("Strong", excludeUsers=[id_of("Ada")], includeGroups=[id_of("Staff")], excludeGroups=[id_of("Club")]),
        but(
            policy("Fido"),
            grantControls={
                "operator": "OR",
                "builtInControls": [],
                "authenticationStrength": {
                    "id": id_of("Keys only"),
                    "displayName": "Keys only",
                    "policyType": "custom",
                    "allowedCombinations": ["fido2"],
                },
            },
        ),
        one(
            "namedLocations",
            "Office",
            **{"@odata.type": "#microsoft.graph.ipNamedLocation"},
            displayName="Office",
            isTrusted=True,
            ipRanges=[{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
        ),
        one(
            "namedLocations",
            "Abroad",
            **{"@odata.type": "#microsoft.graph.countryNamedLocation"},
            displayName="Abroad",
            countriesAndRegions=["FR"],
            includeUnknownCountriesAndRegions=False,
        ),
        one(
            "authenticationStrengthPolicies",
            "Keys only",
            displayName="Keys only",
            description="No phones",
            policyType="custom",
            allowedCombinations=["fido2"],
        ),
        one(
            "authenticationContextClassReferences",
            "Secret",
            id="c1",
            displayName="Secret",
            description="",
            isAvailable=True,
        ),
        one(
            "authenticationMethodsPolicy",
            "Methods",
            id="authenticationMethodsPolicy",
            displayName="Methods",
            policyMigrationState="migrationComplete",
            authenticationMethodConfigurations=[
                {
                    "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
                    "id": "Fido2",
                    "state": "enabled",
                    "isAttestationEnforced": True,
                },
                {
                    "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration",
                    "id": "Sms",
                    "state": "disabled",
                },
            ],
        ),
        one("authorizationPolicy", "Rights", id="authorizationPolicy", allowInvitesFrom="adminsAndGuestInviters"),
        one("identitySecurityDefaultsEnforcementPolicy", "Defaults", isEnabled=True),
        one(
            "adminConsentRequestPolicy",
            "Consent",
            isEnabled=True,
            notifyReviewers=True,
            remindersEnabled=False,
            requestDurationInDays=30,
            reviewers=[{"query": f"/users/{id_of('Ada')}", "queryType": "MicrosoftGraph"}],
        ),
        one("crossTenantAccessPolicyDefault", "Default", b2bDirectConnectOutbound=outgoing),
        one(
            "crossTenantAccessPolicyPartners",
            "Partner",
            id=id_of("Partner"),
            tenantId=id_of("Partner"),
            b2bDirectConnectOutbound=outgoing,
        ),
        one("permissionGrantPolicies", "mine", id="mine", displayName="Mine", description="What is allowed"),
        *(
            one(kind, name, displayName=name, definition=['{"A":{"Version":1}}'], isOrganizationDefault=False)
            for kind, name in (
                ("homeRealmDiscoveryPolicies", "Realms"),
                ("claimsMappingPolicies", "Claims"),
                ("tokenIssuancePolicies", "Issuance"),
                ("tokenLifetimePolicies", "Lifetimes"),
                ("activityBasedTimeoutPolicies", "Timeouts"),
            )
        ),
        one(
            "featureRolloutPolicies",
            "Rollout",
            displayName="Rollout",
            feature="passthroughAuthentication",
            isEnabled=True,
            isAppliedToOrganization=False,
        ),
        one(
            "appManagementPolicies",
            "Secrets",
            displayName="Secrets",
            description="None",
            isEnabled=True,
            restrictions={"passwordCredentials": [], "keyCredentials": []},
        ),
        one("termsOfUse", "Terms", displayName="Terms", isViewingBeforeAcceptanceRequired=True),
        one("organization", "Fernwick", displayName="Fernwick", technicalNotificationMails=["it@fernwick.example"]),
        one("domains", "fernwick.example", id="fernwick.example", isDefault=True, isVerified=True),
        one(
            "groupSettings",
            "Group.Unified",
            templateId=id_of("template"),
            displayName="Group.Unified",
            values=[{"name": "EnableGroupCreation", "value": "false"}],
        ),
        one(
            "deviceCompliancePolicies",
            "Windows",
            (everybody, some),
            **{"@odata.type": "#microsoft.graph.windows10CompliancePolicy"},
            displayName="Windows",
            passwordRequired=True,
            passwordMinimumLength=8,
        ),
        one(
            "deviceConfigurations",
            "Kiosk",
            (some,),
            **{"@odata.type": "#microsoft.graph.windows10GeneralConfiguration"},
            displayName="Kiosk",
            cameraBlocked=True,
        ),
        one(
            "compliancePolicies",
            "Linux",
            (some,),
            name="Linux",
            description="",
            platforms="linux",
            technologies="linuxMdm",
            settings=[setting],
        ),
        one(
            "configurationPolicies",
            "Camera",
            (everybody,),
            name="Camera",
            description="Off",
            platforms="windows10",
            technologies="mdm",
            settings=[setting],
        ),
    ]
    return {each.key: each for each in found}


def planned(
    old: Mapping[str, DirectoryObject],
    now: Mapping[str, DirectoryObject],
    ticks: Ticks = ALL,
    *,
    mode: Mode = Mode.OVERWRITE,
    accepts: frozenset[str] = GRAVE,
    around: tuple[Pair, ...] = (),
    in_bin: Mapping[str, DirectoryObject] | None = None,
    renewed: Mapping[str, str] | None = None,
    missing: frozenset[str] = frozenset(),
    standing: Mapping[str, DirectoryObject] | None = None,
    **wish: Any,
) -> Draft:
    """Plan what brings the later state back to the earlier one."""
    pairs = [Pair(old.get(key), now.get(key)) for key in dict.fromkeys([*old, *now]) if old.get(key) != now.get(key)]
    names = {each.id: each.name for each in (*old.values(), *now.values())}
    survey = Survey(
        schema=SCHEMA,
        pairs=pairs,
        around=around,
        bin=in_bin or {},
        renewed=renewed or {},
        missing=missing,
        standing=list((now if standing is None else standing).values()),
        names=names,
    )
    return plan(survey, Wish(ticks=ticks, mode=mode, accepts=accepts, **wish))
