"""Files that a thread writes and hashes behind whoever fills them, so that reading, hashing and writing overlap."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.providers.files.shelves.draft import secure_all
from saasbackup_desktop.providers.files.shelves.written import Written

_MOST: Final = 16 << 20
"""Bytes that wait at most."""
_BLOCK: Final = 1 << 20
"""Bytes that are handed over at once: each time costs as much as writing some 50 KB."""
_EACH: Final = 2 << 10
"""What a thing to do counts as besides: there may be thousands without any bytes."""
_SHORT: Final = 64 << 10
"""Shorter pieces are written together: a call costs more than copying them."""
SECURED: Final = 64 << 20
"""Bytes after which the disk is asked to have them, so that a seal need not wait for all."""

Work = Callable[[], None]


class Behind:
    """Does one thing after the other in a thread of its own. One thread may ask.

    After a fault nothing more is done: what is asked next raises it, and so does everything from then on.
    """

    def __init__(self, first: Work) -> None:
        """``first`` is done in the same thread before anything that was asked for."""
        self._first = first
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shelf")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="shelf-disk")
        self._row: list[Work] = []
        self._row_size = 0
        self._coming: deque[tuple[Future[None], int]] = deque()
        self._securing: deque[Future[None]] = deque()
        self._size = 0
        self._fault: BaseException | None = None

    def do(self, work: Work, size: int) -> None:
        """Have something done that holds so many bytes. Blocks while too many wait. Raises what failed before."""
        self._row.append(work)
        self._row_size += size + _EACH
        if self._row_size >= _BLOCK:
            self._hand_over()
        while self._coming and (self._size > _MOST or self._coming[0][0].done()):
            self._settle()

    def secure(self, paths: Sequence[Path]) -> None:
        """Have files that are written brought to the disk, when there is time for it."""
        self._securing.append(self._disk.submit(self._secure, paths))

    def wait(self) -> None:
        """Wait until all is done. Raises what failed."""
        self._hand_over()
        while self._coming:
            self._settle()
        while self._securing:
            self._securing.popleft().result()
        if self._fault is not None:
            raise self._fault

    def close(self) -> None:
        """Leave undone what waits, and end the threads."""
        self._row.clear()
        self._thread.shutdown(cancel_futures=True)
        self._disk.shutdown(cancel_futures=True)

    def _hand_over(self) -> None:
        if self._row:
            row, size = self._row, self._row_size
            self._row, self._row_size = [], 0
            self._coming.append((self._thread.submit(self._all, row), size))
            self._size += size

    def _settle(self) -> None:
        done, size = self._coming.popleft()
        self._size -= size
        done.result()

    def _all(self, row: Sequence[Work]) -> None:
        self._noting(self._first)
        for work in row:
            self._noting(work)

    def _secure(self, paths: Sequence[Path]) -> None:
        self._noting(lambda: secure_all(paths))

    def _noting(self, work: Work) -> None:
        if self._fault is not None:
            raise self._fault
        try:
            work()
        except BaseException as fault:
            self._fault = fault
            raise


class Leaf(Written):
    """A file that is written and hashed behind whoever fills it."""

    def __init__(self, path: Path, behind: Behind, sha256: str = "") -> None:
        """The file comes to be with its first bytes, or in the end; it must not be there before."""
        super().__init__(self._to_disk, sha256)
        self.has_ended = False
        """Closed, all of it written and hashed."""
        self.path = path
        self._behind = behind
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._raw: Any = None
        self._unsecured = 0

    def reopen(self, length: int) -> None:
        """Go on with a file that is there, behind so many bytes. Raises ValueError if it has fewer, OSError."""
        raw = self._raw = self.path.open("r+b", buffering=0)
        try:
            while self.size < length:
                piece = raw.read(min(_BLOCK, length - self.size))
                if not piece:
                    raise ValueError(f"{self.path.name} is shorter than it was")
                self.note(piece)
            raw.truncate(length)
        except BaseException:
            raw.close()
            raise

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take all of it, to be written."""
        piece = bytes(data)
        self.size += len(piece)
        self._waiting += len(piece)
        self._pieces.append(piece)
        if self._waiting >= _BLOCK:
            self._hand_over()
        return len(piece)

    def secure(self) -> None:
        """Bring all of it to the disk. Raises OSError."""
        self._hand_over()
        self._behind.wait()
        os.fsync(self._raw.fileno())

    def end(self, modified: int | None = None) -> None:
        """Have the file closed when all is written; ``modified`` as of ``Shelf.file``."""
        self._hand_over(lambda: self._end(modified))

    def discard(self) -> None:
        """Leave nothing of the file. Raises OSError."""
        with suppress(Exception):  # what failed behind is raised again by whatever is asked next
            self._behind.wait()
        if self._raw is not None:
            self._raw.close()
            self.path.unlink()

    def let_go(self) -> None:
        """Close the file as it is, when nothing is done behind any more."""
        if self._raw is not None:
            self._raw.close()

    def _hand_over(self, then: Callable[[], None] | None = None) -> None:
        pieces, size = self._pieces, self._waiting
        self._pieces, self._waiting = [], 0
        self._behind.do(lambda: self._put(pieces, then), size)

    def _put(self, pieces: list[bytes], then: Work | None) -> None:
        """Write, in the thread."""
        if self._raw is None:
            self._raw = self.path.open("xb", buffering=0)
        for data in _longer(pieces):
            self._to_disk(memoryview(data))
            self.hash(data)
            self._unsecured += len(data)
        if then is not None:
            then()
        elif self._unsecured >= SECURED:
            self._unsecured = 0
            self._behind.secure([self.path])

    def _to_disk(self, data: memoryview) -> None:
        while data:
            data = data[self._raw.write(data) :]

    def _end(self, modified: int | None) -> None:
        if modified is not None:
            _set_time(self._raw, modified)
        self._raw.close()
        self.has_ended = True


def _longer(pieces: Sequence[bytes]) -> Iterator[bytes]:
    """Put short pieces together."""
    some: list[bytes] = []
    for piece in pieces:
        if len(piece) < _SHORT:
            some.append(piece)
            continue
        if some:
            yield b"".join(some)
            some = []
        yield piece
    if some:
        yield some[0] if len(some) == 1 else b"".join(some)


def _set_time(file: Any, modified: int) -> None:
    with suppress(OSError, OverflowError, ValueError):  # not every file system knows every date
        if os.utime in os.supports_fd:
            os.utime(file.fileno(), (modified, modified))
        else:
            os.utime(file.name, (modified, modified))
