"""What the application shows of itself: plain values for the window and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Account, Folder, Item, Service, Snapshot
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.selection import EVERYTHING, Selection


class Tls(StrEnum):
    """How a connection to a mail server is protected."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(StrEnum):
    """How a person proves who they are to a mail server."""

    LOGIN = "login"
    PLAIN = "plain"
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """How to reach a mailbox. The password or token is not among them: secrets travel apart."""

    name: str
    host: str
    user: str
    port: int | None = None
    """None: 993 for implicit TLS, 143 otherwise."""
    tls: Tls = Tls.IMPLICIT
    sign_in: SignIn = SignIn.LOGIN
    ca_file: str | None = None
    """PEM file with an authority of one's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A place outside that is set up here."""

    name: ConnectionName
    account: Account
    settings: ImapSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport:
    """What a connection test found."""

    server: str
    """What the server calls itself; may be empty."""
    secure: bool
    folders: int
    messages: int
    size: int | None
    """Bytes in the mailbox, where the server tells (quota or STATUS=SIZE)."""
    abilities: tuple[str, ...]
    """Codes of what matters to us: ``condstore``, ``qresync``, ``literal-plus``, ``multiappend``, ``move``,
    ``special-use``, ``namespace``, ``uidplus``, ``quota``."""
    warnings: tuple[str, ...] = ()
    """Codes: ``not-encrypted``, ``no-condstore``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """How to reach a bucket. Keys are not among them: secrets travel apart."""

    endpoint: str = ""
    """``https://host:port``; empty: Amazon."""
    region: str = ""
    style: str = "auto"
    """``auto``, ``path`` or ``virtual``."""
    ca_file: str = ""
    """PEM file with the authority of the endpoint's certificate."""
    profile: str = ""
    """Section of the AWS configuration files to take keys from."""
    encryption: str = ""
    """What the server encrypts with, besides: ``AES256``, ``aws:kms``, ``aws:kms:KEY``."""


