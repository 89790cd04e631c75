"""The catalog, as the floors above see it."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from saasbackup_desktop.catalog import (
    commits,
    documents,
    editing,
    folders,
    forgetting,
    journal,
    known,
    lists,
    points,
    records,
    searching,
    walks,
)
from saasbackup_desktop.catalog.database import Database
from saasbackup_desktop.catalog.values import (
    DamageEntry,
    FolderCount,
    GoneFrom,
    LogEntry,
    Position,
    Question,
    Record,
    Row,
    Run,
    Text,
    Totals,
    Version,
)
from saasbackup_desktop.core.ids import AccountId, JobId, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import ItemFailure, Job, JobPage, JobQuery
from saasbackup_desktop.core.model import (
    Account,
    Edit,
    Folder,
    Head,
    Item,
    Node,
    Owed,
    Service,
    Snapshot,
    SnapshotStatus,
)
from saasbackup_desktop.core.ports import Glimpse
from saasbackup_desktop.core.selection import EVERYTHING, Selection
from saasbackup_desktop.core.stream import Gone, Put

__all__ = [
    "Catalog",
    "DamageEntry",
    "FolderCount",
    "LogEntry",
    "Position",
    "Record",
    "Row",
    "Run",
    "Text",
    "Totals",
    "Version",
]


class Catalog:
    """What is known of every point in time. Thread-safe; one writes at a time, readers never wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, file: Path, key: bytes) -> "Catalog":
        """Open or create. Raises CatalogUnreadable for a wrong key or a damaged file, CatalogTooNew, CatalogFault."""
        return cls(Database.open(file, key))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # --- accounts and streams --------------------------------------------------------------------------------

    def put_account(self, account: Account, service: Service) -> StreamId:
        """Write down an account's service, new or changed."""
        with self._database.write() as connection:
            return points.put_account(connection, account, service)

    def accounts(self) -> list[tuple[StreamId, Account, Service]]:
        """List all streams and whose they are."""
        with self._database.read() as connection:
            return points.accounts(connection)

    def account(self, stream: StreamId) -> tuple[Account, Service] | None:
        """Say whose a stream is; None if nothing is known of it."""
        with self._database.read() as connection:
            found = points.accounts(connection, stream)
        return found[0][1:] if found else None

    def people(self, some: Sequence[AccountId]) -> list[Account]:
        """Look up some accounts; who is not known is left out."""
        with self._database.read() as connection:
            return points.people(connection, some)

    def forget_streams(self) -> None:
        """Forget everything that can be rebuilt from the vault; the history of jobs stays."""
        with self._database.write() as connection:
            points.forget_streams(connection)

    # --- writing a run ---------------------------------------------------------------------------------------

    def forget_snapshots(self, stream: StreamId, gone: Sequence[SnapshotId]) -> None:
        """Forget points in time, and what only they held; with the newest, all that is known of the stream."""
        with self._database.write() as connection:
            forgetting.forget_snapshots(connection, stream, gone)

    def set_status(self, stream: StreamId, some: Mapping[SnapshotId, SnapshotStatus]) -> None:
        """Note that points in time are lost, or what they are again."""
        with self._database.write() as connection:
            points.set_status(connection, stream, some)

    def edits(self, stream: StreamId, changes: Sequence[Put | Gone]) -> list[Edit]:
        """Find what is really different in a batch of changes, taken in order.

        A folder that is gone takes its subtree with it. An item without a body takes over the known one's if its
        revision is the same; else its edit has none, and it is to be fetched.
        """
        with self._database.read() as connection:
            return editing.edits_of(connection, points.find_stream(connection, stream), changes)

    def commit(self, head: Head, edits: Sequence[Edit], texts: Mapping[str, Text], job: Job | None = None) -> None:
        """Write a checkpoint in one transaction: the point in time, its cursor, what is owed, versions and texts.

        ``texts`` are found by the body's SHA-256. The same snapshot may be committed again as it grows. Nodes become
        what ``edit.new`` says; ``edit.old`` is not relied on. ``job``: how it stands with that.
        """
        with self._database.write() as connection:
            commits.commit(connection, head, edits, texts)
            if job is not None:
                journal.save_job(connection, job)

    def position(self, stream: StreamId) -> Position | None:
        """Say where a stream stands; None before its first commit."""
        with self._database.read() as connection:
            return points.position(connection, stream)

    def owed(self, stream: StreamId) -> list[Owed]:
        """List what could not be fetched."""
        with self._database.read() as connection:
            return points.owed_items(connection, stream)

    def untexted(self, stream: StreamId, limit: int) -> list[Item]:
        """List items whose text search does not know yet, newest first, one for each body and description."""
        with self._database.read() as connection:
            return documents.untexted(connection, stream, limit)

    def add_texts(self, texts: Mapping[str, Text]) -> None:
        """Index the texts of bodies whose items are committed, by SHA-256."""
        with self._database.write() as connection:
            documents.add_texts(connection, texts)

    # --- what a source compares with -------------------------------------------------------------------------

    def folders(self, stream: StreamId) -> list[Folder]:
        """List the folders of the newest point in time."""
        with self._database.read() as connection:
            key = points.find_stream(connection, stream)
            return known.known_folders(connection, key) if key is not None else []

    def within(self, stream: StreamId, folder: NodeId) -> list[Glimpse]:
        """List the items directly in a folder at the newest point in time, in brief."""
        with self._database.read() as connection:
            return known.glimpses(connection, stream, folder)

    def items(self, stream: StreamId, ids: Sequence[NodeId]) -> dict[NodeId, Item]:
        """Read those of the items that the newest point in time holds."""
        with self._database.read() as connection:
            key = points.find_stream(connection, stream)
            return known.known_items(connection, key, ids) if key is not None else {}

    def alike(self, stream: StreamId, sizes: Sequence[int]) -> Mapping[int, Sequence[Item]]:
        """Find items of these sizes whose body is in the vault."""
        with self._database.read() as connection:
            return known.alike(connection, stream, sizes)

    # --- points in time --------------------------------------------------------------------------------------

    def snapshots(self, stream: StreamId) -> list[Snapshot]:
        """List a stream's points in time, newest first."""
        with self._database.read() as connection:
            return [snapshot for _, snapshot in reversed(points.all_snapshots(connection, stream))]

    def newest_snapshots(self) -> dict[StreamId, tuple[Snapshot, int]]:
        """Look up the newest point in time of every stream, and how many it has; streams without one are left out."""
        with self._database.read() as connection:
            return points.newest_snapshots(connection)

    def first_times(self) -> dict[StreamId, int]:
        """When the oldest point in time of each stream was made that is still there (seconds since 1970 UTC)."""
        with self._database.read() as connection:
            return points.first_times(connection)

    def snapshot(self, stream: StreamId, id: SnapshotId) -> Snapshot:
        """Look up a point in time. Raises Misconfigured for one that is not known."""
        with self._database.read() as connection:
            return points.one_snapshot(connection, stream, id)

    def folders_at(self, stream: StreamId, snapshot: SnapshotId) -> list[FolderCount]:
        """List the folders of a point in time, parents first, with what is directly in each."""
        with self._database.read() as connection:
            return folders.folders_at(connection, *points.place_in_time(connection, stream, snapshot))

    def totals_at(self, stream: StreamId, snapshot: SnapshotId) -> Totals:
        """Say what a point in time holds altogether."""
        with self._database.read() as connection:
            return folders.totals_at(connection, *points.place_in_time(connection, stream, snapshot))

    # --- lists -----------------------------------------------------------------------------------------------

    def first_rows(
        self, stream: StreamId, snapshot: SnapshotId, folder: NodeId, order: str, descending: bool, limit: int
    ) -> list[Row]:
        """Read the beginning of a folder's list; ``order`` is ``time``, ``name``, ``sender`` or ``size``."""
        with self._database.read() as connection:
            return lists.first_rows(connection, stream, snapshot, folder, order, descending, limit)

    def row_ids(
        self, stream: StreamId, snapshot: SnapshotId, folder: NodeId, order: str, descending: bool, words: str = ""
    ) -> "array[int]":
        """Number all of a folder's items in order; with words, only those that match."""
        with self._database.read() as connection:
            return lists.row_ids(connection, stream, snapshot, folder, order, descending, words)

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """Read rows by their numbers, in the order asked; a number that is not known any more is left out."""
        with self._database.read() as connection:
            return lists.rows(connection, ids)

    def item_at(self, stream: StreamId, node: NodeId, snapshot: SnapshotId | None = None) -> Row | None:
        """Find an item as it was at a point in time, or as it was last; None if there is no such item."""
        with self._database.read() as connection:
            return lists.item_at(connection, stream, node, snapshot)

    def labels_at(self, stream: StreamId, snapshot: SnapshotId, folder: NodeId) -> dict[NodeId, str]:
        """Say what the items directly in a folder are called at a point in time."""
        with self._database.read() as connection:
            return lists.labels_at(connection, stream, snapshot, folder)

    def digests_at(self, stream: StreamId, snapshot: SnapshotId, folder: NodeId) -> dict[NodeId, bytes | None]:
        """SHA-256 of the bodies directly in a folder at a point in time; None where the body is not known."""
        with self._database.read() as connection:
            return lists.digests_at(connection, stream, snapshot, folder)

    def labels(self, stream: StreamId, nodes: Sequence[NodeId]) -> dict[NodeId, str]:
        """Say what items are called, or were last; those that never were are left out."""
        with self._database.read() as connection:
            return lists.labels(connection, stream, nodes)

    def versions(self, stream: StreamId, node: NodeId) -> list[Version]:
        """List an item's versions, newest first."""
        with self._database.read() as connection:
            return lists.versions(connection, stream, node)

    def search(
        self,
        stream: StreamId | None,
        words: str = "",
        sender: str = "",
        recipient: str = "",
        subject: str = "",
        since: int | None = None,
        until: int | None = None,
        snapshot: SnapshotId | None = None,
        limit: int = 200,
        offset: int = 0,
        service: Service | None = None,
        account: AccountId | None = None,
        body: str = "",
    ) -> list[Row]:
        """Find items, newest first, each once in its newest version that matches.

        All words must be there, by prefix; phrases in double quotes as they stand. ``snapshot`` needs ``stream``;
        without it every point in time is searched. ``until`` is exclusive.
        """
        question = Question(
            words=words,
            service=service,
            account=account,
            sender=sender,
            recipient=recipient,
            subject=subject,
            body=body,
            since=since,
            until=until,
        )
        with self._database.read() as connection:
            return searching.search(connection, stream, snapshot, question, limit, offset)

    # --- walks -----------------------------------------------------------------------------------------------

    def nodes_at(self, stream: StreamId, snapshot: SnapshotId, selection: Selection = EVERYTHING) -> Iterator[Node]:
        """Walk what was selected: folders first and parents before children, then items by folder and time."""
        with self._database.read() as connection:
            yield from walks.nodes_at(connection, stream, snapshot, selection)

    def rows_in(
        self, stream: StreamId, snapshot: SnapshotId, folder: NodeId, since: int | None = None, until: int | None = None
    ) -> "array[int]":
        """Number the items directly in a folder, by time and id: the same order whatever came later."""
        with self._database.read() as connection:
            return walks.rows_in(connection, stream, snapshot, folder, since, until)

    def gone_before(self, stream: StreamId, snapshot: SnapshotId, selection: Selection = EVERYTHING) -> list[GoneFrom]:
        """Find what earlier points in time hold and this one does not, as it was last, by the folder it lay in."""
        with self._database.read() as connection:
            return walks.gone_before(connection, stream, snapshot, selection)

    def between(self, stream: StreamId, old: SnapshotId, new: SnapshotId) -> Iterator[Edit]:
        """Walk what differs between two points in time: folders first, then items, each by id."""
        with self._database.read() as connection:
            yield from walks.between(connection, stream, old, new)

    def dump(self, stream: StreamId) -> Iterator[str]:
        """Write down everything of a stream that can be rebuilt, one JSON text a line, always in the same order."""
        with self._database.read() as connection:
            yield from walks.dump(connection, stream)

    # --- jobs ------------------------------------------------------------------------------------------------

    def save_job(self, job: Job) -> None:
        """Write a job, new or changed."""
        with self._database.write() as connection:
            journal.save_job(connection, job)

    def save_jobs(self, some: Sequence[Job], *, clears: bool = False) -> None:
        """Write jobs, all or none of them; ``clears``: and forget what they could not do."""
        with self._database.write() as connection:
            if clears:
                for job in some:
                    journal.clear_failures(connection, job.id)
            journal.save_jobs(connection, some)

    def forget_jobs(self, before: int, most: int = 500) -> int:
        """Forget jobs that were over before a moment, with what they said; how many, at most so many."""
        with self._database.write() as connection:
            return journal.forget(connection, before, most)

    def jobs(self, limit: int | None = None) -> list[Job]:
        """List jobs, newest first."""
        with self._database.read() as connection:
            return journal.all_jobs(connection, limit)

    def last_runs(self, depth: int = 2) -> list[Run]:
        """List the last jobs that read each stream, so many of each, newest first."""
        with self._database.read() as connection:
            return journal.last_runs(connection, depth)

    def last_done(self) -> dict[StreamId, int]:
        """Say when the last job ended that read a stream to its end, whatever became of those after it."""
        with self._database.read() as connection:
            return journal.last_done(connection)

    def job(self, id: JobId) -> Job:
        """Look up a job. Raises KeyError."""
        with self._database.read() as connection:
            return journal.one_job(connection, id)

    def job_page(self, query: JobQuery) -> JobPage:
        """Answer a question about the history of jobs."""
        with self._database.read() as connection:
            return journal.page(connection, query)

    def jobs_ended(self, since: int, until: int) -> list[Job]:
        """List jobs that came to their end from ``since`` on and before ``until``, earliest first."""
        with self._database.read() as connection:
            return journal.ended(connection, since, until)

    def jobs_unfinished(self) -> list[Job]:
        """List the jobs that are not over, oldest first."""
        with self._database.read() as connection:
            return journal.unfinished(connection)

    def add_failures(self, job: JobId, failures: Sequence[ItemFailure]) -> None:
        """Write down items that a job could not do."""
        with self._database.write() as connection:
            journal.add_failures(connection, job, failures)

    def failures(self, job: JobId) -> list[ItemFailure]:
        """List the items that a job could not do."""
        with self._database.read() as connection:
            return journal.all_failures(connection, job)

    def drop_failures(self, job: JobId, items: Sequence[NodeId]) -> None:
        """Forget that a job could not do some items."""
        with self._database.write() as connection:
            journal.drop_failures(connection, job, items)

    def clear_failures(self, job: JobId) -> None:
        """Forget the failures and damages of a job that is to run again."""
        with self._database.write() as connection:
            journal.clear_failures(connection, job)

    def add_log(self, job: JobId, time: int, level: str, code: str, facts: Mapping[str, str | int]) -> None:
        """Write a line of a job's log."""
        with self._database.write() as connection:
            journal.add_log(connection, job, time, level, code, facts)

    def log(self, job: JobId) -> list[LogEntry]:
        """Read a job's log."""
        with self._database.read() as connection:
            return journal.whole_log(connection, job)

    def remember(self, stream: StreamId, head: str, digest: str) -> None:
        """Keep in mind which head of a stream is the newest finished one in the vault: its name and SHA-256."""
        with self._database.write() as connection:
            journal.remember(connection, stream, head, digest)

    def keep_read(self, share: str, packs: Set[bytes]) -> None:
        """Keep in mind which packs an interrupted check has read, in place of others of its kind; none: forget them.

        ``share`` begins with ``job `` for one that only the same job goes on with.
        """
        with self._database.write() as connection:
            journal.keep_read(connection, share, packs)

    def packs_read(self, share: str) -> set[bytes]:
        """Look up which packs an interrupted check had read."""
        with self._database.read() as connection:
            return journal.all_read(connection, share)

    def remembered(self) -> dict[StreamId, tuple[str, str]]:
        """Look up what was last kept in mind, by stream; a catalog that is rebuilt keeps it."""
        with self._database.read() as connection:
            return journal.remembered(connection)

    def add_damages(self, job: JobId, damages: Sequence[DamageEntry]) -> None:
        """Write down what a check found wrong."""
        with self._database.write() as connection:
            journal.add_damages(connection, job, damages)

    def damages(self, job: JobId) -> list[DamageEntry]:
        """List what a check found wrong."""
        with self._database.read() as connection:
            return journal.all_damages(connection, job)

    # --- what rooms keep -------------------------------------------------------------------------------------

    def put_records(self, room: str, some: Sequence[Record]) -> None:
        """Write documents down, new or changed, all or none."""
        with self._database.write() as connection:
            records.put(connection, room, some)

    def append_record(self, room: str, make: Callable[[Record | None], Record]) -> Record:
        """Write the document that follows the one with the greatest key; nobody else writes meanwhile."""
        with self._database.write() as connection:
            made = make(records.last(connection, room))
            records.put(connection, room, [made])
        return made

    def record(self, room: str, key: str) -> Record | None:
        """Look up a document."""
        with self._database.read() as connection:
            return records.one(connection, room, key)

    def records(
        self, room: str, since: int | None = None, until: int | None = None, limit: int | None = None
    ) -> list[Record]:
        """List a room's documents from ``since`` on and before ``until``, newest first."""
        with self._database.read() as connection:
            return records.some(connection, room, since, until, limit)

    def count_records(self, room: str) -> dict[int, int]:
        """Count a room's documents by their time."""
        with self._database.read() as connection:
            return records.count(connection, room)

    def drop_records(self, room: str, keys: Sequence[str]) -> None:
        """Forget documents; those that are not there are no error."""
        with self._database.write() as connection:
            records.drop(connection, room, keys)
