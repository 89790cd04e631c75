"""Writes tables: one of each folder."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.tables import calendar, mail, people, tasks
from saasbackup_desktop.providers.files.tables.cells import MARK, row
from saasbackup_desktop.providers.formats.graph.plain import Plain, load
from saasbackup_desktop.providers.formats.graph.reading import is_mime

_COLUMNS: Final[Mapping[Service, Sequence[str]]] = {
    Service.MAIL: mail.COLUMNS,
    Service.CALENDAR: calendar.COLUMNS,
    Service.CONTACTS: people.COLUMNS,
    Service.TASKS: tasks.TASKS,
    Service.NOTES: tasks.NOTES,
}
SERVICES: Final = tuple(_COLUMNS)
"""What there are tables of."""
_ALONE: Final[Mapping[Service, str]] = {
    Service.MAIL: "Mail",
    Service.CALENDAR: "Calendar",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
}


class CsvWriter:
    """Writes the items of each folder into ``<folder>.csv`` beside what lies in the folder."""

    is_steady = True

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._open = ExitStack()
        self._key: tuple[Service, tuple[str, ...]] | None = None
        self._file: BinaryIO | None = None

    def add(self, entry: Entry) -> Sequence[str]:
        """Write an item's line, or lines; see ``Writer``. Raises FormatUnfit."""
        columns = _COLUMNS.get(entry.service)
        if columns is None:
            raise FormatUnfit("service", format=Format.CSV, reason="service")
        losses: list[str] = []
        lines = b"".join(row([one.get(column, "") for column in columns]) for one in _rows(entry, losses))
        self._file_for(entry.service, entry.path).write(lines)
        self._shelf.count(1)
        return tuple(dict.fromkeys(losses))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a table of nothing but columns for a folder without items; see ``FolderWriter``."""
        self.finish()
        if folder.service in _COLUMNS:
            self._file_for(folder.service, folder.path)
            self.finish()

    def finish(self) -> None:
        """End the table that is open."""
        self._key = self._file = None
        self._open.close()

    def _file_for(self, service: Service, path: tuple[str, ...]) -> BinaryIO:
        key = (service, path)
        if self._file is None or key != self._key or self._shelf.full:
            self.finish()
            stem = path[-1] if path else _ALONE[service]
            self._file = self._open.enter_context(self._shelf.growing(path[:-1], stem, ".csv"))
            self._key = key
            if not self._file.tell():
                self._file.write(MARK + row(_COLUMNS[service]))
        return self._file


def _rows(entry: Entry, losses: list[str]) -> Iterator[Mapping[str, str]]:
    data = _beginning(entry)
    if entry.service is Service.MAIL:
        yield mail.cells(entry.item, data, losses)
    elif is_mime(entry.service, data):
        said = mail.cells(entry.item, data, losses)
        yield {"Subject": said["Subject"], "Note Body": said["Body"], "Modified": said["Received"]}
    else:
        yield from _told(entry.service, _object(data), losses)


def _told(service: Service, plain: Plain, losses: list[str]) -> Iterator[Mapping[str, str]]:
    match service:
        case Service.CALENDAR:
            yield from calendar.rows(plain, losses)
        case Service.CONTACTS:
            yield people.cells(plain, losses)
        case Service.TASKS:
            yield tasks.task(plain, losses)
        case _:
            yield tasks.note(plain, losses)


def _object(data: bytes) -> Plain:
    plain = load(data)
    if not isinstance(plain, dict):
        raise FormatUnfit("not an object", format=Format.CSV, reason="unreadable")
    return plain


def _beginning(entry: Entry) -> bytes:
    """All of an item; of the largest messages, as much as a table shows."""
    pieces: list[bytes] = []
    size = 0
    for piece in entry.data():
        if entry.service is not Service.MAIL or size < mail.LONGEST:
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)
