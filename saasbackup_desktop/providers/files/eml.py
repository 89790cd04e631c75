"""Messages as files, byte for byte as they were received (RFC 5322), in folders."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from saasbackup_desktop.core.export.ports import Entry, Shelf
from saasbackup_desktop.core.model import Item

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_SUBJECT: Final = 100


class EmlWriter:
    """Writes each message as a file whose name begins with its time, so that names sort by it."""

    is_steady = True

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def add(self, entry: Entry) -> Sequence[str]:
        """Write a message; see ``Writer``. Nothing of one is ever lost."""
        name = self._shelf.name(entry.path, timed_name(entry.item), ".eml")
        with self._shelf.file(name, entry.item.time) as file:
            for piece in entry.data():
                file.write(piece)
        return ()

    def finish(self) -> None:
        """Nothing is open between two messages."""


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
