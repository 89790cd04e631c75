"""The truth of a pretend tenant: people, licences, groups, applications and what they were granted."""

import base64
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from saasbackup_desktop.sim.graph.entra.store import Directory
from saasbackup_desktop.sim.graph.feed import Feed

SKUS = {
    "ENTERPRISEPACK": (
        "6fd2c87f-b296-42f0-b197-1e91e994b900",
        "efb87545-963c-4e0d-99df-69c6916d9eb0",
        "EXCHANGE_S_ENTERPRISE",
    ),
    "EXCHANGESTANDARD": (
        "4b9405b0-7788-4568-add1-99614e613b69",
        "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
        "EXCHANGE_S_STANDARD",
    ),
}
"""Licences: id of the product, id and name of its Exchange plan."""
_FOUNDATION = {"EXCHANGE_S_FOUNDATION": "113feb6c-3fe4-4440-bddc-54d774bf0318"}
PLANS: dict[str, tuple[str, dict[str, str]]] = {
    **{part: (product, {service: plan, **_FOUNDATION}) for part, (product, plan, service) in SKUS.items()},
    "POWER_BI_STANDARD": ("a403ebcc-fae0-4ca2-8c8c-7a907fd6c235", _FOUNDATION),
}
"""Licences: id of the product, and names and ids of its plans. The last has no mailbox in it."""


