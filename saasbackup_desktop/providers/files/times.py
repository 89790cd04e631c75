"""When items came to be, and how files are called by it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from saasbackup_desktop.core.model import Item

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_SUBJECT: Final = 100


def timed_name(item: Item) -> str:
    """Name an item by its time, in UTC, and what a list shows of it."""
    moment = moment_of(item)
    subject = item.name.strip()[:_LONGEST_SUBJECT]
    return " ".join(filter(None, (moment.strftime("%Y-%m-%d %H.%M.%S") if moment else "undated", subject)))


def moment_of(item: Item) -> datetime | None:
    """When an item came to be, in UTC; None if nothing says so, or only what no calendar holds."""
    try:
        if item.time is not None:
            return _EPOCH + timedelta(seconds=item.time)
        said = datetime.fromisoformat(item.facets["date"])
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None
