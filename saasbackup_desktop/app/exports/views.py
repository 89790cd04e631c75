"""What the exports' door takes and hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.export.values import USUAL_PART, Format, Made, Packing, Pick
from saasbackup_desktop.core.ids import AccountId, JobId
from saasbackup_desktop.core.jobs import Tally
from saasbackup_desktop.core.model import Account, Service

SHORTEST_PASSWORD = 8
"""Characters: what is handed over may be tried by whoever has it, as often as he likes."""


class ExportStatus(StrEnum):
    """How an export stands, for whoever waits for it."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"  # it did not work, and is tried again by itself
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    PARTIAL = "partial"  # the files are there, and not everything is in them
    COMPLETED = "completed"
    EXPIRED = "expired"  # the files were removed when their time was over


@dataclass(frozen=True, kw_only=True)
class Several:
    """The same of several accounts, each in a folder of its own: of each what it has of this."""

    accounts: tuple[AccountId, ...]
    forms: tuple[tuple[Service, Format], ...]
    """Services, and what their items become."""
    as_of: int | None = None
    """Each as of its last point in time that was finished at this moment or before (seconds since 1970 UTC); None: the
    newest."""
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceReach:
    """What there is of one service, in several accounts."""

    service: Service
    formats: tuple[Format, ...]
    """What its items can become, the usual one first."""
    accounts: int
    items: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What several accounts have, as of a moment."""

    services: tuple[ServiceReach, ...]
    accounts: int
    without: tuple[Account, ...]
    """Of these nothing had been saved by then: they are left out."""


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What somebody wants out of the vault."""

    picks: tuple[Pick, ...] = ()
    """Of one or several streams; those of one format go into the same files (PST) or beside each other."""
    to: str
    """A folder of this computer (absolute path), or ``destination:NAME``."""
    name: str = ""
    """Of the folder or archive that is made there; empty: of the account and the moment."""
    packing: Packing = Packing.FOLDER
    part_size: int = USUAL_PART
    """Bytes of an archive or data file at most."""
    deleted: bool = False
    """Also what earlier points in time hold and the picked one does not."""
    recoverable: bool = False
    """Also Recoverable Items and what is there for legal hold."""
    keep_days: int | None = None
    """Remove the files after so many days; None: never."""
    several: Several | None = None
    """Instead of picks."""


@dataclass(frozen=True, kw_only=True)
class PickEstimate:
    """What one pick amounts to; of several accounts, all that are alike."""

    pick: Pick
    service: Service
    items: int
    size: int
    """Bytes of the originals."""
    deleted: int
    """Of the items, so many are no longer in the picked point in time."""


@dataclass(frozen=True, kw_only=True)
class AccountEstimate:
    """What is taken of one of several accounts."""

    account: Account
    items: int
    size: int
    """Bytes of the originals."""
    is_there: bool = True
    """Something had been saved of it by then."""


@dataclass(frozen=True, kw_only=True)
class ExportEstimate:
    """What an export would amount to; nothing was written."""

    picks: tuple[PickEstimate, ...]
    items: int
    size: int
    """Bytes of the originals."""
    needed: int
    """Bytes that the files take while they are made, at a guess."""
    room: int | None
    """Bytes that are free where they are written: for a destination, on this computer. None: not known."""
    parts: int
    """How many archives or data files there will be, at a guess; 0: as many as there are items or folders."""
    warnings: tuple[str, ...] = ()
    """``not-enough-room``, ``nothing-picked``, ``picked-gone``, ``point-partial``, ``name-taken``, ``without``."""
    accounts: tuple[AccountEstimate, ...] = ()
    """Of several accounts, each."""


class ShareStatus(StrEnum):
    """How one account's part of an export stands."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    PARTIAL = "partial"  # some of its items are not in the export
    WITHOUT = "without"  # nothing had been saved of it by then


@dataclass(frozen=True, kw_only=True)
class AccountShare:
    """One of several accounts in an export."""

    account: Account
    folder: str
    """What its folder in the export is called."""
    status: ShareStatus
    items: int | None = None
    """That were to be written; None: that is not known yet."""
    failed: int = 0
    lost: int = 0


@dataclass(frozen=True, kw_only=True)
class ExportResult:
    """One export and what became of it."""

    job: JobId
    name: str
    to: str
    """As it was asked for."""
    where: str
    """The folder that holds the files, or what the destination calls the place; empty: nothing is there yet."""
    picks: tuple[Pick, ...]
    owners: tuple[Account, ...]
    """Whose items they are, in the order of the picks."""
    packing: Packing
    part_size: int
    is_locked: bool
    """Its archives open with a password only."""
    status: ExportStatus
    created: int
    finished: int | None = None
    code: str = ""
    """Why it failed."""
    detail: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    parts: tuple[Made, ...] = ()
    """Finished files, the first few hundred of them."""
    files: int = 0
    """How many there are in all."""
    size: int = 0
    """Their bytes."""
    lost: int = 0
    """Items of which the format could not hold everything; they are listed in the export."""
    failed: int = 0
    """Items that are not in it; they are listed in the export and with the job."""
    is_verified: bool = False
    """Every file was read back and is as it was written."""
    keep_days: int | None = None
    """As it was asked for; ``keep`` changes only when it expires."""
    expires: int | None = None
    """When its files are removed; None: never."""
    accounts: int = 1
    """Of several, ``picks`` and ``owners`` name only some."""
    is_several: bool = False
    """``Exports.shares`` tells of each account."""


@dataclass(frozen=True, kw_only=True)
class ExportCheck:
    """Whether an export's files are as they were written."""

    files: int
    sound: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]
