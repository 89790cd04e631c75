"""Policies of managed devices, as the pretend Intune has them."""

from typing import Final

from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Shape

_READS: Final = "DeviceManagementConfiguration.Read.All DeviceManagementConfiguration.ReadWrite.All"
_WRITES: Final = "DeviceManagementConfiguration.ReadWrite.All"
_BY_SERVICE: Final = frozenset({"id", "createdDateTime", "lastModifiedDateTime", "version"})


def _assigned(type: str) -> Parts:
    return Parts(name="assignments", type=type, reads=_READS, writes=_WRITES, action="assign")


def _classic(kind: str, assignment: str, *more: Parts, **others: object) -> Shape:
    return Shape(
        id=kind,
        path=f"/deviceManagement/{kind}",
        type=kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s"),
        reads=_READS,
        writes=_WRITES,
        changed="lastModifiedDateTime",
        defaults={"description": None, "displayName": None, "version": 1, **others},
        required=frozenset({"@odata.type", "displayName"}),
        fixed=_BY_SERVICE,
        parts=(_assigned(assignment), *more),
        is_typed=True,
        check=checks.device_policy,
    )


def _catalogued(kind: str, type: str, *more: Parts, **others: object) -> Shape:
    return Shape(
        id=kind,
        path=f"/beta/deviceManagement/{kind}",
        type=type,
        reads=_READS,
        writes=_WRITES,
        changed="lastModifiedDateTime",
        defaults={
            "creationSource": None,
            "description": "",
            "isAssigned": False,
            "name": None,
            "platforms": "windows10",
            "roleScopeTagIds": ["0"],
            "settingCount": 0,
            "technologies": "mdm",
            **others,
        },
        required=frozenset({"name", "platforms", "technologies"}),
        fixed=frozenset(
            {"id", "createdDateTime", "lastModifiedDateTime", "isAssigned", "settingCount", "creationSource"}
        ),
        once=frozenset({"platforms", "technologies", "templateReference"}),
        parts=(
            _assigned("deviceManagementConfigurationPolicyAssignment"),
            Parts(name="settings", type="deviceManagementConfigurationSetting", reads=_READS, writes=_WRITES),
            *more,
        ),
        check=checks.catalogued,
    )


SHAPES: Final = (
    _classic(
        "deviceCompliancePolicies",
        "deviceCompliancePolicyAssignment",
        Parts(
            name="scheduledActionsForRule",
            type="deviceComplianceScheduledActionForRule",
            reads=_READS,
            writes=_WRITES,
            action="scheduleActionsForRules",
        ),
    ),
    _classic("deviceConfigurations", "deviceConfigurationAssignment"),
    _catalogued(
        "compliancePolicies",
        "deviceManagementCompliancePolicy",
        Parts(
            name="scheduledActionsForRule",
            type="deviceManagementComplianceScheduledActionForRule",
            reads=_READS,
            writes=_WRITES,
            action="setScheduledActions",
        ),
    ),
    _catalogued(
        "configurationPolicies",
        "deviceManagementConfigurationPolicy",
        templateReference={
            "templateId": "",
            "templateFamily": "none",
            "templateDisplayName": None,
            "templateDisplayVersion": None,
        },
    ),
)
