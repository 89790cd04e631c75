"""What is said of a row of differences."""

from saasbackup_desktop.app.entra.views import DifferenceRow
from saasbackup_desktop.app.words.entra.kinds import CHANGES, one_words
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.ui.kit.text import counted, say


def kind_of(found: DifferenceRow) -> str:
    """Name the kind of the object."""
    return say(one_words(found.kind).capitalize())


def differs(found: DifferenceRow) -> str:
    """Say in what it differs, in brief."""
    if found.change is not Change.CHANGED:
        return say(CHANGES[found.change]).lower()
    if found.is_noise:
        return say("changes by itself")
    parts = []
    if found.attributes:
        parts.append(counted(found.attributes, say("attribute"), say("attributes")))
    if found.links:
        parts.append(counted(found.links, say("link"), say("links")))
    return ", ".join(parts)
