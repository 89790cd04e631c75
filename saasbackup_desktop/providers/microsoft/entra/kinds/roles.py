"""Directory roles: what they allow, who has them, and who may take them."""

from typing import Final

from saasbackup_desktop.core.directory.schema import Kind
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.kinds.traits import table

FAMILY: Final = "roles"

DEFINITIONS: Final = Kind(
    id="roleDefinitions",
    family=FAMILY,
    attributes=table(
        "description displayName isEnabled rolePermissions version",
        on_creation="templateId",
        service="id isBuiltIn resourceScopes inheritsPermissionsFrom",
    ),
)
ASSIGNMENTS: Final = Kind(
    id="roleAssignments",
    family=FAMILY,
    attributes=table(
        on_creation="principalId roleDefinitionId directoryScopeId appScopeId condition",
        service="id principalOrganizationId",
    ),
)
ELIGIBILITIES: Final = Kind(
    id="roleEligibilitySchedules",
    family=FAMILY,
    attributes=table(
        on_creation="principalId roleDefinitionId directoryScopeId appScopeId scheduleInfo",
        service="id createdUsing memberType status",
        noise="createdDateTime modifiedDateTime",
    ),
)

KINDS: Final = (DEFINITIONS, ASSIGNMENTS, ELIGIBILITIES)

RECIPES: Final = (
    Recipe(kind="roleDefinitions", title="Roles", path="/roleManagement/directory/roleDefinitions", state="isEnabled"),
    Recipe(
        kind="roleAssignments",
        title="Role assignments",
        path="/roleManagement/directory/roleAssignments",
        name=(),
        named_by=("roleDefinitionId", "principalId"),
        about=("directoryScopeId",),
    ),
    Recipe(
        kind="roleEligibilitySchedules",
        title="Eligible role assignments",
        path="/roleManagement/directory/roleEligibilitySchedules",
        name=(),
        named_by=("roleDefinitionId", "principalId"),
        about=("directoryScopeId",),
        state="status",
    ),
)
