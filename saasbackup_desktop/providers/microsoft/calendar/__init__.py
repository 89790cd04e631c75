"""Calendars of a mailbox in Exchange."""

from saasbackup_desktop.providers.microsoft.calendar.source import calendar_source

__all__ = ["calendar_source"]
