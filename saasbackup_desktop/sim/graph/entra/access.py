"""Conditional access and the policies beside it, as the pretend directory has them."""

from typing import Final

from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Shape

_CONDITIONAL: Final = "Policy.ReadWrite.ConditionalAccess"
_APPLICATIONS: Final = "Policy.ReadWrite.ApplicationConfiguration"
_METHODS: Final = "Policy.ReadWrite.AuthenticationMethod"
_CROSS: Final = "Policy.ReadWrite.CrossTenantAccess"
_GRANTING: Final = "Policy.ReadWrite.PermissionGrant"
_MOMENTS: Final = frozenset({"id", "createdDateTime", "modifiedDateTime", "deletedDateTime"})
_OPEN: Final = {
    "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    "applications": {"accessType": "allowed", "targets": [{"target": "AllApplications", "targetType": "application"}]},
}
_SHUT: Final = {
    "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]},
}
_CONDITIONS: Final = Parts(
    name="includes",
    type="permissionGrantConditionSet",
    reads="Policy.Read.PermissionGrant",
    writes=_GRANTING,
)

POLICIES: Final = Shape(
    id="conditionalAccessPolicies",
    path="/identity/conditionalAccess/policies",
    type="conditionalAccessPolicy",
    reads="Policy.Read.All",
    writes=_CONDITIONAL,
    changed="modifiedDateTime",
    defaults={
        "conditions": {
            "applications": {
                "applicationFilter": None,
                "excludeApplications": [],
                "includeApplications": [],
                "includeAuthenticationContextClassReferences": [],
                "includeUserActions": [],
            },
            "authenticationFlows": None,
            "clientAppTypes": ["all"],
            "clientApplications": None,
            "devices": None,
            "insiderRiskLevels": None,
            "locations": None,
            "platforms": None,
            "servicePrincipalRiskLevels": [],
            "signInRiskLevels": [],
            "userRiskLevels": [],
            "users": {
                "excludeGroups": [],
                "excludeGuestsOrExternalUsers": None,
                "excludeRoles": [],
                "excludeUsers": [],
                "includeGroups": [],
                "includeGuestsOrExternalUsers": None,
                "includeRoles": [],
                "includeUsers": [],
            },
        },
        "displayName": None,
        "grantControls": None,
        "sessionControls": None,
        "state": "enabledForReportingButNotEnforced",
        "templateId": None,
    },
    required=frozenset({"displayName", "state", "conditions"}),
    fixed=_MOMENTS,
    once=frozenset({"templateId"}),
    bin="conditionalAccess",
    check=checks.policy,
)
LOCATIONS: Final = Shape(
    id="namedLocations",
    path="/identity/conditionalAccess/namedLocations",
    type="namedLocation",
    reads="Policy.Read.All",
    writes=_CONDITIONAL,
    changed="modifiedDateTime",
    defaults={"displayName": None},
    required=frozenset({"@odata.type", "displayName"}),
    fixed=_MOMENTS,
    bin="conditionalAccess",
    is_typed=True,
    check=checks.location,
)
STRENGTHS: Final = Shape(
    id="authenticationStrengthPolicies",
    path="/policies/authenticationStrengthPolicies",
    type="authenticationStrengthPolicy",
    reads=f"Policy.Read.All Policy.Read.AuthenticationMethod {_METHODS} {_CONDITIONAL}",
    writes=f"{_METHODS} {_CONDITIONAL}",
    changed="modifiedDateTime",
    defaults={
        "allowedCombinations": [],
        "description": "",
        "displayName": None,
        "policyType": "custom",
        "requirementsSatisfied": "mfa",
        "combinationConfigurations": [],
    },
    required=frozenset({"allowedCombinations", "displayName"}),
    fixed=_MOMENTS | {"policyType", "requirementsSatisfied", "combinationConfigurations"},
    unique=frozenset({"displayName"}),
    others=("/identity/conditionalAccess/authenticationStrength/policies",),
    check=checks.strength,
)
CONTEXTS: Final = Shape(
    id="authenticationContextClassReferences",
    path="/identity/conditionalAccess/authenticationContextClassReferences",
    type="authenticationContextClassReference",
    reads="AuthenticationContext.Read.All Policy.Read.ConditionalAccess AuthenticationContext.ReadWrite.All",
    writes=f"AuthenticationContext.ReadWrite.All {_CONDITIONAL}",
    removes="AuthenticationContext.ReadWrite.All",
    made="",
    defaults={"description": None, "displayName": None, "isAvailable": False},
    required=frozenset({"id", "displayName"}),
    names_itself=True,
)
METHODS: Final = Shape(
    id="authenticationMethodsPolicy",
    path="/policies/authenticationMethodsPolicy",
    type="authenticationMethodsPolicy",
    reads=f"Policy.Read.All Policy.Read.AuthenticationMethod {_METHODS}",
    writes=_METHODS,
    made="",
    changed="lastModifiedDateTime",
    defaults={
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant",
        "policyMigrationState": "migrationComplete",
        "policyVersion": "1.5",
        "reconfirmationInDays": 180,
        "registrationEnforcement": {
            "authenticationMethodsRegistrationCampaign": {
                "snoozeDurationInDays": 1,
                "state": "default",
                "excludeTargets": [],
                "includeTargets": [
                    {
                        "id": "all_users",
                        "targetType": "group",
                        "targetedAuthenticationMethod": "microsoftAuthenticator",
                    }
                ],
            }
        },
        "_authenticationMethodConfigurations": [
            {
                "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethodConfiguration",
                "id": name,
                "state": state,
                "excludeTargets": [],
                "includeTargets": [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}],
            }
            for kind, name, state in (
                ("fido2", "Fido2", "enabled"),
                ("microsoftAuthenticator", "MicrosoftAuthenticator", "enabled"),
                ("sms", "Sms", "disabled"),
                ("temporaryAccessPass", "TemporaryAccessPass", "enabled"),
                ("email", "Email", "enabled"),
                ("softwareOath", "SoftwareOath", "disabled"),
                ("voice", "Voice", "disabled"),
                ("x509Certificate", "X509Certificate", "disabled"),
            )
        ],
    },
    fixed=frozenset({"id", "lastModifiedDateTime", "policyVersion", "displayName", "description"}),
    parts=(
        Parts(
            name="authenticationMethodConfigurations",
            type="authenticationMethodConfiguration",
            reads=f"Policy.Read.All Policy.Read.AuthenticationMethod {_METHODS}",
            writes=_METHODS,
            told=True,
        ),
    ),
    is_single=True,
)
AUTHORIZATION: Final = Shape(
    id="authorizationPolicy",
    path="/policies/authorizationPolicy",
    type="authorizationPolicy",
    reads="Policy.Read.All Policy.ReadWrite.Authorization",
    writes="Policy.ReadWrite.Authorization",
    made="",
    defaults={
        "id": "authorizationPolicy",
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowInvitesFrom": "everyone",
        "allowUserConsentForRiskyApps": None,
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "blockMsolPowerShell": False,
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToCreateTenants": True,
            "allowedToReadBitlockerKeysForOwnedDevice": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-low"],
        },
        "deletedDateTime": None,
        "description": "Used to manage authorization related settings across the company.",
        "displayName": "Authorization Policy",
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
    },
    fixed=frozenset({"id", "deletedDateTime"}),
    is_single=True,
)
DEFAULTS: Final = Shape(
    id="identitySecurityDefaultsEnforcementPolicy",
    path="/policies/identitySecurityDefaultsEnforcementPolicy",
    type="identitySecurityDefaultsEnforcementPolicy",
    reads="Policy.Read.All Policy.ReadWrite.SecurityDefaults",
    writes=f"Policy.ReadWrite.SecurityDefaults {_CONDITIONAL}",
    made="",
    defaults={
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft.",
        "isEnabled": False,
    },
    fixed=frozenset({"id", "displayName", "description"}),
    is_single=True,
    check=checks.security_defaults,
)
CONSENT_REQUESTS: Final = Shape(
    id="adminConsentRequestPolicy",
    path="/policies/adminConsentRequestPolicy",
    type="adminConsentRequestPolicy",
    reads="Policy.Read.All Policy.ReadWrite.ConsentRequest Directory.Read.All Directory.ReadWrite.All",
    writes="Policy.ReadWrite.ConsentRequest Directory.ReadWrite.All",
    made="",
    key="",
    defaults={
        "isEnabled": False,
        "notifyReviewers": False,
        "remindersEnabled": False,
        "requestDurationInDays": 30,
        "reviewers": [],
        "version": 0,
    },
    required=frozenset({"isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers"}),
    fixed=frozenset({"id"}),
    is_single=True,
    replaces=True,
)
CROSS_DEFAULT: Final = Shape(
    id="crossTenantAccessPolicyDefault",
    path="/policies/crossTenantAccessPolicy/default",
    type="crossTenantAccessPolicyConfigurationDefault",
    reads=f"Policy.Read.All {_CROSS}",
    writes=_CROSS,
    made="",
    key="",
    defaults={
        "isServiceDefault": True,
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": False},
        "b2bCollaborationInbound": _OPEN,
        "b2bCollaborationOutbound": _OPEN,
        "b2bDirectConnectInbound": _SHUT,
        "b2bDirectConnectOutbound": _SHUT,
        "inboundTrust": {
            "isCompliantDeviceAccepted": False,
            "isHybridAzureADJoinedDeviceAccepted": False,
            "isMfaAccepted": False,
        },
        "tenantRestrictions": None,
    },
    fixed=frozenset({"isServiceDefault"}),
    is_single=True,
)
CROSS_PARTNERS: Final = Shape(
    id="crossTenantAccessPolicyPartners",
    path="/policies/crossTenantAccessPolicy/partners",
    type="crossTenantAccessPolicyConfigurationPartner",
    reads=f"Policy.Read.All {_CROSS}",
    writes=_CROSS,
    made="",
    key="tenantId",
    names_itself=True,
    defaults={
        "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
        "b2bCollaborationInbound": None,
        "b2bCollaborationOutbound": None,
        "b2bDirectConnectInbound": None,
        "b2bDirectConnectOutbound": None,
        "inboundTrust": None,
        "isInMultiTenantOrganization": False,
        "isServiceProvider": None,
        "tenantRestrictions": None,
    },
    required=frozenset({"tenantId"}),
    fixed=frozenset({"isInMultiTenantOrganization"}),
    once=frozenset({"isServiceProvider"}),
)
GRANTING: Final = Shape(
    id="permissionGrantPolicies",
    path="/policies/permissionGrantPolicies",
    type="permissionGrantPolicy",
    reads=f"Policy.Read.PermissionGrant {_GRANTING}",
    writes=_GRANTING,
    made="",
    names_itself=True,
    defaults={"deletedDateTime": None, "description": None, "displayName": None},
    required=frozenset({"id"}),
    fixed=frozenset({"deletedDateTime"}),
    parts=(
        _CONDITIONS,
        Parts(name="excludes", type=_CONDITIONS.type, reads=_CONDITIONS.reads, writes=_CONDITIONS.writes),
    ),
    check=checks.granting,
)


