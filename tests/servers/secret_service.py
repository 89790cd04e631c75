"""A keyring of the tests' own: gnome-keyring on a private bus, unlocked, with its files in a folder of its own."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

_SCRIPT = """
printf 'the keyring\\047s own password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
"$@"
"""


class SecretService:
    """Each command gets a bus and a daemon, which end with it; what was kept stays in the folder."""

    def __init__(self, folder: Path) -> None:
        for program in ("dbus-run-session", "gnome-keyring-daemon"):
            if shutil.which(program) is None:
                pytest.skip(f"KEYRING MISSING: {program} is not installed (make test installs it); nothing was proven")
        self.folder = folder
        for below in ("share/keyrings", "run"):
            (folder / below).mkdir(parents=True, mode=0o700)

    def command(self, words: Sequence[str]) -> list[str]:
        """The command with this keyring around it."""
        return ["dbus-run-session", "--", "sh", "-c", _SCRIPT, "sh", *words]

    def variables(self, others: Mapping[str, str]) -> dict[str, str]:
        """The environment for it."""
        kept = {name: value for name, value in others.items() if name != "PYTHON_KEYRING_BACKEND"}
        return {
            **kept,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_DATA_HOME": str(self.folder / "share"),
        }
