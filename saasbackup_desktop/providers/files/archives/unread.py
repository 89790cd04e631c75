"""Files that could not be read: what becomes of them from one import to the next."""

from collections.abc import Iterator, Mapping
from typing import Final

from saasbackup_desktop.core.errors import ArchiveFault
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.stream import Cursor, Unread
from saasbackup_desktop.providers.files.archives.ids import digest

_UNREAD: Final = "unread"
"""Of a cursor: files by their labels, with code and reason."""
_MOST: Final = 1000


class UnreadFiles:
    """Those of earlier imports and of this one: one is forgotten when it is read, not when others are."""

    def __init__(self, since: Cursor | None) -> None:
        self._before = _told(since)
        self._now: dict[str, list[str]] = {}
        self._there: set[str] = set()

    @property
    def before(self) -> Cursor:
        """What was known when this import began."""
        return _cursor(self._before)

    @property
    def now(self) -> Cursor:
        """What is known when all was told, and what is ``left``."""
        return _cursor(self._now)

    def note(self, label: str, fault: ArchiveFault) -> Unread:
        """One cannot be read."""
        self._now[label] = [fault.code, str(fault.facts.get("reason", fault.detail))]
        return _unread(label, self._now[label])

    def saw(self, label: str) -> None:
        """One is there, and so are the archives that it lies in."""
        if self._before:
            parts = label.split("/")
            self._there.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))

    def left(self) -> Iterator[Unread]:
        """Tell again those of earlier imports that are not among the files of this one."""
        for label, why in self._before.items():
            if label not in self._now and not self._is_there(label):
                self._now[label] = why
                yield _unread(label, why)

    def _is_there(self, label: str) -> bool:
        """Was it read, as one of a folder or by itself?"""
        parts = label.split("/")
        return any("/".join(parts[count:]) in self._there for count in range(len(parts)))


def _told(cursor: Cursor | None) -> dict[str, list[str]]:
    said = (cursor or {}).get(_UNREAD)
    if not isinstance(said, Mapping):
        return {}
    return {label: [str(word) for word in why] for label, why in said.items() if isinstance(why, list | tuple)}


def _cursor(unread: Mapping[str, list[str]]) -> Cursor:
    if not unread:
        return {"archives": 1}
    return {"archives": 1, _UNREAD: {label: [*why] for label, why in sorted(unread.items())[:_MOST]}}


def _unread(label: str, why: list[str]) -> Unread:
    code, reason = why
    return Unread(NodeId(digest("file", label)), label, code, reason)
