"""Folders through time: trees, paths and what is in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from saasbackup_desktop.catalog.rows import folder_of
from saasbackup_desktop.catalog.schema import ALIVE, counts, folders, places
from saasbackup_desktop.catalog.values import FolderCount, Totals
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Folder

DEEPEST = 200
"""Folders in a path; more can only be a circle."""


def folder_rows_at(connection: Connection, stream: int, ordinal: int) -> list[Row[Any]]:
    """Read the folders of a point in time."""
    lives = and_(folders.c.born <= ordinal, folders.c.died > ordinal)
    question = select(folders).where(folders.c.stream == stream, lives).order_by(folders.c.node)
    return list(connection.execute(question))


def counts_at(connection: Connection, stream: int, ordinal: int) -> dict[int, tuple[int, int]]:
    """Say how many items, and how many bytes of them, are directly in each folder at a point in time."""
    latest = (
        select(counts.c.place, func.max(counts.c.ordinal).label("ordinal"))
        .join(places, places.c.key == counts.c.place)
        .where(places.c.stream == stream, counts.c.ordinal <= ordinal)
        .group_by(counts.c.place)
        .subquery()
    )
    question = select(counts).join(latest, and_(latest.c.place == counts.c.place, latest.c.ordinal == counts.c.ordinal))
    return {row.place: (row.items, row.size) for row in connection.execute(question)}


def folders_at(connection: Connection, stream: int, ordinal: int) -> list[FolderCount]:
    """List the folders of a point in time, parents first, with what is directly in each."""
    inside = counts_at(connection, stream, ordinal)
    rows = folder_rows_at(connection, stream, ordinal)
    numbers = {NodeId(row.node): row.place for row in rows}
    return [
        FolderCount(folder, *inside.get(numbers[folder.id], (0, 0)))
        for folder in parents_first(folder_of(row) for row in rows)
    ]


def totals_at(connection: Connection, stream: int, ordinal: int) -> Totals:
    """Say what a point in time holds altogether."""
    inside = counts_at(connection, stream, ordinal).values()
    number = len(folder_rows_at(connection, stream, ordinal))
    return Totals(sum(items for items, _ in inside), number, sum(size for _, size in inside))


def parents_first(folders_in_any_order: Iterable[Folder]) -> list[Folder]:
    """Order folders so that each comes after its parent, and siblings by name."""
    children: defaultdict[NodeId | None, list[Folder]] = defaultdict(list)
    known = {folder.id: folder for folder in folders_in_any_order}
    for folder in known.values():
        children[folder.parent if folder.parent in known else None].append(folder)
    ordered: dict[NodeId, Folder] = {}
    waiting = _by_name(children[None])
    while waiting:
        folder = waiting.pop()
        if folder.id not in ordered:
            ordered[folder.id] = folder
            waiting.extend(_by_name(children[folder.id]))
    # What hangs in a circle has no beginning; it is not lost for that.
    return [*ordered.values(), *(folder for folder in known.values() if folder.id not in ordered)]


def subtrees(all_folders: Iterable[Folder], tops: Iterable[NodeId]) -> set[NodeId]:
    """Find the folders at and below these."""
    children: defaultdict[NodeId | None, list[NodeId]] = defaultdict(list)
    for folder in all_folders:
        children[folder.parent].append(folder.id)
    found: set[NodeId] = set()
    waiting = list(tops)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting.extend(children[id])
    return found


def _by_name(siblings: Iterable[Folder]) -> list[Folder]:
    return sorted(siblings, key=lambda folder: (folder.name.casefold(), folder.name, folder.id), reverse=True)


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of a stream's folders at any time."""

    versions: dict[str, list[tuple[int, int, str, str | None]]]
    """By folder: born, died, name, parent."""

    @classmethod
    def read(cls, connection: Connection, stream: int) -> "Paths":
        """Read all versions of the folders."""
        versions: defaultdict[str, list[tuple[int, int, str, str | None]]] = defaultdict(list)
        for row in connection.execute(select(folders).where(folders.c.stream == stream)):
            versions[row.node].append((row.born, row.died, row.name, row.parent))
        return cls(dict(versions))

    def at(self, node: str, ordinal: int) -> str:
        """Join the names down to a folder with ``/``; empty if it was not there."""
        return "/".join(name for name, _ in self.way(node, ordinal))

    def way(self, node: str, ordinal: int) -> tuple[tuple[str, NodeId], ...]:
        """Names and ids down to a folder; empty if it was not there."""
        found: list[tuple[str, NodeId]] = []
        at: str | None = node
        while at is not None and len(found) < DEEPEST:
            for born, died, name, parent in self.versions.get(at, ()):
                if born <= ordinal < died:
                    found.append((name, NodeId(at)))
                    at = parent
                    break
            else:
                break
        return tuple(reversed(found))

    def of_version(self, node: str, died: int) -> str:
        """Join the names down to a folder as they were when a version of something in it lived last."""
        return self.at(node, died - 1 if died != ALIVE else ALIVE - 1)
