"""``saasbackup task`` and ``schedule``: what is backed up when, and how long it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.tasks.views import Pruning, Task, TaskView
from saasbackup_desktop.app.words.retention import in_words
from saasbackup_desktop.app.words.tasks import MISSED, REMEDIES, WAITS, cap_words, schedule_words, span_words
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, counted, iso, local, local_iso, printable, size
from saasbackup_desktop.cli.output import Column, field, number
from saasbackup_desktop.cli.retention import days_of
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.timing import cap_of, minute_of, rhythm_of, span_of, weekday_of
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.schedule import Conditions, Rhythm, Schedule

group = typer.Typer(name="task", help="Backup tasks: what is backed up together.", no_args_is_help=True)
schedule = typer.Typer(name="schedule", help="When tasks run, and what they wait for.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TASK", help="The task's name, or its id's beginning.")]
Every = Annotated[
    str | None, typer.Option("--every", metavar="RHYTHM", help="daily, 3days, weekly, 3x (a day), 8h (1 to 24), hand.")
]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="Time of day of the (first) run.")]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="With --every weekly: the day.")]
Cron = Annotated[str | None, typer.Option("--cron", metavar="LINE", help="Five fields as in a crontab.")]
Utc = Annotated[bool, typer.Option("--utc", help="The time is one of UTC.")]
Zone = Annotated[
    str | None, typer.Option("--zone", metavar="ZONE", help="The time is one of this zone; local: this computer's.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE|TENANT", help="Cover only this one; may be repeated.")
]
Everything = Annotated[bool, typer.Option("--all-sources", help="Cover all, also those that are added later.")]
Services = Annotated[list[Service] | None, typer.Option("--service", help="Only this service; may be repeated.")]
Age = Annotated[str | None, typer.Option("--keep-age", metavar="AGE", help="Keep all that are not older: 30d, 6m, 2y.")]
Last = Annotated[int, typer.Option("--keep-last", min=0, metavar="N", help="Always keep the newest N.")]
Archived = Annotated[
    str | None,
    typer.Option(
        "--archived",
        metavar="AGE|never",
        help="So long after an account left, everything that is saved of it goes to the trash.",
    ),
]


@command(group, "list", example="saasbackup task list")
async def list_tasks(shell: Shell) -> None:
    """List tasks with what they cover, how they stand and when they run next."""
    await shell.unlocked()
    shell.out.table(
        [task_record(one) for one in await _all(shell)],
        [
            field("Name", "name"),
            Column("Covers", lambda found: ", ".join(found["covers"])),
            number("Active", "active", count),
            number("Size", "size", size),
            Column("When", lambda found: found["schedule"]["words"]),
            Column("Last backup", lambda found: local_iso(found["last"]), is_whole=True),
            Column("Next run", _next, is_whole=True),
            Column("Status", _status),
        ],
    )


@command(group, "show", example="saasbackup task show office")
async def show(shell: Shell, task: Name) -> None:
    """Show all about a task, with its next five runs."""
    desk = await shell.unlocked()
    view = _found(await _all(shell), task)
    runs = await desk.tasks.upcoming(view.task.schedule)
    record = {**task_record(view), "upcoming": [iso(run) for run in runs]}
    shell.out.record(record, "\n".join(printable(line) for line in _lines(view, runs)))


@command(group, "add", example="saasbackup task add nightly --source office --every daily --at 02:30")
async def add(
    shell: Shell,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called in notices and reports.")],
    source: Sources = None,
    all_sources: Everything = False,
    service: Services = None,
    every: Every = None,
    at: At = None,
    on: On = None,
    cron: Cron = None,
    utc: Utc = False,
    zone: Zone = None,
) -> None:
    """Add a task; without a time it runs every night at 02:00."""
    if all_sources == bool(source):
        raise Misconfigured(what="say which sources it covers with --source, or --all-sources")
    desk = await shell.unlocked()
    made = Task(
        id=TaskId(""),
        name=name,
        connections=tuple(map(ConnectionName, source or ())),
        services=tuple(dict.fromkeys(service or ())),
        schedule=_changed(Schedule(rhythm=Rhythm.DAILY), every, at, on, cron, utc, zone),
    )
    _say(shell, await desk.tasks.put(made), await desk.tasks.upcoming(made.schedule))


@command(group, "rename", example="saasbackup task rename office “Head office”")
async def rename(
    shell: Shell, task: Name, name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")]
) -> None:
    """Give a task another name: notices and reports call it so from now on."""
    desk = await shell.unlocked()
    view = _found(await desk.tasks.all(), task)
    _say(shell, await desk.tasks.put(replace(view.task, name=name)))


@command(group, "set", example="saasbackup task set office --keep-age 90d --keep-monthly 12 --archived 30d")
async def set_task(
    shell: Shell,
    task: Name,
    source: Sources = None,
    all_sources: Everything = False,
    service: Services = None,
    all_services: Annotated[bool, typer.Option("--all-services", help="Cover all services.")] = False,
    age: Age = None,
    last: Last = 0,
    hourly: Annotated[int, typer.Option("--keep-hourly", min=0, metavar="N")] = 0,
    daily: Annotated[int, typer.Option("--keep-daily", min=0, metavar="N")] = 0,
    weekly: Annotated[int, typer.Option("--keep-weekly", min=0, metavar="N")] = 0,
    monthly: Annotated[int, typer.Option("--keep-monthly", min=0, metavar="N")] = 0,
    yearly: Annotated[int, typer.Option("--keep-yearly", min=0, metavar="N")] = 0,
    everything: Annotated[bool, typer.Option("--keep-everything", help="Keep everything for ever.")] = False,
    as_vault: Annotated[bool, typer.Option("--keep-as-vault", help="Keep what the vault's rule says.")] = False,
    archived: Archived = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
) -> None:
    """Change what a task covers and how long it is kept. What is not named stays as it is.

    An account's own rule (“saasbackup vault retention set ACCOUNT”) wins over its task's, and that over the vault's.
    """
    desk = await shell.unlocked()
    view = _found(await desk.tasks.all(), task)
    wanted = view.task
    if all_sources or source:
        wanted = replace(wanted, connections=() if all_sources else tuple(map(ConnectionName, source or ())))
    if all_services or service:
        wanted = replace(wanted, services=() if all_services else tuple(dict.fromkeys(service or ())))
    keep = Keep(
        days=None if age is None else days_of(age),
        last=last,
        hourly=hourly,
        daily=daily,
        weekly=weekly,
        monthly=monthly,
        yearly=yearly,
    )
    if [not keep.is_everything, everything, as_vault].count(True) > 1:
        raise Misconfigured(what="say what to keep, or --keep-everything, or --keep-as-vault")
    if not keep.is_everything or everything:
        wanted = replace(wanted, keep=keep)
    elif as_vault:
        wanted = replace(wanted, keep=None)
    if archived is not None:
        wanted = replace(wanted, archived_days=None if archived == "never" else days_of(archived))
    if not dry_run:
        _say(shell, await desk.tasks.put(wanted))
        return
    found = await desk.tasks.preview(wanted)
    points = sum(go for _, go, _ in found.go)
    shell.out.record(
        {
            "type": "task-preview",
            "points": points,
            "streams": [{"stream": stream, "go": go, "stay": stay} for stream, go, stay in found.go],
            "leaving": [
                {"account": one.account.address, "left": iso(one.left), "due": iso(one.due)} for one in found.leaving
            ],
            "size": found.size,
            "due": iso(found.due),
        },
        f"{counted(points, 'point in time', 'points in time')} would go into the trash at the next prune, and "
        f"everything of {counted(len({one.account.id for one in found.leaving}), 'account')} that left. "
        f"Whatever goes can be called back for seven days; then {size(found.size)} become free.",
    )


@command(group, "pause", example="saasbackup task pause office")
async def pause(shell: Shell, task: Name) -> None:
    """Begin none of a task's runs for now; what is at work goes on, and what is saved stays."""
    desk = await shell.unlocked()
    _say(shell, await desk.tasks.pause(_found(await desk.tasks.all(), task).task.id))


