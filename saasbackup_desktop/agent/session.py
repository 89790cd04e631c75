"""One client of the agent: what it asks is carried out on the one desk, as far as it may see."""

import asyncio
import inspect
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final, Protocol

from saasbackup_desktop.agent.link import Broken, Link
from saasbackup_desktop.agent.speech import STATUS, STOP, STOP_MINE, WINDOW, Say, codec, heavy, paths
from saasbackup_desktop.agent.surface import Entry, Kind
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.reports.monitoring import unnamed
from saasbackup_desktop.core.errors import AgentUnlike, Fault, Misconfigured, WrongPassphrase
from saasbackup_desktop.core.ids import JobId

log = logging.getLogger(__name__)

_OPENING: Final = frozenset({"create_vault", "adopt_vault", "rescue_vault"})
"""They prove what opens the vault, or make it."""
_BLIND: Final = _OPENING | {
    "validate_store",
    "keeps_bucket_keys",
    "forget_bucket_keys",
    "is_remembered",
    "forget",
    "save_recovery_kit",
    "probe_imap",
    "prove",
    "prove_remembered",
    "is_idle",
}
"""What can be asked without seeing the vault."""


class Stage(Protocol):
    """The agent, as a session knows it."""

    desk: Desk
    opening: asyncio.Lock
    """Opening for a client and closing follow one another."""

    async def status(self) -> Mapping[str, Any]:
        """How the agent stands, as plain values."""

    def stop(self, *, is_replaced: bool) -> None:
        """End the agent."""

    def note_locked(self) -> None:
        """Put down that a client locked the vault, while it stays open for what runs."""

    async def look_round(self, *, at_once: bool = False) -> None:
        """Close the vault if nobody and nothing needs it open."""


