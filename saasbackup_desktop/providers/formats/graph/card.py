"""What is shown of an item that is not mail: plain values under labels, to be put into words by who shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What a line or a section of a card is about."""

    WHEN = "when"
    ZONE = "zone"
    RECURRENCE = "recurrence"
    EXCEPTIONS = "exceptions"
    LOCATION = "location"
    ORGANIZER = "organizer"
    ATTENDEES = "attendees"
    ANSWER = "answer"
    MEETING = "meeting"
    SHOWN_AS = "shown-as"
    SENSITIVITY = "sensitivity"
    IMPORTANCE = "importance"
    REMINDER = "reminder"
    CANCELLED = "cancelled"
    CATEGORIES = "categories"
    NAME = "name"
    NICKNAME = "nickname"
    PHONETIC = "phonetic"
    EMAIL = "email"
    PHONE_WORK = "phone-work"
    PHONE_MOBILE = "phone-mobile"
    PHONE_HOME = "phone-home"
    CHAT = "chat"
    JOB = "job"
    COMPANY = "company"
    DEPARTMENT = "department"
    OFFICE = "office"
    PROFESSION = "profession"
    MANAGER = "manager"
    ASSISTANT = "assistant"
    ADDRESS_WORK = "address-work"
    ADDRESS_HOME = "address-home"
    ADDRESS_OTHER = "address-other"
    WEBSITE = "website"
    BIRTHDAY = "birthday"
    SPOUSE = "spouse"
    CHILDREN = "children"
    STATUS = "status"
    START = "start"
    DUE = "due"
    COMPLETED = "completed"
    STEPS = "steps"
    LINKS = "links"
    UPDATED = "updated"
    LANGUAGE = "language"
    DATE_FORMAT = "date-format"
    TIME_FORMAT = "time-format"
    WORKING_HOURS = "working-hours"
    DELEGATES = "delegates"
    PURPOSE = "purpose"
    REPLIES = "replies"
    AUDIENCE = "audience"
    RULES = "rules"
    COLOURS = "colours"
    SHARING = "sharing"
    FOCUS = "focus"
    BODY = "body"
    NOTES = "notes"
    REPLY_INSIDE = "reply-inside"
    REPLY_OUTSIDE = "reply-outside"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few that Graph has names for, such as ``notStarted``."""

    code: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time as Graph writes it (ISO 8601), and the zone that it counts in; may be empty."""

    when: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, whatever the zone: ISO 8601, with or without a time that means nothing."""

    when: str


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when; of whole days, the last one is not in it."""

    start: Moment
    end: Moment
    is_all_day: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a week: days by their English names, times as ``HH:MM:SS``."""

    days: tuple[str, ...]
    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and what part they have in it."""

    name: str
    address: str
    role: str = ""
    """Of a guest: ``required``, ``optional`` or ``resource``. Of whom a calendar is shared with: ``sharing-`` and
    Graph's name of the role."""
    answer: str = ""
    """Of a guest: ``none``, ``accepted``, ``tentativelyAccepted``, ``declined``, ``notResponded``, ``organizer``. Of a
    sender: ``focused`` or ``other``."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How something comes back: Graph's pattern and range (``recurrencePattern``, ``recurrenceRange``)."""

    kind: str
    """``daily``, ``weekly``, ``absoluteMonthly``, ``relativeMonthly``, ``absoluteYearly``, ``relativeYearly``."""
    interval: int = 1
    days: tuple[str, ...] = ()
    """Of the week, by their English names."""
    day: int = 0
    """Of the month."""
    month: int = 0
    index: str = ""
    """``first`` to ``fourth``, or ``last``: which of the days in the month."""
    since: str = ""
    until: str = ""
    """Date of the last day; empty if there is none."""
    times: int = 0
    """How often; 0 if that is not what ends it."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a series is not what it is else: moved, changed or cancelled."""

    original: str
    """The day, or the moment (UTC), that the series has for it."""
    is_cancelled: bool = False
    title: str = ""
    period: Period | None = None
    place: str = ""
    text: str = ""
    """What is written in it, as plain text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of a list to be ticked off."""

    text: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to look further."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Before:
    """Minutes before something begins."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition or an action of a rule, by Graph's name of it, and what it is about."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done to mail as it comes in."""

    name: str
    is_enabled: bool
    conditions: tuple[Clause, ...]
    exceptions: tuple[Clause, ...]
    actions: tuple[Clause, ...]
    has_error: bool = False


@dataclass(frozen=True, slots=True)
class Colour:
    """A category and its colour, ``preset0`` to ``preset24`` or ``none``."""

    name: str
    preset: str


Value = (
    str
    | Choice
    | Moment
    | Day
    | Period
    | Hours
    | Person
    | Recurrence
    | Departure
    | Step
    | Link
    | Before
    | Rule
    | Colour
)


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what stands beside it: one value or several."""

    label: Label
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A longer text of a stranger's: HTML is as it came, nobody has made it safe yet."""

    label: Label
    text: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class File:
    """An attached file that lies beside the item."""

    part: str
    """Its name among the item's parts."""
    name: str
    media_type: str
    content_id: str = ""
    """What ``cid:`` addresses call it."""


@dataclass(frozen=True, slots=True)
class Card:
    """An item, read to be shown."""

    title: str
    lines: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    files: tuple[File, ...] = ()


def only_said(*lines: tuple[Label, Value | tuple[Value, ...] | None]) -> tuple[Line, ...]:
    """Those lines that have something to say."""
    return tuple(Line(label, values) for label, values in _with_values(lines) if values)


def _with_values(
    lines: tuple[tuple[Label, Value | tuple[Value, ...] | None], ...],
) -> Iterator[tuple[Label, tuple[Value, ...]]]:
    for label, value in lines:
        if isinstance(value, tuple):
            yield label, value
        else:
            yield label, () if value is None or value == "" else (value,)


def words_in(value: Value) -> Iterator[str]:
    """What search finds of a value: names and texts, not what Graph calls things."""
    match value:
        case str():
            yield value
        case Person(name, address):
            yield from (name, address)
        case Departure(title=title, place=place, text=text):
            yield from (title, place, text)
        case Step(text=text):
            yield text
        case Link(text, address):
            yield from (text, address)
        case Colour(name=name):
            yield name
        case Rule(name=name, conditions=conditions, exceptions=exceptions, actions=actions):
            yield name
            for clause in (*conditions, *exceptions, *actions):
                yield from clause.values
        case _:
            return
