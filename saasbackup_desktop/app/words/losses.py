"""What of an item a format could not hold, in words."""

from collections.abc import Mapping
from typing import Final

LOSSES: Final[Mapping[str, str]] = {
    "address-bare": "Somebody is named in it without an address.",
    "alternative-as-file": "It has more than one plain and one HTML text: the others are attachments.",
    "attachment-damaged": "Something attached to it is damaged in the vault, and is not there.",
    "bodies-joined": "Several texts after one another became one.",
    "charset-unfit": "Its text holds characters that its own charset does not have: they were replaced.",
    "charset-unknown": "Its charset is unknown: the text was read as well as can be.",
    "date-unreadable": "It has no date that can be read.",
    "details-cut": "It has more addresses, numbers or names than Outlook has places for: the first ones were taken.",
    "encrypted-as-file": "It is encrypted with OpenPGP: its parts are attachments.",
    "external": "A part only says where something else lies.",
    "line-end-added": "Its last line has an end that it did not have, for the next message to begin behind it.",
    "meeting-as-file": "An invitation or an answer to one: it is a message with a calendar file.",
    "name-changed": "The name of an attachment was changed: it held characters that no file name can hold.",
    "nul-removed": "Its text held characters that cannot be kept (NUL).",
    "part-broken": "A part of it is broken, as it came.",
    "partial": "It is a piece of a message that was sent in pieces.",
    "recipient-field-repeated": "It names its recipients in several fields of one kind: all were taken.",
    "recipients-cut": "It has too many recipients: the first ones were taken.",
    "series-as-line": "It is a series: one line that says its rule, and one for each meeting that departs from it.",
    "signature-apart": "Its signature is an attachment, and cannot be verified any more.",
    "subject-cut": "Its subject is too long: the beginning was taken.",
    "text-cut": "Its text is longer than a cell of a spreadsheet can be: the beginning was taken.",
    "tnef-as-file": "What Outlook wrapped up (winmail.dat) stays wrapped up.",
    "too-deep": "Messages lie in messages too deeply: from some depth on they are attachments.",
}
"""By the codes that writers give."""


def loss(code: str) -> str:
    """Say what was lost; of a code that has no words, its own."""
    return LOSSES.get(code, f"Something of it was not kept: {code.replace('-', ' ')}.")
