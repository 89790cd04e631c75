"""The ways into a tenant, and what each can and cannot do: a table of codes, for words above it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.permissions import (
    Duty,
    Purpose,
    WayIn,
    names,
    needed,
    roles,
    shared,
    unfenced,
)


class Way(StrEnum):
    """A way in that can be chosen."""

    FENCED = "fenced"
    """The application itself, for some mailboxes only: roles of Exchange give what they can."""
    TENANT_WIDE = "tenant-wide"
    """The application itself, for every mailbox: an administrator consents."""
    PERSON = "person"
    """Somebody who signs in, be it a global administrator: an administrator's mail is not everybody's mail."""


class Extent(StrEnum):
    """How far something goes."""

    ALL = "all"
    SOME = "some"
    """Within limits: the code says which."""
    NONE = "none"


class Subject(StrEnum):
    """What is done, beside services."""

    ACCOUNTS = "accounts"
    """Finding mailboxes."""
    GROUPS = "groups"
    LICENCES = "licences"
    UNATTENDED = "unattended"
    """Running for months without anybody."""
    CONSENT_FOR_RESTORE = "consent-for-restore"
    """Writing only for the time of a restore."""
    PUBLIC_FOLDERS = "public-folders"
    GROUP_MAILBOXES = "group-mailboxes"
    """Mail and calendars of groups and teams."""


@dataclass(frozen=True, slots=True)
class Ability:
    """How far one way goes in one thing."""

    way: Way
    what: Service | Subject
    extent: Extent
    why: str
    """A code."""
    purpose: Purpose | None = None
    """None: has no purpose of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a way asks of an administrator, or of the person who signs in."""

    consents: tuple[str, ...]
    """Permissions to consent to: of the application for the whole tenant, or of a person."""
    roles: tuple[str, ...] = ()
    """Roles of Exchange, which a script gives."""


_INSIDE: Final = (Extent.SOME, "inside-fence")
_EVERY: Final = (Extent.ALL, "every-mailbox")
_SHARED: Final = (Extent.SOME, "own-and-shared")
_OWN: Final = (Extent.SOME, "own-only")
_DIRECTORY: Final = (Extent.ALL, "whole-directory")
_SERVICES: Final[dict[Way, dict[Service, tuple[Extent, str]]]] = {
    Way.FENCED: {
        **dict.fromkeys(Service, _INSIDE),
        Service.TASKS: (Extent.ALL, "no-fence-for-it"),
        Service.DIRECTORY: _DIRECTORY,
    },
    Way.TENANT_WIDE: {**dict.fromkeys(Service, _EVERY), Service.DIRECTORY: _DIRECTORY},
    Way.PERSON: {
        **dict.fromkeys(Service, _SHARED),
        Service.TASKS: _OWN,
        Service.SETTINGS: _OWN,
        Service.DIRECTORY: (Extent.SOME, "what-you-may-read"),
    },
}
_OF_APPLICATIONS: Final[dict[Subject, tuple[Extent, str]]] = {
    Subject.ACCOUNTS: (Extent.ALL, "whole-directory"),
    Subject.GROUPS: (Extent.ALL, "whole-directory"),
    Subject.LICENCES: (Extent.ALL, "whole-directory"),
    Subject.UNATTENDED: (Extent.ALL, "until-certificate-expires"),
    Subject.CONSENT_FOR_RESTORE: (Extent.ALL, "granted-and-withdrawn"),
    Subject.PUBLIC_FOLDERS: (Extent.NONE, "not-in-graph"),
    Subject.GROUP_MAILBOXES: (Extent.NONE, "not-for-applications"),
}
_SUBJECTS: Final[dict[Way, dict[Subject, tuple[Extent, str]]]] = {
    Way.FENCED: {
        **_OF_APPLICATIONS,
        Subject.CONSENT_FOR_RESTORE: (Extent.SOME, "roles-take-hours"),
    },
    Way.TENANT_WIDE: _OF_APPLICATIONS,
    Way.PERSON: {
        Subject.ACCOUNTS: (Extent.SOME, "own-and-named"),
        Subject.GROUPS: (Extent.NONE, "not-asked-for"),
        Subject.LICENCES: (Extent.NONE, "not-asked-for"),
        Subject.UNATTENDED: (Extent.SOME, "until-sign-in-again"),
        Subject.CONSENT_FOR_RESTORE: (Extent.ALL, "asked-at-sign-in"),
        Subject.PUBLIC_FOLDERS: (Extent.NONE, "not-in-graph"),
        Subject.GROUP_MAILBOXES: (Extent.NONE, "not-built"),
    },
}


def abilities(way: Way) -> tuple[Ability, ...]:
    """Everything that there is to say of a way, service by service and purpose by purpose, then the rest."""
    services = [
        Ability(way, service, *_SERVICES[way][service], purpose)
        for service in Service
        if service in _SERVICES[way]
        for purpose in (Purpose.BACK_UP, Purpose.RESTORE)
        if needed(way_in_of(way), [service], [purpose])
    ]
    return (*services, *(Ability(way, subject, *_SUBJECTS[way][subject]) for subject in Subject))


def way_in_of(way: Way) -> WayIn:
    """Who the program is to Microsoft."""
    return WayIn.DELEGATED if way is Way.PERSON else WayIn.APPLICATION


def asked(way: Way, services: Iterable[Service], purposes: Iterable[Purpose] = (Purpose.BACK_UP,)) -> Asked:
    """What must be granted for some services, with what the program does beside them."""
    chosen, ends = list(services), list(purposes)
    rows = needed(way_in_of(way), [*chosen, *Duty], ends)
    if way is Way.FENCED:
        return Asked(unfenced(rows), roles(rows))
    if way is Way.PERSON:
        return Asked(tuple(dict.fromkeys((*names(rows), *shared(chosen, ends)))))
    return Asked(names(rows))
