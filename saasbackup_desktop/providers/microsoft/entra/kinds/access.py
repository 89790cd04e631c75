"""Who may come in, from where, and with what: conditional access and the policies of a tenant."""

from typing import Final

from saasbackup_desktop.core.directory.schema import Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import ON_CREATION, SUBTYPE, table

FAMILY: Final = "access"

_MOMENTS: Final = "createdDateTime modifiedDateTime"

CONDITIONAL_ACCESS: Final = Kind(
    id="conditionalAccessPolicies",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "conditions description displayName grantControls sessionControls state",
        on_creation="templateId",
        service="id partialEnablementStrategy",
        noise=f"{_MOMENTS} deletedDateTime",
    ),
)
LOCATIONS: Final = Kind(
    id="namedLocations",
    family=FAMILY,
    keeps_deleted=True,
    attributes={
        SUBTYPE: ON_CREATION,
        **table(
            "displayName ipRanges isTrusted countriesAndRegions countryLookupMethod includeUnknownCountriesAndRegions",
            service="id",
            noise=f"{_MOMENTS} deletedDateTime",
        ),
    },
)
STRENGTHS: Final = Kind(
    id="authenticationStrengthPolicies",
    family=FAMILY,
    attributes=table(
        "allowedCombinations combinationConfigurations description displayName",
        service="id policyType requirementsSatisfied",
        noise=_MOMENTS,
    ),
)
CONTEXTS: Final = Kind(
    id="authenticationContextClassReferences",
    family=FAMILY,
    attributes=table("description displayName isAvailable", on_creation="id"),
)
METHODS: Final = Kind(
    id="authenticationMethodsPolicy",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table(
        "authenticationMethodConfigurations policyMigrationState registrationEnforcement "
        "reportSuspiciousActivitySettings "
        "systemCredentialPreferences",
        service="id description displayName policyVersion reconfirmationInDays",
        noise="lastModifiedDateTime",
    ),
)
AUTHORIZATION: Final = Kind(
    id="authorizationPolicy",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table(
        "allowEmailVerifiedUsersToJoinOrganization allowInvitesFrom allowUserConsentForRiskyApps "
        "allowedToSignUpEmailBasedSubscriptions allowedToUseSSPR blockMsolPowerShell defaultUserRolePermissions "
        "description displayName guestUserRoleId",
        service="id",
        noise="deletedDateTime",
    ),
)
SECURITY_DEFAULTS: Final = Kind(
    id="identitySecurityDefaultsEnforcementPolicy",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table("isEnabled", service="id description displayName", noise="deletedDateTime"),
)
CONSENT_REQUESTS: Final = Kind(
    id="adminConsentRequestPolicy",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table(
        "isEnabled notifyReviewers remindersEnabled requestDurationInDays reviewers", service="id", noise="version"
    ),
)
CROSS_TENANT_DEFAULT: Final = Kind(
    id="crossTenantAccessPolicyDefault",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table(
        "appServiceConnectInbound automaticUserConsentSettings b2bCollaborationInbound b2bCollaborationOutbound "
        "b2bDirectConnectInbound b2bDirectConnectOutbound inboundTrust "
        "invitationRedemptionIdentityProviderConfiguration "
        "m365Capabilities m365CollaborationInbound m365CollaborationOutbound tenantRestrictions",
        service="id isServiceDefault",
    ),
)
CROSS_TENANT_PARTNERS: Final = Kind(
    id="crossTenantAccessPolicyPartners",
    family=FAMILY,
    attributes=table(
        "appServiceConnectInbound automaticUserConsentSettings b2bCollaborationInbound b2bCollaborationOutbound "
        "b2bDirectConnectInbound b2bDirectConnectOutbound inboundTrust m365Capabilities m365CollaborationInbound "
        "m365CollaborationOutbound tenantRestrictions",
        on_creation="tenantId isServiceProvider",
        service="id isInMultiTenantOrganization serviceProviderConstraints",
    ),
)
PERMISSION_GRANTS: Final = Kind(
    id="permissionGrantPolicies",
    family=FAMILY,
    attributes=table(
        "description displayName excludes includes includeAllPreApprovedApplications resourceScopeType",
        on_creation="id",
        noise="deletedDateTime",
    ),
)


def _token_policy(id: str) -> Kind:
    return Kind(
        id=id,
        family=FAMILY,
        attributes=table(
            "definition description displayName isOrganizationDefault",
            service="id alternativeIdentifier",
            noise="deletedDateTime",
        ),
    )


