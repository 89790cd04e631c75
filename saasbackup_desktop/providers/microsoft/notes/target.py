"""A mailbox in Exchange as a target for notes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from saasbackup_desktop.core.errors import Fault, ItemFault, NameRefused, NotFound, NotVerified
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Delivery, Reading, Receipt, Twins
from saasbackup_desktop.providers.microsoft.bodies import whole
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE, Call
from saasbackup_desktop.providers.microsoft.folder_names import path_fault
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.attachments import PREFIX, posted, read_part
from saasbackup_desktop.providers.microsoft.mail.composing import MARK, UNFINISHED, begun, mark_of
from saasbackup_desktop.providers.microsoft.notes import content
from saasbackup_desktop.providers.microsoft.notes.folders import NAME, read_folders

_FOLDER_CLASS: Final = {"id": "String 0x3613", "value": "IPF.StickyNote"}
"""PidTagContainerClass: what lets Outlook show a folder as one of notes."""


class NotesTarget:
    """Writes notes through Graph, below the mailbox's Notes folder; deletes nothing but what it could not finish.

    A note is brought back with its text, categories, colour, size and place; when it was made cannot be set.
    Implements core.ports.Target.
    """

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._folders: list[Folder] = []
        self._halves: dict[str, list[str]] = defaultdict(list)
        """Notes of ours whose files never all came, by the mark of what they were to be."""

    async def folders(self) -> Sequence[Folder]:
        """The Notes folder and what is below it. Raises Fault."""
        self._folders = await read_folders(self._graph, self._user)
        return self._folders

    async def room(self) -> tuple[int | None, int | None]:
        """Nothing is told."""
        return None, None

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """All folders lie below the Notes folder."""
        return tuple(path) if path and path[0].casefold() == NAME.casefold() else (NAME, *path)

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """Say why a folder of this path could not be made: ``empty`` or ``too-long``; None if it can."""
        listed = self.as_listed(path)
        return path_fault(listed, listed)

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find or make a folder. Raises NameRefused, Denied, TargetFull."""
        if not self._folders:
            await self.folders()
        if not self._folders:
            raise NotFound("the mailbox has no folder for notes")
        at = self._folders[0].id
        for depth, name in enumerate(self.as_listed(path)[1:], 2):
            there = self._child(at, name)
            at = await self._make(at, name, "/".join(path[:depth])) if there is None else there
        return at

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find for each note the one that the folder has already: by its id, by our mark, else by all that is seen.

        Raises Fault.
        """
        query = {"$select": content.SELECT, "$expand": content.expand(MARK), "$top": "100"}
        at = f"/users/{self._user}/mailFolders/{folder}/messages"
        found = await self._graph.all(at, query, mailbox=self._user, prefer=[IMMUTABLE])
        by_id: dict[str, dict[str, Any]] = {}
        for plain in found:
            mark = content.mark_in(plain)
            if mark.startswith(UNFINISHED):
                self._halves[mark.removeprefix(UNFINISHED)].append(str(plain["id"]))
            else:
                by_id[str(plain["id"])] = plain
        by_mark: dict[str, list[str]] = defaultdict(list)
        by_look: dict[str, list[str]] = defaultdict(list)
        for id, plain in by_id.items():
            by_mark[content.mark_in(plain)].append(id)
            by_look[_look(plain)].append(id)
        taken: set[str] = set()
        equal: dict[NodeId, NodeId] = {}
        differing: dict[NodeId, NodeId] = {}
        for item in items:
            assert item.body is not None
            wanted = _look(content.read(await reading(item.body)))
            alike = ([item.id] if item.id in by_id else [], by_mark[mark_of(item)], by_look[wanted])
            free = next((id for ids in alike for id in ids if id not in taken), None)
            if free is not None:
                taken.add(free)
                (equal if _look(by_id[free]) == wanted else differing)[item.id] = NodeId(free)
        return Twins(equal, differing, {})

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Write notes. Raises Fault if the target is lost, TargetFull if it is full."""
        return [await self._put(delivery) for delivery in deliveries]

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Bring text, categories and looks back, with a category that says so, and look again. Raises Fault."""
        calls = []
        for id, item in pairs:
            assert item.body is not None
            changes = content.changes_of(content.read(await reading(item.body)), is_marked=True)
            calls.append(Call("PATCH", f"/users/{self._user}/messages/{id}", changes))
        receipts = []
        for (id, item), answer in zip(pairs, await self._graph.batch(calls, mailbox=self._user), strict=True):
            if answer.fault is not None and not isinstance(answer.fault, ItemFault):
                raise answer.fault
            receipts.append(Receipt(item, folder, id, answer.fault))
        faults = await self.verify(folder, [one for one in receipts if one.fault is None], reading)
        return [Receipt(one.item, folder, one.id, one.fault or faults.get(one.item.id)) for one in receipts]

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read notes back and compare what people see of them. Raises Fault."""
        del folder
        query = content.asked("attachments")
        calls = [Call("GET", f"/users/{self._user}/messages/{one.id}?{query}") for one in written]
        faults: dict[NodeId, ItemFault] = {}
        answers = await self._graph.batch(calls, mailbox=self._user) if calls else []
        for receipt, answer in zip(written, answers, strict=True):
            item = receipt.item
            assert item.body is not None
            if isinstance(answer.fault, ItemFault):
                faults[item.id] = NotVerified("missing")
                continue
            if answer.fault is not None:
                raise answer.fault
            wanted = content.shown(content.read(await reading(item.body)))
            there = content.shown(answer.body)
            wrong = next((name for name, value in wanted.items() if there[name] != value), "")
            kept = [read_part(await reading(part)) for name, part in item.parts.items() if name.startswith(PREFIX)]
            if not wrong and _files(kept) != _files(answer.body.get("attachments") or ()):
                wrong = "attachments"
            if wrong:
                faults[item.id] = NotVerified(wrong)
        return faults

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    def _child(self, parent: NodeId, name: str) -> NodeId | None:
        for folder in self._folders:
            if folder.parent == parent and folder.name.casefold() == name.casefold():
                return folder.id
        return None

    async def _make(self, parent: NodeId, name: str, shown: str) -> NodeId:
        path = f"/users/{self._user}/mailFolders/{parent}/childFolders"
        plain = {"displayName": name, "singleValueExtendedProperties": [_FOLDER_CLASS]}
        try:
            made = await self._graph.send("POST", path, plain, mailbox=self._user)
        except (NameRefused, ItemFault) as fault:
            await self.folders()
            there = self._child(parent, name)
            if there is None:
                raise NameRefused(fault.detail, name=shown, reason="refused") from fault
            return there  # somebody made it in this moment
        folder = Folder(id=NodeId(made["id"]), parent=parent, name=name)
        self._folders.append(folder)
        return folder.id

    async def _put(self, delivery: Delivery) -> Receipt:
        item = delivery.item
        path = f"/users/{self._user}/mailFolders/{delivery.into}/messages"
        try:
            note = content.message_of(item, content.read(await whole(delivery.data)))
            kept = [read_part(await whole(part)) for name, part in delivery.parts.items() if name.startswith(PREFIX)]
            files = [file for file in map(posted, kept) if file is not None]
            if files:
                note = begun(note)
            made = await self._graph.send("POST", path, note, mailbox=self._user, prefer=[IMMUTABLE])
        except ItemFault as fault:
            return Receipt(item, delivery.into, None, fault)
        at = f"/users/{self._user}/messages/{made['id']}"
        try:
            for file in files:
                await self._graph.send("POST", f"{at}/attachments", file, mailbox=self._user, prefer=[IMMUTABLE])
            if files:
                marked = {"singleValueExtendedProperties": [{"id": MARK, "value": mark_of(item)}]}
                await self._graph.send("PATCH", at, marked, mailbox=self._user)
            for half in self._halves.pop(mark_of(item), ()):
                await self._remove(half)
        except BaseException as fault:
            # Half a note must not pass for a whole one.
            with suppress(Fault):
                await self._remove(str(made["id"]))
            if isinstance(fault, ItemFault):
                return Receipt(item, delivery.into, None, fault)
            raise
        return Receipt(item, delivery.into, NodeId(made["id"]))

    async def _remove(self, id: str) -> None:
        """Remove what we made ourselves, so that nobody finds it among what they deleted."""
        with suppress(NotFound):
            at = f"/users/{self._user}/messages/{id}/permanentDelete"
            await self._graph.send("POST", at, mailbox=self._user, repeats=True)


def _look(plain: Mapping[str, Any]) -> str:
    return "\n\n".join(content.shown(plain).values())


def _files(attachments: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((str(one.get("name")), str(one.get("contentBytes") or "")) for one in attachments)
