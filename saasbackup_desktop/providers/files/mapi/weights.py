"""How important something is, who may see it, and as what its time shows."""

from typing import Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.pst.model import Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, line

_IMPORTANCE: Final = {"low": 0, "normal": 1, "high": 2}
_SENSITIVITY: Final = {"normal": 0, "personal": 1, "private": 2, "confidential": 3}
_PRIVATE: Final = 2
_BUSY: Final = {"free": 0, "tentative": 1, "busy": 2, "oof": 3, "workingelsewhere": 4}


def weight(plain: Plain) -> dict[Tag, Value]:
    """Write importance and sensitivity."""
    importance = _IMPORTANCE.get(line(plain.get("importance")).lower(), 1)
    sensitivity = _SENSITIVITY.get(line(plain.get("sensitivity")).lower(), 0)
    return {
        tags.IMPORTANCE: importance,
        tags.PRIORITY: importance - 1,
        tags.SENSITIVITY: sensitivity,
        tags.PRIVATE: sensitivity == _PRIVATE,
    }


def busy(plain: Plain) -> int:
    """As what an event's time shows to others."""
    return _BUSY.get(line(plain.get("showAs")).lower(), _BUSY["busy"])
