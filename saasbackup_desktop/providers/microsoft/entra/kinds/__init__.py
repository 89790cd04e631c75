"""All kinds of objects of a directory: what is known of each, how it is read, and what lists call it.

Traits follow Microsoft's own list of what it brings back ("Supported objects and recoverable properties in Microsoft
Entra Backup and Recovery"), and go beyond it where the resource's page says that a property can be written.
"""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.providers.microsoft.entra.kinds import (
    access,
    applications,
    devices,
    identities,
    organisation,
    roles,
)
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe

_FAMILIES: Final = (identities, roles, applications, access, organisation, devices)

SCHEMA: Final[Schema] = {kind.id: kind for family in _FAMILIES for kind in family.KINDS}
"""All kinds by their ids, in the order in which people see them."""

RECIPES: Final[Mapping[str, Recipe]] = {recipe.kind: recipe for family in _FAMILIES for recipe in family.RECIPES}
"""How each of them is read."""

ALL_USERS: Final = "all-users"
ALL_DEVICES: Final = "all-devices"
"""Ids of links to whom a policy of device management is meant for, where that is no group."""
