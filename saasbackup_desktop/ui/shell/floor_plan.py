"""Which page stands at which place."""

from collections.abc import Mapping
from typing import Final, TypeVar

from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.kit.pages import Page
from saasbackup_desktop.ui.kit.theme import Theme
from saasbackup_desktop.ui.places import (
    AccountPlace,
    ActivationPlace,
    ActivityPlace,
    AddAccount,
    AddBackup,
    AddTenant,
    AlertsPlace,
    ComparePlace,
    DifferencesPlace,
    DirectoryPlace,
    DownloadsPlace,
    EntraPlace,
    HomePlace,
    JobsPlace,
    NoticesPlace,
    Place,
    PlanPlace,
    RecoveryPlace,
    SettingsPlace,
    TenantPlace,
    VaultPlace,
)
from saasbackup_desktop.ui.preferences import Preferences
from saasbackup_desktop.ui.rooms.account import AccountPage
from saasbackup_desktop.ui.rooms.activity.page import ActivityPage
from saasbackup_desktop.ui.rooms.add_account import AddAccountPage
from saasbackup_desktop.ui.rooms.alerts.page import AlertsPage
from saasbackup_desktop.ui.rooms.compare import ComparePage
from saasbackup_desktop.ui.rooms.entra.differences import DifferencesPage
from saasbackup_desktop.ui.rooms.entra.directory import DirectoryPage
from saasbackup_desktop.ui.rooms.entra.page import EntraPage
from saasbackup_desktop.ui.rooms.entra.plan import PlanPage
from saasbackup_desktop.ui.rooms.exports.downloads import DownloadsPage
from saasbackup_desktop.ui.rooms.home import HomePage
from saasbackup_desktop.ui.rooms.jobs import JobsPage
from saasbackup_desktop.ui.rooms.mailbox.page import MailboxPage
from saasbackup_desktop.ui.rooms.notices.page import NoticesPage
from saasbackup_desktop.ui.rooms.settings import SettingsPage
from saasbackup_desktop.ui.rooms.tenants.activation import ActivationPage
from saasbackup_desktop.ui.rooms.tenants.add_backup import AddBackupPage
from saasbackup_desktop.ui.rooms.tenants.page import TenantPage
from saasbackup_desktop.ui.rooms.tenants.wizard import AddTenantPage
from saasbackup_desktop.ui.rooms.unlock import UnlockPage
from saasbackup_desktop.ui.rooms.vault.page import VaultPage
from saasbackup_desktop.ui.rooms.welcome import WelcomePage
from saasbackup_desktop.ui.shell.forwarding import forwarded

P = TypeVar("P", bound=Page)

_PLAIN: Final[Mapping[type[Place], type[Page]]] = {
    AddBackup: AddBackupPage,
    AlertsPlace: AlertsPage,
    EntraPlace: EntraPage,
    NoticesPlace: NoticesPage,
}
"""Pages that show the same, wherever one comes from."""


class Rooms:
    """The pages of an open vault; each is made when it is first entered."""

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences, *, is_own: bool) -> None:
        self._bridge, self._theme, self._preferences = bridge, theme, preferences
        self._is_own = is_own
        self._made: dict[type[Page], Page] = {}

    def at(self, place: Place) -> Page:
        """Make or find the page and tell it what to show."""
        place = forwarded(place)
        if (plain := _PLAIN.get(type(place))) is not None:
            return self._page(plain)
        match place:
            case AccountPlace(stream):
                account = self._page(AccountPage)
                account.look_at(stream)
                return account
            case RecoveryPlace(stream, snapshot, folder):
                mailbox = self._page(MailboxPage)
                mailbox.look_at(stream, snapshot, folder)
                return mailbox
            case ComparePlace(stream, old, new):
                compare = self._page(ComparePage)
                compare.look_at(stream, old, new)
                return compare
            case DirectoryPlace() | DifferencesPlace() | PlanPlace():
                return self._in_directories(place)
            case JobsPlace(job) | DownloadsPlace(job):
                jobs = self._page(JobsPage) if isinstance(place, JobsPlace) else self._page(DownloadsPage)
                jobs.look_at(job)
                return jobs
            case AddAccount() | AddTenant():
                adding: AddAccountPage | AddTenantPage = (
                    self._page(AddAccountPage) if isinstance(place, AddAccount) else self._page(AddTenantPage)
                )
                adding.restart()
                return adding
            case ActivationPlace(name):
                activation = self._page(ActivationPage)
                activation.restart(name)
                return activation
            case TenantPlace(name, leaf):
                tenant = self._page(TenantPage)
                tenant.look_at(name, leaf)
                return tenant
            case VaultPlace(leaf) | ActivityPlace(leaf):
                leafed = self._page(VaultPage) if isinstance(place, VaultPlace) else self._page(ActivityPage)
                leafed.look_at(leaf)
                return leafed
            case SettingsPlace():
                if SettingsPage not in self._made:
                    self._made[SettingsPage] = SettingsPage(self._bridge, self._theme, self._preferences)
                return self._made[SettingsPage]
        home = self._page(HomePage)
        home.reminds = self._is_own
        return home

    def _in_directories(self, place: DirectoryPlace | DifferencesPlace | PlanPlace) -> Page:
        match place:
            case DirectoryPlace(stream, at, key):
                directory = self._page(DirectoryPage)
                directory.look_at(stream, at, key)
                return directory
            case DifferencesPlace(stream, old, new, objects, is_anew):
                differences = self._page(DifferencesPage)
                differences.look_at(stream, old, new, objects, is_anew=is_anew)
                return differences
            case PlanPlace(plan):
                planned = self._page(PlanPage)
                planned.look_at(plan)
                return planned

    @staticmethod
    def belongs_to(place: Place) -> Place:
        """Which entry of the navigation a place stands under."""
        match forwarded(place):
            case AlertsPlace():
                return HomePlace()
            case AccountPlace() | AddAccount() | AddBackup() | AddTenant() | TenantPlace() | ActivationPlace():
                return HomePlace()
            case NoticesPlace():
                return SettingsPlace()
            case DownloadsPlace():
                return JobsPlace()
            case ComparePlace():
                return RecoveryPlace()
            case DirectoryPlace() | DifferencesPlace() | PlanPlace():
                return EntraPlace()
        return place

    def _page(self, kind: type[P]) -> P:
        if kind not in self._made:
            self._made[kind] = kind(self._bridge)
        page = self._made[kind]
        assert isinstance(page, kind)
        return page


def entrance(bridge: Bridge) -> WelcomePage | UnlockPage:
    """Choose the page for a closed vault: first run, or unlock."""
    if bridge.desk.vault_location is None:
        return WelcomePage(bridge)
    return UnlockPage(bridge)
