"""Calendars, tasks, notes and contacts out of files of iCalendar and vCard."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import ArchiveUnreadable, ItemUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives.finding import Archive
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found, Told
from saasbackup_desktop.providers.formats import zones
from saasbackup_desktop.providers.formats.ical import reading as ical
from saasbackup_desktop.providers.formats.vcard import reading as vcard

_LARGEST: Final = 256 << 20
"""Bytes of a file that are read at once."""
_NAMES: Final = ("displayName", "fileAs", "companyName", "nickName")
_ORDERS: Final = (
    ("givenName", "surname"),
    ("givenName", "middleName", "surname"),
    ("title", "givenName", "middleName", "surname", "generation"),
)
_ANY_CARD: Final = frozenset({"contact", "card", "vcard"})
"""What programs call a card, with a number."""
_WORD: Final = re.compile(r"[^\W_]+")
_COUNTED: Final = re.compile(r"[\s_.-]*(?:\(\d{1,6}\)|[\s_-]\d{1,6})\s*\Z")
_NUMBER: Final = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]+\Z")


def read_calendar(archive: Archive) -> Iterator[Told]:
    """Events, tasks and notes, each kind in a folder of the calendar's name. Raises OSError, ArchiveFault."""
    data = _whole(archive)
    calendar = ical.read_calendar(data)
    if calendar is None:
        raise _unlike(archive)
    path = (*archive.folder[:-1], _name(calendar.name)) if _name(calendar.name) else _place(archive, calendar.count)
    for service in sorted(calendar.services()) or [Service.CALENDAR]:
        yield FolderFound(service=service, path=path)
    for one in calendar.items():
        if isinstance(one, ical.Unread):
            yield Broken(
                service=one.service,
                path=path,
                key=one.uid,
                code=ItemUnreadable.code,
                name=one.name,
                detail=one.code,
            )
            continue
        yield Found(
            service=one.service,
            path=path,
            key=one.uid,
            data=_written(one.plain),
            parts=one.parts,
            identity=one.uid,
            time=_time(one.service, one.plain),
            lost=one.lost,
        )


def read_contacts(archive: Archive) -> Iterator[Told]:
    """Contacts and groups, in a folder that is called like the file. Raises OSError, ArchiveFault."""
    if archive.stored.size == 0:
        yield FolderFound(service=Service.CONTACTS, path=archive.folder)
        return
    cards = vcard.read_cards(_whole(archive))
    if cards is None:
        raise _unlike(archive)
    single = list(cards.items()) if cards.count == 1 else []
    is_folder = any(not _is_called(archive.folder[-1], one) for one in single)
    path = archive.folder if is_folder else _place(archive, cards.count)
    yield FolderFound(service=Service.CONTACTS, path=path)
    for one in single or cards.items():
        yield Found(
            service=Service.CONTACTS,
            path=path,
            key=one.uid,
            data=_written(one.plain),
            parts=one.parts,
            identity=one.uid,
            time=_time(Service.CONTACTS, one.plain),
            lost=one.lost,
        )


def _place(archive: Archive, count: int) -> tuple[str, ...]:
    """The folder that a file stands for; files of one item each lie in the folder that they are in."""
    return archive.folder[:-1] if count == 1 and len(archive.folder) > 1 else archive.folder


def _is_called(stem: str, card: vcard.Read) -> bool:
    """Whether a file is called like the card in it, or by a number, rather than like a folder that holds one card."""
    words = [_words(one) for one in (stem, _COUNTED.sub("", stem))]
    if _NUMBER.match("".join(word for word in words[0] if word not in _ANY_CARD)):
        return True
    plain = card.plain
    said = [card.uid, *(str(plain.get(name) or "") for name in _NAMES)]
    said += [" ".join(str(plain.get(name) or "") for name in order) for order in _ORDERS]
    said += [str(one.get("address") or "") for one in plain.get("emailAddresses") or ()]
    for own in filter(None, map(_words, said)):
        if any(sorted(own) == sorted(one) or "".join(own) == "".join(one) for one in words):
            return True
    return False


def _words(text: str) -> list[str]:
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return _WORD.findall(bare.casefold())


def _whole(archive: Archive) -> bytes:
    stored = archive.stored
    if stored.size == 0:
        raise ArchiveUnreadable(stored.label, name=stored.label, reason="empty")
    if stored.size > _LARGEST:
        raise ArchiveUnreadable(stored.label, name=stored.label, reason="too-long")
    with stored.open() as file:
        return file.read()


def _written(plain: Mapping[str, Any]) -> bytes:
    return codec.dumps(plain).encode("utf-8", "surrogatepass")


def _time(service: Service, plain: Mapping[str, Any]) -> int | None:
    """As a live source tells it: when an event begins, and when everything else came to be."""
    if service is Service.CALENDAR:
        return zones.seconds(plain.get("start"))
    return _moment(str(plain.get("createdDateTime") or plain.get("receivedDateTime") or ""))


def _moment(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return None


def _name(text: str) -> str:
    return " ".join(text.replace("/", " ").split())[:200]


def _unlike(archive: Archive) -> ArchiveUnreadable:
    label = archive.stored.label
    return ArchiveUnreadable(label, name=label, reason="unlike")
