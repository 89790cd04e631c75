"""Labels and values of items that are not mail, as people read them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from saasbackup_desktop.app.words.moments import (
    before_words,
    day_words,
    hours_words,
    moment_words,
    occurrence_words,
    period_words,
)
from saasbackup_desktop.app.words.recurrences import recurrence_words
from saasbackup_desktop.app.words.rules import rule_words, spelled_out
from saasbackup_desktop.providers.formats.graph.card import (
    Before,
    Choice,
    Colour,
    Day,
    Departure,
    Hours,
    Label,
    Link,
    Moment,
    Period,
    Person,
    Recurrence,
    Rule,
    Step,
    Value,
)

LABELS: Final[Mapping[Label, str]] = {
    Label.WHEN: "When",
    Label.ZONE: "Time zone",
    Label.RECURRENCE: "Repeats",
    Label.EXCEPTIONS: "Exceptions",
    Label.LOCATION: "Where",
    Label.ORGANIZER: "Organizer",
    Label.ATTENDEES: "Attendees",
    Label.ANSWER: "Own answer",
    Label.MEETING: "Online meeting",
    Label.SHOWN_AS: "Shown as",
    Label.SENSITIVITY: "Sensitivity",
    Label.IMPORTANCE: "Importance",
    Label.REMINDER: "Reminder",
    Label.CANCELLED: "State",
    Label.CATEGORIES: "Categories",
    Label.NAME: "Full name",
    Label.NICKNAME: "Nickname",
    Label.PHONETIC: "Phonetic name",
    Label.EMAIL: "E-mail",
    Label.PHONE_WORK: "Phone (work)",
    Label.PHONE_MOBILE: "Phone (mobile)",
    Label.PHONE_HOME: "Phone (home)",
    Label.CHAT: "Chat",
    Label.JOB: "Job title",
    Label.COMPANY: "Company",
    Label.DEPARTMENT: "Department",
    Label.OFFICE: "Office",
    Label.PROFESSION: "Profession",
    Label.MANAGER: "Manager",
    Label.ASSISTANT: "Assistant",
    Label.ADDRESS_WORK: "Address (work)",
    Label.ADDRESS_HOME: "Address (home)",
    Label.ADDRESS_OTHER: "Address (other)",
    Label.WEBSITE: "Website",
    Label.BIRTHDAY: "Birthday",
    Label.SPOUSE: "Partner",
    Label.CHILDREN: "Children",
    Label.STATUS: "Status",
    Label.START: "Start",
    Label.DUE: "Due",
    Label.COMPLETED: "Completed",
    Label.STEPS: "Steps",
    Label.LINKS: "Links",
    Label.UPDATED: "Updated at",
    Label.LANGUAGE: "Language",
    Label.DATE_FORMAT: "Date format",
    Label.TIME_FORMAT: "Time format",
    Label.WORKING_HOURS: "Working hours",
    Label.DELEGATES: "Invitations go to",
    Label.PURPOSE: "Mailbox is for",
    Label.REPLIES: "Automatic replies",
    Label.AUDIENCE: "Replies go to",
    Label.RULES: "Rules",
    Label.COLOURS: "Categories",
    Label.SHARING: "Calendar shared with",
    Label.FOCUS: "Focused Inbox",
    Label.BODY: "Text",
    Label.NOTES: "Notes",
    Label.REPLY_INSIDE: "Reply within the organization",
    Label.REPLY_OUTSIDE: "Reply to others",
}

FIELDS: Final[Mapping[str, str]] = {
    **{label.value: words for label, words in LABELS.items()},
    "title": "Title",
    "photo": "Photo",
    "attachments": "Attachments",
    "other": "Other properties",
}
"""What can differ between two versions of an item."""

CHOICES: Final[Mapping[str, str]] = {
    "isCancelled": "Cancelled",
    "none": "No answer",
    "organizer": "Organizer",
    "tentativelyAccepted": "Tentatively accepted",
    "accepted": "Accepted",
    "declined": "Declined",
    "notResponded": "Not answered",
    "required": "Required",
    "optional": "Optional",
    "resource": "Room or equipment",
    "free": "Free",
    "tentative": "Tentative",
    "busy": "Busy",
    "oof": "Away",
    "workingElsewhere": "Working elsewhere",
    "low": "Low",
    "normal": "Normal",
    "high": "High",
    "personal": "Personal",
    "private": "Private",
    "confidential": "Confidential",
    "notStarted": "Not started",
    "inProgress": "In progress",
    "completed": "Completed",
    "waitingOnOthers": "Waiting on others",
    "deferred": "Deferred",
    "sendToDelegateAndInformationToPrincipal": "The delegate, with a copy to the owner",
    "sendToDelegateAndPrincipal": "The delegate and the owner",
    "sendToDelegateOnly": "The delegate alone",
    "user": "A person",
    "linked": "A person in another organization",
    "shared": "Several people",
    "room": "A room",
    "equipment": "Equipment",
    "others": "Something else",
    "sharing-none": "no access",
    "sharing-freeBusyRead": "sees when it is free or busy",
    "sharing-limitedRead": "sees titles and places",
    "sharing-read": "sees everything",
    "sharing-write": "may change it",
    "sharing-delegateWithoutPrivateEventAccess": "delegate, without private events",
    "sharing-delegateWithPrivateEventAccess": "delegate, with private events",
    "sharing-custom": "as set up in Outlook",
    "focused": "Focused",
    "other": "Other",
    "replies-disabled": "Off",
    "replies-alwaysEnabled": "On",
    "replies-scheduled": "On for a time",
    "audience-none": "People of the organization alone",
    "audience-contactsOnly": "People of the organization and contacts",
    "audience-all": "Everybody",
}

COLOURS: Final[Mapping[str, str]] = {
    f"preset{number}": name
    for number, name in enumerate(
        (
            *("red", "orange", "brown", "yellow", "green", "teal", "olive", "blue", "purple", "cranberry", "steel"),
            *("dark steel", "grey", "dark grey", "black", "dark red", "dark orange", "dark brown", "dark yellow"),
            *("dark green", "dark teal", "dark olive", "dark blue", "dark purple", "dark cranberry"),
        )
    )
}


SETTINGS: Final[Mapping[str, str]] = {
    "automatic-replies": "Automatic replies",
    "region": "Language and region",
    "working-hours": "Working hours",
    "meeting-requests": "Invitations to meetings",
    "about": "About this mailbox",
}
"""Items of a mailbox's settings that have codes for names."""


