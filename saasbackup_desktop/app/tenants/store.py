"""Tenants as they are kept: settings and secrets among the connections, accounts in a sealed book of their own."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import zstandard
from filelock import FileLock

from saasbackup_desktop.app.connections import Connections
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.app.tenants.book import Book, from_bytes, to_bytes
from saasbackup_desktop.app.tenants.views import Proof, TenantSettings, WayIn
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate

_MAGIC: Final = b"saasbackup tenant 1\n"
_LARGEST: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a tenant is signed in to with. All of it is secret but ``who``."""

    certificate: AppCertificate | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)
    cache: str = field(default="", repr=False)
    """Tokens of somebody who signed in."""
    who: str = ""
    client: str = ""
    """Application that the somebody signed in to, where it is not the tenant's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restorer:
    """The application that may write a tenant's directory: apart from the one that reads it."""

    access: str
    """As ``app.entra.views.RestoreAccess`` names it."""
    certificate: AppCertificate | None = field(default=None, repr=False)
    """Kept before anything is registered with it; None: there is no application now."""
    client: str = ""
    """Application id; empty while it is not registered."""
    application: str = ""
    """Object id of its registration."""
    made: int = 0
    missing: tuple[str, ...] = ()
    """Permissions that were not in force when it was looked at last."""
    problem: str = ""
    """Code of why it could not sign in when it was looked at last."""
    checked: int = 0
    plan: str = ""
    """Of the one restore that it is for, once that has begun."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A tenant among the connections."""

    settings: TenantSettings
    credentials: Credentials
    directory: str
    """The tenant's id in the directory: settings may name a domain."""
    restorer: Restorer | None = None


class TenantStore:
    """Reads and writes tenants; what another process of this home wrote is seen."""

    def __init__(self, connections: Connections, folder: Path, key: bytes) -> None:
        self._connections = connections
        self._folder = folder
        self._key = key
        self._books: dict[str, tuple[tuple[int, int] | None, Book]] = {}

    def names(self) -> Sequence[ConnectionName]:
        """All tenants, by name."""
        return self._connections.tenants()

    def readable(self) -> Sequence[ConnectionName]:
        """Those whose accounts can be read: the others stand in nobody's way, and say so themselves."""
        return [name for name in self.names() if self.is_readable(name)]

    def is_readable(self, name: ConnectionName) -> bool:
        """What is known of its accounts opens."""
        try:
            self.book(name)
        except Misconfigured:
            return False
        return True

    def is_taken(self, name: str) -> bool:
        """Something has this name."""
        return name in self._connections.names()

    def entry(self, name: ConnectionName) -> Entry:
        """A tenant's settings and secrets. Raises Misconfigured if there is none of this name."""
        return _entry(self._connections.tenant(name))

    def put(self, entry: Entry) -> None:
        """Add a tenant, or change the one of this name."""
        self._connections.put_tenant(entry.settings.name, _plain(entry))

    def keep_cache(self, name: ConnectionName, cache: str) -> None:
        """Put a new token cache in the place of the old one, unless the tenant is gone meanwhile."""
        if name in self.names():
            entry = self.entry(name)
            self.put(replace(entry, credentials=replace(entry.credentials, cache=cache)))

    def remove(self, name: ConnectionName) -> None:
        """Forget a tenant and its accounts. Raises Misconfigured if there is none of this name."""
        self.entry(name)
        self._connections.remove(name)
        self._books.pop(name, None)
        self._file(name).file.unlink(missing_ok=True)

    def book(self, name: ConnectionName) -> Book:
        """What is known of a tenant's accounts. Raises Misconfigured if it does not open."""
        file = self._file(name)
        mark = file.mark()
        known = self._books.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        try:
            sealed = file.read()
        except NotOpened:
            raise Misconfigured("a tenant's accounts do not open", what="accounts-unreadable", name=name) from None
        book = from_bytes(zstandard.ZstdDecompressor().decompress(sealed, _LARGEST)) if sealed else Book()
        self._books[name] = mark, book
        return book

    def change(self, name: ConnectionName, change: Callable[[Book], Book]) -> Book:
        """Change what is known of a tenant's accounts, in one write. Raises Misconfigured, HomeFault."""
        file = self._file(name)
        file.file.parent.mkdir(mode=0o700, exist_ok=True)
        with FileLock(file.file.with_suffix(".lock"), thread_local=False):
            book = change(self.book(name))
            file.write(zstandard.ZstdCompressor(level=3).compress(to_bytes(book)))
            self._books[name] = file.mark(), book
        return book

    def _file(self, name: ConnectionName) -> SealedFile:
        digits = hashlib.sha256(name.encode()).hexdigest()[:16]  # a name may hold what file names may not
        return SealedFile(self._folder / f"{digits}.sealed", self._key, _MAGIC)


def _plain(entry: Entry) -> dict[str, Any]:
    held = entry.credentials
    return {
        "settings": asdict(entry.settings),
        "secret": {
            "certificate": asdict(held.certificate) if held.certificate is not None else None,
            "secret": held.secret,
            "cache": held.cache,
            "who": held.who,
            "client": held.client,
        },
        "directory": entry.directory,
        "restorer": asdict(entry.restorer) if entry.restorer is not None else None,
    }


def _entry(plain: Mapping[str, Any]) -> Entry:
    said, held = plain["settings"], plain["secret"]
    settings = TenantSettings(
        **{
            **said,
            "way_in": WayIn(said["way_in"]),
            "proof": Proof(said["proof"]),
            "services": tuple(Service(one) for one in said["services"]),
            "mailboxes": tuple(said["mailboxes"]),
        }
    )
    certificate = AppCertificate(**held["certificate"]) if held["certificate"] is not None else None
    restorer = _restorer(plain["restorer"]) if plain.get("restorer") else None
    return Entry(settings, Credentials(**{**held, "certificate": certificate}), plain["directory"], restorer)


def _restorer(plain: Mapping[str, Any]) -> Restorer:
    certificate = AppCertificate(**plain["certificate"]) if plain["certificate"] is not None else None
    return Restorer(**{**plain, "certificate": certificate, "missing": tuple(plain["missing"])})
