"""A mailbox's calendars, contacts or tasks as a target: what every kind of object has in common when it is written."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import (
    Fault,
    ItemFault,
    NameRefused,
    NotVerified,
    TargetFull,
    Throttled,
    Unreachable,
)
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Delivery, Reading, Receipt, Twins
from saasbackup_desktop.providers.microsoft.calls import Answer, Call
from saasbackup_desktop.providers.microsoft.folder_names import making, path_fault
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.marks import has_begun, item_of

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_AT_ONCE: Final = 4
_STRETCH: Final = 200
"""Objects that are held in memory to be compared."""
_JOINED: Final = " - "
"""Between the names of a path where folders have no folders."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An item of ours as it is read from the vault."""

    item: Item
    plain: Mapping[str, Any]
    part: Callable[[str], Awaitable[bytes]]
    """Gives the bytes of one of the item's parts."""


class Kind(Protocol):
    """One kind of object: where it lies at the target, how it is made, and what must be the same."""

    prefer: Sequence[str]
    """Preferences for lists, so that ids are those that were saved."""
    is_nested: bool
    """Whether folders may lie in folders."""
    goes_on: bool
    """Whether what an earlier run left unfinished is finished; else it is removed and made again."""

    async def folders(self) -> Sequence[Folder]:
        """All folders, parents first. Raises Fault."""

    async def make(self, parent: NodeId | None, name: str) -> None:
        """Make a folder. Raises Fault."""

    def listing(self, folder: NodeId) -> tuple[str, Mapping[str, str]]:
        """Path and query of a folder's objects, with our mark and what ``look`` needs."""

    def whole(self, folder: NodeId, id: str) -> str:
        """Path and query of one object with everything that is compared."""

    def mark(self, plain: Mapping[str, Any]) -> str:
        """Our mark on an object; empty if it has none."""

    def look(self, plain: Mapping[str, Any]) -> str:
        """By what an object is known without id and mark, ours as theirs; empty: by nothing."""

    def is_begun(self, saved: Saved, there: Mapping[str, Any]) -> bool:
        """Whether an object without a mark may be what an earlier run left unfinished."""

    async def difference(self, saved: Saved, folder: NodeId, there: Mapping[str, Any], *, is_strict: bool) -> str:
        """Name the first property that is not as saved; empty if there is none. Raises Fault.

        ``is_strict``: the object was just made by us: files are compared by their bytes, and there are no others.
        """

    async def create(self, saved: Saved, folder: NodeId) -> NodeId:
        """Make the object, or its first part, with a mark that says so. Raises Fault."""

    async def complete(self, saved: Saved, folder: NodeId, id: NodeId) -> None:
        """Add what could not come at once, then the mark that says that it is whole. Raises Fault."""

    async def bring_back(self, saved: Saved, folder: NodeId, there: Mapping[str, Any]) -> NodeId:
        """Bring an object back into the state of ours, with our category: its id, or its copy's. Raises Fault."""

    async def remove(self, folder: NodeId, id: NodeId) -> None:
        """Remove what was made by us. Raises Fault."""

    def lost(self, plain: Mapping[str, Any]) -> tuple[str, ...]:
        """Codes of what cannot be brought back."""


