"""A keyring of the tests' own: gnome-keyring on a private bus, unlocked, with its files in a folder of its own."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

_ROOM = """
XDG_RUNTIME_DIR=$(mktemp -d) || exit
export XDG_RUNTIME_DIR
trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
dbus-run-session -- sh -c "$0" sh "$@"
"""
"""Names of sockets have room for about a hundred letters: in a longer folder each question would wait in vain."""

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
        (folder / "share" / "keyrings").mkdir(parents=True, mode=0o700)

    def command(self, words: Sequence[str]) -> list[str]:
        """The command with this keyring around it."""
        return ["sh", "-c", _ROOM, _SCRIPT, *words]

    def variables(self, others: Mapping[str, str]) -> dict[str, str]:
        """The environment for it."""
        kept = {name: value for name, value in others.items() if name != "PYTHON_KEYRING_BACKEND"}
        return {
            **kept,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "share"),
        }
