"""What a pre-flight finds, as plain data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core.errors import Fault

OK: Final = "ok"
LIMITED: Final = "limited"
"""Told, and the vault is right without it."""
FAILED: Final = "failed"
SKIPPED: Final = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one thing that was tried."""

    check: str
    """``write``, ``read``, ``ranges``, ``missing``, ``list``, ``second``, ``race``, ``large``, ``delete``.

    ``clean`` if something is left.

    In a bucket also ``key``, ``clock``, ``versions``; with a lock also ``lock``, ``lock-large``, ``lock-hide``,
    ``lock-delete``, ``lock-extend``, ``lock-shorten``, ``lock-ends``.
    """
    outcome: str
    reason: str = ""
    """A code: what went otherwise than it should."""
    facts: dict[str, str | int] = field(default_factory=dict)


def tried(check: str, step: Callable[[], Finding]) -> Finding:
    """Do one step; a failure is what was found."""
    try:
        return step()
    except Fault as fault:
        return Finding(check, FAILED, fault.code, dict(fault.facts))
    except FileNotFoundError:
        return Finding(check, FAILED, "lost")
    except FileExistsError:
        return Finding(check, FAILED, "taken")
