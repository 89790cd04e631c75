"""What each service of Microsoft 365 is read from and written to with: one line each."""

from collections.abc import Callable, Mapping
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.ports import Source, Target
from saasbackup_desktop.providers.microsoft.calendar import calendar_source
from saasbackup_desktop.providers.microsoft.contacts import contacts_source
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.source import mail_source
from saasbackup_desktop.providers.microsoft.mail.target import MailTarget
from saasbackup_desktop.providers.microsoft.tasks import tasks_source

SOURCES: Final[Mapping[Service, Callable[[Graph, str], Source]]] = {
    Service.MAIL: mail_source,
    Service.CALENDAR: calendar_source,
    Service.CONTACTS: contacts_source,
    Service.TASKS: tasks_source,
}
"""With whom and for which user's id."""

TARGETS: Final[Mapping[Service, Callable[[Graph, str], Target]]] = {
    Service.MAIL: MailTarget,
}
