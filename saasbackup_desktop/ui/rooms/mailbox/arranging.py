"""Lists in an order that the catalog does not have."""

from array import array
from collections.abc import Callable
from typing import Any

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import ItemRow, Order
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId

Key = Callable[[ItemRow], Any]
Asked = tuple[StreamId, SnapshotId, NodeId, Order, bool]

MOST = 20_000
"""Items that are read to be sorted; of longer lists, the first so many are, and the rest follows as it is."""
_AT_ONCE = 2000


async def arranged(desk: Desk, asked: Asked, words: str, key: Key) -> "array[int]":
    """A folder's list by what its rows say. Meant for the engine's thread: all rows are read."""
    ids = await desk.row_ids(*asked, words)
    rows: list[ItemRow] = []
    for start in range(0, min(len(ids), MOST), _AT_ONCE):
        rows += await desk.rows([RowId(id) for id in ids[start : min(start + _AT_ONCE, MOST)]])
    rows.sort(key=key, reverse=asked[-1])
    return array("q", (row.row for row in rows)) + ids[MOST:]
