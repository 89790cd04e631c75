"""What these rooms ask of the application."""

from collections.abc import Callable
from typing import TypeVar

from saasbackup_desktop.app.entra.entra import Entra
from saasbackup_desktop.ui.bridge import Bridge

__all__ = ["Entra", "beside", "entra"]

T = TypeVar("T")


def entra(bridge: Bridge) -> Entra:
    """The door. Raises WrongPassphrase while the vault is locked."""
    return bridge.desk.entra


async def beside(bridge: Bridge, work: Callable[[], T]) -> T:
    """Compute something in the engine's thread, which takes longer than the window may wait."""

    async def there() -> T:
        return work()

    return await bridge.call(there())
