"""What stands in the lists of items: columns for each service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from saasbackup_desktop.app.views import ItemRow, Order
from saasbackup_desktop.app.words import items
from saasbackup_desktop.core.model import Item, Service
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.text import say


class Column(IntEnum):
    """What stands where in a list of messages; in every list, ticks come first."""

    TICK = 0
    SENDER = 1
    SUBJECT = 2
    TIME = 3
    SIZE = 4
    FOLDER = 5


@dataclass(frozen=True, slots=True)
class Head:
    """A column: heading, words, tooltip, width in pixels, and what the list is sorted by when it is clicked."""

    name: str
    words: Callable[[ItemRow], str]
    width: int
    order: Order | None = None
    hint: Callable[[ItemRow], str] | None = None
    right: bool = False
    key: Callable[[ItemRow], Any] | None = None
    """What a list is sorted by that the catalog cannot sort by this column; without one, its words."""
    is_main: bool = False
    """It takes what is left of the width, and carries the marks."""


def heads(service: Service) -> tuple[Head, ...]:
    """The columns between the ticks and the folder."""
    return _HEADS[service]()


def sender_name(address: str) -> str:
    """Shorten ``Name <address>`` to the name."""
    name = address.split("<", maxsplit=1)[0].strip().strip('"')
    return name or address.strip("<> ")


def main_of(service: Service) -> int:
    """The place of the column that takes what is left, ticks counted."""
    return 1 + next(place for place, head in enumerate(heads(service)) if head.is_main)


def orders(service: Service) -> Mapping[int, Order]:
    """By which columns a list can be sorted, ticks counted."""
    return {place + 1: head.order for place, head in enumerate(heads(service)) if head.order is not None}


def key_of(service: Service, column: int) -> Callable[[ItemRow], Any] | None:
    """What a list is sorted by when the catalog has no order for a column, ticks counted."""
    shown = heads(service)
    if not 0 < column <= len(shown) or shown[column - 1].order is not None:
        return None
    head = shown[column - 1]
    return head.key or (lambda row: head.words(row).casefold())


def first_order(service: Service) -> tuple[Order, bool]:
    """How a list is sorted before somebody chose: what comes in time by time, all else by name. True: from the end."""
    return (Order.TIME, True) if service in (Service.MAIL, Service.CALENDAR) else (Order.NAME, False)


def _facet(name: str) -> Callable[[ItemRow], str]:
    return lambda row: row.item.facets.get(name, "")


def _lines(name: str) -> Callable[[ItemRow], str]:
    return lambda row: items.lines_words(row.item, name)


def _of(words: Callable[[Item], str]) -> Callable[[ItemRow], str]:
    return lambda row: words(row.item)


def _when(facet: str) -> Callable[[ItemRow], float]:
    return lambda row: items.seconds_of(row.item, facet)


def _title(row: ItemRow) -> str:
    return items.title_words(row.item) or say("(no subject)")


def _name(row: ItemRow) -> str:
    return items.title_words(row.item) or say("(no name)")


def _mail() -> tuple[Head, ...]:
    return (
        Head(say("From"), lambda r: sender_name(r.item.facets.get("from", "")), 190, Order.SENDER, _facet("from")),
        Head(say("Subject"), _title, 320, Order.NAME, is_main=True),
        Head(say("Received"), lambda r: text.brief(r.item.time), 130, Order.TIME, lambda r: text.utc(r.item.time)),
        Head(say("Size"), lambda r: text.size(r.item.size), 90, Order.SIZE, right=True),
    )


def _calendar() -> tuple[Head, ...]:
    return (
        Head(say("Subject"), _title, 230, Order.NAME, is_main=True),
        Head(say("Start"), _of(items.start_words), 150, Order.TIME, lambda r: text.utc(r.item.time)),
        Head(say("End"), _of(items.end_words), 142, key=_when("end")),
        Head(say("Organizer"), _organizer, 120, Order.SENDER, _facet("organizer")),
        Head(say("Description"), _facet("description"), 170),
    )


def _organizer(row: ItemRow) -> str:
    return sender_name(row.item.facets.get("from", "")) or row.item.facets.get("organizer", "")


def _contacts() -> tuple[Head, ...]:
    return (
        Head(say("Name"), _name, 190, Order.NAME, is_main=True),
        Head(say("E-mail"), _lines("email"), 160),
        Head(say("Phone"), _lines("phone"), 120),
        Head(say("Address"), _facet("address"), 110),
        Head(say("Job title"), _facet("title"), 90),
        Head(say("Company"), _facet("company"), 110),
    )


def _tasks() -> tuple[Head, ...]:
    return (
        Head(say("Subject"), _title, 360, Order.NAME, is_main=True),
        Head(say("Status"), _of(items.status_words), 140),
        Head(say("Due"), _of(items.due_words), 130, key=_when("due")),
        Head(say("Made"), lambda r: text.brief(r.item.time), 130, Order.TIME, lambda r: text.utc(r.item.time)),
    )


def _notes() -> tuple[Head, ...]:
    return (
        Head(say("Subject"), _title, 230, Order.NAME, is_main=True),
        Head(say("Updated at"), _of(items.updated_words), 150, key=_when("updated")),
        Head(say("Preview"), _facet("preview"), 380),
    )


def _settings() -> tuple[Head, ...]:
    return (Head(say("Name"), _name, 400, Order.NAME, is_main=True),)


def _directory() -> tuple[Head, ...]:
    return (
        Head(say("Name"), _name, 250, Order.NAME, is_main=True),
        Head(say("Description"), _facet("about"), 330),
    )


_HEADS: Final[Mapping[Service, Callable[[], tuple[Head, ...]]]] = {
    Service.MAIL: _mail,
    Service.CALENDAR: _calendar,
    Service.CONTACTS: _contacts,
    Service.TASKS: _tasks,
    Service.NOTES: _notes,
    Service.SETTINGS: _settings,
    Service.DIRECTORY: _directory,
}
"""Made when they are asked for: their headings are translated."""
