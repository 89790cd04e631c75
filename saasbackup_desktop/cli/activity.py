"""``saasbackup activity``: what happened, and whether the record of it is as it was written."""

from pathlib import Path
from typing import Annotated, Any

import typer

from saasbackup_desktop.app.activity.views import ActivityQuery, Area, Entry
from saasbackup_desktop.app.reports.views import Form
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import counted, iso, local, local_iso
from saasbackup_desktop.cli.moments import moment
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.shell import Shell

group = typer.Typer(name="activity", help="What happened here, by whom and when.", no_args_is_help=True)

Since = Annotated[str, typer.Option("--since", metavar="TIME", help="From this moment on.")]
Until = Annotated[str, typer.Option("--until", metavar="TIME", help="Up to this moment; a bare date is included.")]


@command(group, "list", example="saasbackup activity list --audit --since 2026-03-01")
async def list_(
    shell: Shell,
    audit: Annotated[bool, typer.Option("--audit", help="The security audit: all that somebody did.")] = False,
    since: Since = "",
    until: Until = "",
    kind: Annotated[list[str] | None, typer.Option(help="Only this code; may be given more than once.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="Only this service, for example microsoft or mail.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only what stands so, for example failed.")] = None,
    task: Annotated[str, typer.Option(help="Only of this task.")] = "",
    words: Annotated[str, typer.Option(help="Only what has all these words.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    csv: Annotated[Path | None, typer.Option(help="Write all of them into this file, for spreadsheets.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write all of them into this file, sealed.")] = None,
    sealed: Annotated[Path | None, typer.Option(help="Write all of them into this file as JSON, sealed.")] = None,
) -> None:
    """List what happened, newest first: jobs and changes, or with --audit the chained record alone."""
    desk = await shell.unlocked()
    query = ActivityQuery(
        area=Area.SECURITY if audit else Area.SYSTEM,
        since=moment(since) if since else None,
        until=moment(until, end_of_day=True) if until else None,
        codes=tuple(kind or ()),
        services=tuple(service or ()),
        statuses=tuple(status or ()),
        task=task,
        words=words,
        limit=limit,
    )
    files = [(form, file) for form, file in ((Form.CSV, csv), (Form.PDF, pdf), (Form.JSON, sealed)) if file is not None]
    for form, file in files:
        await desk.activity.save(query, form, whole(file))
        shell.out.note(f"Written: {file}")
    if files:
        return
    page = await desk.activity.page(query)
    shell.out.table(
        [_record(entry) for entry in page.entries],
        [
            Column("When", lambda record: local_iso(record["time"]), is_whole=True),
            field("Activity", "activity"),
            field("Service", "service_name"),
            field("Sub-service", "sub_service_name"),
            field("Status", "status_name"),
            field("Task", "task"),
            field("Item", "item"),
            field("Who", "who"),
        ],
    )
    if page.total > limit:
        shell.out.note(f"{page.total - limit} more; --limit shows them, or --since narrows the time.")


@command(group, "verify", example="saasbackup activity verify")
async def verify(shell: Shell) -> ExitCode:
    """Prove that the record was not changed: exit code 7 if an entry was altered, removed or put elsewhere."""
    desk = await shell.unlocked()
    found = await desk.activity.verify()
    record = {
        "type": "record",
        "unbroken": found.is_unbroken,
        "entries": found.entries,
        "since": iso(found.since),
        "breaks": [{"code": one.code, "number": one.number, "count": one.count} for one in found.breaks],
    }
    whole = f"Unbroken: {counted(found.entries, 'entry', 'entries')}"
    since = f" since {local(found.since)}" if found.since is not None else ""
    shell.out.record(record, f"{whole}{since}." if found.is_unbroken else "The record is not as it was written:")
    if not found.is_unbroken and not shell.out.as_json:
        for one in found.breaks:
            print(f"  {words.broken(one)}")
    return ExitCode.DONE if found.is_unbroken else ExitCode.DAMAGED


def whole(file: Path) -> Path:
    """Name a file so that another process finds it, too."""
    return file.absolute()


def _record(entry: Entry) -> dict[str, Any]:
    return {
        "type": "activity",
        "id": entry.id,
        "time": iso(entry.time),
        "code": entry.code,
        "activity": words.what(entry),
        "service": entry.service or None,
        "service_name": words.service(entry),
        "sub_service": entry.sub_service or None,
        "sub_service_name": words.sub_service(entry),
        "status": entry.status,
        "status_name": words.status(entry).label,
        "task": entry.task or None,
        "item": entry.item or None,
        "who": words.who(entry),
        "facts": dict(entry.facts),
    }
