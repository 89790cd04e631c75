"""What the application shows of a tenant: plain values for the window and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from saasbackup_desktop.core.activation import Rule, Status
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Account, Service

SERVICES = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.NOTES, Service.SETTINGS)
"""What a mailbox of Exchange Online has, in the order in which people see it."""


class WayIn(StrEnum):
    """Who the program is to Microsoft."""

    LEAST_PRIVILEGE = "least-privilege"
    """An application of its own, with the permissions that the services need and no more."""
    ADMINISTRATOR = "administrator"
    """Somebody who signed in: it reaches what that person reaches."""


class Proof(StrEnum):
    """How the program shows who it is."""

    CERTIFICATE = "certificate"
    SECRET = "secret"
    DEVICE_CODE = "device-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """How to reach a tenant. Keys, secrets and tokens are not among them: they travel apart."""

    name: ConnectionName
    tenant: str = ""
    """Directory id or a domain of it."""
    client: str = ""
    """Application id; empty before it is registered."""
    way_in: WayIn = WayIn.LEAST_PRIVILEGE
    proof: Proof = Proof.CERTIFICATE
    services: tuple[Service, ...] = SERVICES
    may_restore: bool = True
    """Permissions to write are asked for, too."""
    fence: str = ""
    """The group whose members' mailboxes may be reached, by roles of Exchange; empty: the whole tenant."""
    mailboxes: tuple[str, ...] = ()
    """Addresses of further mailboxes that the person who signed in may open."""
    keeps_exact: bool = False
    """Also keep the service's own full-fidelity stream of each message."""
    keeps_directory: bool = False
    """Also back up the directory itself: people, groups, roles, applications, policies."""
    cloud: str = "global"
    """``global``, ``gcc-high``, ``dod``, ``china``, or ``custom`` with ``login`` and ``graph``."""
    login: str = ""
    graph: str = ""
    ca_file: str = ""
    """PEM file with an authority of one's own."""


class Given(TypedDict, total=False):
    """What a tenant is signed in to with, as whoever sets it up names it."""

    thumbprint: str
    """Of a certificate that was made here."""
    secret: str
    sign_in: str
    """Of somebody who signed in."""


class Link(StrEnum):
    """How a tenant's connection is."""

    CONNECTED = "connected"
    PENDING = "pending"
    """Something was granted and is not in force yet."""
    DISCONNECTED = "disconnected"
    UNKNOWN = "unknown"
    """It was not tried yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant that is set up here, and how it is doing."""

    settings: TenantSettings
    link: Link = Link.UNKNOWN
    problem: str = ""
    """Code of what is wrong (``app.words.tenants``)."""
    checked: int | None = None
    """Last check, seconds since 1970 UTC."""
    discovered: int | None = None
    expires: int | None = None
    """When what it signs in with runs out."""
    signed_in: str = ""
    """Who signed in, with the administrator's way."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """``found``, ``active``, ``paused``, ``archived``, ``licensed``, ``unlicensed``, ``excluded``."""
    role: str = ""
    """State of Exchange's roles behind a fence: ``to-run``, ``running``, ``pending``, ``in-force``, ``failed``."""
    role_problem: str = ""
    """Code of why the roles are not in force: ``app.words.tenants``; ``late`` if they are waited for too long."""
    role_prompt: "SignInPrompt | None" = None
    """What somebody is asked to type while the script runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPrompt:
    """What somebody is asked to do: open an address and type a code there."""

    id: str
    address: str
    code: str
    expires: int
    """Seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who signed in, and where."""

    who: str
    tenant: str
    tenant_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """A certificate that was made here; its key never leaves the sealed file."""

    thumbprint: str
    """SHA-256, hexadecimal."""
    short_thumbprint: str
    """SHA-1, which the portal's list shows."""
    expires: int
    public: str
    """What is uploaded, PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a set-up: a code, and how it stands (``waiting``, ``running``, ``done``, ``failed``)."""

    code: str
    state: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Standing(StrEnum):
    """How one thing of the check list stands."""

    WELL = "well"
    MISSING = "missing"
    PENDING = "pending"
    WARNING = "warning"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One line of the check list."""

    area: str
    """``sign-in``, ``permission``, ``role``, ``service``, ``licence`` or ``credential``."""
    name: str
    """What is looked at, as Microsoft calls it: ``Mail.Read``, ``Application Mail.Read``."""
    standing: Standing
    outcome: str
    """Code: ``app.words.tenants`` says what it means."""
    remedy: str
    """Code of what to do; ``nothing`` if there is nothing to do."""
    why: str = ""
    """Code of what it is needed for."""
    is_optional: bool = False
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A check list at a moment."""

    link: Link
    lines: Sequence[CheckLine]
    checked: int
    expires: int | None = None
    consent: str = ""
    """Address where an administrator grants what is missing; empty if nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Whether something that people expect is covered in this tenant."""

    code: str
    cover: str
    """``covered``, ``partly``, ``pending``, ``not-offered`` (by the service's interface) or ``not-yet`` (by this
    program)."""
    reason: str = ""
    missing: tuple[str, ...] = ()
    """Permissions that it would take."""
    source: str = ""
    """The document that says so; empty if it is a matter of this program or of the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbilityView:
    """How far a way in goes in one thing."""

    what: str
    """A service, or a code: ``accounts``, ``unattended``, …."""
    extent: str
    """``all``, ``some`` or ``none``."""
    why: str
    """A code."""
    purpose: str = ""
    """``back-up`` or ``restore``; empty if it has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """A way into a tenant, with what it can and cannot do."""

    code: str
    """``fenced``, ``tenant-wide`` or ``person``."""
    way_in: WayIn
    abilities: Sequence[AbilityView]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleScript:
    """A script that lets the application into some mailboxes only."""

    file_name: str
    text: str
    can_run_here: bool
    """PowerShell and its module for Exchange Online are there."""


