"""The only way from the loop to threads: one for the catalog's writes, a few for reading it, a few for the vault."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from saasbackup_desktop.core.traffic import hurrying

P = ParamSpec("P")
T = TypeVar("T")


class Offload:
    """Threads for work that blocks."""

    def __init__(self) -> None:
        self._catalog = ThreadPoolExecutor(1, thread_name_prefix="catalog")
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="reading")
        self._disk = ThreadPoolExecutor(4, thread_name_prefix="disk")

    async def on_catalog(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that writes the catalog; one at a time, in order."""
        return await _run(self._catalog, lambda: function(*args, **kwargs))

    async def on_reading(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that reads the catalog."""
        return await _run(self._reading, lambda: function(*args, **kwargs))

    async def on_disk(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that works on the vault."""
        return await _run(self._disk, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Wait for what runs, then end the threads."""
        for pool in (self._disk, self._reading, self._catalog):
            pool.shutdown(wait=True)


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Await work in a pool. A cancelled caller waits for it to end: the vault's and catalog's calls are short and must
    not go on behind the back of a job that is over.
    """
    hurry = threading.Event()

    def inside() -> T:
        with hurrying(hurry):
            return work()

    future = asyncio.get_running_loop().run_in_executor(pool, inside)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        hurry.set()  # what is on its way does not wait for the traffic any more
        await asyncio.wait([future])
        if not future.cancelled():
            future.exception()  # taken note of: nobody waits for its outcome any more
        raise
