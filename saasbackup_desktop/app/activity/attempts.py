"""Tries to open the vault that failed, and what else happens while nobody has its key: put down in a file, and taken
over when it opens.

Nothing that opens the vault is in it. Whoever can write the home can remove it: the record begins where the key is.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.app.activity.kinds import AGENT_DIED, AGENT_ENDED, AGENT_STARTED, OPEN_FAILED

_MARK: Final = "agent-at-work.mark"
_NAME: Final = "failed-sign-ins.jsonl"
_MOST: Final = 1 << 20
"""Bytes: a script that tries for days must not fill the disk."""


def put_down(home: Path, time: int, who: str, reason: str, code: str = OPEN_FAILED) -> None:
    """Remember what happened; where the home cannot be written, there is nowhere to remember it."""
    line = json.dumps({"time": time, "who": who, "reason": reason, "code": code}) + "\n"
    with contextlib.suppress(OSError):
        file = home / _NAME
        if not file.exists() or file.stat().st_size < _MOST:
            handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as out:
                out.write(line)


def take_over(home: Path) -> Sequence[dict[str, Any]]:
    """Give what was put down, and forget it. What somebody else wrote there is left out."""
    file = home / _NAME
    taken = file.with_suffix(".taken")
    try:
        file.replace(taken)
        lines = taken.read_text(encoding="utf-8", errors="replace").splitlines()
        taken.unlink()
    except OSError:
        return ()
    found = []
    for line in lines:
        with contextlib.suppress(ValueError):
            read = json.loads(line)
            if isinstance(read, dict) and isinstance(read.get("time"), int):
                found.append(read)
    return found


def agent_began(home: Path, now: int, who: str) -> None:
    """Put down that an agent begins, and before it that the last one ended without a word, if it did."""
    mark = home / _MARK
    with contextlib.suppress(OSError):
        if mark.exists():
            put_down(home, min(now, int(mark.stat().st_mtime)), who, "", AGENT_DIED)
        mark.touch()
    put_down(home, now, who, "", AGENT_STARTED)


def agent_lives(home: Path) -> None:
    """Leave a trace of when it was last at work."""
    with contextlib.suppress(OSError):
        os.utime(home / _MARK)


def agent_ended(home: Path, now: int, who: str) -> None:
    """Put down that it ends as it should."""
    with contextlib.suppress(OSError):
        (home / _MARK).unlink(missing_ok=True)
    put_down(home, now, who, "", AGENT_ENDED)