@dataclass(slots=True)
class _There:
    """What a folder of the target has, in brief."""

    ids: set[str] = field(default_factory=set)
    by_mark: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_look: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class ObjectTarget:
    """Writes objects of one kind into a mailbox; deletes nothing but what it made and could not finish.

    Implements core.ports.Target.
    """

    def __init__(self, graph: Graph, user: str, kind: Kind) -> None:
        self._graph = graph
        self._user = user
        self._kind = kind
        self._folders: Sequence[Folder] | None = None
        self._begun: dict[tuple[NodeId, NodeId], list[NodeId]] = {}
        """Folder and item of ours -> what an earlier run left unfinished of it."""

    async def folders(self) -> Sequence[Folder]:
        """What is there now, parents first. Raises Fault."""
        self._folders = await self._kind.folders()
        return self._folders

    async def room(self) -> tuple[int | None, int | None]:
        """Neither is told."""
        return None, None

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """Where folders have no folders, the names of a path make one name."""
        return tuple(path) if self._kind.is_nested or len(path) < 2 else (_JOINED.join(path),)

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """Say why a folder of this path could not be made: ``empty`` or ``too-long``; None if it can."""
        return path_fault(path, self.as_listed(path))

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find or make a folder. Raises NameRefused, Denied, TargetFull."""
        if reason := self.folder_fault(path):
            raise NameRefused(reason, name="/".join(path), reason=reason)
        there = self._folders or await self.folders()
        parent: NodeId | None = None
        for depth, name in enumerate(self.as_listed(path)):
            found = _child(there, parent, name)
            if found is None:
                await self._make(parent, name, "/".join(path[: depth + 1]))
                there = await self.folders()
                found = _child(there, parent, name)
            if found is None:
                raise NameRefused("altered by the service", name="/".join(path), reason="altered")
            if "read-only" in found.facets:
                raise NameRefused("cannot be written", name="/".join(path), reason="read-only")
            parent = found.id
        assert parent is not None
        return parent

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find for each item what the folder has of it already: by our mark, by its id, else by what it is known by.

        Raises Fault.
        """
        there = await self._list(folder)
        known: list[tuple[Item, str]] = []
        others: list[Item] = []
        taken: set[str] = set()
        for item in items:
            self._begun[folder, item.id] = [NodeId(id) for id in there.begun.get(item.id, ())]
            ids = [*there.by_mark.get(item.id, ()), *([item.id] if item.id in there.ids else [])]
            found = next((id for id in ids if id not in taken), None)
            if found is not None and item.body is not None:
                taken.add(found)
                known.append((item, found))
            elif there.by_look and item.body is not None:
                others.append(item)
        equal: dict[NodeId, NodeId] = {}
        differing: dict[NodeId, NodeId] = {}
        for start in range(0, len(known), _STRETCH):
            some = known[start : start + _STRETCH]
            await self._compare(folder, [(await _saved(item, reading), id) for item, id in some], equal, differing)
        for start in range(0, len(others), _STRETCH):
            alike = []
            for item in others[start : start + _STRETCH]:
                saved = await _saved(item, reading)
                look = self._kind.look(saved.plain)
                found = next((id for id in there.by_look.get(look, ()) if id not in taken), None) if look else None
                if found is not None:
                    taken.add(found)
                    alike.append((saved, found))
            await self._compare(folder, alike, equal, differing, is_guess=True)
        return Twins(equal, differing, {})

    async def _compare(
        self,
        folder: NodeId,
        pairs: Sequence[tuple[Saved, str]],
        equal: dict[NodeId, NodeId],
        differing: dict[NodeId, NodeId],
        *,
        is_guess: bool = False,
    ) -> None:
        """Say of pairs whether they are equal. ``is_guess``: they look alike, and that is all."""
        answers = await self._ask(folder, [id for _, id in pairs])
        for (saved, id), answer in zip(pairs, answers, strict=True):
            if answer.fault is not None:
                continue  # it went in this moment
            item = saved.item.id
            if not await self._kind.difference(saved, folder, answer.body, is_strict=False):
                equal[item] = NodeId(id)
            elif not (is_guess and self._kind.goes_on):
                differing[item] = NodeId(id)
            elif self._kind.is_begun(saved, answer.body):
                self._begun[folder, item] = [NodeId(id)]

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write items, several at once. Raises Fault if the target is lost, TargetFull if it is full."""
        return await at_once(self._put, deliveries)

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Bring objects back into the state of ours, with a category that says so, and look again. Raises Fault."""
        receipts: list[Receipt] = []
        answers = await self._ask(folder, [id for id, _ in pairs])
        for (id, item), answer in zip(pairs, answers, strict=True):
            try:
                if answer.fault is not None:
                    raise answer.fault
                saved = await _saved(item, reading)
                await self._remove(folder, self._begun.pop((folder, item.id), []))
                now = await self._kind.bring_back(saved, folder, answer.body)
                [again] = await self._ask(folder, [now])
                if again.fault is not None:
                    raise again.fault
                if wrong := await self._kind.difference(saved, folder, again.body, is_strict=False):
                    raise NotVerified(wrong, what=wrong)
            except ItemFault as fault:
                receipts.append(Receipt(item, folder, id, fault))
            else:
                receipts.append(Receipt(item, folder, now, lost=self._kind.lost(saved.plain)))
        return receipts

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read objects back and compare them property by property, files by their bytes. Raises Fault."""
        faults: dict[NodeId, ItemFault] = {}
        answers = await self._ask(folder, [receipt.id or "" for receipt in written])
        for receipt, answer in zip(written, answers, strict=True):
            item = receipt.item
            if answer.fault is not None:
                faults[item.id] = NotVerified("missing", what="missing")
                continue
            saved = await _saved(item, reading)
            if wrong := await self._kind.difference(saved, folder, answer.body, is_strict=True):
                faults[item.id] = NotVerified(wrong, what=wrong)
        return faults

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _make(self, parent: NodeId | None, name: str, shown: str) -> None:
        with making(shown):
            await self._kind.make(parent, name)

    async def _list(self, folder: NodeId) -> _There:
        there = _There()
        path, query = self._kind.listing(folder)
        async for page in self._graph.pages(path, query, mailbox=self._user, prefer=self._kind.prefer):
            for plain in page:
                id, mark = str(plain["id"]), self._kind.mark(plain)
                if has_begun(mark):
                    there.begun[item_of(mark)].append(id)
                    continue
                there.ids.add(id)
                if mark:
                    there.by_mark[item_of(mark)].append(id)
                elif look := self._kind.look(plain):
                    there.by_look[look].append(id)
        return there

    async def _ask(self, folder: NodeId, ids: Sequence[str]) -> list[Answer]:
        """Whole objects; what is not there any more has a fault. Raises Fault."""
        calls = [Call("GET", self._kind.whole(folder, id)) for id in ids]
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for answer in answers:
            if answer.fault is not None and not isinstance(answer.fault, ItemFault):
                raise answer.fault
        return answers

    async def _remove(self, folder: NodeId, begun: Sequence[NodeId]) -> None:
        """Remove what an earlier run left unfinished; what is gone by now is no matter."""
        for id in begun:
            with suppress(ItemFault):
                await self._kind.remove(folder, id)

    async def _put(self, delivery: Delivery) -> Receipt:
        item, into, kind = delivery.item, delivery.into, self._kind
        begun = self._begun.pop((into, item.id), [])
        id: NodeId | None = None
        is_new = not (begun and kind.goes_on)
        try:
            saved = Saved(item, codec.loads(await whole(delivery.data)), _Parts(delivery.parts).read)
            if is_new:
                await self._remove(into, begun)
                id = await kind.create(saved, into)
            else:
                id = begun[0]
            await kind.complete(saved, into, id)
        except ItemFault as fault:
            if id is not None and is_new:
                # Half an object must not pass for a whole one. After any other fault the next run sees to it.
                with suppress(Fault):
                    await kind.remove(into, id)
            return Receipt(item, into, None, fault)
        return Receipt(item, into, id, lost=kind.lost(saved.plain))


class _Parts:
    """Further bytes of a delivery, which come once and may be wanted twice."""

    def __init__(self, parts: Mapping[str, bytes | AsyncIterator[bytes]]) -> None:
        self._parts = parts
        self._read: dict[str, bytes] = {}

    async def read(self, name: str) -> bytes:
        """Give one part whole."""
        if name not in self._read:
            self._read[name] = await whole(self._parts[name])
        return self._read[name]


def differing(wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    """The first name, in order, whose value is another; empty if there is none."""
    return next((name for name, value in sorted(wanted.items()) if there.get(name, "") != value), "")


def are_within(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether they have all of ours, each as often; more is no matter."""
    return not Counter(ours) - Counter(theirs)


