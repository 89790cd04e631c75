"""Internal dates (RFC 3501, date-time)."""

import calendar
import re
import time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"\s*(\d{1,2})-([a-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\s*", re.IGNORECASE)


def seconds(text: str) -> int | None:
    """Read an internal date as seconds since 1970 UTC; None if it is none."""
    match = _DATE.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    try:
        local = calendar.timegm((year, _MONTHS.index(match[2].lower()) + 1, day, hour, minute, second))
    except (ValueError, OverflowError):
        return None
    offset = int(match[8]) * 3600 + int(match[9]) * 60
    return local - offset if match[7] == "+" else local + offset


def written(moment: int) -> str:
    """Write seconds since 1970 UTC as an internal date."""
    parts = time.gmtime(moment)
    month = _MONTHS[parts.tm_mon - 1].capitalize()
    return (
        f"{parts.tm_mday:2d}-{month}-{parts.tm_year:04d}"
        f" {parts.tm_hour:02d}:{parts.tm_min:02d}:{parts.tm_sec:02d} +0000"
    )


def is_valid(text: str) -> bool:
    """A server will take this as an internal date."""
    return seconds(text) is not None
