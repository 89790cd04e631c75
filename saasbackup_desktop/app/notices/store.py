"""Recipients, the mail server and all their secrets: one sealed file of the home."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from saasbackup_desktop.app.notices.views import DESKTOP, Channel, Kind, Recipient, When
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.providers.notify.settings import (
    Hook,
    MailSecrets,
    MailServer,
    MailSignIn,
    MailTls,
    TokenWay,
)
from saasbackup_desktop.providers.notify.shapes import Shape

_MAGIC: Final = b"saasbackup notices 1\n"

AT_FIRST: Final = Recipient(
    id=DESKTOP,
    name="This computer",
    channel=Channel.DESKTOP,
    kinds={
        Kind.EXCEPTIONS: When.IMMEDIATE,
        Kind.RECOVERY: When.IMMEDIATE,
        Kind.ALERTS: When.IMMEDIATE,
    },
)
"""What the desktop shows as long as nobody has said anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All settings of the room. Secrets are kept apart from what is shown."""

    recipients: Mapping[str, Recipient] = field(default_factory=lambda: {DESKTOP: AT_FIRST})
    hooks: Mapping[str, Hook] = field(default_factory=dict, repr=False)
    """By recipient."""
    server: MailServer | None = None
    secrets: MailSecrets = field(default_factory=MailSecrets, repr=False)
    names_items: bool = False


class NoticeStore:
    """Reads and writes the settings; what another process of this home wrote is seen."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._file = SealedFile(folder / "notices.sealed", key, _MAGIC)
        self._lock = FileLock(folder / "notices.lock", thread_local=False)
        self._known: tuple[tuple[int, int] | None, Book] | None = None

    def book(self) -> Book:
        """The settings. Raises Misconfigured if they do not open."""
        mark = self._file.mark()
        if self._known is not None and self._known[0] == mark:
            return self._known[1]
        try:
            plain = self._file.read()
        except NotOpened:
            raise Misconfigured(
                "the sealed notices do not open", what="notices-unreadable", name=str(self._file.file)
            ) from None
        book = _book(json.loads(plain)) if plain is not None else Book()
        self._known = mark, book
        return book

    def change(self, change: Callable[[Book], Book]) -> Book:
        """Change the settings in one write. Raises Misconfigured, HomeFault."""
        with self._lock:
            book = change(self.book())
            self._file.write(json.dumps(_plain(book), ensure_ascii=False).encode())
            self._known = self._file.mark(), book
        return book


def _plain(book: Book) -> dict[str, Any]:
    return {
        "recipients": [
            {**asdict(one), "kinds": {kind.value: when.value for kind, when in one.kinds.items()}}
            for one in book.recipients.values()
        ],
        "hooks": {id: asdict(hook) for id, hook in book.hooks.items()},
        "server": asdict(book.server) if book.server is not None else None,
        "secrets": asdict(book.secrets),
        "names_items": book.names_items,
    }


def _book(plain: Mapping[str, Any]) -> Book:
    found = [_recipient(one) for one in plain["recipients"]]
    hooks = {
        id: Hook(**{**one, "headers": tuple((name, value) for name, value in one["headers"])})
        for id, one in plain["hooks"].items()
    }
    return Book(
        recipients={DESKTOP: AT_FIRST} | {one.id: one for one in found},
        hooks=hooks,
        server=_server(plain["server"]) if plain["server"] is not None else None,
        secrets=MailSecrets(**plain["secrets"]),
        names_items=plain["names_items"],
    )


def _recipient(plain: Mapping[str, Any]) -> Recipient:
    made = Recipient(**{**plain, "channel": Channel(plain["channel"]), "shape": Shape(plain["shape"])})
    return replace(
        made,
        kinds={Kind(kind): When(when) for kind, when in plain["kinds"].items()},
        tasks=tuple(plain["tasks"]),
        connections=tuple(plain["connections"]),
        headers=tuple(plain["headers"]),
    )


def _server(plain: Mapping[str, Any]) -> MailServer:
    kinds = {
        "tls": MailTls(plain["tls"]),
        "sign_in": MailSignIn(plain["sign_in"]),
        "token_way": TokenWay(plain["token_way"]),
    }
    return MailServer(**{**plain, **kinds})