async def whole(data: bytes | AsyncIterator[bytes]) -> bytes:
    """All bytes of what may come in pieces."""
    return data if isinstance(data, bytes) else b"".join([piece async for piece in data])


async def at_once(work: Callable[[_Given], Awaitable[_Made]], given: Sequence[_Given]) -> list[_Made]:
    """Do the same with several things side by side: what came of them, in order. Raises the fault that says most."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(thing: _Given) -> _Made:
        async with room:
            return await work(thing)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(thing)) for thing in given]
    except ExceptionGroup as faults:
        raise _first(faults) from None
    return [task.result() for task in tasks]


async def _saved(item: Item, reading: Reading) -> Saved:
    assert item.body is not None
    parts = item.parts
    return Saved(item, codec.loads(await reading(item.body)), lambda name: reading(parts[name]))


def _child(folders: Sequence[Folder], parent: NodeId | None, name: str) -> Folder | None:
    for folder in folders:
        if folder.parent == parent and folder.name.casefold() == name.casefold():
            return folder
    return None


def _first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    flat: list[BaseException] = []
    for one in faults.exceptions:
        flat.append(_first(one) if isinstance(one, BaseExceptionGroup) else one)
    for kind in (TargetFull, Throttled, Unreachable, Fault):
        for one in flat:
            if isinstance(one, kind):
                return one
    return flat[0]