@command(group, "resume", example="saasbackup task resume office")
async def resume(shell: Shell, task: Name) -> None:
    """Begin a task's runs again, from now on."""
    desk = await shell.unlocked()
    _say(shell, await desk.tasks.resume(_found(await desk.tasks.all(), task).task.id))


@command(group, "remove", example="saasbackup task remove nightly")
async def remove(shell: Shell, task: Name) -> None:
    """Forget a task; what is saved stays. The only one of a source cannot be removed: pause it instead."""
    desk = await shell.unlocked()
    view = _found(await desk.tasks.all(), task)
    await desk.tasks.remove(view.task.id)
    name = view.task.name
    shell.out.record({"type": "task-removed", "id": view.task.id, "name": name}, printable(f"{name} is removed."))


@command(group, "run", example="saasbackup task run office")
async def run(shell: Shell, task: Name) -> ExitCode:
    """Back up now whatever a task covers, and wait for it. Ctrl-C keeps what is saved."""
    desk = await shell.unlocked()
    return await see_through(shell, await desk.tasks.run(_found(await desk.tasks.all(), task).task.id))


@command(schedule, "show", example="saasbackup schedule show office")
async def show_schedule(
    shell: Shell,
    task: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Only this one, with its next runs.")] = None,
) -> None:
    """Show when tasks run next, and what was missed."""
    desk = await shell.unlocked()
    views = await _all(shell)
    for view in views if task is None else [_found(views, task)]:
        runs = await desk.tasks.upcoming(view.task.schedule)
        lines = [f"{view.task.name}: {schedule_words(view.task.schedule)}.", *_standing(view)]
        if task is not None:
            lines += [f"  {_both(run)}" for run in runs]
        record = {**task_record(view), "upcoming": [iso(run) for run in runs]}
        shell.out.record(record, "\n".join(printable(line) for line in lines))


