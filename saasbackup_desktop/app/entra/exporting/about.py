"""What a file says of the comparison that it holds, and how such a file is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from saasbackup_desktop.core.directory.comparison import Comparison
from saasbackup_desktop.core.directory.difference import ObjectDifference


class Form(StrEnum):
    """What a comparison is written as."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose directory it is, and which moments are held side by side."""

    tenant: str
    """Name of the organisation, or its domain."""
    directory: str
    """The directory's address: its default domain."""
    old: int
    """When the earlier point in time was taken: seconds since 1970 UTC."""
    new: int | None
    """When the later one was; None: the directory was read as it was when the file was made."""
    made: int
    by: str
    program: str
    comparison: Comparison
    total: int
    """Objects that are told."""
    with_noise: bool


class Writing(Protocol):
    """A file on its way. All of it blocks."""

    def begin(self, about: About) -> None:
        """Write what comes first."""

    def add(self, some: Sequence[ObjectDifference], names: Mapping[str, str]) -> None:
        """Write objects; ``names``: of what ids in them stand for."""

    def end(self) -> None:
        """Write what comes last."""


def without_noise(one: ObjectDifference) -> ObjectDifference:
    """An object without what changes by itself."""
    return ObjectDifference(
        kind=one.kind,
        id=one.id,
        name=one.name,
        change=one.change,
        attributes=tuple(change for change in one.attributes if not change.trait.is_noise),
        links=tuple(change for change in one.links if not change.trait.is_noise),
    )
