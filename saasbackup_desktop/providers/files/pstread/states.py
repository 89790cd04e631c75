"""What Outlook says of a message beside what was sent: read, answered, flagged, in which categories."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from saasbackup_desktop.providers.files.pstread.named import common, public, task
from saasbackup_desktop.providers.files.pstread.objects import Said

CLASS: Final = 0x001A
IMPORTANCE: Final = 0x0017
KEYWORDS: Final = public("Keywords")
WEIGHTS: Final = {0: "low", 2: "high"}
_MESSAGE_FLAGS: Final = 0x0E07
_READ, _UNSENT = 0x01, 0x08
_ICON, _VERB, _VERB_TIME = 0x1080, 0x1081, 0x1082
_FLAG_STATUS, _FLAG_COMPLETED = 0x1090, 0x1091
_START, _END = common(0x8516), common(0x8517)
_TASK_START, _TASK_DUE, _TASK_DONE = task(0x8104), task(0x8105), task(0x810F)
_REPLIED, _REPLIED_ALL, _FORWARDED = 102, 103, 104
_COMPLETE, _FLAGGED = 1, 2


def flags_of(said: Said) -> tuple[str, ...]:
    """Say in IMAP's words how a message stands."""
    state = number_of(said, _MESSAGE_FLAGS, _READ)
    verb = said.number(_VERB)
    found = {
        "\\Seen": bool(state & _READ),
        "\\Draft": bool(state & _UNSENT),
        "\\Flagged": said.number(_FLAG_STATUS) == _FLAGGED,
        "\\Answered": verb in (_REPLIED, _REPLIED_ALL),
        "$Forwarded": verb == _FORWARDED,
    }
    return tuple(sorted(name for name, holds in found.items() if holds))


def facets_of(said: Said) -> dict[str, str]:
    """Say what a list shows of a message beside that: categories, weight, flag, answer."""
    found = {
        "categories": "\n".join(said.texts(KEYWORDS)),
        "importance": WEIGHTS.get(number_of(said, IMPORTANCE, 1), ""),
        "flag": _follow_up(said),
        **_answered(said),
    }
    return {name: value for name, value in found.items() if value}


def number_of(said: Said, id: int, usual: int) -> int:
    """Read a number; the usual one if none is said."""
    found = said.number(id)
    return usual if found is None else found


def _answered(said: Said) -> dict[str, str]:
    verb, moment = said.number(_VERB), said.moment(_VERB_TIME)
    if verb not in (_REPLIED, _REPLIED_ALL, _FORWARDED):
        return {}
    icon = said.number(_ICON)
    told = [str(icon) if icon is not None else "", str(verb), _iso(moment) if moment else ""]
    return {"answered": "forwarded" if verb == _FORWARDED else "answered", "verb": json.dumps(told)}


def _follow_up(said: Said) -> str:
    """A flag with days, as Graph tells of it."""
    status = said.number(_FLAG_STATUS)
    if status not in (_COMPLETE, _FLAGGED):
        return ""
    is_meeting = said.text(CLASS).lower().startswith("ipm.schedule.")  # its days are the meeting's
    flag: dict[str, Any] = {"flagStatus": "complete" if status == _COMPLETE else "flagged"}
    days = (
        ("startDateTime", said.moment(_TASK_START) or (None if is_meeting else said.moment(_START))),
        ("dueDateTime", said.moment(_TASK_DUE) or (None if is_meeting else said.moment(_END))),
        ("completedDateTime", said.moment(_FLAG_COMPLETED) or said.moment(_TASK_DONE)),
    )
    for name, moment in days:
        if moment is not None:
            flag[name] = {"dateTime": moment.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
    return json.dumps(flag, separators=(",", ":"))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
