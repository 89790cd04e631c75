"""The program as it is started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _catches(process: int, kind: signal.Signals) -> bool:
    status = Path(f"/proc/{process}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (kind - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see when the program listens")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_window_opens_and_ends_politely(tmp_path: Path, kind: signal.Signals) -> None:
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "SAASBACKUP_HOME": str(tmp_path / "home")}
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py")], env=surroundings, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        while program.poll() is None and not _catches(program.pid, signal.SIGTERM):
            time.sleep(0.05)
        assert program.poll() is None, program.stderr.read() if program.stderr else ""
        program.send_signal(kind)
        _, errors = program.communicate(timeout=30)
    finally:
        program.kill()
    assert program.returncode == 0, errors
    assert "Traceback" not in errors
