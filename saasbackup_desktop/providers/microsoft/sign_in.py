"""Signing in to Microsoft: as an application by certificate or secret, or as an administrator by device code."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import msal
import requests

from saasbackup_desktop.core.errors import (
    Cancelled,
    CertificateRefused,
    Fault,
    Misconfigured,
    ProtocolBroken,
    SignInNeeded,
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.providers.microsoft.authorities import authorities
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.cloud import Cloud

_REASONS: Final[Mapping[int, str]] = {
    7000215: "secret-wrong",
    7000222: "secret-expired",
    700027: "certificate-unknown",
    700024: "clock",
    700016: "app-unknown",
    7000112: "app-disabled",
    90002: "tenant-unknown",
    900023: "tenant-unknown",
    50034: "user-unknown",
    50126: "password-wrong",
    65001: "consent-missing",
    65004: "consent-declined",
    90094: "consent-missing",
    90095: "consent-missing",
    53003: "conditional-access",
    53000: "conditional-access",
    53001: "conditional-access",
    53002: "conditional-access",
    53004: "conditional-access",
    50158: "conditional-access",
    50072: "second-factor",
    50074: "second-factor",
    50076: "second-factor",
    50079: "second-factor",
    50105: "not-assigned",
    50020: "other-tenant",
    50173: "sign-in-again",
    700082: "sign-in-again",
    70043: "sign-in-again",
    50057: "user-disabled",
    7000218: "not-public",
    7000229: "app-unknown",
    530003: "conditional-access",
    90038: "wrong-cloud",
    900382: "wrong-cloud",
    900439: "wrong-cloud",
    500011: "wrong-cloud",
}
"""AADSTS numbers (Microsoft Entra authentication error codes) -> reasons of ours."""
_BY_ERROR: Final[Mapping[str, str]] = {
    "authorization_declined": "consent-declined",
    "access_denied": "consent-declined",
    "interaction_required": "sign-in-again",
}
"""What the protocol itself calls a refusal (RFC 8628, OAuth 2.0), where no number says more."""
_NUMBER: Final = re.compile(r"AADSTS(\d+)")
_TIMEOUT: Final = 30


@dataclass(frozen=True, slots=True)
class Application:
    """How an application shows who it is: by certificate, or by secret."""

    tenant: str
    client: str
    certificate: AppCertificate | None = None
    secret: str = ""

    def __repr__(self) -> str:
        return f"Application({self.tenant}, {self.client})"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What an administrator is asked to do: open an address, and type a code there."""

    address: str
    code: str
    expires_in: int
    flow: Mapping[str, Any]


class ApplicationSignIn:
    """Gives access tokens of an application; a ``Token`` for ``Graph``. Its token cache lives as long as it does."""

    def __init__(self, cloud: Cloud, application: Application, *, ca_file: str = "") -> None:
        self._cloud = cloud
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in")
        credential: str | dict[str, str] = application.secret
        if application.certificate is not None:
            credential = {
                "private_key": application.certificate.key,
                "public_certificate": application.certificate.certificate,
            }
        if not credential:
            raise Misconfigured("neither certificate nor secret", what="no-credential")
        self._session = _session(ca_file)
        self._make: Callable[[], Any] = lambda: msal.ConfidentialClientApplication(
            application.client,
            client_credential=credential,
            authority=f"{cloud.login}/{application.tenant}",
            instance_discovery=False,
            http_client=self._session,
        )
        self._client: Any = None

    async def __call__(self, renew: bool) -> str:
        """An access token; a new one if the last was refused. Raises SignInNeeded, Unreachable, CertificateRefused."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._token, renew)

    def rest(self) -> None:
        """Hang up until it is asked again."""
        self._session.close()

    def close(self) -> None:
        """Let go of the thread and of connections."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    def _token(self, renew: bool) -> str:
        def ask() -> dict[str, Any]:
            if self._client is None or renew:
                self._client = self._make()  # a new client has an empty cache
            found: dict[str, Any] = self._client.acquire_token_for_client([self._cloud.scope])
            return found

        try:
            return _token_of(_asked(ask, self._cloud), self._cloud)
        except Fault:
            self._client = None  # msal repeats a refusal by itself for a minute, even if it was put right meanwhile
            raise


