"""Items of all services into Outlook data files, one part after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import BodyDamaged, FormatUnfit
from saasbackup_desktop.core.export.ports import About, EmptyFolder, Entry, Plain, Shelf
from saasbackup_desktop.core.export.values import Format
from saasbackup_desktop.core.model import Role, Service
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.contacts import contact
from saasbackup_desktop.providers.files.mapi.enclosures import Item, Part, Parts
from saasbackup_desktop.providers.files.mapi.events import event
from saasbackup_desktop.providers.files.mapi.groups import group, is_group
from saasbackup_desktop.providers.files.mapi.mail import mail_in_pieces
from saasbackup_desktop.providers.files.mapi.notes import note
from saasbackup_desktop.providers.files.mapi.states import state_of
from saasbackup_desktop.providers.files.mapi.tasks import task
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import SMALLEST_PART, PstWriter, Skipped
from saasbackup_desktop.providers.files.pst.split import Part as FinishedPart
from saasbackup_desktop.providers.files.pst.store import BIN
from saasbackup_desktop.providers.files.pst.values import Unfit
from saasbackup_desktop.providers.formats.graph.plain import load, mapping
from saasbackup_desktop.providers.formats.graph.values import PHOTO

Names = tuple[str, ...]
_CLASSES: Final[Mapping[Service, str]] = {
    Service.MAIL: "IPF.Note",
    Service.CALENDAR: "IPF.Appointment",
    Service.CONTACTS: "IPF.Contact",
    Service.TASKS: "IPF.Task",
    Service.NOTES: "IPF.StickyNote",
}
"""What a folder of a service says that lies in it."""
_FOLDERS: Final[Mapping[Service, str]] = {
    Service.MAIL: "Mail",
    Service.CALENDAR: "Calendar",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
}
"""Where items lie that are in no folder."""
_KINDS: Final[Mapping[Service, Callable[[Plain, Parts, Item], Message]]] = {
    Service.CALENDAR: event,
    Service.TASKS: task,
    Service.NOTES: note,
}
_OUTGOING: Final = (Role.SENT, Role.DRAFTS)
_DAMAGED: Final = BodyDamaged.code
_PART: Final = "part"
SUFFIX: Final = ".pst"


class OutlookWriter:
    """``PartWriter``: one store for all that is added, in parts of at most a size.

    ``scratch`` is a folder of its own on a disk with room for a part; what an earlier writer left there is removed.
    ``since`` is the ``state`` to go on from; without it, folders of one name may be told apart otherwise than before.
    """

    def __init__(self, shelf: Shelf, scratch: Path, about: About, since: Plain | None = None) -> None:
        self._shelf = shelf
        self._scratch = scratch
        self._about = about
        self._parts, self._places = _read(since or {"parts": about.first_part - 1})
        self._owners = {_folded(place): service for (service, _), place in self._places.items()}
        self._owners.setdefault(_folded((BIN,)), Service.MAIL)
        self._open: PstWriter | None = None
        self._waiting = 0
        self._inside = 0
        """Items in the part that is open."""

    @property
    def waiting(self) -> int:
        """How many entries are in the part that is open."""
        return self._waiting

    @property
    def state(self) -> Plain:
        """How many parts are on the shelf, and which folders lie elsewhere than they did in their service."""
        moved: list[Json] = [
            [service.value, list(path), list(place)] for (service, path), place in self._places.items() if path != place
        ]
        return {"parts": self._parts, "moved": moved}

    def add(self, entry: Entry) -> Sequence[str]:
        """Write an item. Raises FormatUnfit, BodyDamaged, OSError."""
        try:
            return self._add(entry)
        finally:
            self._waiting += self._open is not None

    def _add(self, entry: Entry) -> Sequence[str]:
        container = _CLASSES.get(entry.service)
        if container is None:
            raise _unfit("service")
        try:
            message = item_of(entry)
        except Unfit as unfit:
            raise _unfit(unfit.reason) from unfit
        pst = self._file()
        folder = pst.folder(self._place(entry.service, entry.path or (_FOLDERS[entry.service],)), container)
        written = pst.add(folder, message)
        if isinstance(written, Skipped):
            raise BodyDamaged(entry.item.name) if written.reason == _DAMAGED else _unfit(written.reason)
        self._inside += 1
        return tuple(dict.fromkeys((*message.losses, *written.losses)))

    def add_folder(self, folder: EmptyFolder) -> None:
        """Write a folder without items; of a service that has no folders there, nothing. Raises OSError."""
        container = _CLASSES.get(folder.service)
        if container is not None and folder.path:
            self._file().folder(self._place(folder.service, folder.path), container)

    def finish(self) -> None:
        """End the part that is open and put it on the shelf; the next item begins another one. Raises OSError."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def abandon(self) -> None:
        """Remove the part that is open."""
        if self._open is not None:
            self._open.abandon()
            self._open = None
            self._waiting = self._inside = 0

    def _file(self) -> PstWriter:
        if self._open is None:
            self._scratch.mkdir(parents=True, exist_ok=True)
            for left in self._scratch.glob(f"{_PART}*"):
                left.unlink()
            size = max(self._about.part_size, SMALLEST_PART)
            self._open = PstWriter(
                self._scratch / f"{_PART}{SUFFIX}",
                self._about.name,
                size,
                first=self._parts + 1,
                finished=self._finished,
            )
        return self._open

    def _finished(self, part: FinishedPart) -> None:
        number = self._parts + 1
        stem = self._about.name if number == 1 else f"{self._about.name} ({number})"
        self._shelf.count(self._inside)
        self._inside = 0
        self._shelf.adopt(part.path, self._shelf.name(self._about.folder, stem, SUFFIX))
        self._parts += 1
        self._waiting = 0

    def _place(self, service: Service, path: Names) -> Names:
        """Where a folder lies in the store: one that holds items of another service already gets a number."""
        known = self._places.get((service, path))
        if known is None:
            above = self._above(service, path[:-1])
            known = next(
                place
                for place in ((*above, name) for name in _numbered(path[-1]))
                if self._owners.setdefault(_folded(place), service) is service
            )
            self._places[service, path] = known
        return known

    def _above(self, service: Service, path: Names) -> Names:
        for depth in range(len(path), 0, -1):
            if (service, path[:depth]) in self._places:
                return (*self._places[service, path[:depth]], *path[depth:])
        return path


