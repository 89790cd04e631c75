"""Calendars, lists of tasks and notes as iCalendar files: each folder a file."""

import contextlib
import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, BinaryIO, Final, cast
from zoneinfo import ZoneInfoNotFoundError

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, Shelf
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.content_lines import escaped, written
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, load, mapping
from saasbackup_desktop.providers.formats.ical import texts
from saasbackup_desktop.providers.formats.ical.reading import HOLDS, ORIGINAL, SERVICES, has_several
from saasbackup_desktop.providers.formats.ical.twins import Names, renamed
from saasbackup_desktop.providers.formats.ical.writing.definitions import definition
from saasbackup_desktop.providers.formats.ical.writing.events import write_event
from saasbackup_desktop.providers.formats.ical.writing.lines import Sheet
from saasbackup_desktop.providers.formats.ical.writing.notes import write_note
from saasbackup_desktop.providers.formats.ical.writing.tasks import write_task
from saasbackup_desktop.providers.formats.kept_text import LONGEST, TEXT_ASIDE, TEXT_LEFT, with_text
from saasbackup_desktop.providers.formats.sound import is_sound

_SUFFIX: Final = ".ics"
_HELD: Final = 4 << 20
"""Bytes of one item that are kept in memory; those of larger ones go to disk for a moment."""
_FORMAT: Final = "ics"
_SOME_ZONE: Final = "Etc/UTC"
_KINDS: Final = {service: kind for kind, service in SERVICES.items()}
_SERIES: Final = re.compile(rb"^R(?:RULE|DATE)(?:[:;]|\r?\n[ \t])", re.I | re.M)
_PRODUCT: Final = "-//SaaSBackup Desktop//Export//EN"
_SERIES_APART: Final = "series-apart"
"""It is one of several events that one text says, and the text is not there."""


