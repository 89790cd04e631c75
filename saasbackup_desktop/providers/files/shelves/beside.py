"""Small files that threads pack side by side; they come back in their order."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from saasbackup_desktop.providers.files.shelves.packed import Packed
from saasbackup_desktop.providers.files.shelves.volumes import Held

_THREADS: Final = 2
_MOST: Final = 16 << 20
"""Bytes of small files that wait to be packed at most."""

Pair = tuple[Packed, Held]


class Beside:
    """Packs files, and hands each to ``put`` when those before it are there. One thread may ask."""

    def __init__(self, put: Callable[[Packed, Held], None]) -> None:
        self._put = put
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pack")
        self._coming: deque[tuple[Future[Pair], int]] = deque()
        """With their bytes."""
        self._waiting = 0

    def pack(self, work: Callable[[], Pair], size: int) -> None:
        """Have a file of so many bytes packed. Blocks while too many wait. Raises what ``put`` raises."""
        self._coming.append((self._threads.submit(work), size))
        self._waiting += size
        self.settle(_MOST)

    def settle(self, most: int = 0) -> None:
        """Hand on what is packed, until at most so many bytes wait. What is refused is the first one the next time."""
        while self._coming and (not most or self._waiting > most or self._coming[0][0].done()):
            packing, size = self._coming[0]
            self._put(*packing.result())
            self._coming.popleft()
            self._waiting -= size

    def close(self) -> None:
        """Leave undone what waits, and end the threads."""
        self._threads.shutdown(cancel_futures=True)
        self._coming.clear()
