"""What of an item a format could not hold, in words."""

from collections.abc import Mapping
from typing import Final

LOSSES: Final[Mapping[str, str]] = {
    "address-bare": "Somebody is named in it without an address.",
    "addresses": "It has more postal addresses than one at work, one at home and one elsewhere.",
    "alarms": "It has more reminders than one before it begins, or others than messages: one was kept.",
    "alternative-as-file": "It has more than one plain and one HTML text: the others are attachments.",
    "attached-item": "A message, an event or a contact that is attached to it is not there.",
    "attachment-damaged": "Something attached to it is damaged in the vault, and is not there.",
    "attachment-link": "A file is not in it, but only where it lies: that is kept.",
    "attachment-too-large": "A file that is attached to it is larger than 2 GB, and is not there.",
    "attachment-unreadable": "A file in it is damaged or missing in the archive: all else is there.",
    "attendee-details": "Who stands in for whom among those who were asked is not there.",
    "bodies-joined": "Several texts after one another became one.",
    "charset-unfit": "Its text holds characters that its own charset does not have: they were replaced.",
    "charset-unknown": "Its charset is unknown: the text was read as well as can be.",
    "date-missing": "It does not say when it begins: its end, or 1 January 1970, was taken.",
    "date-unreadable": "It has no date that can be read.",
    "details-cut": "It has more addresses, numbers or names than Outlook has places for: the first ones were taken.",
    "details-of-meeting": "Of its online meeting only the link is there, not who provides it or who sees whom.",
    "file-damaged": "Its file is damaged where it says what lies in it: something may be missing.",
    "first-not-in-series": "Its first time is on no day of its series: the series begins with the next one.",
    "group-cut": "The group has more members than Outlook takes: the first ones were taken.",
    "link-only": "A file is attached to it as a link: the file itself is not there.",
    "place-details": "Of its place only the name is there, not its address or where it is on a map.",
    "recurrence-unknown": "It repeats in a way that Outlook does not know: only the first time was taken.",
    "steps-in-text": "Its steps and links are lines at the end of its text.",
    "subject-shortened": "Its subject is too long: the beginning was taken.",
    "duplicate": "It is there more than once: the newest was taken.",
    "encrypted-as-file": "It is encrypted with OpenPGP: its parts are attachments.",
    "exceptions": "A change to all later meetings of a series was taken for one of the meeting that it names.",
    "external": "A part only says where something else lies.",
    "file-missing": "A file that is attached to it is not in the vault.",
    "file-unreadable": "A file that is attached to it cannot be read.",
    "files-named": "Its attachments are named in the document with their sizes, and are not in it.",
    "floating-time": "Its times are in no time zone: they were taken to be in the calendar's, or in UTC.",
    "keyword-as-category": "A keyword of it is a category now.",
    "keywords-not-held": "Its keywords or categories are not there.",
    "kind-as-mail": "It is of a kind without a place here (a journal's entry, somebody's own form): it is now mail.",
    "labels": "What somebody called its numbers and addresses is not there.",
    "letters-missing": "No font of this computer has some of its letters: boxes stand for them.",
    "line-end-added": "Its last line has an end that it did not have, for the next message to begin behind it.",
    "lines-unread": "Some of its lines make no sense.",
    "linked-file": "A link to a file is not there: only the file's name is known.",
    "meeting-as-file": "It is an invitation, or an answer to one: it became a message with a calendar file.",
    "meeting-unread": "It is an invitation, or an answer to one, that does not say when: it became plain mail.",
    "members": "Some members of the group are named without an address.",
    "messages-too-deep": "Messages lie in messages too deeply: from some depth on they are left out.",
    "name-changed": "The name of an attachment was changed: it held characters that no file name can hold.",
    "nul-removed": "Its text held characters that cannot be kept (NUL).",
    "ole-as-file": "An object of another program in its text is an attachment.",
    "occurrences-cut": "Of its changed meetings, several were to begin on one day: the first was taken.",
    "organization": "It names an organization in more than two steps, or several: the first was taken.",
    "page-cut": "Its text is longer than a document takes: the beginning was taken.",
    "part-broken": "A part of it is broken, as it came.",
    "partial": "It is a piece of a message that was sent in pieces.",
    "phone-kind": "It has numbers of a kind of their own (fax, pager, a second mobile): they are among the others.",
    "photo": "Its picture lies elsewhere, or cannot be read.",
    "pictures-outside": "Pictures that lie elsewhere in the internet are left out: nothing is loaded from there.",
    "pictures-unreadable": "A picture in its text is damaged or too large, and is not shown.",
    "plain-text": "Its page could not be laid out as it is: its text stands there without form.",
    "property-damaged": "Something that it says of itself is damaged in the archive: all else is there.",
    "recipient-field-repeated": "It names its recipients in several fields of one kind: all were taken.",
    "recipients-cut": "It has too many recipients: the first ones were taken.",
    "recipients-damaged": "Whom it went to is damaged in the archive: all else is there.",
    "recurrence": "It repeats by a rule that Microsoft 365 does not know: only the first time was taken.",
    "recurrence-dates": "It has occurrences that follow no rule: they are not there.",
    "recurrence-days": "In short months it took no place; Microsoft 365 takes their last day.",
    "recurrence-unread": "How it repeats cannot be read, or be said by a calendar here: the first time was taken.",
    "rich-text": "It is written in rich text: its words are kept, and not how they look.",
    "series-as-line": "It is a series: one line that says its rule, and one for each meeting that departs from it.",
    "signature-apart": "Its signature is an attachment, and cannot be verified any more.",
    "state-not-held": "Whether it was read, answered, forwarded, flagged, a draft or deleted is not there.",
    "status": "It is in a state that a task cannot have.",
    "subject-cut": "Its subject is too long: the beginning was taken.",
    "task-percent": "How much of the task is done is not kept.",
    "task-regenerates": "The task is made anew when it is done: it is kept as one that repeats on its days.",
    "task-zone": "The task's days are there, but not their time zone.",
    "text-aside": "It came in a form that many programs refuse: they see what was understood of it; all of it is kept.",
    "text-cut": "Its text is longer than a cell of a spreadsheet can be: the beginning was taken.",
    "tnef-as-file": "What Outlook wrapped up (winmail.dat) stays wrapped up.",
    "too-deep": "Messages lie in messages too deeply: from some depth on they are attachments.",
    "truncated": "Its end is missing: it was read as far as it goes.",
    "zone-outdated": "Its time zone has rules of former years: today's were taken.",
    "zone-unknown": "Its time zone is unknown: its times are in UTC.",
    "zone-unnamed": "Its time zone has no name that others know: when clocks change, what repeats may be an hour off.",
}
"""By the codes that writers give."""


_NAMED: Final[Mapping[str, str]] = {
    "aside": "Other programs do not show this of it: {}.",
    "component": "Something that is neither an event nor a task nor a note was left out: {}.",
    "property": "This of it has no place in Microsoft 365: {}.",
}
"""By codes that are followed by a colon and a name."""


def loss(code: str) -> str:
    """Say what was lost; of a code that has no words, its own."""
    kind, _, name = code.partition(":")
    if kind in _NAMED:
        return _NAMED[kind].format(name)
    return LOSSES.get(code, f"Something of it was not kept: {code.replace('-', ' ')}.")
