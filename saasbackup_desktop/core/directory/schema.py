"""What is known of each kind of object: which attributes count, and which can be brought back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Nature(StrEnum):
    """What can be done with an attribute or a relation."""

    WRITABLE = "writable"
    ON_CREATION = "on-creation"
    """Set when an object is made, and never after."""
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Trait:
    """How an attribute or a relation is treated."""

    nature: Nature
    reason: str = ""
    """Code of why it is not writable: ``read-only``, ``set-by-the-service``, ``synchronised``, ``licence``, ..."""
    is_noise: bool = False
    """It changes by itself (a moment, a counter): told, folded away, and never restored."""


WRITABLE = Trait(Nature.WRITABLE)
UNKNOWN = Trait(Nature.READ_ONLY, "not-known-to-be-writable")
"""Of what this program has not heard: told and compared, never written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of object."""

    id: str
    """``users``, ``groups``, ``conditionalAccessPolicies``, ...; also the id of its folder in a stream."""
    family: str
    """Where lists put it: ``identities``, ``roles``, ``applications``, ``access``, ``organisation``, ``devices``."""
    attributes: Mapping[str, Trait] = field(default_factory=dict)
    """By the property's name; a nested property by its path with dots, if it differs from what it lies in."""
    relations: Mapping[str, Trait] = field(default_factory=dict)
    otherwise: Trait = UNKNOWN
    """How properties are treated that are not named."""
    can_create: bool = True
    can_delete: bool = True
    keeps_deleted: bool = False
    """What is deleted can be had back with its id for a time (30 days)."""
    is_single: bool = False
    """There is exactly one in a tenant: it can be changed, not made or deleted."""
    is_beta: bool = False
    """It is told by the part of the interface that its maker may change at any time."""

    def trait(self, path: str) -> Trait:
        """How the attribute at a path (``conditions.users.includeUsers``) is treated: as the nearest that is named."""
        while path:
            if (found := self.attributes.get(path)) is not None:
                return found
            path = path.rpartition(".")[0]
        return self.otherwise

    def relation(self, name: str) -> Trait:
        """How links of a relation are treated."""
        return self.relations.get(name, UNKNOWN)


Schema = Mapping[str, Kind]
"""All kinds by their ids, in the order in which people see them."""
