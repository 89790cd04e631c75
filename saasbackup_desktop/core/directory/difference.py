"""How two states of an object differ, attribute by attribute and link by link."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link, key_of
from saasbackup_desktop.core.directory.schema import Kind, Trait
from saasbackup_desktop.core.stream import Json

_DEPTH: Final = 12
"""Levels below which what is nested is one value."""
_NAME: Final = re.compile(r"(?:[^.\\]|\\.)+", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class Change(StrEnum):
    """What became of an object or a link between two moments."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute, as it was and as it is."""

    path: str
    """With dots: ``grantControls.builtInControls``; a dot of a name is written ``\\.`` (``names_in``)."""
    old: Json
    new: Json
    """None where it is not there; what is empty and what is not there is the same."""
    trait: Trait


@dataclass(frozen=True, slots=True)
class LinkChange:
    """One link that came or went."""

    link: Link
    change: Change
    trait: Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDifference:
    """One object, as it was and as it is."""

    kind: str
    id: str
    name: str
    """As it is called now, or was last."""
    change: Change
    attributes: tuple[AttributeChange, ...] = ()
    links: tuple[LinkChange, ...] = ()

    @property
    def key(self) -> str:
        """Its key (``core.directory.ticks``)."""
        return key_of(self.kind, self.id)

    @property
    def is_noise(self) -> bool:
        """Nothing differs but what changes by itself."""
        return (
            self.change is Change.CHANGED
            and not any(not one.trait.is_noise for one in self.attributes)
            and not any(not one.trait.is_noise for one in self.links)
        )


def difference(kind: Kind, old: DirectoryObject | None, new: DirectoryObject | None) -> ObjectDifference:
    """Compare one object at two moments; None: it was not there. Of one that came or went, every attribute is told.

    What could not be read at one of the moments is not compared.
    """
    one = new or old
    if one is None:
        raise ValueError("nothing to compare")
    unread = {*(old.unread if old else ()), *(new.unread if new else ())}
    before = {} if old is None else _readable(old.properties, unread)
    after = {} if new is None else _readable(new.properties, unread)
    attributes = tuple(AttributeChange(path, was, now, kind.trait(path)) for path, was, now in _values(before, after))
    links = tuple(
        change
        for change in _links(kind, old.links if old else (), new.links if new else ())
        if change.link.relation not in unread
    )
    if old is None:
        change = Change.ADDED
    elif new is None:
        change = Change.REMOVED
    else:
        change = Change.CHANGED if attributes or links else Change.UNCHANGED
    return ObjectDifference(kind=one.kind, id=one.id, name=one.name, change=change, attributes=attributes, links=links)


def same(one: Json, other: Json) -> bool:
    """Two values mean the same: the order of a list says nothing, and what is empty is not there."""
    return _is_equal(one, other) or _is_equal(_plain(one), _plain(other))


def path_of(names: Iterable[str]) -> str:
    """Write the path of a value: the names of the properties that it lies in, the outermost first."""
    return ".".join(name.replace("\\", "\\\\").replace(".", "\\.") for name in names)


def names_in(path: str) -> tuple[str, ...]:
    """The other way round."""
    return tuple(_ESCAPED.sub(r"\1", name) for name in _NAME.findall(path))


def _readable(properties: Mapping[str, Json], unread: Set[str]) -> Mapping[str, Json]:
    if not unread:
        return properties
    return {name: value for name, value in properties.items() if name not in unread}


def _values(
    old: Mapping[str, Json], new: Mapping[str, Json], above: str = "", depth: int = 0
) -> Iterator[tuple[str, Json, Json]]:
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was is now or _is_equal(was, now):
            continue
        path = above + path_of((name,))
        if depth < _DEPTH and _is_nested(was) and _is_nested(now):
            yield from _values(_mapping(was), _mapping(now), f"{path}.", depth + 1)
        elif not same(was, now):
            yield path, was, now


def _is_nested(value: Json) -> bool:
    return value is None or isinstance(value, dict)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _is_equal(one: Json, other: Json) -> bool:
    """Two values are the same, as JSON has it: ``true`` is not ``1``."""
    if one != other:
        return False
    if isinstance(one, dict):
        return isinstance(other, dict) and all(_is_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return isinstance(other, list) and all(map(_is_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool)


def _plain(value: Json) -> Json:
    """A value without what says nothing."""
    if isinstance(value, dict):
        return {name: plain for name, one in value.items() if (plain := _plain(one)) is not None} or None
    if isinstance(value, list):
        return sorted((_plain(one) for one in value), key=codec.dumps) or None
    return value


def _links(kind: Kind, old: Sequence[Link], new: Sequence[Link]) -> Iterator[LinkChange]:
    before, after = set(old), set(new)
    for link in sorted(before ^ after):
        change = Change.REMOVED if link in before else Change.ADDED
        yield LinkChange(link, change, kind.relation(link.relation))
