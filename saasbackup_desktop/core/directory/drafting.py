"""What a plan is made from, and who makes it: plain values, so that a plan can be thought through without a network."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import LeftOut, Mode, Risk, Write, WriteResult
from saasbackup_desktop.core.directory.schema import Schema
from saasbackup_desktop.core.directory.ticks import Ticks

PUBLIC_ROOT: Final = "https://graph.microsoft.com/v1.0"
"""What references to objects begin with, in the worldwide cloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be brought back, and how."""

    ticks: Ticks
    mode: Mode = Mode.OVERWRITE
    break_glass: frozenset[str] = frozenset()
    """Ids of accounts that must keep their way in, whatever happens."""
    myself: str = ""
    """Id of the person who does this, if it is known."""
    accepts: frozenset[str] = frozenset()
    """Codes of grave risks that are taken."""
    own: frozenset[str] = frozenset()
    """Application ids (``appId``) of those by which backups and restores come in: they are never taken away."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One object, as it was and as it is; one of the two at least is there."""

    old: DirectoryObject | None
    now: DirectoryObject | None

    @property
    def one(self) -> DirectoryObject:
        """That which names it: as it was, or else as it is."""
        found = self.old or self.now
        if found is None:
            raise ValueError("a pair of nothing")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is known when a plan is made: how picked objects were and are, and what stands around them."""

    schema: Schema
    pairs: Sequence[Pair]
    """Objects that differ and in which something is picked."""
    around: Sequence[Pair] = ()
    """Objects in which nothing is picked and that refer to one that is picked and not there."""
    bin: Mapping[str, DirectoryObject] = field(default_factory=dict)
    """What the recycle bin gives back, by key."""
    renewed: Mapping[str, str] = field(default_factory=dict)
    """What was made anew by earlier plans and is there: old id -> new id."""
    missing: Collection[str] = frozenset()
    """Ids that picked objects refer to and that nothing has now."""
    standing: Sequence[DirectoryObject] = ()
    """How those things are now by which risks are weighed: roles and who has them, policies of access, the people and
    groups that they name."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What ids stand for."""
    root: str = PUBLIC_ROOT
    """What references to objects begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan before it has a name."""

    writes: Sequence[Write]
    left_out: Sequence[LeftOut] = ()
    risks: Sequence[Risk] = ()
    """Of all writes together, and of those that wait for somebody to accept them: each code once."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An id of another object inside a property."""

    path: str
    id: str
    kinds: tuple[str, ...]
    """What it can be."""


class Planning(Protocol):
    """Knows how a directory is written to. Pure: it asks nobody."""

    def references(self, one: DirectoryObject) -> Sequence[Reference]:
        """List what an object's properties refer to; links are not among it."""

    def referring(self) -> Collection[str]:
        """The kinds whose objects refer to others, by properties or links."""

    def standing(self) -> Collection[str]:
        """The kinds of which all objects have to be known so that risks can be weighed."""

    def involved(self, standing: Sequence[DirectoryObject], coming: Sequence[DirectoryObject] = ()) -> Collection[str]:
        """Keys of people and groups that those objects name, and that have to be known, too.

        ``coming``: objects as they would be if they came back.
        """

    def plan(self, survey: Survey, wish: Wish) -> Draft:
        """Say every request that would be sent, in order, and what is left out and why."""

    def coming_back(self, writes: Sequence[Write]) -> Sequence[DirectoryObject]:
        """Objects by which risks are weighed, as far as taking writes back changes them: as they would be."""

    def undo(
        self,
        schema: Schema,
        writes: Sequence[Write],
        results: Sequence[WriteResult] = (),
        wish: Wish | None = None,
        standing: Sequence[DirectoryObject] = (),
    ) -> Draft:
        """Say what would take back what a plan wrote; without results: all that it would write.

        ``standing``: by what risks are weighed. Without ``wish``, nothing is refused, however grave.
        """
