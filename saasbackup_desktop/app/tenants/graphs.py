"""One Graph for each tenant, lent to all who work in it: what may be asked at once is counted in one place."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from saasbackup_desktop.app.tenants.needs import cloud, of_a_person
from saasbackup_desktop.app.tenants.store import Credentials, Entry, TenantStore
from saasbackup_desktop.app.tenants.views import Proof, TenantSettings
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn, DelegatedSignIn

_PATIENCE_OF_A_CHECK: Final = 5.0
"""Seconds that a check waits out throttling: somebody is looking."""
_ATTEMPTS_OF_A_CHECK: Final = 2
_TO_WRITE: Final = "/write"
"""Behind a tenant's name, for what may write its directory: names have no slash."""


class Access:
    """A sign-in and the Graph that asks with it. Belongs to one loop."""

    def __init__(
        self, settings: TenantSettings, credentials: Credentials, clock: Clock, traffic: Traffic | None = None
    ) -> None:
        where = self._cloud = cloud(settings)
        self._clock, self._ca_file = clock, settings.ca_file
        self._sign_in: ApplicationSignIn | DelegatedSignIn
        if settings.proof is Proof.DEVICE_CODE:
            client = credentials.client or settings.client
            self._sign_in = DelegatedSignIn(
                where,
                settings.tenant,
                client,
                credentials.cache,
                permissions=of_a_person(settings),
                ca_file=settings.ca_file,
            )
        else:
            application = Application(
                settings.tenant,
                settings.client,
                credentials.certificate if settings.proof is Proof.CERTIFICATE else None,
                credentials.secret if settings.proof is Proof.SECRET else "",
            )
            self._sign_in = ApplicationSignIn(where, application, ca_file=settings.ca_file)
        self._cache = credentials.cache
        self.graph = Graph(where, self.token, clock, traffic=traffic, ca_file=settings.ca_file)
        self._kept: Callable[[str], None] = lambda _cache: None

    def keep_with(self, kept: Callable[[str], None]) -> None:
        """Say who keeps the token cache when it has changed."""
        self._kept = kept

    async def token(self, renew: bool) -> str:
        """An access token. Raises SignInNeeded, Unreachable."""
        token = await self._sign_in(renew)
        if isinstance(self._sign_in, DelegatedSignIn):
            cache = self._sign_in.saved
            if cache != self._cache:
                self._cache = cache
                self._kept(cache)
        return token

    @property
    def cache(self) -> str:
        """Tokens of somebody who signed in, as they are now; secret."""
        return self._sign_in.saved if isinstance(self._sign_in, DelegatedSignIn) else ""

    def quick(self) -> Graph:
        """A Graph with little patience, for somebody who is looking; to be closed."""
        return Graph(
            self._cloud,
            self.token,
            self._clock,
            ca_file=self._ca_file,
            patience=_PATIENCE_OF_A_CHECK,
            attempts=_ATTEMPTS_OF_A_CHECK,
        )

    async def rest(self) -> None:
        """Hang up where nobody works with it any more; whoever still does is not cut off."""
        await self.graph.close()
        self._sign_in.rest()

    async def close(self) -> None:
        """Hang up."""
        await self.graph.close()
        self._sign_in.close()


@dataclass(slots=True)
class _Kept:
    """Access to a tenant as it was set up, and the loop that it belongs to."""

    entry: Entry
    access: Access
    loop: asyncio.AbstractEventLoop

    def fits(self, entry: Entry) -> bool:
        """It is the same way in, on this loop."""
        held, now = self.entry, entry
        return (
            self.loop is asyncio.get_running_loop()
            and held.settings == now.settings
            and (held.credentials.certificate, held.credentials.secret, held.credentials.who)
            == (now.credentials.certificate, now.credentials.secret, now.credentials.who)
        )


class Graphs:
    """The Graphs of all tenants of a home; each is opened when it is first asked for, and stays open."""

    def __init__(self, store: TenantStore, clock: Clock, traffic: Traffic | None = None) -> None:
        self._store = store
        self._clock = clock
        self._traffic = traffic
        self._known: dict[str, _Kept] = {}
        self._old: list[Access] = []
        """Of settings that were changed: whoever works with them may end."""

    def access(self, name: ConnectionName) -> Access:
        """A tenant's sign-in and Graph. Raises Misconfigured."""
        entry = self._store.entry(name)
        access = self._access(name, entry)
        access.keep_with(lambda cache: self._store.keep_cache(name, cache))
        return access

    def _access(self, key: str, entry: Entry) -> Access:
        known = self._known.get(key)
        if known is None or not known.fits(entry):
            if known is not None:
                self._old.append(known.access)
            access = Access(entry.settings, entry.credentials, self._clock, self._traffic)
            known = self._known[key] = _Kept(entry, access, asyncio.get_running_loop())
        return known.access

    def lend(self, name: ConnectionName) -> Graph:
        """A handle of a tenant's Graph, to be closed by whoever asked. Raises Misconfigured."""
        return self.access(name).graph.share()

    def access_to_write(self, name: ConnectionName) -> Access:
        """The sign-in and Graph of the application that may write a tenant's directory. Raises Misconfigured."""
        entry = self._store.entry(name)
        restorer = entry.restorer
        if restorer is None or not restorer.client or restorer.certificate is None:
            raise Misconfigured("no application may write this directory", what="no-restore-application", name=name)
        settings = replace(entry.settings, client=restorer.client, proof=Proof.CERTIFICATE)
        return self._access(
            f"{name}{_TO_WRITE}", Entry(settings, Credentials(certificate=restorer.certificate), entry.directory)
        )

    async def let_go(self, name: ConnectionName) -> None:
        """Hang up where a tenant was changed or removed; whoever still works with it is not cut off."""
        for key in (name, f"{name}{_TO_WRITE}"):
            known = self._known.pop(key, None)
            if known is not None:
                self._old.append(known.access)
                await known.access.rest()

    async def close(self) -> None:
        """Hang up everywhere."""
        known, self._known = self._known, {}
        for access in (*self._old, *(one.access for one in known.values())):
            await access.close()
        self._old.clear()
