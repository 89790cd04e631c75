"""The settings of a mailbox in Exchange: everything is read in one request, and only what differs is said."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Fetched, Known
from saasbackup_desktop.core.stream import Change, Checkpoint, Cursor, Gone, Put
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.settings.rule_folders import PART, folder_names, named
from saasbackup_desktop.providers.microsoft.settings.sections import FOLDERS, RULES, Setting, read_settings

_CURSOR: Final[Cursor] = {"version": 1}


def settings_source(graph: Graph, user: str) -> "SettingsSource":
    """Read how a mailbox is set up."""
    return SettingsSource(graph, user)


class SettingsSource:
    """Reads settings. Implements core.ports.Source."""

    def __init__(self, graph: Graph, user: str) -> None:
        self._graph = graph
        self._user = user
        self._told: dict[NodeId, Setting] | None = None

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say what differs from the last point in time. Raises Fault.

        What may not be read any more stays as it was.
        """
        del since
        found = await read_settings(self._graph, self._user)
        self._told = {one.id: one for settings in found.values() for one in settings}
        before = {folder.id: folder for folder in await known.folders()}
        moved = False
        for folder in FOLDERS:
            if before.get(folder.id) != folder:
                moved = True
                yield Put(folder)
        for section, settings in found.items():
            folder_id = NodeId(section.id)
            was = {one.id: one.revision for one in await known.within(folder_id)} if folder_id in before else {}
            for one in settings:
                if was.pop(one.id, None) != (item := one.item).revision:
                    moved = True
                    yield Put(item)
            for id in was:
                moved = True
                yield Gone(id)
        yield Checkpoint(_CURSOR, complete=True, moved=moved)

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Give the bytes of what was told; rules with the paths of their folders. Raises Fault."""
        if self._told is None:
            found = await read_settings(self._graph, self._user)
            self._told = {one.id: one for settings in found.values() for one in settings}
        told = [(item, self._told.get(item.id)) for item in items]
        rules = [one.content for _, one in told if one is not None and one.section is RULES]
        names = await folder_names(self._graph, self._user) if any(any(named(rule)) for rule in rules) else None
        batch = []
        for item, one in told:
            if one is None:
                batch.append(Fetched(item, NotFound("the setting is not there any more")))
            elif names is not None and one.section is RULES and any(named(one.content)):
                batch.append(Fetched(item, one.body, {PART: names.paths(one.content)}))
            else:
                batch.append(Fetched(item, one.body))
        yield batch

    @property
    def throttled_until(self) -> int | None:
        """Seconds since 1970 UTC until which the mailbox rests; None if it does not."""
        return self._graph.rests_until(self._user)

    async def close(self) -> None:
        """Hang up."""
        await self._graph.close()
