"""The client's end: ask, wait, be called back; everything fails plainly when the agent is gone."""

import asyncio
import contextlib
import inspect
import itertools
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from saasbackup_desktop.agent.codec import plainly
from saasbackup_desktop.agent.handshake import Hello, knock
from saasbackup_desktop.agent.link import Broken, Link
from saasbackup_desktop.agent.place import AgentPlace
from saasbackup_desktop.agent.speech import STATUS, STOP, STOP_MINE, WINDOW, Say, codec, hello
from saasbackup_desktop.core.errors import AgentGone, AgentRefused, Cancelled, Fault

log = logging.getLogger(__name__)


class AgentBug(RuntimeError):
    """The agent met something that nobody foresaw; its log has the details."""


class Connection:
    """Belongs to the loop on which it was made."""

    def __init__(self, link: Link, theirs: Hello) -> None:
        self._link = link
        self.theirs = theirs
        self.sees = False
        """The agent lets us see the vault, as far as we were told."""
        self.is_gone = False
        self._numbers = itertools.count()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._streams: dict[int, asyncio.Queue[Any]] = {}
        self._lent: dict[int, Callable[..., Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._reading = asyncio.get_running_loop().create_task(self._read(), name="agent's answers")

    @classmethod
    async def open(cls, place: AgentPlace) -> "Connection":
        """Reach this home's agent. Raises AgentMissing, AgentGone, AgentRefused."""
        token = place.token()
        reader, writer = await place.connect()
        link = Link(reader, writer)
        try:
            return cls(link, await knock(link, token, hello()))
        except (Broken, TimeoutError) as error:
            await link.close()
            raise AgentRefused(f"it does not answer: {error}") from error
        except BaseException:
            await link.close()
            raise

    @property
    def is_like(self) -> bool:
        """Both sides are of the same program."""
        return self.theirs.is_like(hello())

    async def close(self) -> None:
        """Hang up."""
        self.is_gone = True
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._link.close()

    async def gone(self) -> None:
        """Wait until the agent hangs up, or we do."""
        await asyncio.wait([self._reading])

    async def status(self) -> Mapping[str, Any]:
        """How the agent stands."""
        found: Mapping[str, Any] = await self.call(STATUS, (), {})
        return found

    async def stop(self, *, is_replaced: bool = False) -> None:
        """End the agent, and wait until it has hung up."""
        with contextlib.suppress(AgentGone):
            await self.call(STOP, (), {"is_replaced": is_replaced})
        await asyncio.wait([self._reading])

    async def stop_mine(self) -> None:
        """Stop every job that was begun over this connection and is not over."""
        await self.call(STOP_MINE, (), {})

    async def call(self, path: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Ask for something and wait for it; to cancel this cancels it there. Raises Fault, AgentBug."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        lent: list[int] = []
        try:
            await self._say(number, path, args, named, lent)
            return await answer
        except asyncio.CancelledError:
            self._cancel(number)
            raise
        finally:
            self._answers.pop(number, None)
            for one in lent:
                self._lent.pop(one, None)

    async def stream(self, path: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        """Ask for many values, one after another. Raises Fault, AgentBug."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        values = self._streams[number] = asyncio.Queue()
        answer.add_done_callback(lambda _: values.put_nowait(_END))
        taken = 0
        try:
            await self._say(number, path, args, named, [])
            while (value := await values.get()) is not _END:
                yield value
                taken += 1
                if taken % (WINDOW // 2) == 0:
                    self._post([Say.MORE.value, number, WINDOW // 2])
            answer.result()
        finally:
            if not answer.done():
                answer.cancel()
                self._cancel(number)
            elif not answer.cancelled():
                answer.exception()
            self._answers.pop(number, None)
            self._streams.pop(number, None)

    async def _say(
        self, number: int, path: str, args: tuple[Any, ...], named: Mapping[str, Any], lent: list[int]
    ) -> None:
        def lend(function: Callable[..., Any]) -> int:
            one = next(self._numbers)
            self._lent[one] = function
            lent.append(one)
            return one

        plain = [plainly(one) for one in args]
        plain_named = {name: plainly(one) for name, one in named.items()}
        said = codec().write([Say.CALL.value, number, path, plain, plain_named], lend)
        if self.is_gone:
            raise AgentGone("hung up")
        try:
            await self._link.send(said)
        except Broken as error:
            raise AgentGone(str(error)) from error

    def _cancel(self, number: int) -> None:
        if not self.is_gone:
            self._post([Say.CANCEL.value, number])

    def _post(self, message: list[Any]) -> None:
        with contextlib.suppress(Broken):
            self._link.post(codec().write(message))

    async def _read(self) -> None:
        try:
            async for message in self._link.messages():
                self._take(codec().read(message))
        finally:
            self.is_gone, self.sees = True, False
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(AgentGone("the agent hung up"))
            for task in self._answering:
                task.cancel()

    def _take(self, message: list[Any]) -> None:
        what, number, *rest = message
        if what == Say.ITEM:
            if number in self._streams:
                self._streams[number].put_nowait(rest[0])
        elif what == Say.TOLD:
            if number in self._lent:
                self._lent[number](*rest[0])
        elif what == Say.ASKED:
            task = asyncio.get_running_loop().create_task(self._be_asked(number, *rest))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        else:
            self.sees = rest[0]
            answer = self._answers.get(number)
            if answer is None or answer.done():
                return
            if what == Say.DONE:
                answer.set_result(rest[1])
            elif what == Say.FAILED:
                answer.set_exception(rest[1])
            elif what == Say.UNKNOWN:
                answer.set_exception(KeyError(rest[1]))
            else:
                answer.set_exception(AgentBug(f"{rest[1]}, in the agent: its log says more"))

    async def _be_asked(self, lent: int, args: list[Any], question: int) -> None:
        try:
            if lent not in self._lent:
                raise Cancelled("nobody waits for it any more")
            value = self._lent[lent](*args)
            value = await value if inspect.isawaitable(value) else value
            self._post([Say.ANSWERED.value, question, value])
        except Fault as fault:
            self._post([Say.FAILED_TO_ANSWER.value, question, fault])
        except asyncio.CancelledError:
            self._post([Say.FAILED_TO_ANSWER.value, question, Cancelled("cancelled")])
            raise
        except Exception as error:
            log.exception("what the agent called back failed")
            self._post([Say.FAILED_TO_ANSWER.value, question, Cancelled(type(error).__name__)])


_END = object()
