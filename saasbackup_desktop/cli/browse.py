"""``snapshots``, ``ls``, ``search``, ``cat``, ``diff``: look at any point in time."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, TypeVar

import typer

from saasbackup_desktop.app.views import DiffRow, FolderRow, Order, Query
from saasbackup_desktop.app.words.cards import FIELDS
from saasbackup_desktop.app.words.states import DIFFERENCES, SNAPSHOT_STATUSES
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import count, counted, local, local_iso, size
from saasbackup_desktop.cli.moments import LATEST, moment, snapshot_at
from saasbackup_desktop.cli.output import Column, Record, field, number
from saasbackup_desktop.cli.records import diff_record, folder_record, item_record, snapshot_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured, NotFound
from saasbackup_desktop.core.ids import RowId
from saasbackup_desktop.core.model import Service, SnapshotStatus

T = TypeVar("T")

At = Annotated[
    str, typer.Option(metavar="TIME", help="A point in time: its id, a date or time (local unless it says), or latest.")
]
OfService = Annotated[Service | None, typer.Option(help="Only of this kind of content.")]
_PAGE: Final = 500
_WHOLE: Final = 16 << 20
"""Up to this many bytes a message is checked before its first byte is written."""


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "snapshots", example="saasbackup snapshots --account anna@example.org")(snapshots)
    command(app, "ls", example="saasbackup ls anna@example.org:INBOX --at 2026-03-31")(ls)
    command(app, "search", example='saasbackup search "annual report" --from bob --since 2026-01-01')(search)
    command(app, "cat", example="saasbackup cat anna@example.org:INBOX/4f0c… > message.eml")(cat)
    command(app, "diff", example="saasbackup diff anna@example.org --from 2026-03-01 --to latest")(diff)


async def snapshots(
    shell: Shell, account: Annotated[str | None, typer.Option(help="Only this account's.")] = None
) -> None:
    """List the points in time in the vault, newest first."""
    desk = await shell.unlocked()
    cards = await desk.cards()
    chosen = resolve.services(cards, account) if account else cards
    found = [(snapshot, card.account.address) for card in chosen for snapshot in await desk.snapshots(card.stream)]
    alerts = {(one.stream, one.snapshot): one.id for one in await desk.alerts.all()}
    shell.out.table(
        [snapshot_record(point, address, alerts.get((point.stream, point.id))) for point, address in found],
        [
            Column("When", lambda record: local_iso(record["started"]), is_whole=True),
            field("Account", "account"),
            field("Service", "service"),
            field("Id", "id", is_whole=True),
            Column("Status", _status),
            number("Items", "items", count),
            number("New", "added", count),
            number("Changed", "changed", count),
            number("Removed", "removed", count),
            number("Size", "size", size),
        ],
    )


def _status(record: Record) -> str:
    label = SNAPSHOT_STATUSES[SnapshotStatus(record["status"])]
    return f"{label}, unusual change" if record["alert"] else label


async def ls(
    shell: Shell,
    place: Annotated[str, typer.Argument(metavar="ACCOUNT[:PATH]", help="An account, or a folder of it.")],
    at: At = LATEST,
    sort: Annotated[Order, typer.Option(help="What items are sorted by.")] = Order.TIME,
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many items.")] = None,
    service: OfService = None,
) -> None:
    """Show the folders of an account, or what is in a folder, at any point in time."""
    desk = await shell.unlocked()
    card, path = resolve.account_and_rest(resolve.of_service(await desk.cards(), service), place)
    snapshot = snapshot_at(await desk.snapshots(card.stream), at, card.account.address)
    rows = await desk.folders(card.stream, snapshot.id)
    folder = resolve.folder(rows, path) if path else None
    if path and folder is None:
        raise Misconfigured(
            path, what=f"there is no folder “{path}” at that time; “ls” with the account alone lists all"
        )
    below = [row for row in rows if folder is None or row.folder.parent == folder.folder.id]
    shell.out.table([folder_record(row) for row in sorted(below, key=_path)], _FOLDER_COLUMNS, titles=folder is None)
    if folder is None:
        return
    descending = (sort in (Order.TIME, Order.SIZE)) is not reverse
    ids = await desk.row_ids(card.stream, snapshot.id, folder.folder.id, sort, descending)
    for page in _pages(ids[:limit]):
        found = await desk.rows([RowId(id) for id in page])
        records = [item_record(row, card.account.address, folder.path) for row in found]
        shell.out.table(records, _ITEM_COLUMNS, titles=False)


async def search(
    shell: Shell,
    words: Annotated[str, typer.Argument(metavar="QUERY", help="Words, all of them; “a phrase” in quotes.")] = "",
    account: Annotated[str | None, typer.Option(help="Only in this account.")] = None,
    service: OfService = None,
    sender: Annotated[str, typer.Option("--from", help="Only from this sender or organizer; of contacts: who.")] = "",
    recipient: Annotated[str, typer.Option("--to", help="Only to this recipient or guest.")] = "",
    subject: Annotated[str, typer.Option(help="Only with these words in the subject, title or name.")] = "",
    text: Annotated[str, typer.Option(help="Only with these words in the text or description.")] = "",
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only from this time on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only until then; a bare date is included.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only what this point in time holds; needs --account.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
) -> None:
    """Find items at every point in time, newest first, by words in headers, text and attachments' names."""
    desk = await shell.unlocked()
    cards = await desk.cards()
    names = {card.stream: card.account.address for card in cards}
    chosen = resolve.services(resolve.of_service(cards, service), account) if account else []
    card = chosen[0] if len(chosen) == 1 else None
    if at is not None and card is None:
        raise Misconfigured(what="--at needs --account, and --service where the account has several")
    snapshot = snapshot_at(await desk.snapshots(card.stream), at, names[card.stream]) if at and card else None
    query = Query(
        words=words,
        stream=card.stream if card else None,
        account=chosen[0].account.id if len(chosen) > 1 else None,
        service=service,
        sender=sender,
        recipient=recipient,
        subject=subject,
        text=text,
        since=moment(since) if since else None,
        until=moment(until, end_of_day=True) if until else None,
        at=snapshot.id if snapshot else None,
    )
    page = await desk.search(query, limit)
    records = [item_record(row, names.get(row.stream, row.stream), row.path) for row in page.rows]
    shell.out.table(records, [field("Account", "account"), field("Folder", "folder"), *_ITEM_COLUMNS])
    if page.more:
        shell.out.note(f"There are more than {count(limit)}; narrow the search or raise --limit.")
    elif not records:
        shell.out.note("Nothing found.")


