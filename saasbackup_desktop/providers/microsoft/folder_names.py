"""Which names Exchange takes for folders, and what a refusal of one means."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from saasbackup_desktop.core.errors import ItemFault, NameRefused

_LONGEST: Final = 255


def path_fault(path: Sequence[str], listed: Sequence[str]) -> str | None:
    """Say why a folder of this path could not be made: ``empty`` or ``too-long``; None if it can.

    ``listed``: the path in the names that its folders would have there.
    """
    if not path or not all(name.strip() for name in path):
        return "empty"
    return "too-long" if any(len(name) > _LONGEST for name in listed) else None


@contextmanager
def making(shown: str) -> Iterator[None]:
    """Tell of which folder a name was refused; that somebody made it in this moment is no fault. Raises NameRefused."""
    try:
        yield
    except NameRefused as fault:
        if fault.facts.get("reason") != "exists":
            raise NameRefused(fault.detail, name=shown, reason="refused") from fault
    except ItemFault as fault:
        raise NameRefused(fault.detail, name=shown, reason="refused") from fault
