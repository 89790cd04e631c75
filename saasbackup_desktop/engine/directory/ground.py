"""What is known while a survey is made."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.directory.drafting import Pair, Planning, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, parts_of
from saasbackup_desktop.core.directory.plan import LeftOut
from saasbackup_desktop.core.directory.ports import Directory
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.plans import Made

AT_ONCE: Final = 1_000
"""How many objects are asked for together."""
ID: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What may be an id of an object, in its bytes."""


@dataclass(slots=True)
class Ground:
    """Where is looked, and what has been found so far. ``directory``: as it is now; whoever opened it closes it."""

    bench: Bench
    stream: StreamId
    snapshot: SnapshotId
    wish: Wish
    directory: Directory
    made: Sequence[Made]
    bodies: dict[str, Body] = field(default_factory=dict)
    """By key, what the point in time has of what may be picked."""
    unknown: set[str] = field(default_factory=set)
    """Keys of what it has, and whose bytes cannot be had: they are left as they are."""
    differing: dict[str, DirectoryObject] = field(default_factory=dict)
    """By key, what is there now and is not as it was."""
    equal: set[str] = field(default_factory=set)
    """Keys of what is as it was."""
    whole: set[str] = field(default_factory=set)
    """Kinds that were heard to their end."""
    there: set[str] = field(default_factory=set)
    """Ids of all that is known to be there."""
    kept: dict[str, DirectoryObject] = field(default_factory=dict)
    """By key, what risks are weighed by."""
    left: list[LeftOut] = field(default_factory=list)
    schema: Schema = field(init=False)
    planning: Planning = field(init=False)

    def __post_init__(self) -> None:
        self.schema = self.bench.directories.schema(self.stream)
        self.planning = self.bench.directories.planning(self.stream)

    def items(self, selection: Selection) -> dict[str, Body | None]:
        """Objects that the point in time has; None: its bytes cannot be had."""
        nodes = self.bench.catalog.nodes_at(self.stream, self.snapshot, selection)
        return {str(node.id): node.body for node in nodes if isinstance(node, Item)}

    def leave_kind(self, kind: str) -> None:
        """Say that a kind could not be read."""
        self.left.append(LeftOut(key=kind, kind=kind, id="", name="", code="unread"))

    def leave_object(self, key: str) -> None:
        """Say that an object could not be read."""
        kind, id = parts_of(key)
        self.left.append(LeftOut(key=key, kind=kind, id=id, name="", code="unread"))

    def named(self, pair: Pair) -> Iterator[tuple[str, Collection[str]]]:
        """Ids that an object's old state names, with the kinds that they may be of."""
        old = pair.old
        if old is None:
            return
        there = set(pair.now.links) if pair.now is not None else set()
        for link in old.links:
            if link not in there and link.kind in self.schema:
                yield link.id, (link.kind,)
        for reference in self.planning.references(old):
            yield reference.id, reference.kinds
