"""Access tokens for mail servers that sign in by XOAUTH2."""

import ssl
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

import httpx

from saasbackup_desktop.core.errors import Misconfigured, ProtocolBroken, SignInNeeded, Unreachable
from saasbackup_desktop.providers.notify.settings import MailSecrets, MailServer, TokenWay

_SECONDS: Final = 30
_OUTLOOK: Final = "https://outlook.office365.com"
"""Whose ``/.default`` scope an application asks for to send by SMTP (Exchange Online, SMTP AUTH with OAuth)."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """An access token, and the secrets as they are from now on: some servers replace a refresh token at each use."""

    token: str = field(repr=False)
    secrets: MailSecrets


async def obtain(server: MailServer, secrets: MailSecrets) -> Obtained:
    """Ask for an access token. Raises SignInNeeded, Unreachable, Misconfigured."""
    if server.token_way is TokenWay.MICROSOFT:
        return Obtained(await _of_microsoft(server, secrets), secrets)
    return await _refreshed(server, secrets)


async def _of_microsoft(server: MailServer, secrets: MailSecrets) -> str:
    from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
    from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn

    if not (server.tenant and server.client and secrets.password):
        raise Misconfigured("tenant, client or secret is missing", what="incomplete-oauth")
    login = server.token_address.rstrip("/") or CLOUDS["global"].login
    cloud = replace(CLOUDS["global"], login=login, graph=_OUTLOOK)
    application = Application(server.tenant, server.client, secret=secrets.password)
    sign_in = ApplicationSignIn(cloud, application, ca_file=server.ca_file)
    try:
        return await sign_in(False)
    finally:
        sign_in.close()


async def _refreshed(server: MailServer, secrets: MailSecrets) -> Obtained:
    parts = urlsplit(server.token_address)
    if parts.scheme != "https" or not parts.hostname or not (server.client and secrets.refresh):
        raise Misconfigured("token address, client or refresh token is missing", what="incomplete-oauth")
    host = parts.hostname
    asked = {"grant_type": "refresh_token", "refresh_token": secrets.refresh, "client_id": server.client}
    if secrets.password:
        asked["client_secret"] = secrets.password
    if server.scope:
        asked["scope"] = server.scope
    try:
        trust = ssl.create_default_context(cafile=server.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(type(error).__name__, file=server.ca_file, reason="authority-file") from None
    try:
        async with httpx.AsyncClient(verify=trust, timeout=_SECONDS, follow_redirects=False) as client:
            answer = await client.post(server.token_address, data=asked)
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__, host=host) from None
    try:
        said = answer.json()
    except ValueError:
        raise ProtocolBroken("no JSON", host=host) from None
    if answer.status_code != 200 or not isinstance(said, dict) or not said.get("access_token"):
        code = str(said.get("error", answer.status_code)) if isinstance(said, dict) else str(answer.status_code)
        raise SignInNeeded(code[:60], host=host, user=server.user, reason="oauth")
    fresh = str(said.get("refresh_token") or secrets.refresh)
    return Obtained(str(said["access_token"]), replace(secrets, refresh=fresh))
