"""Dates and times of items in words: moments in the zone of whoever reads, days as they stand."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from saasbackup_desktop.providers.formats.graph.card import Before, Hours, Moment, Period
from saasbackup_desktop.providers.formats.zones import zone_of

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
_FRACTION: Final = re.compile(r"\.\d+")
_STEPS: Final = ((10_080, "week"), (1_440, "day"), (60, "hour"), (1, "minute"))


def moment_words(moment: Moment) -> str:
    """``Tuesday, 3 March 2026, 09:00``; a zone that is not known here is named, and the time stays as it stands."""
    found = _local(moment)
    if found is None:
        return f"{moment.when} ({moment.zone})" if moment.zone else moment.when
    return f"{_day(found.date())}, {_time(found)}"


def day_words(when: str) -> str:
    """``3 March 2026``; without a year where 1604 stands for none, as in birthdays."""
    found = date_of(when)
    if found is None:
        return when
    return f"{found.day} {MONTHS[found.month - 1]}" + (f" {found.year}" if found.year != _NO_YEAR else "")


_NO_YEAR: Final = 1604


def short_moment(moment: Moment) -> str:
    """``3 Mar 2026, 09:00``, for lists; what is no moment, or in a zone that is not known here, as it stands."""
    found = _local(moment)
    if found is None:
        return f"{moment.when} ({moment.zone})" if moment.zone else moment.when
    return f"{short_day(found.date())}, {_time(found)}"


def seconds_of(moment: Moment) -> float:
    """For sorting: seconds since 1970 UTC; 0 for what is no moment."""
    found = _local(moment)
    with suppress(OverflowError, ValueError, OSError):
        return found.timestamp() if found is not None else 0
    return 0


def short_day(day: date) -> str:
    """``3 Mar 2026``, for lists."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def occurrence_words(when: str) -> str:
    """Which one of a series: a day, or a moment."""
    return moment_words(Moment(when)) if "T" in when and when.endswith("Z") else day_words(when)


def period_words(period: Period) -> str:
    """From when until when, no date twice."""
    if period.is_all_day:
        return _whole_days(period)
    start, end = _local(period.start), _local(period.end)
    if start is None or end is None or start.date() != end.date():
        return f"{moment_words(period.start)} – {moment_words(period.end)}"
    return f"{_day(start.date())}, {_time(start)}–{_time(end)}"


def hours_words(hours: Hours) -> str:
    """Days and hours of a week."""
    days = ", ".join(day.capitalize() for day in hours.days)
    span = f"{hours.start[:5]}–{hours.end[:5]}" if hours.start or hours.end else ""
    said = ", ".join(filter(None, (days, span)))
    return f"{said} ({hours.zone})" if hours.zone else said


def before_words(before: Before) -> str:
    """How long before something begins."""
    if before.minutes == 0:
        return "When it begins"
    for minutes, name in _STEPS:
        if before.minutes % minutes == 0:
            count = before.minutes // minutes
            return f"{count:,} {name}{'' if count == 1 else 's'} before"
    raise AssertionError("a minute divides every number of minutes")


def _whole_days(period: Period) -> str:
    start, end = date_of(period.start.when), date_of(period.end.when)
    if start is None or end is None:
        return f"{period.start.when} – {period.end.when}"
    last = end - timedelta(days=1) if end > start else start
    said = _day(start) if last == start else f"{_day(start)} – {_day(last)}"
    return f"{said}, all day"


def _local(moment: Moment) -> datetime | None:
    """The moment where the reader is; None if it is no moment, or its zone is not known here."""
    try:
        found = datetime.fromisoformat(_FRACTION.sub("", moment.when))
        if found.tzinfo is None and moment.zone:
            zone = zone_of(moment.zone)
            if zone is None:
                return None
            found = found.replace(tzinfo=zone)
    except ValueError:
        return None
    with suppress(OverflowError, ValueError, OSError):  # the first and the last days of all
        return found.astimezone()
    return found


def date_of(when: str) -> date | None:
    """The day that a moment is told to be on; None if it is no day."""
    try:
        return date.fromisoformat(when[:10])
    except ValueError:
        return None


def _day(day: date) -> str:
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def _time(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"
