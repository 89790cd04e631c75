"""Which permissions of Microsoft Graph each service needs, in which way in, for what, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.model import Service


class WayIn(StrEnum):
    """Who the program is to Microsoft."""

    APPLICATION = "application"
    """Itself: it reaches every mailbox, or those that a role of Exchange lets it into."""
    DELEGATED = "delegated"
    """Somebody who signed in: it reaches what that person reaches."""


class Purpose(StrEnum):
    """What a permission is wanted for."""

    BACK_UP = "back-up"
    RESTORE = "restore"
    EXACT_COPY = "exact-copy"
    """Keep the service's own stream of items as well. Only where a tenant asks for it."""
    EXACT_RESTORE = "exact-restore"


class Duty(StrEnum):
    """What the program does beside its services."""

    ACCOUNTS = "accounts"
    """Find mailboxes."""
    GROUPS = "groups"
    """Tell who is in a group."""
    LICENCES = "licences"
    """Tell whose account has a mailbox by its licence."""
    REGISTRATION = "registration"
    """Look after its own registration: what is granted, what expires."""


Need = Service | Duty


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission and one reason to have it."""

    name: str
    way_in: WayIn
    need: Need
    purpose: Purpose
    why: str
    """A code."""
    is_optional: bool = False
    """Without it less is told, and nothing fails."""

    @property
    def role(self) -> str:
        """The role of Exchange that gives the same for some mailboxes only; empty if there is none."""
        return f"Application {self.name}" if self.way_in is WayIn.APPLICATION and self.name in _FENCEABLE else ""


_FENCEABLE: Final = frozenset(
    f"{area}.{verb}" for area in ("Mail", "MailboxSettings", "Calendars", "Contacts") for verb in ("Read", "ReadWrite")
)
"""Source: RBAC for Applications in Exchange Online, supported application roles. To Do is not among them."""

_APPLICATION: Final[tuple[tuple[Need, Purpose, str, str, bool], ...]] = (
    (Service.MAIL, Purpose.BACK_UP, "Mail.Read", "read-mail", False),
    (Service.MAIL, Purpose.RESTORE, "Mail.Read", "verify-mail", False),
    (Service.MAIL, Purpose.RESTORE, "Mail.ReadWrite", "write-mail", False),
    (Service.MAIL, Purpose.EXACT_COPY, "MailboxItem.Export.All", "export-items", True),
    (Service.MAIL, Purpose.EXACT_COPY, "User.Read.All", "name-mailboxes", True),
    (Service.MAIL, Purpose.EXACT_RESTORE, "MailboxItem.ImportExport.All", "import-items", True),
    (Service.MAIL, Purpose.EXACT_RESTORE, "User.Read.All", "name-mailboxes", True),
    (Service.CALENDAR, Purpose.BACK_UP, "Calendars.Read", "read-events", False),
    (Service.CALENDAR, Purpose.RESTORE, "Calendars.Read", "verify-events", False),
    (Service.CALENDAR, Purpose.RESTORE, "Calendars.ReadWrite", "write-events", False),
    (Service.CONTACTS, Purpose.BACK_UP, "Contacts.Read", "read-contacts", False),
    (Service.CONTACTS, Purpose.RESTORE, "Contacts.ReadWrite", "write-contacts", False),
    (Service.TASKS, Purpose.BACK_UP, "Tasks.Read.All", "read-tasks", False),
    (Service.TASKS, Purpose.RESTORE, "Tasks.ReadWrite.All", "write-tasks", False),
    (Service.NOTES, Purpose.BACK_UP, "Mail.Read", "read-notes", False),
    (Service.NOTES, Purpose.RESTORE, "Mail.Read", "verify-notes", False),
    (Service.NOTES, Purpose.RESTORE, "Mail.ReadWrite", "write-notes", False),
    (Service.SETTINGS, Purpose.BACK_UP, "MailboxSettings.Read", "read-settings", False),
    (Service.SETTINGS, Purpose.BACK_UP, "Mail.Read", "read-senders", True),
    (Service.SETTINGS, Purpose.BACK_UP, "Calendars.Read", "read-sharing", True),
    (Service.SETTINGS, Purpose.RESTORE, "MailboxSettings.ReadWrite", "write-settings", False),
    (Service.SETTINGS, Purpose.RESTORE, "Mail.ReadWrite", "write-senders", True),
    (Service.SETTINGS, Purpose.RESTORE, "Calendars.ReadWrite", "write-sharing", True),
    (Service.DIRECTORY, Purpose.BACK_UP, "Directory.Read.All", "read-directory", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "User.Read.All", "read-sponsors", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "Device.Read.All", "read-devices", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "RoleEligibilitySchedule.Read.Directory", "read-eligibility", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "Policy.Read.All", "read-policies", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "Policy.Read.PermissionGrant", "read-consent-policies", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "AuthenticationContext.Read.All", "read-contexts", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "IdentityProvider.Read.All", "read-identity-providers", False),
    (Service.DIRECTORY, Purpose.BACK_UP, "AuditLog.Read.All", "read-sign-in-methods", True),
    (Service.DIRECTORY, Purpose.BACK_UP, "CustomSecAttributeDefinition.Read.All", "read-own-attributes", True),
    (Service.DIRECTORY, Purpose.BACK_UP, "CustomSecAttributeAssignment.Read.All", "read-own-values", True),
    (Service.DIRECTORY, Purpose.BACK_UP, "User-LifeCycleInfo.Read.All", "read-leave-dates", True),
    (Service.DIRECTORY, Purpose.BACK_UP, "DeviceManagementConfiguration.Read.All", "read-device-policies", True),
    (Service.DIRECTORY, Purpose.RESTORE, "Directory.Read.All", "verify-directory", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.Read.All", "verify-policies", False),
    (Service.DIRECTORY, Purpose.RESTORE, "User.ReadWrite.All", "write-users", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Group.ReadWrite.All", "write-groups", False),
    (Service.DIRECTORY, Purpose.RESTORE, "AdministrativeUnit.ReadWrite.All", "write-units", False),
    (Service.DIRECTORY, Purpose.RESTORE, "RoleManagement.ReadWrite.Directory", "write-roles", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Application.ReadWrite.All", "write-applications", False),
    (Service.DIRECTORY, Purpose.RESTORE, "AppRoleAssignment.ReadWrite.All", "write-app-roles", False),
    (Service.DIRECTORY, Purpose.RESTORE, "DelegatedPermissionGrant.ReadWrite.All", "write-grants", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.ConditionalAccess", "write-conditional-access", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.AuthenticationMethod", "write-sign-in-methods", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.Authorization", "write-authorization", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.SecurityDefaults", "write-security-defaults", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.ConsentRequest", "write-consent-requests", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.CrossTenantAccess", "write-cross-tenant-access", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.PermissionGrant", "write-consent-policies", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Policy.ReadWrite.ApplicationConfiguration", "write-token-policies", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Organization.ReadWrite.All", "write-organisation", False),
    (Service.DIRECTORY, Purpose.RESTORE, "Domain.ReadWrite.All", "write-domains", False),
    (Service.DIRECTORY, Purpose.RESTORE, "GroupSettings.ReadWrite.All", "write-group-settings", False),
    (Service.DIRECTORY, Purpose.RESTORE, "IdentityProvider.ReadWrite.All", "write-identity-providers", True),
    (Service.DIRECTORY, Purpose.RESTORE, "Device.ReadWrite.All", "write-devices", True),
    (Service.DIRECTORY, Purpose.RESTORE, "CustomSecAttributeDefinition.ReadWrite.All", "write-own-attributes", True),
    (Service.DIRECTORY, Purpose.RESTORE, "CustomSecAttributeAssignment.ReadWrite.All", "write-own-values", True),
    (Service.DIRECTORY, Purpose.RESTORE, "User-LifeCycleInfo.ReadWrite.All", "write-leave-dates", True),
    (Service.DIRECTORY, Purpose.RESTORE, "DeviceManagementConfiguration.ReadWrite.All", "write-device-policies", True),
    (Duty.ACCOUNTS, Purpose.BACK_UP, "User.Read.All", "find-accounts", False),
    (Duty.ACCOUNTS, Purpose.BACK_UP, "MailboxSettings.Read", "tell-shared-mailboxes", True),
    (Duty.GROUPS, Purpose.BACK_UP, "Group.ReadBasic.All", "read-groups", True),
    (Duty.LICENCES, Purpose.BACK_UP, "LicenseAssignment.Read.All", "read-licences", True),
    (Duty.REGISTRATION, Purpose.BACK_UP, "Application.Read.All", "read-registration", True),
)
_DELEGATED_NAMES: Final = {
    "Tasks.Read.All": "Tasks.Read",
    "Tasks.ReadWrite.All": "Tasks.ReadWrite",
    "MailboxItem.Export.All": "MailboxItem.Export",
    "MailboxItem.ImportExport.All": "MailboxItem.ImportExport",
}
"""Where a permission of a person is called otherwise than the application's."""
_FOR_APPLICATIONS: Final = frozenset({"Device.ReadWrite.All"})
"""What a person needs no permission for: the role in the directory is enough."""
_DUTIES_OF_A_PERSON: Final[dict[Duty, tuple[str, str]]] = {Duty.ACCOUNTS: ("User.Read", "find-own-account")}
"""Who signed in backs up the own mailbox: nobody else needs to be found."""


