"""What these rooms ask of the application."""

from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Tenants", "tenants"]


def tenants(bridge: Bridge) -> Tenants:
    """The door. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.tenants
