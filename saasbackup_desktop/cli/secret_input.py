"""Passphrases and passwords: from a file, standard input or a prompt; never from an argument."""

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saasbackup_desktop.core.errors import Misconfigured

STANDARD_INPUT = Path("-")


def from_file(file: Path) -> str:
    """Read the first line of a file, or the next line of standard input for ``-``. Raises Misconfigured."""
    try:
        line = sys.stdin.readline() if file == STANDARD_INPUT else _first_line(file)
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(str(error), what=f"the file {file} cannot be read") from error
    secret = line.rstrip("\r\n")
    if not secret:
        where = "standard input" if file == STANDARD_INPUT else f"the file {file}"
        raise Misconfigured(what=f"{where} holds no secret in its first line")
    return secret


def standard_input() -> bytes:
    """All of it."""
    return sys.stdin.buffer.read()


def ask(question: str, *, twice: bool = False) -> str | None:
    """Ask at the terminal without echo; None if there is nobody to ask. Raises Misconfigured, KeyboardInterrupt."""
    if not sys.stdin.isatty():
        return None
    with _interruptible():
        secret = getpass.getpass(f"{question}: ")
        if twice and getpass.getpass(f"{question}, once more: ") != secret:
            raise Misconfigured(what="the two entries differ")
    if not secret:
        raise Misconfigured(what="nothing was entered")
    return secret


def obtain(file: Path | None, question: str, option: str, *, twice: bool = False) -> str:
    """Read a secret from the file if one is named, else ask. Raises Misconfigured if there is nobody to ask."""
    if file is not None:
        return from_file(file)
    secret = ask(question, twice=twice)
    if secret is None:
        raise Misconfigured(what=f"{option} is needed where there is no terminal to ask at")
    return secret


def confirm(question: str, expected: str) -> bool:
    """Ask to type a word at the terminal; False if it differs or there is nobody to ask."""
    if not sys.stdin.isatty():
        return False
    with _interruptible():
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip() == expected


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        return lines.readline()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once: the event loop's own handling waits for the next await."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
