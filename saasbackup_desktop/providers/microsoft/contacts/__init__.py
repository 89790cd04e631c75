"""Contacts of a mailbox in Exchange."""

from saasbackup_desktop.providers.microsoft.contacts.source import contacts_source

__all__ = ["contacts_source"]
