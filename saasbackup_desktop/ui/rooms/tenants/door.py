"""What these rooms ask of the application."""

from collections.abc import Callable
from typing import TypeVar

from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Tenants", "beside", "tenants"]

T = TypeVar("T")


def tenants(bridge: Bridge) -> Tenants:
    """The door. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.tenants


async def beside(bridge: Bridge, work: Callable[[], T]) -> T:
    """Compute something in the engine's thread: tens of thousands of accounts take longer than a window may wait."""

    async def there() -> T:
        return work()

    return await bridge.call(there())
