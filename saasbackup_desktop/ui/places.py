"""Where a page can lead: the window listens and goes there."""

from dataclasses import dataclass

from saasbackup_desktop.app.entra.views import LIVE
from saasbackup_desktop.core.ids import ConnectionName, JobId, NodeId, SnapshotId, StreamId


@dataclass(frozen=True, slots=True)
class HomePlace:
    """All accounts."""


@dataclass(frozen=True, slots=True)
class AddAccount:
    """The wizard that protects one more account."""


@dataclass(frozen=True, slots=True)
class AddBackup:
    """The services that can be protected."""


@dataclass(frozen=True, slots=True)
class AddTenant:
    """The wizard that protects a Microsoft 365 tenant."""


@dataclass(frozen=True, slots=True)
class TenantPlace:
    """A tenant, and one of its leaves: ``accounts``, ``connection``, ``rules``, ``coverage``, ``settings``."""

    name: ConnectionName
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class ActivationPlace:
    """The wizard that activates many accounts of a tenant."""

    name: ConnectionName


@dataclass(frozen=True, slots=True)
class AccountPlace:
    """One account."""

    stream: StreamId


@dataclass(frozen=True, slots=True)
class AlertsPlace:
    """Unusual changes."""


@dataclass(frozen=True, slots=True)
class RecoveryPlace:
    """The mailbox of an account at a point in time; None: the newest, or the first account."""

    stream: StreamId | None = None
    snapshot: SnapshotId | None = None
    folder: NodeId | None = None


@dataclass(frozen=True, slots=True)
class ComparePlace:
    """Two points in time side by side."""

    stream: StreamId
    old: SnapshotId
    new: SnapshotId


@dataclass(frozen=True, slots=True)
class EntraPlace:
    """All directories, and what was restored to them."""


@dataclass(frozen=True, slots=True)
class DirectoryPlace:
    """A directory at a point in time; None: the newest. One of its objects, or one of its kinds, opened."""

    stream: StreamId
    at: SnapshotId | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class DifferencesPlace:
    """A directory at two moments side by side; None: the newest point in time. Some of its objects, or all.

    ``is_anew``: what was compared before is not good any more.
    """

    stream: StreamId
    old: SnapshotId | None = None
    new: SnapshotId = LIVE
    objects: tuple[str, ...] = ()
    is_anew: bool = False


@dataclass(frozen=True, slots=True)
class PlanPlace:
    """What would be written to a directory, and what came of it."""

    plan: str


@dataclass(frozen=True, slots=True)
class JobsPlace:
    """Jobs, and one of them opened."""

    job: JobId | None = None


@dataclass(frozen=True, slots=True)
class DownloadsPlace:
    """What left the vault as files, and the download of one job opened."""

    job: JobId | None = None


@dataclass(frozen=True, slots=True)
class ActivityPlace:
    """What happened, and one of its leaves: ``system``, ``security``, ``reports``."""

    leaf: str = ""


@dataclass(frozen=True, slots=True)
class VaultPlace:
    """The vault, and one of its leaves: ``overview``, ``keys``, ``retention``, ``trash``, ``holds``, ``mirror``."""

    leaf: str = ""


@dataclass(frozen=True, slots=True)
class SettingsPlace:
    """What this program does on this computer."""


@dataclass(frozen=True, slots=True)
class NoticesPlace:
    """Who is told of what."""


@dataclass(frozen=True, slots=True)
class Locked:
    """The vault was locked."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The vault is open now."""


Place = (
    HomePlace
    | AddAccount
    | AddBackup
    | AddTenant
    | TenantPlace
    | ActivationPlace
    | AccountPlace
    | AlertsPlace
    | RecoveryPlace
    | ComparePlace
    | EntraPlace
    | DirectoryPlace
    | DifferencesPlace
    | PlanPlace
    | JobsPlace
    | DownloadsPlace
    | ActivityPlace
    | VaultPlace
    | SettingsPlace
    | NoticesPlace
    | Locked
    | Opened
)