@command(schedule, "set", example="saasbackup schedule set office --every daily --at 02:30")
async def set_schedule(
    shell: Shell,
    task: Name,
    every: Every = None,
    at: At = None,
    on: On = None,
    cron: Cron = None,
    utc: Utc = False,
    zone: Zone = None,
) -> None:
    """Set when a task runs. Times are those of this computer unless --utc or --zone says otherwise."""
    desk = await shell.unlocked()
    view = _found(await desk.tasks.all(), task)
    if all(one is None for one in (every, at, on, cron, zone)) and not utc:
        raise Misconfigured(what="say when it shall run, with --every, --cron, --at, --on, --utc or --zone")
    before = view.task.schedule
    wanted = _changed(before, every, at, on, cron, utc, zone)
    if before.zone and wanted.zone == before.zone and zone is None and not utc:
        shell.out.note(f"Times stay in {before.zone}; “--zone local” brings back this computer's.")
    _say(shell, await desk.tasks.put(replace(view.task, schedule=wanted)), await desk.tasks.upcoming(wanted))


@command(schedule, "conditions", example="saasbackup schedule conditions --blackout “mon-fri 08:00-18:00”")
async def conditions(
    shell: Shell,
    blackout: Annotated[
        list[str] | None,
        typer.Option("--blackout", metavar="SPAN", help="Hours in which no run begins; may be repeated, replaces all."),
    ] = None,
    no_blackout: Annotated[bool, typer.Option("--no-blackout", help="Runs may begin at any hour.")] = False,
    cap: Annotated[
        list[str] | None,
        typer.Option("--cap", metavar="[SPAN] RATE", help="Bytes a second in these hours: “mon-fri 08:00-18:00 2MiB”."),
    ] = None,
    no_caps: Annotated[bool, typer.Option("--no-caps", help="As fast as it goes.")] = False,
    battery: Annotated[bool | None, typer.Option("--on-battery/--not-on-battery", help="Runs may begin so.")] = None,
    metered: Annotated[
        bool | None, typer.Option("--on-metered/--not-on-metered", help="Runs may begin on paid networks.")
    ] = None,
    awake: Annotated[
        bool | None,
        typer.Option("--stay-awake/--no-stay-awake", help="The computer does not fall asleep while jobs run."),
    ] = None,
    pruning: Annotated[
        Pruning | None, typer.Option("--prune", help="How often what the rules let go is removed.")
    ] = None,
) -> None:
    """Show or change what scheduled runs wait for, how fast bytes may move, and how often the vault is pruned."""
    if (blackout and no_blackout) or (cap and no_caps):
        raise Misconfigured(what="give hours or say that there are none, not both")
    desk = await shell.unlocked()
    before = await desk.tasks.conditions()
    wanted = before
    if blackout or no_blackout:
        wanted = replace(wanted, blackout=tuple(map(span_of, blackout or ())))
    if cap or no_caps:
        wanted = replace(wanted, caps=tuple(map(cap_of, cap or ())))
    if battery is not None:
        wanted = replace(wanted, on_battery=battery)
    if metered is not None:
        wanted = replace(wanted, on_metered=metered)
    if awake is not None:
        wanted = replace(wanted, stays_awake=awake)
    if wanted != before:
        await desk.tasks.set_conditions(wanted)
    if pruning is not None:
        await desk.tasks.set_pruning(pruning)
    chosen = await desk.tasks.pruning()
    shell.out.record(_conditions_record(wanted, chosen), "\n".join(_conditions_lines(wanted, chosen)))


