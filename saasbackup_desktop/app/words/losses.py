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
    "attendee-details": "Who stands in for whom among those who were asked is not there.",
    "bodies-joined": "Several texts after one another became one.",
    "charset-unfit": "Its text holds characters that its own charset does not have: they were replaced.",
    "charset-unknown": "Its charset is unknown: the text was read as well as can be.",
    "date-unreadable": "It has no date that can be read.",
    "details-cut": "It has more addresses, numbers or names than Outlook has places for: the first ones were taken.",
    "duplicate": "It is there more than once: the newest was taken.",
    "encrypted-as-file": "It is encrypted with OpenPGP: its parts are attachments.",
    "exceptions": "A change to all later meetings of a series was taken for one of the meeting that it names.",
    "external": "A part only says where something else lies.",
    "file-missing": "A file that is attached to it is not in the vault.",
    "file-unreadable": "A file that is attached to it cannot be read.",
    "floating-time": "Its times are in no time zone: they were taken to be in the calendar's, or in UTC.",
    "labels": "What somebody called its numbers and addresses is not there.",
    "files-named": "Its attachments are named in the document with their sizes, and are not in it.",
    "letters-missing": "No font of this computer has some of its letters: boxes stand for them.",
    "line-end-added": "Its last line has an end that it did not have, for the next message to begin behind it.",
    "lines-unread": "Some of its lines make no sense.",
    "linked-file": "A link to a file is not there: only the file's name is known.",
    "meeting-as-file": "An invitation or an answer to one: it is a message with a calendar file.",
    "members": "Some members of the group are named without an address.",
    "name-changed": "The name of an attachment was changed: it held characters that no file name can hold.",
    "nul-removed": "Its text held characters that cannot be kept (NUL).",
    "organization": "It names an organization in more than two steps, or several: the first was taken.",
    "page-cut": "Its text is longer than a document takes: the beginning was taken.",
    "part-broken": "A part of it is broken, as it came.",
    "partial": "It is a piece of a message that was sent in pieces.",
    "phone-kind": "It has numbers of a kind of their own (fax, pager, a second mobile): they are among the others.",
    "photo": "Its picture lies elsewhere, or cannot be read.",
    "pictures-outside": "Pictures that lie elsewhere in the internet are left out: nothing is loaded from there.",
    "plain-text": "Its page could not be laid out as it is: its text stands there without form.",
    "recipient-field-repeated": "It names its recipients in several fields of one kind: all were taken.",
    "recipients-cut": "It has too many recipients: the first ones were taken.",
    "recurrence": "It repeats by a rule that Microsoft 365 does not know: only the first time was taken.",
    "recurrence-dates": "It has occurrences that follow no rule: they are not there.",
    "recurrence-days": "In short months it took no place; Microsoft 365 takes their last day.",
    "series-as-line": "It is a series: one line that says its rule, and one for each meeting that departs from it.",
    "signature-apart": "Its signature is an attachment, and cannot be verified any more.",
    "status": "It is in a state that a task cannot have.",
    "subject-cut": "Its subject is too long: the beginning was taken.",
    "text-cut": "Its text is longer than a cell of a spreadsheet can be: the beginning was taken.",
    "tnef-as-file": "What Outlook wrapped up (winmail.dat) stays wrapped up.",
    "too-deep": "Messages lie in messages too deeply: from some depth on they are attachments.",
    "truncated": "Its end is missing: it was read as far as it goes.",
    "zone-outdated": "Its time zone has rules of former years: today's were taken.",
    "zone-unknown": "Its time zone is unknown: its times are in UTC.",
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