class IcsWriter:
    """Writes what lies in a folder as one calendar. A text that an item came as is given back as it was.

    One that says several events is not where only some of a folder are exported, for it would tell of the others.
    """

    def __init__(self, shelf: Shelf, scratch: Path, alone: str) -> None:
        """``scratch``: a folder for what is large; ``alone``: what a file is called whose items lie in no folder."""
        self._shelf = shelf
        self._scratch = scratch
        self._alone = alone
        self._stack = ExitStack()
        self._file: BinaryIO | None = None
        self._place: tuple[Service, tuple[str, ...]] | None = None
        self._zones: dict[str, str] = {}
        """Zones that are defined in the file: digests of their texts, by name."""
        self._asked: dict[str, None] = {}
        """Zones that texts name, which were given back as they came."""
        self._names = Names()
        self._series: Counter[str] = Counter()
        """How often texts of series are in the file."""
        self._times: Counter[tuple[str, str]] = Counter()
        """How often each event of them came."""
        self._several: dict[str, bool] = {}
        """Whether such a text says several events."""

    def add(self, entry: Entry) -> Sequence[str]:
        """Write an item; see ``Writer``. Raises FormatUnfit, BodyDamaged, OSError."""
        if self._place != (entry.service, entry.path):
            self.finish()
        text = b"".join(entry.parts[ORIGINAL]()) if ORIGINAL in entry.parts else b""
        series = _series_of(entry, text)
        is_picked = not entry.is_with_all and series is not None and self._says_several(series, text)
        original = self._original(entry, text) if text and not is_picked else None
        if original is not None:
            if series is None or not self._has_series(series):
                names = self._names.take(original.names, entry.item.id)
                self._put(original.zones, [renamed(original.items, names)])
                self._asked.update(dict.fromkeys(texts.zones_in(original.items)))
            self._shelf.count(1)
            if series is not None:
                self._count(series)
            return ()
        is_apart = series is not None and self._says_several(series, text)
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.SpooledTemporaryFile(_HELD, dir=str(self._scratch)) as held:
            sheet = Sheet(cast(BinaryIO, held), self._named(entry))
            _write(sheet, entry)
            if is_apart:  # with the text beside each, all of them would be there as often as there are events
                sheet.lost.append(_SERIES_APART)
            elif text:
                sheet.lost.append(_put_aside(held, text))
            held.seek(0)
            self._open(entry)
            self._put(_defined(sheet.zones), iter(lambda: held.read(1 << 20), b""))
            self._shelf.count(1)
        return tuple(dict.fromkeys(sheet.lost))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a calendar in which nothing lies but a time zone, for one must hold something; see ``FolderWriter``."""
        self.finish()
        self._open(folder)
        assert self._file is not None
        self._file.write(written(HOLDS, _KINDS[folder.service]) if folder.service in _KINDS else b"")
        self._file.write(definition(_SOME_ZONE))
        self.finish()

    def finish(self) -> None:
        """End the calendar that is open."""
        if self._file is not None:
            self._put(_known(name for name in self._asked if name not in self._zones), ())
            self._file.write(b"END:VCALENDAR\r\n")
            self._file = None
            self._stack.close()
        self._place = None
        self._zones.clear()
        self._asked.clear()
        self._names.clear()
        self._series.clear()
        self._times.clear()
        self._several.clear()

    def _has_series(self, series: tuple[str, str]) -> bool:
        """Whether what is one of several events in the vault, and one text, lies in the file with that text."""
        return self._times[series] < self._series[series[0]]

    def _count(self, series: tuple[str, str]) -> None:
        """Say that an event is in the file with its text, which was written unless it lay there."""
        self._times[series] += 1
        self._series[series[0]] = max(self._series[series[0]], self._times[series])

    def _says_several(self, series: tuple[str, str], text: bytes) -> bool:
        if series[0] not in self._several:
            self._several[series[0]] = has_several(text)
        return self._several[series[0]]

    def _named(self, entry: Entry) -> Callable[[str], str]:
        """What an item may be called beside those that are in the file."""
        known: dict[str, str] = {}

        def named(uid: str) -> str:
            if uid not in known:
                known[uid] = self._names.take([(uid, None)], entry.item.id).get(uid, uid)
            return known[uid]

        return named

    def _original(self, entry: Entry, text: bytes) -> texts.Text | None:
        """The text that an item came as, if it can stand in this file."""
        found = texts.taken_apart(text)
        if found is None or not all(map(is_sound, (found.items, *found.zones.values()))):
            return None
        self._open(entry)
        if any(self._zones.get(name, _digest(text)) != _digest(text) for name, text in found.zones.items()):
            return None
        return found

    def _open(self, entry: Entry | EmptyFolder) -> None:
        if self._file is not None:
            return
        name = entry.path[-1] if entry.path else self._alone
        file = self._shelf.name(entry.path[:-1], name, _SUFFIX)
        self._file = self._stack.enter_context(self._shelf.file(file))
        self._place = entry.service, entry.path
        self._file.write(b"BEGIN:VCALENDAR\r\n" + written("VERSION", "2.0") + written("PRODID", _PRODUCT))
        self._file.write(written("X-WR-CALNAME", escaped(name)))

    def _put(self, zones: Mapping[str, bytes], pieces: Iterator[bytes] | Sequence[bytes]) -> None:
        assert self._file is not None
        for name, text in zones.items():
            if name not in self._zones:
                self._zones[name] = _digest(text)
                self._file.write(text)
        for piece in pieces:
            self._file.write(piece)


def _series_of(entry: Entry, text: bytes) -> tuple[str, str] | None:
    """The digest of a text that several events may have come as, and which one this is."""
    if entry.service is not Service.CALENDAR or not _SERIES.search(text):
        return None
    return hashlib.sha256(text).hexdigest()[:32], line(_plain(entry).get("iCalUId"))


def _write(sheet: Sheet, entry: Entry) -> None:
    plain = _plain(entry)
    match entry.service:
        case Service.CALENDAR:
            write_event(sheet, plain, entry.parts)
        case Service.TASKS:
            write_task(sheet, plain, entry.parts)
        case Service.NOTES:
            write_note(sheet, plain, entry.parts, entry.item.id)
        case _:
            raise FormatUnfit(entry.item.name, format=_FORMAT, reason="service")


def _plain(entry: Entry) -> Plain:
    plain = mapping(load(b"".join(entry.data())))
    if not plain:
        raise FormatUnfit(entry.item.name, format=_FORMAT, reason="unreadable")
    return plain


def _put_aside(held: IO[bytes], text: bytes) -> str:
    """Keep a text in what was written of it, if both are short enough; gives what is lost."""
    size = held.tell()
    held.seek(0)
    whole = with_text(held.read(), text) if size <= LONGEST else None
    if whole is None:
        return TEXT_LEFT
    held.seek(0)
    held.write(whole)
    return TEXT_ASIDE


def _defined(names: Mapping[str, None]) -> dict[str, bytes]:
    return {name: definition(name) for name in names}


def _known(names: Iterable[str]) -> dict[str, bytes]:
    """Definitions of zones that IANA knows: some programs leave them out where a name says enough."""
    found = {}
    for name in names:
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
            found[name] = definition(name)
    return found


def _digest(text: bytes) -> str:
    return hashlib.sha256(b"".join(text.split())).hexdigest()
