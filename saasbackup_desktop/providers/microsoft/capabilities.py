"""What of mailboxes and the directory is covered in a tenant, what partly, what not, each with reason and source."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.permissions import Permission, Purpose, WayIn, needed


class Thing(StrEnum):
    """What somebody would expect a backup of a tenant to hold, in the order in which it is told."""

    MAIL = "mail"
    ATTACHMENTS = "attachments"
    HIDDEN_FOLDERS = "hidden-folders"
    RECOVERABLE_ITEMS = "recoverable-items"
    ARCHIVE = "archive"
    SEARCH_FOLDERS = "search-folders"
    EXACT_COPY = "exact-copy"
    CALENDARS = "calendars"
    CALENDAR_SHARING = "calendar-sharing"
    DELEGATES = "delegates"
    CONTACTS = "contacts"
    CONTACT_LISTS = "contact-lists"
    TASKS = "tasks"
    NOTES = "notes"
    SETTINGS = "settings"
    RULES = "rules"
    CATEGORIES = "categories"
    FOCUSED_INBOX = "focused-inbox"
    SIGNATURES = "signatures"
    FOLDER_RIGHTS = "folder-rights"
    ROOM_BOOKING = "room-booking"
    JOURNALING = "journaling"
    SHARED_MAILBOXES = "shared-mailboxes"
    INACTIVE_MAILBOXES = "inactive-mailboxes"
    PUBLIC_FOLDERS = "public-folders"
    GROUP_MAILBOXES = "group-mailboxes"
    GROUP_CALENDARS = "group-calendars"
    TEAMS = "teams"
    ONENOTE = "onenote"
    FILES = "files"
    DIRECTORY = "directory"


class Reach(StrEnum):
    """How far a thing is covered."""

    COVERED = "covered"
    PARTLY = "partly"
    NOT_OFFERED = "not-offered"
    """The interface does not give it out."""
    NOT_YET = "not-yet"
    """The interface gives it out, and this program does not take it yet."""
    PENDING = "pending"
    """It would be covered: something is missing or switched off."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a tenant and of what it asks for."""

    way_in: WayIn
    services: Collection[Service]
    """Those that are backed up."""
    cloud: str = "global"
    granted: Collection[str] | None = None
    """Permissions in force, by consent or by a role of Exchange; None: nobody could tell, so nothing is missing."""
    is_role_pending: bool = False
    """A role of Exchange was asked for, and is not in force yet."""
    has_exchange: bool | None = None
    """Some licence in force has mailboxes in it; None: nobody could tell."""
    is_exact: bool = False
    """The exact copy is asked for."""


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing: how far it is covered, why so far and not further, and who says so."""

    thing: Thing
    reach: Reach
    reason: str
    """A code."""
    source: str = ""
    """The document that says so; empty if it is a matter of this program or of the tenant."""
    missing: tuple[str, ...] = ()
    """Permissions that it would take."""


@dataclass(frozen=True, slots=True)
class _Row:
    thing: Thing
    reach: Reach
    reason: str
    source: str = ""
    service: Service | None = None
    wants: tuple[str, ...] = ()
    """Optional permissions of the service without which this thing is not covered."""
    persons: tuple[Reach, str] | None = None
    """How it is for somebody who signed in, where that differs."""


_OVERVIEW: Final = "learn.microsoft.com/graph/api/resources/mail-api-overview"
_FOLDERS: Final = "learn.microsoft.com/graph/api/resources/mailfolder"
_RIGHTS: Final = "learn.microsoft.com/graph/api/resources/calendarpermission"
_EXPORT: Final = "learn.microsoft.com/graph/api/resources/mailbox-import-export-api-overview"
_SHELL: Final = "learn.microsoft.com/powershell/exchange/exchange-online-powershell"
_REFERENCE: Final = "learn.microsoft.com/graph/permissions-reference"
_ROWS: Final = (
    _Row(Thing.MAIL, Reach.COVERED, "mail", _OVERVIEW, Service.MAIL),
    _Row(
        Thing.ATTACHMENTS,
        Reach.PARTLY,
        "links-without-address",
        "learn.microsoft.com/graph/api/resources/referenceattachment",
        Service.MAIL,
    ),
    _Row(Thing.HIDDEN_FOLDERS, Reach.COVERED, "hidden-folders", _FOLDERS, Service.MAIL),
    _Row(Thing.RECOVERABLE_ITEMS, Reach.PARTLY, "recoverable-by-name", _FOLDERS, Service.MAIL),
    _Row(Thing.ARCHIVE, Reach.NOT_OFFERED, "archive-closed", _OVERVIEW),
    _Row(Thing.SEARCH_FOLDERS, Reach.COVERED, "shows-what-lies-elsewhere", _FOLDERS, Service.MAIL),
    _Row(Thing.EXACT_COPY, Reach.COVERED, "exact-copy", _EXPORT, Service.MAIL),
    _Row(Thing.CALENDARS, Reach.COVERED, "calendars", service=Service.CALENDAR),
    _Row(
        Thing.CALENDAR_SHARING,
        Reach.PARTLY,
        "main-calendar-only",
        _RIGHTS,
        Service.SETTINGS,
        wants=("Calendars.Read",),
    ),
    _Row(Thing.DELEGATES, Reach.PARTLY, "delegates-of-the-calendar", _RIGHTS, Service.SETTINGS, ("Calendars.Read",)),
    _Row(Thing.CONTACTS, Reach.COVERED, "contacts", service=Service.CONTACTS),
    _Row(
        Thing.CONTACT_LISTS,
        Reach.NOT_OFFERED,
        "contact-lists-closed",
        "learn.microsoft.com/graph/api/resources/contact",
    ),
    _Row(Thing.TASKS, Reach.COVERED, "tasks", service=Service.TASKS),
    _Row(
        Thing.NOTES,
        Reach.COVERED,
        "notes-as-messages",
        "learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxonote",
        Service.NOTES,
    ),
    _Row(
        Thing.SETTINGS,
        Reach.COVERED,
        "settings",
        "learn.microsoft.com/graph/api/resources/mailboxsettings",
        Service.SETTINGS,
    ),
    _Row(
        Thing.RULES,
        Reach.PARTLY,
        "rules-of-the-server",
        "learn.microsoft.com/graph/api/resources/messagerule",
        Service.SETTINGS,
    ),
    _Row(
        Thing.CATEGORIES,
        Reach.COVERED,
        "categories",
        "learn.microsoft.com/graph/api/resources/outlookcategory",
        Service.SETTINGS,
    ),
    _Row(
        Thing.FOCUSED_INBOX,
        Reach.COVERED,
        "focused-inbox",
        "learn.microsoft.com/graph/api/resources/inferenceclassificationoverride",
        Service.SETTINGS,
        ("Mail.Read",),
    ),
    _Row(Thing.SIGNATURES, Reach.NOT_OFFERED, "no-interface", _OVERVIEW),
    _Row(Thing.FOLDER_RIGHTS, Reach.NOT_OFFERED, "exchange-shell-only", _SHELL),
    _Row(Thing.ROOM_BOOKING, Reach.NOT_OFFERED, "exchange-shell-only", _SHELL),
    _Row(Thing.JOURNALING, Reach.NOT_OFFERED, "exchange-shell-only", _SHELL),
    _Row(
        Thing.SHARED_MAILBOXES,
        Reach.COVERED,
        "shared-mailboxes",
        _OVERVIEW,
        Service.MAIL,
        persons=(Reach.PARTLY, "what-is-shared-with-you"),
    ),
    _Row(Thing.INACTIVE_MAILBOXES, Reach.NOT_OFFERED, "inactive-mailboxes-closed", _OVERVIEW),
    _Row(
        Thing.PUBLIC_FOLDERS,
        Reach.NOT_OFFERED,
        "public-folders-closed",
        "learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online",
    ),
    _Row(
        Thing.GROUP_MAILBOXES,
        Reach.NOT_YET,
        "group-mail-without-attachments",
        _REFERENCE,
        persons=(Reach.NOT_YET, "later"),
    ),
    _Row(
        Thing.GROUP_CALENDARS,
        Reach.NOT_OFFERED,
        "needs-a-person",
        _REFERENCE,
        persons=(Reach.NOT_YET, "later"),
    ),
    _Row(Thing.TEAMS, Reach.NOT_YET, "later"),
    _Row(
        Thing.ONENOTE,
        Reach.NOT_OFFERED,
        "needs-a-person",
        "learn.microsoft.com/graph/onenote-error-codes",
        persons=(Reach.NOT_YET, "later"),
    ),
    _Row(Thing.FILES, Reach.NOT_YET, "later"),
    _Row(
        Thing.DIRECTORY,
        Reach.COVERED,
        "directory",
        _REFERENCE,
        Service.DIRECTORY,
        persons=(Reach.PARTLY, "directory-as-you-may-read"),
    ),
)
_OF_THE_TENANT: Final = (
    "switched-off",
    "cloud",
    "permission-missing",
    "role-pending",
    "licence-missing",
    "exact-switched-off",
)
"""Reasons that a tenant gives, not a thing."""
REASONS: Final = tuple(
    dict.fromkeys((*(row.reason for row in _ROWS), *(row.persons[1] for row in _ROWS if row.persons), *_OF_THE_TENANT))
)
"""Every code that a reason can have."""


def matrix(facts: Facts) -> tuple[Capability, ...]:
    """Say for each thing how far it is covered."""
    return tuple(_capability(row, facts) for row in _ROWS)


def _capability(row: _Row, facts: Facts) -> Capability:
    reach, reason = row.reach, row.reason
    if row.persons is not None and facts.way_in is WayIn.DELEGATED:
        reach, reason = row.persons
    source = row.source if reason != "later" else ""
    if row.service is None:
        return Capability(row.thing, reach, reason, source)
    if (obstacle := _obstacle(row, facts)) is not None:
        return obstacle
    return Capability(row.thing, reach, reason, source)


def _obstacle(row: _Row, facts: Facts) -> Capability | None:
    """What a tenant lacks for a thing that would be covered."""
    if row.service not in facts.services:
        return Capability(row.thing, Reach.PENDING, "switched-off")
    if row.thing is Thing.EXACT_COPY:
        if facts.cloud in CLOUDS and facts.cloud != "global":
            return Capability(row.thing, Reach.NOT_OFFERED, "cloud", row.source)
        if not facts.is_exact:
            return Capability(row.thing, Reach.PENDING, "exact-switched-off", row.source)
    if facts.has_exchange is False and row.service is not Service.DIRECTORY:
        return Capability(row.thing, Reach.PENDING, "licence-missing")
    if missing := _missing(row, facts):
        names = tuple(one.name for one in missing)
        is_role = facts.is_role_pending and all(one.role for one in missing)
        return Capability(row.thing, Reach.PENDING, "role-pending" if is_role else "permission-missing", "", names)
    return None


def _missing(row: _Row, facts: Facts) -> list[Permission]:
    if facts.granted is None or row.service is None:
        return []
    purpose = Purpose.EXACT_COPY if row.thing is Thing.EXACT_COPY else Purpose.BACK_UP
    rows: Iterable[Permission] = needed(facts.way_in, [row.service], [purpose])
    wanted = [one for one in rows if not one.is_optional or one.name in row.wants or purpose is Purpose.EXACT_COPY]
    return [one for one in wanted if not _has(one.name, facts.granted)]


def _has(name: str, granted: Collection[str]) -> bool:
    """What lets write lets read."""
    return name in granted or name.replace(".Read", ".ReadWrite") in granted
