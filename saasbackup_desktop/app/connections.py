"""Connections and their secrets: one sealed file of the home, opened by the vault's key."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock

from saasbackup_desktop.app.home import write_whole
from saasbackup_desktop.app.views import Connection, ImapSettings, SignIn, Tls
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Account, Provider, account_id

USUAL_PORTS = (143, 993)
NONCE = 12
MAGIC = b"saasbackup connections 1\n"


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
    """The connections of a home. AES-256-GCM with a fresh random nonce at every write."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = file
        self._key = AESGCM(key)
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), thread_local=False)
        self._mark = self._file_mark()
        self._known: dict[str, dict[str, Any]] = self._read()

    def all(self) -> Sequence[Connection]:
        """Every connection, by name."""
        self._look_again()
        return [self.find(ConnectionName(name)) for name in sorted(self._known)]

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
            self._settings(name)
            del self._known[name]
            self._write()

    def _look_again(self) -> None:
        """See what another process of this home wrote meanwhile."""
        mark = self._file_mark()
        if mark != self._mark:
            self._known = self._read()
            self._mark = mark

    def _file_mark(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _settings(self, name: ConnectionName) -> ImapSettings:
        self._look_again()
        if name not in self._known:
            raise Misconfigured("no such connection", what="unknown-connection", name=name)
        plain = self._known[name]["settings"]
        return ImapSettings(**{**plain, "tls": Tls(plain["tls"]), "sign_in": SignIn(plain["sign_in"])})

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            if not sealed.startswith(MAGIC) or len(sealed) < len(MAGIC) + NONCE:
                raise InvalidTag
            start = len(MAGIC)
            plain = self._key.decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], MAGIC)
        except InvalidTag:
            raise Misconfigured(
                "the sealed connections do not open", what="connections-unreadable", name=str(self._file)
            ) from None
        known: dict[str, dict[str, Any]] = json.loads(plain)
        return known

    def _write(self) -> None:
        nonce = os.urandom(NONCE)
        plain = json.dumps(self._known, ensure_ascii=False).encode()
        write_whole(self._file, MAGIC + nonce + self._key.encrypt(nonce, plain, MAGIC))
        self._mark = self._file_mark()
