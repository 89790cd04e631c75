"""An Outlook data file, walked folder by folder."""

import io
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final, Self

from saasbackup_desktop.core.errors import ArchiveUnreadable, ArchiveUnsupported, ItemUnreadable
from saasbackup_desktop.core.model import Role, Service
from saasbackup_desktop.providers.files.archives.roles import role_of
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found, Told
from saasbackup_desktop.providers.files.pstcheck import Folder, Message, PstFile, Unreadable
from saasbackup_desktop.providers.files.pstcheck.nodes import Kind, kind_of
from saasbackup_desktop.providers.files.pstread import kinds
from saasbackup_desktop.providers.files.pstread.items import found_of
from saasbackup_desktop.providers.files.pstread.mail import subject_of
from saasbackup_desktop.providers.files.pstread.objects import Said
from saasbackup_desktop.providers.files.pstread.states import CLASS

_STORES: Final = {0x35E3: Role.TRASH, 0x35E4: Role.SENT}
_ROOTS: Final = {0x36D0: Role.MAIN, 0x36D1: Role.MAIN, 0x36D4: Role.MAIN, 0x36D7: Role.DRAFTS}
"""Which folders the store and its root name: the calendar, the contacts, the tasks and the drafts."""
_HEADER: Final = 0x200
_UNICODE: Final = 23
"""Versions from which on places in a file have 8 bytes."""
_ENTRY_SIZE: Final = 24
_NAME: Final = 0x3001
_LOOKED_AT: Final = 100
"""Messages whose charset is looked at."""
_UNSUPPORTED: Final = {
    "large-pages": "OST (Outlook 2013 and later)",
    "header-version": "PST (before Outlook 97)",
    "header-method": "PST (Windows Information Protection)",
}
"""What a file is that is not read, by what its header shows."""
_ROOT: Final = "Root - Mailbox"
"""What lies in it beside people's folders are programs' own, in offline stores."""
_VISIBLE: Final = "IPM_SUBTREE"
_DAMAGED, _MISSING = "damaged", "missing"


def walk(path: Path, services: Collection[Service] = frozenset(Service)) -> Iterator[Told]:
    """Tell the folders and items of a file, those of some services, one by one. Raises ArchiveFault, OSError."""
    with PstArchive(path) as archive:
        yield from archive.walk(services)
    if _is_cut_short(path):
        raise ArchiveUnreadable(path.name, name=path.name, reason="cut-short")


