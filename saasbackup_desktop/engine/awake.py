"""Keeps the computer from falling asleep by itself while jobs run; whoever closes its lid still has the last word."""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

log = logging.getLogger(__name__)

_WHO: Final = "SaaS Backup Desktop"
_WHY: Final = "A job is running"
_LINUX: Final = ("systemd-inhibit", "--what=idle", f"--who={_WHO}", f"--why={_WHY}", "--mode=block", "cat")
_CONTINUOUS: Final = 0x80000000
_SYSTEM_REQUIRED: Final = 0x00000001


class Awake:
    """Asks the operating system, and lets go again; what it refuses is no reason not to work.

    On Windows it belongs to the thread that asks: hold and let go in the same one.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = command if command is not None else _command()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_held = False

    @property
    def is_held(self) -> bool:
        """It was asked to stay awake, and nobody let go yet."""
        return self._is_held

    def hold(self) -> None:
        """Stay awake from now on."""
        if self._is_held:
            return
        self._is_held = True
        if sys.platform == "win32":
            _set_state(_CONTINUOUS | _SYSTEM_REQUIRED)
        elif self._command:
            # It ends with its standard input: also when this process ends without a word.
            try:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            except OSError:
                log.info("the computer cannot be kept awake: %s is not there", self._command[0])

    def let_go(self) -> None:
        """Fall asleep as usual again."""
        if not self._is_held:
            return
        self._is_held = False
        if sys.platform == "win32":
            _set_state(_CONTINUOUS)
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.terminate()
            process.wait()


def _command() -> Sequence[str]:
    if sys.platform == "darwin":
        return ("caffeinate", "-i", "-w", str(os.getpid()))
    return _LINUX if sys.platform == "linux" else ()


def _set_state(state: int) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetThreadExecutionState(ctypes.c_uint(state))
