"""Which archives there are in files, folders and ZIP archives."""

import errno
import logging
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.errors import (
    ArchiveDenied,
    ArchiveFault,
    ArchiveForeign,
    ArchiveLocked,
    ArchiveMissing,
    ArchiveTooLarge,
    ArchiveUnreadable,
    ArchiveUnsupported,
)
from saasbackup_desktop.providers.files.archives.empty import EmptyFolders
from saasbackup_desktop.providers.files.archives.mail import begins_message, is_message
from saasbackup_desktop.providers.files.archives.maildir import folders_of_maildir, is_name_of_maildir
from saasbackup_desktop.providers.files.archives.mbox import begins_mailbox
from saasbackup_desktop.providers.files.archives.places import Stored, Vacant, files_below, is_part, members, stored_at
from saasbackup_desktop.providers.files.found import FolderFound
from saasbackup_desktop.providers.files.msgread import MARK as COMPOUND

log = logging.getLogger(__name__)

_DEEPEST: Final = 3
"""ZIP archives within ZIP archives that are opened."""
_HEAD: Final = 64 << 10
_LARGEST_SINGLE: Final = 4 << 20
_UNREAD: Final = frozenset({".dbx", ".olm", ".nsf", ".rar", ".7z", ".tgz", ".tar", ".gz", ".tnef", ".vcs"})
"""What holds mail, contacts or appointments in a way that is not read here: told, not passed over."""


_BESIDE: Final = "._"
"""What names begin with of what macOS notes beside files on other disks."""


class Kind(StrEnum):
    """What an archive is."""

    EML = "eml"
    MBOX = "mbox"
    MAILDIR = "maildir"  # a message of one
    PST = "pst"
    MSG = "msg"  # one item of Outlook's
    ICS = "ics"
    VCF = "vcf"
    ZIP = "zip"


_SUFFIXES: Final = {
    ".eml": Kind.EML,
    ".emlx": Kind.EML,
    ".mbox": Kind.MBOX,
    ".mbx": Kind.MBOX,
    ".mboxrd": Kind.MBOX,
    ".pst": Kind.PST,
    ".ost": Kind.PST,
    ".msg": Kind.MSG,
    ".oft": Kind.MSG,
    ".ics": Kind.ICS,
    ".ical": Kind.ICS,
    ".vcf": Kind.VCF,
    ".vcard": Kind.VCF,
    ".zip": Kind.ZIP,
}


@dataclass(frozen=True, slots=True)
class Archive:
    """A file with something in it."""

    kind: Kind
    stored: Stored
    folder: tuple[str, ...]
    """Names of the folders that it lies in, from where the search began."""


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that cannot be read."""

    label: str
    fault: ArchiveFault
    kind: Kind | None = None
    """None: nobody knows."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that holds nothing that was looked for."""

    label: str


Seen = Archive | BadFile | PassedOver | FolderFound


def search(paths: Sequence[Path], scratch: Path, password: str | None = None) -> Iterator[Seen]:
    """Find the archives in files and folders, one after the other; each is to be read before the next is asked for.

    ``scratch``: where archives that lie in archives may be unpacked.
    """
    for path in paths:
        try:
            is_folder = path.is_dir()
            found = _folder(path) if is_folder else iter([stored_at(path, (path.name,), path.name)])
        except FileNotFoundError:
            yield BadFile(str(path), ArchiveMissing(str(path), name=str(path)))
            continue
        except OSError as error:
            yield BadFile(str(path), refused(str(path), error))
            continue
        search = _Search(scratch, password, EmptyFolders(), path.name if is_folder else path.absolute().parent.name)
        for one in found:
            yield from search.looked_at(one, is_picked=not is_folder)
        yield from search.empty.told()


def _folder(path: Path) -> Iterator[Stored | Vacant | BadFile]:
    """Everything below a folder; what lies in it directly is in one that is called like it."""
    for found in files_below(path, (), path.name):
        if isinstance(found, Stored | Vacant):
            yield found
        else:
            label, error = found
            yield BadFile(label, refused(label, error))


