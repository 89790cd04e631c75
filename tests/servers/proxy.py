"""A TCP proxy on loopback that breaks what passes: cuts after so many bytes, waits, refuses, or shows a certificate."""

import contextlib
import socket
import ssl
import threading
import time
from types import TracebackType
from typing import Self

_PIECE = 16_384


class FaultyProxy:
    """Stands before a server. What it does wrong can be changed while it runs.

    ``cut_after``: bytes from the server until a connection is cut; each cut uses up one of ``cuts`` (None: no end).
    ``delay``: seconds before each piece from the server. ``refuse``: close each new connection at once.
    """

    host = "localhost"

    def __init__(
        self,
        port: int,
        *,
        cut_after: int | None = None,
        cuts: int | None = 1,
        delay: float = 0.0,
        refuse: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``port``: of the server behind. ``tls``: what clients meet; the server behind is spoken to in the clear."""
        self.cut_after, self.cuts, self.delay, self.refuse = cut_after, cuts, delay, refuse
        self.connections = 0
        """Accepted so far."""
        self._behind, self._tls = port, tls
        self._links: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._closed = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._run(self._welcome)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Cut every connection now."""
        with self._lock:
            links, self._links = self._links, set()
        for link in links:
            _close(link)

    def _run(self, what: object, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _welcome(self) -> None:
        while not self._closed:
            try:
                link, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            self._run(self._serve, link)

    def _serve(self, front: socket.socket) -> None:
        if self.refuse:
            front.close()
            return
        if self._tls is not None:
            try:
                front = self._tls.wrap_socket(front, server_side=True)
            except OSError:  # the client refused the certificate: that is what it was shown for
                front.close()
                return
        try:
            back = socket.create_connection(("127.0.0.1", self._behind), 10)
        except OSError:
            front.close()
            return
        back.settimeout(None)
        with self._lock:
            self._links |= {front, back}
        if self._closed:
            self.cut()
        self._run(self._carry, front, back, False)
        self._carry(back, front, True)

    def _carry(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                if from_server:
                    if self.delay:
                        time.sleep(self.delay)
                    if self._is_cut(passed + len(piece)):
                        sink.sendall(piece[: max(0, (self.cut_after or 0) - passed)])
                        break
                    passed += len(piece)
                sink.sendall(piece)
        with self._lock:
            self._links -= {source, sink}
        _close(source)
        _close(sink)

    def _is_cut(self, passed: int) -> bool:
        with self._lock:
            if self.cut_after is None or passed <= self.cut_after or self.cuts == 0:
                return False
            if self.cuts is not None:
                self.cuts -= 1
            return True


def _close(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        link.close()
