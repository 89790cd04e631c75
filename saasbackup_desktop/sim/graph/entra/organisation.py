"""The tenant itself, as the pretend directory has it: its name, domains, products, settings and terms."""

from typing import Final

from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.shapes import Shape

_ALL: Final = "Directory.Read.All Directory.ReadWrite.All"

ORGANIZATION: Final = Shape(
    id="organization",
    path="/organization",
    type="organization",
    reads="Organization.Read.All Organization.ReadWrite.All Directory.Read.All User.Read.All",
    writes="Organization.ReadWrite.All",
    defaults={
        "assignedPlans": [],
        "businessPhones": [],
        "city": "Fernwick",
        "country": None,
        "countryLetterCode": "GB",
        "deletedDateTime": None,
        "displayName": None,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "postalCode": None,
        "preferredLanguage": "en",
        "privacyProfile": None,
        "provisionedPlans": [],
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "verifiedDomains": [],
    },
    fixed=frozenset(
        {
            "id",
            "assignedPlans",
            "city",
            "country",
            "countryLetterCode",
            "createdDateTime",
            "deletedDateTime",
            "displayName",
            "onPremisesLastSyncDateTime",
            "onPremisesSyncEnabled",
            "preferredLanguage",
            "provisionedPlans",
            "state",
            "street",
            "postalCode",
            "businessPhones",
            "tenantType",
            "verifiedDomains",
        }
    ),
    can_make=False,
    can_remove=False,
)
DOMAINS: Final = Shape(
    id="domains",
    path="/domains",
    type="domain",
    reads="Domain.Read.All Domain.ReadWrite.All Directory.Read.All",
    writes="Domain.ReadWrite.All",
    made="",
    names_itself=True,
    defaults={
        "authenticationType": "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": False,
        "isInitial": False,
        "isRoot": True,
        "isVerified": False,
        "passwordNotificationWindowInDays": 14,
        "passwordValidityPeriodInDays": 2147483647,
        "state": None,
        "supportedServices": [],
    },
    required=frozenset({"id"}),
    fixed=frozenset(
        {"authenticationType", "availabilityStatus", "isAdminManaged", "isInitial", "isRoot", "isVerified", "state"}
    ),
    check=checks.domain,
)
SETTINGS: Final = Shape(
    id="groupSettings",
    path="/groupSettings",
    type="groupSetting",
    reads=f"GroupSettings.Read.All GroupSettings.ReadWrite.All Group.Read.All Group.ReadWrite.All {_ALL}",
    writes="GroupSettings.ReadWrite.All Directory.ReadWrite.All",
    made="",
    defaults={"displayName": None, "templateId": None, "values": []},
    required=frozenset({"templateId", "values"}),
    fixed=frozenset({"id", "displayName"}),
    once=frozenset({"templateId"}),
    unique=frozenset({"templateId"}),
)
PROVIDERS: Final = Shape(
    id="identityProviders",
    path="/identity/identityProviders",
    type="identityProviderBase",
    reads="IdentityProvider.Read.All IdentityProvider.ReadWrite.All",
    writes="IdentityProvider.ReadWrite.All",
    made="",
    defaults={"displayName": None},
    required=frozenset({"@odata.type", "displayName", "clientId", "clientSecret", "identityProviderType"}),
    fixed=frozenset({"id"}),
    once=frozenset({"identityProviderType"}),
    is_typed=True,
    check=checks.provider,
)
TERMS: Final = Shape(
    id="termsOfUse",
    path="/identityGovernance/termsOfUse/agreements",
    type="agreement",
    reads="Agreement.Read.All Agreement.ReadWrite.All",
    writes="Agreement.ReadWrite.All",
    made="",
    defaults={
        "displayName": None,
        "isPerDeviceAcceptanceRequired": False,
        "isViewingBeforeAcceptanceRequired": True,
        "termsExpiration": None,
        "userReacceptRequiredFrequency": None,
    },
    required=frozenset({"displayName", "isViewingBeforeAcceptanceRequired"}),
    fixed=frozenset({"id"}),
)
SHAPES: Final = (ORGANIZATION, DOMAINS, SETTINGS, PROVIDERS, TERMS)
