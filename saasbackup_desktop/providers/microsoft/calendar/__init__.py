"""Calendars of a mailbox in Exchange."""

from saasbackup_desktop.providers.microsoft.calendar.source import calendar_source
from saasbackup_desktop.providers.microsoft.calendar.target import calendar_target

__all__ = ["calendar_source", "calendar_target"]
