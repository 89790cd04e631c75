"""``saasbackup jobs`` and ``job``: what was done, and what became of it."""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.doorway.working import takes_away
from saasbackup_desktop.app.views import LogLine
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import has_words, readable
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.states import LOG_LINES, job_status, label
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.exporting.running import tell_export
from saasbackup_desktop.cli.figures import count, counted, iso, local, local_iso, printable
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.records import job_record, kind_words, subject_of
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import account_names, report, see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, JobId, NodeId
from saasbackup_desktop.core.jobs import Export, Initiator, Job, JobQuery, Prune, State
from saasbackup_desktop.core.model import Service

group = typer.Typer(name="job", help="One job: what became of it, and what is to become of it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The job's id, or its beginning, as “jobs” shows it.")]
_DAY: Final = 86400
_LOOK_EVERY: Final = 0.1


class Kind(StrEnum):
    """Kinds of jobs, as they are asked for."""

    BACKUP = "backup"
    IMPORT = "import"
    EXPORT = "export"
    RESTORE = "restore"
    MIGRATION = "migrate"
    DIRECTORY_RESTORE = "reinstate"
    DRILL = "drill"
    CHECK = "check"
    PRUNE = "prune"
    DELETION = "discard"
    MIRROR = "mirror"


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "jobs", example="saasbackup jobs --status failed --days 7")(jobs)


async def jobs(
    shell: Shell,
    status: Annotated[
        list[State] | None, typer.Option(help="Only jobs that stand so; may be given more often.")
    ] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Only jobs of this kind; may be given more often.")] = None,
    service: Annotated[list[Service] | None, typer.Option(help="Only jobs about this service.")] = None,
    account: Annotated[str, typer.Option(help="Only jobs of accounts whose address holds this.")] = "",
    started_by: Annotated[
        Initiator | None, typer.Option(help="Only jobs that a person, schedule or rule began.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Only jobs of the last so many days.")] = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="Oldest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
) -> None:
    """List jobs, newest first."""
    desk = await shell.unlocked()
    names = await account_names(desk)
    wanted = {of.partition("/")[0] for of, name in names.items() if account.casefold() in name.casefold()}
    query = JobQuery(
        since=SystemClock().now() - days * _DAY if days else None,
        states=frozenset(status or ()),
        kinds=frozenset(one.value for one in kind or ()),
        services=frozenset(service or ()),
        accounts=frozenset(map(AccountId, wanted or {"-"})) if account else frozenset(),
        initiator=started_by,
        limit=limit,
        oldest_first=oldest,
    )
    page = await desk.job_page(query)
    shell.out.table(
        [job_record(job, names) for job in page.jobs],
        [
            field("Id", "id", is_whole=True),
            Column("When", lambda record: local_iso(record["created"]), is_whole=True),
            Column("Kind", lambda record: str(record["kind"]).capitalize()),
            field("Account", "account"),
            Column("Service", lambda record: ", ".join(record.get("services") or [record["service"] or ""])),
            field("Status", "status"),
            number("Done", "items_done", count),
            number("Failed", "failed", count),
        ],
    )
    if left := await desk.left_over():
        which = "job waits" if left == 1 else "jobs wait"
        shell.out.note(
            f"{count(left)} {which} since an earlier program ended: the agent and the window go on by themselves, "
            "“saasbackup job resume ID” here, “saasbackup job cancel ID” gives up"
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
async def retry(
    shell: Shell,
    job: Annotated[str, typer.Argument(metavar="[ID]", help="The job's id, or its beginning.")] = "",
    all_failed: Annotated[bool, typer.Option("--all-failed", help="Of all failed and partial jobs.")] = False,
    days: Annotated[int, typer.Option(min=1, help="With --all-failed: of the last so many days.")] = 7,
    yes: Yes = False,
) -> ExitCode:
    """Try a job's failed items again, and only those; one that waits for its next attempt is tried at once.

    --all-failed leaves out what removes or overwrites: deletions, prunes, restores in mode replace and of directories.
    By its id such a job is tried again once that is confirmed, or with --yes.
    """
    desk = await shell.unlocked()
    _require_one(job, all_failed, "--all-failed")
    if all_failed:
        query = JobQuery(since=SystemClock().now() - days * _DAY)
        left_out = await desk.left_out_of_retry(query)
        ids = await desk.retry_all(query)
        if left_out:
            which = f"{counted(left_out, 'job')} that {'removes' if left_out == 1 else 'remove'}"
            shell.out.note(
                f"{which} or {'overwrites' if left_out == 1 else 'overwrite'} something left out: "
                "“saasbackup job retry ID” tries one of them again"
            )
    else:
        found = await _job(desk, job)
        _agree(shell, yes, found, "to try this job again")
        ids = [await desk.retry_failed(found.id)]
    return await see_through(shell, ids)


@command(group, "pause", example="saasbackup job pause 3f2a")
async def pause(shell: Shell, job: Id) -> None:
    """Stop a job for now, also one of the agent's; what is saved stays saved."""
    desk = await shell.unlocked()
    found = await _job(desk, job)
    await desk.pause(found.id)
    await _tell(shell, await _rested(desk, found.id))


@command(group, "resume", example="saasbackup job resume 3f2a")
async def resume(shell: Shell, job: Id, yes: Yes = False) -> ExitCode:
    """Go on with a job that is paused, cancelled, failed or was interrupted; a waiting one is tried at once.

    What removes or overwrites something goes on once that is confirmed, or with --yes.
    """
    desk = await shell.unlocked()
    found = await _job(desk, job)
    _agree(shell, yes, found, "to go on with this job")
    await desk.resume(found.id)
    code = await see_through(shell, [found.id])
    if isinstance(found.spec, Export):
        await tell_export(shell, desk, found.id)
    return code


@command(group, "cancel", example="saasbackup job cancel 3f2a")
async def cancel(
    shell: Shell,
    job: Annotated[str, typer.Argument(metavar="[ID]", help="The job's id, or its beginning.")] = "",
    all_queued: Annotated[
        bool, typer.Option("--all-queued", help="All that have not begun, and all that wait for their next attempt.")
    ] = False,
) -> None:
    """End a job for good, also one of the agent's; what is saved stays saved."""
    desk = await shell.unlocked()
    _require_one(job, all_queued, "--all-queued")
    if all_queued:
        number_of = await desk.stop_queued()
        shell.out.record({"type": "cancelled", "jobs": number_of}, f"{counted(number_of, 'job')} cancelled.")
        return
    found = await _job(desk, job)
    await desk.stop(found.id)
    await _tell(shell, await _rested(desk, found.id))


@command(group, "skip", example='saasbackup job skip 3f2a --reason "damaged newsletters"')
async def skip(
    shell: Shell,
    job: Id,
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ITEM]...", help="Ids of failed items, as “job show --json” has them."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why they are done without; kept with them.")] = "",
) -> None:
    """Do without failed items of a job, or all: later backups do not count them as failed until they change."""
    desk = await shell.unlocked()
    found = await _job(desk, job)
    number_of = await desk.skip(found.id, tuple(map(NodeId, items or ())), reason)
    shell.out.record({"type": "skipped", "job": found.id, "items": number_of}, f"{counted(number_of, 'item')} skipped.")


