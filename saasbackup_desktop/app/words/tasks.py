"""What is said of backup tasks: when they run, what they wait for, and what was missed."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.core.schedule import Cap, Rhythm, Schedule, Span

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

RHYTHMS: Final[Mapping[Rhythm, str]] = {
    Rhythm.DAILY: "Daily",
    Rhythm.THREE_TIMES: "Three times a day",
    Rhythm.HOURS: "Every few hours",
    Rhythm.THREE_DAYS: "Every three days",
    Rhythm.WEEKLY: "Weekly",
    Rhythm.CRON: "By a cron line",
    Rhythm.BY_HAND: "By hand only",
}
"""In the order in which they are offered."""

WAITS: Final[Mapping[str, str]] = {
    "": "On schedule",
    "paused": "Paused",
    "by-hand": "By hand only",
    "blackout": "Waits for the end of the hours without backups",
    "battery": "Waits for mains power",
    "metered": "Waits for a network that is not paid by volume",
    "busy": "Waits for the run before it",
    "no-agent": "Waits for the background service",
}
"""Why a task does not run now, by ``Waits``."""

MISSED: Final[Mapping[str, str]] = {
    "blackout": "It fell into the hours without backups.",
    "battery": "The computer runs on battery.",
    "metered": "The network is paid by volume.",
    "off": "The computer was off.",
    "asleep": "The computer slept or its clock was set.",
    "no-agent": "The background service did not run.",
    "locked": "The vault was locked.",
    "no-answer": "The other side did not answer.",
    "busy": "The run before it was still at work.",
    "unknown": "It is not known why.",
}
"""Why a run did not begin when it was due, by ``Missed``."""

REMEDIES: Final[Mapping[str, str]] = {
    "blackout": "It begins when they end.",
    "battery": "It begins when the computer is plugged in.",
    "metered": "It begins on another network.",
    "off": "It begins as soon as the background service looks.",
    "asleep": "It begins as soon as the background service looks.",
    "no-agent": "Start it under Settings, or run “saasbackup agent”.",
    "locked": "Unlock the vault.",
    "no-answer": "It is tried again; look whether the network and the server are there.",
    "busy": "It begins when that is over.",
    "unknown": "Back up now if it does not begin by itself.",
}
"""What becomes of it, or what to do, by ``Missed``."""


def schedule_words(schedule: Schedule) -> str:
    """Say a schedule in a few words."""
    at = clock(schedule.at)
    zone = f" {schedule.zone}" if schedule.zone else ""
    match schedule.rhythm:
        case Rhythm.DAILY:
            return f"Daily at {at}{zone}"
        case Rhythm.THREE_TIMES:
            times = sorted((schedule.at + 480 * turn) % 1440 for turn in range(3))
            return f"Three times a day, at {clock(times[0])}, {clock(times[1])} and {clock(times[2])}{zone}"
        case Rhythm.HOURS:
            return "Every hour" if schedule.hours == 1 else f"Every {schedule.hours} hours"
        case Rhythm.THREE_DAYS:
            return f"Every three days at {at}{zone}"
        case Rhythm.WEEKLY:
            return f"Weekly on {DAYS[schedule.weekday]} at {at}{zone}"
        case Rhythm.CRON:
            return f"By the cron line {schedule.cron}{zone}"
    return "By hand only"


def clock(minute: int) -> str:
    """A minute of the day as clocks show it."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def span_words(span: Span) -> str:
    """Say some hours of some days."""
    end = "24:00" if span.end == 1440 else clock(span.end)
    return f"{days_words(span.days)}, {clock(span.start)} to {end}"


def days_words(days: tuple[int, ...]) -> str:
    """Say some days of the week."""
    chosen = tuple(sorted(set(days)))
    if chosen in ((), (0, 1, 2, 3, 4, 5, 6)):
        return "every day"
    if chosen == (0, 1, 2, 3, 4):
        return "Monday to Friday"
    if chosen == (5, 6):
        return "at weekends"
    return ", ".join(DAYS[day] for day in chosen)


def cap_words(cap: Cap, size: str) -> str:
    """Say how fast bytes may move; ``size`` is the rate's size in words."""
    said = "nothing moves" if cap.rate == 0 else f"at most {size} a second"
    return f"{span_words(cap.span)}: {said}"
