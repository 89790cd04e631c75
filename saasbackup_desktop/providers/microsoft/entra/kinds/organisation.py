"""The tenant itself: the organisation, its domains, settings of groups, and other places to sign in at."""

from typing import Final

from saasbackup_desktop.core.directory.schema import WRITABLE, Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import ON_CREATION, SUBTYPE, table

FAMILY: Final = "organisation"

ORGANIZATION: Final = Kind(
    id="organization",
    family=FAMILY,
    is_single=True,
    can_create=False,
    can_delete=False,
    attributes=table(
        "marketingNotificationEmails privacyProfile securityComplianceNotificationMails "
        "securityComplianceNotificationPhones technicalNotificationMails",
        service="id businessPhones city country countryLetterCode defaultUsageLocation displayName "
        "mobileDeviceManagementAuthority onPremisesSyncEnabled partnerTenantType postalCode preferredLanguage state "
        "street tenantType verifiedDomains directorySizeQuota isMultipleDataLocationsForServicesEnabled",
        noise="assignedPlans createdDateTime deletedDateTime onPremisesLastSyncDateTime provisionedPlans "
        "onPremisesSyncStatus",
    ),
)
DOMAINS: Final = Kind(
    id="domains",
    family=FAMILY,
    attributes=table(
        "isDefault passwordNotificationWindowInDays passwordValidityPeriodInDays supportedServices",
        on_creation="id",
        service="authenticationType isAdminManaged isInitial isRoot isVerified manufacturer model",
        noise="availabilityStatus state",
    ),
)
GROUP_SETTINGS: Final = Kind(
    id="groupSettings",
    family=FAMILY,
    attributes=table("values", on_creation="templateId", service="id displayName"),
)
PROVIDERS: Final = Kind(
    id="identityProviders",
    family=FAMILY,
    otherwise=WRITABLE,
    attributes={
        SUBTYPE: ON_CREATION,
        **table("displayName clientId", on_creation="identityProviderType", service="id", secret="clientSecret"),
    },
)

KINDS: Final = (ORGANIZATION, DOMAINS, GROUP_SETTINGS, PROVIDERS)

RECIPES: Final = (
    Recipe(
        kind="organization", title="Organisation", path="/organization", about=("tenantType",), is_listed_single=True
    ),
    Recipe(kind="domains", title="Domains", path="/domains", name=("id",), about=("authenticationType",)),
    Recipe(kind="groupSettings", title="Group settings", path="/groupSettings", about=("templateId",)),
    Recipe(
        kind="identityProviders",
        title="Identity providers",
        path="/identity/identityProviders",
        about=("identityProviderType",),
        keeps_subtype=True,
        secrets=frozenset({"clientSecret", "certificateData"}),
    ),
)
