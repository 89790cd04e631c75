"""Users, groups, devices, contacts, administrative units, and what is defined beside them."""

from typing import Final

from saasbackup_desktop.core.directory.schema import WRITABLE, Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, LinkRecipe, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import table

FAMILY: Final = "identities"

_SYNC: Final = (
    "onPremisesDistinguishedName onPremisesDomainName onPremisesNetBiosName onPremisesSamAccountName "
    "onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName"
)

USERS: Final = Kind(
    id="users",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "accountEnabled ageGroup businessPhones city companyName consentProvidedForMinor country "
        "customSecurityAttributes "
        "department displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType "
        "faxNumber "
        "givenName identities jobTitle mail mailNickname mobilePhone officeLocation onPremisesExtensionAttributes "
        "onPremisesImmutableId otherMails passwordPolicies postalCode preferredDataLocation preferredLanguage "
        "showInAddressList state streetAddress surname usageLocation userPrincipalName userType",
        service="id creationType externalUserState legalAgeGroupClassification securityIdentifier imAddresses "
        "proxyAddresses isManagementRestricted isResourceAccount identityParentId authentication authorizationInfo",
        synchronised=_SYNC,
        licence="assignedLicenses",
        noise="assignedPlans createdDateTime externalUserStateChangeDateTime lastPasswordChangeDateTime "
        "licenseAssignmentStates onPremisesLastSyncDateTime onPremisesProvisioningErrors provisionedPlans "
        "refreshTokensValidFromDateTime serviceProvisioningErrors signInActivity signInSessionsValidFromDateTime "
        "authentication.lastUpdatedDateTime",
        secret="passwordProfile",
    ),
    relations={"manager": WRITABLE, "sponsors": WRITABLE},
)

GROUPS: Final = Kind(
    id="groups",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "classification description displayName groupTypes mailNickname membershipRule membershipRuleProcessingState "
        "preferredDataLocation preferredLanguage securityEnabled theme visibility",
        on_creation="isAssignableToRole mailEnabled resourceBehaviorOptions uniqueName",
        service="id createdByAppId creationOptions expirationDateTime hasMembersWithLicenseErrors infoCatalogs "
        "isManagementRestricted licenseProcessingState mail organizationId proxyAddresses resourceProvisioningOptions "
        "securityIdentifier",
        synchronised=_SYNC,
        licence="assignedLicenses",
        needs_person="assignedLabels",
        noise="createdDateTime onPremisesLastSyncDateTime onPremisesProvisioningErrors renewedDateTime "
        "serviceProvisioningErrors",
    ),
    relations={"members": WRITABLE, "owners": WRITABLE},
)

DEVICES: Final = Kind(
    id="devices",
    family=FAMILY,
    can_create=False,
    attributes=table(
        "accountEnabled extensionAttributes",
        service="id alternativeSecurityIds deviceCategory deviceId deviceMetadata deviceOwnership deviceVersion "
        "displayName domainName enrollmentProfileName enrollmentType externalSourceName isCompliant isManaged "
        "isManagementRestricted isRooted managementType manufacturer mdmAppId model operatingSystem "
        "operatingSystemVersion physicalIds profileType sourceType systemLabels trustType",
        synchronised="onPremisesSyncEnabled onPremisesSecurityIdentifier",
        noise="approximateLastSignInDateTime complianceExpirationDateTime createdDateTime onPremisesLastSyncDateTime "
        "registrationDateTime",
    ),
)

CONTACTS: Final = Kind(
    id="contacts",
    family=FAMILY,
    can_create=False,
    can_delete=False,
    attributes=table(
        service="id addresses companyName department displayName givenName jobTitle mail mailNickname phones "
        "proxyAddresses surname",
        synchronised="onPremisesSyncEnabled",
        noise="onPremisesLastSyncDateTime onPremisesProvisioningErrors serviceProvisioningErrors",
    ),
)

UNITS: Final = Kind(
    id="administrativeUnits",
    family=FAMILY,
    keeps_deleted=True,
    attributes=table(
        "description displayName membershipRule membershipRuleProcessingState membershipType",
        on_creation="isMemberManagementRestricted visibility",
        service="id",
    ),
    relations={"members": WRITABLE, "scopedRoleMembers": WRITABLE},
)

DEFINITIONS: Final = Kind(
    id="customSecurityAttributeDefinitions",
    family=FAMILY,
    can_delete=False,
    attributes=table(
        "description status usePreDefinedValuesOnly",
        on_creation="attributeSet isCollection isSearchable name type allowedValues",
        service="id",
    ),
)

SKUS: Final = Kind(
    id="subscribedSkus",
    family=FAMILY,
    can_create=False,
    can_delete=False,
    attributes=table(
        licence="accountId accountName appliesTo capabilityStatus prepaidUnits servicePlans skuId skuPartNumber "
        "subscriptionIds",
        service="id",
        noise="consumedUnits",
    ),
)

