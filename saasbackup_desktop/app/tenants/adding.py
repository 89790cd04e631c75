"""Setting tenants up: signing in, registering, trying out; nothing is kept before one is added."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.tenants import (
    checking,
    needs,
    roles,
    set_up,
)
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.graphs import Access
from saasbackup_desktop.app.tenants.room import Room
from saasbackup_desktop.app.tenants.set_up import Told
from saasbackup_desktop.app.tenants.store import Credentials, Entry
from saasbackup_desktop.app.tenants.views import (
    CertificateView,
    CheckLine,
    CheckReport,
    Proof,
    RoleScript,
    SignedIn,
    SignInPrompt,
    Tenant,
    TenantSettings,
    WayView,
)
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.providers.microsoft import role_state
from saasbackup_desktop.providers.microsoft.authorities import authorities
from saasbackup_desktop.providers.microsoft.certificates import read_certificate
from saasbackup_desktop.providers.microsoft.claims import read_claims

_NOT_IN_NAMES: Final = "/:"
"""A slash parts tenant and address; a colon, account and path."""


class Adding(Room):
    """The part of the door that tenants come in by. Every method may raise Fault."""

    @staticmethod
    def ways() -> Sequence[WayView]:
        """The ways into a tenant, with what each can and cannot do."""
        return set_up.all_ways()

    @staticmethod
    def permissions(settings: TenantSettings) -> Sequence[CheckLine]:
        """What would be asked for and why."""
        return checking.asked_for(settings)

    @staticmethod
    def consents(settings: TenantSettings) -> Sequence[str]:
        """What an application is consented, by name; what roles give it inside a fence is not among them."""
        return sorted(set_up.permissions_of(settings))

    async def begin_sign_in(self, settings: TenantSettings, purpose: str) -> SignInPrompt:
        """Ask for a code that somebody types to sign in; ``purpose``: ``set-up`` or ``back-up``."""
        scopes = set_up.scopes(settings, purpose)
        return await self._drafts.begin(settings, set_up.client_of(settings), scopes)

    async def finish_sign_in(self, id: str) -> SignedIn:
        """Wait until the code was typed. Raises SignInNeeded, Cancelled."""
        return await self._drafts.finish(id)

    async def cancel_sign_in(self, id: str) -> None:
        """Wait no more."""
        self._drafts.cancel(id)

    async def make_certificate(self, settings: TenantSettings) -> CertificateView:
        """Make a key and a certificate; they are kept in memory until the tenant is added."""
        return await self._drafts.make_certificate(settings)

    async def take_certificate(self, text: str) -> CertificateView:
        """Take a certificate and its key from a PEM file's text. Raises Misconfigured."""
        return self._drafts.put_certificate(read_certificate(text))

    @noted("certificate-saved", item="thumbprint")
    async def save_certificate(self, thumbprint: str, file: Path) -> None:
        """Write the certificate's public half, to be uploaded. Raises Misconfigured, HomeFault."""
        await self._drafts.save_certificate(thumbprint, file)

    async def register(self, settings: TenantSettings, sign_in: str, progress: Told) -> TenantSettings:
        """Make the application with certificate and consent; what broke off goes on when it is called again.

        The certificate that it made is taken by ``try_out`` and ``add`` with the same sign-in. Raises Fault.
        """
        who = self._drafts.signed_in(sign_in)
        made = self._drafts.certificate((await self._drafts.make_certificate(settings)).thumbprint)
        certificate = self._drafts.certificate_for(who, made)
        known, registration = await set_up.register(who, certificate, settings, progress, self._clock)
        self._drafts.registrations[known.client] = registration
        return known

    async def role_script(self, settings: TenantSettings) -> RoleScript:
        """The script that lets the application into the fence's mailboxes. Raises Misconfigured, Fault."""
        return await roles.script(settings, await self._principal(settings), self._workspace.bench.offload)

    @staticmethod
    def consent_address(settings: TenantSettings) -> str:
        """Where an administrator agrees to the permissions. Raises Misconfigured."""
        return checking.consent_address(settings)

    async def try_out(
        self, settings: TenantSettings, *, thumbprint: str = "", secret: str = "", sign_in: str = ""
    ) -> CheckReport:
        """Check settings; nothing is kept. Raises Misconfigured for what cannot be tried."""
        credentials = self._credentials(settings, thumbprint, secret, sign_in)
        settings = self._filled(settings, sign_in)
        _require_whole(settings)
        access = Access(settings, credentials, self._clock)
        try:
            report, _ = await self._checked(access, settings, credentials, Book())
            return report
        finally:
            await access.close()

    @noted("tenant-added", item="settings.name", mode="settings.way_in")
    async def add(
        self,
        settings: TenantSettings,
        *,
        thumbprint: str = "",
        secret: str = "",
        sign_in: str = "",
        is_proven: bool = True,
    ) -> Tenant:
        """Set a tenant up. Raises Misconfigured for a name or a tenant that is taken, and faults of the sign-in.

        ``is_proven`` False: it is kept without a sign-in, for what still has to be granted; ``check`` tells later.
        """
        self._require_name(settings.name)
        if self._store.is_taken(settings.name):
            raise Misconfigured("this name is taken", what="name-taken", name=settings.name)
        return await self._put(settings, thumbprint, secret, sign_in, is_proven=is_proven)

    # --- within ----------------------------------------------------------------------------------------------

    def _credentials(self, settings: TenantSettings, thumbprint: str, secret: str, sign_in: str) -> Credentials:
        known = settings.name in self._store.names()
        held = self._store.entry(settings.name).credentials if known else None
        return self._drafts.credentials(settings, thumbprint, secret, sign_in, held)

    async def _put(
        self, settings: TenantSettings, thumbprint: str, secret: str, sign_in: str, *, is_proven: bool = True
    ) -> Tenant:
        credentials = self._credentials(settings, thumbprint, secret, sign_in)
        settings = self._filled(settings, sign_in)
        _require_whole(settings)
        directory = ""
        if is_proven:
            access = Access(settings, credentials, self._clock)
            try:
                claims = read_claims(await access.token(False))
                if settings.proof is Proof.DEVICE_CODE:
                    credentials = replace(credentials, cache=access.cache)
            finally:
                await access.close()
            directory = (claims.tenant if claims is not None else "") or settings.tenant
        for other in self._store.names():
            there = self._store.entry(other)
            is_same = (there.directory.casefold(), there.settings.client) == (directory.casefold(), settings.client)
            if other != settings.name and is_same:
                raise Misconfigured("this tenant is set up already", what="tenant-taken", name=other)
        known = self._store.entry(settings.name) if settings.name in self._store.names() else None
        before = known.settings if known is not None else settings
        if known is not None:  # whether the directory is backed up is said in its own room
            settings = replace(settings, keeps_directory=known.settings.keeps_directory)
        self._store.put(Entry(settings, credentials, directory, known.restorer if known is not None else None))
        await self._workspace.graphs.let_go(settings.name)
        former = {before.client} - {settings.client, ""}
        made = self._drafts.registrations.get(settings.client)
        self._drafts.settled(credentials.certificate)
        if former or made is not None:
            await self._write(
                settings.name,
                lambda book: replace(
                    book,
                    principal=made.principal if made is not None else "",
                    application=made.application if made is not None else "",
                    former=tuple(sorted({*book.former, *former})),
                    role=role_state.RoleRecord() if former else book.role,
                ),
            )
        self._changed()
        return self._tenant(settings.name, await self._runs())

    def _filled(self, settings: TenantSettings, sign_in: str) -> TenantSettings:
        """Who signed in tells which tenant it is."""
        if settings.tenant.strip() or not sign_in:
            return settings
        who = self._drafts.signed_in(sign_in).who
        return replace(settings, tenant=who.tenant if who is not None else "")

    def _require_name(self, name: str) -> None:
        if not name.strip() or name != name.strip() or any(character in name for character in _NOT_IN_NAMES):
            raise Misconfigured("a tenant's name has neither slash nor colon", what="bad-tenant-name", name=name)


def _require_whole(settings: TenantSettings) -> None:
    needs.cloud(settings)
    authorities(settings.ca_file)
    needs_application = settings.proof is not Proof.DEVICE_CODE
    if not settings.tenant.strip() or (needs_application and not settings.client.strip()):
        raise Misconfigured("tenant and application are needed", what="incomplete-tenant", name=settings.name)
    if not settings.services:
        raise Misconfigured("nothing would be backed up", what="no-services", name=settings.name)
