"""What the newest point in time holds: for sources that compare."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from saasbackup_desktop.catalog.points import find_stream
from saasbackup_desktop.catalog.rows import chunks, folder_of, item_of, whole_items
from saasbackup_desktop.catalog.schema import ALIVE, IS_ALIVE, folders, items, places
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Folder, Item, Node
from saasbackup_desktop.core.ports import Glimpse


def known_folders(connection: Connection, stream: int) -> list[Folder]:
    """List all folders."""
    question = select(folders).where(folders.c.stream == stream, folders.c.died == ALIVE).order_by(folders.c.node)
    return [folder_of(row) for row in connection.execute(question)]


def known_items(connection: Connection, stream: int, ids: Iterable[NodeId]) -> dict[NodeId, Item]:
    """Read those of the items that are known."""
    found: dict[NodeId, Item] = {}
    for some in chunks(list(ids)):
        question = whole_items().where(items.c.stream == stream, items.c.node.in_(some), items.c.died == ALIVE)
        for row in connection.execute(question):
            found[NodeId(row.node)] = item_of(row)
    return found


def known_nodes(connection: Connection, stream: int, ids: Sequence[NodeId]) -> dict[NodeId, Node]:
    """Read those of the folders and items that are known."""
    found: dict[NodeId, Node] = {**known_items(connection, stream, ids)}
    for some in chunks(ids):
        question = select(folders).where(folders.c.stream == stream, folders.c.node.in_(some), folders.c.died == ALIVE)
        for row in connection.execute(question):
            found[NodeId(row.node)] = folder_of(row)
    return found


def items_within(connection: Connection, stream: int, within: Iterable[NodeId]) -> list[Item]:
    """Read the items directly in these folders."""
    found: list[Item] = []
    for some in chunks(list(within)):
        inside = select(places.c.key).where(places.c.stream == stream, places.c.node.in_(some))
        question = whole_items().where(items.c.folder.in_(inside), items.c.died == ALIVE).order_by(items.c.node)
        found.extend(item_of(row) for row in connection.execute(question))
    return found


def glimpses(connection: Connection, stream: StreamId, folder: NodeId) -> list[Glimpse]:
    """Read the items directly in a folder, in brief."""
    key = find_stream(connection, stream)
    inside = select(places.c.key).where(places.c.stream == key, places.c.node == folder).scalar_subquery()
    question = (
        select(items.c.node, items.c.place, items.c.revision, items.c.flags)
        .where(items.c.folder == inside, items.c.died == ALIVE)
        .order_by(items.c.time)
    )
    # By time is nearly how they were written: so the file is read from one end to the other.
    found = [
        Glimpse(NodeId(row.node), row.place, row.revision, tuple(row.flags.split("\n")) if row.flags else ())
        for row in connection.execute(question)
    ]
    return sorted(found, key=lambda glimpse: glimpse.id)


def alike(connection: Connection, stream: StreamId, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
    """Find items whose original has one of these sizes and whose body is in the vault."""
    key = find_stream(connection, stream)
    found: defaultdict[int, list[Item]] = defaultdict(list)
    for some in chunks(sorted(set(sizes))):
        question = whole_items().where(items.c.stream == key, items.c.size.in_(some), items.c.died == IS_ALIVE)
        for row in connection.execute(question):
            if row.recipe is not None:
                found[row.size].append(item_of(row))
    return {size: sorted(some, key=lambda item: item.id) for size, some in found.items()}
