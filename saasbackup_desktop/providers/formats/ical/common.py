"""What events, tasks and notes have alike: categories, importance, when they were made, and what has no place."""

from collections.abc import Container
from typing import Any, Final

from saasbackup_desktop.providers.formats.aside import ASIDE
from saasbackup_desktop.providers.formats.content_lines import Component, split, unescaped
from saasbackup_desktop.providers.formats.graph.plain import line as one_line
from saasbackup_desktop.providers.formats.ical import losses
from saasbackup_desktop.providers.formats.ical.moments import Zones

HANDLED: Final = frozenset(
    {"UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "CATEGORIES", "PRIORITY", "SUMMARY", "CLASS"}
    | {"X-MICROSOFT-CDO-IMPORTANCE", "PRODID", "VERSION", "METHOD", "CALSCALE", "X-LIC-ERROR", "X-MOZ-GENERATION"}
    | {"X-MICROSOFT-CDO-APPT-SEQUENCE", "X-MICROSOFT-CDO-OWNERAPPTID", "X-MICROSOFT-CDO-INSTTYPE", "X-MOZ-LASTACK"}
    | {"X-MICROSOFT-CDO-INTENDEDSTATUS", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-CDO-REPLYTIME"}
    | {"X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE", "X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE"}
    | {"X-MS-OLK-CONFTYPE", "X-MS-OLK-FORCEINSPECTOROPEN", "X-MS-OLK-AUTOSTARTCHECK", "X-MS-OLK-AUTOFILLLOCATION"}
    | {"DCREATED", "X-MICROSOFT-CDO-TZID", "X-MICROSOFT-EXCHANGE-ID", "X-EXPECT-NUMEVENTS"}
)
"""Properties that have a place, and those that only programs look at."""
_MOMENTS: Final = (
    ("DCREATED", "createdDateTime"),
    ("CREATED", "createdDateTime"),
    ("LAST-MODIFIED", "lastModifiedDateTime"),
)
_LEVELS: Final = {"0": "low", "1": "normal", "2": "high"}


def common(component: Component, zones: Zones) -> dict[str, Any]:
    """Categories, importance, and when it was made and changed."""
    found: dict[str, Any] = {"importance": _importance(component), "categories": categories(component)}
    for name, field in _MOMENTS:
        line = component.first(name)
        when = zones.value(line.value, "UTC", []) if line is not None else None
        if when is not None:
            found[field] = when.iso()
    return found


def categories(component: Component) -> list[str]:
    """Categories, each once."""
    sign = ";" if component.first("DCREATED") else ","
    names = (
        one_line(unescaped(one))
        for line in component.all("CATEGORIES")
        for one in split(line.value, sign if sign in line.value else ",")
    )
    return list(dict.fromkeys(filter(None, names)))


def leftover(component: Component, handled: Container[str], lost: list[str]) -> None:
    """List what has no place."""
    if component.unread:
        lost.append(losses.LINES_UNREAD)
    for line in component.lines:
        if line.name not in handled and line.name != ASIDE and line.value.strip():
            lost.append(losses.named(losses.PROPERTY, line.name))


def _importance(component: Component) -> str:
    said = component.text("X-MICROSOFT-CDO-IMPORTANCE")
    if said in _LEVELS:
        return _LEVELS[said]
    priority = component.text("PRIORITY")
    if not priority.isdigit() or priority == "0":
        return "normal"
    return "high" if int(priority) < 5 else "normal" if int(priority) == 5 else "low"
