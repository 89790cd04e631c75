"""A pretend tenant, the client that speaks to it, and the referee between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx

from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.sim.graph import directory, exchange, mail, pim, registration, settings
from saasbackup_desktop.sim.graph.app import GraphApp, Route
from saasbackup_desktop.sim.graph.entra import routes as entra
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.tenant import Application, Tenant
from tests.graph.referee import Referee, RefereedTransport

ROUTES: list[Route] = [
    *directory.ROUTES,
    *mail.ROUTES,
    *pim.ROUTES,
    *registration.ROUTES,
    *settings.ROUTES,
    *exchange.ROUTES,
    *entra.ROUTES,
]
GRANTED = frozenset(
    {
        "User.Read.All",
        "Group.Read.All",
        "Organization.Read.All",
        "Mail.Read",
        "Mail.ReadWrite",
        "Contacts.Read",
        "Contacts.ReadWrite",
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Tasks.Read.All",
        "Tasks.ReadWrite.All",
    }
)
DIRECTORY_GRANTED = frozenset(
    {
        "AdministrativeUnit.Read.All",
        "Agreement.Read.All",
        "Application.Read.All",
        "AuditLog.Read.All",
        "AuthenticationContext.Read.All",
        "CustomSecAttributeAssignment.Read.All",
        "CustomSecAttributeDefinition.Read.All",
        "Device.Read.All",
        "DeviceManagementConfiguration.Read.All",
        "Directory.Read.All",
        "Domain.Read.All",
        "Group.Read.All",
        "GroupSettings.Read.All",
        "IdentityProvider.Read.All",
        "LicenseAssignment.Read.All",
        "OrgContact.Read.All",
        "Organization.Read.All",
        "Policy.Read.All",
        "Policy.Read.ConditionalAccess",
        "Policy.Read.PermissionGrant",
        "RoleEligibilitySchedule.Read.Directory",
        "RoleManagement.Read.Directory",
        "User-LifeCycleInfo.Read.All",
        "User.Read.All",
        "UserAuthenticationMethod.Read.All",
    }
)
"""Permissions to read everything that a directory keeps."""
DIRECTORY_WRITES = frozenset(
    {
        "AdministrativeUnit.ReadWrite.All",
        "Agreement.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All",
        "AuthenticationContext.ReadWrite.All",
        "CustomSecAttributeAssignment.ReadWrite.All",
        "CustomSecAttributeDefinition.ReadWrite.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "Device.ReadWrite.All",
        "DeviceManagementConfiguration.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Domain.ReadWrite.All",
        "Group.ReadWrite.All",
        "GroupSettings.ReadWrite.All",
        "IdentityProvider.ReadWrite.All",
        "LicenseAssignment.ReadWrite.All",
        "Organization.ReadWrite.All",
        "Policy.ReadWrite.ApplicationConfiguration",
        "Policy.ReadWrite.AuthenticationMethod",
        "Policy.ReadWrite.Authorization",
        "Policy.ReadWrite.ConditionalAccess",
        "Policy.ReadWrite.ConsentRequest",
        "Policy.ReadWrite.CrossTenantAccess",
        "Policy.ReadWrite.PermissionGrant",
        "Policy.ReadWrite.SecurityDefaults",
        "RoleManagement.ReadWrite.Directory",
        "User-LifeCycleInfo.ReadWrite.All",
        "User.DeleteRestore.All",
        "User.ReadWrite.All",
    }
)
"""Permissions to write everything of it that can be written."""


@dataclass
class HandClock:
    """Time that moves when it is told to."""

    time: float = 1_790_000_000.0

    def now(self) -> float:
        return self.time


@dataclass
class Stage:
    """Everything that a test needs of a tenant."""

    clock: HandClock = field(default_factory=HandClock)
    manners: Manners = field(default_factory=Manners)
    granted: Iterable[str] = GRANTED
    domain: str = "fernwick.example"
    around: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] | None = None
    """Puts something between the client and the service: what breaks connections, or meddles."""
    tenant: Tenant = field(init=False)
    app: GraphApp = field(init=False)
    application: Application = field(init=False)
    referee: Referee = field(init=False)
    renewals: int = 0
    step: float = 0.0
    """Seconds between two requests of those that a real tenant takes one a second of."""

    def __post_init__(self) -> None:
        self.tenant = Tenant(self.domain, self.clock.now)
        self.app = GraphApp(self.tenant, ROUTES, self.manners)
        self.application = self.tenant.register(set(self.granted))
        self.referee = Referee(self.granted)
        self._token = ""

    def mailbox(self, name: str = "Ada Lovelace", address: str = "ada@fernwick.example") -> Mailbox:
        """Let somebody with a mailbox join."""
        return Mailbox(self.tenant, self.tenant.add_user(name, address)["id"])

    async def token(self, renew: bool) -> str:
        """Sign the application in."""
        if renew or not self._token:
            self.renewals += 1
            self._token = self.tenant.token(self.application)
        return self._token

    def graph(self) -> Graph:
        """The client, watched by the referee."""
        transport: httpx.AsyncBaseTransport = RefereedTransport(httpx.ASGITransport(self.app), self.referee)
        clock = WholeSeconds(self.clock)
        if self.around is not None:
            # Who breaks connections waits for no second attempt.
            return Graph(CLOUDS["global"], self.token, clock, transport=self.around(transport), attempts=0)
        graph = Graph(CLOUDS["global"], self.token, clock, transport=transport)
        graph.units.step = self.step
        return graph


@dataclass
class WholeSeconds:
    """The stage's time in whole seconds."""

    clock: HandClock

    def now(self) -> int:
        return int(self.clock.time)
