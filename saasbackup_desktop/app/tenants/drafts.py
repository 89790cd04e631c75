"""What a set-up holds before anything is kept: certificates that were made, and people who are signing in."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from saasbackup_desktop.app.home import write_whole
from saasbackup_desktop.app.tenants.needs import cloud
from saasbackup_desktop.app.tenants.store import Credentials
from saasbackup_desktop.app.tenants.views import CertificateView, Proof, SignedIn, SignInPrompt, TenantSettings
from saasbackup_desktop.core.errors import Misconfigured, SignInNeeded
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate, make_certificate
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.registrations import Registration
from saasbackup_desktop.providers.microsoft.sign_in import DelegatedSignIn, DeviceCode


@dataclass(slots=True)
class SignIn:
    """Somebody who is signing in, or has."""

    settings: TenantSettings
    client: str
    access: DelegatedSignIn
    code: DeviceCode
    is_cancelled: bool = False
    who: SignedIn | None = None
    certificate: AppCertificate | None = field(default=None, repr=False)
    """What an application was registered with by this person."""


class Drafts:
    """Kept in memory only."""

    def __init__(self, clock: Clock, offload: Offload) -> None:
        self._clock = clock
        self._offload = offload
        self._certificates: dict[str, AppCertificate] = {}
        self._sign_ins: dict[str, SignIn] = {}
        self._begun: dict[tuple[str, str], AppCertificate] = {}
        self.registrations: dict[str, Registration] = {}
        """What was registered here, by application."""

    def put_certificate(self, certificate: AppCertificate) -> CertificateView:
        """Keep one that was made: how it is shown."""
        self._certificates[certificate.thumbprint] = certificate
        return view_of(certificate)

    async def make_certificate(self, settings: TenantSettings) -> CertificateView:
        """Make a key and its certificate."""
        title = f"SaaS Backup {settings.name}".strip()
        made = await self._offload.on_disk(make_certificate, title, self._clock.now())
        return self.put_certificate(made)

    def certificate(self, thumbprint: str) -> AppCertificate:
        """One that was made here. Raises Misconfigured."""
        if thumbprint not in self._certificates:
            raise Misconfigured("no such certificate", what="unknown-certificate", name=thumbprint[:16])
        return self._certificates[thumbprint]

    async def save_certificate(self, thumbprint: str, file: Path) -> None:
        """Write the public half. Raises Misconfigured, HomeFault."""
        data = self.certificate(thumbprint).public_file.encode()
        await self._offload.on_disk(write_whole, file, data)

    async def begin(self, settings: TenantSettings, client: str, permissions: Iterable[str]) -> SignInPrompt:
        """Ask for a code to type. Raises SignInNeeded, Unreachable, Misconfigured."""
        tenant = settings.tenant or "organizations"
        access = DelegatedSignIn(cloud(settings), tenant, client, permissions=permissions, ca_file=settings.ca_file)
        try:
            code = await access.begin()
        except BaseException:
            access.close()
            raise
        id = secrets.token_hex(8)
        self._sign_ins[id] = SignIn(settings, client, access, code)
        return SignInPrompt(id=id, address=code.address, code=code.code, expires=self._clock.now() + code.expires_in)

    async def finish(self, id: str) -> SignedIn:
        """Wait until the code was typed. Raises SignInNeeded, Cancelled, Misconfigured."""
        one = self._sign_in(id)
        if one.who is None:
            try:
                who = await one.access.wait(one.code, lambda: one.is_cancelled)
            except asyncio.CancelledError:
                one.is_cancelled = True
                raise
            claims = read_claims(await one.access(False))
            one.who = SignedIn(who=who, tenant=claims.tenant if claims is not None else one.settings.tenant)
        return one.who

    def cancel(self, id: str) -> None:
        """Wait no more."""
        one = self._sign_ins.pop(id, None)
        if one is not None:
            one.is_cancelled = True
            one.access.close()

    def signed_in(self, id: str) -> SignIn:
        """Somebody who has signed in. Raises Misconfigured, SignInNeeded."""
        one = self._sign_in(id)
        if one.who is None:
            raise SignInNeeded("the code was not typed yet", reason="sign-in-again")
        return one

    def certificate_for(self, sign_in: SignIn, made: AppCertificate) -> AppCertificate:
        """The certificate of a registration in a tenant: what broke off goes on with the one that it began with."""
        where = sign_in.settings.login, sign_in.who.tenant if sign_in.who is not None else ""
        sign_in.certificate = self._begun.setdefault(where, made)
        self._certificates[sign_in.certificate.thumbprint] = sign_in.certificate
        return sign_in.certificate

    def settled(self, certificate: AppCertificate | None) -> None:
        """It is kept elsewhere now: what is registered next begins with another one."""
        self._begun = {where: one for where, one in self._begun.items() if one != certificate}

    def credentials(
        self, settings: TenantSettings, thumbprint: str, secret: str, sign_in: str, held: Credentials | None
    ) -> Credentials:
        """What settings are signed in with: what is new, else what is held already. Raises Misconfigured."""
        if settings.proof is Proof.CERTIFICATE:
            made = self.signed_in(sign_in).certificate if sign_in else None
            if thumbprint or made is not None:
                return Credentials(certificate=self.certificate(thumbprint) if thumbprint else made)
            if held is not None and held.certificate is not None:
                return Credentials(certificate=held.certificate)
        elif settings.proof is Proof.SECRET:
            if secret or (held is not None and held.secret):
                return Credentials(secret=secret or (held.secret if held is not None else ""))
        elif sign_in:
            one = self.signed_in(sign_in)
            assert one.who is not None
            return Credentials(cache=one.access.saved, who=one.who.who, client=one.client)
        elif held is not None and held.cache:
            return held
        raise Misconfigured("nothing to sign in with", what="no-credential", name=settings.name)

    def close(self) -> None:
        """Forget everything."""
        for id in list(self._sign_ins):
            self.cancel(id)
        self._certificates.clear()
        self._begun.clear()

    def _sign_in(self, id: str) -> SignIn:
        if id not in self._sign_ins:
            raise Misconfigured("nobody signs in under this number", what="unknown-sign-in", name=id)
        return self._sign_ins[id]


def view_of(certificate: AppCertificate) -> CertificateView:
    """How a certificate is shown."""
    return CertificateView(
        thumbprint=certificate.thumbprint,
        short_thumbprint=certificate.short_thumbprint,
        expires=certificate.expires,
        public=certificate.public_file,
    )
