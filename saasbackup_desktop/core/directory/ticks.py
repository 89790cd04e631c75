"""What a person picked of what differs."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.directory.objects import Link, key_of

EVERYTHING: Final = ""
"""The key of all there is."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Keys that are wanted and keys that are not; of all keys that a thing lies in, the nearest one decides.

    ``users``: all of a kind; ``users/ID``: an object; ``users/ID#a:PATH``: an attribute;
    ``users/ID#l:RELATION:ID:DETAIL``: a link. An attribute lies in those above it (``#a:grantControls``), too.
    """

    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()

    def has(self, key: str) -> bool:
        """Is it picked?"""
        return is_picked(key, self.wanted, self.unwanted)


def attribute_key(kind: str, id: str, path: str) -> str:
    """The key of an object's attribute."""
    return f"{key_of(kind, id)}#a:{path}"


def link_key(kind: str, id: str, link: Link) -> str:
    """The key of an object's link."""
    return f"{key_of(kind, id)}#l:{link.relation}:{link.id}:{link.detail}"


def link_of(key: str) -> Link | None:
    """The link that a key stands for: relation, id and detail; None if it stands for something else."""
    part = key.partition("#")[2]
    if not part.startswith("l:"):
        return None
    relation, _, rest = part[2:].partition(":")
    id, _, detail = rest.partition(":")
    return Link(relation, id, detail)


def is_picked(key: str, wanted: Collection[str], unwanted: Collection[str]) -> bool:
    """Is a thing picked, by keys that are wanted and keys that are not?"""
    for one in lies_in(key):
        if one in unwanted:
            return False
        if one in wanted:
            return True
    return False


def lies_in(key: str) -> Iterator[str]:
    """A key and all that it lies in, nearest first."""
    thing, mark, part = key.partition("#")
    if mark and part.startswith("a:"):
        path = part[2:]
        while path:
            yield f"{thing}#a:{path}"
            path = path.rpartition(".")[0]
    elif mark:
        yield key
    yield thing
    kind, slash, _ = thing.partition("/")
    if slash:
        yield kind
    if thing:
        yield EVERYTHING
