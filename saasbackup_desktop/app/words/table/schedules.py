"""Schedules, hours without backups, and caps that cannot be kept as they were given."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

SCHEDULES: Final[dict[str, Words]] = {
    "misconfigured/bad-schedule": Words(
        "Not a schedule",
        "A schedule cannot be kept as it was given[: {name}].",
        "Choose how often and when it shall run.",
    ),
    "misconfigured/bad-hours": Words(
        "Not a number of hours",
        "Between two runs lie 1 to 24 hours[, not {name}].",
        "Choose from 1 to 24 hours.",
    ),
    "misconfigured/bad-time": Words(
        "Not a time of day",
        "What was given is no time of day[: {name}].",
        "Give a time from 00:00 to 23:59.",
    ),
    "misconfigured/bad-weekday": Words(
        "Not a day of the week",
        "What was given is no day of the week[: {name}].",
        "Choose a day from Monday to Sunday.",
    ),
    "misconfigured/bad-zone": Words(
        "Time zone not known",
        "This computer does not know the time zone[ {name}].",
        "Leave it empty for this computer's own, or give UTC or a name like Europe/Berlin.",
    ),
    "misconfigured/bad-cron": Words(
        "Not a cron line",
        "A cron line has five fields: minute, hour, day of the month, month, day of the week[. This is none: {name}].",
        "Write it as in a crontab: 30 2 * * 1-5 runs at 02:30 from Monday to Friday.",
    ),
    **{
        f"misconfigured/bad-cron-{code}": Words(
            "Not a cron line",
            f"The field for the {name} of the cron line is wrong[: {{name}}].",
            f"It takes {span}, ranges like 1-5, lists like 1,5, steps like */2, or *.",
        )
        for code, name, span in (
            ("minute", "minute", "0 to 59"),
            ("hour", "hour", "0 to 23"),
            ("day", "day of the month", "1 to 31"),
            ("month", "month", "1 to 12 or jan to dec"),
            ("weekday", "day of the week", "0 to 7 (Sunday is 0 and 7) or sun to sat"),
        )
    },
    "misconfigured/never-runs": Words(
        "This schedule never runs",
        "No day is ever as the cron line wants it[: {name}].",
        "Choose a day that the month has.",
    ),
    "misconfigured/bad-span": Words(
        "Not a span of hours",
        "What was given is no span of hours[: {name}].",
        "Give a start and an end from 00:00 to 24:00, and days from Monday to Sunday.",
    ),
    "misconfigured/no-hour-left": Words(
        "These hours leave no hour for a run",
        "Hours without backups and hours in which nothing may move take up the whole week, so nothing would ever run.",
        "Leave some hours free. A span from a time to the same time is the whole day; to stop a task, pause it.",
    ),
    "misconfigured/bad-rate": Words(
        "Not a rate",
        "Bytes cannot move slower than not at all[: {name}].",
        "Give bytes a second, or 0 to let none through.",
    ),
}
