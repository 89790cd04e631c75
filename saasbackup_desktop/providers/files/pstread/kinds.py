"""Of which service folders and items are."""

from typing import Final

from saasbackup_desktop.core.model import Service

_FOLDERS: Final = (
    ("ipf.appointment", Service.CALENDAR),
    ("ipf.contact", Service.CONTACTS),
    ("ipf.task", Service.TASKS),
    ("ipf.stickynote", Service.NOTES),
)
_ITEMS: Final = (
    ("ipm.appointment", Service.CALENDAR),
    ("ipm.contact", Service.CONTACTS),
    ("ipm.abchperson", Service.CONTACTS),
    ("ipm.distlist", Service.CONTACTS),
    ("ipm.task", Service.TASKS),
    ("ipm.stickynote", Service.NOTES),
)
_MAIL: Final = (
    "ipm.note",
    "ipm.post",
    "ipm.schedule",
    "ipm.taskrequest",
    "ipm.recall",
    "ipm.outlook",
    "ipm.rules",
    "ipm.replication",
    "ipm.document",
    "ipm.sharing",
    "ipm.conflict",
    "report",
    "ipm",
)


def of_folder(container_class: str) -> Service:
    """Say which service a folder belongs to."""
    return _first(_FOLDERS, container_class.lower())


def of_item(message_class: str) -> Service:
    """Say which service an item belongs to."""
    return _first(_ITEMS, message_class.lower())


def is_mail(message_class: str) -> bool:
    """Whether an item of the mail service is mail, and not something that there is no better room for."""
    kind = message_class.lower()
    return not kind or any(kind == one or (one != "ipm" and kind.startswith(f"{one}.")) for one in _MAIL)


def _first(known: tuple[tuple[str, Service], ...], kind: str) -> Service:
    for beginning, service in known:
        if kind == beginning or kind.startswith(f"{beginning}."):
            return service
    return Service.MAIL
