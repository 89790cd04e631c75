"""Wait for jobs, show them meanwhile, cancel them cleanly on Ctrl-C, and say how they ended."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import failure_words
from saasbackup_desktop.app.words.states import job_status
from saasbackup_desktop.cli.exits import ExitCode, job_exit, joint_exit
from saasbackup_desktop.cli.figures import count, counted, duration, local, printable, size, things
from saasbackup_desktop.cli.progress import Display, display
from saasbackup_desktop.cli.records import failure_record, job_record, kind_words, service_at, subject_of
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Discard,
    Drill,
    Export,
    Import,
    Job,
    Mirror,
    Prune,
    Reinstate,
    State,
)

_LOOK_EVERY: Final = 0.15
_FOR_GOOD: Final = ("unknown-export", "no-export-password")
"""Why nobody can go on with an export."""
_REFUSED_LISTED: Final = 1000
"""Failures beyond this many are only counted for people; JSON has them all."""


async def see_through(shell: Shell, jobs: Sequence[JobId], newly: Mapping[StreamId, str] | None = None) -> ExitCode:
    """Follow jobs to their end and report each. ``newly``: addresses of accounts that come to be by them."""
    if not jobs:
        return ExitCode.DONE
    names = {**(newly or {}), **await account_names(shell.desk)}
    with display(shell.out, names) as shown:
        ended = await _follow_or_cancel(shell.desk, jobs, shown)
    for job in ended:
        await report(shell, job, names)
    return joint_exit([job_exit(job) for job in ended])


async def account_names(desk: Desk) -> Mapping[StreamId, str]:
    """Addresses of all accounts, by stream."""
    return {card.stream: card.account.address for card in await desk.cards()}


async def _follow_or_cancel(desk: Desk, jobs: Sequence[JobId], shown: Display) -> list[Job]:
    try:
        return await _follow(desk, jobs, shown)
    except asyncio.CancelledError:
        # Somebody asked to end: the jobs get the time to keep what they have. A second Ctrl-C ends at once.
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        for job in jobs:
            with contextlib.suppress(Misconfigured):  # over by now
                await desk.stop(job)
        return await _follow(desk, jobs, shown)


async def _follow(desk: Desk, ids: Sequence[JobId], shown: Display) -> list[Job]:
    while True:
        jobs = [await desk.job(id) for id in ids]
        shown.show(jobs)
        # What waits for its next attempt goes on in the agent; nobody needs to stand by.
        if all(job.state.is_over or job.state in (State.PAUSED, State.WAITING) for job in jobs):
            return jobs
        await asyncio.sleep(_LOOK_EVERY)


async def report(shell: Shell, job: Job, names: Mapping[StreamId, str]) -> None:
    """Say how a job ended, with each failed item and its reason."""
    out = shell.out
    failures = await shell.desk.failures(job.id)
    who = subject_of(job, names)
    trashed = await _trashed(shell.desk, job)
    out.record(job_record(job, names), printable(_summary(job, who, trashed)))
    if isinstance(job.spec, Drill) and not out.as_json:
        failures = []  # its report lists them, each with where it is
    for failure in failures if out.as_json else failures[:_REFUSED_LISTED]:
        words = failure_words(failure)
        is_whole_file = failure.code.startswith("archive-") or not failure.item
        unnamed = "" if failure.path and is_whole_file else "(no subject)"
        place = "/".join(part for part in (failure.path, failure.name or unnamed) if part)
        out.record(failure_record(job, failure), printable(f"  failed: {place}: {words.what} {words.remedy}"))
    if len(failures) > _REFUSED_LISTED and not out.as_json:
        out.note(f"  and {count(len(failures) - _REFUSED_LISTED)} more: “saasbackup job show {job.id}”")
    if job.code and job.state is not State.DONE:
        out.problem(words_for(job.code, job.facts), job.code, job.facts, job_exit(job), who)
    elif job.state is State.STOPPED:
        out.problem(words_for("cancelled"), "cancelled", {}, job_exit(job), who)
    ended = isinstance(job.spec, Export) and job.state in (State.STOPPED, State.FAILED)
    if ended and job.facts.get("what") not in _FOR_GOOD and not out.as_json:
        out.note(f"“saasbackup job resume {job.id}” goes on with it.")


async def _trashed(desk: Desk, job: Job) -> str:
    """What a job has put into the trash and still lies there; empty if nothing does."""
    if not isinstance(job.spec, Prune | Discard) or job.state is not State.DONE:
        return ""
    told = {str(line.facts.get("trash", "")) for line in await desk.log(job.id) if line.code == "prune-trashed"}
    lying = [entry for entry in await desk.trash() if entry.id in told] if told else []
    return "; ".join(
        f"{counted(len(entry.points), 'point in time', 'points in time')} and {size(entry.size)} lie in the trash "
        f"until {local(entry.due)} (“saasbackup vault trash cancel {entry.id[:8]}” calls them back)"
        for entry in lying
    )


def _summary(job: Job, who: str, trashed: str) -> str:
    tally = job.tally
    parts: list[str] = []
    if isinstance(job.spec, Backup | Import):
        parts += [f"{count(tally.added)} new, {count(tally.changed)} changed, {count(tally.removed)} removed"]
        parts += [f"{size(tally.bytes_done)} read, vault grew by {size(tally.bytes_stored)}"]
    elif isinstance(job.spec, Check):
        parts += [f"{counted(tally.items_done, 'file')} checked, {count(tally.failed)} damaged"]
    elif isinstance(job.spec, Prune | Discard):
        if tally.removed or tally.bytes_freed or not trashed:
            parts += [f"{counted(tally.removed, 'point in time', 'points in time')} removed"]
            parts += [f"{size(tally.bytes_freed)} freed"]
        parts += [trashed] if trashed else []
        parts += [f"{size(tally.bytes_stored)} written anew"] if tally.bytes_stored else []
    elif isinstance(job.spec, Drill):
        parts += [
            f"{things(tally.items_done, service_at(job))} restored into scratch, {count(tally.verified)} the same"
        ]
    elif isinstance(job.spec, Mirror):
        parts += [f"{counted(tally.added, 'file')} copied, {size(tally.bytes_done)}"]
        parts += [f"{count(tally.skipped)} there already"] if tally.skipped else []
        parts += [f"{count(tally.removed)} removed"] if tally.removed else []
    elif isinstance(job.spec, Export):
        of_one = len({pick.stream for pick in job.spec.picks}) == 1
        parts += [f"{things(tally.added, service_at(job) if of_one else None)} written"]
        parts += [f"{count(tally.skipped)} there already"] if tally.skipped else []
    elif isinstance(job.spec, Reinstate):
        parts += [f"{count(tally.added)} brought back, {count(tally.changed)} set, {count(tally.removed)} deleted"]
        parts += [f"{counted(tally.verified, 'write')} verified"]
        parts += [f"{count(tally.skipped)} as wanted already"] if tally.skipped else []
    else:
        parts += [f"{things(tally.added, service_at(job))} written, {count(tally.verified)} verified"]
        parts += [f"{count(tally.skipped)} there already"] if tally.skipped else []
        parts += [f"{count(tally.changed)} set back"] if tally.changed else []
    parts += [f"{count(tally.failed)} failed"] if tally.failed and not isinstance(job.spec, Check | Drill) else []
    if job.started is not None and job.finished is not None:
        parts.append(duration(job.finished - job.started))
    if isinstance(job.spec, Reinstate):
        parts.append(f"“saasbackup entra plans {job.spec.plan}” shows its plan")
    subject = f"{kind_words(job.spec)}{' of ' + who if who else ''}"
    return f"{subject}: {job_status(job).label.lower()}. {'; '.join(parts)}."
