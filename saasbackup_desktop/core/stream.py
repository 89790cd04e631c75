"""What a source says while it is read: changes, and from time to time a place to go on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Node

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Cursor: TypeAlias = Mapping[str, "Json"]
"""Plain data that a source can go on from. It is written with the rows that it vouches for."""


@dataclass(frozen=True, slots=True)
class Put:
    """The node is there, new or changed. An item that carries a body needs no fetch."""

    node: Node


@dataclass(frozen=True, slots=True)
class Gone:
    """The node is there no more; a folder takes its whole subtree with it."""

    id: NodeId


@dataclass(frozen=True, slots=True)
class Unread:
    """A folder is there, but could not be read this time; what is known of it stays as it is."""

    folder: NodeId
    name: str
    code: str
    """Of the fault."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that came before is said; go on from here after an interruption.

    ``complete`` is true once, at the end, when the whole source has been walked.
    """

    cursor: Cursor
    complete: bool = False
    moved: bool = True
    """False: nothing changed, and the place that was gone on from serves as well as this one."""


Change = Put | Gone | Unread | Checkpoint
