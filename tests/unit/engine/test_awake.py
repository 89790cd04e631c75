"""The computer is asked to stay awake, and let go again whatever becomes of this process."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from saasbackup_desktop.engine.awake import Awake

PROGRAM = """
import pathlib, sys
file = pathlib.Path(sys.argv[1])
file.write_text("held")
sys.stdin.read()
file.write_text("let go")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there, no program is asked")
def test_it_is_held_and_let_go(tmp_path: Path) -> None:
    awake = Awake((sys.executable, "-c", PROGRAM, str(tmp_path / "told")))
    assert not awake.is_held
    awake.let_go()
    awake.hold()
    awake.hold()
    assert awake.is_held
    asked = awake._process
    assert asked is not None
    assert asked.poll() is None
    awake.let_go()
    assert not awake.is_held
    assert asked.poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there, no program is asked")
def test_it_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        "import os, sys, time\n"
        "from saasbackup_desktop.engine.awake import Awake\n"
        f"awake = Awake((sys.executable, '-c', {PROGRAM!r}, {str(told)!r}))\n"
        "awake.hold()\n"
        f"while not os.path.exists({str(told)!r}): time.sleep(0.01)\n"
        "os._exit(1)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    assert done.returncode == 1, done.stderr
    end = time.monotonic() + 60
    while told.read_text() != "let go":
        assert time.monotonic() < end, "still held"
        time.sleep(0.02)


def test_what_is_not_there_keeps_nobody_from_working() -> None:
    awake = Awake(("no-such-program-anywhere",))
    awake.hold()
    assert awake.is_held
    awake.let_go()