class PstArchive:
    """An open file. Raises ArchiveUnreadable, ArchiveUnsupported, OSError, here and where it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = PstFile(path, old=True)
        except Unreadable as error:
            raise self._fault(error) from error
        self._told: set[tuple[Service, tuple[str, ...]]] = set()
        self._services: Collection[Service] = frozenset(Service)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _fault(self, error: Unreadable) -> ArchiveUnreadable | ArchiveUnsupported:
        if error.code in _UNSUPPORTED:
            return ArchiveUnsupported(str(error), name=self._path.name, format=_UNSUPPORTED[error.code])
        return ArchiveUnreadable(str(error), name=self._path.name, reason="damaged")

    def walk(self, services: Collection[Service] = frozenset(Service)) -> Iterator[Told]:
        """Tell the folders, parents first, each followed by what lies in it."""
        self._told.clear()
        self._services = services
        try:
            top = self._file.top
        except Unreadable as error:
            raise self._fault(error) from error
        waiting: list[tuple[int, tuple[str, ...]]] = [(top.nid, ())]
        seen: set[int] = set()
        while waiting:
            nid, path = waiting.pop()
            if nid in seen:
                continue
            seen.add(nid)
            yield from self._folder(nid, path)
            below = [(one, _named(path, self._name(one))) for one in self._below(nid, Kind.FOLDER)]
            waiting.extend(reversed(below))

    def _folder(self, nid: int, path: tuple[str, ...]) -> Iterator[Told]:
        service = Service.MAIL
        try:
            service = kinds.of_folder(self._open(nid).container_class)
        except Unreadable:
            if path:
                yield from self._place(service, path)
            if service in self._services:
                yield _broken(service, path, nid, _DAMAGED, self._name(nid))
        if path and path[0] != _ROOT:
            yield from self._place(service, path, self._role(nid, path, service))
        there = self._below(nid, Kind.MESSAGE)
        for id in there:
            found = self._item(id, path)
            if found is not None:
                yield from self._place(found.service, found.path)
                yield found
        yield from self._missing(nid, path, service, set(there))

    def _place(self, service: Service, path: tuple[str, ...], role: Role | None = None) -> Iterator[FolderFound]:
        """Tell a folder and those that it lies in, unless they were told."""
        if service not in self._services:
            return
        for depth in range(1, len(path) + 1):
            one = (service, path[:depth])
            if one not in self._told:
                self._told.add(one)
                yield FolderFound(service=service, path=path[:depth], role=role if depth == len(path) else None)

    def _item(self, nid: int, path: tuple[str, ...]) -> Found | Broken | None:
        """Read an item; None: it is of another service than is asked for."""
        lost: list[str] = []
        service, name = Service.MAIL, ""
        path = path or (self._name(self._file.top.nid) or self._path.stem,)
        try:
            message = Message(self._file, self._file.node(nid))
            said = Said(message, lost, self._page)
            kind, name = said.text(CLASS), subject_of(said)
            service = kinds.of_item(kind)
            if service not in self._services:
                return None
            if not kind and not name and lost:
                raise Unreadable("properties", f"node {nid:#x}")
            return found_of(message, said, path, f"{message.nid:x}")
        except Unreadable:
            return _broken(service, path, nid, _DAMAGED, name) if service in self._services else None

    def _missing(
        self, nid: int, path: tuple[str, ...], service: Service, there: set[int]
    ) -> Iterator[FolderFound | Broken]:
        """Tell what a folder lists and the file does not hold."""
        if service not in self._services:
            return
        try:
            rows = list(self._open(nid).missing(there))
        except Unreadable:
            return
        for id, name in rows:
            yield from self._place(service, path)
            yield _broken(service, path, id, _MISSING, name)

    def _open(self, nid: int) -> Folder:
        return Folder(self._file, self._file.node(nid), ())

    def _name(self, nid: int) -> str:
        try:
            name = Said(self._open(nid), [], self._page).text(_NAME).strip()
        except Unreadable:
            name = ""
        return name or f"{nid:x}"

    @cached_property
    def _page(self) -> str:
        """What texts of a file that is not in Unicode are written in: as its first messages say."""
        if self._file.is_unicode:
            return ""
        messages = (nid for below in self._children.values() for nid in below if kind_of(nid) == Kind.MESSAGE)
        pages: Counter[str] = Counter()
        for nid in islice(messages, _LOOKED_AT):
            try:
                pages[Said(Message(self._file, self._file.node(nid)), []).page] += 1
            except Unreadable:
                continue
        return pages.most_common(1)[0][0] if pages else ""

    def _role(self, nid: int, path: tuple[str, ...], service: Service) -> Role | None:
        """Say what a folder is for: as the file says, else by its name at the top."""
        role = self._roles.get(nid)
        if role is None and service is Service.MAIL and len(path) == 1:
            role = role_of(path[0])
        return role if (role is Role.MAIN) != (service is Service.MAIL) else None

    @cached_property
    def _roles(self) -> dict[int, Role]:
        found = {nid: role for id, role in _STORES.items() if (nid := _folder_in(self._file.entry, id))}
        try:
            root = Said(self._file.root, [])
        except Unreadable:
            return found
        return found | {nid: role for id, role in _ROOTS.items() if (nid := _folder_in(root.data, id))}

    @cached_property
    def _children(self) -> "dict[int, array[int]]":
        """Folders and items by the folder that they are in: 4 bytes for each."""
        found: dict[int, array[int]] = {}
        for nid, parent in self._file.parents():
            if kind_of(nid) in (Kind.FOLDER, Kind.MESSAGE) and nid != parent:
                found.setdefault(parent, array("I")).append(nid)
        return found

    def _below(self, nid: int, kind: Kind) -> list[int]:
        return [one for one in self._children.get(nid, ()) if kind_of(one) == kind]


def _is_cut_short(path: Path) -> bool:
    """Is a file shorter than its header says ([MS-PST] 2.2.2.5, ``ibFileEof``)? Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEADER)
        size = file.seek(0, io.SEEK_END)
    is_unicode = int.from_bytes(head[10:12], "little") >= _UNICODE
    said = head[0xB8:0xC0] if is_unicode else head[0xA8:0xAC]
    return size < int.from_bytes(said, "little")


def _named(path: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Where a folder is for people: an offline store has theirs in one of its own."""
    return () if path == (_ROOT,) and name == _VISIBLE else (*path, name)


def _folder_in(read: Callable[[int], bytes], id: int) -> int:
    """Read which folder an entry names; zero if it names none that can be read."""
    try:
        entry = read(id)
    except Unreadable:
        return 0
    return int.from_bytes(entry[20:24], "little") if len(entry) == _ENTRY_SIZE else 0


def _broken(service: Service, path: tuple[str, ...], nid: int, reason: str, name: str = "") -> Broken:
    return Broken(service=service, path=path, key=f"{nid:x}", code=ItemUnreadable.code, name=name, detail=reason)