KINDS: Final = (USERS, GROUPS, DEVICES, CONTACTS, UNITS, DEFINITIONS, SKUS)

RECIPES: Final = (
    Recipe(
        kind="users",
        title="Users",
        path="/users",
        about=("userPrincipalName", "mail"),
        state="accountEnabled",
        type="user",
        page=999,
        has_delta=True,
        costs=2,
        apart=("customSecurityAttributes", "employeeLeaveDateTime"),
        select=(
            "id",
            "accountEnabled",
            "ageGroup",
            "assignedLicenses",
            "businessPhones",
            "city",
            "companyName",
            "consentProvidedForMinor",
            "country",
            "createdDateTime",
            "creationType",
            "department",
            "displayName",
            "employeeHireDate",
            "employeeId",
            "employeeOrgData",
            "employeeType",
            "externalUserState",
            "externalUserStateChangeDateTime",
            "faxNumber",
            "givenName",
            "identities",
            "imAddresses",
            "isResourceAccount",
            "jobTitle",
            "lastPasswordChangeDateTime",
            "legalAgeGroupClassification",
            "mail",
            "mailNickname",
            "mobilePhone",
            "officeLocation",
            "onPremisesDistinguishedName",
            "onPremisesDomainName",
            "onPremisesExtensionAttributes",
            "onPremisesImmutableId",
            "onPremisesLastSyncDateTime",
            "onPremisesProvisioningErrors",
            "onPremisesSamAccountName",
            "onPremisesSecurityIdentifier",
            "onPremisesSyncEnabled",
            "onPremisesUserPrincipalName",
            "otherMails",
            "passwordPolicies",
            "postalCode",
            "preferredDataLocation",
            "preferredLanguage",
            "proxyAddresses",
            "securityIdentifier",
            "showInAddressList",
            "signInSessionsValidFromDateTime",
            "state",
            "streetAddress",
            "surname",
            "usageLocation",
            "userPrincipalName",
            "userType",
        ),
        links=(
            LinkRecipe(relation="manager", form=Form.SINGLE, kind="users", way=Way.DELTA),
            LinkRecipe(relation="sponsors"),
        ),
    ),
    Recipe(
        kind="groups",
        title="Groups",
        path="/groups",
        about=("mail", "description"),
        state="visibility",
        type="group",
        page=999,
        select=(
            "id",
            "assignedLabels",
            "assignedLicenses",
            "classification",
            "createdDateTime",
            "description",
            "displayName",
            "expirationDateTime",
            "groupTypes",
            "isAssignableToRole",
            "isManagementRestricted",
            "mail",
            "mailEnabled",
            "mailNickname",
            "membershipRule",
            "membershipRuleProcessingState",
            "onPremisesDomainName",
            "onPremisesLastSyncDateTime",
            "onPremisesNetBiosName",
            "onPremisesProvisioningErrors",
            "onPremisesSamAccountName",
            "onPremisesSecurityIdentifier",
            "onPremisesSyncEnabled",
            "preferredDataLocation",
            "preferredLanguage",
            "proxyAddresses",
            "renewedDateTime",
            "resourceBehaviorOptions",
            "resourceProvisioningOptions",
            "securityEnabled",
            "securityIdentifier",
            "serviceProvisioningErrors",
            "theme",
            "uniqueName",
            "visibility",
        ),
        has_delta=True,
        links=(LinkRecipe(relation="members", way=Way.DELTA), LinkRecipe(relation="owners", way=Way.DELTA)),
    ),
    Recipe(
        kind="devices",
        title="Devices",
        path="/devices",
        about=("deviceId",),
        state="accountEnabled",
        type="device",
        page=999,
        has_delta=True,
    ),
    Recipe(
        kind="contacts",
        title="Contacts",
        path="/contacts",
        about=("mail",),
        type="orgContact",
        page=999,
        has_delta=True,
    ),
    Recipe(
        kind="administrativeUnits",
        title="Administrative units",
        path="/directory/administrativeUnits",
        type="administrativeUnit",
        page=999,
        select=(
            "id",
            "description",
            "displayName",
            "isMemberManagementRestricted",
            "membershipRule",
            "membershipRuleProcessingState",
            "membershipType",
            "visibility",
        ),
        has_delta=True,
        links=(
            LinkRecipe(relation="members", way=Way.DELTA),
            LinkRecipe(relation="scopedRoleMembers", form=Form.SCOPED_ROLES, select="", way=Way.EACH),
        ),
    ),
    Recipe(
        kind="customSecurityAttributeDefinitions",
        is_optional=True,
        title="Custom security attributes",
        path="/directory/customSecurityAttributeDefinitions",
        name=("name",),
        state="status",
        expand="allowedValues",
    ),
    Recipe(
        kind="subscribedSkus",
        title="Licences",
        path="/subscribedSkus",
        is_only_listed=True,
        name=("skuPartNumber",),
        about=("skuId",),
        state="capabilityStatus",
        costs=3,
    ),
)
