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
from saasbackup_desktop.providers.imap.places import write_place
from saasbackup_desktop.providers.imap.session import Details, Session
from saasbackup_desktop.providers.imap.sets import chunks

_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*\S", re.IGNORECASE | re.MULTILINE)
_HEADERS_AT_ONCE = 250


class Recognition:
    """Finds the known item that a message at a new place is."""

    def __init__(self, lanes: Lanes, known: Known, lost: Mapping[NodeId, NodeId]) -> None:
        """``lost``: items that vanished from their places in this run, and their folders; found ones leave."""
        self._lanes = lanes
        self._known = known
        self._lost = lost

    async def recognise(
        self, path: str, folder: NodeId, uidvalidity: int, rows: Sequence[Details]
    ) -> dict[int, tuple[Item, bool]]:
        """Items by UID; True if it is the very one, moved here now or before, False if this is a copy of it."""
        if not rows:
            return {}
        alike = await self._known.alike(sorted({row.size for row in rows}))
        suspects = {row.uid: found for row in rows if (found := self._suspects(row, alike.get(row.size, ())))}
        recognised: dict[int, tuple[Item, bool]] = {}
        used: set[NodeId] = set()
        for uid, items in list(suspects.items()):
            place = write_place(uidvalidity, uid)
            here = next((item for item in items if (item.parent, item.place) == (folder, place)), None)
            if here is not None:
                recognised[uid] = (here, True)
                del suspects[uid]
        for uids in chunks(sorted(suspects, reverse=True), _HEADERS_AT_ONCE):
            headers = await self._lanes.run(partial(_headers, path, uids), near=path)
            for uid in uids:
                item = _choose(headers.get(uid, b""), suspects[uid], self._lost, used, folder)
                if item is not None:
                    was_lost = item.id in self._lost and item.id not in used
                    used.add(item.id)
                    recognised[uid] = (item, was_lost)
        return recognised

    def _suspects(self, row: Details, items: Sequence[Item]) -> list[Item]:
        time = seconds(row.internal_date)
        return [item for item in items if item.body and (item.id in self._lost or item.time == time)]


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
