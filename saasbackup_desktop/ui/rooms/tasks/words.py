"""What the window says of tasks."""

from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.words import tasks as said
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.schedule import Rhythm, Schedule
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.text import say

PICTURES = {
    Service.MAIL: "mail",
    Service.CALENDAR: "calendar",
    Service.CONTACTS: "user",
    Service.TASKS: "check",
    Service.NOTES: "note",
    Service.SETTINGS: "settings",
    Service.DIRECTORY: "directory",
}


def schedule(one: Schedule) -> str:
    """Say when something runs."""
    return say(said.schedule_words(one))


def next_run(view: TaskView) -> str:
    """Say when something begins next, or what it waits for; short."""
    if view.running:
        return say("Running now")
    if view.waits in ("paused", "by-hand", "busy"):
        return say(said.WAITS[view.waits])
    if view.next_run is None:
        return say(said.WAITS[view.waits]) if view.waits else say("Begins in a moment")
    said_next = say("Next backup %1").replace("%1", text.brief(view.next_run))
    return f"{said_next} · {say(said.WAITS[view.waits])}" if view.waits == "no-agent" else said_next


def hint(view: TaskView) -> str:
    """The next run in the local zone and in UTC, and the schedule."""
    lines = [schedule(view.task.schedule), text.utc(view.next_run), say(said.WAITS[view.waits]) if view.waits else ""]
    return "\n".join(line for line in lines if line)


def overdue(view: TaskView) -> str:
    """Say what was missed and why; empty: nothing."""
    if view.overdue_since is None:
        return ""
    runs = text.counted(view.missed, say("run"), say("runs"))
    since = say("Overdue since %1 (%2).").replace("%1", text.brief(view.overdue_since)).replace("%2", runs)
    return f"{since} {say(said.MISSED[view.why])} {say(said.REMEDIES[view.why])}"


def overlaps(view: TaskView) -> str:
    """Say that runs wait for the one before; empty: none do."""
    if not view.overlaps:
        return ""
    runs = text.counted(view.overlaps, say("run waits"), say("runs wait"))
    return say("%1 until the one before is over.").replace("%1", runs)


def status(view: TaskView) -> tuple[str, Tone]:
    """How a task is doing, in a word or two."""
    if view.running:
        return say("Running"), Tone.BUSY
    if view.overdue_since is not None:
        return say("Overdue"), Tone.BAD
    if view.task.is_paused:
        return say("Paused"), Tone.QUIET
    if view.failed:
        return say("Failed"), Tone.BAD
    if not view.active:
        return say("Nobody is active"), Tone.ATTENTION
    if view.last is None:
        return say("Not backed up yet"), Tone.ATTENTION
    return say("Protected"), Tone.GOOD


def problem(view: TaskView) -> str:
    """Say what failed and what to do; empty: nothing did."""
    if not view.failed or view.running:
        return ""
    words = words_for(view.problem, view.facts)
    failed = text.counted(view.failed, say("backup failed last time."), say("backups failed last time."))
    return f"{failed} {words.what} {words.remedy}"


def is_by_clock(rhythm: Rhythm) -> bool:
    """A time of day belongs to it."""
    return rhythm in (Rhythm.DAILY, Rhythm.THREE_TIMES, Rhythm.THREE_DAYS, Rhythm.WEEKLY, Rhythm.HOURS)