class Session:
    """Begins without sight: even if the agent has the vault open, each client proves what opens it."""

    def __init__(self, stage: Stage, link: Link, *, is_like: bool) -> None:
        self._stage, self._link, self._is_like = stage, link, is_like
        self._sees = False
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._streams: dict[int, asyncio.Semaphore] = {}
        self._ended: set[int] = set()
        """Streams that end because the client sees nothing any more."""
        self._jobs: list[JobId] = []
        """What this client has begun."""
        self._questions: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()

    @property
    def sees(self) -> bool:
        """It has proven what opens the vault."""
        self._sees = self._sees and self._stage.desk.is_open
        return self._sees

    async def serve(self) -> None:
        """Do what is asked until the client is gone."""
        try:
            async for message in self._link.messages():
                self._take(codec().read(message, lambda number: _Lent(self, number)))
        finally:
            rest = [*self._under_way.values()]
            for task in rest:
                task.cancel()
            for question in self._questions.values():
                question.cancel()
            if rest:
                await asyncio.wait(rest)
            await self._link.close()

    def _take(self, message: list[Any]) -> None:
        what, number, *rest = message
        if what == Say.CALL:
            task = asyncio.get_running_loop().create_task(self._answer(number, *rest))
            self._under_way[number] = task
            task.add_done_callback(lambda _: self._under_way.pop(number, None))
        elif what == Say.CANCEL:
            if number in self._under_way:
                self._under_way[number].cancel()
        elif what == Say.MORE:
            for _ in range(rest[0] if number in self._streams else 0):
                self._streams[number].release()
        elif what in (Say.ANSWERED, Say.FAILED_TO_ANSWER):
            question = self._questions.pop(number, None)
            if question is not None and not question.done():
                if what == Say.ANSWERED:
                    question.set_result(rest[0])
                else:
                    question.set_exception(rest[0])

    async def _answer(self, number: int, path: str, args: list[Any], named: dict[str, Any]) -> None:
        """Carry out what was asked, and say how it ended."""
        try:
            value = await self._outcome(number, path, args, named)
            if heavy(value):
                said = await asyncio.get_running_loop().run_in_executor(
                    None, codec().write, [Say.DONE.value, number, self.sees, value]
                )
            else:
                said = codec().write([Say.DONE.value, number, self.sees, value])
        except Fault as fault:
            said = codec().write([Say.FAILED.value, number, self.sees, fault])
        except KeyError as error:
            said = codec().write([Say.UNKNOWN.value, number, self.sees, str(error.args[0]) if error.args else ""])
        except Broken:
            return
        except asyncio.CancelledError:
            if number not in self._ended:
                raise
            self._ended.discard(number)
            said = codec().write([Say.DONE.value, number, self.sees, None])
        except Exception as error:
            log.exception("%s failed for a reason that nobody foresaw", path)
            said = codec().write([Say.BUG.value, number, self.sees, type(error).__name__])
        with suppress(Broken):
            await self._link.send(said)

    async def _outcome(self, number: int, path: str, args: list[Any], named: dict[str, Any]) -> Any:
        if path == STATUS:
            return dict(await self._stage.status())
        if path == STOP:
            self._stage.stop(is_replaced=bool(named.get("is_replaced")))
            return None
        if path == STOP_MINE:
            return await self._stop_mine()
        if not self._is_like:
            raise AgentUnlike("of another version")
        entry = paths().get(path)
        if entry is None:
            raise LookupError(path)
        if path in ("unlock", "unlock_remembered", "lock"):
            return await getattr(self, f"_{path}")(*args, **named)
        if path == "status" and not self.sees:  # monitoring has no passphrase: levels, counts and times, nobody's name
            return unnamed(await self._stage.desk.status())
        if path not in _BLIND and not self.sees:
            raise WrongPassphrase("the vault is locked", reason="locked")
        function = self._function(path)
        args, named = _calling_back(entry, function, args, named)
        if entry.kind is Kind.STREAM:
            return await self._stream(number, function(*args, **named))
        if path not in _OPENING:
            value = await function(*args, **named)
            if entry.hints.get("return") is JobId:
                self._jobs.append(value)
            elif entry.hints.get("return") == Sequence[JobId]:
                self._jobs += value
            return value
        async with self._stage.opening:
            value = await function(*args, **named)
            self._sees = True
        return value

    async def _stop_mine(self) -> None:
        jobs, self._jobs = self._jobs, []
        for job in jobs if self.sees else ():
            with suppress(Misconfigured):  # over by now
                await self._stage.desk.stop(job)

    def _function(self, path: str) -> Callable[..., Any]:
        place: Any = self._stage.desk
        for name in path.split("."):
            place = getattr(place, name)
        function: Callable[..., Any] = place
        return function

    async def _stream(self, number: int, generator: Any) -> None:
        room = self._streams[number] = asyncio.Semaphore(WINDOW)
        try:
            async with aclosing(generator):
                async for value in generator:
                    await room.acquire()
                    await self._link.send(codec().write([Say.ITEM.value, number, value]))
        finally:
            del self._streams[number]

    async def _unlock(self, secret: str) -> None:
        desk = self._stage.desk
        async with self._stage.opening:
            await (desk.prove(secret) if desk.is_open else desk.unlock(secret))
            self._sees = True

    async def _unlock_remembered(self) -> bool:
        desk = self._stage.desk
        async with self._stage.opening:
            is_proven = await (desk.prove_remembered() if desk.is_open else desk.unlock_remembered())
            self._sees = self._sees or is_proven
        return is_proven

    async def _lock(self) -> None:
        """This client sees nothing any more; what runs goes on, and the vault closes as soon as nothing needs it."""
        saw, self._sees = self._sees, False
        for number in self._streams:
            self._ended.add(number)
            self._under_way[number].cancel()
        await self._stage.look_round(at_once=True)
        if saw and self._stage.desk.is_open:
            self._stage.note_locked()

    def tell(self, lent: int, args: tuple[Any, ...]) -> None:
        """Call the client back, without waiting for what it says."""
        with suppress(Broken):
            self._link.post(codec().write([Say.TOLD.value, lent, list(args)]))

    async def ask(self, lent: int, args: tuple[Any, ...]) -> Any:
        """Call the client back, and wait for what it says."""
        number = next(self._numbers)
        question = self._questions[number] = asyncio.get_running_loop().create_future()
        try:
            await self._link.send(codec().write([Say.ASKED.value, lent, list(args), number]))
            return await question
        finally:
            self._questions.pop(number, None)


class _Lent:
    """Something of the client's that is called from here."""

    def __init__(self, session: Session, number: int) -> None:
        self._session, self._number = session, number

    def __call__(self, *args: Any) -> None:
        self._session.tell(self._number, args)

    def awaited(self, *args: Any) -> Awaitable[Any]:
        """The same, for what answers."""
        return self._session.ask(self._number, args)


def _calling_back(
    entry: Entry, function: Callable[..., Any], args: list[Any], named: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    if not entry.awaited:
        return args, named
    bound = inspect.signature(function).bind(*args, **named)
    for name, value in bound.arguments.items():
        if name in entry.awaited and isinstance(value, _Lent):
            bound.arguments[name] = value.awaited
    return list(bound.args), bound.kwargs