class State(StrEnum):
    """How an account is doing: the word on its row."""

    NOT_ACTIVE = "not-active"
    SCHEDULED = "scheduled"
    """Active, and nothing was saved yet."""
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    CONNECTION_ERROR = "connection-error"
    AUTHENTICATION_ERROR = "authentication-error"
    PAUSED = "paused"
    ARCHIVED = "archived"
    """Gone from the directory; what is saved stays."""
    EMPTY = "empty"
    """Nothing in it: looked at every day, protected as soon as there is something."""
    UNLICENSED = "unlicensed"
    """Its licence was taken away, and with it the mailbox."""
    REMOVED = "removed"
    """Its backup goes when the days of grace are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantAccount:
    """One account of a tenant's directory."""

    id: str
    """The directory's own."""
    account: Account
    kind: str
    """``user``, ``shared``, ``room``, ``equipment``, ``linked``, ``others``, ``none`` or ``unknown``."""
    is_licensed: bool
    is_enabled: bool = True
    properties: Mapping[str, str] = field(default_factory=dict)
    """``department``, ``jobTitle``, …: those by which accounts may be picked."""
    groups: tuple[str, ...] = ()
    status: Status = Status.INACTIVE
    """What was decided about it."""
    state: State = State.NOT_ACTIVE
    reasons: tuple[tuple[str, str], ...] = ()
    """Why: codes of ``core.activation.Why``, each with the rule's name."""
    elsewhere: str = ""
    """Another connection that backs it up already."""
    problem: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    services: Sequence["ServiceState"] = ()
    size: int = 0
    last: int | None = None
    """Last backup that ended, seconds since 1970 UTC."""
    first: int | None = None
    """The first one that is known of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """One service of an account: a card of the recovery browser."""

    service: Service
    stream: StreamId
    state: State
    items: int = 0
    size: int = 0
    last: SnapshotId | None = None
    finished: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group that accounts may be picked by."""

    id: str
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a look at the directory found."""

    found: int
    added: int = 0
    renamed: int = 0
    gone: int = 0
    activated: int = 0
    deactivated: int = 0
    jobs: tuple[JobId, ...] = ()
    """What lets go of backups that a rule deletes; it has to be waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What rules would do with an account, before anybody agreed."""

    account: TenantAccount
    status: Status
    """What it would be."""
    reasons: tuple[tuple[str, str], ...]
    is_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """An activation rule, and how many accounts it chooses now."""

    rule: Rule
    chosen: int
    group_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """What a person's list says, held against the directory."""

    ids: frozenset[str]
    unknown: Sequence[tuple[int, str]]
    """Line and address of what is not in the directory."""
    mistakes: Sequence[tuple[int, str, str]]
    """Line, code of ``core.account_list.Wrong``, and what stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account that something can be restored to."""

    connection: ConnectionName
    """How a restore names it: an IMAP connection's name, or ``TENANT/ADDRESS``."""
    account: Account
    services: tuple[Service, ...]
    realm: str
    """The tenant's or the server's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRestore:
    """A whole mailbox back: services of one account, each from its newest point in time at or before a moment."""

    account: AccountId
    services: tuple[Service, ...] = SERVICES
    until: int | None = None
    """None: the last backup."""
    connection: ConnectionName
    conflict: str = "non-destructive"
