"""What search finds: one document for each body under one description."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from saasbackup_desktop.catalog import dialect
from saasbackup_desktop.catalog.numbering import free_numbers
from saasbackup_desktop.catalog.points import find_stream
from saasbackup_desktop.catalog.rows import chunks, document_of, document_values, item_of, whole_items
from saasbackup_desktop.catalog.schema import UNTEXTED, documents, items
from saasbackup_desktop.catalog.values import Text
from saasbackup_desktop.catalog.words import readable
from saasbackup_desktop.core.ids import NodeId, StreamId
from saasbackup_desktop.core.model import Item

Key = tuple[bytes, bytes]
"""Digest of the body, mark of the description."""

MOST_WAITING: Final = 2_000
"""Documents that are held in memory before they are indexed."""

_NOTHING: Final = Text("")


@dataclass(slots=True)
class Documents:
    """The documents that one checkpoint needs and lets go."""

    connection: Connection
    stream: int
    texts: Mapping[str, Text]
    _released: set[int] = field(default_factory=set)
    _rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    """To be indexed, by number."""

    def find(self, wanted: Sequence[Item]) -> dict[NodeId, int]:
        """Give each item the number of its document, making those that are missing."""
        keys = {item.id: document_of(item, self.stream) for item in wanted}
        known = self._known(set(keys.values()))
        fresh: dict[Key, Item] = {}
        for item in wanted:
            key = keys[item.id]
            if key not in known:
                fresh.setdefault(key, item)
                continue
            number, texted = known[key]
            if not texted and self._has_text(item):
                self._rows.setdefault(number, self._words(number, item))
        numbers = {key: number for key, (number, _) in known.items()}
        if fresh:
            numbers |= self._make(fresh)
        if len(self._rows) >= MOST_WAITING:
            self._index_waiting()
        return {id: numbers[key] for id, key in keys.items()}

    def let_go(self, number: int) -> None:
        """Remember a document that a version does not need any more."""
        self._released.add(number)

    def finish(self) -> None:
        """Index what is new, and remove what no version needs."""
        orphans: set[int] = set()
        for some in chunks(sorted(self._released)):
            needed = self.connection.scalars(select(items.c.doc).where(items.c.doc.in_(some)).distinct())
            orphans.update(set(some) - set(needed))
        for number in orphans & self._rows.keys():
            del self._rows[number]
        self._index_waiting()
        dialect.delete_texts(self.connection, sorted(orphans))
        for some in chunks(sorted(orphans)):
            self.connection.execute(delete(documents).where(documents.c.doc.in_(some)))

    def _index_waiting(self) -> None:
        _index(self.connection, list(self._rows.values()))
        self._rows.clear()

    def _known(self, keys: set[Key]) -> dict[Key, tuple[int, bool]]:
        known: dict[Key, tuple[int, bool]] = {}
        for some in chunks(sorted(keys)):
            digests, marks = [sha256 for sha256, _ in some], [mark for _, mark in some]
            question = select(documents).where(documents.c.sha256.in_(digests), documents.c.mark.in_(marks))
            for row in self.connection.execute(question):
                known[row.sha256, row.mark] = (row.doc, bool(row.texted))
        return known

    def _make(self, fresh: Mapping[Key, Item]) -> dict[Key, int]:
        numbers = dict(zip(fresh, free_numbers(self.connection, [item.time for item in fresh.values()]), strict=True))
        rows: list[dict[str, Any]] = []
        for key, item in fresh.items():
            sha256, mark = key
            self._rows[numbers[key]] = self._words(numbers[key], item)
            values = {"doc": numbers[key], "stream": self.stream, "sha256": sha256, "mark": mark}
            rows.append({**values, **document_values(item), "texted": int(self._has_text(item))})
        self.connection.execute(insert(documents), rows)
        return numbers

    def _has_text(self, item: Item) -> bool:
        return item.body is None or item.body.sha256 in self.texts

    def _words(self, number: int, item: Item) -> dict[str, Any]:
        text = self.texts.get(item.body.sha256, _NOTHING) if item.body is not None else _NOTHING
        return _words(number, self.stream, item, text) | {"texted": self._has_text(item)}


def untexted(connection: Connection, stream: StreamId, limit: int) -> list[Item]:
    """List items whose text search does not know yet, one for each document."""
    key = find_stream(connection, stream)
    if key is None:
        return []
    numbers = list(
        connection.scalars(
            select(documents.c.doc)
            .where(documents.c.stream == key, documents.c.texted == UNTEXTED)
            .order_by(documents.c.doc.desc())
            .limit(limit)
        )
    )
    return list(_some_item(connection, numbers).values())


def add_texts(connection: Connection, texts: Mapping[str, Text]) -> None:
    """Index the texts of bodies whose items are committed."""
    for some in chunks(sorted(texts)):
        digests = [bytes.fromhex(sha256) for sha256 in some]
        question = select(documents.c.doc, documents.c.stream).where(
            documents.c.sha256.in_(digests), documents.c.texted == UNTEXTED
        )
        streams = {row.doc: row.stream for row in connection.execute(question)}
        rows = []
        for number, item in _some_item(connection, list(streams)).items():
            if item.body is not None:
                rows.append(_words(number, streams[number], item, texts[item.body.sha256]) | {"texted": True})
        _index(connection, rows)


def _index(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    dialect.put_texts(connection, rows)
    done = [{"number": row["doc"]} for row in rows if row["texted"]]
    if done:
        connection.execute(update(documents).where(documents.c.doc == bindparam("number")).values(texted=1), done)


def _some_item(connection: Connection, numbers: Sequence[int]) -> dict[int, Item]:
    """Read one item of each document."""
    found: dict[int, Item] = {}
    for some in chunks(numbers):
        for row in connection.execute(whole_items().where(items.c.doc.in_(some))):
            found.setdefault(row.doc, item_of(row))
    return found


def _words(number: int, stream: int, item: Item, text: Text) -> dict[str, Any]:
    facets: defaultdict[str, str] = defaultdict(str, item.facets)
    return {
        "doc": number,
        "stream": dialect.stream_token(stream),
        "subject": readable(item.name),
        "sender": readable(facets["from"]),
        "recipients": readable(f"{facets['to']} {facets['cc']}"),
        "attachments": readable(facets["attachments"] or text.attachments),
        "body": readable(text.body),
    }
