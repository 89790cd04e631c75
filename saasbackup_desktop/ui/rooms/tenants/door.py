"""What these rooms ask of the application."""

from collections.abc import Sequence
from typing import Protocol, cast

from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.tenants.views import Capability
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Tenants", "covers", "offers", "tenants"]


class _Covers(Protocol):
    async def capabilities(self, name: ConnectionName) -> Sequence[Capability]: ...


def tenants(bridge: Bridge) -> Tenants:
    """The door. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.tenants


def offers(bridge: Bridge, name: str) -> bool:
    """Tell whether the application can do something."""
    return hasattr(tenants(bridge), name)


def covers(bridge: Bridge) -> _Covers:
    """The part that tells what is covered."""
    return cast(_Covers, tenants(bridge))
