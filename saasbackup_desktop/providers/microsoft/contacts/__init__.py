"""Contacts of a mailbox in Exchange."""

from saasbackup_desktop.providers.microsoft.contacts.source import contacts_source
from saasbackup_desktop.providers.microsoft.contacts.target import contacts_target

__all__ = ["contacts_source", "contacts_target"]
