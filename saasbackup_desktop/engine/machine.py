"""What this computer says of its power and its network. What cannot be told is None, and hinders nobody."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_PATIENCE: Final = 10.0
"""Seconds that a program may take to answer."""
_FRESH: Final = 60.0
"""Seconds for which an answer that a program gave is good."""
_SUPPLIES: Final = Path("/sys/class/power_supply")
_NETWORK_MANAGER: Final = "org.freedesktop.NetworkManager"
_BUSCTL: Final = (
    *("busctl", "--system", "--auto-start=no", "--timeout=5", "get-property"),
    *(_NETWORK_MANAGER, "/org/freedesktop/NetworkManager", _NETWORK_MANAGER, "Metered"),
)
_GDBUS: Final = (
    *("gdbus", "call", "--system", "--timeout=5", f"--dest={_NETWORK_MANAGER}"),
    *("--object-path=/org/freedesktop/NetworkManager", "--method=org.freedesktop.DBus.Properties.Get"),
    *(_NETWORK_MANAGER, "Metered"),
)
_COST: Final = (
    *("powershell.exe", "-NoProfile", "-NonInteractive", "-Command"),
    "$n = [Windows.Networking.Connectivity.NetworkInformation, Windows, ContentType = WindowsRuntime];"
    " $p = $n::GetInternetConnectionProfile();"
    " if ($p) { $c = $p.GetConnectionCost(); $c.NetworkCostType, $c.Roaming, $c.OverDataLimit -join ' ' }",
)


class ThisMachine:
    """``engine.conditions.Machine`` of the computer that this runs on."""

    def __init__(self) -> None:
        self._metered: tuple[float, bool | None] | None = None

    def on_battery(self) -> bool | None:
        """Is it without mains?"""
        if sys.platform == "win32":
            return windows_on_battery(*_power_status())
        if sys.platform == "darwin":
            return macos_on_battery(told("pmset", "-g", "batt"))
        return linux_on_battery(read_supplies(_SUPPLIES))

    def on_metered(self) -> bool | None:
        """Is its network paid by volume? On macOS nobody tells."""
        if self._metered is None or time.monotonic() - self._metered[0] > _FRESH:
            self._metered = time.monotonic(), self._ask_metered()
        return self._metered[1]

    def _ask_metered(self) -> bool | None:
        if sys.platform == "win32":
            return windows_metered(told(*_COST))
        if sys.platform == "darwin":
            return None
        return linux_metered(told(*_BUSCTL) or told(*_GDBUS))


def told(*command: str) -> str:
    """What a program of the system answers; empty if it is not there, fails or takes too long."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
            creationflags=flags,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""


def read_supplies(folder: Path) -> Sequence[Mapping[str, str]]:
    """What the kernel says of each power supply (Documentation/ABI/testing/sysfs-class-power)."""
    found = []
    try:
        supplies = sorted(folder.iterdir())
    except OSError:
        return []
    for supply in supplies:
        said = {}
        for name in ("type", "online", "status", "scope"):
            try:
                said[name] = (supply / name).read_text(encoding="ascii", errors="replace").strip()
            except OSError:  # not every supply has all of them
                continue
        found.append(said)
    return found


def linux_on_battery(supplies: Sequence[Mapping[str, str]]) -> bool | None:
    """By what the kernel says; batteries of mice and headsets do not count."""
    own = [one for one in supplies if one.get("scope", "").lower() != "device"]
    batteries = [one for one in own if one.get("type") == "Battery"]
    if not batteries:
        return False
    if any(one.get("online", "0") not in ("0", "") for one in own if one.get("type") != "Battery"):
        return False
    states = {one.get("status", "Unknown") for one in batteries}
    if "Discharging" in states:
        return True
    return None if states == {"Unknown"} else False


def linux_metered(said: str) -> bool | None:
    """By NetworkManager's NMMetered: 1 yes, 2 no, 3 and 4 the same as a guess, 0 not known."""
    found = re.search(r"(?:^u|uint32) (\d)\b", said)
    return None if found is None else {"1": True, "3": True, "2": False, "4": False}.get(found[1])


def windows_on_battery(line: int, battery: int) -> bool | None:
    """By ACLineStatus and BatteryFlag of SYSTEM_POWER_STATUS: 128 stands for no battery, 255 for not known."""
    if battery != 255 and battery & 128:
        return False
    return {0: True, 1: False}.get(line)


def windows_metered(said: str) -> bool | None:
    """By NetworkCostType, and whether it roams or is over its limit."""
    words = said.split()
    if len(words) != 3 or words[0] not in ("Unrestricted", "Fixed", "Variable"):
        return None
    return words[0] != "Unrestricted" or "True" in words[1:]


def macos_on_battery(said: str) -> bool | None:
    """By the first line of ``pmset -g batt``; a UPS that feeds it is a battery, too."""
    found = re.search(r"Now drawing from '([^']+)'", said)
    return None if found is None else {"AC Power": False, "Battery Power": True, "UPS Power": True}.get(found[1])


def _power_status() -> tuple[int, int]:
    if sys.platform != "win32":
        return 255, 255
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("line", ctypes.c_ubyte),
            ("flag", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("left", ctypes.c_ulong),
            ("full", ctypes.c_ulong),
        )

    status = Status()
    if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
        return 255, 255
    return status.line, status.flag
