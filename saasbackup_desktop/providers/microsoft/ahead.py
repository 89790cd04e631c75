"""Work that is begun before what came before it has been taken: nobody waits for one slow answer with empty hands."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from saasbackup_desktop.core.model import Item

T = TypeVar("T")
_UNTOLD = 64 * 1024
"""Bytes: what an item counts for whose size nobody told."""


async def ahead(works: Iterable[Callable[[], Coroutine[Any, Any, T]]], many: int) -> AsyncGenerator[T, None]:
    """Do several works at once, and give what they give in their order. Raises what a work raises."""
    under_way: deque[asyncio.Task[T]] = deque()
    waiting = iter(works)
    try:
        while True:
            while len(under_way) < many and (work := next(waiting, None)) is not None:
                under_way.append(asyncio.ensure_future(work()))
            if not under_way:
                return
            given = await under_way[0]
            under_way.popleft()
            yield given
    finally:
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)
            for task in under_way:
                if not task.cancelled():
                    task.exception()  # what ended the work is known; this came too late to matter


def handfuls(items: Sequence[Item], count: int, size: int) -> Iterator[list[Item]]:
    """Part items into portions of at most so many, and of about so many bytes."""
    portion: list[Item] = []
    held = 0
    for item in items:
        many = item.size if item.size is not None else _UNTOLD
        if portion and (len(portion) >= count or held + many > size):
            yield portion
            portion, held = [], 0
        portion.append(item)
        held += many
    if portion:
        yield portion
