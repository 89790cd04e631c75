"""Applications, roles and policies of a lifelike organisation."""

from typing import Any, Final

from saasbackup_desktop.sim.graph.entra.house import THINGS, House
from saasbackup_desktop.sim.graph.entra.store import ROLES, STRENGTHS

_EVERYBODY: Final = "#microsoft.graph.allLicensedUsersAssignmentTarget"


def add_software(house: House, many: int) -> None:
    """Applications of the house and of others, what they were granted, and who may use them."""
    directory, dice = house.directory, house.dice
    for number in range(many):
        app, role, scope = directory.new_id(), directory.new_id(), directory.new_id()
        name = f"{dice.choice(THINGS)} application {number}"
        offered = {
            "id": role,
            "value": "Task.Write",
            "displayName": "Writers",
            "description": "May write tasks",
            "isEnabled": True,
            "allowedMemberTypes": ["User"],
            "origin": "Application",
        }
        scopes = [
            {
                "id": scope,
                "value": "user_impersonation",
                "type": "User",
                "isEnabled": True,
                "adminConsentDisplayName": f"Use {name}",
                "adminConsentDescription": f"Use {name} for whoever signed in",
                "userConsentDisplayName": None,
                "userConsentDescription": None,
            }
        ]
        known = {"appId": app, "displayName": name, "appRoles": [offered], "_owner": directory.new_id()}
        if number % 4 == 3:
            directory.known_elsewhere[app] = known
        else:
            known["_owner"] = house.directory.tenant.id
            address = f"https://{number}.{house.directory.tenant.domain}"
            secret = {
                "keyId": directory.new_id(),
                "displayName": "Server",
                "hint": "abc",
                "startDateTime": house.directory.tenant.moment(),
                "endDateTime": "2027-06-30T00:00:00Z",
            }
            id = house.add(
                "applications",
                appId=app,
                displayName=name,
                publisherDomain=house.directory.tenant.domain,
                identifierUris=[f"api://{app}"],
                appRoles=[offered],
                api={"oauth2PermissionScopes": scopes},
                web={"homePageUrl": address, "redirectUris": [f"{address}/back"]},
                passwordCredentials=[secret] if number % 2 else [],
                tags=["House"],
            )
            directory.link("applications", id, "owners", dice.choice(house.users))
        principal = house.add(
            "servicePrincipals",
            appId=app,
            displayName=name,
            appDisplayName=name,
            appRoles=[offered],
            oauth2PermissionScopes=scopes if number % 4 != 3 else [],
            appOwnerOrganizationId=known["_owner"],
            servicePrincipalNames=[app],
            tags=["WindowsAzureActiveDirectoryIntegratedApp"],
            appRoleAssignmentRequired=number % 5 == 0,
        )
        directory.link("servicePrincipals", principal, "owners", dice.choice(house.users))
        _granted(house, principal, name, role, number)


def _granted(house: House, principal: str, name: str, role: str, number: int) -> None:
    who = house.security[number % len(house.security)] if number % 2 else house.dice.choice(house.users)
    kind, found = house.directory.find(who) or ("users", {})
    house.add(
        "appRoleAssignments",
        principalId=who,
        principalType="Group" if kind == "groups" else "User",
        principalDisplayName=found.get("displayName"),
        resourceId=principal,
        resourceDisplayName=name,
        appRoleId=role,
    )
    others = list(house.directory.objects("servicePrincipals"))[-2:]
    house.add(
        "oauth2PermissionGrants",
        clientId=principal,
        resourceId=others[0],
        consentType="AllPrincipals" if number % 2 else "Principal",
        principalId=None if number % 2 else house.users[-1],
        scope="user_impersonation",
    )


