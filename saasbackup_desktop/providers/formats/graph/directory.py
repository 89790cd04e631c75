"""Objects of a directory for search: all words of their names and values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from saasbackup_desktop.core import characters
from saasbackup_desktop.providers.formats.description import Description, joined
from saasbackup_desktop.providers.formats.graph.card import Card
from saasbackup_desktop.providers.formats.graph.plain import mapping

_DEPTH: Final = 16


def describe(plain: Any) -> Description:
    """Name and words of an object; what lists show of it, its reader told already."""
    told = mapping(plain)
    return Description(characters.whole(str(told.get("name") or "")), {}, characters.whole(joined(_words(told))), "")


def card(plain: Any) -> Card:
    """An object as far as a card can show it: its name."""
    return Card(characters.whole(str(mapping(plain).get("name") or "")))


def _words(whole: Mapping[str, Any]) -> Iterator[str]:
    yield str(whole.get("id") or "")
    for name, value in mapping(whole.get("properties")).items():
        yield " ".join((name, *_texts(value, 0)))
    for link in whole.get("links") or ():
        yield " ".join(str(link.get(part) or "") for part in ("relation", "id", "name", "detail"))


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping) and depth < _DEPTH:
        for name, one in value.items():
            yield str(name)
            yield from _texts(one, depth + 1)
    elif isinstance(value, list) and depth < _DEPTH:
        for one in value:
            yield from _texts(one, depth + 1)
    elif value is not None:
        yield str(value)
