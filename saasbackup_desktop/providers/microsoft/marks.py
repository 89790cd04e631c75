"""The mark on what was restored: which item of ours it is, and whether it is whole."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.microsoft.mail.composing import MARK, RESTORED, mark_of

__all__ = ["MARKED", "RESTORED", "categories_of", "has_begun", "item_of", "mark_of", "marking", "said_mark"]

_BEGUN: Final = "begun "
"""Goes before the mark of what is not whole yet."""
MARKED: Final = f"singleValueExtendedProperties($filter=id eq '{MARK}')"
"""What asks a list for our mark on its objects."""


def marking(item: Item, *, is_whole: bool) -> list[dict[str, str]]:
    """The mark as it is written."""
    return [{"id": MARK, "value": mark_of(item) if is_whole else _BEGUN + mark_of(item)}]


def said_mark(plain: Mapping[str, Any]) -> str:
    """Our mark among an object's extended properties; empty if it has none."""
    for one in plain.get("singleValueExtendedProperties") or ():
        if str(one.get("id", "")).casefold() == MARK.casefold():
            return str(one.get("value") or "")
    return ""


def has_begun(mark: str) -> bool:
    """Whether a mark says that its object is not whole."""
    return mark.startswith(_BEGUN)


def item_of(mark: str) -> str:
    """The id of the item that a mark names, in whichever revision."""
    return mark.removeprefix(_BEGUN).rpartition("/")[0]


def categories_of(plain: Mapping[str, Any]) -> list[str]:
    """An object's categories without ours."""
    return sorted(str(name) for name in plain.get("categories") or () if name != RESTORED)
