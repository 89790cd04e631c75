"""Promises about a directory: what can be asked of one that is there now."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Write, WriteResult
from saasbackup_desktop.core.directory.schema import Schema

NOT_OFFERED: Final = "not-offered"
"""Detail of the last word of a kind that the tenant does not have: no licence, another sort of tenant."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Some objects of one kind."""

    kind: str
    objects: Sequence[DirectoryObject]
    is_last: bool = False
    """Nothing more comes of this kind."""
    code: str = ""
    """Why the kind could not be read: a fault's code."""
    detail: str = ""


class Directory(Protocol):
    """A tenant's directory as it is now. Reads only."""

    @property
    def schema(self) -> Schema:
        """The kinds that it has."""

    def objects(self, kinds: Sequence[str]) -> AsyncGenerator[Heard, None]:
        """Read whole kinds, several at once; each kind has one answer that is its last. Raises Fault."""

    async def some(self, keys: Sequence[str]) -> Mapping[str, DirectoryObject]:
        """Those of some objects that are there, by key. Raises Fault."""

    async def deleted(self) -> Mapping[str, DirectoryObject]:
        """What the recycle bin gives back, by key. Raises Fault."""

    async def close(self) -> None:
        """Let go of connections."""


class WritableDirectory(Directory, Protocol):
    """A tenant's directory that may be changed."""

    async def write(self, write: Write, ids: Mapping[str, str], password: str = "") -> WriteResult:
        """Send one write. ``ids``: for what was made anew, old id -> new id. ``password``: in its place.

        A refusal of this write alone is in its result. Raises Fault if nothing can be written any more.
        """

    async def find_made(self, write: Write, ids: Mapping[str, str], since: int) -> WriteResult | None:
        """What came of a CREATE that broke off, if it has made something after a moment (seconds since 1970 UTC).

        None: it has made nothing. Raises Fault.
        """