def task_record(view: TaskView) -> dict[str, Any]:
    """A task as scripts read it."""
    task = view.task
    return {
        "type": "task",
        "id": task.id,
        "name": task.name,
        "covers": list(view.connections),
        "covers_all": not task.connections,
        "services": [service.value for service in view.services],
        "accounts": view.accounts,
        "active": view.active,
        "streams": view.streams,
        "size": view.size,
        "first": iso(view.first),
        "last": iso(view.last),
        "schedule": {
            "rhythm": task.schedule.rhythm.value,
            "hours": task.schedule.hours,
            "at": task.schedule.at,
            "weekday": task.schedule.weekday,
            "cron": task.schedule.cron,
            "zone": task.schedule.zone,
            "words": schedule_words(task.schedule),
        },
        "keep": None if task.keep is None else task.keep.to_plain(),
        "archived_days": task.archived_days,
        "is_paused": task.is_paused,
        "next_run": iso(view.next_run),
        "waits": str(view.waits),
        "overdue_since": iso(view.overdue_since),
        "missed": view.missed,
        "why": view.why,
        "running": view.running,
        "failed": view.failed,
        "problem": view.problem,
        "overlaps": view.overlaps,
    }


async def _all(shell: Shell) -> Sequence[TaskView]:
    return [_as_tended(shell, view) for view in await shell.desk.tasks.all()]


def _as_tended(shell: Shell, view: TaskView) -> TaskView:
    """Without an agent nobody begins runs, however short a time ago there was one."""
    return replace(view, waits="no-agent") if type(shell.desk) is Desk and not view.waits else view


def _found(views: Sequence[TaskView], text: str) -> TaskView:
    named = [one for one in views if one.task.name.casefold() == text.casefold()]
    found = named or [one for one in views if text and one.task.id.startswith(text)]
    if len(found) != 1:
        raise Misconfigured(text, what="unknown-task", name=text)
    return found[0]


def _changed(
    before: Schedule,
    every: str | None,
    at: str | None,
    on: str | None,
    cron: str | None,
    utc: bool,
    zone: str | None,
) -> Schedule:
    if (every is not None and cron is not None) or (utc and zone is not None):
        raise Misconfigured(what="--every or --cron, and --utc or --zone: one of each")
    wanted = before
    if every is not None:
        rhythm, hours = rhythm_of(every)
        wanted = replace(wanted, rhythm=rhythm, hours=hours)
    if cron is not None:
        wanted = replace(wanted, rhythm=Rhythm.CRON, cron=_line_of(cron))
    if at is not None:
        wanted = replace(wanted, at=_time_of(at))
    if on is not None:
        if wanted.rhythm is not Rhythm.WEEKLY:
            raise Misconfigured(
                what="--on names the day of a weekly run; give “--every weekly” with it, or leave it out"
            )
        wanted = replace(wanted, weekday=weekday_of(on))
    if utc or zone is not None:
        wanted = replace(wanted, zone="UTC" if utc else "" if zone in ("", "local") else zone or "")
    return wanted


