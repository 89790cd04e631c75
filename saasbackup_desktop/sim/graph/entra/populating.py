"""Fill a pretend directory with a lifelike organisation of any size."""

import random
from typing import TYPE_CHECKING, Any, Final

from saasbackup_desktop.sim.graph.entra.store import ROLES, STRENGTHS, Directory

if TYPE_CHECKING:
    from saasbackup_desktop.sim.graph.tenant import Tenant

_FIRST: Final = (
    "Odalys",
    "Björn",
    "Wilhelmina",
    "Étienne",
    "Iñaki",
    "Prudence",
    "Kavindra",
    "Mele",
    "Hollis",
    "Réjane",
    "Ruprecht",
    "Søren",
    "Nkechi",
    "Yusuf",
    "Ingrid",
    "Anselm",
    "Dagny",
    "Leocadia",
    "Cosmo",
    "Aoife",
    "Casimir",
    "Ezra",
)
_LAST: Final = (
    "Thornbury",
    "Åkerlöf",
    "Groß",
    "Larivaux",
    "Belmonteño",
    "O'Halloway",
    "Marl",
    "Selvanathan",
    "Tupouniua-Reed",
    "Brandt",
    "Coquillard",
    "Sälzle",
    "Quirós",
    "Lindqvist",
    "Okonjo",
    "Demir",
    "Winterbourne",
    "Vasquez",
    "Njoroge",
    "Umarov",
)
_DEPARTMENTS: Final = ("Workshop", "Sales", "Calibration", "Finance", "Logistics", "Research", "Law", "Night shift")
_TITLES: Final = ("Clerk", "Engineer", "Head of it all", "Instrument maker", "Buyer", "Apprentice", "Adviser")
_CITIES: Final = (("Fernwick", "GB"), ("Lyon", "FR"), ("Graz", "AT"), ("Bilbao", "ES"), ("Nuuk", "GL"))
_THINGS: Final = (
    "Barometers",
    "Anemometers",
    "Harbour",
    "Archive",
    "Travel",
    "Payroll",
    "Kitchen",
    "Größe & Maß",
    "Mast",
)
_ENTERPRISE: Final = "6fd2c87f-b296-42f0-b197-1e91e994b900"
_PHONE: Final = ("mobilePhone", "microsoftAuthenticatorPush", "softwareOneTimePasscode")
_EVERYBODY: Final = "#microsoft.graph.allLicensedUsersAssignmentTarget"


def populate(
    tenant: "Tenant",
    *,
    users: int = 200,
    groups: int = 40,
    devices: int = 60,
    contacts: int = 10,
    units: int = 4,
    applications: int = 20,
    policies: int = 12,
    members: int = 12,
    seed: int | str = 1,
) -> Directory:
    """Let an organisation be there: something of every kind, tied as in life. The same arguments make the same one.

    ``policies``: of conditional access; of other kinds there are a few. ``members``: of a group, in the middle. The
    first two users are emergency accounts with the role of a global administrator.
    """
    filling = _Filling(tenant, random.Random(f"{seed}/{tenant.domain}"))
    filling.own_attributes()
    filling.people(max(users, 4))
    filling.groups(groups, members)
    filling.devices(devices)
    filling.contacts(contacts)
    filling.units(units)
    filling.software(applications)
    filling.roles()
    filling.conditional(policies)
    filling.other_policies()
    filling.managed()
    return tenant.directory


