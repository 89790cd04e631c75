"""What a door can be asked for, read from its class: so every room is spoken over the socket as soon as it exists."""

import collections.abc
import hashlib
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Final, NewType, get_args, get_origin, get_type_hints

_LOCAL: Final = {"array": list}
"""``array[int]`` cannot be evaluated before Python 3.12; what it holds is plain either way."""
_ANSWERS: Final = (
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterable,
)
_OWN: Final = frozenset({"close", "tend"})
"""What whoever hosts the door does, and nobody else."""


class Kind(StrEnum):
    """How something of a door is asked for."""

    CALL = "call"
    STREAM = "stream"
    ROOM = "room"
    VALUE = "value"  # a property: told without asking anybody
    HERE = "here"  # a static method: pure, carried out by whoever asks
    UNFIT = "unfit"  # a plain method: it cannot be asked over a socket


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a door."""

    name: str
    kind: Kind
    function: Callable[..., Any]
    hints: Mapping[str, Any]
    awaited: frozenset[str] = frozenset()
    """Parameters that take something to be called, and whose outcome is awaited."""
    room: type | None = None


@cache
def entries(door: type) -> Mapping[str, Entry]:
    """Everything public of a door, by name."""
    return {name: _entry(door, name) for name in sorted(dir(door)) if not name.startswith("_") and name not in _OWN}


def calls(door: type, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Everything that is asked over the socket, of a door and the rooms behind it."""
    for entry in entries(door).values():
        if entry.room is not None:
            yield from calls(entry.room, (*path, entry.name))
        elif entry.kind in (Kind.CALL, Kind.STREAM):
            yield (*path, entry.name), entry


def classes(door: type) -> list[type]:
    """Every dataclass, named tuple and enumeration that the door takes or gives, in a fixed order."""
    found = {kind for _, entry in calls(door) for kind in parts(entry.hints) if is_value(kind)}
    return sorted(found, key=_name)


def parts(hints: Mapping[str, Any]) -> set[type]:
    """Every class that annotations are made of, down to the fields of what holds plain data."""
    found: set[type] = set()
    ahead = list(hints.values())
    while ahead:
        kind = ahead.pop()
        if isinstance(kind, list):
            ahead += kind
        elif get_origin(kind) is not None or isinstance(kind, types.UnionType):
            ahead += get_args(kind)
        elif isinstance(kind, NewType):
            ahead.append(kind.__supertype__)
        elif isinstance(kind, type) and kind not in found:
            found.add(kind)
            if is_value(kind):
                ahead += kind.__subclasses__()
                ahead += [] if issubclass(kind, Enum) else hints_of(kind).values()
    return found


def is_value(kind: type) -> bool:
    """Does this class hold plain data?"""
    return is_dataclass(kind) or issubclass(kind, Enum) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def field_names(kind: type) -> tuple[str, ...]:
    """What a value of this class is made of."""
    named: tuple[str, ...] | None = getattr(kind, "_fields", None)
    return named if named is not None else tuple(one.name for one in fields(kind) if one.init)


def fingerprint(door: type) -> str:
    """The same on both sides if and only if they understand each other."""
    lines = [f"{'.'.join(path)}{inspect.signature(entry.function)}" for path, entry in calls(door)]
    for kind in classes(door):
        inside = [str(one.value) for one in kind] if issubclass(kind, Enum) else field_names(kind)
        lines.append(f"{_name(kind)}({', '.join(map(str, inside))})")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def hints_of(thing: Any) -> dict[str, Any]:
    """What it is annotated with."""
    return get_type_hints(thing, localns=_LOCAL)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _entry(door: type, name: str) -> Entry:
    found = inspect.getattr_static(door, name)
    if isinstance(found, property) and found.fget is not None:
        hints = hints_of(found.fget)
        kind = hints.get("return")
        is_room = isinstance(kind, type) and kind.__module__.startswith(f"{__package__.partition('.')[0]}.")
        is_room = is_room and not is_value(kind)  # type: ignore[arg-type]
        return Entry(name, Kind.ROOM if is_room else Kind.VALUE, found.fget, hints, room=kind if is_room else None)
    if isinstance(found, staticmethod):
        return Entry(name, Kind.HERE, found.__func__, hints_of(found.__func__))
    if not inspect.isfunction(found):
        return Entry(name, Kind.VALUE, lambda _self: found, {})
    hints = hints_of(found)
    awaited = frozenset(name for name, hint in hints.items() if name != "return" and _is_awaited(hint))
    if get_origin(hints.get("return")) in _ANSWERS:
        return Entry(name, Kind.STREAM, found, hints)
    if inspect.iscoroutinefunction(found):
        return Entry(name, Kind.CALL, found, hints, awaited)
    return Entry(name, Kind.UNFIT, found, hints)


def _is_awaited(hint: Any) -> bool:
    """Something to be called that answers later."""
    if get_origin(hint) is collections.abc.Callable:
        answer = get_args(hint)[-1]
        return get_origin(answer) in (collections.abc.Awaitable, collections.abc.Coroutine)
    return any(_is_awaited(one) for one in get_args(hint))
