"""How a kind of object is read: where it is told, what of it is asked for, and where its links are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NO_SELECT: Final[tuple[str, ...]] = ()


class Way(StrEnum):
    """Where links are told."""

    DELTA = "delta"
    """With the objects' changes; of a single object, at an address of their own."""
    INSIDE = "inside"
    """With the objects themselves, which are asked to have them with them."""
    SWEEP = "sweep"
    """Not by the objects' changes: a list of all objects is asked to have them with it, and nothing else."""
    REVERSE = "reverse"
    """By the other objects, which are few, and tell what they apply to."""
    EACH = "each"
    """At an address of their own, object by object."""


class Form(StrEnum):
    """How links are told."""

    OBJECTS = "objects"
    """A list of the other objects."""
    SINGLE = "single"
    """The other object, or nothing."""
    ASSIGNMENTS = "assignments"
    """A list of ties with ids of their own, to whom an application role was given."""
    TARGETS = "targets"
    """A list of whom a policy of device management is meant for."""
    SCOPED_ROLES = "scoped-roles"
    """A list of roles that somebody has within a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecipe:
    """How links of one relation are read."""

    relation: str
    form: Form = Form.OBJECTS
    select: str = "id"
    """Of the other object; empty: everything. Not its name: that changes without the link."""
    kind: str = ""
    """Of the other objects, where it is not told."""
    way: Way = Way.SWEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How objects of one kind are read."""

    kind: str
    title: str
    """What lists call the kind, in English."""
    path: str
    """The collection, or the object if there is exactly one. With ``/beta/`` before it where v1.0 has none."""
    name: tuple[str, ...] = ("displayName",)
    """Properties that hold the name: the first that is there."""
    named_by: tuple[str, ...] = ()
    """Properties with ids of what an object is called by, if it has no name of its own."""
    about: tuple[str, ...] = ("description",)
    """Properties that tell objects of the same name apart: the first that is there."""
    state: str = ""
    """The property that tells whether it is on: a yes or no, or a word."""
    id: str = "id"
    type: str = ""
    """Of the objects, as ``@odata.type`` names it where several kinds come together: ``user``."""
    select: tuple[str, ...] = NO_SELECT
    """Properties that are asked for; none: those that Graph tells by itself."""
    apart: tuple[str, ...] = ()
    """Properties that want a permission of their own, and are asked for by themselves."""
    expand: str = ""
    """What is asked for beside: ``settings``."""
    page: int = 0
    """Objects of one page; 0: as many as Graph likes."""
    has_delta: bool = False
    is_only_listed: bool = False
    """Single objects of it are not asked for: the list is short."""
    is_listed_single: bool = False
    """There is exactly one, and it is told as the only one of a list."""
    costs: int = 1
    """Resource units of a request, as "Throttling limits" tells."""
    links: tuple[LinkRecipe, ...] = ()
    keeps_subtype: bool = False
    """Objects are of several types: ``@odata.type`` is a property of theirs."""
    is_strict: bool = False
    """Asked no more than once a second: conditional access and identity protection."""
    for_people: bool = False
    """Graph opens it to people who sign in, and to no application."""
    is_optional: bool = False
    """What is needed to read it is not asked of everybody: a tenant that does not use it need not allow it."""
    secrets: frozenset[str] = frozenset()
    """Names of properties, at any depth, that are never kept."""

    @property
    def own_select(self) -> str:
        """The names of what is asked for of an object, as a query has them; empty for what Graph tells by itself."""
        return ",".join(self.select)

    def told(self, *ways: Way) -> tuple[LinkRecipe, ...]:
        """The relations that are told in some ways."""
        return tuple(link for link in self.links if link.way in ways)
