"""Tasks of To Do: what is to be done by when, in which steps."""

import re
from collections.abc import Iterator
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.card import Card, Choice, Day, Label, Link, Moment, Step, only_said
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, lines, objects
from saasbackup_desktop.providers.formats.graph.values import files, moment, recurrence, section

_MIDNIGHT: Final = re.compile(r"\d{4}-\d\d-\d\dT00:00:00(?:\.0*)?Z?")


def card(plain: Plain) -> Card:
    """Read a task."""
    status, importance = line(plain.get("status")), line(plain.get("importance"))
    return Card(
        title=line(plain.get("title")),
        lines=only_said(
            (Label.STATUS, Choice(status) if status else None),
            (Label.START, _day(plain.get("startDateTime"))),
            (Label.DUE, _day(plain.get("dueDateTime"))),
            (Label.COMPLETED, _day(plain.get("completedDateTime"))),
            (Label.RECURRENCE, recurrence(plain.get("recurrence"))),
            (Label.REMINDER, moment(plain.get("reminderDateTime")) if plain.get("isReminderOn") is True else None),
            (Label.IMPORTANCE, Choice(importance) if importance not in ("", "normal") else None),
            (Label.STEPS, tuple(_steps(plain))),
            (Label.LINKS, tuple(_links(plain))),
            (Label.CATEGORIES, lines(plain.get("categories"))),
        ),
        sections=section(Label.NOTES, plain.get("body")),
        files=files(plain),
    )


def facets(plain: Plain) -> dict[str, str]:
    """What lists show of a task."""
    due, importance = moment(plain.get("dueDateTime")), line(plain.get("importance"))
    return {
        "status": line(plain.get("status")),
        "due": due.when[:19] if due else "",
        "importance": "" if importance == "normal" else importance,
        "categories": "\n".join(lines(plain.get("categories"))),
    }


def _day(value: Any) -> Day | Moment | None:
    """To Do knows days only, and writes them as midnights, whatever the zone."""
    found = moment(value)
    return Day(found.when) if found and _MIDNIGHT.fullmatch(found.when) else found


def _steps(plain: Plain) -> Iterator[Step]:
    for one in objects(plain, "checklistItems"):
        if said := line(one.get("displayName")):
            yield Step(said, one.get("isChecked") is True)


def _links(plain: Plain) -> Iterator[Link]:
    for one in objects(plain, "linkedResources"):
        link = Link(line(one.get("displayName")) or line(one.get("applicationName")), line(one.get("webUrl")))
        if link.text or link.address:
            yield link
