"""The desk of a home whose agent is at work: the same door, spoken over its socket."""

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final, cast

from saasbackup_desktop.agent.connection import Connection
from saasbackup_desktop.agent.surface import Entry, Kind, entries
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.doorway.at_home import AtHome
from saasbackup_desktop.app.home import Home
from saasbackup_desktop.app.places import whole

_PLACES: Final = {"create_vault": "location", "validate_store": "location", "adopt_vault": "location", "mirror": "to"}
"""Which parameter names a folder, as seen from the caller's own."""


class _Room:
    """Something that is asked by a path."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


class _Remote(AtHome, _Room):
    """What is told of a home without asking its agent, and how it is left."""

    def __init__(self, connection: Connection, home: Path) -> None:
        super().__init__(connection)
        self._home = Home(home)

    @property
    def is_open(self) -> bool:
        """The agent lets this client see the vault."""
        return self._connection.sees

    @property
    def connection(self) -> Connection:
        """What it is spoken over."""
        return self._connection

    async def tend(self) -> None:
        """The agent sees to what is due by itself."""

    async def close(self) -> None:
        """Leave; the agent goes on."""
        await self._connection.close()


def _class_of(name: str, below: type, door: type, path: tuple[str, ...]) -> type[_Room]:
    members: dict[str, Any] = {}
    for entry in entries(door).values():
        if hasattr(below, entry.name):
            continue
        members[entry.name] = _member(entry, (*path, entry.name))
    return type(name, (below,), members)


def _member(entry: Entry, path: tuple[str, ...]) -> Any:
    asked = ".".join(path)
    if entry.kind is Kind.HERE:
        return staticmethod(entry.function)
    if entry.room is not None:
        room = _class_of(entry.room.__name__, _Room, entry.room, path)
        return property(lambda self: room(self._connection), doc=inspect.getdoc(entry.function))
    if entry.kind is Kind.STREAM:

        @functools.wraps(entry.function)
        async def stream(self: _Room, *args: Any, **named: Any) -> AsyncGenerator[Any, None]:
            async with aclosing(self._connection.stream(asked, args, named)) as values:
                async for value in values:
                    yield value

        return stream

    @functools.wraps(entry.function)
    async def call(self: _Room, *args: Any, **named: Any) -> Any:
        args, named = _whole(entry, path, self, args, named)
        return await self._connection.call(asked, args, named)

    if entry.kind is Kind.CALL:
        return call
    return _unfit(asked)


def _unfit(asked: str) -> Callable[..., Any]:
    def refuse(*_args: Any, **_named: Any) -> Any:
        raise TypeError(f"{asked} is no coroutine: it cannot be asked of an agent")

    return refuse


def _whole(
    entry: Entry, path: tuple[str, ...], room: _Room, args: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments that fit, with places that hold in any folder. Raises TypeError, Misconfigured."""
    bound = inspect.signature(entry.function).bind(room, *args, **named)
    place = _PLACES.get(".".join(path))
    if place is not None and bound.arguments.get(place) is not None:
        bound.arguments[place] = whole(bound.arguments[place])
    return bound.args[1:], bound.kwargs


RemoteDesk: Final = cast("Callable[[Connection, Path], Desk]", _class_of("RemoteDesk", _Remote, Desk, ()))
"""Makes a desk that is everything that a desk is, on the agent's side of a connection."""


def connection_of(desk: Desk) -> Connection | None:
    """What a desk is spoken over; None for one of this process."""
    return desk.connection if isinstance(desk, _Remote) else None
