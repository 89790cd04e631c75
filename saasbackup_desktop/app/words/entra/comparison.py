"""A comparison in words, for files that people read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from saasbackup_desktop.app.words.entra.kinds import kind_words, one_words
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.core.directory.comparison import Comparison
from saasbackup_desktop.core.directory.difference import Change

TITLE: Final = "What differs in the directory"
ATTRIBUTE, BEFORE, AFTER = "Attribute", "Before", "After"
LINKS: Final = "Links"
CAME, WENT = "Added", "Removed"
KIND: Final = "Kind"
NOISE: Final = "changes by itself"
NONE: Final = "Nothing differs."
COUNTED: Final[Mapping[str, str]] = {
    Change.ADDED.value: "Added",
    Change.REMOVED.value: "Removed",
    Change.CHANGED.value: "Changed",
    Change.UNCHANGED.value: "Unchanged",
    "unread": "Not read",
}
"""Heads of the table of counts, by their codes."""


def moment(value: int | None) -> str:
    """A time in the local zone, which is told; None: now."""
    if value is None:
        return "Now"
    return datetime.fromtimestamp(value, UTC).astimezone().strftime("%Y-%m-%d %H:%M %z")


def heads(tenant: str, directory: str, old: int, new: int | None, made: int, by: str) -> Sequence[tuple[str, str]]:
    """What stands at the top: labels and values."""
    whose = tenant if tenant == directory or not directory else f"{tenant} ({directory})"
    later = moment(new) if new is not None else f"As it was at {moment(made)}"
    return (("Directory", whose), ("Before", moment(old)), ("After", later), ("Made", moment(made)), ("By", by))


def notes(found: Comparison, total: int, shown: int, *, with_noise: bool, is_brief: bool = False) -> list[str]:
    """What a reader has to know: what is not in it. ``is_brief``: long values are cut, and of what came or went no
    attributes are told.
    """
    said = []
    if found.code:
        said.append(f"The comparison did not come to its end: {words_for(found.code).title}.")
    elif not found.is_done:
        said.append("The comparison was not done when this was written: more may differ.")
    if found.unread:
        kinds = ", ".join(kind_words(kind) for kind in found.unread)
        said.append(f"Not compared, since they could not be read on one of the sides: {kinds}.")
    lost = sum(counts.get("unread", 0) for counts in found.counts.values())
    if lost:
        said.append(f"Not compared, since they could not be read on one of the sides: {_objects(lost)}.")
    quiet = sum(counts.get("noise", 0) for counts in found.counts.values())
    if quiet and not with_noise:
        said.append(f"Left out: {_objects(quiet)} in which only such things differ that change by themselves.")
    if is_brief and total:
        said.append(
            "Long values are cut, and of what was added or removed only the name is told: see HTML, CSV or JSON."
        )
    if shown < total:
        said.append(f"Of {total:,} objects the first {shown:,} are shown. The JSON and CSV files have all of them.")
    return said


def object_words(change: Change, attributes: int, links: int) -> str:
    """How much of an object differs."""
    if change is not Change.CHANGED:
        return COUNTED[change.value]
    parts = [
        f"{count:,} {one if count == 1 else many}"
        for count, one, many in ((attributes, "attribute", "attributes"), (links, "link", "links"))
        if count
    ]
    return "Changed: " + " and ".join(parts)


def link_words(name: str, id: str, kind: str, detail: str) -> str:
    """The other object of a link."""
    said = name or id
    if kind:
        said += f" ({one_words(kind)})"
    return f"{said}, {detail}" if detail else said


def more(count: int) -> str:
    """How much is not shown of an object."""
    return f"And {count:,} more: see HTML, CSV or JSON."


def _objects(count: int) -> str:
    return "1 object" if count == 1 else f"{count:,} objects"
