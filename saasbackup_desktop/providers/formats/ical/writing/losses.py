"""Codes of what of an object of Graph's a calendar's file does not show to other programs."""

from typing import Final

ASIDE: Final = "aside"
"""A property that only this program reads again: which, after the colon."""
ATTACHED_ITEM: Final = "attached-item"
"""A message, an event or a contact that is attached."""
ATTACHMENT_DAMAGED: Final = "attachment-damaged"
"""An attached file is damaged in the vault."""
FILE_MISSING: Final = "file-missing"
"""An attached file whose bytes are not there."""
LINKED_FILE: Final = "linked-file"
"""A link to a file, of which only the name is known."""
RECURRENCE: Final = "recurrence"
"""A pattern that is not known: the series is one event."""


def aside(name: str) -> str:
    """The code of a property that was kept aside."""
    return f"{ASIDE}:{name}"
