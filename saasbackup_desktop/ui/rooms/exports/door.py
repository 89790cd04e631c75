"""What these rooms ask of the application."""

from saasbackup_desktop.app.destinations.destinations import Destinations
from saasbackup_desktop.app.exports.exports import Exports
from saasbackup_desktop.app.imports.imports import Imports
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Destinations", "Exports", "Imports", "destinations", "exports", "imports"]


def exports(bridge: Bridge) -> Exports:
    """The door of what leaves. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.exports


def imports(bridge: Bridge) -> Imports:
    """The door of what comes in. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.imports


def destinations(bridge: Bridge) -> Destinations:
    """The door of places outside. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.destinations