class DelegatedSignIn:
    """Signs somebody in with a device code, then gives tokens from the refresh token in its cache.

    ``cache`` is what ``saved`` gave at an earlier time; it is secret. ``permissions``: what is asked for by name;
    without any, all that was consented to before. ``tenant``: ``organizations`` if it is not known yet.
    """

    def __init__(
        self,
        cloud: Cloud,
        tenant: str,
        client: str,
        cache: str = "",
        *,
        permissions: Iterable[str] = (),
        ca_file: str = "",
    ) -> None:
        self._cloud = cloud
        self._scopes = [f"{cloud.graph}/{name}" for name in permissions] or [cloud.scope]
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in")
        self._cache = msal.SerializableTokenCache()
        if cache:
            self._cache.deserialize(cache)
        self._session = _session(ca_file)
        self._make: Callable[[], Any] = lambda: msal.PublicClientApplication(
            client,
            authority=f"{cloud.login}/{tenant}",
            instance_discovery=False,
            token_cache=self._cache,
            http_client=self._session,
        )
        self._client: Any = None

    @property
    def saved(self) -> str:
        """What must be kept, sealed, so that nobody has to sign in again."""
        return str(self._cache.serialize())

    async def begin(self) -> DeviceCode:
        """Ask for a code to show. Raises SignInNeeded, Unreachable."""
        flow = await self._run(lambda: self._public().initiate_device_flow(self._scopes))
        if "user_code" not in flow:
            raise _refused(flow, self._cloud)
        return DeviceCode(str(flow["verification_uri"]), str(flow["user_code"]), int(flow["expires_in"]), flow)

    async def wait(self, code: DeviceCode, stop: Callable[[], bool]) -> str:
        """Wait until the code was typed: who signed in. Raises SignInNeeded; Cancelled if stopped or too late."""

        def ask() -> dict[str, Any]:
            found: dict[str, Any] = self._public().acquire_token_by_device_flow(
                dict(code.flow), exit_condition=lambda _flow: stop()
            )
            return found

        result = await self._run(ask)
        if "access_token" not in result and result.get("error") in ("authorization_pending", "expired_token"):
            raise Cancelled("nobody typed the code in time")
        _token_of(result, self._cloud)
        return str((result.get("id_token_claims") or {}).get("preferred_username", ""))

    async def __call__(self, renew: bool) -> str:
        """An access token from the cache or the refresh token. Raises SignInNeeded if somebody has to sign in again."""

        def ask() -> dict[str, Any]:
            client = self._public()
            accounts = client.get_accounts()
            if not accounts:
                raise SignInNeeded("nobody signed in", reason="sign-in-again")
            found = client.acquire_token_silent_with_error(self._scopes, accounts[0], force_refresh=renew)
            if found is None:
                raise SignInNeeded("no refresh token", reason="sign-in-again")
            return dict(found)

        return _token_of(await self._run(ask), self._cloud)

    def rest(self) -> None:
        """Hang up until it is asked again."""
        self._session.close()

    def close(self) -> None:
        """Let go of the thread and of connections."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    def _public(self) -> Any:
        if self._client is None:
            self._client = self._make()
        return self._client

    async def _run(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _asked, ask, self._cloud)


def consent_address(cloud: Cloud, tenant: str, client: str, redirect: str, state: str) -> str:
    """Where an administrator lets an application in (v2 admin consent endpoint). Raises Misconfigured."""
    if tenant.lower() in ("common", "consumers", ""):
        raise Misconfigured("consent needs the tenant", what="tenant-needed", name=tenant)
    query = {"client_id": client, "scope": cloud.scope, "redirect_uri": redirect, "state": state}
    return f"{cloud.login}/{quote(tenant, safe='')}/v2.0/adminconsent?{urlencode(query)}"


def _session(ca_file: str) -> requests.Session:
    session = requests.Session()
    if ca_file:
        authorities(ca_file)  # a mistake in it is told here, and not by each request
        session.verify = ca_file
        session.trust_env = False  # the environment's own authorities would win over the one that was named
    session.request = _with_timeout(session.request)  # type: ignore[method-assign]
    return session


def _with_timeout(request: Callable[..., Any]) -> Callable[..., Any]:
    def ask(*arguments: Any, **options: Any) -> Any:
        return request(*arguments, **{"timeout": _TIMEOUT, **options})

    return ask


def _asked(ask: Callable[[], dict[str, Any]], cloud: Cloud) -> dict[str, Any]:
    """Call msal; what goes wrong on the way becomes a fault."""
    host = cloud.login.partition("//")[2]
    try:
        return ask()
    except requests.exceptions.SSLError as error:
        reason = "expired" if "expired" in str(error) else "authority"
        raise CertificateRefused(type(error).__name__, host=host, reason=reason) from error
    except requests.exceptions.ConnectionError as error:
        kind = UnknownHost if "resolve" in str(error).lower() or "getaddrinfo" in str(error) else Unreachable
        raise kind(type(error).__name__, host=host) from error
    except (requests.exceptions.RequestException, msal.exceptions.MsalServiceError) as error:
        # The second one is how msal tells of a server that broke (5xx) on asking it for a token.
        raise Unreachable(type(error).__name__, host=host) from error
    except ValueError as error:
        # msal says so of an authority that it does not find, and of a key that it cannot read.
        raise Misconfigured(type(error).__name__, what="sign-in-settings", name=host) from error


def _token_of(result: Mapping[str, Any], cloud: Cloud) -> str:
    if "access_token" in result:
        return str(result["access_token"])
    raise _refused(result, cloud)


def _refused(result: Mapping[str, Any], cloud: Cloud) -> Fault:
    host = cloud.login.partition("//")[2]
    description = str(result.get("error_description", ""))
    numbers = [int(found) for found in _NUMBER.findall(description)]
    numbers += [int(code) for code in result.get("error_codes") or () if str(code).isdigit()]
    reason = next((_REASONS[number] for number in numbers if number in _REASONS), "")
    reason = reason or _BY_ERROR.get(str(result.get("error")), "")
    if not result.get("error"):
        return ProtocolBroken("the sign-in service gave neither token nor error", host=host)
    detail = f"{result['error']} AADSTS{numbers[0]}" if numbers else str(result["error"])
    facts: dict[str, str | int] = {"host": host}
    if reason:
        facts["reason"] = reason
    return SignInNeeded(detail, **facts)
