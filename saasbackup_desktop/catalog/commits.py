"""Write a checkpoint: versions, texts, counts, all in the caller's one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, select, update

from saasbackup_desktop.catalog.documents import Documents
from saasbackup_desktop.catalog.points import put_head
from saasbackup_desktop.catalog.rows import chunks, folder_values, item_values, length, settled
from saasbackup_desktop.catalog.schema import ALIVE, counts, documents, folders, items, places
from saasbackup_desktop.catalog.values import Text
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Head, Item, Node

Columns = dict[str, Any]


def commit(connection: Connection, head: Head, edits: Sequence[Edit], texts: Mapping[str, Text]) -> None:
    """Bring a stream's newest point in time to what these edits say. The same commit twice changes nothing more."""
    stream, ordinal = put_head(connection, head)
    wanted: dict[NodeId, Node | None] = {}
    for edit in edits:
        node = edit.new or edit.old
        if node is not None:
            wanted[node.id] = edit.new
    writing = _Commit(connection, stream, ordinal, Documents(connection, stream, texts))
    for ids in chunks(list(wanted)):
        writing.write({id: wanted[id] for id in ids})
    writing.finish()


@dataclass(slots=True)
class _Commit:
    """One checkpoint being written."""

    connection: Connection
    stream: int
    ordinal: int
    documents: Documents
    grown: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """By folder: items and bytes more than before."""

    def write(self, wanted: Mapping[NodeId, Node | None]) -> None:
        """Write some nodes' versions."""
        parents = {node.parent for node in wanted.values() if isinstance(node, Item)}
        keys = self._places(parents | {id for id, node in wanted.items() if isinstance(node, Folder)})
        self._versions(
            folders,
            wanted,
            {id: {"place": keys[id], **folder_values(node)} for id, node in wanted.items() if isinstance(node, Folder)},
        )
        new = {id: settled(node) for id, node in wanted.items() if isinstance(node, Item)}
        found = self.documents.find([item for item in new.values() if isinstance(item, Item)])
        values: dict[NodeId, Columns] = {}
        for id, item in new.items():
            if isinstance(item, Item):
                values[id] = item_values(item, keys[item.parent], found[id])
                self._count(keys[item.parent], 1, length(item))
        for row in self._versions(items, wanted, values):
            self._count(row.folder, -1, -row.length)

    def finish(self) -> None:
        """Write what only the whole checkpoint knows."""
        self.documents.finish()
        for some in chunks([place for place, (number, size) in self.grown.items() if number or size]):
            latest = (
                select(counts.c.place, func.max(counts.c.ordinal).label("ordinal"))
                .where(counts.c.place.in_(some))
                .group_by(counts.c.place)
                .subquery()
            )
            question = select(counts).join(
                latest, (latest.c.place == counts.c.place) & (latest.c.ordinal == counts.c.ordinal)
            )
            before = {row.place: (row.items, row.size) for row in self.connection.execute(question)}
            self.connection.execute(delete(counts).where(counts.c.place.in_(some), counts.c.ordinal == self.ordinal))
            self.connection.execute(
                insert(counts),
                [
                    {
                        "place": place,
                        "ordinal": self.ordinal,
                        "items": before.get(place, (0, 0))[0] + self.grown[place][0],
                        "size": before.get(place, (0, 0))[1] + self.grown[place][1],
                    }
                    for place in some
                ],
            )

    def _count(self, place: int, number: int, size: int) -> None:
        grown = self.grown[place]
        grown[0] += number
        grown[1] += size

    def _places(self, ids: Iterable[NodeId]) -> dict[NodeId, int]:
        """Number folders."""
        wanted = sorted(set(ids))
        where = (places.c.stream == self.stream, places.c.node.in_(wanted))
        question = select(places.c.node, places.c.key).where(*where)
        keys = {NodeId(row.node): int(row.key) for row in self.connection.execute(question)}
        fresh = [{"stream": self.stream, "node": id} for id in wanted if id not in keys]
        if fresh:
            self.connection.execute(insert(places), fresh)
            keys = {NodeId(row.node): int(row.key) for row in self.connection.execute(question)}
        return keys

    def _versions(self, table: Table, ids: Iterable[NodeId], wanted: Mapping[NodeId, Columns]) -> list[Row[Any]]:
        """End, begin and mend versions; return the ones that were alive before.

        A version that began in this same point in time is written over; one that ended in it comes back to life.
        """
        alive: dict[NodeId, Row[Any]] = {}
        ended: dict[NodeId, Row[Any]] = {}
        for row in self.connection.execute(self._newest(table, list(ids))):
            (alive if row.died == ALIVE else ended)[NodeId(row.node)] = row
        end: list[Columns] = []
        drop: list[Columns] = []
        revive: list[Columns] = []
        mend: list[Columns] = []
        begin: list[Columns] = []
        for id in ids:
            now, values = alive.get(id), wanted.get(id)
            if now is not None and values is not None and _says(now, values):
                continue
            if values is not None and id in ended and _says(ended[id], values):
                revive.append({"at": ended[id].row})
                values = None
            if now is not None and now.born == self.ordinal:
                self._let_go(now)
                if values is None:
                    drop.append({"at": now.row})
                else:
                    mend.append({"at": now.row, **values})
                continue
            if now is not None:
                end.append({"at": now.row})
            if values is not None:
                begin.append({"stream": self.stream, "node": id, "born": self.ordinal, "died": ALIVE, **values})
        at = table.c.row == bindparam("at")
        self._many(delete(table).where(at), drop)
        self._many(update(table).where(at).values(died=self.ordinal), end)
        self._many(update(table).where(at).values(died=ALIVE), revive)
        if mend:
            columns: Columns = {name: bindparam(f"new_{name}") for name in mend[0] if name != "at"}
            rows = [{name if name == "at" else f"new_{name}": value for name, value in row.items()} for row in mend]
            self._many(update(table).where(at).values(columns), rows)
        self._many(insert(table), begin)
        return list(alive.values())

    def _newest(self, table: Table, ids: Sequence[NodeId]) -> Any:
        """Ask for the versions that are alive or ended in this very point in time."""
        where = (table.c.stream == self.stream, table.c.node.in_(ids), table.c.died.in_((self.ordinal, ALIVE)))
        if table is not items:
            return select(table).where(*where)
        size = func.coalesce(documents.c.size, items.c.size, 0).label("length")
        return select(items, size).join(documents, documents.c.doc == items.c.doc).where(*where)

    def _let_go(self, row: Row[Any]) -> None:
        doc = getattr(row, "doc", None)
        if doc is not None:
            self.documents.let_go(doc)

    def _many(self, statement: Any, rows: Sequence[Columns]) -> None:
        if rows:
            self.connection.execute(statement, rows)


def _says(row: Row[Any], values: Columns) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
