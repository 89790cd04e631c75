"""A program that serves until it is told to end."""

import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_SECONDS = 60.0


class Program:
    """A context manager; the program ends with this process, however that ends."""

    def __init__(self, words: Sequence[str | Path], is_ready: Callable[[], bool]) -> None:
        self._words = words
        self._is_ready = is_ready

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self._words],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd="/",
        )
        until = time.monotonic() + _SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self._log.seek(0)
                text = self._log.read().decode(errors="replace")
                self.__exit__(None, None, None)
                raise RuntimeError(f"{self._words[0]} does not start:\n{text}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


def answers(port: int) -> bool:
    """Does something on this port of this machine speak HTTP?"""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
