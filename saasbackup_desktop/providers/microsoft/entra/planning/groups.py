"""What sorts of groups there are: those that a rule fills, and those of Microsoft 365."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.core.directory.schema import Kind
from saasbackup_desktop.core.stream import Json


def is_dynamic(properties: Any) -> bool:
    """A rule decides who belongs to it."""
    types = properties.get("groupTypes") or []
    return "DynamicMembership" in types or properties.get("membershipType") == "Dynamic"


def is_unified(types: Json) -> bool:
    """It is a group of Microsoft 365, by its ``groupTypes``."""
    return isinstance(types, list) and "Unified" in types


def goes_to_bin(kind: Kind, properties: Mapping[str, Json]) -> bool:
    """It can be revived once it is deleted; of groups, only those of Microsoft 365."""
    return kind.keeps_deleted and (kind.id != "groups" or is_unified(properties.get("groupTypes")))
