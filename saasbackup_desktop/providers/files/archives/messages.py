"""Mail out of single files, mailbox files and Maildirs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import ItemUnreadable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives import mail, mbox
from saasbackup_desktop.providers.files.archives.finding import Archive, Kind
from saasbackup_desktop.providers.files.archives.roles import role_of
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found, Told

_APPLE: Final = re.compile(rb"\s*(\d{1,10})\s*\r?\n")


def read_file(archive: Archive) -> Iterator[Told]:
    """One message, a file of its own. Raises OSError, ArchiveFault."""
    yield _folder(archive.folder)
    stored = archive.stored
    if stored.size > mbox.LONGEST:
        yield _broken(archive, "", stored.names[-1], "too-long")
        return
    with stored.open() as file:
        data = file.read(stored.size + 1)  # one more than there is, so that what unpacks it looks at its end
    if stored.names[-1].lower().endswith(".emlx"):
        data = _of_apple(data)
    data = mail.with_line_ends(data)
    if data.startswith(b"From "):  # a mailbox file of one
        data = data[data.find(b"\n") + 1 :] if b"\n" in data else b""
    if not data or data.isspace():
        yield _broken(archive, "", stored.names[-1], "empty")
    elif not mail.is_message(data):
        yield _broken(archive, "", stored.names[-1], "no-message")
    else:
        more = mail.flags_of_name(stored.names[-1]) if archive.kind is Kind.MAILDIR else None
        yield _found(archive.folder, "", data, more, stored.modified)


def read_mailbox(archive: Archive) -> Iterator[Told]:
    """The messages of a mailbox file; those that Gmail hands out lie where their labels say.

    Raises OSError, ArchiveFault.
    """
    is_told = False
    told: set[tuple[str, ...]] = set()
    with archive.stored.open() as file:
        for one in mbox.messages(file):
            key, delivered, is_of_gmail, is_too_long = str(one.offset), one.delivered, one.is_of_gmail, one.data is None
            data = mail.with_line_ends(one.data) if one.data is not None else b""
            del one  # of a large message, nothing is in memory twice
            labels = mail.labels_of(mail.fields_of(data)) if data and is_of_gmail else ()
            path, flags = (archive.folder, None) if not labels else _of_gmail(archive, labels)
            if path not in told:
                told.add(path)
                for depth in range(1, len(path) + 1) if labels else (len(path),):
                    yield _folder(path[:depth])
            is_told = True
            if is_too_long:
                yield _broken(archive, key, "", "too-long")
            elif not data or data.isspace():
                continue  # nothing but what the file puts around messages
            elif not mail.is_message(data):
                yield _broken(archive, key, _beginning(data), "no-message", path)
            else:
                yield _found(path, key, data, flags, delivered, labels)
            del data
    if not is_told:
        yield _folder(archive.folder)


def _of_gmail(archive: Archive, labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    path, flags = mail.placed(labels)
    return path or archive.folder[-1:], flags


def _found(
    path: tuple[str, ...],
    key: str,
    data: bytes,
    flags: tuple[str, ...] | None,
    otherwise: int | None,
    labels: tuple[str, ...] = (),
) -> Found:
    fields = mail.fields_of(data)
    received = mail.received(fields)
    return Found(
        service=Service.MAIL,
        path=path,
        key=key,
        data=data,
        identity=mail.identity(data),
        time=received if received is not None else otherwise,
        flags=mail.flags_of(fields) if flags is None else flags,
        facets={"labels": "\n".join(labels)} if labels else {},
    )


def _broken(archive: Archive, key: str, name: str, reason: str, path: tuple[str, ...] | None = None) -> Broken:
    return Broken(
        service=Service.MAIL,
        path=path or archive.folder,
        key=key,
        code=ItemUnreadable.code,
        name=name or f"{Path(archive.stored.names[-1]).name} ({key})",
        detail=reason,
    )


def _folder(path: tuple[str, ...]) -> FolderFound:
    return FolderFound(service=Service.MAIL, path=path, role=role_of(path[-1]) if len(path) == 1 else None)


def _of_apple(data: bytes) -> bytes:
    """Take the message out of Apple Mail's file: its length, the message, and then what the program notes."""
    size = _APPLE.match(data)
    return data[size.end() : size.end() + int(size[1])] if size else data


def _beginning(data: bytes) -> str:
    return data[:80].decode("ascii", "replace").split("\r\n")[0].strip()