def add_roles(house: House) -> None:
    """Who administers what, and roles of the organisation's own."""
    for who in house.users[:2]:
        house.add("roleAssignments", principalId=who, roleDefinitionId=ROLES["Global Administrator"])
    for number, role in enumerate(list(ROLES.values())[1:]):
        house.add("roleAssignments", principalId=house.users[-1 - number % 3], roleDefinitionId=role)
    own = house.add(
        "roleDefinitions",
        displayName="Registrar",
        description="Looks after registrations",
        rolePermissions=[{"allowedResourceActions": ["microsoft.directory/applications/create"], "condition": None}],
        version="1",
    )
    assignable = [id for id, one in house.directory.objects("groups").items() if one["isAssignableToRole"]]
    for who in [*assignable[:2], house.users[2]]:
        house.add("roleAssignments", principalId=who, roleDefinitionId=own)
    moment = {"startDateTime": house.directory.tenant.moment(), "expiration": {"type": "noExpiration"}}
    house.add(
        "roleEligibilitySchedules",
        principalId=house.users[3],
        roleDefinitionId=ROLES["Global Administrator"],
        scheduleInfo=moment,
    )


def add_conditional(house: House, many: int) -> None:
    """Policies of conditional access, the places and strengths that they name."""
    directory, dice = house.directory, house.dice
    places = []
    for number in range(max(2, many // 4)):
        network = {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": f"198.51.{number}.0/24"}
        said: dict[str, Any] = {"isTrusted": number == 0, "ipRanges": [network]}
        kind = "ip"
        if number % 2:
            kind = "country"
            said = {"countriesAndRegions": ["GB", "AT"], "includeUnknownCountriesAndRegions": False}
            said["countryLookupMethod"] = "clientIpAddress"
        said |= {"@odata.type": f"#microsoft.graph.{kind}NamedLocation", "displayName": f"Place {number}"}
        places.append(house.add("namedLocations", **said))
    terms = house.add("termsOfUse", displayName="Terms of the workshop")
    house.add(
        "authenticationStrengthPolicies",
        displayName="Keys only",
        description="Nothing but keys",
        allowedCombinations=["fido2", "windowsHelloForBusiness"],
    )
    house.add("authenticationContextClassReferences", id="c1", displayName="Payroll", isAvailable=True)
    apps = [one["appId"] for one in directory.objects("servicePrincipals").values()]
    for number in range(many):
        users: dict[str, Any] = {"includeUsers": ["All"], "excludeUsers": house.users[:2]}
        if number % 3 == 1:
            users = {"includeGroups": [house.security[number % len(house.security)]], "excludeUsers": house.users[:1]}
        elif number % 3 == 2:
            users = {"includeRoles": [ROLES["Global Administrator"]], "excludeUsers": house.users[:1]}
        target = ["All"] if number % 2 or not apps else [dice.choice(apps)]
        controls: dict[str, Any] = {
            "operator": "OR",
            "builtInControls": ["mfa"],
            "customAuthenticationFactors": [],
            "termsOfUse": [terms] if number == 4 else [],
            "authenticationStrength": None,
        }
        if number % 4 == 2:
            strength = STRENGTHS["Phishing-resistant MFA"]
            controls |= {"builtInControls": [], "authenticationStrength": {"id": strength}}
        if number % 5 == 3:
            controls["builtInControls"] = ["block"]
        conditions: dict[str, Any] = {"users": users, "applications": {"includeApplications": target}}
        if number % 5 == 3:
            conditions["locations"] = {"includeLocations": ["All"], "excludeLocations": places[:2]}
        house.add(
            "conditionalAccessPolicies",
            displayName=f"CA{number:03} {dice.choice(THINGS)}",
            state=("enabled", "enabled", "enabledForReportingButNotEnforced", "disabled")[number % 4],
            conditions=conditions,
            grantControls=controls,
        )


def add_other_policies(house: House) -> None:
    """A few of every other kind."""
    texts = {
        "homeRealmDiscoveryPolicies": '{"HomeRealmDiscoveryPolicy":{"AccelerateToFederatedDomain":true}}',
        "claimsMappingPolicies": '{"ClaimsMappingPolicy":{"Version":1,"IncludeBasicClaimSet":"true"}}',
        "tokenIssuancePolicies": '{"TokenIssuancePolicy":{"Version":1,"SigningAlgorithm":"RSA-SHA256"}}',
        "tokenLifetimePolicies": '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}',
        "activityBasedTimeoutPolicies": '{"ActivityBasedTimeoutPolicy":{"Version":1}}',
    }
    for kind, text in texts.items():
        id = house.add(kind, displayName=f"{kind} of the house", definition=[text])
        principal = next(iter(house.directory.objects("servicePrincipals")), "")
        if principal and kind in ("claimsMappingPolicies", "homeRealmDiscoveryPolicies"):
            house.directory.link("servicePrincipals", principal, kind, id)
    house.add("featureRolloutPolicies", displayName="Password hashes", feature="passwordHashSync", isEnabled=True)
    lasts = {
        "restrictionType": "passwordLifetime",
        "maxLifetime": "P90D",
        "restrictForAppsCreatedAfterDateTime": "2026-01-01T00:00:00Z",
        "state": "enabled",
    }
    restrictions = {"passwordCredentials": [lasts], "keyCredentials": []}
    house.add("appManagementPolicies", displayName="Secrets", isEnabled=True, restrictions=restrictions)
    trust = {
        "isMfaAccepted": True,
        "isCompliantDeviceAccepted": False,
        "isHybridAzureADJoinedDeviceAccepted": False,
    }
    house.add("crossTenantAccessPolicyPartners", tenantId=house.directory.new_id(), inboundTrust=trust)
    granted = {
        "id": house.directory.new_id(),
        "permissionType": "delegated",
        "permissionClassification": "low",
        "permissions": ["all"],
        "resourceApplication": "any",
        "clientApplicationIds": ["all"],
        "clientApplicationTenantIds": ["all"],
        "clientApplicationPublisherIds": ["all"],
        "clientApplicationsFromVerifiedPublisherOnly": True,
    }
    house.add("permissionGrantPolicies", id="house-low", displayName="Little", _includes=[granted])
    values = [{"name": "EnableGroupCreation", "value": "false"}, {"name": "ClassificationList", "value": ""}]
    template = "62375ab9-6b52-47ed-826b-58e47e0e304b"
    house.add("groupSettings", displayName="Group.Unified", templateId=template, values=values)
    built_in = {"@odata.type": "#microsoft.graph.builtInIdentityProvider", "identityProviderType": "EmailOTP"}
    house.add("identityProviders", id="EmailOtpSignup-OAUTH", displayName="Email one-time passcode", **built_in)


def add_managed(house: House) -> None:
    """Policies of managed devices."""
    for number in range(3):
        group = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": house.security[0]}
        target = group if number else {"@odata.type": _EVERYBODY}
        rule = {
            "id": house.directory.new_id(),
            "ruleName": "PasswordRequired",
            "scheduledActionConfigurations": [
                {
                    "id": house.directory.new_id(),
                    "actionType": "block",
                    "gracePeriodHours": 12,
                    "notificationTemplateId": "",
                    "notificationMessageCCList": [],
                }
            ],
        }
        said: dict[str, Any] = {
            "displayName": f"Compliance {number}",
            "passwordRequired": True,
            "osMinimumVersion": f"10.0.1904{number}",
        }
        said["@odata.type"] = "#microsoft.graph.windows10CompliancePolicy"
        _managed(house, "deviceCompliancePolicies", target, _scheduledActionsForRule=[rule], **said)
        said = {"displayName": f"Settings {number}", "cameraBlocked": bool(number), "usbBlocked": True}
        said["@odata.type"] = "#microsoft.graph.windows10GeneralConfiguration"
        _managed(house, "deviceConfigurations", target, **said)
        setting: dict[str, Any] = {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
            "settingDefinitionId": "device_vendor_msft_policy_config_camera_allowcamera",
            "settingInstanceTemplateReference": None,
            "choiceSettingValue": {
                "settingValueTemplateReference": None,
                "value": f"device_vendor_msft_policy_config_camera_allowcamera_{number % 2}",
                "children": [],
            },
        }
        settings = [{"id": "0", "settingInstance": setting}]
        for kind in ("configurationPolicies", "compliancePolicies"):
            _managed(
                house, kind, target, name=f"Catalogue {number}", _settings=settings, settingCount=1, isAssigned=True
            )


def _managed(house: House, kind: str, target: dict[str, Any], **said: Any) -> None:
    policy = house.directory.add(kind, **said)
    at = target.get("groupId", "acacacac-9df4-4c7d-9d50-4ef0226f57a9")
    policy["_assignments"].append({"id": f"{policy['id']}_{at}", "target": target})
