"""What a mailbox says of a message: read, answered, flagged ([MS-OXOFLAG]), and in which categories."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.files.flags import KEYWORDS_NOT_HELD, STATE_NOT_HELD, keywords_of
from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import entries, inner, line, load, mapping

REPLIED: Final = 102
FORWARDED: Final = 104

_ICONS: Final[Mapping[int, int]] = {REPLIED: 0x105, 103: 0x105, FORWARDED: 0x106}
_COMPLETE: Final = 1
_FLAGGED: Final = 2
_RED: Final = 6
_DONE: Final = 2
_REQUEST: Final = "Follow up"
_YEARS: Final = range(1602, 4500)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A flag with days, aware of UTC though they are days anywhere."""

    is_complete: bool = False
    start: datetime | None = None
    due: datetime | None = None
    completed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a mailbox says of a message."""

    flags: Collection[str] = ()
    """Flags and keywords as IMAP spells them."""
    received: datetime | None = None
    """Its internal date, aware of its zone."""
    labels: Sequence[str] = ()
    """Categories that it is in."""
    outgoing: bool = False
    """It was sent by the mailbox's owner."""
    importance: str = ""
    """``low``, ``normal`` or ``high``, if the mailbox says something else than the headers."""
    verb: int = 0
    """What was done last with it: `REPLIED`, 103 (to all) or `FORWARDED`."""
    verb_time: datetime | None = None
    follow_up: FollowUp | None = None


def state_of(item: Item, *, outgoing: bool = False) -> State:
    """Read what is kept of a message's state."""
    facets = item.facets
    verb, verb_time = _verb(load(facets.get("verb", "").encode()))
    return State(
        flags=item.flags,
        received=datetime.fromtimestamp(item.time, UTC) if item.time is not None else None,
        labels=_labels(item),
        outgoing=outgoing,
        importance=facets.get("importance", ""),
        verb=verb,
        verb_time=verb_time,
        follow_up=_follow_up(load(facets.get("flag", "").encode())),
    )


def state_properties(state: State, subject: str) -> dict[Tag, Value]:
    """Say whether it was answered, forwarded or flagged, and its categories."""
    said = {flag.lower() for flag in state.flags}
    found: dict[Tag, Value] = {}
    verb = state.verb or (REPLIED if "\\answered" in said else FORWARDED if "$forwarded" in said else 0)
    if verb in _ICONS:
        found |= {tags.ICON: _ICONS[verb], tags.LAST_VERB: verb}
        if state.verb_time is not None:
            found[tags.LAST_VERB_TIME] = state.verb_time
    if state.follow_up is not None:
        found |= _flag(state.follow_up, subject)
    elif "\\flagged" in said:
        found |= _flag(FollowUp(), subject)
    if state.labels:
        found[tags.KEYWORDS] = [label.replace("\0", "") for label in state.labels]
    return found


def state_losses(state: State) -> Sequence[str]:
    """Codes of what is not kept of it, or otherwise: one of two answers, and what was marked for removal is not."""
    said = {flag.lower() for flag in state.flags}
    keywords = keywords_of(state.flags)
    found = (
        (STATE_NOT_HELD, "\\deleted" in said or {"\\answered", "$forwarded"} <= said),
        (KEYWORDS_NOT_HELD, not all(map(_is_category, keywords))),
        (losses.KEYWORD_AS_CATEGORY, any(map(_is_category, keywords))),
    )
    return [code for code, is_lost in found if is_lost]


def _flag(flag: FollowUp, subject: str) -> dict[Tag, Value]:
    found: dict[Tag, Value] = {tags.FLAG_REQUEST: _REQUEST, tags.TO_DO_TITLE: subject}
    for day, places in (
        (flag.start, (tags.TASK_START, tags.COMMON_START)),
        (flag.due, (tags.TASK_DUE, tags.COMMON_END)),
    ):
        if day is not None:
            found |= dict.fromkeys(places, day)
    if not flag.is_complete:
        return found | {tags.FLAG_STATUS: _FLAGGED, tags.FLAG_COLOUR: _RED, tags.TO_DO_FLAGS: 1}
    found |= {tags.FLAG_STATUS: _COMPLETE, tags.TASK_COMPLETE: True, tags.TASK_PERCENT: 1.0, tags.TASK_STATUS: _DONE}
    if flag.completed is not None:
        found |= {tags.FLAG_COMPLETED: flag.completed, tags.TASK_COMPLETED: flag.completed}
    return found


def _labels(item: Item) -> tuple[str, ...]:
    """Categories, and keywords that somebody made."""
    own = (flag for flag in keywords_of(item.flags) if _is_category(flag))
    return tuple(dict.fromkeys(filter(None, (*item.facets.get("categories", "").split("\n"), *own))))


def _is_category(keyword: str) -> bool:
    """Does it read like a category? Those that begin otherwise are words of programs."""
    return keyword[:1] not in ("\\", "$")


def _verb(said: Any) -> tuple[int, datetime | None]:
    """Read icon, verb and time as they are kept."""
    words = [line(word) for word in entries(said)]
    if len(words) != 3 or not words[1].isdecimal() or int(words[1]) not in _ICONS:
        return 0, None
    return int(words[1]), _moment(words[2])


def _follow_up(said: Any) -> FollowUp | None:
    """Read a ``followupFlag``."""
    plain = mapping(said)
    status = line(plain.get("flagStatus"))
    if status not in ("flagged", "complete"):
        return None
    start, due, completed = (
        _moment(line(inner(plain, name).get("dateTime")))
        for name in ("startDateTime", "dueDateTime", "completedDateTime")
    )
    return FollowUp(is_complete=status == "complete", start=start, due=due, completed=completed)


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said.replace("Z", "+00:00"))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None
