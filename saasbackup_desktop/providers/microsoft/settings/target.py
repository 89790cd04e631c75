"""A mailbox in Exchange as a target for settings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from saasbackup_desktop.core.errors import ItemFault, NotVerified, Refused
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Delivery, Reading, Receipt, Twins
from saasbackup_desktop.providers.microsoft import objects
from saasbackup_desktop.providers.microsoft.bodies import whole
from saasbackup_desktop.providers.microsoft.calls import IMMUTABLE
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.settings.rule_folders import PART, FolderNames, folder_names
from saasbackup_desktop.providers.microsoft.settings.sections import (
    CATEGORIES,
    FOLDERS,
    GENERAL,
    READ_ONLY,
    RULES,
    SENDERS,
    SHARING,
    Section,
    Setting,
    read_body,
    read_settings,
    section_of,
)

_CHANGEABLE: Final[Mapping[Section, tuple[str, ...]]] = {
    CATEGORIES: ("color",),
    SHARING: ("role",),
    SENDERS: ("classifyAs",),
}
"""What can be changed of a setting that is there; of a rule, everything can."""
_WHOLE: Final = ("conditions", "exceptions")
"""Properties of a rule that go away when they are not named."""


class SettingsTarget:
    """Writes settings through Graph; removes none.

    There is one set of settings in a mailbox, so a folder of their own cannot be made for them: whatever path a
    section is to have, it is the mailbox's own that is meant. Implements core.ports.Target.
    """

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._there: dict[Section, list[Setting]] | None = None
        self._folders: FolderNames | None = None

    async def folders(self) -> Sequence[Folder]:
        """The sections. Raises Fault."""
        return FOLDERS

    async def room(self) -> tuple[int | None, int | None]:
        """Settings take no room."""
        return None, None

    def as_listed(self, path: Sequence[str]) -> tuple[str, ...]:
        """Whatever lies above a section is left out; what is in no section is a setting of the mailbox."""
        names = {folder.name for folder in FOLDERS}
        return (path[-1],) if path and path[-1] in names else (GENERAL.name,)

    def folder_fault(self, path: Sequence[str]) -> str | None:
        """All sections are there."""
        del path
        return None

    async def folder(self, path: Sequence[str]) -> NodeId:
        """Find a section."""
        [name] = self.as_listed(path)
        return next(folder.id for folder in FOLDERS if folder.name == name)

    async def twins(self, folder: NodeId, items: Sequence[Item], reading: Reading) -> Twins:
        """Find the setting of the same name or address, and tell whether it says the same. Raises Fault."""
        del folder
        await self._look()
        equal: dict[NodeId, NodeId] = {}
        differing: dict[NodeId, NodeId] = {}
        taken: set[NodeId] = set()
        for item in items:
            wanted = await self._wanted(item, reading)
            same = [one for one in self._alike(item, wanted) if one.id not in taken]
            if not same:
                continue
            is_equal = item.id.endswith(f"/{READ_ONLY}") or _text(same[0].content) == _text(wanted)
            taken.add(same[0].id)
            (equal if is_equal else differing)[item.id] = same[0].id
        return Twins(equal, differing, {})

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        """Make settings, one after the other. Raises Fault if the target is lost."""
        receipts = []
        for delivery in deliveries:
            item = delivery.item
            try:
                content = read_body(await whole(delivery.data))
                kept = await whole(delivery.parts[PART]) if PART in delivery.parts else None
                id = await self._make(section_of(item), await self._here(item, content, kept))
            except ItemFault as fault:
                receipts.append(Receipt(item, delivery.into, None, fault))
            else:
                receipts.append(Receipt(item, delivery.into, NodeId(f"{section_of(item).id}/{id}" if id else item.id)))
        self._there = None
        return receipts

    async def replace(
        self, folder: NodeId, pairs: Sequence[tuple[NodeId, Item]], reading: Reading
    ) -> Sequence[Receipt]:
        """Give settings back what ours say, and look again. Raises Fault."""
        receipts = []
        for id, item in pairs:
            try:
                await self._change(id, item, await self._wanted(item, reading))
            except ItemFault as fault:
                receipts.append(Receipt(item, folder, id, fault))
            else:
                receipts.append(Receipt(item, folder, id))
        self._there = None
        faults = await self.verify(folder, [one for one in receipts if one.fault is None], reading)
        return [Receipt(one.item, folder, one.id, one.fault or faults.get(one.item.id)) for one in receipts]

    async def verify(self, folder: NodeId, written: Sequence[Receipt], reading: Reading) -> Mapping[NodeId, ItemFault]:
        """Read all settings again and compare. Raises Fault."""
        del folder
        there = {one.id: one for settings in (await self._look()).values() for one in settings}
        faults: dict[NodeId, ItemFault] = {}
        for receipt in written:
            found = there.get(receipt.id or NodeId(""))
            if found is None:
                faults[receipt.item.id] = NotVerified("missing")
            elif _text(found.content) != _text(await self._wanted(receipt.item, reading)):
                faults[receipt.item.id] = NotVerified("body")
        return faults

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()

    async def _look(self) -> dict[Section, list[Setting]]:
        if self._there is None:
            self._there = await read_settings(self._graph, self._user)
        return self._there

    async def _wanted(self, item: Item, reading: Reading) -> dict[str, Any]:
        """What a setting of ours says, in this mailbox's words; a rule whose folder is not here stays as it is."""
        assert item.body is not None
        content = read_body(await reading(item.body))
        kept = await reading(item.parts[PART]) if PART in item.parts else None
        try:
            return await self._here(item, content, kept)
        except Refused:
            return content

    async def _here(self, item: Item, content: dict[str, Any], kept: bytes | None) -> dict[str, Any]:
        if section_of(item) is not RULES:
            return content
        if self._folders is None:
            self._folders = await folder_names(self._graph, self._user)
        return self._folders.here(content, kept)

    def _alike(self, item: Item, wanted: Mapping[str, Any]) -> list[Setting]:
        """Settings that the item stands for: those under its own id first, then those of its name or address."""
        assert self._there is not None
        section = section_of(item)
        there = self._there.get(section, [])
        if section is GENERAL:
            return [one for one in there if one.id == item.id]
        by_name: dict[str, list[Setting]] = defaultdict(list)
        for one in there:
            by_name[_name(section, one.content)].append(one)
        named = by_name[_name(section, wanted)]
        return sorted(named, key=lambda one: (one.id != item.id, _text(one.content) != _text(wanted)))

    async def _make(self, section: Section, content: dict[str, Any]) -> str:
        """Make a setting; its id at Graph."""
        if section is GENERAL:
            await self._send("PATCH", section.path, content)
            return ""
        if section is SHARING and not (content.get("emailAddress") or {}).get("address"):
            raise Refused("nobody to share with", reason="no-address")
        made = await self._send("POST", section.path, content)
        return str(made["id"])

    async def _change(self, id: NodeId, item: Item, wanted: dict[str, Any]) -> None:
        section = section_of(item)
        if section is GENERAL:
            await self._send("PATCH", section.path, wanted)
            return
        changed = {name: wanted[name] for name in _CHANGEABLE.get(section, tuple(wanted)) if name in wanted}
        if section is RULES:
            changed = {**dict.fromkeys(_WHOLE), **changed}
        key = quote(id.partition("/")[2], safe="=")
        await self._send("PATCH", f"{section.path}/{key}", changed)

    async def _send(self, method: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return await self._graph.send(
            method, f"/users/{self._user}/{path}", content, mailbox=self._user, prefer=[IMMUTABLE]
        )


def _name(section: Section, content: Mapping[str, Any]) -> str:
    if section in (SHARING, SENDERS):
        email = content.get("emailAddress") or content.get("senderEmailAddress") or {}
        return str(email.get("address") or "").casefold()
    return str(content.get("displayName") or "").casefold()


def _text(content: Mapping[str, Any]) -> str:
    """A form that compares. What a person is called is the directory's word, and not the setting's; a category's name
    has no case, and stays as it is spelled.
    """
    compared = dict(content)
    if "color" in compared:
        compared["displayName"] = str(compared.get("displayName") or "").casefold()
    for name in ("emailAddress", "senderEmailAddress"):
        if name in compared:
            compared[name] = str(compared[name].get("address") or "").casefold()
    if isinstance(language := compared.get("language"), Mapping):
        compared["language"] = language.get("locale")
    return objects.written(compared).decode("utf-8", "replace")