REALMS: Final = _token_policy("homeRealmDiscoveryPolicies")
CLAIMS: Final = _token_policy("claimsMappingPolicies")
ISSUANCE: Final = _token_policy("tokenIssuancePolicies")
LIFETIMES: Final = _token_policy("tokenLifetimePolicies")
TIMEOUTS: Final = _token_policy("activityBasedTimeoutPolicies")
ROLLOUTS: Final = Kind(
    id="featureRolloutPolicies",
    family=FAMILY,
    attributes=table("description displayName isAppliedToOrganization isEnabled", on_creation="feature", service="id"),
)
APP_MANAGEMENT: Final = Kind(
    id="appManagementPolicies",
    family=FAMILY,
    attributes=table("description displayName isEnabled restrictions", service="id", noise="deletedDateTime"),
)
TERMS: Final = Kind(
    id="termsOfUse",
    family=FAMILY,
    can_create=False,
    attributes=table(
        "displayName isPerDeviceAcceptanceRequired isViewingBeforeAcceptanceRequired termsExpiration "
        "userReacceptRequiredFrequency",
        service="id",
        noise=_MOMENTS,
    ),
)

KINDS: Final = (
    CONDITIONAL_ACCESS,
    LOCATIONS,
    STRENGTHS,
    CONTEXTS,
    METHODS,
    AUTHORIZATION,
    SECURITY_DEFAULTS,
    CONSENT_REQUESTS,
    CROSS_TENANT_DEFAULT,
    CROSS_TENANT_PARTNERS,
    PERMISSION_GRANTS,
    REALMS,
    CLAIMS,
    ISSUANCE,
    LIFETIMES,
    TIMEOUTS,
    ROLLOUTS,
    APP_MANAGEMENT,
    TERMS,
)

RECIPES: Final = (
    Recipe(
        kind="conditionalAccessPolicies",
        title="Conditional access policies",
        path="/identity/conditionalAccess/policies",
        state="state",
        is_strict=True,
    ),
    Recipe(
        kind="namedLocations",
        title="Named locations",
        path="/identity/conditionalAccess/namedLocations",
        about=("countryLookupMethod",),
        keeps_subtype=True,
        is_strict=True,
    ),
    Recipe(
        kind="authenticationStrengthPolicies",
        title="Authentication strengths",
        path="/policies/authenticationStrengthPolicies",
        state="policyType",
    ),
    Recipe(
        kind="authenticationContextClassReferences",
        title="Authentication contexts",
        path="/identity/conditionalAccess/authenticationContextClassReferences",
        state="isAvailable",
        is_strict=True,
    ),
    Recipe(
        kind="authenticationMethodsPolicy",
        title="Authentication methods policy",
        path="/policies/authenticationMethodsPolicy",
        state="policyMigrationState",
    ),
    Recipe(kind="authorizationPolicy", title="Authorization policy", path="/policies/authorizationPolicy"),
    Recipe(
        kind="identitySecurityDefaultsEnforcementPolicy",
        title="Security defaults",
        path="/policies/identitySecurityDefaultsEnforcementPolicy",
        state="isEnabled",
    ),
    Recipe(
        kind="adminConsentRequestPolicy",
        title="Admin consent requests",
        path="/policies/adminConsentRequestPolicy",
        name=(),
        state="isEnabled",
    ),
    Recipe(
        kind="crossTenantAccessPolicyDefault",
        title="Cross-tenant access defaults",
        path="/policies/crossTenantAccessPolicy/default",
        name=(),
        about=(),
    ),
    Recipe(
        kind="crossTenantAccessPolicyPartners",
        title="Cross-tenant access partners",
        path="/policies/crossTenantAccessPolicy/partners",
        name=("tenantId",),
        about=(),
        id="tenantId",
    ),
    Recipe(
        kind="permissionGrantPolicies",
        title="Permission grant policies",
        path="/policies/permissionGrantPolicies",
        expand="includes,excludes",
    ),
    Recipe(
        kind="homeRealmDiscoveryPolicies",
        title="Home realm discovery policies",
        path="/policies/homeRealmDiscoveryPolicies",
    ),
    Recipe(kind="claimsMappingPolicies", title="Claims mapping policies", path="/policies/claimsMappingPolicies"),
    Recipe(kind="tokenIssuancePolicies", title="Token issuance policies", path="/policies/tokenIssuancePolicies"),
    Recipe(kind="tokenLifetimePolicies", title="Token lifetime policies", path="/policies/tokenLifetimePolicies"),
    Recipe(
        kind="activityBasedTimeoutPolicies",
        title="Activity-based timeout policies",
        path="/policies/activityBasedTimeoutPolicies",
    ),
    Recipe(
        kind="featureRolloutPolicies",
        for_people=True,
        title="Feature rollout policies",
        path="/policies/featureRolloutPolicies",
        state="isEnabled",
    ),
    Recipe(
        kind="appManagementPolicies",
        title="App management policies",
        path="/policies/appManagementPolicies",
        state="isEnabled",
    ),
    Recipe(
        kind="termsOfUse",
        for_people=True,
        title="Terms of use",
        path="/identityGovernance/termsOfUse/agreements",
        about=(),
    ),
)
