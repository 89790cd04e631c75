"""Values that several kinds of items have: people, moments, recurrences, texts."""

from collections.abc import Iterator
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.card import File, Label, Moment, Person, Recurrence, Section
from saasbackup_desktop.providers.formats.graph.plain import Plain, inner, line, lines, number, objects, text
from saasbackup_desktop.providers.formats.html_text import html_to_text

ATTACHMENT: Final = "attachment/"
"""Begins the names of parts that are attached files; their id follows."""

PHOTO: Final = "photo"
"""The part that is a contact's picture."""


def person(value: Plain, role: str = "", answer: str = "") -> Person | None:
    """Somebody, as a recipient or an e-mail address tells of them; None if it does not."""
    address = inner(value, "emailAddress") or value
    name, mail = line(address.get("name")), line(address.get("address"))
    return Person(name, mail, role, answer) if name or mail else None


def people(plain: Plain, name: str) -> tuple[Person, ...]:
    """A list of recipients, or of e-mail addresses."""
    return tuple(one for one in map(person, objects(plain, name)) if one is not None)


def mailbox_text(one: Person) -> str:
    """As header fields of mail write people."""
    if not one.name or one.name == one.address:
        return one.address
    return f"{one.name} <{one.address}>" if one.address else one.name


def moment(value: Any) -> Moment | None:
    """A ``dateTimeTimeZone``, or a moment with its offset."""
    if isinstance(value, str):
        return Moment(line(value)) if value.strip() else None
    said = inner({"_": value}, "_")
    when = line(said.get("dateTime"))
    return Moment(when, line(said.get("timeZone")) or "UTC") if when else None


def recurrence(value: Any) -> Recurrence | None:
    """A ``patternedRecurrence``."""
    said = inner({"_": value}, "_")
    pattern, span = inner(said, "pattern"), inner(said, "range")
    kind = line(pattern.get("type"))
    if not kind:
        return None
    ends = line(span.get("type"))
    return Recurrence(
        kind=kind,
        interval=max(1, number(pattern.get("interval")) or 1),
        days=lines(pattern.get("daysOfWeek")),
        day=number(pattern.get("dayOfMonth")) or 0,
        month=number(pattern.get("month")) or 0,
        index=line(pattern.get("index")),
        since=line(span.get("startDate")),
        until=line(span.get("endDate")) if ends == "endDate" else "",
        times=max(0, number(span.get("numberOfOccurrences")) or 0) if ends == "numbered" else 0,
    )


def section(label: Label, value: Any) -> tuple[Section, ...]:
    """An ``itemBody``, or a plain text; nothing if it is empty."""
    if isinstance(value, str):
        content, is_html = text(value), False
    else:
        said = inner({"_": value}, "_")
        content, is_html = text(said.get("content")), line(said.get("contentType")).lower() == "html"
    return (Section(label, content, is_html),) if content.strip() else ()


def readable(one: Section) -> str:
    """A section as plain text."""
    return html_to_text(one.text) if one.is_html else one.text.strip()


def files(plain: Plain) -> tuple[File, ...]:
    """The attachments that an item tells of."""
    return tuple(_files(plain))


def _files(plain: Plain) -> Iterator[File]:
    for one in objects(plain, "attachments"):
        if id := line(one.get("id")):
            said = line(one.get("contentType")).lower(), text(one.get("contentId")).strip().strip("<>")
            yield File(ATTACHMENT + id, line(one.get("name")), *said)
