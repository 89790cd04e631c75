"""Known messages at a new place, moved, copied or numbered anew by the server: their bodies are not fetched again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.ports import Known
from saasbackup_desktop.providers.formats.headers import header_digest
from saasbackup_desktop.providers.imap.dates import seconds
from saasbackup_desktop.providers.imap.lanes import Lanes
from saasbackup_desktop.providers.imap.session import Details, Session
from saasbackup_desktop.providers.imap.sets import chunks

_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*\S", re.IGNORECASE | re.MULTILINE)
_HEADERS_AT_ONCE = 250
_ITEMS_AT_ONCE = 500
_CANDIDATES = 20


class Lost:
    """Items that vanished from their places in this run, until they are found elsewhere."""

    def __init__(self) -> None:
        self.origins: dict[NodeId, NodeId] = {}
        """The folders that they vanished from."""
        self._by_size: dict[int, list[NodeId]] = {}
        self._by_time: dict[tuple[int, int | None], list[NodeId]] = {}

    async def learn(self, known: Known) -> None:
        """Look up how large and how old they are."""
        ids = list(self.origins)
        for start in range(0, len(ids), _ITEMS_AT_ONCE):
            for id, item in (await known.items(ids[start : start + _ITEMS_AT_ONCE])).items():
                if item.body is not None and item.size is not None:
                    self._by_size.setdefault(item.size, []).append(id)
                    self._by_time.setdefault((item.size, item.time), []).append(id)

    def like(self, size: int, time: int | None) -> list[NodeId]:
        """Those of this size and, if there are such, of this internal date, which most servers keep."""
        same = [id for id in self._by_time.get((size, time), ()) if id in self.origins]
        return same or [id for id in self._by_size.get(size, ()) if id in self.origins][:_CANDIDATES]


class Recognition:
    """Finds the known item that a message at a new place is."""

    def __init__(self, lanes: Lanes, known: Known, lost: Lost) -> None:
        self._lanes = lanes
        self._known = known
        self._lost = lost

    async def recognise(
        self, path: str, folder: NodeId, rows: Sequence[Details], *, copies: bool
    ) -> dict[int, tuple[Item, bool]]:
        """Items by UID; True if it is the very one, moved here, False if this is a copy of it.

        ``copies``: look for copies too, which asks the catalog for all items of the same sizes.
        """
        suspects = await self._suspects(rows, copies=copies)
        recognised: dict[int, tuple[Item, bool]] = {}
        used: set[NodeId] = set()
        for uids in chunks(sorted(suspects, reverse=True), _HEADERS_AT_ONCE):
            headers = await self._lanes.run(partial(_headers, path, uids), near=path)
            for uid in uids:
                item = _choose(headers.get(uid, b""), suspects[uid], self._lost.origins, used, folder)
                if item is not None:
                    was_lost = item.id in self._lost.origins and item.id not in used
                    used.add(item.id)
                    recognised[uid] = (item, was_lost)
        return recognised

    async def _suspects(self, rows: Sequence[Details], *, copies: bool) -> dict[int, list[Item]]:
        times = {row.uid: seconds(row.internal_date) for row in rows}
        ids = {row.uid: self._lost.like(row.size, times[row.uid]) for row in rows}
        wanted = sorted({id for some in ids.values() for id in some})
        items = await self._known.items(wanted) if wanted else {}
        alike = await self._known.alike(sorted({row.size for row in rows})) if copies and rows else {}
        suspects: dict[int, list[Item]] = {}
        for row in rows:
            lost = [items[id] for id in ids[row.uid] if id in items]
            copied = [item for item in alike.get(row.size, ()) if item.time == times[row.uid] and item.body]
            if lost or copied:
                suspects[row.uid] = [*lost, *copied]
        return suspects


def _choose(
    header: bytes, items: Sequence[Item], lost: Mapping[NodeId, NodeId], used: set[NodeId], folder: NodeId
) -> Item | None:
    digest = header_digest(header)
    same = [item for item in items if item.facets.get("header") == digest]
    if not _MESSAGE_ID.search(header):  # nothing tells it apart: only believed where the server numbered anew
        same = [item for item in same if item.id in lost and item.parent == folder]
    vanished = [item for item in same if item.id in lost and item.id not in used]
    here = [item for item in vanished if item.parent == folder]
    return next(iter(here or vanished or same), None)


def moved(item: Item, folder: NodeId, place: str, row: Details) -> Item:
    """The item at its new place; its body and revision stay."""
    return replace(
        item,
        parent=folder,
        place=place,
        flags=row.flags,
        time=seconds(row.internal_date),
        facets={**item.facets, "internaldate": row.internal_date},
    )


def _headers(path: str, uids: Sequence[int], session: Session) -> dict[int, bytes]:
    session.visit(path)
    return session.headers(uids)
