"""What these rooms ask of the application."""

from saasbackup_desktop.app.entra.entra import Entra
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Entra", "entra"]


def entra(bridge: Bridge) -> Entra:
    """The door. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.entra
