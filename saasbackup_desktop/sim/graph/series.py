"""Series of events as Exchange reckons them: occurrences in their own zone, each known by when it was to begin."""

import calendar
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from saasbackup_desktop.sim.graph.wire import Refusal

_WINDOWS: Final = {
    "UTC": "UTC",
    "tzone://Microsoft/Utc": "UTC",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Eastern Standard Time": "America/New_York",
    "Pacific Standard Time": "America/Los_Angeles",
    "India Standard Time": "Asia/Kolkata",
    "AUS Eastern Standard Time": "Australia/Sydney",
}
CUSTOM: Final = "tzone://Microsoft/Custom"
"""A zone that an old Outlook described inside an event: Exchange reckons with it, and nobody can name it."""
_CUSTOM_IS: Final = "Europe/London"
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INDEX: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_MOST: Final = 1000


def zone_of(name: str) -> tzinfo:
    """The zone of a name of Windows' or IANA's. Raises Refusal."""
    try:
        return ZoneInfo(_CUSTOM_IS if name == CUSTOM else _WINDOWS.get(name, name))
    except (ZoneInfoNotFoundError, ValueError):
        raise Refusal(400, "TimeZoneNotSupportedException", f"This time zone is not supported: {name}") from None


def moment(plain: Mapping[str, Any]) -> datetime:
    """A date, time and zone as a moment. Raises Refusal."""
    try:
        when = datetime.fromisoformat(str(plain["dateTime"]).rstrip("Z")[:26])
    except (KeyError, ValueError):
        raise Refusal(400, "ErrorPropertyValidationFailure", "A date and time is not valid.") from None
    return when.replace(tzinfo=zone_of(str(plain.get("timeZone") or "UTC")))


def told(when: datetime) -> dict[str, str]:
    """A moment as Graph tells it if nobody prefers another zone."""
    return {"dateTime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}


def settle(event: dict[str, Any]) -> None:
    """Keep an event's times in UTC, and the zones that it was made in beside them. Raises Refusal."""
    for name, zone in (("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")):
        said = event[name]
        if said.get("timeZone") == CUSTOM:
            raise Refusal(400, "TimeZoneNotSupportedException", "This time zone is not supported.")
        when = moment(said)
        if event.get("isAllDay"):
            if (when.hour, when.minute, when.second) != (0, 0, 0):
                raise Refusal(
                    400,
                    "ErrorPropertyValidationFailure",
                    "An all-day event needs to begin and end at midnight, in one time zone.",
                )
            event[name] = told(when.replace(tzinfo=UTC))
        else:
            event[name] = told(when)
        event[zone] = str(said.get("timeZone") or "UTC")
    if moment(event["end"]) < moment(event["start"]):
        raise Refusal(400, "ErrorPropertyValidationFailure", "An event cannot end before it starts.")


def occurrences(master: Mapping[str, Any], since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Beginnings and ends of a series' occurrences about a stretch of time, as the series has them."""
    start, end = moment(master["start"]), moment(master["end"])
    zone = UTC if master.get("isAllDay") else zone_of(str(master.get("originalStartTimeZone") or "UTC"))
    local, lasts = start.astimezone(zone), end - start
    span = master["recurrence"]["range"]
    most = int(span.get("numberOfOccurrences") or 0) if span["type"] == "numbered" else _MOST
    last = date.fromisoformat(span["endDate"]) if span["type"] == "endDate" else date.max
    for number, day in enumerate(_days(master["recurrence"]["pattern"], local.date())):
        begins = datetime.combine(day, local.time(), zone).astimezone(UTC)
        if number >= most or day > last or begins >= until:
            return
        if begins + lasts > since:
            yield begins, begins + lasts


def _days(pattern: Mapping[str, Any], first: date) -> Iterator[date]:
    step = int(pattern.get("interval") or 1)
    kind = str(pattern["type"]).lower()
    for number in range(_MOST):
        for day in _in_turn(kind, pattern, first, number * step):
            if day >= first:
                yield day


def _in_turn(kind: str, pattern: Mapping[str, Any], first: date, turns: int) -> list[date]:
    if kind == "daily":
        return [first + timedelta(days=turns)]
    if kind == "weekly":
        begins = str(pattern.get("firstDayOfWeek") or "sunday").lower()
        monday = first - timedelta(days=(first.weekday() - _DAYS.index(begins)) % 7) + timedelta(weeks=turns)
        wanted = {str(name).lower() for name in pattern["daysOfWeek"]}
        week = [monday + timedelta(days=day) for day in range(7)]
        return [day for day in week if _DAYS[day.weekday()] in wanted]
    months = turns * (12 if kind.endswith("yearly") else 1)
    month = (int(pattern.get("month") or first.month) if kind.endswith("yearly") else first.month) - 1
    year, month = first.year + (month + months) // 12, (month + months) % 12 + 1
    length = calendar.monthrange(year, month)[1]
    if kind.startswith("absolute"):
        return [date(year, month, min(int(pattern["dayOfMonth"]), length))]
    wanted = {str(name).lower() for name in pattern["daysOfWeek"]}
    days = [date(year, month, day) for day in range(1, length + 1)]
    fitting = [day for day in days if _DAYS[day.weekday()] in wanted]
    return [fitting[_INDEX[str(pattern.get("index") or "first").lower()]]]