@dataclass(frozen=True, slots=True)
class _Search:
    """One of the files and folders that are searched."""

    scratch: Path
    password: str | None
    empty: EmptyFolders
    home: str
    """The folder that takes what lies in none."""
    depth: int = 0

    def looked_at(self, found: Stored | Vacant | BadFile, *, is_picked: bool = False) -> Iterator[Seen]:
        """Say what a file is, and look into it if it holds others."""
        if isinstance(found, BadFile):
            yield found
            return
        if isinstance(found, Vacant):
            self.empty.saw_empty(tuple(map(_named, found.names)))
            return
        try:
            kind = _kind(found, is_picked=is_picked)
            self.empty.saw_file(tuple(map(_named, found.names[:-1])), is_mail=kind in (Kind.EML, Kind.MBOX, Kind.MSG))
            if kind is Kind.ZIP:
                yield from self._inside(found)
            elif kind is not None:
                yield Archive(kind, found, _folder_of(found, kind) or self._of_its_own(kind))
            elif not found.names[-1].startswith(_BESIDE):
                yield PassedOver(found.label)
        except ArchiveFault as fault:
            yield BadFile(found.label, fault)
        except OSError as error:
            yield BadFile(found.label, refused(found.label, error))
        except Exception:  # as while reading: nobody foresees all that strangers call an archive
            log.exception("a file could not be looked into")
            yield BadFile(found.label, ArchiveUnreadable("bug", name=found.label, reason="bug"))

    def _of_its_own(self, kind: Kind) -> tuple[str, ...]:
        return () if kind is Kind.PST else (self.home or "Import",)

    def _inside(self, found: Stored) -> Iterator[Seen]:
        if self.depth >= _DEEPEST:
            raise ArchiveUnreadable(found.label, name=found.label, reason="nested")
        inner = replace(self, home=Path(found.names[-1]).stem, depth=self.depth + 1)
        with ExitStack() as stack:
            file = stack.enter_context(found.at(self.scratch / f"zip-{self.depth}"))
            try:
                archive = stack.enter_context(zipfile.ZipFile(file))
                if is_part(archive):
                    raise ArchiveUnreadable(found.label, name=found.label, reason="split")
                inside = list(members(archive, found.names[:-1], found.label, self.password))
            except NotImplementedError as error:  # it says that it asks for more than is known
                raise ArchiveUnreadable(found.label, name=found.label, reason="compression") from error
            except (zipfile.BadZipFile, ValueError, EOFError, struct.error) as error:
                raise ArchiveUnreadable(found.label, name=found.label, reason="damaged") from error
            is_locked = False
            for one in inside:
                for seen in inner.looked_at(one):
                    if not isinstance(seen, BadFile) or not isinstance(seen.fault, ArchiveLocked):
                        yield seen
                    elif not is_locked:  # one word for all members: they have the same password
                        is_locked = True
                        yield BadFile(found.label, ArchiveLocked(found.label, name=found.label))


def _kind(found: Stored, *, is_picked: bool) -> Kind | None:
    """Say what a file is, by its name, else by how it begins; None: nothing that was looked for.

    Raises ArchiveFault, OSError.
    """
    name = found.names[-1]
    suffix = Path(name).suffix.lower()
    if name.startswith(_BESIDE):
        return None
    if len(found.names) > 1 and found.names[-2] in ("cur", "new") and _is_of_maildir(found, suffix):
        return Kind.MAILDIR
    if suffix in _UNREAD:
        raise ArchiveUnsupported(found.label, name=found.label, format=suffix[1:].upper())
    known = _SUFFIXES.get(suffix)
    if found.size == 0:
        if known in (Kind.PST, Kind.ZIP, Kind.MSG):
            raise ArchiveUnreadable(found.label, name=found.label, reason="empty")
        if is_picked:
            raise ArchiveForeign(found.label, name=found.label, reason="empty")
        return known if known in (Kind.EML, Kind.MBOX, Kind.VCF) else None
    return _kind_of_bytes(found, known, is_picked=is_picked)


