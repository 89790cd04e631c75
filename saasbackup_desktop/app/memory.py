"""Keep the memory that many threads ask for in few places, so that the process does not grow for nothing."""

import ctypes
import sys
from typing import Final

_ARENA_MAX: Final = -8
"""``M_ARENA_MAX`` of glibc's malloc.h."""
_ARENAS: Final = 2


def share_arenas() -> None:
    """Let all threads share two heaps; call it before they start.

    glibc gives each thread a heap of its own, and what one frees no other uses: a backup then takes a third more.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other C libraries have no such heaps
        mallopt(_ARENA_MAX, _ARENAS)