@dataclass(frozen=True, slots=True)
class BucketKeys:
    """Keys for a storage service, entered by hand."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFinding:
    """What became of one thing that was tried with a place for vaults; words: ``app.words.storage``."""

    check: str
    outcome: str
    """``ok``, ``limited`` (a vault is right without it), ``failed`` or ``skipped``."""
    reason: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryKit:
    """What a person must print or save when a vault is made."""

    location: str
    vault_id: str
    created: int
    recovery_key: str
    """Grouped base32 with a checksum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInfo:
    """The vault at a glance."""

    location: str
    id: str
    created: int
    slots: Sequence["KeySlot"]
    recovery_confirmed: bool
    lock: ObjectLock | None = None
    """What its files are placed under."""
    report_key: str = ""
    """Fingerprint of the key that its reports are sealed with: SHA-256, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySlot:
    """One way to open the vault."""

    id: str
    kind: str
    """``passphrase``, ``recovery`` or ``device``."""
    created: int
    label: str
    is_superseded: bool = False
    """It is of a time before the keys were replaced, and opens nothing any more."""
    is_here: bool = False
    """It is this computer's own way in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What became of the keys when they were replaced."""

    kit: "RecoveryKit"
    fallen: Sequence[KeySlot]
    """Keys that opened the vault before, and do so no more."""
    left: Sequence[KeySlot]
    """Those among them whose files the storage did not let go of; they open nothing new."""
    kept_until: int | None
    """Until when the storage's lock keeps the last of their files all the same (seconds since 1970 UTC)."""
    is_remembered: bool
    """This computer has a way in of its own again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What became of a limited vault that was erased."""

    files: int
    """Removed."""
    kept: int
    """Out of sight only, because the storage's lock keeps them for a time."""
    kept_until: int | None
    """When the last lock ends (seconds since 1970 UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultStats:
    """Figures of the vault."""

    files: int
    stored: int
    """Bytes on the store."""
    originals: int
    """Bytes of the items in the newest snapshots."""
    items: int
    snapshots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that a check found wrong."""

    file: str
    code: str
    """``missing``, ``altered``, ``cut``, ``came-back``, ``rolled-back``, ``superseded``, ``incomplete``; harmless are
    ``unreferenced``, ``leftover``, ``set-aside``, ``stranger``, ``newer-keys``."""
    items: Sequence[str]
    """Names of what is affected."""
    is_harmless: bool = False
    """Nothing is lost and nothing is at risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point in time, and whose it is."""

    stream: StreamId
    account: Account
    snapshot: Snapshot
    reasons: tuple[str, ...] = ()
    """Why it stays: codes of ``core.retention.Kept.reasons``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long points in time are kept, of one stream or of all."""

    stream: StreamId | None
    """None: all that have no rule of their own."""
    keep: Keep
    is_own: bool
    """False: the stream follows the rule for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashEntry:
    """What was decided to be removed, all at once; until then it can be called back."""

    id: str
    made: int
    due: int
    """Not removed before this moment, and not before somebody prunes."""
    is_due: bool
    why: str
    """``retention``, ``account`` (all of one was discarded) or ``snapshots`` (somebody chose them)."""
    points: Sequence[Point]
    """Those that can still be called back."""
    files: int
    size: int
    """Bytes of the files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What must not be removed, whatever retention says."""

    id: str
    stream: StreamId | None
    """None: every stream."""
    snapshot: SnapshotId | None
    """None: all of the stream."""
    account: Account | None
    """Whose stream it is, if that is known here."""
    label: str
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunePreview:
    """What a prune would do now; nothing was written to find out."""

    go: Sequence[Point]
    """Points in time that would be put into the trash."""
    stay: Sequence[Point]
    """All others, with the reasons."""
    files: int
    """Files that would be put into the trash with them."""
    size: int
    """Bytes that become free when they are removed."""
    rewritten: int
    """Bytes that would be written anew first, because their files hold little else."""
    due: int
    """When what goes now would be removed."""
    removed_now: Sequence[TrashEntry]
    """Trash that is due: it would be removed at once, as far as nothing needs it."""


class Health(StrEnum):
    """How an account is doing: the word that stands on its card."""

    NEVER = "never"  # no backup yet
    RUNNING = "running"
    RETRYING = "retrying"  # failed for a reason that may pass; the next attempt has its time
    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    ARCHIVED = "archived"  # known from the vault, no connection here
    IMPORTED = "imported"  # out of files: there is nothing to back up again


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCard:
    """One account's service with all that a card shows."""

    stream: StreamId
    account: Account
    service: Service
    connection: ConnectionName | None
    health: Health
    last: Snapshot | None
    snapshots: int
    running: JobId | None
    problem: str = ""
    """Code of the last failure, if the last job failed, or waits for its next attempt."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    looked: int | None = None
    """When the vault was last known to hold all there was: a backup that finds no change makes no point in time."""
    drill: str = ""
    """What its last restore drill came to, as ``app.drills.views.OUTCOMES``; empty: there was none."""
    drilled: int | None = None
    """When that was."""
    proven: int | None = None
    """When a drill last proved that it can be restored."""
    first: int | None = None
    """When its first backup ended that is known of."""
    due: int | None = None
    """When a job that waits is tried again."""
    cancelled: int | None = None
    """When its last run was cancelled, if no other one has begun since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A folder at a point in time."""

    folder: Folder
    path: str
    """Names joined with ``/``."""
    items: int
    """Directly in it."""
    size: int


class Order(StrEnum):
    """What an item list is sorted by."""

    TIME = "time"
    NAME = "name"
    SENDER = "sender"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One version of an item, as lists show it."""

    row: RowId
    stream: StreamId
    item: Item
    path: str = ""
    """The folder's path; filled in search results and version lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of an item and the points in time that hold it."""

    row: ItemRow
    first: Snapshot
    last: Snapshot
    is_current: bool
    """It is still so in the newest snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to search for. Words are matched by prefix, all of them; a phrase in double quotes as it stands."""

    words: str = ""
    stream: StreamId | None = None
    account: AccountId | None = None
    """Of all its services."""
    service: Service | None = None
    sender: str = ""
    """Or organizer; of contacts, name or address."""
    recipient: str = ""
    """Or somebody who was asked to come."""
    subject: str = ""
    """Or title; of contacts, the name."""
    text: str = ""
    """What is written in it: of events, also where, and what its exceptions say."""
    since: int | None = None
    """When it came, or begins."""
    until: int | None = None
    at: SnapshotId | None = None
    """Only what this snapshot holds; needs ``stream``. None: every point in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A stretch of what a search found, newest first."""

    rows: Sequence[ItemRow]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to an item and is offered for saving."""

    index: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An item made safe to look at: nothing in it loads anything from outside."""

    service: Service = Service.MAIL
    subject: str
    """Or a title, or a name."""
    sender: str
    """Or who organises it; of what is not mail, the page says it too."""
    recipients: str
    copies: str
    date: str
    html: str
    """Sanitised; pictures that belong to the item itself as ``data:`` addresses."""
    attachments: Sequence[Attachment]
    blocked: int
    """How many remote pictures and the like were taken out."""
    problems: Sequence[str] = ()
    """Codes: ``malformed``, ``truncated``."""


class Difference(StrEnum):
    """How a node differs between two points in time."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"
    FLAGS = "flags"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """One node that differs."""

    kinds: tuple[Difference, ...]
    is_folder: bool
    name: str
    old_path: str
    new_path: str
    old_flags: tuple[str, ...] = ()
    new_flags: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """What of its content differs, of items that are not mail: codes, words in ``app.words.cards``."""
    id: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What a person wants back, and where."""

    stream: StreamId
    snapshot: SnapshotId
    selection: Selection = EVERYTHING
    connection: ConnectionName
    conflict: str = "non-destructive"
    """A value of core.model.Conflict."""
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFolder:
    """What a restore would do in one folder of the target."""

    path: str
    exists: bool
    add: int
    skip: int
    change: int
    """Flags to be set back."""
    size: int
    problem: str = ""
    """Reason code if the folder's name is not allowed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a restore would do; nothing is written to make it."""

    request: RestoreRequest
    target: str
    """Address of the target's account."""
    folders: Sequence[PlanFolder]
    add: int
    skip: int
    change: int
    size: int
    room: int | None
    """Bytes left at the target, where it tells."""
    too_large: int
    """Items above the target's size limit."""
    warnings: Sequence[str] = ()
    """Codes: ``not-enough-room``, ``too-large``, ``name-refused``, ``other-account``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a job's log."""

    time: int
    level: str
    """``info``, ``warning``, ``error``."""
    code: str
    facts: Mapping[str, str | int]