class _Filling:
    def __init__(self, tenant: "Tenant", dice: random.Random) -> None:
        self.tenant, self.dice, self.directory = tenant, dice, tenant.directory
        self.users: list[str] = []
        self.security: list[str] = []

    def add(self, kind: str, **said: Any) -> str:
        """Put something there: its id."""
        return str(self.directory.add(kind, **said).get("id", ""))

    def own_attributes(self) -> None:
        """Attributes of the organisation's own."""
        self.add("attributeSets", id="Workshop", description="What the workshop keeps of people")
        self.add("customSecurityAttributeDefinitions", attributeSet="Workshop", name="Badge", type="String")
        many = {"usePreDefinedValuesOnly": True, "isCollection": True}
        values = [{"id": "North", "isActive": True}, {"id": "South", "isActive": True}]
        self.add(
            "customSecurityAttributeDefinitions", attributeSet="Workshop", name="Halls", _allowedValues=values, **many
        )

    def people(self, many: int) -> None:
        """Everybody, with who is above whom."""
        directory, dice, domain = self.directory, self.dice, self.tenant.domain
        for number in range(many):
            if number < 2:
                name = f"breakglass{number + 1}@{domain}"
                self.users.append(self.add("users", displayName=f"Break glass {number + 1}", userPrincipalName=name))
                continue
            first, last = dice.choice(_FIRST), dice.choice(_LAST)
            plain = f"{first}.{last}".encode("ascii", "ignore").decode().replace("'", "").lower()
            address = f"{plain}{number}@{domain}"
            said: dict[str, Any] = {
                "displayName": f"{first} {last}",
                "givenName": first,
                "surname": last,
                "userPrincipalName": address,
                "mail": address,
                "mailNickname": f"{plain}{number}",
                "proxyAddresses": [f"SMTP:{address}"],
                "department": dice.choice(_DEPARTMENTS),
                "jobTitle": dice.choice(_TITLES),
                "employeeId": f"{10_000 + number}",
                "businessPhones": [f"+44 20 7946 {dice.randrange(10_000):04}"] if dice.random() < 0.6 else [],
                "assignedLicenses": [{"skuId": _ENTERPRISE, "disabledPlans": []}] if dice.random() < 0.8 else [],
                "accountEnabled": dice.random() > 0.04,
                "_methods": list(_PHONE[: dice.randrange(4)]),
            }
            said["city"], said["usageLocation"] = dice.choice(_CITIES)
            self._oddities(said, number, plain)
            self.users.append(self.add("users", **said))
            if number > 2:
                directory.link("users", self.users[-1], "manager", self.users[2 + (number - 3) // 7])
            if said.get("userType") == "Guest":
                directory.link("users", self.users[-1], "sponsors", self.users[2])

    def _oddities(self, said: dict[str, Any], number: int, plain: str) -> None:
        if number % 25 == 11:
            address = f"{plain}{number}_elsewhere.example#EXT#@{self.tenant.domain}"
            mail = f"{plain}@elsewhere.example"
            said |= {"userType": "Guest", "userPrincipalName": address, "mail": mail, "externalUserState": "Accepted"}
            said |= {"creationType": "Invitation", "assignedLicenses": [], "mailNickname": None}
        elif number % 12 == 7:
            said |= {
                "onPremisesSyncEnabled": True,
                "onPremisesImmutableId": f"imm{number:08}==",
                "onPremisesSamAccountName": plain[:20],
                "onPremisesDomainName": "corp.fernwick.example",
                "onPremisesLastSyncDateTime": self.tenant.moment(),
            }
        elif number % 30 == 5:
            badge = {"@odata.type": "#microsoft.graph.customSecurityAttributeValue", "Badge": f"B-{number}"}
            said["customSecurityAttributes"] = {"Workshop": badge}
        elif number % 30 == 9:
            said["onPremisesExtensionAttributes"] = {"extensionAttribute1": "Mast", "extensionAttribute7": f"{number}"}

    def groups(self, many: int, members: int) -> None:
        """Groups of every kind, some within others."""
        directory, dice = self.directory, self.dice
        for number in range(many):
            thing, department = dice.choice(_THINGS), dice.choice(_DEPARTMENTS)
            said: dict[str, Any] = {
                "displayName": f"{department} / {thing} {number}",
                "description": f"{thing} of {department}" if number % 3 else None,
                "mailNickname": f"g{number}",
            }
            kind = number % 10
            if kind in (1, 4, 8):
                address = f"g{number}@{self.tenant.domain}"
                said |= {"groupTypes": ["Unified"], "mailEnabled": True, "mail": address, "visibility": "Private"}
                said |= {"securityEnabled": False, "proxyAddresses": [f"SMTP:{address}"]}
            elif kind == 3:
                said |= {"groupTypes": ["DynamicMembership"], "membershipRuleProcessingState": "On"}
                said["membershipRule"] = f'(user.department -eq "{department}")'
            elif kind == 6:
                said |= {"isAssignableToRole": True, "visibility": "Private"}
            elif kind == 9:
                said |= {"onPremisesSyncEnabled": True, "onPremisesSamAccountName": f"g{number}"}
            id = self.add("groups", **said)
            some = dice.sample(self.users, min(len(self.users), 1 + dice.randrange(2 * members)))
            if kind in (0, 2) and self.security:
                some.append(self.security[-1])
            directory.link("groups", id, "members", *some)
            directory.link("groups", id, "owners", dice.choice(self.users))
            if kind in (0, 2, 5, 7):
                self.security.append(id)
        if not self.security:
            self.security.append(self.add("groups", displayName="Everybody", mailNickname="everybody"))

    def devices(self, many: int) -> None:
        """Computers and telephones, each somebody's."""
        for number in range(many):
            is_phone = number % 3 == 2
            id = self.add(
                "devices",
                displayName=f"{'PHONE' if is_phone else 'DESK'}-{number:05}",
                deviceId=self.directory.new_id(),
                operatingSystem="iOS" if is_phone else "Windows",
                operatingSystemVersion="18.1" if is_phone else "10.0.26100.2033",
                isCompliant=number % 9 != 0,
                isManaged=True,
                approximateLastSignInDateTime=self.tenant.moment(),
            )
            self.directory.link("devices", id, "registeredOwners", self.dice.choice(self.users))

    def contacts(self, many: int) -> None:
        """People of other organisations."""
        for number in range(many):
            first, last = self.dice.choice(_FIRST), self.dice.choice(_LAST)
            self.add(
                "contacts",
                displayName=f"{first} {last}",
                givenName=first,
                surname=last,
                companyName="Brasswright",
                mail=f"contact{number}@brasswright.example",
                mailNickname=f"contact{number}",
                phones=[{"number": "+44 20 7946 0000", "type": "business"}],
            )

    def units(self, many: int) -> None:
        """Administrative units, with who administers them."""
        for number in range(many):
            id = self.add("administrativeUnits", displayName=f"Hall {number + 1}", description="Whoever works there")
            some = self.dice.sample(self.users, min(len(self.users), 8))
            self.directory.link("administrativeUnits", id, "members", *some, self.security[0])
            self.add(
                "roleAssignments",
                principalId=self.dice.choice(self.users),
                roleDefinitionId=ROLES["Helpdesk Administrator"],
                directoryScopeId=f"/administrativeUnits/{id}",
            )

    def software(self, many: int) -> None:
        """Applications of the house and of others, what they were granted, and who may use them."""
        directory, dice = self.directory, self.dice
        for number in range(many):
            app, role, scope = directory.new_id(), directory.new_id(), directory.new_id()
            name = f"{dice.choice(_THINGS)} application {number}"
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
                known["_owner"] = self.tenant.id
                address = f"https://{number}.{self.tenant.domain}"
                secret = {
                    "keyId": directory.new_id(),
                    "displayName": "Server",
                    "hint": "abc",
                    "startDateTime": self.tenant.moment(),
                    "endDateTime": "2027-06-30T00:00:00Z",
                }
                id = self.add(
                    "applications",
                    appId=app,
                    displayName=name,
                    publisherDomain=self.tenant.domain,
                    identifierUris=[f"api://{app}"],
                    appRoles=[offered],
                    api={"oauth2PermissionScopes": scopes},
                    web={"homePageUrl": address, "redirectUris": [f"{address}/back"]},
                    passwordCredentials=[secret] if number % 2 else [],
                    tags=["House"],
                )
                directory.link("applications", id, "owners", dice.choice(self.users))
            principal = self.add(
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
            directory.link("servicePrincipals", principal, "owners", dice.choice(self.users))
            self._granted(principal, name, role, number)

    def _granted(self, principal: str, name: str, role: str, number: int) -> None:
        who = self.security[number % len(self.security)] if number % 2 else self.dice.choice(self.users)
        kind, found = self.directory.find(who) or ("users", {})
        self.add(
            "appRoleAssignments",
            principalId=who,
            principalType="Group" if kind == "groups" else "User",
            principalDisplayName=found.get("displayName"),
            resourceId=principal,
            resourceDisplayName=name,
            appRoleId=role,
        )
        others = list(self.directory.objects("servicePrincipals"))[-2:]
        self.add(
            "oauth2PermissionGrants",
            clientId=principal,
            resourceId=others[0],
            consentType="AllPrincipals" if number % 2 else "Principal",
            principalId=None if number % 2 else self.users[-1],
            scope="user_impersonation",
        )

    def roles(self) -> None:
        """Who administers what, and roles of the organisation's own."""
        for who in self.users[:2]:
            self.add("roleAssignments", principalId=who, roleDefinitionId=ROLES["Global Administrator"])
        for number, role in enumerate(list(ROLES.values())[1:]):
            self.add("roleAssignments", principalId=self.users[-1 - number % 3], roleDefinitionId=role)
        own = self.add(
            "roleDefinitions",
            displayName="Registrar",
            description="Looks after registrations",
            rolePermissions=[
                {"allowedResourceActions": ["microsoft.directory/applications/create"], "condition": None}
            ],
            version="1",
        )
        assignable = [id for id, one in self.directory.objects("groups").items() if one["isAssignableToRole"]]
        for who in [*assignable[:2], self.users[2]]:
            self.add("roleAssignments", principalId=who, roleDefinitionId=own)
        moment = {"startDateTime": self.tenant.moment(), "expiration": {"type": "noExpiration"}}
        self.add(
            "roleEligibilitySchedules",
            principalId=self.users[3],
            roleDefinitionId=ROLES["Global Administrator"],
            scheduleInfo=moment,
        )

    def conditional(self, many: int) -> None:
        """Policies of conditional access, the places and strengths that they name."""
        directory, dice = self.directory, self.dice
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
            places.append(self.add("namedLocations", **said))
        terms = self.add("termsOfUse", displayName="Terms of the workshop")
        self.add(
            "authenticationStrengthPolicies",
            displayName="Keys only",
            description="Nothing but keys",
            allowedCombinations=["fido2", "windowsHelloForBusiness"],
        )
        self.add("authenticationContextClassReferences", id="c1", displayName="Payroll", isAvailable=True)
        apps = [one["appId"] for one in directory.objects("servicePrincipals").values()]
        for number in range(many):
            users: dict[str, Any] = {"includeUsers": ["All"], "excludeUsers": self.users[:2]}
            if number % 3 == 1:
                users = {"includeGroups": [self.security[number % len(self.security)]], "excludeUsers": self.users[:1]}
            elif number % 3 == 2:
                users = {"includeRoles": [ROLES["Global Administrator"]], "excludeUsers": self.users[:1]}
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
            self.add(
                "conditionalAccessPolicies",
                displayName=f"CA{number:03} {dice.choice(_THINGS)}",
                state=("enabled", "enabled", "enabledForReportingButNotEnforced", "disabled")[number % 4],
                conditions=conditions,
                grantControls=controls,
            )

    def other_policies(self) -> None:
        """A few of every other kind."""
        texts = {
            "homeRealmDiscoveryPolicies": '{"HomeRealmDiscoveryPolicy":{"AccelerateToFederatedDomain":true}}',
            "claimsMappingPolicies": '{"ClaimsMappingPolicy":{"Version":1,"IncludeBasicClaimSet":"true"}}',
            "tokenIssuancePolicies": '{"TokenIssuancePolicy":{"Version":1,"SigningAlgorithm":"RSA-SHA256"}}',
            "tokenLifetimePolicies": '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}',
            "activityBasedTimeoutPolicies": '{"ActivityBasedTimeoutPolicy":{"Version":1}}',
        }
        for kind, text in texts.items():
            id = self.add(kind, displayName=f"{kind} of the house", definition=[text])
            principal = next(iter(self.directory.objects("servicePrincipals")), "")
            if principal and kind in ("claimsMappingPolicies", "homeRealmDiscoveryPolicies"):
                self.directory.link("servicePrincipals", principal, kind, id)
        self.add("featureRolloutPolicies", displayName="Password hashes", feature="passwordHashSync", isEnabled=True)
        lasts = {
            "restrictionType": "passwordLifetime",
            "maxLifetime": "P90D",
            "restrictForAppsCreatedAfterDateTime": "2026-01-01T00:00:00Z",
            "state": "enabled",
        }
        restrictions = {"passwordCredentials": [lasts], "keyCredentials": []}
        self.add("appManagementPolicies", displayName="Secrets", isEnabled=True, restrictions=restrictions)
        trust = {
            "isMfaAccepted": True,
            "isCompliantDeviceAccepted": False,
            "isHybridAzureADJoinedDeviceAccepted": False,
        }
        self.add("crossTenantAccessPolicyPartners", tenantId=self.directory.new_id(), inboundTrust=trust)
        granted = {
            "id": self.directory.new_id(),
            "permissionType": "delegated",
            "permissionClassification": "low",
            "permissions": ["all"],
            "resourceApplication": "any",
            "clientApplicationIds": ["all"],
            "clientApplicationTenantIds": ["all"],
            "clientApplicationPublisherIds": ["all"],
            "clientApplicationsFromVerifiedPublisherOnly": True,
        }
        self.add("permissionGrantPolicies", id="house-low", displayName="Little", _includes=[granted])
        values = [{"name": "EnableGroupCreation", "value": "false"}, {"name": "ClassificationList", "value": ""}]
        template = "62375ab9-6b52-47ed-826b-58e47e0e304b"
        self.add("groupSettings", displayName="Group.Unified", templateId=template, values=values)
        built_in = {"@odata.type": "#microsoft.graph.builtInIdentityProvider", "identityProviderType": "EmailOTP"}
        self.add("identityProviders", id="EmailOtpSignup-OAUTH", displayName="Email one-time passcode", **built_in)

    def managed(self) -> None:
        """Policies of managed devices."""
        for number in range(3):
            group = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": self.security[0]}
            target = group if number else {"@odata.type": _EVERYBODY}
            rule = {
                "id": self.directory.new_id(),
                "ruleName": "PasswordRequired",
                "scheduledActionConfigurations": [
                    {
                        "id": self.directory.new_id(),
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
            self._managed("deviceCompliancePolicies", target, _scheduledActionsForRule=[rule], **said)
            said = {"displayName": f"Settings {number}", "cameraBlocked": bool(number), "usbBlocked": True}
            said["@odata.type"] = "#microsoft.graph.windows10GeneralConfiguration"
            self._managed("deviceConfigurations", target, **said)
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
                self._managed(
                    kind, target, name=f"Catalogue {number}", _settings=settings, settingCount=1, isAssigned=True
                )

    def _managed(self, kind: str, target: dict[str, Any], **said: Any) -> None:
        policy = self.directory.add(kind, **said)
        at = target.get("groupId", "acacacac-9df4-4c7d-9d50-4ef0226f57a9")
        policy["_assignments"].append({"id": f"{policy['id']}_{at}", "target": target})
