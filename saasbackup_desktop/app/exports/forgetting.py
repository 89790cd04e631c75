"""When an export may be forgotten although its files were not removed."""

from typing import Final

from saasbackup_desktop.core.errors import (
    Denied,
    DestinationDenied,
    DestinationMissing,
    ExportFault,
    Fault,
    Misconfigured,
    SignInNeeded,
    Throttled,
    Unreachable,
)

_LOST: Final = (Unreachable, SignInNeeded, Denied, DestinationDenied, DestinationMissing)
_GONE: Final = ("no-disk", "no-files")
_NOT_SET_UP: Final = ("unknown-destination", "destinations-unreadable")


def may_forget(fault: Fault) -> bool:
    """Were files not removed because their place cannot be reached, does not let us in any more, or is gone?"""
    if isinstance(fault, ExportFault):
        return fault.facts.get("reason") in _GONE
    if isinstance(fault, Misconfigured):
        return fault.facts.get("what") in _NOT_SET_UP
    return isinstance(fault, _LOST) and not isinstance(fault, Throttled)