def _folded(path: Names) -> Names:
    return tuple(name.casefold() for name in path)


def _read(state: Plain) -> tuple[int, dict[tuple[Service, Names], Names]]:
    parts, moved = state.get("parts"), state.get("moved")
    found = {}
    for one in moved if isinstance(moved, list) else ():
        match one:
            case [str(service), [*path], [*place]]:
                found[Service(service), tuple(map(str, path))] = tuple(map(str, place))
    return parts if isinstance(parts, int) else 0, found


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} ({number})" for number in count(2))


def item_of(entry: Entry) -> Message:
    """Turn what the vault holds into an item. Raises Unfit, BodyDamaged, OSError."""
    if entry.service is Service.MAIL:
        return mail_in_pieces(entry.data(), state_of(entry.item, outgoing=entry.role in _OUTGOING))
    plain = mapping(load(b"".join(entry.data())))
    if entry.service is Service.CONTACTS:
        photo = entry.parts.get(PHOTO)
        return group(plain) if is_group(plain) else contact(plain, b"".join(photo()) if photo is not None else None)
    bodies = entry.item.parts
    parts = {name: Part(read, bodies[name].size if name in bodies else None) for name, read in entry.parts.items()}
    return _KINDS[entry.service](plain, parts, item_within)


def _unfit(reason: str) -> FormatUnfit:
    return FormatUnfit(reason, format=Format.PST, reason=reason)
