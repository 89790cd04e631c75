"""What is protected: accounts, streams, folders, items and where their bytes lie."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from saasbackup_desktop.core.ids import AccountId, ConnectionName, NodeId, SnapshotId, StreamId


class Provider(StrEnum):
    """A world outside that accounts live in."""

    IMAP = "imap"
    MICROSOFT = "microsoft"
    FILE = "file"  # archives that were imported: there is no connection, and nothing to ask


class Service(StrEnum):
    """One kind of content of an account."""

    MAIL = "mail"
    CALENDAR = "calendar"
    CONTACTS = "contacts"
    TASKS = "tasks"
    NOTES = "notes"
    SETTINGS = "settings"
    DIRECTORY = "directory"
    """Of a tenant: people, groups, roles, applications, policies. The tenant itself is the account."""


class Role(StrEnum):
    """What a folder is for (for mail: RFC 6154, with INBOX of RFC 3501)."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    ARCHIVE = "archive"
    ALL = "all"
    FLAGGED = "flagged"
    IMPORTANT = "important"
    MAIN = "main"
    """The one that everybody has of a kind: the default calendar, the default list of tasks, the contacts."""


class Conflict(StrEnum):
    """What to do with an item that the target already has."""

    NON_DESTRUCTIVE = "non-destructive"  # everything under a folder of its own
    REPLACE = "replace"  # bring flags back, add what is missing, delete nothing
    SKIP = "skip"  # leave it as it is, add what is missing


class SnapshotStatus(StrEnum):
    """How whole a point in time is."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # cut short, or some items failed
    LOST = "lost"  # known here, and no longer in the vault: somebody took its loss for final


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody's place at a provider."""

    id: AccountId
    provider: Provider
    address: str
    name: str = ""
    connection: ConnectionName | None = None
    """The connection that reaches it; None for an account known from the vault alone."""


def account_id(provider: Provider, realm: str, address: str) -> AccountId:
    """Derive the id of an account, so that every machine derives the same one.

    ``realm`` tells apart equal addresses at different places: for IMAP, the server's name; for Microsoft 365, the
    tenant's id, and ``address`` is the user's id there, since people's addresses change; for archives it is empty, and
    ``address`` is what a person called them.
    """
    text = "\n".join((provider.value, realm.casefold(), address.casefold()))
    return AccountId(hashlib.sha256(text.encode()).hexdigest()[:16])


def stream_id(account: AccountId, service: Service) -> StreamId:
    """Name the stream of an account's service."""
    return StreamId(f"{account}/{service.value}")


def account_of(stream: StreamId) -> AccountId:
    """Say whose account a stream belongs to."""
    return AccountId(stream.rpartition("/")[0])


def service_of(stream: StreamId) -> Service:
    """Say which service a stream is of."""
    return Service(stream.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a body: one blob of the vault, and how to turn it back into the original bytes."""

    blob: str
    """Blob id, 64 hexadecimal digits."""
    size: int
    """Length of the original stretch, in bytes."""
    coding: str = "raw"
    """``raw``, or a reversible coding that the vault defines (for example canonical base64)."""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an item, as the vault keeps them."""

    sha256: str
    """SHA-256 of the whole original, hexadecimal; checked at every read."""
    size: int
    recipe: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of a stream."""

    id: NodeId
    parent: NodeId | None
    name: str
    role: Role | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    """What the source says of it and what is not content: ``delimiter``, ``subscribed``, ``noselect``,
    ``namespace``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something with bytes: for mail, one message."""

    id: NodeId
    parent: NodeId
    name: str = ""
    """What a list shows first: for mail, the subject."""
    revision: str
    """Changes if and only if the body does."""
    size: int | None = None
    """Bytes of the original, as the source states them until the body is known."""
    time: int | None = None
    """When it came to be, seconds since 1970 UTC: for mail, the internal date."""
    flags: tuple[str, ...] = ()
    """Sorted. For mail, flags and keywords as the server spells them, without ``\\Recent``."""
    place: str = ""
    """Where the source keeps it now: for IMAP ``<uidvalidity>:<uid>``."""
    facets: Mapping[str, str] = field(default_factory=dict)
    """What lists show and search finds. For mail: ``from``, ``to``, ``cc``, ``date`` (header, ISO 8601),
    ``message-id``, ``attachments`` (names, one a line), ``header`` (SHA-256 of the raw header section),
    ``internaldate`` (as the server writes it)."""
    body: Body | None = None
    parts: Mapping[str, Body] = field(default_factory=dict)
    """More bytes that belong to it, by name: what the source says of it beside its body, and attachments that are not
    inside it. They change only with the revision."""


Node = Folder | Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An item that could not be fetched: asked for first in the next run."""

    item: Item
    code: str
    """The fault's code."""
    detail: str
    attempts: int
    since: int
    """First failure, seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One point in time of a stream."""

    id: SnapshotId
    stream: StreamId
    started: int
    finished: int
    status: SnapshotStatus
    items: int
    folders: int
    size: int
    """Bytes of all items' originals."""
    added: int
    changed: int
    removed: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the vault keeps of a point in time: enough to rebuild everything else from it."""

    snapshot: Snapshot
    account: Account
    service: Service
    root: str
    """Root of the snapshot's tree: blob id, or empty if nothing is in it."""
    cursor: Mapping[str, Any] | None
    owed: tuple[Owed, ...] = ()
    final: bool = True
    """False for a checkpoint inside a run: a later head of the same snapshot takes its place."""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One node that differs between two points in time: None on the side where it is not."""

    old: Node | None
    new: Node | None