async def cat(
    shell: Shell,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An id from “ls” or “search”, or ACCOUNT:ID.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="As it was at this point in time.")] = None,
    part: Annotated[
        str | None, typer.Option(metavar="NAME", help="What lies beside it, by a name that “ls --json” shows.")
    ] = None,
) -> None:
    """Write an item's original bytes to standard output."""
    desk = await shell.unlocked()
    cards = await desk.cards()
    card, row = await resolve.item(desk, cards, item, None)
    if at is not None:
        snapshot = snapshot_at(await desk.snapshots(card.stream), at, card.account.address)
        row = await desk.find_item(card.stream, row.item.id, snapshot.id)
    if part is not None:
        sys.stdout.buffer.write(await desk.read_part(row.item, part))
        sys.stdout.buffer.flush()
        return
    if row.item.body is None:
        raise NotFound("never fetched", name=row.item.name)
    if row.item.body.size <= _WHOLE:
        sys.stdout.buffer.write(await desk.read(row.item))
    else:
        async for piece in desk.read_pieces(row.item):
            sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


async def diff(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account.")],
    old: Annotated[str, typer.Option("--from", metavar="TIME", help="The earlier point in time.")],
    new: Annotated[str, typer.Option("--to", metavar="TIME", help="The later point in time.")] = LATEST,
    service: OfService = None,
) -> None:
    """Show what differs between two points in time: new, removed, moved, renamed, flags, fields."""
    desk = await shell.unlocked()
    card = resolve.account(resolve.of_service(await desk.cards(), service), account, by_service=True)
    found = await desk.snapshots(card.stream)
    before = snapshot_at(found, old, card.account.address)
    after = snapshot_at(found, new, card.account.address)
    rows = await desk.diff(card.stream, before.id, after.id)
    shell.out.table([diff_record(row) for row in rows], _diff_columns(rows), titles=bool(rows))
    shell.out.note(f"{counted(len(rows), 'difference')} between {local(before.started)} and {local(after.started)}")


def _path(row: FolderRow) -> str:
    return row.path


def _pages(all: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(all), _PAGE):
        yield all[start : start + _PAGE]


def _diff_columns(rows: Sequence[DiffRow]) -> list[Column]:
    by_id = {row.id: row for row in rows}

    def place(record: Record) -> str:
        old, new = record["old_path"], record["new_path"]
        return f"{old} → {new}" if old and new and old != new else new or old or ""

    def flags(record: Record) -> str:
        old, new = set(record["old_flags"]), set(record["new_flags"])
        return " ".join([*(f"+{flag}" for flag in sorted(new - old)), *(f"-{flag}" for flag in sorted(old - new))])

    def what(record: Record) -> str:
        row = by_id[record["id"]]
        kinds = ", ".join(DIFFERENCES[kind].lower() for kind in row.kinds)
        return f"{kinds} ({', '.join(FIELDS[field].lower() for field in row.fields)})" if row.fields else kinds

    return [
        Column("What", what),
        Column("Kind", lambda record: "folder" if record["is_folder"] else "item"),
        Column("Where", place),
        field("Name", "name"),
        Column("Flags", lambda record: flags(record) if record["old_path"] and record["new_path"] else ""),
    ]


_FOLDER_COLUMNS: Final = [
    field("Folder", "path"),
    number("Items", "items", count),
    number("Size", "size", size),
]

_ITEM_COLUMNS: Final = [
    Column("When", lambda record: local_iso(record["time"]), is_whole=True),
    field("From", "from"),
    field("Subject", "subject"),
    number("Size", "size", size),
    Column("Flags", lambda record: " ".join(record["flags"])),
    field("Id", "id", is_whole=True),
]
