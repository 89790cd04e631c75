"""``saasbackup jobs`` and ``job``: what was done, and what became of it."""

from typing import Annotated

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import LogLine
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import has_words
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.states import LOG_LINES, label
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, iso, local, local_iso, printable
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.records import job_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import account_names, report, see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.jobs import Job, State

group = typer.Typer(name="job", help="One job: what became of it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The job's id, or its beginning, as “jobs” shows it.")]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "jobs", example="saasbackup jobs --status failed")(jobs)


async def jobs(
    shell: Shell,
    status: Annotated[State | None, typer.Option(help="Only jobs that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
) -> None:
    """List jobs, newest first."""
    desk = await shell.unlocked()
    names = await account_names(desk)
    chosen = [job for job in await desk.jobs() if status in (None, job.state)][:limit]
    shell.out.table(
        [job_record(job, names) for job in chosen],
        [
            field("Id", "id", is_whole=True),
            Column("When", lambda record: local_iso(record["created"]), is_whole=True),
            Column("Kind", lambda record: str(record["kind"]).capitalize()),
            field("Account", "account"),
            field("Service", "service"),
            field("Status", "status"),
            number("Done", "items_done", count),
            number("Failed", "failed", count),
        ],
    )


@command(group, "show", example="saasbackup job show 3f2a")
async def show(shell: Shell, job: Id) -> None:
    """Show how a job ended, with each failed item and its reason."""
    desk = await shell.unlocked()
    await report(shell, await _job(desk, job), await account_names(desk))


@command(group, "log", example="saasbackup job log 3f2a --json")
async def log(shell: Shell, job: Id) -> None:
    """Show a job's log."""
    desk = await shell.unlocked()
    for line in await desk.log((await _job(desk, job)).id):
        record = {
            "type": "log",
            "time": iso(line.time),
            "level": line.level,
            "code": line.code,
            "text": _text(line),
            "facts": dict(line.facts),
        }
        shell.out.record(record, printable(f"{local(line.time)}  {line.level:<7}  {_text(line)}"))


@command(group, "retry", example="saasbackup job retry 3f2a")
async def retry(shell: Shell, job: Id) -> ExitCode:
    """Try a job's failed items again, and only those."""
    desk = await shell.unlocked()
    return await see_through(shell, [await desk.retry_failed((await _job(desk, job)).id)])


async def _job(desk: Desk, text: str) -> Job:
    found = [job for job in await desk.jobs() if job.id.startswith(text)]
    if len(found) != 1:
        many = "more than one job begins" if found else "no job begins"
        raise Misconfigured(text, what=f"{many} with “{text}”; “saasbackup jobs” lists them")
    return found[0]


def _text(line: LogLine) -> str:
    if line.code in LOG_LINES:
        return fill(LOG_LINES[line.code], line.facts)
    return words_for(line.code, line.facts).what if has_words(line.code) else label({}, line.code)