def _table() -> Iterable[Permission]:
    for need, purpose, name, why, is_optional in _APPLICATION:
        yield Permission(name, WayIn.APPLICATION, need, purpose, why, is_optional)
        if isinstance(need, Service) and name not in _FOR_APPLICATIONS:
            there = _DELEGATED_NAMES.get(name, name)
            yield Permission(there, WayIn.DELEGATED, need, purpose, why, is_optional)
    for duty, (name, why) in _DUTIES_OF_A_PERSON.items():
        yield Permission(name, WayIn.DELEGATED, duty, Purpose.BACK_UP, why)


TABLE: Final = tuple(_table())
"""Least privilege by Microsoft's permissions reference, for the requests that this program makes."""


_SHARED: Final[tuple[tuple[Service, str], ...]] = (
    (Service.MAIL, "Mail"),
    (Service.NOTES, "Mail"),
    (Service.CALENDAR, "Calendars"),
    (Service.CONTACTS, "Contacts"),
)
"""Services that a person reaches in mailboxes of others. To Do and mailbox settings are everybody's own."""


def shared(services: Iterable[Service], purposes: Iterable[Purpose] = (Purpose.BACK_UP,)) -> tuple[str, ...]:
    """What a person needs beside ``needed`` for mailboxes that others share. Source: permissions reference, .Shared."""
    wanted, ends = frozenset(services), frozenset(purposes)
    verbs = (*(["Read"] if Purpose.BACK_UP in ends else ()), *(["ReadWrite"] if Purpose.RESTORE in ends else ()))
    found = [f"{area}.{verb}.Shared" for service, area in _SHARED if service in wanted for verb in verbs]
    return tuple(dict.fromkeys(("User.ReadBasic.All", *found)))


def needed(
    way_in: WayIn, needs: Iterable[Need], purposes: Iterable[Purpose] = (Purpose.BACK_UP,)
) -> tuple[Permission, ...]:
    """The rows for some needs, in the table's order; a permission that is needed twice is in it twice."""
    wanted, ends = frozenset(needs), frozenset(purposes)
    return tuple(one for one in TABLE if one.way_in is way_in and one.need in wanted and one.purpose in ends)


def names(permissions: Iterable[Permission]) -> tuple[str, ...]:
    """The permissions' names, each once: what consent is asked for."""
    return tuple(dict.fromkeys(one.name for one in permissions))


def roles(permissions: Iterable[Permission]) -> tuple[str, ...]:
    """The roles of Exchange that stand for them, each once."""
    return tuple(dict.fromkeys(one.role for one in permissions if one.role))


def unfenced(permissions: Iterable[Permission]) -> tuple[str, ...]:
    """What must be consented for the whole tenant even where Exchange's roles fence the rest."""
    return tuple(dict.fromkeys(one.name for one in permissions if not one.role))
