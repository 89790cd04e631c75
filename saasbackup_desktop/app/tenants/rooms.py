"""What each service of Microsoft 365 is read from and written to with: one line each."""

from collections.abc import Callable, Mapping
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.ports import Source, Target
from saasbackup_desktop.providers.microsoft.calendar.source import calendar_source
from saasbackup_desktop.providers.microsoft.calendar.target import calendar_target
from saasbackup_desktop.providers.microsoft.contacts.source import contacts_source
from saasbackup_desktop.providers.microsoft.contacts.target import contacts_target
from saasbackup_desktop.providers.microsoft.exact import ExactSource, ExactTarget, Exchange
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.source import mail_source
from saasbackup_desktop.providers.microsoft.mail.target import MailTarget
from saasbackup_desktop.providers.microsoft.notes.source import notes_source
from saasbackup_desktop.providers.microsoft.notes.target import NotesTarget
from saasbackup_desktop.providers.microsoft.settings.source import settings_source
from saasbackup_desktop.providers.microsoft.settings.target import SettingsTarget
from saasbackup_desktop.providers.microsoft.tasks.source import tasks_source
from saasbackup_desktop.providers.microsoft.tasks.target import tasks_target

SOURCES: Final[Mapping[Service, Callable[[Graph, str], Source]]] = {
    Service.MAIL: mail_source,
    Service.CALENDAR: calendar_source,
    Service.CONTACTS: contacts_source,
    Service.TASKS: tasks_source,
    Service.NOTES: notes_source,
    Service.SETTINGS: settings_source,
}
"""With whom and for which user's id."""

TARGETS: Final[Mapping[Service, Callable[[Graph, str], Target]]] = {
    Service.MAIL: MailTarget,
    Service.CALENDAR: calendar_target,
    Service.CONTACTS: contacts_target,
    Service.TASKS: tasks_target,
    Service.NOTES: NotesTarget,
    Service.SETTINGS: SettingsTarget,
}


def exact_source(graph: Graph, user: str) -> Source:
    """Messages with the service's own exact stream beside each."""
    return ExactSource(mail_source(graph, user), Exchange(graph, user))


def exact_target(graph: Graph, user: str) -> Target:
    """Takes exact streams where messages have them."""
    return ExactTarget(MailTarget(graph, user), graph, user)
