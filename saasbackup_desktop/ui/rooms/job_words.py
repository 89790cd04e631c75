"""A job in words: its title, what it is at, how far it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from saasbackup_desktop.app.flows.rate import Rate
from saasbackup_desktop.app.words.states import doing, job_status, kind_of
from saasbackup_desktop.app.words.tenants import SHORT_SERVICES
from saasbackup_desktop.core.export.values import DESTINATION
from saasbackup_desktop.core.ids import AccountId, TaskId
from saasbackup_desktop.core.jobs import (
    FAR,
    Check,
    Export,
    Import,
    Initiator,
    Job,
    Migrate,
    Mirror,
    Restore,
    State,
    Tally,
)
from saasbackup_desktop.core.model import service_of
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.models.sheet import Field

PICTURES = {
    "Backup": "backup",
    "Import": "archive",
    "Restore": "restore",
    "Migration": "migrate",
    "Check": "shield",
    "Prune": "prune",
    "Deletion": "trash",
    "Mirror": "mirror",
    "Restore drill": "shield",
    "Directory restore": "restore",
    "Download": "save",
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
    if isinstance(job.spec, Export) and job.spec.book:
        name = text.counted(job.spec.accounts, say("account"), say("accounts"))
    if isinstance(job.spec, Import) and name:  # files may hold several services, each with a job of its own
        name = f"{name} ({say(SHORT_SERVICES[service_of(job.spec.stream)])})"
    return f"{kind(job)}: {name}" if name else kind(job)


def destination(job: Job) -> str:
    """Say where a restore, migration, mirror or download goes."""
    if isinstance(job.spec, Restore):
        return f"{job.spec.connection}{' / ' + job.spec.folder if job.spec.folder else ''}"
    if isinstance(job.spec, Export):
        return job.spec.to.removeprefix(DESTINATION)
    if isinstance(job.spec, Mirror):
        return job.spec.to
    return str(job.spec.connection) if isinstance(job.spec, Migrate) else ""


def resting(job: Job) -> str:
    """Say what a job that does not run waits for."""
    if job.state is State.WAITING and job.due is not None:
        return say("The next attempt begins by itself at %1").replace("%1", text.moment(job.due))
    return say(job_status(job).label)


def activity(job: Job) -> str:
    """Say what a running job is at, and where."""
    if job.tally.throttled_until is not None and job.state is State.RUNNING:
        return say("The server asks to wait until %1").replace("%1", text.moment(job.tally.throttled_until))
    words = say(doing(job.tally.doing)) + accounts_done(job.tally)
    return f"{words}: {job.tally.where}" if job.tally.where else words


def accounts_done(tally: Tally) -> str:
    """Say how many of several accounts are done; empty: it is of one."""
    if not tally.accounts_total:
        return ""
    done = say("%1 of %2").replace("%1", text.number(tally.accounts_done))
    return f" · {done.replace('%2', text.counted(tally.accounts_total, say('account'), say('accounts')))}"


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
    if job.tally.limited_to is not None and job.state is State.RUNNING and isinstance(job.spec, FAR):
        parts.append(say("limited to %1").replace("%1", f"{text.size(job.tally.limited_to)}/s"))
    return " · ".join(parts)


def duration(job: Job) -> str:
    """Say how long it took."""
    return text.span(job.finished - job.started) if job.finished and job.started else "–"


INITIATORS: Mapping[Initiator, str] = {
    Initiator.PERSON: "Person",
    Initiator.SCHEDULE: "Schedule",
    Initiator.RULE: "Rule",
}


def service(job: Job) -> str:
    """Name the kind of content that a job is about; empty for a job about the vault."""
    if isinstance(job.spec, Export):
        every = dict.fromkeys(service_of(pick.stream) for pick in job.spec.picks)
        return ", ".join(say(SHORT_SERVICES[one]) for one in every)
    stream = getattr(job.spec, "stream", None)
    if stream is None:
        return ""
    found = service_of(stream)
    return say(SHORT_SERVICES.get(found, found.value.capitalize()))


def wanted_by(job: Job, tasks: Mapping[TaskId, str]) -> str:
    """Say who wanted a job, and for which task."""
    who = say(INITIATORS[job.origin.initiator])
    task = tasks.get(job.origin.task, "")
    return f"{who} ({task})" if task else who


def backup_date(job: Job) -> int | None:
    """When the point in time was made that a restore brings back, or a download is of."""
    if not isinstance(job.spec, Restore | Export):
        return None
    snapshot = job.spec.snapshot if isinstance(job.spec, Restore) else job.spec.picks[0].snapshot
    try:
        return int(datetime.strptime(snapshot[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def written_fields(names: Mapping[AccountId, str], tasks: Mapping[TaskId, str]) -> Sequence[Field[Job]]:
    """The columns of a list of jobs in a file; moments are in UTC."""

    def moment(value: int | None) -> str:
        return datetime.fromtimestamp(value, UTC).isoformat() if value is not None else ""

    return (
        Field("Id", lambda job: job.id),
        Field("Kind", kind),
        Field("Account", lambda job: names.get(job.account, job.account) if job.account else ""),
        Field("Service", service),
        Field("Status", lambda job: say(job_status(job).label)),
        Field("Reason", lambda job: job.code),
        Field("Created", lambda job: moment(job.created)),
        Field("Started", lambda job: moment(job.started)),
        Field("Finished", lambda job: moment(job.finished)),
        Field("Backup date", lambda job: moment(backup_date(job))),
        Field("Destination", destination),
        Field("Started by", lambda job: wanted_by(job, tasks)),
        Field("Attempt", lambda job: str(job.attempt)),
        Field("Next attempt", lambda job: moment(job.due)),
        Field("Items", lambda job: str(job.tally.items_done)),
        Field("Failed", lambda job: str(job.tally.failed)),
        Field("Bytes", lambda job: str(job.tally.bytes_done)),
    )
