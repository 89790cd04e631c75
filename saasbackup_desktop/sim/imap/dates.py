"""Dates as IMAP writes them (RFC 3501 section 9: date, date-time)."""

import re
from datetime import date, datetime, timedelta, timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ORDINALS = {name.upper(): number for number, name in enumerate(MONTHS, 1)}
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_TIME = re.compile(r" ?(\d{1,2}-[A-Za-z]{3}-\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")


def zone(moment: datetime) -> str:
    """Write the offset of a moment from universal time, as in ``+0130``."""
    offset = moment.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def write(moment: datetime) -> str:
    """Write a moment as an INTERNALDATE, without its quotes."""
    return f"{moment.day:02}-{MONTHS[moment.month - 1]}-{moment.year:04} {moment:%H:%M:%S} {zone(moment)}"


def read_date(text: str) -> date:
    """Read ``1-Feb-2024``; ValueError if it is none."""
    match = _DATE.fullmatch(text)
    if not match or match[2].upper() not in _ORDINALS:
        raise ValueError("not a date")
    return date(int(match[3]), _ORDINALS[match[2].upper()], int(match[1]))


def read(text: str) -> datetime:
    """Read ``" 1-Feb-2024 09:30:00 +0100"``; ValueError if it is none."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("not a date-time")
    day = read_date(match[1])
    offset = timedelta(hours=int(match[6]), minutes=int(match[7]))
    return datetime(
        day.year,
        day.month,
        day.day,
        int(match[2]),
        int(match[3]),
        int(match[4]),
        tzinfo=timezone(-offset if match[5] == "-" else offset),
    )
