"""A press: the process that prints, started when it is needed, and ended when it takes too long."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from saasbackup_desktop.core.errors import PrintingUnavailable
from saasbackup_desktop.providers.files.pdf.frames import read_frame, write_frame

PATIENCE: Final = 60.0
"""Seconds that the process may take to begin."""
SECONDS: Final = 20.0
"""That a page may take."""
_FLAG: Final = "--printing"
_TRIES: Final = 3


class TooHard(Exception):
    """A page took more time or memory than it may, or does not fit on paper.

    In the first case the process is gone, and the next page starts another one.
    """


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of a page."""

    pages: int
    lacks_letters: bool
    """No font here has some of its letters."""
    lacks_pictures: bool
    """A picture in it could not be read, or is too large."""


class Press:
    """Prints pages into files, one at a time. One thread at a time; to be closed."""

    def __init__(self, program: list[str] | None = None, seconds: float = SECONDS) -> None:
        """``program``: the words that start the process; ``seconds`` that a page may take."""
        self._program = program or own_program()
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def print(
        self, html: str, title: str, footer: str, target: Path, room: str = "", seconds: float | None = None
    ) -> Printed:
        """Print HTML; ``room`` is a text that finds room below each page later. Raises TooHard, PrintingUnavailable."""
        asked = {"html": html, "title": title, "footer": footer, "room": room, "target": str(target)}
        return self._printed(asked, seconds or self._seconds, target)

    def print_lines(self, lines: Sequence[str], target: Path) -> Printed:
        """Print a page for each line, with nothing but the line below it. Raises TooHard, PrintingUnavailable."""
        return self._printed({"lines": list(lines), "target": str(target)}, PATIENCE, target)

    def _printed(self, asked: dict[str, Any], seconds: float, target: Path) -> Printed:
        process = self._started()
        answer = self._ask(process, {**asked, "seconds": seconds}, seconds)
        if answer is None or "pages" not in answer:
            target.unlink(missing_ok=True)
            raise TooHard
        return Printed(answer["pages"], answer["missing"], answer["unseen"])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        for _ in range(_TRIES):
            self._process = _start(self._program)
            if self._ask(self._process, None, PATIENCE) is not None:
                return self._process
        raise PrintingUnavailable

    def _ask(self, process: "subprocess.Popen[bytes]", asked: dict[str, Any] | None, seconds: float) -> Any:
        """Say something and wait for an answer; None if there was none in time, and the process has ended."""
        said, heard = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        late = threading.Timer(seconds, process.kill)
        late.daemon = True
        late.start()
        answer = None
        try:
            if asked is not None:
                write_frame(said, asked)
            answer = read_frame(heard)
        except OSError:  # it went while it was told
            answer = None
        finally:
            late.cancel()
        if answer is None:
            self.close()
        return answer


def own_program() -> list[str]:
    """The words that start the process: this very program, built or from its source."""
    if getattr(sys, "frozen", False):
        return [sys.executable, _FLAG]
    return [sys.executable, "-m", "saasbackup_desktop.providers.files.pdf.printing"]


def _start(program: list[str]) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    if sys.platform != "win32":  # there, only Windows' own way knows the fonts
        environment["QT_QPA_PLATFORM"] = "offscreen"
    environment["QT_LOGGING_RULES"] = "*=false"
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[4],
            env=environment,
            creationflags=flags,
        )
    except OSError as error:
        raise PrintingUnavailable(os.strerror(error.errno or 0)) from error
