"""What mailboxes say of a message, and which of it matters when a format has no place for it."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from saasbackup_desktop.core.model import Item

STATE_NOT_HELD: Final = "state-not-held"
"""That it is unread, answered, forwarded, flagged, a draft or deleted."""
KEYWORDS_NOT_HELD: Final = "keywords-not-held"
"""Keywords or categories that somebody chose."""

SEEN: Final = "\\seen"
_UNREAD: Final = "unread"
_STATES: Final = frozenset({"\\answered", "\\flagged", "\\draft", "\\deleted", "$forwarded"})
_SYSTEM: Final = frozenset({SEEN, "\\recent", *_STATES})
_OF_PROGRAMS: Final = frozenset({"nonjunk", "notjunk", "junk", "forwarded", "mdnsent"})
"""Keywords, a ``$`` before them or not, that programs set by themselves."""
_OF_SERVERS: Final = frozenset({"$hasattachment", "$hasnoattachment", "$submitted", "$submitpending"})


def states_of(flags: Collection[str]) -> frozenset[str]:
    """Which states matter: those that are set, and that nobody has read it."""
    said = _lower(flags)
    return (said & _STATES) | (frozenset() if SEEN in said else {_UNREAD})


def keywords_of(flags: Collection[str]) -> tuple[str, ...]:
    """Keywords that somebody chose, as they are spelt."""
    return tuple(flag for flag in flags if flag.lower() not in _SYSTEM and not is_of_programs(flag))


def is_of_programs(flag: str) -> bool:
    """Do programs set this keyword by themselves?"""
    return flag.lower().removeprefix("$") in _OF_PROGRAMS or flag.lower() in _OF_SERVERS


def not_held(item: Item, held: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of what is lost of a message's state where only these flags are kept."""
    return _not_held(item.flags, item.facets.get("answered", ""), item.facets.get("categories", ""), held)


@lru_cache(1024)
def _not_held(flags: tuple[str, ...], answered: str, categories: str, held: tuple[str, ...]) -> tuple[str, ...]:
    """Thousands of messages are in the same few states."""
    done = {"answered": "\\answered", "forwarded": "$forwarded"}.get(answered, SEEN)
    said = states_of(flags) | states_of([done, SEEN])
    is_other = said != states_of(held)
    words = {*keywords_of(flags), *filter(None, categories.split("\n"))}
    is_less = bool(_lower(words) - _lower(keywords_of(held)))
    return (STATE_NOT_HELD,) * is_other + (KEYWORDS_NOT_HELD,) * is_less


def _lower(flags: Collection[str]) -> frozenset[str]:
    return frozenset(flag.lower() for flag in flags)
