"""Device management: what devices must be like, and how they are set up."""

from typing import Final

from saasbackup_desktop.core.directory.schema import WRITABLE, Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, LinkRecipe, Recipe, Way
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import ON_CREATION, SUBTYPE, table

FAMILY: Final = "devices"

_MOMENTS: Final = "createdDateTime lastModifiedDateTime version"
_RELATIONS: Final = {"assignments": WRITABLE}

COMPLIANCE: Final = Kind(
    id="deviceCompliancePolicies",
    family=FAMILY,
    otherwise=WRITABLE,
    attributes={
        SUBTYPE: ON_CREATION,
        **table("description displayName roleScopeTagIds scheduledActionsForRule", service="id", noise=_MOMENTS),
    },
    relations=_RELATIONS,
)
CONFIGURATIONS: Final = Kind(
    id="deviceConfigurations",
    family=FAMILY,
    otherwise=WRITABLE,
    attributes={
        SUBTYPE: ON_CREATION,
        **table(
            "description displayName roleScopeTagIds",
            service="id supportsScopeTags deviceManagementApplicabilityRuleOsEdition "
            "deviceManagementApplicabilityRuleOsVersion deviceManagementApplicabilityRuleDeviceMode",
            noise=_MOMENTS,
        ),
    },
    relations=_RELATIONS,
)
NEW_COMPLIANCE: Final = Kind(
    id="compliancePolicies",
    family=FAMILY,
    is_beta=True,
    attributes=table(
        "description name roleScopeTagIds scheduledActionsForRule settings",
        on_creation="platforms technologies templateReference",
        service="id creationSource isAssigned settingCount",
        noise="createdDateTime lastModifiedDateTime",
    ),
    relations=_RELATIONS,
)
CATALOGUE: Final = Kind(
    id="configurationPolicies",
    family=FAMILY,
    is_beta=True,
    attributes=table(
        "description name roleScopeTagIds settings",
        on_creation="platforms technologies templateReference",
        service="id creationSource disableEntraGroupPolicyAssignment isAssigned priorityMetaData settingCount",
        noise="createdDateTime lastModifiedDateTime",
    ),
    relations=_RELATIONS,
)

KINDS: Final = (COMPLIANCE, CONFIGURATIONS, NEW_COMPLIANCE, CATALOGUE)

_ASSIGNMENTS: Final = (LinkRecipe(relation="assignments", form=Form.TARGETS, select="", way=Way.INSIDE),)

RECIPES: Final = (
    Recipe(
        kind="deviceCompliancePolicies",
        is_optional=True,
        title="Device compliance policies",
        path="/deviceManagement/deviceCompliancePolicies",
        keeps_subtype=True,
        expand="scheduledActionsForRule($expand=scheduledActionConfigurations)",
        links=_ASSIGNMENTS,
    ),
    Recipe(
        kind="deviceConfigurations",
        is_optional=True,
        title="Device configurations",
        path="/deviceManagement/deviceConfigurations",
        keeps_subtype=True,
        links=_ASSIGNMENTS,
        secrets=frozenset({"preSharedKey", "password"}),
    ),
    Recipe(
        kind="compliancePolicies",
        is_optional=True,
        title="Compliance policies",
        path="/beta/deviceManagement/compliancePolicies",
        name=("name",),
        state="platforms",
        expand="settings,scheduledActionsForRule($expand=scheduledActionConfigurations)",
        links=_ASSIGNMENTS,
    ),
    Recipe(
        kind="configurationPolicies",
        is_optional=True,
        title="Configuration policies",
        path="/beta/deviceManagement/configurationPolicies",
        name=("name",),
        state="platforms",
        expand="settings",
        links=_ASSIGNMENTS,
    ),
)
