"""A mailbox as a source."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from saasbackup_desktop.core.errors import NotFound
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder, Item
from saasbackup_desktop.core.ports import Census, Fetched, Known
from saasbackup_desktop.core.stream import Change, Cursor
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.imap.census import census
from saasbackup_desktop.providers.imap.fetching import divide, fetch_batches, fetch_large
from saasbackup_desktop.providers.imap.identity import match
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.places import read_place
from saasbackup_desktop.providers.imap.settings import ImapSettings, Secret
from saasbackup_desktop.providers.imap.walk import Walk, survey


class ImapSource:
    """Reads a mailbox without leaving a trace in it. Implements core.ports.Source."""

    def __init__(self, settings: ImapSettings, secret: Secret, traffic: Traffic | None = None) -> None:
        self._lanes = Lanes(settings, secret, traffic)
        self._paths: dict[NodeId, str] = {}

    async def changes(self, since: Cursor | None, known: Known) -> AsyncGenerator[Change, None]:
        """Say everything that changed, parents first; messages newest first. Raises Fault."""
        walk = Walk(self._lanes, since, known)
        self._paths = walk.paths
        async with aclosing(walk.changes()) as changes:
            async for change in changes:
                yield change

    async def fetch(self, items: Sequence[Item]) -> AsyncGenerator[Sequence[Fetched], None]:
        """Read the bodies of these items; large ones one by one, last. Raises Fault."""
        if any(item.parent not in self._paths for item in items):
            await self._find(items)
        lost = [item for item in items if item.parent not in self._paths]
        if lost:
            yield [Fetched(item, NotFound("folder")) for item in lost]
        batches, large = divide((self._paths[item.parent], item) for item in items if item.parent in self._paths)
        async with aclosing(fetch_batches(self._lanes, batches)) as results:
            async for fetched in results:
                yield fetched
        for path, item in large:
            yield [await fetch_large(self._lanes, path, item)]

    @property
    def has_unique_places(self) -> bool:
        """A message is numbered within its mailbox."""
        return False

    def census(self, since: Cursor | None, began: int, folders: Sequence[Folder]) -> AsyncGenerator[Census, None]:
        """Count and list what every mailbox holds. Raises Fault."""
        return census(self._lanes, since, began, folders)

    async def close(self) -> None:
        """Hang up."""
        await self._lanes.close()

    async def _find(self, items: Sequence[Item]) -> None:
        """Find the mailboxes of items that are asked for before ``changes`` has told where they are.

        By the id that a mailbox gets when it is first seen; one renamed since, by its UIDVALIDITY if that is unique.
        """
        present = await self._lanes.run(survey)
        first_seen = {m.id: m.now.mailbox.path for m in match((), present)}
        for item in items:
            uidvalidity, _ = read_place(item.place)
            same = [now.mailbox.path for now in present if now.status and now.status.uidvalidity == uidvalidity]
            path = first_seen.get(item.parent) or (same[0] if len(same) == 1 else None)
            if path is not None and path in same:
                self._paths.setdefault(item.parent, path)
