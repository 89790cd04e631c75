"""Connections and their secrets: one sealed file of the home, opened by the vault's key."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.app.views import Connection, ImapSettings, SignIn, Tls
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Account, Provider, account_id

USUAL_PORTS = (143, 993)
MAGIC = b"saasbackup connections 1\n"
_TENANT: Final = "tenant"
"""What entries of tenants are marked with; those of mailboxes have no mark."""


def connection_of(settings: ImapSettings) -> Connection:
    """Name the account that these settings reach."""
    name = ConnectionName(settings.name)
    # Behind one name there may be several servers, by port: tunnels end at localhost.
    realm = settings.host if settings.port in (None, *USUAL_PORTS) else f"{settings.host}:{settings.port}"
    id = account_id(Provider.IMAP, realm, settings.user)
    address = settings.user if "@" in settings.user else f"{settings.user}@{settings.host}"
    account = Account(id=id, provider=Provider.IMAP, address=address, name=settings.name, connection=name)
    return Connection(name=name, account=account, settings=settings)


class Connections:
    """The connections of a home and their secrets, sealed: mailboxes by IMAP, and tenants."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = SealedFile(file, key, MAGIC)
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), thread_local=False)
        self._mark = self._file.mark()
        self._known: dict[str, dict[str, Any]] = self._read()

    def all(self) -> Sequence[Connection]:
        """Every connection to one mailbox, by name."""
        self._look_again()
        return [self.find(ConnectionName(name)) for name in sorted(self._known) if not self._is_tenant(name)]

    def find(self, name: ConnectionName) -> Connection:
        """The connection of this name. Raises Misconfigured if there is none."""
        return connection_of(self._settings(name))

    def secret(self, name: ConnectionName) -> str:
        """Its password or token."""
        self._settings(name)
        return str(self._known[name]["secret"])

    def put(self, settings: ImapSettings, secret: str) -> Connection:
        """Add a connection, or change the one of this name."""
        with self._lock:
            self._look_again()
            self._known[settings.name] = {"settings": asdict(settings), "secret": secret}
            self._write()
        return self.find(ConnectionName(settings.name))

    def remove(self, name: ConnectionName) -> None:
        """Forget a connection and its secret. Raises Misconfigured if there is none."""
        with self._lock:
            self._look_again()
            if name not in self._known:
                raise _unknown(name)
            del self._known[name]
            self._write()

    def names(self) -> frozenset[str]:
        """The names that are taken, of whatever."""
        self._look_again()
        return frozenset(self._known)

    def tenants(self) -> Sequence[ConnectionName]:
        """The names of all tenants, in order."""
        self._look_again()
        return [ConnectionName(name) for name in sorted(self._known) if self._is_tenant(name)]

    def tenant(self, name: ConnectionName) -> Mapping[str, Any]:
        """What is kept of a tenant, secrets too. Raises Misconfigured if there is none."""
        self._look_again()
        if not self._is_tenant(name):
            raise _unknown(name)
        return self._known[name]

    def put_tenant(self, name: ConnectionName, plain: Mapping[str, Any]) -> None:
        """Add a tenant, or change the one of this name."""
        with self._lock:
            self._look_again()
            self._known[name] = {**plain, "kind": _TENANT}
            self._write()

    def _is_tenant(self, name: str) -> bool:
        return self._known.get(name, {}).get("kind") == _TENANT

    def _look_again(self) -> None:
        """See what another process of this home wrote meanwhile."""
        mark = self._file.mark()
        if mark != self._mark:
            self._known = self._read()
            self._mark = mark

    def _settings(self, name: ConnectionName) -> ImapSettings:
        self._look_again()
        if name not in self._known or self._is_tenant(name):
            raise _unknown(name)
        plain = self._known[name]["settings"]
        return ImapSettings(**{**plain, "tls": Tls(plain["tls"]), "sign_in": SignIn(plain["sign_in"])})

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            plain = self._file.read()
        except NotOpened:
            raise Misconfigured(
                "the sealed connections do not open", what="connections-unreadable", name=str(self._file.file)
            ) from None
        known: dict[str, dict[str, Any]] = json.loads(plain) if plain is not None else {}
        return known

    def _write(self) -> None:
        self._file.write(json.dumps(self._known, ensure_ascii=False).encode())
        self._mark = self._file.mark()


def _unknown(name: str) -> Misconfigured:
    return Misconfigured("no such connection", what="unknown-connection", name=name)
