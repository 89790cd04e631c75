"""What the leaves of a tenant's page share."""

from PySide6.QtCore import Signal

from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge
from saasbackup_desktop.ui.rooms.tenants.door import Tenants, tenants
from saasbackup_desktop.ui.rooms.vault.leaf import Leaf


class TenantLeaf(Leaf):
    """A leaf that is about one tenant; ``changed`` fires when something was done that the page's head must show."""

    changed = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.name = ConnectionName("")

    @property
    def door(self) -> Tenants:
        """The application's side."""
        return tenants(self.bridge)

    def look_at(self, name: ConnectionName) -> None:
        """Show another tenant."""
        if name != self.name:
            self.tasks.cancel()
            self.banner.hide()
            self.name = name
            self.forget()

    def forget(self) -> None:
        """Take back what was shown of the tenant before."""
