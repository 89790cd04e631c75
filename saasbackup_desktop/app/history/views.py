"""What the history of an account shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.ids import AccountId, StreamId
from saasbackup_desktop.core.model import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """What the backups of one day of UTC found in one service."""

    day: int
    """Days since 1970."""
    runs: int
    """Points in time that were made."""
    added: int
    changed: int
    removed: int
    items: int
    """At the end of the day."""
    size: int
    """Bytes of all items' originals at the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHistory:
    """One service of an account, day by day."""

    stream: StreamId
    service: Service
    days: Sequence[DayCount]
    """Earliest first; days without a point in time are left out."""
    first: int | None
    """When the first backup ended that is known of, in seconds since 1970 UTC; None: none yet."""
    last: int | None
    items: int
    size: int
    added: int
    """In the days that are shown."""
    changed: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHistory:
    """All services of an account."""

    account: AccountId
    services: Sequence[ServiceHistory]
    first_day: int | None
    """The earliest day that anything is known of, whatever was asked for."""
    last_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a stream was backed up for the first and for the last time."""

    stream: StreamId
    first: int | None
    last: int | None
