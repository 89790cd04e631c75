"""Codes of what of an item a document cannot hold, or holds otherwise."""

from typing import Final

FILES_NAMED: Final = "files-named"
"""Attached files are named with their sizes; they are not in the document."""
LETTERS_MISSING: Final = "letters-missing"
"""No font of this computer has some of the letters: boxes stand for them."""
PICTURES_OUTSIDE: Final = "pictures-outside"
"""Pictures and the like that lie elsewhere in the internet are left out: nothing is loaded from there."""
PICTURES_UNREADABLE: Final = "pictures-unreadable"
"""A picture in it is damaged, or larger than a document takes."""
PLAIN_TEXT: Final = "plain-text"
"""Its page could not be laid out as it is within the limits: its text stands there without form."""
TEXT_CUT: Final = "page-cut"
"""The text is longer than a document takes: the beginning stands there."""
TEXT_BROKEN: Final = "part-broken"
"""The message is broken: what could be read of it stands there."""
