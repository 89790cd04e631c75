"""A wire between the program and a server: slow if wanted, and cut when wanted."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self

_PIECE = 16 << 10


class Relay:
    """Passes bytes on from a port of its own. A context manager."""

    def __init__(self, port: int, *, bytes_a_second: int | None = None) -> None:
        self._to = port
        self._rate = bytes_a_second
        self._links: list[socket.socket] = []
        self._passed = 0
        self._is_cut = threading.Event()
        self._moved = threading.Condition()

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def wait_for(self, passed: int) -> None:
        """Wait until so many bytes have come from the server."""
        with self._moved:
            assert self._moved.wait_for(lambda: self._passed >= passed, timeout=60), "nothing comes"

    def cut(self) -> None:
        """Cut every connection, and every later one at once."""
        self._is_cut.set()
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Pass bytes on again, as fast as may be."""
        self._rate = None
        self._is_cut.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            if self._is_cut.is_set():
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._links += [near, far]
            threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                target.sendall(data)
                if is_answer:
                    self._count(len(data))
        for link in (source, target):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        source.close()

    def _count(self, size: int) -> None:
        with self._moved:
            self._passed += size
            self._moved.notify_all()
        if self._rate is not None:
            time.sleep(size / self._rate)
