"""Administrative units, own attributes, roles and who has them, as the pretend directory has them."""

from typing import Final

from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Relation, Shape

_ALL: Final = "Directory.Read.All Directory.ReadWrite.All"
_UNITS: Final = f"AdministrativeUnit.Read.All AdministrativeUnit.ReadWrite.All {_ALL}"
_OWN: Final = "CustomSecAttributeDefinition.Read.All CustomSecAttributeDefinition.ReadWrite.All"
_ROLES: Final = f"RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory {_ALL}"
_ELIGIBLE: Final = (
    "RoleEligibilitySchedule.Read.Directory RoleEligibilitySchedule.ReadWrite.Directory RoleManagement.Read.All"
    " RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
)
_ASSIGN_ROLES: Final = "RoleManagement.ReadWrite.Directory"
_BY_SERVICE: Final = frozenset({"id", "createdDateTime", "deletedDateTime", "securityIdentifier"})

UNITS: Final = Shape(
    id="administrativeUnits",
    path="/directory/administrativeUnits",
    type="administrativeUnit",
    reads=_UNITS,
    writes="AdministrativeUnit.ReadWrite.All",
    made="",
    defaults={
        "description": None,
        "displayName": None,
        "isMemberManagementRestricted": None,
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "membershipType": None,
        "visibility": None,
    },
    required=frozenset({"displayName"}),
    fixed=_BY_SERVICE,
    once=frozenset({"isMemberManagementRestricted", "visibility"}),
    relations=(
        Relation(
            name="members",
            kinds=("users", "groups", "devices"),
            reads=_UNITS,
            writes="AdministrativeUnit.ReadWrite.All",
            in_delta=True,
        ),
    ),
    bin="directory",
    has_delta=True,
    check=checks.unit,
)
SETS: Final = Shape(
    id="attributeSets",
    path="/directory/attributeSets",
    type="attributeSet",
    reads=_OWN,
    writes="CustomSecAttributeDefinition.ReadWrite.All",
    made="",
    defaults={"description": None, "maxAttributesPerSet": 25},
    required=frozenset({"id"}),
    names_itself=True,
    can_remove=False,
)
DEFINITIONS: Final = Shape(
    id="customSecurityAttributeDefinitions",
    path="/directory/customSecurityAttributeDefinitions",
    type="customSecurityAttributeDefinition",
    reads=_OWN,
    writes="CustomSecAttributeDefinition.ReadWrite.All",
    made="",
    defaults={
        "attributeSet": None,
        "description": None,
        "isCollection": False,
        "isSearchable": True,
        "name": None,
        "status": "Available",
        "type": "String",
        "usePreDefinedValuesOnly": False,
    },
    required=frozenset(
        {"attributeSet", "isCollection", "isSearchable", "name", "status", "type", "usePreDefinedValuesOnly"}
    ),
    fixed=frozenset({"id"}),
    once=frozenset({"attributeSet", "isCollection", "isSearchable", "name", "type"}),
    parts=(
        Parts(
            name="allowedValues",
            type="allowedValue",
            reads=_OWN,
            writes="CustomSecAttributeDefinition.ReadWrite.All",
        ),
    ),
    can_remove=False,
    check=checks.definition,
)
ROLE_DEFINITIONS: Final = Shape(
    id="roleDefinitions",
    path="/roleManagement/directory/roleDefinitions",
    type="unifiedRoleDefinition",
    reads=_ROLES,
    writes="RoleManagement.ReadWrite.Directory",
    made="",
    defaults={
        "description": None,
        "displayName": None,
        "isBuiltIn": False,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "rolePermissions": [],
        "templateId": None,
        "version": None,
    },
    required=frozenset({"displayName", "isEnabled", "rolePermissions"}),
    fixed=frozenset({"id", "isBuiltIn", "resourceScopes"}),
    once=frozenset({"templateId"}),
    check=checks.role_definition,
)
ROLE_ASSIGNMENTS: Final = Shape(
    id="roleAssignments",
    path="/roleManagement/directory/roleAssignments",
    type="unifiedRoleAssignment",
    reads=_ROLES,
    writes=_ASSIGN_ROLES,
    made="",
    defaults={"principalId": None, "roleDefinitionId": None, "directoryScopeId": "/"},
    required=frozenset({"principalId", "roleDefinitionId", "directoryScopeId"}),
    fixed=frozenset({"id", "principalOrganizationId"}),
    can_change=False,
    check=checks.role_assignment,
)
ELIGIBILITY: Final = Shape(
    id="roleEligibilitySchedules",
    path="/roleManagement/directory/roleEligibilitySchedules",
    type="unifiedRoleEligibilitySchedule",
    reads=_ELIGIBLE,
    writes="",
    changed="modifiedDateTime",
    defaults={
        "principalId": None,
        "roleDefinitionId": None,
        "directoryScopeId": "/",
        "appScopeId": None,
        "createdUsing": None,
        "memberType": "Direct",
        "scheduleInfo": {"startDateTime": None, "recurrence": None, "expiration": {"type": "noExpiration"}},
        "status": "Provisioned",
    },
    can_make=False,
    can_change=False,
    can_remove=False,
)
SHAPES: Final = (UNITS, SETS, DEFINITIONS, ROLE_DEFINITIONS, ROLE_ASSIGNMENTS, ELIGIBILITY)
