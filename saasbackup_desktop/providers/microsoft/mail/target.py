"""A mailbox in Exchange as a target for mail."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from saasbackup_desktop.core.errors import (
    Fault,
    ItemFault,
    NameRefused,
    NotFound,
    NotVerified,
    TargetFull,
    Throttled,
    Unreachable,
)
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Delivery, Reading, Receipt, Twins
from saasbackup_desktop.providers.microsoft.bodies import pieces, whole
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.folder_names import making, path_fault
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail import composing
from saasbackup_desktop.providers.microsoft.mail.attachments import INSIDE, ITEM, PREFIX, attached, kind_of, seen
from saasbackup_desktop.providers.microsoft.mail.composing import (
    MARK,
    RESTORED,
    SMALL,
    UNFINISHED,
    Composed,
    Enclosure,
)
from saasbackup_desktop.providers.microsoft.mail.folders import Tree, read_tree, writable
from saasbackup_desktop.providers.microsoft.mail.messages import moment

_LARGEST: Final = 150 << 20
"""Bytes of a message (Exchange Online limits)."""
_AT_ONCE: Final = 4
_LOOK: Final = (
    "subject,body,toRecipients,ccRecipients,bccRecipients,isRead,isDraft,flag,categories,importance,receivedDateTime"
)
_BRIEF: Final = "internetMessageId,receivedDateTime,subject,isRead,flag,categories"
_MARKED: Final = f"singleValueExtendedProperties($filter=id eq '{MARK}')"
_Whole = tuple[str, int | None, str]


class MailTarget:
    """Writes into a mailbox through Graph; deletes nothing but what it made and could not finish.

    Implements core.ports.Target.
    """

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._tree: Tree | None = None
        self._halves: dict[str, list[str]] = {}
        """Mark -> messages of that item that an earlier run could not finish."""

    async def folders(self) -> Sequence[Folder]:
        """What is there now and may be written to, parents first. Raises Fault."""
        self._tree = writable(await read_tree(self._graph, self._user, self._tree.known if self._tree else None))
        return self._tree.folders

    async def room(self) -> tuple[int | None, int | None]:
        """What is left is not told; the largest message is known."""
        return None, _LARGEST

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """Names are taken as they are."""
        return tuple(path)

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """Say why a folder of this path could not be made: ``empty`` or ``too-long``; None if it can."""
        return path_fault(path, path)

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find or make a folder. Raises NameRefused, Denied, TargetFull."""
        if reason := self.folder_fault(path):
            raise NameRefused(reason, name="/".join(path), reason=reason)
        if self._tree is None:
            await self.folders()
        assert self._tree is not None
        tree = self._tree
        parent: NodeId | None = None
        for depth, name in enumerate(path):
            there = _child(tree, parent, name)
            if there is None:
                await self._make(parent, name, "/".join(path[: depth + 1]))
                await self.folders()
                assert self._tree is not None
                tree = self._tree
                there = _child(tree, parent, name)
            if there is None:
                raise NameRefused("altered by the service", name="/".join(path), reason="altered")
            parent = there
        assert parent is not None
        return parent

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find for each message the one that the folder has already: by its id, by our mark, else by Message-ID,
        time and subject. Raises Fault.
        """
        del reading
        by_id: dict[str, Mapping[str, Any]] = {}
        by_mark: dict[str, list[str]] = defaultdict(list)
        by_look: dict[_Whole, list[str]] = defaultdict(list)
        query = {"$select": _BRIEF, "$expand": _MARKED, "$top": "200"}
        at = f"/users/{self._user}/mailFolders/{folder}/messages"
        async for page in self._graph.pages(at, query, mailbox=self._user, prefer=[IMMUTABLE]):
            for plain in page:
                marks = [str(one["value"]) for one in plain.get("singleValueExtendedProperties") or ()]
                if any(mark.startswith(UNFINISHED) for mark in marks):
                    for mark in marks:
                        self._halves.setdefault(mark.removeprefix(UNFINISHED), []).append(plain["id"])
                    continue
                by_id[plain["id"]] = plain
                for mark in marks:
                    by_mark[mark].append(plain["id"])
                if plain.get("internetMessageId"):
                    by_look[_look(plain)].append(plain["id"])
        taken: set[str] = set()
        equal: dict[NodeId, NodeId] = {}
        differing: dict[NodeId, NodeId] = {}
        for item in items:
            named = item.facets.get("message-id", "")
            look = by_look.get((named, item.time, item.name.strip()), []) if named else []
            for id in ([item.id] if item.id in by_id else [], by_mark.get(composing.mark_of(item), []), look):
                free = next((one for one in id if one not in taken), None)
                if free is not None:
                    taken.add(free)
                    same = _state(by_id[free]) == _state(composing.state_of(item))
                    (equal if same else differing)[item.id] = NodeId(free)
                    break
        return Twins(equal, differing, {})

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write messages, several at once. Raises Fault if the target is lost, TargetFull if it is full."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(delivery: Delivery) -> Receipt:
            async with room:
                return await self._put(delivery)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(delivery)) for delivery in deliveries]
        except ExceptionGroup as faults:
            raise _first(faults) from None
        return [task.result() for task in tasks]

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Bring read state, flag and categories back, with a category that says so, and look again. Raises Fault."""
        del reading
        calls = []
        for id, item in pairs:
            state = composing.state_of(item)
            state["categories"] = [*state["categories"], RESTORED]
            calls.append(Call("PATCH", f"/users/{self._user}/messages/{id}", state))
        receipts = []
        for (id, item), answer in zip(pairs, await self._graph.batch(calls, mailbox=self._user), strict=True):
            if answer.fault is not None and not isinstance(answer.fault, ItemFault):
                raise answer.fault
            fault = answer.fault if isinstance(answer.fault, ItemFault) else None
            if fault is None and _state(answer.body) != _state(composing.state_of(item)):
                fault = NotVerified("flags")
            receipts.append(Receipt(item, folder, id, fault))
        return receipts

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read messages back and compare them property by property, attachments by their bytes. Raises Fault."""
        calls = [
            Call("GET", f"/users/{self._user}/messages/{receipt.id}?$select={_LOOK}&$expand=attachments")
            for receipt in written
        ]
        faults: dict[NodeId, ItemFault] = {}
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for receipt, answer in zip(written, answers, strict=True):
            item = receipt.item
            if isinstance(answer.fault, ItemFault):
                faults[item.id] = NotVerified("missing")
            elif answer.fault is not None:
                raise answer.fault
            elif wrong := await self._difference(item, answer.body, reading):
                faults[item.id] = NotVerified(wrong)
        return faults

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _make(self, parent: NodeId | None, name: str, shown: str) -> None:
        below = f"/{parent}/childFolders" if parent else ""
        with making(shown):
            await self._graph.send(
                "POST", f"/users/{self._user}/mailFolders{below}", {"displayName": name}, mailbox=self._user
            )

    async def _put(self, delivery: Delivery) -> Receipt:
        item = delivery.item
        path = f"/users/{self._user}/mailFolders/{delivery.into}/messages"
        try:
            data = await whole(delivery.data)
            kept = await whole(delivery.parts["graph"]) if "graph" in delivery.parts else None
            beside = {name: await whole(part) for name, part in delivery.parts.items() if name.startswith(PREFIX)}
            composed = composing.compose(item, data, kept, attached(beside))
            for half in self._halves.pop(composing.mark_of(item), ()):
                await self._remove(half)  # first: once the whole one is there, nobody looks for halves of it
            is_whole = not composed.enclosures and not composed.items
            message = composed.message if is_whole else composing.begun(composed.message)
            made = await self._graph.send("POST", path, message, mailbox=self._user, prefer=[IMMUTABLE])
        except ItemFault as fault:
            return Receipt(item, delivery.into, None, fault)
        id = NodeId(made["id"])
        try:
            for enclosure in composed.enclosures:
                await self._enclose(id, enclosure)
            for one in composed.items:
                at = f"/users/{self._user}/messages/{id}/attachments"
                await self._graph.send("POST", at, one, mailbox=self._user, prefer=[IMMUTABLE])
            if not is_whole:
                marked = {"singleValueExtendedProperties": [{"id": MARK, "value": composing.mark_of(item)}]}
                await self._graph.send("PATCH", f"/users/{self._user}/messages/{id}", marked, mailbox=self._user)
        except BaseException as fault:
            # Half a message must not pass for a whole one.
            with suppress(Fault):
                await self._remove(id)
            if isinstance(fault, ItemFault):
                return Receipt(item, delivery.into, None, fault)
            raise
        return Receipt(item, delivery.into, id, omitted=tuple(composed.omitted))

    async def _remove(self, id: str) -> None:
        """Remove what we made ourselves, so that nobody finds it among what they deleted."""
        with suppress(NotFound):
            at = f"/users/{self._user}/messages/{id}/permanentDelete"
            await self._graph.send("POST", at, mailbox=self._user, repeats=True)

    async def _enclose(self, id: NodeId, enclosure: Enclosure) -> None:
        at = f"/users/{self._user}/messages/{id}/attachments"
        if len(enclosure.data) < SMALL:
            await self._graph.send("POST", at, enclosure.plain, mailbox=self._user, prefer=[IMMUTABLE])
            return
        session = await self._graph.send(
            "POST", f"{at}/createUploadSession", {"AttachmentItem": enclosure.announced}, mailbox=self._user
        )
        await self._graph.upload(session, pieces(enclosure.data), len(enclosure.data))

    async def _difference(self, item: Item, plain: Mapping[str, Any], reading: Reading) -> str:
        assert item.body is not None
        kept = await reading(item.parts["graph"]) if "graph" in item.parts else None
        beside = {name: await reading(part) for name, part in item.parts.items() if name.startswith(PREFIX)}
        composed: Composed = composing.compose(item, await reading(item.body), kept, attached(beside))
        wanted, there = composing.expected(composed), composing.found(plain, plain.get("attachments") or ())
        there_ids = [str(one["id"]) for one in plain.get("attachments") or () if kind_of(one) == ITEM]
        for name, value in wanted.items():
            if there[name] != value:
                return name
        if bool(plain.get("isDraft")) != ("\\Draft" in item.flags):
            return "isDraft"
        if composed.items and await self._items(str(plain["id"]), there_ids) != sorted(map(seen, composed.items)):
            return "attachments"
        return "" if item.time is None or moment(plain.get("receivedDateTime")) == item.time else "date"

    async def _items(self, id: str, attachments: Sequence[str]) -> list[str]:
        """What there is to see of the items attached to a message."""
        at = f"/users/{self._user}/messages/{id}/attachments"
        calls = [Call("GET", f"{at}/{one}?{INSIDE}") for one in attachments]
        answers = await self._graph.batch(calls, mailbox=self._user)
        return sorted(seen(answer.body) for answer in answers if answer.fault is None)


def _child(tree: Tree, parent: NodeId | None, name: str) -> NodeId | None:
    for folder in tree.folders:
        if folder.parent == parent and folder.name.casefold() == name.casefold():
            return folder.id
    return None


def _look(plain: Mapping[str, Any]) -> _Whole:
    return (
        str(plain["internetMessageId"]),
        moment(plain.get("receivedDateTime")),
        str(plain.get("subject") or "").strip(),
    )


def _state(plain: Mapping[str, Any]) -> tuple[bool, str, frozenset[str]]:
    """What a replacing restore brings back, without our mark."""
    status = str((plain.get("flag") or {}).get("flagStatus", "notFlagged"))
    return bool(plain.get("isRead")), status, frozenset(plain.get("categories") or ()) - {RESTORED}


def _first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of faults that several writings met at once, the one that says most."""
    flat: list[BaseException] = []
    for one in faults.exceptions:
        flat.append(_first(one) if isinstance(one, BaseExceptionGroup) else one)
    for kind in (TargetFull, Throttled, Unreachable, Fault):
        for one in flat:
            if isinstance(one, kind):
                return one
    return flat[0]
