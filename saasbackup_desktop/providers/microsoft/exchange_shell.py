"""Running the script of Exchange's roles in PowerShell, where it is installed with its module.

Nothing secret is in the arguments, the environment or the script: an application's certificate goes through standard
input. What the script says line by line is read here; anything else that PowerShell says is kept for its last words.
"""

import asyncio
import base64
import json
import os
import re
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate
from saasbackup_desktop.providers.microsoft.role_script import (
    MARK,
    Connection,
    Plan,
    Removal,
    Tools,
    write_removal,
    write_script,
)

LIMIT: Final = 20 * 60.0
"""Seconds: a person has 15 minutes to type the code."""
_GRACE: Final = 5.0
"""Seconds between asking PowerShell to end and ending it."""
_TICK: Final = 0.2
_LAST_WORDS: Final = 4000
_ADDRESS: Final = re.compile(r"https://[^\s'\"]+")
_CODE: Final = re.compile(r"\b(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,10}\b")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Ending(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the script found or did."""

    kind: str
    """connect, module, command, licence, customization, principal, scope, in-scope, assignment, authorization, end."""
    name: str
    state: str
    """done, present, made, changed, removed, missing, failed; of an authorization True or False."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    ending: Ending
    reason: str = ""
    """A code, if it did not go well: what the script itself foresaw, else where it was."""
    detail: str = ""
    """What Exchange or PowerShell said, for those who look after it."""
    lines: Sequence[Line] = ()

    def of(self, kind: str) -> list[Line]:
        """Lines of one kind."""
        return [line for line in self.lines if line.kind == kind]

    @property
    def is_inside(self) -> bool | None:
        """Whether the mailbox that was tried is inside the fence for every role; None if none was tried."""
        told = [line.state.lower() for line in self.of("authorization") if line.state.lower() in ("true", "false")]
        return all(state == "true" for state in told) if told else None


@dataclass(frozen=True, slots=True)
class ShellCode:
    """What a person is asked to do: open an address, and type a code there."""

    address: str
    code: str


@dataclass(frozen=True, slots=True)
class ExchangeApplication:
    """An application that may manage Exchange: it is not the one that backs up, which must not be able to."""

    client: str
    organization: str
    """The tenant's first domain (….onmicrosoft.com)."""
    certificate: AppCertificate

    def __repr__(self) -> str:
        return f"ExchangeApplication({self.client}, {self.organization})"


async def run_script(
    tools: Tools,
    plan: Plan | Removal,
    *,
    application: ExchangeApplication | None = None,
    ask: Callable[[ShellCode], None] | None = None,
    seen: Callable[[Line], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    limit: float = LIMIT,
    environment: Mapping[str, str] = os.environ,
) -> Run:
    """Run the script that gives roles or takes them back.

    It signs in as an application or, without one, as the person who types the code that ``ask`` gets.
    ``limit``: seconds. What goes wrong in it is in what is given back. Raises Misconfigured if the tools are missing.
    """
    if not tools.can_run or (application is None and not tools.can_show_codes):
        raise Misconfigured("no PowerShell with the module of Exchange Online", what="no-exchange-shell")
    connection = Connection.DEVICE if application is None else Connection.CERTIFICATE
    with tempfile.TemporaryDirectory(prefix="exchange-") as folder:
        file = Path(folder) / "roles.ps1"
        script = write_removal(plan, connection) if isinstance(plan, Removal) else write_script(plan, connection)
        file.write_text(script, "ascii")
        session = _Session(ask, seen)
        return await session.run(
            [tools.shell, "-NoLogo", "-NoProfile", "-NonInteractive", *_policy(), "-File", str(file)],
            _input(application),
            {**environment, "POWERSHELL_TELEMETRY_OPTOUT": "1", "NO_COLOR": "1"},
            stop,
            limit,
        )


class _Session:
    """One run, from its start to its end."""

    def __init__(self, ask: Callable[[ShellCode], None] | None, seen: Callable[[Line], None] | None) -> None:
        self._ask, self._seen = ask, seen
        self._lines: list[Line] = []
        self._words = ""
        self._is_asked = False

    async def run(
        self,
        command: Sequence[str],
        given: bytes,
        environment: Mapping[str, str],
        stop: Callable[[], bool],
        limit: float,
    ) -> Run:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(environment),
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            return Run(Ending.FAILED, "not-started", error.strerror or type(error).__name__)
        reading = asyncio.ensure_future(self._read(process, given))
        try:
            cut = await self._watch(reading, stop, limit)
        finally:
            await _end(process)
            if not reading.done():
                reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
        if cut is not None:
            return Run(cut, cut.value, self._words, tuple(self._lines))
        return self._ended(process.returncode)

    async def _watch(self, reading: asyncio.Future[None], stop: Callable[[], bool], limit: float) -> Ending | None:
        """Wait for the end: None if it came by itself."""
        loop = asyncio.get_running_loop()
        until = loop.time() + limit
        while not reading.done():
            if stop():
                return Ending.STOPPED
            if loop.time() >= until:
                return Ending.TIMED_OUT
            await asyncio.wait([reading], timeout=min(_TICK, max(0.0, until - loop.time())))
        return None

    async def _read(self, process: asyncio.subprocess.Process, given: bytes) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError, ConnectionResetError):  # it ended before it read: its own words say why
            process.stdin.write(given)
            await process.stdin.drain()
        process.stdin.close()
        rest = b""
        while piece := await process.stdout.read(1 << 16):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._take(line)
            rest = rest[-_LAST_WORDS:]
        self._take(rest)
        await process.wait()

    def _take(self, raw: bytes) -> None:
        text = _COLOURS.sub("", raw.decode("utf-8", "replace")).strip()
        parts = [part.strip() for part in text.split("|")]
        if parts[0] == MARK and len(parts) == 5:
            line = Line(*parts[1:])
            self._lines.append(line)
            if self._seen is not None:
                self._seen(line)
        elif text:
            self._words = f"{self._words}\n{text}"[-_LAST_WORDS:].strip()
            self._look_for_code()

    def _look_for_code(self) -> None:
        """The message is in somebody's language and may be broken in lines: it has an address and a code in all."""
        if self._is_asked or self._ask is None or self._lines:
            return
        address = _ADDRESS.search(self._words)
        code = _CODE.search(self._words, address.end() if address else 0)
        if address and code:
            self._is_asked = True
            self._ask(ShellCode(address[0].rstrip(".,;"), code[0]))

    def _ended(self, status: int | None) -> Run:
        end = next((line for line in self._lines if line.kind == "end"), None)
        lines = tuple(self._lines)
        if end is not None and end.state == "done" and status == 0:
            return Run(Ending.DONE, lines=lines)
        if end is not None and end.state == "failed":
            foreseen = re.search(rf"{MARK}:([a-z-]+)", end.detail)
            return Run(Ending.FAILED, foreseen[1] if foreseen else end.name, end.detail, lines)
        return Run(Ending.FAILED, "broken-off" if lines else "not-started", self._words, lines)


def _input(application: ExchangeApplication | None) -> bytes:
    if application is None:
        return b""
    password = secrets.token_urlsafe(24)
    key = serialization.load_pem_private_key(application.certificate.key.encode(), None)
    certificate = x509.load_pem_x509_certificate(application.certificate.certificate.encode())
    packed = pkcs12.serialize_key_and_certificates(
        b"exchange",
        key,  # type: ignore[arg-type]  # it is the RSA key that certificates.py made
        certificate,
        None,
        serialization.BestAvailableEncryption(password.encode()),
    )
    plain = {
        "client": application.client,
        "organization": application.organization,
        "certificate": base64.b64encode(packed).decode(),
        "password": password,
    }
    return json.dumps(plain).encode() + b"\n"


def _policy() -> Sequence[str]:
    """Windows asks whether scripts may run at all; this one is ours, and for this one run."""
    return ("-ExecutionPolicy", "Bypass") if sys.platform == "win32" else ()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End PowerShell and what it started; nicely, then at once."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                process.terminate()
            else:
                os.killpg(process.pid, number)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE)
