"""Plain data as bytes and back: the values that a door takes and gives, faults, and nothing else."""

import itertools
from array import array
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, IntEnum
from pathlib import Path, PurePath
from typing import Any, Final

import msgpack

from saasbackup_desktop.agent.surface import field_names
from saasbackup_desktop.core import errors


class _Sort(IntEnum):
    """What an extension of the format stands for."""

    RECORD = 1
    CHOICE = 2
    TUPLE = 3
    SET = 4
    FROZEN_SET = 5
    PATH = 6
    ARRAY = 7
    FAULT = 8
    CALLABLE = 9


class Unplain(TypeError):
    """Something that cannot cross."""


class Codec:
    """Writes and reads values of a closed list of classes; both sides must have the same list."""

    def __init__(self, classes: Iterable[type]) -> None:
        self._classes = list(classes)
        self._numbers = {kind: number for number, kind in enumerate(self._classes)}
        self._fields = [() if issubclass(kind, Enum) else field_names(kind) for kind in self._classes]

    def write(self, value: object, lend: Callable[[Callable[..., Any]], int] | None = None) -> bytes:
        """Write a value. ``lend`` gives a number for what is to be called; None: it cannot cross.

        Raises Unplain.
        """

        def default(found: Any) -> Any:
            if type(found) not in self._numbers:
                for kind in (str, int, float):
                    if isinstance(found, kind):
                        return kind(found)  # an enumeration's value, of which the door says no more than that
            if lend is not None and callable(found) and type(found) not in self._numbers:
                return msgpack.ExtType(_Sort.CALLABLE, _plain(lend(found)))
            sort, inside = self._taken_apart(found)
            if isinstance(inside, bytes):
                return msgpack.ExtType(sort, inside)
            return msgpack.ExtType(sort, pack(inside))

        def pack(found: object) -> bytes:
            packed: bytes = msgpack.packb(found, default=default, strict_types=True, unicode_errors="surrogatepass")
            return packed

        return pack(value)

    def read(self, data: bytes, borrow: Callable[[int], Callable[..., Any]] | None = None) -> Any:
        """Read a value. ``borrow`` gives something to call for a number. Raises ValueError."""

        def made(sort: int, inside: bytes) -> Any:
            if sort == _Sort.CALLABLE and borrow is not None:
                return borrow(unpack(inside))
            if sort == _Sort.PATH:
                return Path(str(inside, "utf-8", "surrogateescape"))
            if sort == _Sort.ARRAY:
                return _array(inside)
            return self._put_together(sort, unpack(inside))

        def unpack(packed: bytes) -> Any:
            return msgpack.unpackb(
                packed, ext_hook=made, strict_map_key=False, unicode_errors="surrogatepass", use_list=True
            )

        return unpack(data)

    def _taken_apart(self, value: Any) -> tuple[_Sort, Any]:
        kind = type(value)
        number = self._numbers.get(kind)
        if number is not None:
            if isinstance(value, Enum):
                return _Sort.CHOICE, [number, value.value]
            return _Sort.RECORD, [number, *[getattr(value, name) for name in self._fields[number]]]
        if kind is tuple:
            return _Sort.TUPLE, list(value)
        if kind is array:
            return _Sort.ARRAY, value.typecode.encode() + value.tobytes()
        if isinstance(value, PurePath):
            return _Sort.PATH, str(value).encode("utf-8", "surrogateescape")
        if isinstance(value, set | frozenset):
            return _Sort.SET if isinstance(value, set) else _Sort.FROZEN_SET, list(value)
        if isinstance(value, errors.Fault):
            return _Sort.FAULT, _fault_apart(value)
        raise Unplain(f"{kind.__module__}.{kind.__qualname__} is no plain data of the door")

    def _put_together(self, sort: int, plain: Any) -> Any:
        if sort == _Sort.RECORD:
            number, *values = plain
            kind = self._classes[number]
            return kind(**dict(zip(self._fields[number], values, strict=True)))
        if sort == _Sort.CHOICE:
            number, value = plain
            return self._classes[number](value)
        if sort == _Sort.TUPLE:
            return tuple(plain)
        if sort in (_Sort.SET, _Sort.FROZEN_SET):
            return set(plain) if sort == _Sort.SET else frozenset(plain)
        if sort == _Sort.FAULT:
            return _fault_together(plain)
        raise ValueError(f"nothing is known of sort {sort}")


def plainly(value: Any) -> Any:
    """What a caller hands over as it can be written: iterables as lists, paths and mappings whole."""
    if isinstance(value, Mapping) and type(value) is not dict:
        return {plainly(key): plainly(inside) for key, inside in value.items()}
    if isinstance(value, PurePath):
        return Path(value).expanduser().absolute()
    if isinstance(value, _PLAIN) or value is None or not isinstance(value, Iterable):
        return value
    return list(value) if type(value) not in _WHOLE else value


def _plain(number: int) -> bytes:
    packed: bytes = msgpack.packb(number)
    return packed


_PLAIN: Final = (str, bytes, bytearray, int, float, dict, array)
_WHOLE: Final = (list, tuple, set, frozenset)


def _array(inside: bytes) -> "array[Any]":
    read = array(chr(inside[0]))
    read.frombytes(memoryview(inside)[1:])
    return read


def _faults(kind: type[errors.Fault]) -> Iterable[type[errors.Fault]]:
    return itertools.chain([kind], *map(_faults, kind.__subclasses__()))


_FAULTS: Final = {kind.__name__: kind for kind in _faults(errors.Fault) if kind.__module__ == errors.__name__}


def _fault_apart(fault: errors.Fault) -> list[Any]:
    facts = {name: value if type(value) in (str, int, bool) else str(value) for name, value in fault.facts.items()}
    further = {name: value for name, value in vars(fault).items() if isinstance(value, int | float | str)}
    further.pop("detail", None)
    return [type(fault).__name__, fault.detail, facts, further]


def _fault_together(plain: Any) -> errors.Fault:
    name, detail, facts, further = plain
    fault = _FAULTS[name](detail, **facts)
    for one, value in further.items():
        setattr(fault, one, value)
    return fault