def _defined(kind: str, type: str) -> Shape:
    """Policies that are one text of definitions."""
    return Shape(
        id=kind,
        path=f"/policies/{kind}",
        type=type,
        reads=f"Policy.Read.All {_APPLICATIONS}",
        writes=_APPLICATIONS,
        made="",
        defaults={
            "definition": [],
            "deletedDateTime": None,
            "description": None,
            "displayName": None,
            "isOrganizationDefault": False,
        },
        required=frozenset({"definition", "displayName"}),
        fixed=frozenset({"id", "deletedDateTime"}),
        check=checks.defined,
    )


ROLLOUTS: Final = Shape(
    id="featureRolloutPolicies",
    path="/policies/featureRolloutPolicies",
    type="featureRolloutPolicy",
    reads="Directory.ReadWrite.All Policy.Read.All",
    writes="Directory.ReadWrite.All",
    made="",
    defaults={
        "description": None,
        "displayName": None,
        "feature": "passwordHashSync",
        "isAppliedToOrganization": False,
        "isEnabled": False,
    },
    required=frozenset({"displayName", "feature", "isEnabled"}),
    fixed=frozenset({"id"}),
    once=frozenset({"feature"}),
)
APP_MANAGEMENT: Final = Shape(
    id="appManagementPolicies",
    path="/policies/appManagementPolicies",
    type="appManagementPolicy",
    reads=f"Policy.Read.All {_APPLICATIONS}",
    writes=_APPLICATIONS,
    made="",
    defaults={
        "deletedDateTime": None,
        "description": None,
        "displayName": None,
        "isEnabled": False,
        "restrictions": {"passwordCredentials": [], "keyCredentials": []},
    },
    required=frozenset({"displayName"}),
    fixed=frozenset({"id", "deletedDateTime"}),
)
SHAPES: Final = (
    POLICIES,
    LOCATIONS,
    STRENGTHS,
    CONTEXTS,
    METHODS,
    AUTHORIZATION,
    DEFAULTS,
    CONSENT_REQUESTS,
    CROSS_DEFAULT,
    CROSS_PARTNERS,
    GRANTING,
    _defined("homeRealmDiscoveryPolicies", "homeRealmDiscoveryPolicy"),
    _defined("claimsMappingPolicies", "claimsMappingPolicy"),
    _defined("tokenIssuancePolicies", "tokenIssuancePolicy"),
    _defined("tokenLifetimePolicies", "tokenLifetimePolicy"),
    _defined("activityBasedTimeoutPolicies", "activityBasedTimeoutPolicy"),
    ROLLOUTS,
    APP_MANAGEMENT,
)
