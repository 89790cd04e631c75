"""The real ``saasbackup`` process, with homes and vaults of its own."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.end2end.loaded import Loaded
from tests.servers.dovecot import Dovecot, User
from tests.unit.vault.conftest import CHEAP

PASSPHRASE = 'tidy $harbour "nine" \\lamps'
PROGRAM = Path(sys.executable).with_name("saasbackup")
_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Results as text."""
        return self.out.decode()

    @property
    def records(self) -> list[dict[str, Any]]:
        """Results of a call with ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> list[dict[str, Any]]:
        """What came on standard error of a call with ``--json``."""
        return [json.loads(line) for line in self.err.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Results of one type."""
        return [record for record in self.records if record["type"] == kind]


@dataclass(frozen=True, slots=True)
class Home:
    """A home of the program, and the files that hold its secrets."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def vault(self) -> Path:
        """Where its vault lies."""
        return self.folder / "vault"

    def file(self, name: str, content: str) -> Path:
        """Write a small file."""
        file = self.folder / name
        file.write_text(content + "\n", encoding="utf-8")
        return file

    def variables(self) -> dict[str, str]:
        """The environment of its commands: nothing of this machine's user gets in."""
        kept = {
            name: os.environ[name]
            for name in ("PATH", "LANG", "TMPDIR", "PYTHONPATH", "SYSTEMROOT")
            if name in os.environ
        }
        return {
            **kept,
            "HOME": str(self.folder),
            "SAASBACKUP_HOME": str(self.folder / "home"),
            "SAASBACKUP_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONWARNINGS": "error",
            **self.environment,
        }

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a command and come back at once."""
        return subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.variables(),
        )

    def run(self, *arguments: str | Path, given: str = "") -> Ended:
        """Run a command to its end; ``given`` is its standard input."""
        if sys.platform != "win32" and not any(name.startswith("PYTHON") for name in self.environment):
            code, out, err = _loaded().run([*map(str, arguments)], self.variables(), given.encode(), _SECONDS)
            assert b"Traceback" not in err, err.decode()
            return Ended(code, out, err.decode())
        ended = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            input=given.encode(),
            capture_output=True,
            env=self.variables(),
            timeout=_SECONDS,
            check=False,
        )
        errors = ended.stderr.decode()
        assert "Traceback" not in errors, errors
        return Ended(ended.returncode, ended.stdout, errors)

    def succeed(self, *arguments: str | Path) -> Ended:
        """Run a command that must end with 0."""
        ended = self.run(*arguments)
        assert ended.code == 0, ended.err + ended.text
        return ended


@functools.cache
def _loaded() -> Loaded:
    """The program, ready to run: one in each process of the tests."""
    return Loaded({**Home(Path("/nowhere")).variables(), "PYTHONPATH": str(Path(__file__).parents[2])})


def new_home(folder: Path, vault: Path | None = None) -> Home:
    """Make a home with a vault whose passphrase is cheap to try: every command tries it again."""
    home = _empty_home(folder)
    Vault.create(LocalStore(vault or home.vault), PASSPHRASE, SystemClock(), argon2=CHEAP)
    home.succeed("vault", "open", vault or home.vault)
    return home


def founded_home(folder: Path) -> Home:
    """Make a home with a vault as people do."""
    home = _empty_home(folder)
    home.succeed("vault", "create", home.vault, "--recovery-kit", folder / "kit.pdf")
    return home


def _empty_home(folder: Path) -> Home:
    folder.mkdir(parents=True, exist_ok=True)
    home = Home(folder)
    home.file("passphrase", PASSPHRASE)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty vault."""
    return new_home(tmp_path)


def imap(server: Dovecot, user: User, name: str, home: Home, *more: str) -> Sequence[str | Path]:
    """The arguments that set a test server's mailbox up."""
    password = home.file(f"password-{name}", user.password)
    return [
        *("source", "add", "imap", "--name", name, "--user", user.name, "--host", server.host),
        *("--port", str(server.tls_port), "--ca-file", server.ca_file, "--password-file", password),
        *more,
    ]


def letter(number: int, text: str = "") -> bytes:
    """A small message that no other number has."""
    return (
        f"From: Bob <bob{number}@example.org>\r\nTo: anna@example.org\r\nSubject: Letter {number} {text}\r\n"
        f"Date: Tue, 31 Mar 2026 12:{number % 60:02}:00 +0200\r\nMessage-ID: <{number}-{text}@example.org>\r\n"
        f"\r\nThis is letter number {number}. {text}\r\n"
    ).encode()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own with little room; skipped where mounting is not allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"CANNOT MOUNT: {mounted.stderr.strip()}; a full or read-only disk was not proven here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