def choice_words(code: str) -> str:
    """One of a few, as people call it."""
    return CHOICES.get(code) or spelled_out(code.rpartition("-")[2]).capitalize()


def value_words(value: Value) -> str:
    """A value on one line."""
    return _WORDS[type(value)](value)


def _person(person: Person) -> str:
    who = f"{person.name} <{person.address}>" if person.name and person.address else person.name or person.address
    part = "" if person.role in ("", "required") else choice_words(person.role).lower()
    answer = "" if person.answer in ("", "none") else choice_words(person.answer).lower()
    said = ", ".join(filter(None, (part, answer)))
    return f"{who} – {said}" if said else who


def _departure(departure: Departure) -> str:
    which = occurrence_words(departure.original)
    if departure.is_cancelled:
        return f"{which}: cancelled" if which else "Cancelled"
    now = period_words(departure.period) if departure.period else ""
    said = "; ".join(filter(None, (departure.title, now, departure.place)))
    return f"{which}: {said}" if which and said else which or said


def _colour(colour: Colour) -> str:
    return f"{colour.name} ({COLOURS[colour.preset]})" if colour.preset in COLOURS else colour.name


def _link(link: Link) -> str:
    return f"{link.text} ({link.address})" if link.text and link.address else link.text or link.address


def _step(step: Step) -> str:
    return f"{step.text} ({'done' if step.is_done else 'not done'})"


_WORDS: Final[Mapping[type[Value], Callable[[Any], str]]] = {
    str: str,
    Choice: lambda choice: choice_words(choice.code),
    Moment: moment_words,
    Day: lambda day: day_words(day.when),
    Period: period_words,
    Hours: hours_words,
    Person: _person,
    Recurrence: recurrence_words,
    Departure: _departure,
    Step: _step,
    Link: _link,
    Before: before_words,
    Rule: rule_words,
    Colour: _colour,
}
