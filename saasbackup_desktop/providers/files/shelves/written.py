"""What a writer gets to write one file into: it counts and hashes what goes by."""

import hashlib
from collections.abc import Callable, Iterable


class Written:
    """The side of a file that is only written. All that is written is hashed, unless its hash is known."""

    def __init__(self, sink: Callable[[memoryview], None], sha256: str = "") -> None:
        """``sink`` takes the bytes; ``sha256`` (hexadecimal) is what they will hash to, if that is known."""
        self._sink = sink
        self._known = sha256
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of it."""
        piece = memoryview(data).cast("B")
        self._sink(piece)
        self.note(piece)
        return len(piece)

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def note(self, data: bytes | memoryview) -> None:
        """Take in what lies there from before."""
        self.hash(data)
        self.size += len(data)

    def hash(self, data: bytes | memoryview) -> None:
        """Take bytes into the hash."""
        if not self._known:
            self._hash.update(data)

    def tell(self) -> int:
        """How much was written."""
        return self.size

    def flush(self) -> None:
        """Nothing waits here."""

    def writable(self) -> bool:
        """It can be written."""
        return True

    def readable(self) -> bool:
        """It cannot be read."""
        return False

    def seekable(self) -> bool:
        """It only grows."""
        return False

    def close(self) -> None:
        """Who began the file ends it."""

    def digest(self) -> str:
        """SHA-256, hexadecimal."""
        return self._known or self._hash.hexdigest()
