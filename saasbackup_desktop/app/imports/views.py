"""What the door for imports takes and hands out.

``desk.imports`` (``app/imports/imports.py``)::

    survey(paths, password=None, seconds=10.0) -> Survey
    start(request: ImportRequest, password=None) -> Sequence[JobId]     # one job for each service
    accounts() -> Sequence[Account]                                     # what was imported before, by name
    name_fault(name) -> str                                             # why it cannot be an account's name, or empty
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from saasbackup_desktop.core.model import Service

KINDS = ("eml", "mbox", "maildir", "pst", "msg", "ics", "vcf", "zip")
"""Kinds of archives that can be read."""


@dataclass(frozen=True, kw_only=True)
class ServiceFound:
    """What archives hold of one service."""

    service: Service
    folders: int
    items: int
    size: int
    """Bytes of the items."""
    since: int | None = None
    """The earliest item, seconds since 1970 UTC; None: not known."""
    until: int | None = None
    """The latest one."""


@dataclass(frozen=True, kw_only=True)
class FolderCount:
    """A folder of an archive."""

    service: Service
    path: str
    """Names from the top, with ``/``."""
    items: int


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A file or an item that cannot be read."""

    path: str
    """The file, or the folder and the item in it."""
    code: str
    """Why: a fault's code."""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What lies in archives, before anything is imported."""

    paths: tuple[str, ...]
    """What was looked at: files and folders, whole paths."""
    name: str
    """What the account might be called."""
    files: int
    """Archives that were found."""
    size: int
    """Bytes of these files."""
    kinds: Mapping[str, int]
    """How many of each of KINDS."""
    services: Sequence[ServiceFound]
    folders: Sequence[FolderCount]
    """The first thousand."""
    unreadable: Sequence[Unreadable]
    """The first hundred; they are left out of an import, and named there."""
    broken: int
    """How many cannot be read in all."""
    is_whole: bool
    """False: time ran out; the counts are of what was seen until then, and an import takes the rest, too."""
    passed: int = 0
    """Files in folders and ZIP archives that hold nothing of what is imported, by how they begin."""
    passed_over: Sequence[str] = ()
    """The first thousand of them."""
    needs_password: bool
    """Something is encrypted, and the password is missing or wrong."""


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What is to be imported, and as whose."""

    paths: tuple[str, ...]
    """Files and folders. The agent must be able to read them."""
    name: str
    """What the account is called. One that was imported before: what is new is added to it."""
    services: tuple[Service, ...] = ()
    """Empty: all that are found."""