@command(group, "skipped", example="saasbackup job skipped")
async def skipped(shell: Shell) -> None:
    """List the items that backups do without."""
    desk = await shell.unlocked()
    names = await account_names(desk)
    shell.out.table(
        [
            {
                "type": "skipped-item",
                "account": names.get(one.stream, one.stream),
                "stream": one.stream,
                "item": one.item,
                "folder": one.path,
                "name": one.name,
                "code": one.code,
                "reason": one.reason,
                "since": iso(one.since),
            }
            for one in await desk.skipped()
        ],
        [
            field("Account", "account"),
            field("Folder", "folder"),
            field("Name", "name"),
            field("Why", "code"),
            field("Reason", "reason"),
            Column("Since", lambda record: local_iso(record["since"]), is_whole=True),
        ],
    )


@command(group, "unskip", example="saasbackup job unskip 3f2a")
async def unskip(
    shell: Shell,
    job: Id,
    items: Annotated[list[str] | None, typer.Argument(metavar="[ITEM]...", help="Their ids; none: all.")] = None,
) -> None:
    """Count items again as failed when they fail, of the account and service that a job is about."""
    desk = await shell.unlocked()
    stream = getattr((await _job(desk, job)).spec, "stream", None)
    if stream is None:
        raise Misconfigured(job, what="no-skip", name=job)
    await desk.unskip(stream, tuple(map(NodeId, items or ())))


def _agree(shell: Shell, yes: bool, job: Job, what: str) -> None:
    """Ask once more before something is removed or overwritten after all."""
    asks = takes_away(job.spec) and not isinstance(job.spec, Prune)  # that one asks nothing at first, either
    if asks and job.state in (State.FAILED, State.PARTIAL, State.STOPPED):
        require_agreement(shell, yes, job.id, f"{what}, which removes or overwrites something")


def _require_one(job: str, every: bool, option: str) -> None:
    if bool(job) is every:
        raise Misconfigured(job, what=f"give either a job's id or “{option}”")


async def _rested(desk: Desk, id: JobId) -> Job:
    """Wait until a job has come to its safe point."""
    while True:
        job = await desk.job(id)
        if job.state not in (State.STOPPING, State.PAUSING):
            return job
        await asyncio.sleep(_LOOK_EVERY)


async def _tell(shell: Shell, job: Job) -> None:
    names = await account_names(shell.desk)
    who = subject_of(job, names)
    words = f"{kind_words(job.spec)}{' of ' + who if who else ''}: {job_status(job).label.lower()}."
    shell.out.record(job_record(job, names), printable(words))


async def _job(desk: Desk, text: str) -> Job:
    found = (await desk.job_page(JobQuery(prefix=text, limit=2))).jobs
    if len(found) != 1:
        many = "more than one job begins" if found else "no job begins"
        raise Misconfigured(text, what=f"{many} with “{text}”; “saasbackup jobs” lists them")
    return found[0]


def _text(line: LogLine) -> str:
    if line.code in LOG_LINES:
        return fill(LOG_LINES[line.code], readable(line.facts))
    return words_for(line.code, line.facts).what if has_words(line.code) else label({}, line.code)
