"""A server that says what it was told to: for answers that no real server can be brought to give."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

_USUAL = {
    b"CAPABILITY": b"IMAP4rev1",
    b"LOGIN": b"OK signed in",
}


class Scripted:
    """Answers commands by their first words.

    ``lines``: pairs of a command and its answer. An answer that begins with ``*`` goes out as it is, before ``OK``;
    for CAPABILITY it is the list; ``BYE`` closes the connection. A command may be listed several times: in order.
    """

    def __init__(self, lines: Sequence[bytes], greeting: bytes = b"* OK ready") -> None:
        self._lines = list(zip(lines[::2], lines[1::2], strict=True))
        self._greeting = greeting
        self._threads: list[threading.Thread] = []
        self.commands: list[bytes] = []
        """What was asked, without tags."""

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._run(self._welcome)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(5)

    def _run(self, what: object, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _welcome(self) -> None:
        while True:
            try:
                link, _ = self._door.accept()
            except OSError:
                return
            self._run(self._serve, link)

    def _serve(self, link: socket.socket) -> None:
        with link, link.makefile("rb") as file, contextlib.suppress(OSError):
            link.sendall(self._greeting + b"\r\n")
            while line := file.readline():
                tag, _, command = line.rstrip().partition(b" ")
                self.commands.append(command)
                if command.startswith(b"LOGOUT"):
                    link.sendall(b"* BYE see you\r\n" + tag + b" OK done\r\n")
                    return
                answer = self._answer(command)
                if answer == b"BYE":
                    return
                if command.startswith(b"CAPABILITY"):
                    link.sendall(b"* CAPABILITY " + answer + b"\r\n" + tag + b" OK done\r\n")
                elif answer.startswith(b"*"):
                    link.sendall(answer + b"\r\n" + tag + b" OK done\r\n")
                else:
                    link.sendall(tag + b" " + answer + b"\r\n")

    def _answer(self, command: bytes) -> bytes:
        for index, (start, answer) in enumerate(self._lines):
            if command.startswith(start):
                if sum(1 for other, _ in self._lines if other == start) > 1:
                    del self._lines[index]
                return answer
        return _USUAL.get(command.split(b" ")[0], b"OK done")
