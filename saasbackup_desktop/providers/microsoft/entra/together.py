"""Several streams read side by side."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Given(Generic[T]):
    one: T


async def together(streams: Sequence[Callable[[], AsyncGenerator[T, None]]], many: int) -> AsyncGenerator[T, None]:
    """Read several streams at once, and give what they give as it comes. Raises what a stream raises.

    Each is at most one step ahead of who takes what it gives.
    """
    waiting = deque(streams)
    given: asyncio.Queue[_Given[T] | Exception | None] = asyncio.Queue(1)

    async def run() -> None:
        try:
            while waiting:
                async with aclosing(waiting.popleft()()) as stream:
                    async for one in stream:
                        await given.put(_Given(one))
        except Exception as error:  # raised by who takes what is given
            await given.put(error)
        else:
            await given.put(None)

    tasks = [asyncio.ensure_future(run()) for _ in range(min(many, len(streams)))]
    left = len(tasks)
    try:
        while left:
            taken = await given.get()
            if isinstance(taken, Exception):
                raise taken
            if taken is None:
                left -= 1
            else:
                yield taken.one
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_of(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Do works side by side, and give what they give in their order. Raises what the first of them raises."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
