"""Items of each service in words: what they are called, and what the columns of their lists say."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from saasbackup_desktop.app.words import moments, states
from saasbackup_desktop.app.words.cards import SETTINGS, choice_words
from saasbackup_desktop.core.model import Conflict, Item, Service
from saasbackup_desktop.providers.formats.graph.card import Moment

NOUNS: Final[Mapping[Service, tuple[str, str]]] = {
    Service.MAIL: ("message", "messages"),
    Service.CALENDAR: ("event", "events"),
    Service.CONTACTS: ("contact", "contacts"),
    Service.TASKS: ("task", "tasks"),
    Service.NOTES: ("note", "notes"),
    Service.SETTINGS: ("setting", "settings"),
    Service.DIRECTORY: ("object", "objects"),
}
"""One item, and several."""
FOLDERS: Final[Mapping[Service, tuple[str, str]]] = {
    Service.MAIL: ("folder", "folders"),
    Service.CALENDAR: ("calendar", "calendars"),
    Service.CONTACTS: ("folder", "folders"),
    Service.TASKS: ("list", "lists"),
    Service.NOTES: ("folder", "folders"),
    Service.SETTINGS: ("section", "sections"),
    Service.DIRECTORY: ("type", "types"),
}
"""What holds them."""

SEPARATE: Final = "Everything goes under a new folder, with its structure kept. Nothing that is there is touched."
SKIP: Final = "Only what is missing is added. What is there stays as it is."
CONFLICTS: Final[Mapping[Service, Mapping[Conflict, tuple[str, str]]]] = {
    Service.MAIL: states.CONFLICTS,
    Service.CALENDAR: {
        Conflict.NON_DESTRUCTIVE: (
            "Into calendars of their own",
            "Everything goes into new calendars. Nothing that is there is touched.",
        ),
        Conflict.REPLACE: (
            "Replace",
            "Missing events are added, and events without attendees are set back as they were. Beside a meeting that "
            "differs comes a copy without attendees. Nothing is deleted.",
        ),
        Conflict.SKIP: ("Skip existing", SKIP),
    },
    Service.CONTACTS: {
        Conflict.NON_DESTRUCTIVE: ("Into a folder of its own", SEPARATE),
        Conflict.REPLACE: (
            "Replace",
            "Missing contacts are added, and those that differ are set back as they were. Nothing is deleted.",
        ),
        Conflict.SKIP: ("Skip existing", SKIP),
    },
    Service.TASKS: {
        Conflict.NON_DESTRUCTIVE: (
            "Into lists of their own",
            "Everything goes into new lists. Nothing that is there is touched.",
        ),
        Conflict.REPLACE: (
            "Replace",
            "Missing tasks are added, and those that differ are set back as they were. Nothing is deleted.",
        ),
        Conflict.SKIP: ("Skip existing", SKIP),
    },
    Service.NOTES: {
        Conflict.NON_DESTRUCTIVE: ("Into a folder of its own", SEPARATE),
        Conflict.REPLACE: (
            "Replace",
            "Missing notes are added, and those that differ are set back as they were. Nothing is deleted.",
        ),
        Conflict.SKIP: ("Skip existing", SKIP),
    },
    Service.SETTINGS: {
        Conflict.REPLACE: (
            "Replace",
            "Settings and rules are set back as they were. What was made since stays.",
        ),
        Conflict.SKIP: ("Skip existing", "Only settings and rules that are missing are added."),
    },
    Service.DIRECTORY: {},
}
"""Label and explanation of each way to treat what the target already has. A mailbox has one set of settings: none of
their own can be made. A directory is restored by a plan instead.
"""
WHOLE: Final[Mapping[Conflict, tuple[str, str]]] = {
    Conflict.NON_DESTRUCTIVE: (
        "Into folders of their own",
        "Everything goes under new folders, calendars and lists. Nothing that is there is touched. "
        "Settings are the exception: there is one set of them, and only what is missing is added.",
    ),
    Conflict.REPLACE: (
        "Replace",
        "What is missing is added, and what differs is set back as it was. Nothing is deleted.",
    ),
    Conflict.SKIP: ("Skip existing", SKIP),
}
"""The same of a whole mailbox."""
NOTES_ON: Final[Mapping[Service, str]] = {
    Service.CALENDAR: "Nobody is told: no invitation, update or cancellation is sent. Attendees and their answers are "
    "written into the event's text; who organizes a meeting can invite again.",
}
"""What has to be known of a restore of this service, whatever way is chosen."""


def title_words(item: Item) -> str:
    """What a list calls an item: settings have codes for names."""
    return SETTINGS.get(item.name, item.name)


def start_words(item: Item) -> str:
    """When an event begins."""
    return _moment(item.facets.get("start", ""), is_all_day="all-day" in item.facets)


def end_words(item: Item) -> str:
    """When an event ends: of whole days, the last of them."""
    return _moment(item.facets.get("end", ""), is_all_day="all-day" in item.facets, is_end=True)


def status_words(item: Item) -> str:
    """How a task stands."""
    status = item.facets.get("status", "")
    return choice_words(status) if status else ""


def due_words(item: Item) -> str:
    """Until when a task is to be done."""
    return _moment(item.facets.get("due", ""), is_all_day=True)


def updated_words(item: Item) -> str:
    """When a note was changed last."""
    return _moment(item.facets.get("updated", ""))


def lines_words(item: Item, facet: str) -> str:
    """A facet of several lines on one."""
    return ", ".join(item.facets.get(facet, "").split("\n"))


def seconds_of(item: Item, facet: str) -> float:
    """A facet that tells a moment, for sorting; what is not told comes first."""
    when, _, zone = item.facets.get(facet, "").partition(" ")
    return moments.seconds_of(Moment(when, zone))


def _moment(told: str, *, is_all_day: bool = False, is_end: bool = False) -> str:
    """``3 Mar 2026, 15:00``, where the reader is; of whole days, the day alone."""
    when, _, zone = told.partition(" ")
    if not when:
        return ""
    if is_all_day:
        day = moments.date_of(when)
        if day is None:
            return told
        # Graph ends whole days with the midnight after them.
        return moments.short_day(day - timedelta(days=1) if is_end else day)
    return moments.short_moment(Moment(when, zone))
