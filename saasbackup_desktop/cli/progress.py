"""Show how jobs come along: a bar on a terminal, lines elsewhere, JSON objects for programs."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from saasbackup_desktop.app.words.states import doing, job_status
from saasbackup_desktop.cli.figures import count, duration, local, printable, size
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.records import account_of, service_at, subject_of, tally_record
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import FAR, Job, State, Tally
from saasbackup_desktop.core.model import Service

_LINES_EVERY: Final = 5.0
_OBJECTS_EVERY: Final = 1.0
_WINDOW: Final = 15.0
"""Seconds that a rate is taken over."""


class Display(Protocol):
    """Something that shows jobs again and again."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, jobs: Sequence[Job]) -> None:
        """Show how the jobs stand now."""


def display(out: Output, names: Mapping[StreamId, str]) -> Display:
    """Choose what fits whoever looks."""
    if out.as_json:
        return Objects(out, names)
    return Bars(out, names) if out.messages.is_terminal else Lines(out, names)


class Rates:
    """How fast each job is, over the last seconds."""

    def __init__(self) -> None:
        self._samples: dict[JobId, deque[tuple[float, int, int]]] = {}

    def sample(self, job: Job, now: float) -> tuple[float, float]:
        """Take note of a job; give items and bytes a second."""
        samples = self._samples.setdefault(job.id, deque())
        samples.append((now, job.tally.items_done, job.tally.bytes_done))
        while samples[-1][0] - samples[0][0] > _WINDOW:
            samples.popleft()
        since, items, moved = samples[0]
        elapsed = now - since
        if elapsed < 0.5:
            return 0.0, 0.0
        return (job.tally.items_done - items) / elapsed, (job.tally.bytes_done - moved) / elapsed


def seconds_left(tally: Tally, items_rate: float, bytes_rate: float) -> float | None:
    """Estimate from bytes where their total is known, else from items; None if nothing can be said."""
    if tally.bytes_total > tally.bytes_done and bytes_rate > 0:
        return (tally.bytes_total - tally.bytes_done) / bytes_rate
    if tally.items_total > tally.items_done and items_rate > 0:
        return (tally.items_total - tally.items_done) / items_rate
    return None


def figures(job: Job, rates: tuple[float, float]) -> str:
    """``1,200 of 5,000 · 30.1 MiB · 2.1 MiB/s · 12 s left``."""
    tally = job.tally
    parts = []
    if tally.items_total:
        parts.append(f"{count(tally.items_done)} of {count(tally.items_total)}")
    elif tally.items_done:
        parts.append(count(tally.items_done))
    if tally.bytes_done:
        parts.append(size(tally.bytes_done))
    if rates[1] >= 1:
        parts.append(f"{size(round(rates[1]))}/s")
    left = seconds_left(tally, *rates)
    if left is not None:
        parts.append(f"{duration(left)} left")
    if tally.failed:
        parts.append(f"{count(tally.failed)} failed")
    if tally.limited_to is not None and job.state is State.RUNNING and isinstance(job.spec, FAR):
        parts.append(f"limited to {size(tally.limited_to)}/s")
    if tally.throttled_until is not None:
        parts.append(f"waiting for the server until {local(tally.throttled_until)[11:]}")
    return " · ".join(parts)


def headline(job: Job, names: Mapping[StreamId, str]) -> str:
    """``alice@example.org: Reading messages``, with the folder at hand."""
    runs = job.state is State.RUNNING
    at_work = doing(job.tally.doing, service_at(job) or Service.MAIL) if runs else job_status(job).label
    where = f" in {job.tally.where}" if job.tally.where and runs else ""
    return printable(f"{subject_of(job, names) or 'Vault'}: {at_work}{where}")


class _Quiet:
    """A display with nothing to set up."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Lines(_Quiet):
    """A line for each job every few seconds, and whenever its state changes."""

    def __init__(self, out: Output, names: Mapping[StreamId, str]) -> None:
        self._out = out
        self._names = names
        self._rates = Rates()
        self._told: dict[JobId, tuple[float, State]] = {}

    def show(self, jobs: Sequence[Job]) -> None:
        """Write a line where it is time for one."""
        now = time.monotonic()
        for job in jobs:
            rates = self._rates.sample(job, now)
            told, state = self._told.get(job.id, (now, None))
            self._told.setdefault(job.id, (now, job.state))
            if job.state.is_over or (state is job.state and now - told < _LINES_EVERY):
                continue
            self._told[job.id] = (now, job.state)
            numbers = figures(job, rates)
            self._out.messages.print(f"{headline(job, self._names)}{' · ' if numbers else ''}{numbers}")


class Objects(_Quiet):
    """A JSON object for each job every second."""

    def __init__(self, out: Output, names: Mapping[StreamId, str]) -> None:
        self._out = out
        self._names = names
        self._rates = Rates()
        self._told: dict[JobId, float] = {}

    def show(self, jobs: Sequence[Job]) -> None:
        """Write an object where it is time for one."""
        now = time.monotonic()
        for job in jobs:
            rates = self._rates.sample(job, now)
            if now - self._told.get(job.id, 0.0) < _OBJECTS_EVERY:
                continue
            self._told[job.id] = now
            left = seconds_left(job.tally, *rates)
            self._out.progress(
                {
                    "type": "progress",
                    "job": job.id,
                    "account": account_of(job, self._names),
                    "service": service.value if (service := service_at(job)) else None,
                    "state": job.state.value,
                    "doing": job.tally.doing or None,
                    "folder": job.tally.where or None,
                    **tally_record(job.tally),
                    "bytes_per_second": round(rates[1]),
                    "seconds_left": None if left is None else round(left),
                    "throttled_until": job.tally.throttled_until,
                    "limited_to": job.tally.limited_to,
                }
            )


class Bars:
    """A bar for each job, drawn in place."""

    def __init__(self, out: Output, names: Mapping[StreamId, str]) -> None:
        self._names = names
        self._rates = Rates()
        self._live = Live(console=out.messages, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, jobs: Sequence[Job]) -> None:
        """Draw the bars anew."""
        now = time.monotonic()
        self._live.update(Group(*(self._row(job, now) for job in jobs)))

    def _row(self, job: Job, now: float) -> Table:
        tally = job.tally
        by_bytes = tally.bytes_total > 0
        total = tally.bytes_total if by_bytes else tally.items_total
        done = tally.bytes_done if by_bytes else tally.items_done
        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(headline(job, self._names), overflow="ellipsis", no_wrap=True),
            ProgressBar(total=total or None, completed=done, width=24, pulse=not total),
            Text(figures(job, self._rates.sample(job, now)), style="dim", no_wrap=True),
        )
        return row