def _time_of(text: str) -> int:
    minute = minute_of(text)
    if minute == 1440:
        raise Misconfigured(what=f"“{text}” is the end of a day, and no time of one; write 00:00")
    return minute


def _line_of(text: str) -> str:
    if text.strip().startswith("@"):
        raise Misconfigured(
            what=f"“{text}” is a short name that is not understood here; "
            "write the five fields (@daily is “0 0 * * *”), or use --every daily, weekly, 8h"
        )
    if not text.strip():
        raise Misconfigured(what="the cron line is empty; write five fields, or --every hand for a task without a time")
    return text


def _say(shell: Shell, view: TaskView, runs: Sequence[int] = ()) -> None:
    view = _as_tended(shell, view)
    shell.out.record(task_record(view), "\n".join(printable(line) for line in _lines(view, runs)))


def _lines(view: TaskView, runs: Sequence[int]) -> list[str]:
    task = view.task
    covers = ", ".join(view.connections) or "nothing"
    lines = [
        f"{task.name} ({task.id})",
        f"  covers    {covers}{' and whatever is added' if not task.connections else ''}",
        f"  services  {', '.join(service.value for service in view.services) or 'none'}",
        f"  accounts  {view.active} of {view.accounts} active, {size(view.size)}",
        f"  runs      {schedule_words(task.schedule)}",
        f"  keeps     {'What the vault’s rule says.' if task.keep is None else in_words(task.keep)}",
    ]
    if task.archived_days is not None:
        lines.append(f"  archived  goes {counted(task.archived_days, 'day')} after an account left")
    lines += [f"  backups   from {local(view.first)} to {local(view.last)}"] if view.last is not None else []
    lines += [f"  {line}" for line in _standing(view)]
    return lines + [f"  then      {_both(run)}" for run in runs if run != view.next_run]


def _standing(view: TaskView) -> list[str]:
    lines = []
    if view.overdue_since is not None:
        runs = counted(view.missed, "run")
        lines.append(f"overdue since {local(view.overdue_since)} ({runs}): {MISSED[view.why]} {REMEDIES[view.why]}")
    if view.next_run is not None:
        lines.append(f"next run  {_both(view.next_run)}")
    if view.waits:
        lines.append(f"{WAITS[view.waits]}.")
    return lines


def _both(moment: int) -> str:
    return f"{local(moment)} ({iso(moment)})"


def _next(found: Mapping[str, Any]) -> str:
    return local_iso(found["next_run"])


def _status(found: Mapping[str, Any]) -> str:
    if found["running"]:
        return "Running"
    if found["overdue_since"]:
        return f"Overdue: {MISSED[found['why']]}"
    if found["failed"]:
        return f"{found['failed']} failed"
    return WAITS[found["waits"]]


def _conditions_record(found: Conditions, pruning: Pruning) -> dict[str, Any]:
    return {
        "type": "conditions",
        "on_battery": found.on_battery,
        "on_metered": found.on_metered,
        "stays_awake": found.stays_awake,
        "blackout": [{"days": list(one.days), "start": one.start, "end": one.end} for one in found.blackout],
        "caps": [
            {"days": list(one.span.days), "start": one.span.start, "end": one.span.end, "rate": one.rate}
            for one in found.caps
        ],
        "prune": pruning.value,
    }


def _conditions_lines(found: Conditions, pruning: Pruning) -> list[str]:
    blackout = "; ".join(map(span_words, found.blackout)) or "none"
    caps = "; ".join(cap_words(one, size(one.rate)) for one in found.caps) or "none"
    return [
        f"Hours in which no run begins: {blackout}.",
        f"On battery, runs {'begin' if found.on_battery else 'wait'}.",
        f"On a network that is paid by volume, runs {'begin' if found.on_metered else 'wait'}.",
        f"While jobs run, the computer {'stays awake' if found.stays_awake else 'may fall asleep'}.",
        f"Caps: {caps}.",
        f"Pruning by itself: {pruning.value}.",
    ]
