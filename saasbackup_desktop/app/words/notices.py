"""What kinds of notices, ways and fates are called."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.app.notices.views import Channel, Fate, Kind, MailSignIn, MailTls, Shape, TokenWay, When
from saasbackup_desktop.app.words.states import Status, Tone

KINDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.SUMMARY: ("Summary", "All tasks at a glance, and what failed, once a day, week or month."),
    Kind.COMPLETED: ("Completed", "Backups that came to their end without a failure."),
    Kind.EXCEPTIONS: ("Exceptions", "Backups that failed or are overdue, and those that are fine again."),
    Kind.RECOVERY: ("Recovery", "Restores and migrations, each confirmed with its figures."),
    Kind.DISCOVERY: ("Discovery", "Auto-discovery: accounts that came to a tenant or left it, and who is protected."),
    Kind.ALERTS: ("Alerts", "Smart alerts: mass deletion, mass modification, content that looks encrypted."),
    Kind.DRILLS: ("Drills", "What restore drills proved to be restorable, and what not."),
    Kind.SECURITY: ("Security", "Changes of keys, retention, holds and of these notices; refused sign-ins."),
    Kind.ADMIN: ("Admin", "Sources and credentials that were added, removed or run out."),
}
"""Label and explanation of each kind."""

WHENS: Final[Mapping[When, str]] = {
    When.OFF: "Off",
    When.IMMEDIATE: "At once",
    When.DAILY: "Daily",
    When.WEEKLY: "Weekly",
    When.MONTHLY: "Monthly",
}

SHORT_WHENS: Final[Mapping[When, str]] = {
    When.OFF: "",
    When.IMMEDIATE: "Now",
    When.DAILY: "Day",
    When.WEEKLY: "Week",
    When.MONTHLY: "Month",
}
"""For the cells of a table, whose tooltips say it whole."""

CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.DESKTOP: "Desktop",
    Channel.EMAIL: "E-mail",
    Channel.WEBHOOK: "Webhook",
}

SHAPES: Final[Mapping[Shape, str]] = {
    Shape.GENERIC: "Generic JSON",
    Shape.SLACK: "Slack",
    Shape.TEAMS: "Microsoft Teams (Workflows)",
}

MAIL_TLS: Final[Mapping[MailTls, str]] = {
    MailTls.STARTTLS: "STARTTLS (port 587)",
    MailTls.IMPLICIT: "Implicit TLS (port 465)",
    MailTls.NONE: "None (port 25)",
}

MAIL_SIGN_INS: Final[Mapping[MailSignIn, str]] = {
    MailSignIn.PASSWORD: "User name and password",
    MailSignIn.OAUTH: "OAuth (XOAUTH2)",
    MailSignIn.NONE: "None",
}

TOKEN_WAYS: Final[Mapping[TokenWay, str]] = {
    TokenWay.MICROSOFT: "Microsoft 365: application with a secret",
    TokenWay.REFRESH: "Refresh token at a token address",
}

FATES: Final[Mapping[Fate, Status]] = {
    Fate.WAITING: Status("On its way", "", Tone.BUSY),
    Fate.FAILED: Status("Not delivered yet", "It is tried again by itself.", Tone.ATTENTION),
    Fate.SENT: Status("Sent", "", Tone.GOOD),
    Fate.GIVEN_UP: Status("Given up", "It could not be delivered for days. Look at the reason.", Tone.BAD),
}

NOT_ENCRYPTED: Final = (
    "The connection to the mail server is not encrypted: the password and every notice can be read on the way."
)
