"""What would be written to bring picked things back: every request, in order, before the first one is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.directory.links import Link
from saasbackup_desktop.core.ids import AccountId, SnapshotId, StreamId
from saasbackup_desktop.core.stream import Json


class Mode(StrEnum):
    """What to do with an object that is there and differs."""

    OVERWRITE = "overwrite"
    SKIP = "skip"
    """Leave what is there as it is; bring back only what is missing."""


class OnSurprise(StrEnum):
    """What to do when something is not as the plan found it, or a write is refused."""

    STOP = "stop"
    GO_ON = "go-on"


class Action(StrEnum):
    """What a write does."""

    REVIVE = "revive"
    """Take a deleted object out of the recycle bin: it keeps its id."""
    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    UNLINK = "unlink"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Risk:
    """What could go wrong, said before."""

    code: str
    """``locks-out-administrators``, ``would-block-yourself``, ``break-glass``, ..."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    is_grave: bool = False
    """It is not written unless somebody says so by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One request."""

    number: int
    """From 1, in the order of writing."""
    action: Action
    kind: str
    id: str
    """The object's id as the snapshot has it; what was made anew has another one by then."""
    name: str
    method: str
    path: str
    """Relative to the interface's root; with placeholders (``core.directory.placeholders``)."""
    body: Json = None
    """With placeholders for new ids, and for a password that is made up when it is sent; data is escaped.

    So it is in ``old`` and ``new``."""
    path_of_link: str = ""
    """Of LINK and UNLINK: the relation."""
    target: str = ""
    """Of LINK and UNLINK: the other object's id as the snapshot has it."""
    target_name: str = ""
    detail: str = ""
    """Of LINK and UNLINK: ``Link.detail``."""
    old: Mapping[str, Json] = field(default_factory=dict)
    """What is there now, by attribute; empty for what is not."""
    new: Mapping[str, Json] = field(default_factory=dict)
    """What it would be."""
    keys: tuple[str, ...] = ()
    """What was picked that this does (``core.directory.ticks``)."""
    reason: str = ""
    """Code of why it is written: ``picked``, or ``needed`` by something that was."""
    risks: tuple[Risk, ...] = ()
    needs: tuple[int, ...] = ()
    """Numbers of writes without which it cannot be done."""
    is_beta: bool = False
    links: tuple[Link, ...] = ()
    """Of DELETE: the links that it has, which come back with it if that is taken back."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Of CREATE: other ids that will be new, such as an application's ``appId``: property of the answer -> old value.
    They are told in ``WriteResult.also`` and stand in ``{new:ID}``, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that was picked and will not be written."""

    key: str
    kind: str
    id: str
    name: str
    code: str
    """Why: ``read-only``, ``synchronised``, ``licence``, ``gone-for-good``, ``already-so``, ``break-glass``..."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    old: Json = None
    new: Json = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What ids in it stand for; looked up when it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """A plan at a glance; its writes are kept apart, since there may be many."""

    id: str
    stream: StreamId
    account: AccountId
    snapshot: SnapshotId
    """What is brought back is as it was then; empty for a plan that undoes."""
    made: int
    mode: Mode = Mode.OVERWRITE
    note: str = ""
    """Why somebody does this, in their words."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Writes by action."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """What is not written, by code."""
    risks: tuple[Risk, ...] = ()
    """Of all writes together: each code once."""
    undoes: str = ""
    """Id of the plan whose writes this one takes back; empty for any other."""
    undone_by: str = ""
    """Id of the plan that takes it back; empty before it is begun."""
    accepts: tuple[str, ...] = ()
    """Codes of grave risks that were taken when it was made."""
    is_repeatable: bool = False
    """What was asked for is kept with it: the same can be planned anew."""
    follows: str = ""
    """Id of the plan that was made of the same ticks before it."""
    is_weighed: bool = False
    """Of a plan that undoes: it was made by looking at the directory as it was after the restore."""
    revived: int = 0
    """What it took out of the recycle bin. That may have brought along what the plan could not see."""


class Standing(StrEnum):
    """How a write stands."""

    PLANNED = "planned"
    BEGUN = "begun"
    """It may have been sent, and what came of it is not known."""
    DONE = "done"
    WAS_SO = "was-so"
    """It was as wanted already: nothing was sent."""
    REFUSED = "refused"
    SURPRISED = "surprised"
    """Something else was there than the plan found: nothing was sent."""
    NOT_REACHED = "not-reached"
    """A write that it needs was not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """What came of one write."""

    number: int
    standing: Standing
    new_id: str = ""
    """Of CREATE: the id that it was given."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Of CREATE: other ids that are new with it: old -> new."""
    old: Mapping[str, Json] | None = None
    """What was there just before, if it was not what the plan found."""
    code: str = ""
    """Of the fault."""
    detail: str = ""
    is_verified: bool | None = None
    """It was read back afterwards and was as wanted; None: not looked at yet."""
    begun: int = 0
    """When it was about to be sent (seconds since 1970 UTC); 0: never."""
