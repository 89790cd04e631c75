"""Moments as Graph tells them: in UTC, and as clocks show them somewhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line
from saasbackup_desktop.providers.formats.zones import zone_of

YEARS: Final = range(1602, 4500)
"""Years that Outlook shows."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment in UTC, and what clocks show then where it is at home."""

    moment: datetime
    local: datetime
    """Without a zone."""

    @property
    def as_told(self) -> datetime:
        """The local time, where a property holds it as if it were UTC."""
        return self.local.replace(tzinfo=UTC)


def moment(value: Any) -> datetime | None:
    """Read a moment with its offset; None if there is none, or none that Outlook shows."""
    try:
        found = datetime.fromisoformat(_short(line(value)))
    except ValueError:
        return None
    return _in_utc(found if found.tzinfo else found.replace(tzinfo=UTC))


def stamps(plain: Plain) -> dict[Tag, Value]:
    """When an item was made and changed, as far as it says so."""
    found = (
        (tags.CREATED, moment(plain.get("createdDateTime"))),
        (tags.MODIFIED, moment(plain.get("lastModifiedDateTime"))),
    )
    return {tag: when for tag, when in found if when is not None}


def told(value: Any) -> datetime | None:
    """Read a ``dateTimeTimeZone`` as a moment in UTC."""
    said = inner({"_": value}, "_")
    when = _read(said.get("dateTime"))
    return None if when is None else _in_utc(when.replace(tzinfo=zone_of(line(said.get("timeZone"))) or UTC))


def day(value: Any) -> datetime | None:
    """Read the day of a ``dateTimeTimeZone``, whatever its zone, without a zone."""
    when = _read(inner({"_": value}, "_").get("dateTime"))
    if when is None or when.year not in YEARS:
        return None
    return when.replace(hour=0, minute=0, second=0, microsecond=0)


def clock(value: Any, info: tzinfo, *, is_all_day: bool = False) -> Clock | None:
    """Read a ``dateTimeTimeZone`` as it is seen in a zone. Whole days are the same days everywhere."""
    if is_all_day:
        local = day(value)
        return None if local is None else at(local, info)
    found = told(value)
    return None if found is None else seen(found, info)


def seen(when: datetime, info: tzinfo) -> Clock:
    """A moment as it is seen in a zone."""
    return Clock(when, when.astimezone(info).replace(tzinfo=None))


def at(local: datetime, info: tzinfo) -> Clock:
    """When clocks show this in a zone."""
    return Clock(local.replace(tzinfo=info).astimezone(UTC), local)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes, none if the end comes first."""
    return max(0, (end - start) // timedelta(minutes=1))


def _read(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(_short(line(value)).removesuffix("+00:00")).replace(tzinfo=None)
    except ValueError:
        return None


def _short(said: str) -> str:
    """Graph writes seven digits of a second."""
    head, point, rest = said.replace("Z", "+00:00").partition(".")
    if not point:
        return head
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6]:0<6}{rest[len(digits) :]}"


def _in_utc(when: datetime) -> datetime | None:
    try:
        found = when.astimezone(UTC)
    except OverflowError:
        return None
    return found if found.year in YEARS else None
