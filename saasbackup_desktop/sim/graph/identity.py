"""The pretend sign-in service: tokens for applications and, by device code, for people."""

import base64
import json
import secrets
from typing import Any
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from saasbackup_desktop.sim.graph.app import Receive, Scope, Send
from saasbackup_desktop.sim.graph.tenant import Application, Tenant

COMMAND_LINE_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft's own public client for administrators: in every tenant, registered in none of them."""
_PROTOCOL = frozenset({"openid", "profile", "offline_access", "email"})
_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SignInRefused(Exception):
    """What the sign-in service says no with."""

    def __init__(self, error: str, number: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
        self.body = {
            "error": error,
            "error_description": f"AADSTS{number}: {text} Trace ID: x Timestamp: 2026-01-01 00:00:00Z",
            "error_codes": [number],
            "timestamp": "2026-01-01 00:00:00Z",
            "trace_id": "00000000-0000-0000-0000-000000000000",
            "correlation_id": "00000000-0000-0000-0000-000000000000",
        }


class IdentityApp:
    """The login host of one tenant, as an ASGI application."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.codes: dict[str, dict[str, Any]] = {}
        """Device codes: the application, and who typed the code, if anybody has."""
        self.refreshing: dict[str, tuple[str, str, set[str] | None]] = {}
        """Refresh token -> application, user, and what was asked for."""
        self.blocked: SignInRefused | None = None
        """Everybody gets this, if it is set: for example conditional access."""

    def approve(self, user_code: str, user: str) -> None:
        """Let somebody type a code and agree."""
        for code in self.codes.values():
            if code["user_code"] == user_code:
                code["user"] = user

    def decline(self, user_code: str) -> None:
        """Let somebody type a code and say no."""
        for code in self.codes.values():
            code["is_declined"] = code["is_declined"] or code["user_code"] == user_code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        root = f"{scope['scheme']}://{headers.get('host', 'login.microsoftonline.com')}"
        try:
            status, answer = 200, self._answer(scope["path"], dict(parse_qsl(body.decode())), root)
        except SignInRefused as refused:
            status, answer = refused.status, refused.body
        content = json.dumps(answer).encode()
        raw = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, path: str, form: dict[str, str], root: str) -> dict[str, Any]:
        tenant, _, rest = path.strip("/").partition("/")
        if tenant not in (self.tenant.id, self.tenant.domain, "organizations"):
            raise SignInRefused("invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if rest == "v2.0/.well-known/openid-configuration":
            return self._description(root, tenant)
        if self.blocked is not None:
            raise self.blocked
        if rest == "oauth2/v2.0/devicecode":
            return self._begin(form, root)
        if rest == "oauth2/v2.0/token":
            return self._token(form, f"{root}/{tenant}/oauth2/v2.0/token")
        raise SignInRefused("invalid_request", 900144, "There is nothing here.", 404)

    def _description(self, root: str, tenant: str) -> dict[str, Any]:
        at = f"{root}/{tenant}"
        return {
            "issuer": f"{root}/{self.tenant.id}/v2.0",
            "authorization_endpoint": f"{at}/oauth2/v2.0/authorize",
            "token_endpoint": f"{at}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{at}/oauth2/v2.0/devicecode",
        }

    def _application(self, form: dict[str, str]) -> Application:
        client = form.get("client_id", "")
        if client == COMMAND_LINE_TOOLS and client not in self.tenant.applications:
            tools = Application(client, set(), name="Microsoft Graph Command Line Tools", is_foreign=True)
            self.tenant.applications[client] = tools
        found = self.tenant.applications.get(client)
        if found is None or max(found.since, found.principal_since) > self.tenant.now():
            raise SignInRefused(
                "unauthorized_client", 700016, f"Application '{form.get('client_id')}' was not found in the directory."
            )
        if not found.has_principal:
            raise SignInRefused("unauthorized_client", 7000229, "The client application is missing service principal.")
        return found

    def _begin(self, form: dict[str, str], root: str) -> dict[str, Any]:
        application = self._application(form)
        code = secrets.token_urlsafe(24)
        self.codes[code] = {
            "application": application.id,
            "user_code": secrets.token_hex(4).upper(),
            "user": None,
            "is_declined": False,
            "scopes": self._scopes(form),
        }
        said = {
            "device_code": code,
            "user_code": self.codes[code]["user_code"],
            "verification_uri": f"{root}/devicelogin",
        }
        return {**said, "expires_in": 900, "interval": 1, "message": "Open the address and type the code."}

    def _scopes(self, form: dict[str, str]) -> set[str] | None:
        """Names of permissions that are asked for; None for all that was consented to before."""
        asked = set(form.get("scope", "").split()) - _PROTOCOL
        for one in asked:
            if one.rpartition("/")[0] != self.tenant.audience:
                raise SignInRefused("invalid_resource", 500011, f"The resource principal of {one} was not found.")
        names = {one.rpartition("/")[2] for one in asked}
        return None if ".default" in names else names

    def _token(self, form: dict[str, str], audience: str) -> dict[str, Any]:
        application = self._application(form)
        match form.get("grant_type"):
            case "client_credentials":
                self._prove(application, form, audience)
                token = self.tenant.token(application)
                return {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}
            case "urn:ietf:params:oauth:grant-type:device_code" | "device_code":
                code = self.codes.get(form.get("device_code", ""))
                if code is None:
                    raise SignInRefused("expired_token", 70019, "The code has expired.")
                if code["is_declined"]:
                    raise SignInRefused("authorization_declined", 70000, "The end user denied the authorization.")
                if code["user"] is None:
                    raise SignInRefused("authorization_pending", 70016, "The user has not typed the code yet.")
                return self._signed_in(application, code["user"], code["scopes"])
            case "refresh_token":
                known = self.refreshing.get(form.get("refresh_token", ""))
                if known is None or known[0] != application.id or known[1] not in self.tenant.users:
                    raise SignInRefused("invalid_grant", 70043, "The refresh token has expired.")
                return self._signed_in(application, known[1], known[2])
        raise SignInRefused("unsupported_grant_type", 70003, "This grant is not supported.")

    def _signed_in(self, application: Application, user: str, scopes: set[str] | None) -> dict[str, Any]:
        """``scopes``: None for all that was consented to before."""
        if scopes is not None and (self.tenant.admins is None or user in self.tenant.admins):
            application.delegated |= scopes  # asked on the page where the code is typed
        if not application.delegated or (scopes or set()) - application.delegated:
            raise SignInRefused("invalid_grant", 65001, "The administrator has not consented to use the application.")
        refresh = secrets.token_urlsafe(24)
        self.refreshing[refresh] = application.id, user, scopes
        person = self.tenant.users[user]
        claims = {
            "aud": application.id,
            "iss": f"https://login.microsoftonline.com/{self.tenant.id}/v2.0",
            "exp": int(self.tenant.now()) + 10**9,
            "iat": int(self.tenant.now()),
            "sub": user,
            "oid": user,
            "tid": self.tenant.id,
            "preferred_username": person["userPrincipalName"],
        }
        info = {"uid": user, "utid": self.tenant.id}
        return {
            "token_type": "Bearer",
            "scope": " ".join(
                (*(f"{self.tenant.audience}/{one}" for one in scopes or [".default"]), "offline_access openid profile")
            ),
            "expires_in": 3599,
            "access_token": self.tenant.token(application, user, scopes=scopes),
            "refresh_token": refresh,
            "id_token": ".".join((_encoded({"alg": "none"}), _encoded(claims), "")),
            "client_info": _encoded(info),
        }

    def _prove(self, application: Application, form: dict[str, str], audience: str) -> None:
        if form.get("client_assertion_type") == _BEARER:
            self._prove_by_certificate(application, form.get("client_assertion", ""), audience)
        elif not application.secret or form.get("client_secret") != application.secret:
            raise SignInRefused("invalid_client", 7000215, "Invalid client secret provided.", 401)
        elif application.secret_expires and application.secret_expires < self.tenant.moment():
            raise SignInRefused("invalid_client", 7000222, "The provided client secret keys are expired.", 401)

    def _prove_by_certificate(self, application: Application, assertion: str, audience: str) -> None:
        """Check a signed statement (RFC 7523) against the certificates that were uploaded."""
        try:
            head, said, signature = assertion.split(".")
            header, claims = _decoded(head), _decoded(said)
            thumbprint = base64.urlsafe_b64decode(header["x5t#S256"] + "==").hex().upper()
            pem = application.certificates[thumbprint]
            assert application.certificates_since.get(thumbprint, 0.0) <= self.tenant.now()
            key = x509.load_pem_x509_certificate(pem).public_key()
            assert isinstance(key, RSAPublicKey)
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if header["alg"] == "PS256" else padding.PKCS1v15()
            key.verify(base64.urlsafe_b64decode(signature + "=="), f"{head}.{said}".encode(), scheme, hashes.SHA256())
        except (KeyError, ValueError, InvalidSignature, AssertionError):
            raise SignInRefused(
                "invalid_client", 700027, "The certificate with identifier used to sign is not registered.", 401
            ) from None
        if claims.get("aud") != audience or claims.get("iss") != application.id:
            raise SignInRefused("invalid_client", 700021, "Client assertion audience claim does not match.", 401)


def _encoded(plain: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decoded(text: str) -> dict[str, Any]:
    plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert isinstance(plain, dict)
    return plain
