"""Codes of what of a vCard a contact of Graph's cannot hold. What can be named is named after a colon."""

from typing import Final

ADDRESSES: Final = "addresses"
"""More postal addresses than one at work, one at home and one elsewhere."""
DATE_UNREADABLE: Final = "date-unreadable"
"""A birthday that names no day."""
LABELS: Final = "labels"
"""What somebody called a number or an address."""
LINES_UNREAD: Final = "lines-unread"
"""Lines that say nothing that can be understood."""
MEMBERS: Final = "members"
"""Members of a group that no card of the file tells an address of: they are named as the group names them."""
ORGANIZATION: Final = "organization"
"""An organisation in more than two steps, or more than one of them."""
PHONE_KIND: Final = "phone-kind"
"""Numbers of a kind that a contact has no place for (fax, pager, a second mobile): they are among the others."""
PHOTO: Final = "photo"
"""A picture that lies elsewhere, or whose bytes cannot be read."""
PROPERTY: Final = "property"
"""A property that has no place: which, after the colon."""
TRUNCATED: Final = "truncated"
"""Its end is missing: it was read as far as it goes."""


def named(code: str, what: str) -> str:
    """A code with what it is about."""
    return f"{code}:{what}"
