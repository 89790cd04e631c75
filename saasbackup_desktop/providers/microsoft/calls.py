"""Requests to Graph and what comes of them, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from saasbackup_desktop.core.errors import Fault

IMMUTABLE: Final = 'IdType="ImmutableId"'
"""Ids that stay while an item stays in its mailbox (outlook-immutable-id)."""
BETA: Final = "/beta/"
"""How paths begin that lie in the version that its maker may change at any time."""


@dataclass(frozen=True, slots=True)
class DeltaPage:
    """A page of changes, and the link to go on from: a deltaLink if it is the last one, else a nextLink."""

    values: list[dict[str, Any]]
    link: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request inside a batch. ``path`` with its query, relative to v1.0's root, or beginning with ``/beta/``."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call inside a batch: its body, or why there is none."""

    status: int
    body: Any
    fault: Fault | None = None


def shown(path: str) -> str:
    """A path for logs: without the host and what a query may say."""
    return urlsplit(path).path
