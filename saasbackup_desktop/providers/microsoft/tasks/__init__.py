"""Tasks of somebody's Microsoft To Do."""

from saasbackup_desktop.providers.microsoft.tasks.source import tasks_source

__all__ = ["tasks_source"]
