"""``restore`` and ``migrate``: bring messages back, or over to another mailbox."""

from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Connection, FolderRow, Plan, RestoreRequest, StreamCard
from saasbackup_desktop.app.words.states import CONFLICTS, FOLDER_NAMES, PLAN_WARNINGS, label
from saasbackup_desktop.cli import resolve, secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, counted, printable, size
from saasbackup_desktop.cli.moments import LATEST, moment, snapshot_at
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.records import plan_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Cancelled, Misconfigured
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.core.selection import Selection

Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only messages from this time on.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Only messages until then; a bare date is included.")]
ToSource = Annotated[str | None, typer.Option(metavar="NAME", help="The source to write to.")]
ToAccount = Annotated[str | None, typer.Option(metavar="ACCOUNT", help="The account to write to, by its address.")]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "restore", example="saasbackup restore anna@example.org INBOX --at 2026-03-31 --mode skip --dry-run")(
        restore
    )
    command(app, "migrate", example="saasbackup migrate anna@example.org --to-source new-server --since 2026-01-01")(
        migrate
    )


async def restore(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose messages.")],
    what: Annotated[
        list[str] | None, typer.Argument(metavar="PATH|ITEM", help="Folders or messages; default: everything.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="TIME", help="The point in time to bring back.")] = LATEST,
    to_account: ToAccount = None,
    to_source: ToSource = None,
    folder: Annotated[
        str | None, typer.Option(metavar="original|new:NAME|existing:NAME", help="Which folder takes it.")
    ] = None,
    mode: Annotated[
        Conflict, typer.Option(help="What to do with messages that are there already.")
    ] = Conflict.NON_DESTRUCTIVE,
    since: Since = None,
    until: Until = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing.")] = False,
) -> ExitCode | None:
    """Copy messages of a point in time into a mailbox; the plan is shown first, the result is read back and compared.

    non-destructive puts everything into a folder of its own; skip adds what is missing; replace also sets flags
    back as they were. Nothing is ever deleted.
    """
    desk = await shell.unlocked()
    cards = await desk.cards()
    card = resolve.account(cards, account)
    target = _target(card, await desk.connections(), to_source, to_account)
    snapshot = snapshot_at(await desk.snapshots(card.stream), at, card.account.address)
    request = RestoreRequest(
        stream=card.stream,
        snapshot=snapshot.id,
        selection=await _selection(desk, card, snapshot.id, what or [], since, until),
        connection=target.name,
        conflict=mode.value,
        folder=_folder(folder),
    )
    _require_as_told(folder, await desk.target_folders(target.name) if folder else (), target.account.address)
    plan = await desk.plan_restore(request)
    _show(shell, plan, mode, is_result=dry_run)
    if dry_run:
        return None
    if (
        mode is Conflict.REPLACE
        and not yes
        and not secret_input.confirm(f"Type {plan.target} to set flags back in that mailbox", plan.target)
    ):
        raise (
            Cancelled("not confirmed")
            if shell.out.messages.is_terminal
            else Misconfigured(what="--mode replace needs --yes where there is no terminal to ask at")
        )
    return await see_through(shell, [await desk.restore(request)])


async def migrate(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose messages.")],
    to_source: ToSource = None,
    to_account: ToAccount = None,
    since: Since = None,
    until: Until = None,
) -> ExitCode:
    """Back an account up, then copy what it holds now to another mailbox; what is there already is skipped.

    Run again, it copies only what is new.
    """
    desk = await shell.unlocked()
    card = resolve.account(await desk.cards(), account)
    target = resolve.target(await desk.connections(), to_source, to_account)
    if target is None:
        raise Misconfigured(what="--to-source or --to-account must say where to")
    if target.account.id == card.account.id:
        raise Misconfigured(what=f"{target.account.address} cannot be migrated to itself")
    job = await desk.migrate(card.stream, target.name, _since(since), _until(until))
    return await see_through(shell, [job])


def _target(card: StreamCard, connections: Sequence[Connection], name: str | None, address: str | None) -> Connection:
    chosen = resolve.target(connections, name, address)
    if chosen is not None:
        return chosen
    if card.connection is None:
        raise Misconfigured(
            what=f"{card.account.address} has no source here; say where to with --to-source or --to-account"
        )
    return resolve.source(connections, card.connection)


def _folder(text: str | None) -> str | None:
    if text is None or text == "original":
        return None
    kind, colon, name = text.partition(":")
    name = "/".join(part.strip() for part in name.split("/")).strip("/")
    if kind not in ("new", "existing") or not colon or not name:
        raise Misconfigured(text, what="--folder takes original, new:NAME or existing:NAME")
    return name


def _require_as_told(folder: str | None, there: Collection[str], address: str) -> None:
    """Make sure that a new folder is new, and an existing one there. Raises Misconfigured."""
    name = _folder(folder)
    if folder is None or name is None:
        return
    if folder.startswith("new:") and name in there:
        raise Misconfigured(name, what=f"there is a folder “{name}” already; say existing:{name} to add to it")
    if folder.startswith("existing:") and name not in there:
        raise Misconfigured(name, what=f"there is no folder “{name}” in {address}; say new:{name} to make it")


async def _selection(
    desk: Desk, card: StreamCard, at: SnapshotId, what: Sequence[str], since: str | None, until: str | None
) -> Selection:
    rows: Sequence[FolderRow] = await desk.folders(card.stream, at) if what else ()
    folders: list[NodeId] = []
    items: list[NodeId] = []
    for text in what:
        row = resolve.folder(rows, text)
        if row is not None:
            folders.append(row.folder.id)
        else:
            items.append(await _item(desk, card, at, text))
    return Selection(folders=tuple(folders), items=tuple(items), since=_since(since), until=_until(until))


async def _item(desk: Desk, card: StreamCard, at: SnapshotId, text: str) -> NodeId:
    try:
        _card, row = await resolve.item(desk, [card], f"{card.stream}:{text}", at)
    except Misconfigured as fault:
        raise Misconfigured(text, what=f"there is no folder or item “{text}” at that time") from fault
    return row.item.id


def _since(text: str | None) -> int | None:
    return moment(text) if text else None


def _until(text: str | None) -> int | None:
    return moment(text, end_of_day=True) if text else None


def _show(shell: Shell, plan: Plan, mode: Conflict, *, is_result: bool) -> None:
    """Show what will be written: as the result of a dry run, else as a note before it begins."""
    out = shell.out
    record = plan_record(plan)
    summary = (
        f"{counted(plan.add, 'message')} to add ({size(plan.size)}), {count(plan.skip)} there already, "
        f"{counted(plan.change, 'message')} to set flags back on; into {plan.target}. {CONFLICTS[mode][1]}"
    )
    if is_result and out.as_json:
        out.record(record, "")
    elif is_result:
        out.table(
            record["folders"],
            [
                field("Folder", "path"),
                Column("There", lambda folder: "yes" if folder["exists"] else "new"),
                number("Add", "add", count),
                number("Skip", "skip", count),
                number("Flags", "change", count),
                number("Size", "size", size),
                Column("Problem", lambda folder: label(FOLDER_NAMES, folder["problem"]) if folder["problem"] else ""),
            ],
        )
        out.record(record, printable(summary))
    elif out.as_json:
        out.progress(record)
    else:
        out.note(printable(summary))
    if not out.as_json:
        for code in plan.warnings:
            out.note(f"Note: {label(PLAN_WARNINGS, code)}")
