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
    parts = (platform.node(), f"{uuid.getnode():x}", _first_line("/etc/machine-id"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


HOST: Final = _host()
"""Tells this machine apart from others, without naming it."""


def started(pid: int) -> str:
    """Say when a process began, in the system's own terms; empty where that cannot be told."""
    if not sys.platform.startswith("linux"):
        return ""
    fields = _first_line(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if len(fields) < 20:
        return ""
    return f"{_first_line('/proc/sys/kernel/random/boot_id')}/{fields[19]}"


def is_running(pid: int, since: str = "") -> bool:
    """Is this process alive, and the same one that began ``since``?"""
    return _exists(pid) and (not since or started(pid) in ("", since))


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
