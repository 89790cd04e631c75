"""A job in words: its title, what it is at, how far it is."""

from collections.abc import Mapping

from saasbackup_desktop.app.flows.rate import Rate
from saasbackup_desktop.app.words.states import doing, kind_of
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.jobs import Check, Job, Migrate, Mirror, Restore, State
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.text import say

PICTURES = {
    "Backup": "backup",
    "Restore": "restore",
    "Migration": "migrate",
    "Check": "shield",
    "Prune": "prune",
    "Deletion": "trash",
    "Mirror": "mirror",
    "Restore drill": "shield",
}


def picture(job: Job) -> str:
    """Choose an icon for a kind of job."""
    return PICTURES.get(kind_of(job.spec), "migrate" if isinstance(job.spec, Migrate) else "jobs")


def kind(job: Job) -> str:
    """Name a kind of job; a check that repairs goes by that."""
    if isinstance(job.spec, Check) and job.spec.repair:
        return say("Repair")
    return say(kind_of(job.spec))


def title(job: Job, names: Mapping[AccountId, str]) -> str:
    """Name a job by its kind and account."""
    name = names.get(job.account, "") if job.account else ""
    return f"{kind(job)}: {name}" if name else kind(job)


def destination(job: Job) -> str:
    """Say where a restore, migration or mirror goes."""
    if isinstance(job.spec, Restore):
        return f"{job.spec.connection}{' / ' + job.spec.folder if job.spec.folder else ''}"
    if isinstance(job.spec, Mirror):
        return job.spec.to
    return str(job.spec.connection) if isinstance(job.spec, Migrate) else ""


def activity(job: Job) -> str:
    """Say what a running job is at, and where."""
    if job.tally.throttled_until is not None and job.state is State.RUNNING:
        return say("The server asks to wait until %1").replace("%1", text.moment(job.tally.throttled_until))
    words = say(doing(job.tally.doing))
    return f"{words}: {job.tally.where}" if job.tally.where else words


def amount(job: Job) -> str:
    """Say how much is done."""
    tally = job.tally
    words = text.number(tally.items_done)
    if tally.items_total:
        words = say("%1 of %2").replace("%1", words).replace("%2", text.number(tally.items_total))
    return words


def pace(job: Job, rate: Rate) -> str:
    """Say how fast it goes and how long it will take."""
    parts = []
    items, data, left = rate.items_per_second(), rate.bytes_per_second(), rate.seconds_left(job.tally)
    if items is not None:
        parts.append(say("%1 a second").replace("%1", text.number(round(items))))
    if data:
        parts.append(f"{text.size(round(data))}/s")
    if left is not None:
        parts.append(say("about %1 left").replace("%1", text.span(left)))
    return " · ".join(parts)


def duration(job: Job) -> str:
    """Say how long it took."""
    return text.span(job.finished - job.started) if job.finished and job.started else "–"