def _kind_of_bytes(found: Stored, known: Kind | None, *, is_picked: bool) -> Kind | None:
    """Say whether a file is what its name says, and what it is if that says nothing."""
    suffix = Path(found.names[-1]).suffix.lower()
    head = found.head(_HEAD)
    seen = _seen(head)
    if known is Kind.MSG and seen is not known and is_message(head):
        known = Kind.EML  # some programs call a plain message so; Outlook's own are no text
    if known is Kind.EML:
        return Kind.MBOX if seen is Kind.MBOX and suffix == ".eml" and _is_many(head) else Kind.EML
    if known is Kind.MBOX and seen is None and is_message(head):
        return Kind.EML
    if known in (Kind.PST, Kind.MBOX, Kind.ZIP, Kind.MSG) and seen is not known:
        raise ArchiveUnreadable(found.label, name=found.label, reason="unlike")
    if known is not None:
        return known
    return _kind_seen(found, head, None if seen is Kind.MSG else seen, is_picked=is_picked)  # so are old documents


def _kind_seen(found: Stored, head: bytes, seen: Kind | None, *, is_picked: bool) -> Kind | None:
    """Say what a file is whose name says nothing."""
    suffix = Path(found.names[-1]).suffix.lower()
    if seen is None and begins_message(head):
        return Kind.EML
    if seen is None and is_picked:
        raise ArchiveForeign(found.label, name=found.label)
    if seen is Kind.MBOX and suffix and not is_picked and _is_single(found, head):
        return Kind.EML
    return None if seen is Kind.ZIP and suffix and not is_picked else seen  # documents and programs are ZIPs, too


def _is_of_maildir(found: Stored, suffix: str) -> bool:
    """Is a file that lies in such a folder a message, or would it be one if it were not broken?"""
    is_named = is_name_of_maildir(found.names[-1])
    if suffix in _SUFFIXES and not is_named:
        return False
    head = found.head(_HEAD)
    return _seen(head) in (None, Kind.MBOX) and (is_named or is_message(head))


def _seen(head: bytes) -> Kind | None:
    """Say what the beginning of a file shows."""
    if head.startswith(b"!BDN"):
        return Kind.PST
    if head.startswith(COMPOUND):
        return Kind.MSG
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ")[:20].upper()
    if text.startswith(b"BEGIN:VCALENDAR"):
        return Kind.ICS
    if text.startswith(b"BEGIN:VCARD"):
        return Kind.VCF
    return Kind.MBOX if begins_mailbox(head) else None


def _is_single(found: Stored, head: bytes) -> bool:
    """Is there one message only in what begins like a mailbox file, and is no mailbox by its name?"""
    if found.size > _LARGEST_SINGLE:
        return False
    return not _is_many(head if found.size <= len(head) else found.head(found.size))


def _is_many(head: bytes) -> bool:
    """Some programs write a "From" line before a single message, too."""
    return head.count(b"\nFrom ") > 0


def _folder_of(found: Stored, kind: Kind) -> tuple[str, ...]:
    """Name the folder that an archive stands for, or lies in."""
    above = tuple(_named(name) for name in found.names[:-1])
    name = found.names[-1]
    if kind is Kind.MAILDIR:
        inner = [part for part in above[:-1] for part in folders_of_maildir(part)]
        return tuple(inner) or ("INBOX",)
    if kind in (Kind.EML, Kind.MSG):
        return above
    stem = Path(name).stem if Path(name).suffix.lower() in _SUFFIXES else name
    if kind is Kind.MBOX and name.lower() == "mbox" and above:  # Apple Mail: a folder for each mailbox
        return above
    return above if kind is Kind.PST else (*above, stem)


def _named(name: str) -> str:
    """The folder that a program's own folder stands for."""
    for suffix in (".sbd", ".mbox"):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def refused(label: str, error: OSError) -> ArchiveFault:
    """Say why a file could not be read."""
    if isinstance(error, PermissionError):
        return ArchiveDenied(label, name=label)
    if isinstance(error, FileNotFoundError):
        return ArchiveMissing(label, name=label)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ArchiveTooLarge(label, name=label)
    reason = "damaged" if error.errno == errno.EINVAL else "disk"  # it points to places before its beginning
    return ArchiveUnreadable(str(error), name=label, reason=reason)
