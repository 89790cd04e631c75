"""A pretend IMAP server on loopback: in a loop of yours, or in a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from saasbackup_desktop.sim.imap.conversation import converse
from saasbackup_desktop.sim.imap.faults import Faults
from saasbackup_desktop.sim.imap.manners import Manners
from saasbackup_desktop.sim.imap.pipe import LONGEST_LINE, Pipe
from saasbackup_desktop.sim.imap.session import House, Session, Tally
from saasbackup_desktop.sim.imap.state import Mailbox

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate and key, as PEM files; with ``starttls`` connections begin in the clear."""

    chain: Path
    key: Path
    starttls: bool = False

    def context(self) -> ssl.SSLContext:
        """Make the server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Server:
    """A pretend IMAP server for some mailboxes.

    ``faults`` may be ordered and ``tally`` be read from any thread while it runs.
    """

    def __init__(
        self,
        mailboxes: Iterable[Mailbox],
        *,
        manners: Manners | None = None,
        certificate: Certificate | None = None,
        port: int = 0,
    ) -> None:
        self.mailboxes = {mailbox.user: mailbox for mailbox in mailboxes}
        self.faults = Faults()
        self.tally = Tally()
        self.host = LOOPBACK
        self.port = port
        self._context = certificate.context() if certificate else None
        self._implicit = certificate is not None and not certificate.starttls
        self._house = House(self.mailboxes, manners or Manners(), self.faults, self.tally)
        if self._context is not None and not self._implicit:
            self._house.encrypt = self._encrypt
        self._server: asyncio.Server | None = None
        self._visits: dict[asyncio.Task[None], asyncio.Task[None]] = {}

    @property
    def manners(self) -> Manners:
        """How the server behaves."""
        return self._house.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._house.manners = manners

    async def _encrypt(self, pipe: Pipe) -> None:
        if self._context is not None:
            await pipe.encrypt(self._context)

    async def start(self) -> None:
        """Begin to listen; ``port`` says where."""
        self._server = await asyncio.start_server(
            self._welcome,
            self.host,
            self.port,
            ssl=self._context if self._implicit else None,
            limit=LONGEST_LINE,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        pipe = Pipe(reader, writer)
        session = Session(self._house, pipe, asyncio.get_running_loop())
        session.encrypted = self._implicit
        self.tally.connections += 1
        # A task of its own, so that stopping the server cancels the talk and not the visit that tidies up after it.
        talk = asyncio.create_task(converse(session))
        if visit is not None:
            self._visits[visit] = talk
        try:
            await asyncio.wait((talk,))
            if not talk.cancelled():
                talk.result()
        finally:
            self.tally.connections -= 1
            self.tally.bytes_sent += pipe.sent
            await pipe.close()
            if visit is not None:
                del self._visits[visit]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is not None:
            self._server.close()
        for talk in self._visits.values():
            talk.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()


@contextmanager
def serve_in_thread(
    mailboxes: Iterable[Mailbox],
    *,
    manners: Manners | None = None,
    certificate: Certificate | None = None,
    port: int = 0,
) -> Iterator[Server]:
    """Serve mailboxes from a thread with a loop of its own, for as long as the context lasts; OSError if it cannot."""
    server = Server(mailboxes, manners=manners, certificate=certificate, port=port)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="pretend-imap", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(loop.shutdown_asyncgens(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
