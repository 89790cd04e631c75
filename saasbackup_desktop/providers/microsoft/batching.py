"""Many requests in one: 20 at a time, answered in the same order; what the service had no time for is sent again."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from saasbackup_desktop.core.errors import ProtocolBroken, SignInNeeded
from saasbackup_desktop.providers.microsoft import faults, waiting
from saasbackup_desktop.providers.microsoft.budget import Budget
from saasbackup_desktop.providers.microsoft.calls import BETA, IMMUTABLE, Answer, Call, shown
from saasbackup_desktop.providers.microsoft.units import Units

_MOST: Final = 20
"""Requests in one batch."""

Reply = tuple[int, Mapping[str, str], Any]
"""Status, headers in lower case, and body."""


class Line(Protocol):
    """What batches are sent over."""

    attempts: int
    budget: Budget
    units: Units

    @property
    def service(self) -> str:
        """The address of the service."""
        ...

    @property
    def patience(self) -> float:
        """Seconds that one request waits out throttling in all."""
        ...

    def now(self) -> int:
        """Seconds since 1970 UTC."""
        ...

    async def send(
        self, method: str, path: str, body: Any = None, *, mailbox: str = "", repeats: bool | None = None
    ) -> dict[str, Any]:
        """Write; the answer's object. Raises Fault."""
        ...

    async def renew_token(self) -> None:
        """Get another token than the one that is in use. Raises SignInNeeded."""
        ...


async def send_all(line: Line, calls: Sequence[Call], mailbox: str) -> list[Answer]:
    """Send many requests, 20 at a time; their answers in the same order. Raises Fault if a batch as a whole fails.

    What the service had no time for is sent again, after the time that it asked for. Each version of the interface
    has batches of its own.
    """
    answers: dict[int, Answer] = {}
    for is_beta in (False, True):
        some = [number for number, call in enumerate(calls) if call.path.startswith(BETA) is is_beta]
        found = await _send_alike(line, [calls[number] for number in some], mailbox)
        answers.update(zip(some, found, strict=True))
    return [answers[number] for number in range(len(calls))]


async def _send_alike(line: Line, calls: Sequence[Call], mailbox: str) -> list[Answer]:
    answers: dict[int, Answer] = {}
    left = list(range(len(calls)))
    waited, attempt, renewed = 0.0, 0, False
    while left:
        some, left = left[:_MOST], left[_MOST:]
        replies = await _send(line, [(number, calls[number]) for number in some], mailbox)
        again: list[int] = []
        longest, rest, stale = 0.0, 0.0, False
        for number in some:
            status, headers, body = replies.get(str(number), (0, {}, None))
            if status == 401 and not renewed and _is_stale(line, calls[number], headers, body):
                again.append(number)
                stale = True
                continue
            unsure = calls[number].method == "POST" and status not in faults.UNSERVED
            if status in faults.PASSING and not unsure and attempt < line.attempts * 4:
                told = waiting.retry_after(headers, line.now())
                wait = told if told is not None else waiting.backoff(attempt)
                if waited + wait <= line.patience:
                    again.append(number)
                    longest = max(longest, wait)
                    rest = max(rest, wait if status in faults.THROTTLING else 0.0)
                    continue
            answers[number] = _answer(line, calls[number], status, headers, body)
        if stale:
            renewed = True
            await line.renew_token()
        if again:
            attempt += 1
            waited += longest
            left = again + left
            if rest:
                line.budget.shrink(mailbox, rest)
            await asyncio.sleep(longest)
        else:
            attempt = 0
    return [answers[number] for number in range(len(calls))]


async def _send(line: Line, some: Sequence[tuple[int, Call]], mailbox: str) -> dict[str, Reply]:
    requests = []
    for number, call in some:
        headers = {"Prefer": IMMUTABLE, **call.headers}
        url = call.path.removeprefix(BETA.rstrip("/"))
        one: dict[str, Any] = {"id": str(number), "method": call.method, "url": url, "headers": headers}
        if call.body is not None:
            one["body"] = call.body
            headers.setdefault("Content-Type", "application/json")
        requests.append(one)
    only_reads = all(call.method == "GET" for _, call in some)
    where = "/beta/$batch" if some[0][1].path.startswith(BETA) else "/$batch"
    page = await line.send("POST", where, {"requests": requests}, mailbox=mailbox, repeats=only_reads)
    replies: dict[str, Reply] = {}
    for reply in page.get("responses", ()):
        said = {str(name).lower(): str(value) for name, value in (reply.get("headers") or {}).items()}
        line.units.hear(said)
        replies[str(reply.get("id"))] = int(reply.get("status", 0)), said, reply.get("body")
    return replies


def _is_stale(line: Line, call: Call, headers: Mapping[str, str], body: Any) -> bool:
    """Tell whether the token is what was refused."""
    return isinstance(_answer(line, call, 401, headers, body).fault, SignInNeeded)


def _answer(line: Line, call: Call, status: int, headers: Mapping[str, str], body: Any) -> Answer:
    if 200 <= status < 300:
        return Answer(status, body)
    what = f"{call.method} {shown(call.path)}"
    if not status:
        return Answer(0, None, ProtocolBroken(f"{what}: no answer in the batch", host=line.service))
    plain = body if isinstance(body, str | bytes | Mapping) else None
    wait = waiting.retry_after(headers, line.now()) or 0.0
    return Answer(status, body, faults.fault_of(faults.read(status, plain, headers), what, wait=wait))
