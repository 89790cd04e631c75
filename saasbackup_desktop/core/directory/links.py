"""Ties between the objects of a directory."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A tie to another object, such as a membership."""

    relation: str
    """``members``, ``owners``, ``manager``, ..."""
    id: str
    """The directory's id of the other object."""
    detail: str = ""
    """Tells links of one relation to the same object apart: for an app role, its id."""
    kind: str = field(default="", compare=False)
    """Kind of the other object; empty if it is not known."""
    name: str = field(default="", compare=False)
    """What the other object was called then; empty if it was not told."""
    via: str = field(default="", compare=False)
    """The directory's id of the link itself, where it has one."""
