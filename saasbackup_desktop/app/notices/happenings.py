"""Something that happened and that somebody may want to be told: plain values, complete when they are written down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from saasbackup_desktop.app.notices.views import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One of them. ``what`` says which words are for it."""

    key: str
    """The same however often it is seen."""
    time: int
    kinds: tuple[Kind, ...]
    """A recipient is told under the first of these that it wants."""
    what: str
    """``failed``, ``partial``, ``retrying``, ``still``, ``fine``, ``overdue``, ``on-time``, ``cut-off``,
    ``connected``, ``completed``, ``restored``, ``proof``, ``alert``, ``found``, ``expires``, ``changed``,
    ``undelivered``."""
    is_bad: bool = False
    is_closing: bool = False
    """It ends something that was told: also those hear it who want to hear of failures only."""
    run: str = ""
    """What it is one of many of: it is not told by itself while more of them are under way."""
    task: str = ""
    connection: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    failures: tuple[tuple[str, str, int], ...] = ()
    """Of a job: folder, code and number of the items."""
    names: tuple[str, ...] = ()
    """Of accounts; of items only if the settings allow it."""


def to_plain(one: Happening) -> dict[str, Any]:
    """Write it down."""
    return asdict(one)


def from_plain(plain: Mapping[str, Any]) -> Happening:
    """Read it back."""
    return Happening(
        **{
            **plain,
            "kinds": tuple(Kind(kind) for kind in plain["kinds"]),
            "failures": tuple((folder, code, count) for folder, code, count in plain["failures"]),
            "names": tuple(plain["names"]),
        }
    )
