"""How the vault is, in a few statements: each about one thing, with the leaf that has more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.app.copies import Copy
from saasbackup_desktop.app.views import Hold, TrashEntry, VaultInfo
from saasbackup_desktop.app.words.alerts import is_of_alert
from saasbackup_desktop.app.words.reports import grouped
from saasbackup_desktop.app.words.states import Tone, job_status
from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.jobs import Check, Job, JobQuery, State
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.clock import now
from saasbackup_desktop.ui.kit.marks import Mark
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.rooms.keeping_form import keep_words
from saasbackup_desktop.ui.rooms.lock_form import lock_words

_LONG_AGO = 30 * 86400
"""A check that is older than so many seconds is worth a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """A statement, and where more of it is to be seen."""

    mark: Mark
    leaf: str = ""
    """A leaf of the vault's page; empty: the job, or nothing more."""
    job: Job | None = None


OF_THE_VAULT: Final = (
    JobQuery(kinds=frozenset({"check", "mirror"}), limit=300),
    JobQuery(states=frozenset({State.FAILED}), limit=300),
)
"""What to ask the history for to know how the vault is: the newest of each."""


async def vault_jobs(bridge: Bridge) -> Sequence[Job]:
    """The jobs that tell how the vault is."""
    pages = [await bridge.call(bridge.desk.job_page(query)) for query in OF_THE_VAULT]
    return list({job.id: job for page in pages for job in page.jobs}.values())


def last_check(jobs: Sequence[Job]) -> Job | None:
    """The newest check that came to an end."""
    ended = [job for job in jobs if isinstance(job.spec, Check) and job.state in _ENDED]
    return max(ended, key=lambda job: job.finished or 0, default=None)


_ENDED = (State.DONE, State.PARTIAL, State.FAILED)


def damage(jobs: Sequence[Job]) -> Job | None:
    """The newest job that met damage, unless a check that looked as deep has found the vault whole since."""
    hurt = [job for job in jobs if _met_damage(job) and not any(_disproves(check, job) for check in jobs)]
    return max(hurt, key=_ended, default=None)


def _met_damage(job: Job) -> bool:
    found = isinstance(job.spec, Check) and job.state is State.PARTIAL
    return found or (job.state.is_over and job.code == VaultDamaged.code)


def _disproves(check: Job, hurt: Job) -> bool:
    if not isinstance(check.spec, Check) or check.state is not State.DONE or _ended(check) <= _ended(hurt):
        return False
    depth = hurt.spec.read_percent if isinstance(hurt.spec, Check) else 100
    return check.spec.read_percent >= depth


def _ended(job: Job) -> int:
    return job.finished or job.created


def check_line(check: Job | None) -> Line:
    """When the vault was proven last, and what came of it."""
    about = say("Last check")
    if check is None or not isinstance(check.spec, Check):
        return Line(Mark(about, say("Never"), Tone.ATTENTION, say("Check the vault, then every few weeks again.")))
    finished = check.finished or check.created
    share = check.spec.read_percent
    depth = {0: say("quick"), 100: say("everything read")}.get(share, say("%1 % read").replace("%1", str(share)))
    words = f"{text.ago(finished)}, {depth}"
    if check.state is State.DONE:
        old = now() - finished > _LONG_AGO
        state, tone = (say("Long ago"), Tone.ATTENTION) if old else (say("Whole"), Tone.GOOD)
        return Line(Mark(about, state, tone, words, text.utc(finished)), job=check)
    status = job_status(check)
    return Line(Mark(about, say(status.label), status.tone, words, text.utc(finished)), job=check)


def kit_line(info: VaultInfo) -> Line:
    """Whether somebody proved to have the recovery kit."""
    about = say("Recovery kit")
    if info.recovery_confirmed:
        return Line(Mark(about, say("Confirmed"), Tone.GOOD), "keys")
    return Line(
        Mark(about, say("Not confirmed"), Tone.ATTENTION, say("Without it, a lost passphrase means lost backups.")),
        "keys",
    )


def keep_line(keep: Keep) -> Line:
    """How long points in time are kept."""
    state = say("Everything") if keep.is_everything else say("By a rule")
    return Line(Mark(say("Retention"), state, Tone.QUIET, keep_words(keep)), "retention")


def trash_line(trash: Sequence[TrashEntry]) -> Line:
    """What goes next."""
    about = say("Trash")
    if not trash:
        return Line(Mark(about, say("Empty"), Tone.QUIET), "trash")
    due = [entry for entry in trash if entry.is_due]
    words = _points(due or trash)
    if due:
        said = say("%1 can be removed for good by the next prune").replace("%1", words)
        return Line(Mark(about, say("Due"), Tone.ATTENTION, said), "trash")
    first = text.day(min(entry.due for entry in trash))
    said = say("%1; the first go after %2").replace("%1", words).replace("%2", first)
    return Line(Mark(about, say("Waiting"), Tone.QUIET, said), "trash")


def _points(entries: Sequence[TrashEntry]) -> str:
    return text.counted(sum(len(entry.points) for entry in entries), say("point in time"), say("points in time"))


def hold_words(hold: Hold) -> str:
    """Why something is on hold: an alert's own label is for programs."""
    if is_of_alert(hold.label):
        return say("Held by an alert of %1").replace("%1", text.day(hold.made))
    return hold.label


def hold_line(holds: Sequence[Hold]) -> Line:
    """What is on hold."""
    about = say("Holds")
    if not holds:
        return Line(Mark(about, say("None"), Tone.QUIET), "holds")
    labels = ", ".join(hold_words(hold) for hold in holds[:3] if hold.label)
    return Line(Mark(about, text.counted(len(holds), say("hold"), say("holds")), Tone.QUIET, labels), "holds")


def copy_line(found: Sequence[Copy]) -> Line:
    """Whether there is a copy elsewhere."""
    about = say("Copy elsewhere")
    if not found:
        words = say("A mirror in another place survives what this place may not.")
        return Line(Mark(about, say("None"), Tone.QUIET, words), "mirror")
    whole = [copy for copy in found if copy.whole]
    if not whole:
        return Line(Mark(about, say("Not complete"), Tone.ATTENTION, found[0].to), "mirror")
    newest = max(whole, key=lambda copy: copy.whole or 0)
    words = f"{newest.to}, {text.ago(newest.whole or 0)}"
    return Line(Mark(about, say("Complete"), Tone.GOOD, words, text.utc(newest.whole)), "mirror")


def lock_line(info: VaultInfo, *, is_bucket: bool) -> Line | None:
    """Whether the storage keeps files from being deleted; a folder cannot."""
    if not is_bucket:
        return None
    if info.lock is None:
        words = say("Whoever has the access key can delete the vault.")
        return Line(Mark(say("Object lock"), say("Off"), Tone.QUIET, words))
    return Line(Mark(say("Object lock"), lock_words(info.lock.mode, info.lock.days), Tone.GOOD))


def seal_line(info: VaultInfo) -> Line | None:
    """By which key reports are sealed."""
    if not info.report_key:
        return None
    digits = grouped(info.report_key)
    return Line(Mark(say("Seal of reports"), say("Fingerprint"), Tone.QUIET, digits, digits))
