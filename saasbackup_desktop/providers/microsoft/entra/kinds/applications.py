"""Applications, their service principals, and what was granted to them."""

from typing import Final

from saasbackup_desktop.core.directory.schema import WRITABLE, Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, LinkRecipe, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import table

FAMILY: Final = "applications"

_SECRETS: Final = frozenset({"secretText", "clientSecret"})

APPLICATIONS: Final = Kind(
    id="applications",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "addIns api appRoles authenticationBehaviors defaultRedirectUri description displayName groupMembershipClaims "
        "identifierUris info isDeviceOnlyAuthSupported isDisabled isFallbackPublicClient "
        "nativeAuthenticationApisEnabled "
        "notes oauth2RequirePostResponse optionalClaims parentalControlSettings publicClient "
        "requestSignatureVerification "
        "requiredResourceAccess samlMetadataUrl serviceManagementReference servicePrincipalLockConfiguration "
        "signInAudience spa tags web",
        on_creation="uniqueName",
        service="id appId applicationTemplateId "
        "certification createdByAppId disabledByMicrosoftStatus publisherDomain verifiedPublisher "
        "info.logoUrl",
        secret="keyCredentials passwordCredentials tokenEncryptionKeyId",
        noise="createdDateTime",
    ),
    relations={"owners": WRITABLE},
)

PRINCIPALS: Final = Kind(
    id="servicePrincipals",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "accountEnabled alternativeNames appRoleAssignmentRequired customSecurityAttributes description displayName "
        "loginUrl logoutUrl notes notificationEmailAddresses preferredSingleSignOnMode "
        "preferredTokenSigningKeyThumbprint "
        "replyUrls samlSingleSignOnSettings servicePrincipalNames tags homepage",
        on_creation="appId",
        service="id addIns appDescription appDisplayName appOwnerOrganizationId appRoles applicationTemplateId "
        "createdByAppId disabledByMicrosoftStatus info isDisabled servicePrincipalType oauth2PermissionScopes "
        "resourceSpecificApplicationPermissions signInAudience verifiedPublisher errorUrl "
        "samlMetadataUrl publisherName",
        secret="keyCredentials passwordCredentials tokenEncryptionKeyId",
        noise="createdDateTime",
    ),
    relations={
        "owners": WRITABLE,
        "appRoleAssignedTo": WRITABLE,
        "claimsMappingPolicies": WRITABLE,
        "homeRealmDiscoveryPolicies": WRITABLE,
    },
)

GRANTS: Final = Kind(
    id="oauth2PermissionGrants",
    family=FAMILY,
    attributes=table("scope", on_creation="clientId consentType principalId resourceId", service="id"),
)

KINDS: Final = (APPLICATIONS, PRINCIPALS, GRANTS)

RECIPES: Final = (
    Recipe(
        kind="applications",
        title="Applications",
        path="/applications",
        about=("appId",),
        type="application",
        page=999,
        has_delta=True,
        costs=2,
        secrets=_SECRETS,
        links=(LinkRecipe(relation="owners"),),
    ),
    Recipe(
        kind="servicePrincipals",
        title="Service principals",
        path="/servicePrincipals",
        about=("appId",),
        state="accountEnabled",
        type="servicePrincipal",
        page=999,
        apart=("customSecurityAttributes",),
        has_delta=True,
        secrets=_SECRETS,
        links=(
            LinkRecipe(relation="owners"),
            LinkRecipe(relation="appRoleAssignedTo", form=Form.ASSIGNMENTS, select=""),
            LinkRecipe(relation="claimsMappingPolicies", kind="claimsMappingPolicies", way=Way.REVERSE),
            LinkRecipe(relation="homeRealmDiscoveryPolicies", kind="homeRealmDiscoveryPolicies", way=Way.REVERSE),
        ),
    ),
    Recipe(
        kind="oauth2PermissionGrants",
        title="Delegated permissions",
        path="/oauth2PermissionGrants",
        name=(),
        named_by=("clientId", "resourceId"),
        about=("scope",),
        state="consentType",
        page=999,
    ),
)
