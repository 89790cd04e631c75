"""Two moments of a directory side by side: what is asked, and what is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.directory.difference import Change, ObjectDifference
from saasbackup_desktop.core.ids import SnapshotId, StreamId

LIVE: Final = SnapshotId("live")
"""Stands for the directory as it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectVersion:
    """One state of an object, and what had changed when it came to be."""

    snapshot: SnapshotId
    """The first point in time that has it."""
    until: SnapshotId | None
    """The last one that has it; None: it is the newest."""
    moment: int
    change: Change
    difference: ObjectDifference | None
    """Against the version before it; None for the first."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of what ids in it stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """Which moments are held side by side."""

    stream: StreamId
    old: SnapshotId
    new: SnapshotId = LIVE
    kinds: tuple[str, ...] = ()
    """Empty: all."""
    objects: tuple[str, ...] = ()
    """Keys of single objects; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A comparison, done or on its way: what is found is shown while more is read."""

    id: str
    request: CompareRequest
    is_done: bool
    kinds_read: int = 0
    kinds_total: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By kind, then by change; ``noise`` counts those of ``changed`` in which nothing but noise differs, ``unread`` the
    objects that could not be read on one of the sides: they are not compared."""
    code: str = ""
    """Why it stopped: a fault's code."""
    detail: str = ""
    unread: Sequence[str] = ()
    """Kinds that could not be read on one of the sides; they are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceQuery:
    """Which of a comparison's objects are asked for."""

    kinds: frozenset[str] = frozenset()
    changes: frozenset[Change] = frozenset()
    """Empty: added, removed and changed."""
    words: str = ""
    with_noise: bool = False
    """Also objects in which nothing but noise differs."""
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One object that differs, in a list."""

    kind: str
    id: str
    name: str
    change: Change
    attributes: int
    """How many differ, noise not counted."""
    links: int
    is_noise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePage:
    """A stretch of the objects that differ."""

    rows: Sequence[DifferenceRow]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """One object that differs, whole."""

    difference: ObjectDifference
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of what ids in it stand for."""
