"""Measure and tell: one line for each figure, with its limit or its peer beside it."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOOK = 0.01  # seconds between two looks at a running program


@dataclass(slots=True)
class Span:
    """Seconds, known when the ``with`` has ended."""

    seconds: float = 0.0


@contextmanager
def span() -> Iterator[Span]:
    """Time a stretch of work."""
    measured = Span()
    begun = time.perf_counter()
    yield measured
    measured.seconds = time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Run:
    """What a program took."""

    seconds: float
    cpu: float
    peak: int
    """Bytes of memory at most."""
    code: int
    output: str


def program(
    arguments: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, log: Path, cwd: Path | None = None
) -> Run:
    """Run a program to its end and measure it."""
    begun = time.perf_counter()
    with log.open("wb") as out:
        child = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
        )
        ended, peak = 0, 0
        while not ended:
            time.sleep(_LOOK)
            peak = max(peak, _memory(child.pid))
            ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak, child.returncode, log.read_text(errors="replace"))


def _memory(pid: int) -> int:
    """Bytes at most so far; what the kernel tells at the end would count this process's own memory at the fork."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def title(text: str) -> None:
    """Begin a group of figures."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def tell(what: str, figure: str, beside: str, *, good: bool | None = None) -> None:
    """Print one figure beside its limit or peer."""
    mark = "" if good is None else ("  ok" if good else "  OVER")
    print(f"  {what:<48} {figure:>16}   {beside}{mark}", flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
