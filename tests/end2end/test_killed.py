"""``kill -9`` at any moment of a backup or a restore, then again: nothing lost, nothing doubled."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.sim.letters import letters
from tests.end2end.conftest import Home, imap, new_home
from tests.servers.contents import contents
from tests.servers.dovecot import Dovecot, User

KILLS = int(os.environ.get("SAASBACKUP_KILLS", "6"))
"""Set it to 30 for the whole proof."""
_LETTERS = 1_500
_FOLDERS = ("INBOX", "Archive/Old", "Projects")


@pytest.fixture(scope="module")
def filled(dovecot: Dovecot) -> User:
    """A mailbox that takes a while; it is only read."""
    user = dovecot.fresh()
    written = letters("killed", _LETTERS, 8_000, clean=True)
    for folder in _FOLDERS:
        dovecot.deliver(user, folder, islice(written, _LETTERS // len(_FOLDERS)))
    return user


def _kill_again_and_again(home: Home, arguments: tuple[str, ...], longest: float) -> int:
    """Start the command and kill it at a random moment, so many times; how often it was still at work."""
    chance = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", "killed"))
    killed = 0
    for _ in range(KILLS):
        with home.start(*arguments) as process:
            try:
                process.wait(chance.uniform(0.3, longest))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                killed += 1
            process.communicate()
    return killed


def _time(home: Home, *arguments: str | Path) -> float:
    begun = time.perf_counter()
    with home.start(*arguments) as process:
        process.communicate()
    assert process.returncode == 0
    return time.perf_counter() - begun


def test_backup_survives(tmp_path: Path, dovecot: Dovecot, filled: User) -> None:
    whole = new_home(tmp_path / "undisturbed")
    whole.succeed(*imap(dovecot, filled, "office", whole))
    longest = _time(whole, "backup")

    home = new_home(tmp_path / "killed")
    home.succeed(*imap(dovecot, filled, "office", home))
    assert _kill_again_and_again(home, ("backup",), longest)
    home.succeed("backup")

    home.succeed("vault", "check", "--read-data", "100")
    for folder in _FOLDERS:
        got = home.succeed("ls", f"office:{folder}", "--json").of("item")
        expected = whole.succeed("ls", f"office:{folder}", "--json").of("item")
        assert len(got) == len(expected) == _LETTERS // len(_FOLDERS)
        assert Counter(map(_told, got)) == Counter(map(_told, expected))
    restored = dovecot.fresh()
    home.succeed(*imap(dovecot, restored, "other", home))
    home.succeed("restore", "office", "--to-source", "other", "--folder", "original", "--mode", "skip")
    assert contents(dovecot, restored) == contents(dovecot, filled)


def test_restore_survives(tmp_path: Path, dovecot: Dovecot, filled: User) -> None:
    home = new_home(tmp_path)
    home.succeed(*imap(dovecot, filled, "office", home))
    home.succeed("backup")
    first, second = dovecot.fresh(), dovecot.fresh()
    for name, user in (("first", first), ("second", second)):
        home.succeed(*imap(dovecot, user, name, home))
    command = ("restore", "office", "--folder", "original", "--mode", "skip", "--to-source")
    longest = _time(home, *command, "first")

    assert _kill_again_and_again(home, (*command, "second"), longest)
    home.succeed(*command, "second")

    assert contents(dovecot, second) == contents(dovecot, filled)
    home.succeed("vault", "check", "--read-data", "100")


def _told(item: dict[str, Any]) -> tuple[object, ...]:
    return item["sha256"], item["time"], tuple(item["flags"])
