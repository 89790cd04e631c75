"""What the room of notices shows; nothing here is secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saasbackup_desktop.core.ids import ConnectionName, JobId, TaskId
from saasbackup_desktop.providers.notify.settings import MailServer, MailSignIn, MailTls, TokenWay
from saasbackup_desktop.providers.notify.shapes import Shape

__all__ = ["MailServer", "MailSignIn", "MailTls", "Shape", "TokenWay"]

DESKTOP = "desktop"
"""Id of the recipient that is always there: whoever sits at this computer."""


class Kind(StrEnum):
    """What a notice is about."""

    SUMMARY = "summary"
    """All tasks at a glance, and what failed."""
    COMPLETED = "completed"
    """Backups that came to their end without a failure."""
    EXCEPTIONS = "exceptions"
    """What failed, what is overdue, and what is fine again."""
    RECOVERY = "recovery"
    """Restores and migrations, each confirmed with its figures, and downloads that are ready."""
    DISCOVERY = "discovery"
    """Accounts that came, left or are protected from now on."""
    ALERTS = "alerts"
    """Unusual changes: mass deletion, mass modification, content that looks encrypted."""
    DRILLS = "drills"
    """What restore drills proved, or did not."""
    SECURITY = "security"
    """Settings that protect what is stored: keys, retention, holds, recipients of notices."""
    ADMIN = "admin"
    """Sources and credentials that were added, removed or run out; notices that could not be delivered."""


class When(StrEnum):
    """When somebody is told."""

    OFF = "off"
    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


AT_FIRST = {
    Kind.SUMMARY: When.WEEKLY,
    Kind.EXCEPTIONS: When.IMMEDIATE,
    Kind.RECOVERY: When.IMMEDIATE,
    Kind.ALERTS: When.IMMEDIATE,
    Kind.SECURITY: When.IMMEDIATE,
    Kind.ADMIN: When.IMMEDIATE,
}
"""What a new recipient is told of, unless somebody says otherwise."""


class Channel(StrEnum):
    """By which way somebody is told."""

    DESKTOP = "desktop"
    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody, or some program, that is told."""

    id: str = ""
    """12 lower-case hexadecimal digits; ``desktop`` for this computer's; empty: not kept yet."""
    name: str
    channel: Channel
    address: str = ""
    """E-mail address."""
    shape: Shape = Shape.GENERIC
    """Webhook: whose form it takes."""
    ca_file: str = ""
    """Webhook: PEM file with an authority of one's own."""
    host: str = ""
    """Webhook: where it is; the rest of its address is secret. Not written."""
    is_signed: bool = False
    """Webhook: bodies are signed. Not written."""
    headers: tuple[str, ...] = ()
    """Webhook: names of headers of one's own. Not written."""
    kinds: Mapping[Kind, When] = field(default_factory=dict)
    """What is not named is off."""
    only_failures: bool = False
    """Good news is left out: completed backups, restores that went well, proofs, quiet summaries."""
    tasks: tuple[TaskId, ...] = ()
    """Only of these tasks; empty: of all."""
    connections: tuple[ConnectionName, ...] = ()
    """Only of these connections; empty: of all."""
    at: int = 480
    """Minute of the day at which daily, weekly and monthly notices are sent, by this computer's clock."""
    weekday: int = 0
    """Of weekly ones; Monday is 0."""
    month_day: int = 1
    """Of monthly ones, 1 to 28."""
    is_paused: bool = False

    def when(self, kind: Kind) -> When:
        """When it is told of a kind."""
        return self.kinds.get(kind, When.OFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookGiven:
    """What a webhook is reached by, as whoever sets it up names it. None: as it was."""

    url: str | None = field(default=None, repr=False)
    signing: str | None = field(default=None, repr=False)
    """Empty: bodies are not signed."""
    headers: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailGiven:
    """What a mail server is signed in to with. None: as it was."""

    password: str | None = field(default=None, repr=False)
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """The mail server, if there is one, and whether its secrets are kept."""

    server: MailServer | None = None
    has_password: bool = False
    has_refresh: bool = False


class Fate(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    FAILED = "failed"
    """It could not be delivered, and is tried again."""
    SENT = "sent"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One notice to one recipient."""

    id: str
    recipient: str
    """Its id."""
    name: str
    """Its name, as it was."""
    channel: Channel
    kind: Kind
    subject: str
    made: int
    fate: Fate
    attempts: int = 0
    due: int | None = None
    """When it is tried next."""
    sent: int | None = None
    answer: str = ""
    """What the other side said."""
    code: str = ""
    """Why it could not be delivered: a fault's code."""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A notice as it would be sent."""

    kind: Kind
    subject: str
    text: str
    html: str
    payload: str = ""
    """What a webhook would get: JSON."""
    is_example: bool = False
    """Made up: nothing of the kind has happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the other side said to a test."""

    status: int
    """Of SMTP or HTTP; 0 on the desktop."""
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """A notice for the desktop."""

    id: str
    title: str
    text: str
    is_bad: bool
    kind: Kind
    download: JobId | None = None
    """The export that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Everything about notices at a glance."""

    recipients: Sequence[Recipient]
    mail: MailView
    undelivered: int = 0
    """Notices that could not be delivered yet, or were given up within the last days."""
    names_items: bool = False
    """Lists of failures name the items."""
