"""How the pretend Graph behaves: limits, faults, slowness. All of it can be changed while it runs."""

import random
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from saasbackup_desktop.sim.graph.units import Allowance
from saasbackup_desktop.sim.graph.wire import Refusal


@dataclass(slots=True)
class Limit:
    """So many requests in so many seconds, and so many at once; for each mailbox, or for the whole application."""

    requests: int = 10_000
    seconds: float = 600.0
    at_once: int = 4
    for_each: str = "mailbox"
    """``mailbox`` or ``application``."""


@dataclass(slots=True)
class Manners:
    """Faults and limits. ``errors`` maps a status to the share of requests that get it at random."""

    limit: Limit | None = None
    """Of mailboxes."""
    errors: dict[int, float] = field(default_factory=dict)
    latency: float = 0.0
    """Seconds before each answer."""
    cut: float = 0.0
    """Share of answers that break off half-way."""
    drop: float = 0.0
    """Share of requests whose connection is closed without an answer."""
    retry_after: bool = True
    seed: int = 1
    refusals: list[tuple[str, str, Refusal]] = field(default_factory=list)
    """Method, beginning of the path, and what it gets, once each: for faults in one place."""
    allowance: Allowance | None = None
    """Of the directory."""
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)


class Gate:
    """Counts requests, and says no when there are too many."""

    def __init__(self, manners: Manners, now: Callable[[], float]) -> None:
        self._manners = manners
        self._now = now
        self._at_once: dict[str, int] = defaultdict(int)
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self.served = 0
        self.throttled = 0

    def enter(self, application: str, mailbox: str) -> str | None:
        """Let a request in: the key to leave with, None if nothing is counted. Raises Refusal."""
        limit = self._manners.limit
        if limit is None or not mailbox:
            return None
        key = f"{application}/{mailbox}" if limit.for_each == "mailbox" else application
        if self._at_once[key] >= limit.at_once:
            self.throttled += 1
            raise Refusal(
                429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", Retry_After="1"
            )
        window = f"{application}/{mailbox}"
        self._count(limit, window)
        self._at_once[key] += 1
        return key

    def count(self, application: str, mailbox: str) -> None:
        """Count a request inside a batch. Raises Refusal."""
        if self._manners.limit is not None and mailbox:
            self._count(self._manners.limit, f"{application}/{mailbox}")

    def leave(self, key: str | None) -> None:
        """Let a request out."""
        if key is not None:
            self._at_once[key] -= 1

    def _count(self, limit: Limit, window: str) -> None:
        now, times = self._now(), self._times[window]
        while times and times[0] <= now - limit.seconds:
            times.popleft()
        if len(times) >= limit.requests:
            self.throttled += 1
            wait = max(1, round(times[0] + limit.seconds - now + 0.5))
            raise Refusal(429, "TooManyRequests", "Too many requests.", Retry_After=str(wait))
        times.append(now)
        self.served += 1

    def stumble(self, method: str, path: str) -> None:
        """Meet a fault by chance, or one that was put in the way. Raises Refusal."""
        manners = self._manners
        for place, (verb, beginning, refusal) in enumerate(manners.refusals):
            if verb == method and path.startswith(beginning):
                del manners.refusals[place]
                raise refusal
        drawn = manners.dice.random()
        for status, share in manners.errors.items():
            drawn -= share
            if drawn < 0:
                codes = {429: "TooManyRequests", 503: "ServiceUnavailable", 504: "GatewayTimeout"}
                headers = {"Retry_After": "1"} if manners.retry_after and status in (429, 503) else {}
                raise Refusal(status, codes.get(status, "InternalServerError"), "By chance.", **headers)
