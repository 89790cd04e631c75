"""The operating system's own notices, for when no window is open: Linux desktops and macOS."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_SECONDS: Final = 10
_SCRIPT: Final = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"


def is_there() -> bool:
    """Somebody is signed in to a desktop that shows notices."""
    return _program() is not None


def show(title: str, text: str) -> bool:
    """Show a notice; False if it could not be. Blocks for a moment. Texts are arguments, never code."""
    program = _program()
    if program is None:
        return False
    try:
        done = subprocess.run([*program, title, text], capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _program() -> Sequence[str] | None:
    if sys.platform == "darwin":
        found = shutil.which("osascript")
        return [found, "-e", _SCRIPT] if found else None
    if sys.platform == "win32" or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    found = shutil.which("notify-send")
    return [found, "--app-name=SaaS Backup Desktop", "--"] if found else None
