"""Items of Outlook's in the forms in which the vault keeps them, whatever file they lie in."""

from collections.abc import Callable, Mapping
from typing import Final

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.found import Found
from saasbackup_desktop.providers.files.pstread import kinds, losses
from saasbackup_desktop.providers.files.pstread.contacts import contact_of, group_of
from saasbackup_desktop.providers.files.pstread.enclosed import invitation_of, item_of
from saasbackup_desktop.providers.files.pstread.events import event_of
from saasbackup_desktop.providers.files.pstread.mail import CREATED, MODIFIED, Others, mail_of, moment_of
from saasbackup_desktop.providers.files.pstread.notes import note_of, updated
from saasbackup_desktop.providers.files.pstread.objects import Message, Said
from saasbackup_desktop.providers.files.pstread.plain import Kept
from saasbackup_desktop.providers.files.pstread.states import CLASS
from saasbackup_desktop.providers.files.pstread.tasks import task_of

_KINDS: Final[Mapping[Service, Callable[[Message, Said], Kept]]] = {
    Service.CALENDAR: event_of,
    Service.CONTACTS: contact_of,
    Service.TASKS: task_of,
    Service.NOTES: note_of,
}
_OTHERS: Final = Others(invitation_of, item_of)


def service_of(said: Said) -> Service:
    """Say which service an item belongs to, by its class."""
    return kinds.of_item(said.text(CLASS))


def found_of(message: Message, said: Said, path: tuple[str, ...], key: str) -> Found:
    """Turn an item into what the vault keeps. Raises Unreadable if nothing of it can be read."""
    service = service_of(said)
    if service is not Service.MAIL:
        return _kept(message, said, service, path, key)
    if not kinds.is_mail(said.text(CLASS)):
        said.lost.append(losses.UNKNOWN_KIND)
    mail = mail_of(message, said, _OTHERS)
    return Found(
        service=service,
        path=path,
        key=key,
        data=mail.data,
        name=mail.subject,
        time=mail.time,
        flags=mail.flags,
        facets=mail.facets,
        lost=tuple(dict.fromkeys(said.lost)),
    )


def _kept(message: Message, said: Said, service: Service, path: tuple[str, ...], key: str) -> Found:
    is_group = said.text(CLASS).lower().startswith("ipm.distlist")
    kept = (group_of if is_group else _KINDS[service])(message, said)
    moment = moment_of(said, CREATED, MODIFIED)
    facets = {"updated": updated(said)} if service is Service.NOTES else {}
    return Found(
        service=service,
        path=path,
        key=key,
        data=kept.data,
        parts=kept.parts,
        identity=kept.identity,
        name=kept.name,
        time=kept.time if kept.time is not None else int(moment.timestamp()) if moment else None,
        facets={name: value for name, value in facets.items() if value},
        lost=tuple(dict.fromkeys(said.lost)),
    )
