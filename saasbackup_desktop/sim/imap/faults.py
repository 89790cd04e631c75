"""Misbehaviour to order: what shall go wrong, when, and how often."""

import threading
from dataclasses import dataclass, field

GREETING = "GREETING"
"""Stands for the welcome, before any command."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection in the answer, after so many bytes of it."""

    after_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with NO (or BAD) and a response code, and do nothing."""

    code: str = "UNAVAILABLE"
    text: str = "Try again later"
    answer: str = "NO"


@dataclass(frozen=True, slots=True)
class Bye:
    """Say BYE and close (RFC 3501 section 7.1.5)."""

    text: str = "[UNAVAILABLE] Server shutting down"


@dataclass(frozen=True, slots=True)
class Slow:
    """Wait before answering."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Renumber:
    """Give the folder a new UIDVALIDITY and new UIDs just before answering."""

    path: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Say something that a person should read, then answer as usual (RFC 3501 section 7.1: ALERT)."""

    text: str


Act = Drop | Refuse | Bye | Slow | Renumber | Alert


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong."""

    command: str
    """The command it waits for, such as ``LOGIN`` or ``UID FETCH``; ``*`` for any; ``GREETING`` for the welcome."""
    act: Act
    after: int
    """How many such commands pass unharmed first."""
    times: int
    """How many are then harmed."""


@dataclass(slots=True)
class Faults:
    """Everything that is to go wrong, first come first served. Safe to use from any thread."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    struck: int = 0
    """How many commands have been harmed."""

    def add(self, command: str, act: Act, *, after: int = 0, times: int = 1) -> None:
        """Order a fault."""
        with self._lock:
            self._waiting.append(Fault(command, act, after, times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        with self._lock:
            self._waiting.clear()

    def take(self, command: str) -> Act | None:
        """Say what goes wrong with this command, if anything, and count it."""
        with self._lock:
            struck: Fault | None = None
            for fault in self._waiting:
                if fault.command != command and (fault.command != "*" or command == GREETING):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif struck is None:
                    struck = fault
            if struck is None:
                return None
            self.struck += 1
            struck.times -= 1
            if struck.times == 0:
                self._waiting.remove(struck)
            return struck.act
