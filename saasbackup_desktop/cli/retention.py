"""``saasbackup vault retention``, ``prune``, ``discard``, ``trash`` and ``hold``: what is kept, and what goes when."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.views import Hold, Point, Retention, TrashEntry
from saasbackup_desktop.app.words.alerts import hold_label
from saasbackup_desktop.app.words.retention import REASONS, TRASH_REASONS, in_words
from saasbackup_desktop.app.words.states import label as label_of
from saasbackup_desktop.cli import resolve, vault
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, counted, iso, listed, local, local_iso, printable, size, things
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep

retention = typer.Typer(name="retention", help="How long points in time are kept.", no_args_is_help=True)
trash = typer.Typer(name="trash", help="What will be removed, and can still be called back.", no_args_is_help=True)
hold = typer.Typer(name="hold", help="What must not be removed, whatever retention says.", no_args_is_help=True)

_AGE: Final = re.compile(r"([0-9]+) ?(d|w|m|y)", re.IGNORECASE)
_EACH: Final = "Keep the newest complete one of each of the last N {} that have any."
_DAYS: Final = {"d": 1, "w": 7, "m": 31, "y": 366}

Grace = Annotated[
    int,
    typer.Option(
        "--grace",
        min=0,
        max=36_500,
        metavar="DAYS",
        help="How long what goes now can still be called back; 0 removes it at once.",
    ),
]
AccountOrAll = Annotated[
    str | None, typer.Argument(metavar="[ACCOUNT]", help="An account; without one: all that have no rule of their own.")
]


@command(retention, "show", example="saasbackup vault retention show anna@example.org")
async def show(shell: Shell, account: AccountOrAll = None) -> None:
    """Show how long points in time are kept."""
    desk = await shell.unlocked()
    if account is not None:
        card = resolve.account(await desk.cards(), account)
        _say(shell, await desk.retention(card.stream), card.account.address)
        return
    _say(shell, await desk.retention(), "")
    for card in await desk.cards():
        found = await desk.retention(card.stream)
        if found.is_own:
            _say(shell, found, card.account.address)


@command(retention, "set", example="saasbackup vault retention set --age 30d --weekly 12 --monthly 12")
async def set_rule(
    shell: Shell,
    account: AccountOrAll = None,
    age: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="Keep all that are not older: 30d, 6w, 6m (of 31 days) or 2y (of 366)."),
    ] = None,
    last: Annotated[int, typer.Option(min=0, metavar="N", help="Keep the newest N.")] = 0,
    hourly: Annotated[int, typer.Option(min=0, metavar="N", help=_EACH.format("hours"))] = 0,
    daily: Annotated[int, typer.Option(min=0, metavar="N", help=_EACH.format("days"))] = 0,
    weekly: Annotated[int, typer.Option(min=0, metavar="N", help=_EACH.format("weeks"))] = 0,
    monthly: Annotated[int, typer.Option(min=0, metavar="N", help=_EACH.format("months"))] = 0,
    yearly: Annotated[int, typer.Option(min=0, metavar="N", help=_EACH.format("years"))] = 0,
    everything: Annotated[bool, typer.Option("--everything", help="Keep everything for ever.")] = False,
    as_all: Annotated[bool, typer.Option("--as-all", help="Let the account follow the rule for all again.")] = False,
) -> None:
    """Set how long points in time are kept; a point in time stays if any of what is given wants it.

    Hours, days, weeks, months and years are those of UTC, and such as have no point in time are not counted. The newest
    one and the newest complete one always stay. Nothing is removed before “saasbackup vault prune”, and then not before
    its grace is over.
    """
    keep = Keep(
        days=None if age is None else days_of(age),
        last=last,
        hourly=hourly,
        daily=daily,
        weekly=weekly,
        monthly=monthly,
        yearly=yearly,
    )
    if [not keep.is_everything, everything, as_all].count(True) != 1:
        raise Misconfigured(what="say what to keep, or --everything, or --as-all")
    if as_all and account is None:
        raise Misconfigured(what="--as-all is for one account")
    desk = await shell.unlocked()
    card = None if account is None else resolve.account(await desk.cards(), account)
    stream = card.stream if card else None
    await desk.set_retention(None if as_all else keep, stream)
    _say(shell, await desk.retention(stream), card.account.address if card else "")


@command(vault.group, "prune", example="saasbackup vault prune --dry-run")
async def prune(
    shell: Shell,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and when; remove nothing.")] = False,
    grace: Grace = GRACE_DAYS,
) -> ExitCode | None:
    """Remove what has lain in the trash long enough, and put into it what retention does not keep any more."""
    desk = await shell.unlocked()
    if not dry_run:
        return await see_through(shell, [await desk.prune(grace)])
    found = await desk.prune_preview(grace)
    for point in found.go:
        shell.out.record(_point_record(point, "go"), printable(f"  goes: {_point_text(point)}"))
    for point in found.stay:
        reasons = listed(label_of(REASONS, reason) for reason in point.reasons)
        shell.out.record(_point_record(point, "stay"), printable(f"  stays: {_point_text(point)}: {reasons}"))
    for entry in found.removed_now:
        shell.out.record(_trash_record(entry), f"  is due: {_trash_text(entry)}")
    record = {
        "type": "prune-plan",
        "go": len(found.go),
        "stay": len(found.stay),
        "files": found.files,
        "size": found.size,
        "rewritten": found.rewritten,
        "due": iso(found.due),
        "due_now": [entry.id for entry in found.removed_now],
    }
    shell.out.record(
        record,
        f"{counted(len(found.go), 'point in time', 'points in time')} and {counted(found.files, 'file')} would go into "
        f"the trash, to be removed after {local(found.due)}: {size(found.size)} would become free, "
        f"{size(found.rewritten)} be written anew.\n"
        f"{counted(len(found.removed_now), 'list')} in the trash would be removed now.",
    )
    return None


@command(vault.group, "discard", example="saasbackup vault discard former@example.org")
async def discard(
    shell: Shell,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account whose backups shall go.")],
    snapshot: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this point in time; may be given several times.")
    ] = None,
    grace: Grace = GRACE_DAYS,
    yes: Yes = False,
) -> ExitCode:
    """Put all backups of an account into the trash, or some points in time of it.

    Until they are removed, “saasbackup vault trash cancel” calls them back. The account itself is not touched.
    """
    desk = await shell.unlocked()
    card = resolve.account(await desk.cards(), account)
    if not grace:
        require_agreement(shell, yes, card.account.address, "to remove these backups for good")
    ids = [SnapshotId(id) for id in snapshot or ()]
    return await see_through(shell, [await desk.discard(card.stream, ids, grace)])


@command(trash, "list", example="saasbackup vault trash list")
async def list_trash(shell: Shell) -> None:
    """List what will be removed, and when."""
    desk = await shell.unlocked()
    shell.out.table(
        [_trash_record(entry) for entry in await desk.trash()],
        [
            field("Id", "id", is_whole=True),
            Column("Why", lambda record: label_of(TRASH_REASONS, record["why"])),
            Column("Accounts", lambda record: listed(record["accounts"])),
            number("Points in time", "snapshots", lambda found: count(len(found))),
            number("Size", "size", size),
            Column("Removed after", lambda record: local_iso(record["due"]), is_whole=True),
        ],
    )


@command(trash, "cancel", example="saasbackup vault trash cancel 3f2a…")
async def cancel(
    shell: Shell, id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]
) -> None:
    """Call back what lies in the trash."""
    desk = await shell.unlocked()
    found = _only([entry.id for entry in await desk.trash()], id, "saasbackup vault trash list")
    back = await desk.cancel_trash(found)
    shell.out.record(
        {"type": "trash-cancelled", "id": found, "snapshots": back},
        f"{counted(back, 'point in time is', 'points in time are')} called back.",
    )


@command(hold, "add", example='saasbackup vault hold add anna@example.org --label "case 4711"')
async def add_hold(
    shell: Shell,
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Without one: all accounts.")] = None,
    snapshot: Annotated[str | None, typer.Option(metavar="ID", help="Only this point in time of the account.")] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Let nothing of an account be removed any more, or one point in time, or nothing at all."""
    if snapshot is not None and account is None:
        raise Misconfigured(what="a point in time is one of an account: say which")
    desk = await shell.unlocked()
    stream = None if account is None else resolve.account(await desk.cards(), account).stream
    if snapshot is not None and stream is not None and snapshot not in {s.id for s in await desk.snapshots(stream)}:
        raise Misconfigured(snapshot, what=f"there is no point in time “{snapshot}” of {account}")
    made = await desk.hold(stream, SnapshotId(snapshot) if snapshot else None, label)
    shell.out.record(_hold_record(made), printable(f"Held as {made.id}: {_held(made)}"))


