"""What a kind of object is to the pretend directory: its address, who may ask, its properties and its ties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saasbackup_desktop.sim.graph.entra.store import Directory

Check = Callable[["Directory", Mapping[str, Any], Mapping[str, Any]], None]
"""Looks at what somebody sends, beside what is there (empty for what is made). Raises Refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Ties of one kind of object to others."""

    name: str
    kinds: tuple[str, ...]
    """What may be tied."""
    reads: str
    writes: str
    is_one: bool = False
    in_delta: bool = False
    largest: int = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Things that lie inside an object and have ids of their own; kept in it under the name with ``_`` before it."""

    name: str
    type: str
    reads: str
    writes: str
    action: str = ""
    """Name of the action that replaces all of them; empty where they are made and removed one by one."""
    told: bool = False
    """They are in every answer about the object, not only where ``$expand`` asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of object. Permissions are parted by blanks; of each, one is enough."""

    id: str
    path: str
    type: str
    """What it is called where kinds are mixed."""
    reads: str
    writes: str
    makes: str = ""
    removes: str = ""
    """``writes``, where these are empty."""
    reads_changes: str = ""
    """``reads``, where it is empty."""
    reads_for_somebody: str = ""
    """More permissions that are enough to read where somebody signed in."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    brief: frozenset[str] = frozenset()
    """Shown without ``$select``; everything but ``hidden`` where it is empty."""
    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    """Told, never taken."""
    once: frozenset[str] = frozenset()
    """Taken when it is made, and never after."""
    unique: frozenset[str] = frozenset()
    relations: tuple[Relation, ...] = ()
    parts: tuple[Parts, ...] = ()
    bin: str = ""
    """Where what is deleted is kept: ``directory``, ``conditionalAccess``, or nowhere."""
    key: str = "id"
    """Name of the property that is its id; empty where it has none."""
    names_itself: bool = False
    """Its id is given by who makes it."""
    made: str = "createdDateTime"
    changed: str = ""
    """Names of moments that are kept; empty for none."""
    has_delta: bool = False
    is_single: bool = False
    is_typed: bool = False
    """Its objects are of several types, and say which."""
    can_make: bool = True
    can_change: bool = True
    can_remove: bool = True
    replaces: bool = False
    """It is changed by PUT."""
    largest: int = 999
    check: Check | None = None
    others: tuple[str, ...] = ()
    """More addresses of the same."""

    @property
    def is_beta(self) -> bool:
        """Offered by the part of Graph that may change at any time."""
        return self.path.startswith("/beta/")

    def relation(self, name: str) -> Relation | None:
        """Find a relation."""
        return next((one for one in self.relations if one.name == name), None)
