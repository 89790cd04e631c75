"""What folders are for, by their names."""

from collections.abc import Mapping
from typing import Final

from saasbackup_desktop.core.model import Role

_NAMES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.INBOX: ("inbox", "posteingang", "boîte de réception", "bandeja de entrada", "posta in arrivo"),
    Role.SENT: (
        *("sent", "sent items", "sent messages", "sent mail", "sent-mail", "gesendet", "gesendete elemente"),
        *("éléments envoyés", "elementos enviados", "posta inviata"),
    ),
    Role.DRAFTS: ("drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze"),
    Role.TRASH: (
        *("trash", "deleted items", "deleted messages", "deleted", "bin", "papierkorb", "gelöschte elemente"),
        *("éléments supprimés", "elementos eliminados", "posta eliminata"),
    ),
    Role.JUNK: (
        *("junk", "junk e-mail", "junk email", "junk mail", "spam", "bulk mail", "junk-e-mail"),
        *("courrier indésirable", "correo no deseado", "posta indesiderata"),
    ),
    Role.ARCHIVE: ("archive", "archives", "archiv"),
}
_ROLES: Final = {name: role for role, names in _NAMES.items() for name in names}


def role_of(name: str) -> Role | None:
    """Say what a folder of mail is for; None: for nothing in particular."""
    return _ROLES.get(name.strip().casefold())