@command(hold, "list", example="saasbackup vault hold list")
async def list_holds(shell: Shell) -> None:
    """List what is held."""
    desk = await shell.unlocked()
    found = await desk.holds()
    shell.out.table(
        [_hold_record(one) | {"what": _held(one)} for one in found],
        [
            field("Id", "id", is_whole=True),
            field("What", "what"),
            Column("Label", lambda record: hold_label(record["label"])),
            Column("Since", lambda record: local_iso(record["made"]), is_whole=True),
        ],
    )


@command(hold, "release", example="saasbackup vault hold release 3f2a…")
async def release(
    shell: Shell, id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]
) -> None:
    """Let go of a hold."""
    desk = await shell.unlocked()
    found = _only([one.id for one in await desk.holds()], id, "saasbackup vault hold list")
    await desk.release_hold(found)
    shell.out.record({"type": "hold-released", "id": found}, f"Hold {found} is released.")


def days_of(age: str) -> int:
    """``30d``, ``6w``, ``6m``, ``2y`` -> days, never fewer than the calendar's own. Raises Misconfigured."""
    found = _AGE.fullmatch(age.strip())
    if found is None or not int(found[1]):
        raise Misconfigured(age, what=f"“{age}” is no age; write for example 30d, 6w, 6m or 2y")
    return int(found[1]) * _DAYS[found[2].lower()]


