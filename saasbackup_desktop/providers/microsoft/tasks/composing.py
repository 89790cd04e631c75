"""What is sent to Graph to make a task again, and what of a task must be the same."""

import re
from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.providers.formats import zones
from saasbackup_desktop.providers.formats.html_text import html_to_text
from saasbackup_desktop.providers.microsoft.marks import categories_of
from saasbackup_desktop.providers.microsoft.repeating import recurrence, repeated

_AS_TOLD: Final = ("title", "status", "importance", "isReminderOn")
_MOMENTS: Final = ("dueDateTime", "startDateTime", "reminderDateTime", "completedDateTime")
_DAYS: Final = frozenset({"dueDateTime", "startDateTime", "completedDateTime"})
"""Dates without an hour (todoTask)."""
_USUAL: Final = {"title": "", "status": "notStarted", "importance": "normal", "isReminderOn": "False"}
_STEP: Final = ("displayName", "isChecked", "checkedDateTime")
_LINK: Final = ("webUrl", "applicationName", "displayName", "externalId")
_BLANKS: Final = re.compile(r"\s+")


def compose(plain: Mapping[str, Any]) -> dict[str, Any]:
    """All that can be written of a task itself; what it has not is empty."""
    task: dict[str, Any] = {name: plain[name] for name in _AS_TOLD if plain.get(name) is not None}
    for name in _MOMENTS:
        moment = plain.get(name)
        task[name] = {part: moment[part] for part in ("dateTime", "timeZone") if part in moment} if moment else None
    body = plain.get("body") or {}
    is_html = str(body.get("contentType", "")).lower() == "html"
    task["body"] = {"contentType": "html" if is_html else "text", "content": str(body.get("content") or "")}
    task["recurrence"] = recurrence(plain["recurrence"]) if plain.get("recurrence") else None
    task["categories"] = list(plain.get("categories") or ())
    return task


def step(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A step as it is sent."""
    return {name: plain[name] for name in _STEP if plain.get(name) is not None}


def link(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A linked resource as it is sent."""
    return {name: plain[name] for name in _LINK if plain.get(name) is not None}


def shown(plain: Mapping[str, Any]) -> dict[str, str]:
    """A task's own properties as text that compares."""
    said = {name: str(plain.get(name) if plain.get(name) is not None else usual) for name, usual in _USUAL.items()}
    said["title"] = said["title"].strip()
    for name in _MOMENTS:
        when = zones.instant(plain.get(name))
        said[name] = "" if when is None else when.strftime("%Y-%m-%d") if name in _DAYS else when.isoformat()
    body = plain.get("body") or {}
    content = str(body.get("content") or "")
    text = html_to_text(content) if str(body.get("contentType")).lower() == "html" else content
    said["text"] = _BLANKS.sub(" ", text).strip()
    said["recurrence"] = repeated(plain.get("recurrence"))
    said["categories"] = "\n".join(categories_of(plain))
    return said


def steps(plain: Mapping[str, Any]) -> list[str]:
    """A task's steps in a form that compares."""
    return [
        f"{'x' if one.get('isChecked') else '-'} {one.get('displayName')}" for one in plain.get("checklistItems") or ()
    ]


def links(plain: Mapping[str, Any]) -> list[str]:
    """A task's linked resources in a form that compares."""
    return ["\n".join(str(one.get(name) or "") for name in _LINK) for one in plain.get("linkedResources") or ()]


def look(plain: Mapping[str, Any]) -> str:
    """By what a task is known: all that it says itself."""
    said = shown(plain)
    return "\n".join(f"{name}: {said[name]}" for name in sorted(said)) if said["title"] else ""
