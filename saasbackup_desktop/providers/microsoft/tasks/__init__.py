"""Tasks of somebody's Microsoft To Do."""

from saasbackup_desktop.providers.microsoft.tasks.source import tasks_source
from saasbackup_desktop.providers.microsoft.tasks.target import tasks_target

__all__ = ["tasks_source", "tasks_target"]