@dataclass(slots=True)
class Application:
    """A registered application, and what an administrator granted it."""

    id: str
    granted: set[str]
    """Application permissions."""
    delegated: set[str] = field(default_factory=set)
    secret: str = ""
    secret_expires: str = ""
    certificates: dict[str, bytes] = field(default_factory=dict)
    """SHA-256 thumbprint (hexadecimal) -> public key as PEM."""
    fenced: set[str] | None = None
    """Users to whose mailboxes Exchange's own role lets it, None: no such fence. Consented permissions are wider."""
    fenced_roles: set[str] = field(default_factory=set)
    """Application permissions that it has inside the fence only."""
    name: str = "Backup"
    tags: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What its registration says that it needs: requiredResourceAccess."""
    more: dict[str, Any] = field(default_factory=dict)
    """What else its registration was made with."""
    is_foreign: bool = False
    """Registered elsewhere: it has a service principal here and no registration."""
    has_principal: bool = True
    since: float = 0.0
    """When the rest of the directory knows its registration."""
    principal_since: float = 0.0
    granted_since: dict[str, float] = field(default_factory=dict)
    """When a permission comes into force; at once where it is not listed."""
    certificates_since: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Grant:
    """What an access token stands for."""

    application: str
    scopes: frozenset[str]
    user: str = ""
    """Who signed in; empty for the application itself."""
    expires: float = float("inf")

    @property
    def app_only(self) -> bool:
        """Nobody signed in: the application acts for itself."""
        return not self.user


@dataclass(slots=True)
class Upload:
    """A large content on its way."""

    size: int
    finish: Callable[[bytes], Any]
    data: bytearray = field(default_factory=bytearray)


class Tenant:
    """Everything there is. ``now``: seconds since 1970 UTC."""

    def __init__(self, domain: str, now: Callable[[], float], id: str = "") -> None:
        self.id = id or str(uuid.uuid5(uuid.NAMESPACE_DNS, domain))
        self.domain = domain
        self.now = now
        self.users: dict[str, dict[str, Any]] = {}
        self.deleted_users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {}
        self.user_feed, self.group_feed = Feed(), Feed()
        self.applications: dict[str, Application] = {}
        self.tokens: dict[str, Grant] = {}
        self.mailboxes: dict[str, Any] = {}
        """By user id; made by ``mailbox.Mailbox``."""
        self.organizers: dict[str, Any] = {}
        """By user id; made by ``shelf.Organizer``."""
        self.uploads: dict[str, Upload] = {}
        self.uploads_at = "https://outlook.office.com"
        """Where large contents are sent to."""
        self.imports: dict[str, tuple[float, Callable[[Any], dict[str, Any]]]] = {}
        """Addresses that exported items are sent to: until when, and what becomes of them."""
        self.products: dict[str, str] = dict.fromkeys(PLANS, "Enabled")
        """Products that were bought, and how they stand: Enabled, Warning, Suspended, LockedOut, Deleted."""
        self.suspended: set[str] = set()
        """Users whose mailboxes the service has put on hold."""
        self.known_roles: set[str] = set()
        """Permissions that Graph offers beside those granted to anybody."""
        self.tells_changes_only = False
        """Later pages of changed users name what changed and no more, as the real service may."""
        self.proof_audience = "00000002-0000-0000-c000-000000000000"
        """For whom an application's proof that it has a key must be made."""
        self.audience = "https://graph.microsoft.com"
        self.replication = 0.0
        """Seconds until what is written to the directory is known everywhere in it."""
        self.consent_lag = 0.0
        """Seconds until tokens know what was consented to."""
        self.admins: set[str] | None = None
        """Who may change applications and consent for everybody; None: whoever signs in."""
        self.shared: dict[str, set[str]] = {}
        """Mailboxes by user id -> who has full access to them beside their owner."""
        self.gives_opaque_tokens = False
        """Tokens say nothing of what they stand for."""
        self.directory = Directory(self)
        """Everything that Entra and Intune keep, users and groups among it."""

    def begin_upload(self, said: Mapping[str, Any], finish: Callable[[bytes], Any]) -> str:
        """Wait for a large content: the address that it is sent to."""
        key = secrets.token_urlsafe(16)
        self.uploads[key] = Upload(int(said["size"]), finish)
        return f"{self.uploads_at}/upload/{key}?authtoken=x"

    def moment(self) -> str:
        """Now, as Graph writes it."""
        return written(self.now())

    def add_user(
        self, name: str, address: str, *, sku: str | None = "ENTERPRISEPACK", purpose: str = "user", **more: Any
    ) -> dict[str, Any]:
        """Let somebody join. ``sku``: None for no licence; ``purpose``: user, shared, room or equipment."""
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.id}/{address}"))
        first, _, last = name.partition(" ")
        user = {
            "id": id,
            "displayName": name,
            "givenName": first,
            "surname": last or None,
            "userPrincipalName": address,
            "mail": address,
            "mailNickname": address.partition("@")[0],
            "accountEnabled": purpose == "user",
            "userType": "Member",
            "department": None,
            "jobTitle": None,
            "officeLocation": None,
            "companyName": None,
            "country": None,
            "city": None,
            "usageLocation": "GB",
            "createdDateTime": self.moment(),
            "proxyAddresses": [f"SMTP:{address}"],
            "assignedLicenses": [],
            "assignedPlans": [],
            "_purpose": purpose,
            **more,
        }
        self.users[id] = user
        self.license(id, sku)
        return user

    def license(self, id: str, sku: str | None) -> None:
        """Give or take a user's licence."""
        user = self.users[id]
        user["assignedLicenses"], user["assignedPlans"] = [], []
        if sku is not None:
            if sku not in SKUS:
                user["assignedLicenses"] = [{"skuId": PLANS[sku][0], "disabledPlans": []}]
                self.user_feed.touch(id)
                return
            product, plan, service = SKUS[sku]
            user["assignedLicenses"] = [{"skuId": product, "disabledPlans": []}]
            user["assignedPlans"] = [
                {
                    "assignedDateTime": self.moment(),
                    "capabilityStatus": "Enabled",
                    "service": "exchange",
                    "servicePlanId": plan,
                }
            ]
            user["_plan"] = service
        self.user_feed.touch(id)

    def change_user(self, id: str, **changes: Any) -> None:
        """Change what is known of somebody."""
        self.users[id].update(changes, _changed=frozenset(changes))
        self.user_feed.touch(id)

    def remove_user(self, id: str) -> None:
        """Delete somebody: 30 days restorable."""
        self.directory.remove("users", id)

    def restore_user(self, id: str) -> dict[str, Any]:
        """Bring somebody back. Raises KeyError."""
        return self.directory.restore("users", id)

    def add_group(self, name: str, members: list[str], **more: Any) -> dict[str, Any]:
        """Make a group."""
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.id}/group/{name}"))
        self.groups[id] = {
            "id": id,
            "displayName": name,
            "description": None,
            "mail": None,
            "mailEnabled": False,
            "mailNickname": "".join(char for char in name.lower() if char.isalnum()) or "group",
            "securityEnabled": True,
            "groupTypes": [],
            "visibility": None,
            "createdDateTime": self.moment(),
            **more,
        }
        self.members[id] = list(members)
        self.directory.hold("groups", id, "members", members)
        self.group_feed.touch(id)
        return self.groups[id]

    def find_user(self, key: str) -> dict[str, Any] | None:
        """Find somebody by id or principal name."""
        if key in self.users:
            return self.users[key]
        folded = key.casefold()
        return next((user for user in self.users.values() if user["userPrincipalName"].casefold() == folded), None)

    def register(self, granted: set[str], **more: Any) -> Application:
        """Register an application."""
        application = Application(str(uuid.uuid4()), set(granted), **more)
        self.applications[application.id] = application
        return application

    def in_force(self, application: Application) -> set[str]:
        """Application permissions that were consented to long enough ago."""
        return {name for name in application.granted if application.granted_since.get(name, 0.0) <= self.now()}

    def token(
        self, application: Application, user: str = "", lasts: float = 3600.0, scopes: set[str] | None = None
    ) -> str:
        """Give out an access token for what is granted now. ``scopes``: what was asked for, if not everything."""
        if scopes is None:
            scopes = application.delegated if user else self.in_force(application) | application.fenced_roles
        text = secrets.token_urlsafe(24)
        if not self.gives_opaque_tokens:
            text = self._written(application, user, lasts, text, scopes)
        self.tokens[text] = Grant(application.id, frozenset(scopes), user, self.now() + lasts)
        return text

    def _written(self, application: Application, user: str, lasts: float, seal: str, scopes: set[str]) -> str:
        """A token in the form of a JWT. What a role of Exchange gives is not in it."""
        said: dict[str, Any] = {
            "aud": self.audience,
            "iss": f"https://sts.windows.net/{self.id}/",
            "iat": int(self.now()),
            "exp": int(self.now() + lasts),
            "appid": application.id,
            "tid": self.id,
            "idtyp": "user" if user else "app",
        }
        if user:
            said |= {"oid": user, "scp": " ".join(sorted(scopes))}
        elif roles := self.in_force(application):
            said["roles"] = sorted(roles)
        parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "RS256"}, said)]
        return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), seal])


def written(seconds: float) -> str:
    """Write a moment as Graph does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def public(value: Mapping[str, Any]) -> dict[str, Any]:
    """What outsiders see of an object: what begins with ``_`` is the pretend server's own."""
    return {name: found for name, found in value.items() if not name.startswith("_")}