def _only(ids: Sequence[str], text: str, where: str) -> str:
    found = [id for id in ids if text and id.startswith(text)]
    if len(found) != 1:
        many = "more than one begins" if found else "none begins"
        raise Misconfigured(text, what=f"{many} with “{text}”; “{where}” lists them")
    return found[0]


def _say(shell: Shell, found: Retention, address: str) -> None:
    record = {
        "type": "retention",
        "account": address or None,
        "own": found.is_own,
        "keep": found.keep.to_plain(),
        "text": in_words(found.keep),
    }
    who = address or "All accounts"
    followed = "" if found.is_own else " (the rule for all)"
    shell.out.record(record, printable(f"{who}{followed}: {record['text']}"))


def _point_record(point: Point, what: str) -> dict[str, Any]:
    return {
        "type": "prune-point",
        "what": what,
        "account": point.account.address,
        "stream": point.stream,
        "snapshot": point.snapshot.id,
        "started": iso(point.snapshot.started),
        "items": point.snapshot.items,
        "reasons": list(point.reasons),
    }


def _point_text(point: Point) -> str:
    items = things(point.snapshot.items, service_of(point.stream))
    return f"{point.account.address}, {local(point.snapshot.started)}, {items}"


def _trash_record(entry: TrashEntry) -> dict[str, Any]:
    return {
        "type": "trash",
        "id": entry.id,
        "why": entry.why,
        "made": iso(entry.made),
        "due": iso(entry.due),
        "is_due": entry.is_due,
        "accounts": sorted({point.account.address for point in entry.points}),
        "snapshots": [point.snapshot.id for point in entry.points],
        "files": entry.files,
        "size": entry.size,
    }


def _trash_text(entry: TrashEntry) -> str:
    return f"{counted(len(entry.points), 'point in time', 'points in time')}, {size(entry.size)}"


def _hold_record(made: Hold) -> dict[str, Any]:
    return {
        "type": "hold",
        "id": made.id,
        "account": made.account.address if made.account else None,
        "stream": made.stream,
        "snapshot": made.snapshot,
        "label": made.label,
        "made": iso(made.made),
    }


def _held(made: Hold) -> str:
    if made.stream is None:
        return "everything"
    who = made.account.address if made.account else made.stream
    return f"{who}, {made.snapshot}" if made.snapshot else str(who)
