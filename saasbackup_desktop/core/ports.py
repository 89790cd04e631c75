"""Promises between the floors: what a source, a target, a store and an engine can be asked."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from saasbackup_desktop.core.errors import ItemFault
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.jobs import BY_HAND, Event, Job, Origin, Spec
from saasbackup_desktop.core.model import Body, Folder, Item
from saasbackup_desktop.core.stream import Change, Cursor


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What the catalog knows of an item, in brief."""

    id: NodeId
    place: str
    revision: str
    flags: tuple[str, ...]


class Known(Protocol):
    """What the last snapshot holds, for a source that has to compare."""

    async def folders(self) -> Sequence[Folder]:
        """All folders."""

    async def within(self, folder: NodeId) -> Sequence[Glimpse]:
        """The items directly in a folder."""

    async def items(self, ids: Sequence[NodeId]) -> Mapping[NodeId, Item]:
        """Those of the items that are known, whole."""

    async def alike(self, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
        """Items whose original has one of these sizes and whose body is in the vault."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One item's bytes: all at once, or piece by piece if it is large; or why it could not be had."""

    item: Item
    data: bytes | AsyncIterator[bytes] | ItemFault
    parts: Mapping[str, bytes | AsyncIterator[bytes]] = field(default_factory=dict)
    """More bytes that belong to the item, by name; those that come in pieces are read in order, after ``data``."""


@runtime_checkable
class Waiting(Protocol):
    """A source or target that waits when the other side asks for it."""

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which it waits; None if it does not."""


class Source(Protocol):
    """Somewhere to read from."""

    def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say everything that changed, parents first; everything, newest first, if ``since`` is None.

        Raises Fault. May be closed at any moment.
        """

    def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bodies of these items, in batches that fit in memory, in any order.

        A streamed body is read to its end before the next batch is asked for. Raises Fault if the source is lost.
        """

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One item that a source says it has."""

    place: str
    """As ``Item.place`` of the same item, or as its id where that is empty."""
    is_newer: bool | None
    """It came there after the moment that was asked about; None: the source cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a source says that one of its folders holds, asked for nothing but that."""

    folder: NodeId
    """The folder's id, if it is known."""
    path: str
    """For people."""
    count: int | None
    """How many items the source counts; None where it does not tell."""
    seen: Sequence[Seen] | None
    """All that it lists; None: it does not tell which they are."""
    counts_alike: bool = True
    """False: the count may include what is no item of ours."""


@runtime_checkable
class Counting(Protocol):
    """A source that can say what it has in another way than the one by which it is read."""

    @property
    def has_unique_places(self) -> bool:
        """An item's place tells it from all others of the source, not only of its folder: it stays when it moves."""

    def census(self, since: Cursor | None, began: int, folders: Sequence[Folder]) -> AsyncGenerator[Census, None]:
        """Count and list what is there now, folder by folder. Raises Fault.

        ``since``, ``began``: where a point in time stands and when it was begun (seconds since 1970 UTC), to tell what
        came later; ``folders``: those that it holds. Nothing of what is listed may be taken from there.
        """


Reading = Callable[[Body], Awaitable[bytes]]
"""Gives what a body stands for. Raises BodyDamaged."""


@dataclass(frozen=True, slots=True)
class Twins:
    """For items of ours, by id, the target's that are the same."""

    equal: Mapping[NodeId, NodeId]
    differing: Mapping[NodeId, NodeId]
    """The same, but not in the state that ours is in: for mail, other flags."""
    altered: Mapping[NodeId, NodeId]
    """The same, but the target has made something else of the bytes, and would again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item on its way into a folder of a target."""

    item: Item
    into: NodeId
    data: bytes | AsyncIterator[bytes]
    parts: Mapping[str, bytes | AsyncIterator[bytes]] = field(default_factory=dict)
    """More bytes that belong to the item, by name, if the target asks for them; read in order, after ``data``."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery: the id at the target (empty if the target does not tell), or why it failed."""

    item: Item
    into: NodeId
    id: NodeId | None = None
    fault: ItemFault | None = None
    dropped: tuple[str, ...] = ()
    """Flags that the target does not keep."""
    omitted: tuple[str, ...] = ()
    """Names of attachments that the target does not take."""
    lost: tuple[str, ...] = ()
    """Codes of what else of the item cannot be brought back there: ``attendees``, ``online-meeting``..."""


class Target(Protocol):
    """Somewhere to write to."""

    async def folders(self) -> Sequence[Folder]:
        """What is there now; their ids are the target's own."""

    async def room(self) -> tuple[int | None, int | None]:
        """Bytes left, and the largest item taken; None where the target does not tell."""

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """The path under which ``folders`` lists what is made as this path: some servers keep only one of two."""

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """Say why a folder of this path could not be made (a reason code), or None if it can."""

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find or make a folder. Raises NameRefused, Denied, TargetFull."""

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find for each item the one that the folder has already; each of the target's serves once."""

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write items of one folder. Raises Fault if the target is lost, TargetFull if it is full."""

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Bring items of the target back into the state that ours are in, with a mark that says so, and look again.

        Raises Fault if the target is lost.
        """

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read back what was put, and compare: what is wrong, by the ids of our items. Raises Fault."""

    async def close(self) -> None:
        """Let go of connections."""


class BlobStore(Protocol):
    """A dumb place for immutable files. Thread-safe. Names are relative paths of ``[a-z0-9./-]``.

    Raises VaultUnwritable, VaultFull, VaultMissing (the whole place is gone), FileNotFoundError for a missing name.
    """

    @property
    def location(self) -> str:
        """What a person calls this place."""

    def put(self, name: str, data: bytes, *, fleeting: bool = False) -> None:
        """Create a file, durably and all or nothing. Raises FileExistsError if the name is taken.

        A fleeting file is one that will be removed soon: it is never placed under a retention lock.
        """

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Read a file, or a stretch of it."""

    def size(self, name: str) -> int:
        """Length of a file in bytes."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names that begin with this folder, in order."""

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is no error. Raises VaultImmutable if a retention lock holds it."""


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """How a store keeps what is written from being changed or removed."""

    mode: str
    """``governance`` or ``compliance``."""
    days: int
    """How long, from the moment that something was needed last."""

    @property
    def slack_days(self) -> int:
        """Days beyond that which a file is locked for, so that it need not be renewed at every backup."""
        return max(1, min(30, self.days // 4))


@runtime_checkable
class LockingStore(BlobStore, Protocol):
    """A store whose server can refuse to remove files for a time."""

    @property
    def lock(self) -> ObjectLock | None:
        """What files are placed under; None: nothing."""

    def keep_under(self, lock: ObjectLock | None) -> None:
        """Place everything that is put from now on under this lock."""

    def locked_until(self, name: str) -> int | None:
        """When a file's lock ends (seconds since 1970 UTC); None: it has none."""

    def extend(self, name: str, until: int) -> None:
        """Let a file's lock end later; never earlier."""

    def hide(self, name: str) -> None:
        """Take a file out of sight; under its lock it stays where it is."""

    def hidden(self) -> Iterator[str]:
        """Names whose current version is not the first one: taken out of sight, or written over."""

    def uncover(self, name: str, is_wanted: Callable[[bytes], bool]) -> None:
        """Make the earliest version that is wanted the current one. Raises FileNotFoundError if none is."""


class Engine(Protocol):
    """The one door to work that takes time: in this thread, another, or another process."""

    async def submit(self, spec: Spec, origin: Origin = BY_HAND) -> JobId:
        """Queue a job. The same spec twice while the first is not over gives the first one's id."""

    async def stop(self, job: JobId) -> None:
        """Cancel: what is saved stays saved."""

    async def pause(self, job: JobId) -> None:
        """Stop for now; ``resume`` goes on from the last checkpoint."""

    async def resume(self, job: JobId) -> None:
        """Queue a paused, stopped, partial or failed job again."""

    async def job(self, job: JobId) -> Job:
        """How it stands. Raises KeyError."""

    async def jobs(self) -> Sequence[Job]:
        """All jobs, newest first."""

    def events(self) -> AsyncIterator[Event]:
        """What happens from now on, at most five samples a second for each job."""


class Clock(Protocol):
    """Time, so that tests can make it."""

    def now(self) -> int:
        """Seconds since 1970 UTC."""
