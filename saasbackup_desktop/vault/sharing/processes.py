"""Who holds a lease: this machine, this process, and whether another process still runs."""

import hashlib
import os
import platform
import sys
import uuid
from pathlib import Path
from typing import Final


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _host() -> str:
    address = uuid.getnode()
    card = "" if address >> 40 & 1 else f"{address:x}"  # without a network card it is made up, by each process anew
    parts = (platform.node(), card, _first_line("/etc/machine-id"), _process_space())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _process_space() -> str:
    """Containers of one machine may share a name, but do not see each other's processes."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


HOST: Final = _host()
"""Tells this machine apart from others, without naming it."""


def started(pid: int) -> str:
    """Say when a process began, in the system's own terms; empty where that cannot be told."""
    if not sys.platform.startswith("linux"):
        return ""
    fields = _status(pid)
    if len(fields) < 20:
        return ""
    return f"{_first_line('/proc/sys/kernel/random/boot_id')}/{fields[19]}"


def is_running(pid: int, since: str = "") -> bool:
    """Is this process alive, and the same one that began ``since``?"""
    return _exists(pid) and not _has_ended(pid) and (not since or started(pid) in ("", since))


def _has_ended(pid: int) -> bool:
    """It is over, and waits for the process that started it to notice."""
    return _status(pid)[:1] in (["Z"], ["X"])


def _status(pid: int) -> list[str]:
    """What Linux says of a process after its name."""
    return _first_line(f"/proc/{pid}/stat").rpartition(")")[2].split() if sys.platform.startswith("linux") else []


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(handle)
        return code.value == 259
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
