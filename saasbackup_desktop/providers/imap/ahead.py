"""Work a little ahead of whoever takes the results."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


async def ahead(works: Iterable[Callable[[], Awaitable[Result]]], depth: int) -> AsyncGenerator[Result, None]:
    """Do pieces of work, up to ``depth`` at a time, and give their results in order."""
    pending: deque[asyncio.Task[Result]] = deque()

    async def done(work: Callable[[], Awaitable[Result]]) -> Result:
        return await work()

    try:
        for work in works:
            pending.append(asyncio.create_task(done(work)))
            if len(pending) >= depth:
                yield await pending.popleft()
        while pending:
            yield await pending.popleft()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
