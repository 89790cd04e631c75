"""Items on their way into an Outlook data file and back out of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found
from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.mapi.states import State, state_of
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Properties
from saasbackup_desktop.providers.files.pst.split import PstWriter, Skipped, Written
from saasbackup_desktop.providers.files.pstread import walk

_CHANGED = {tags.TRANSPORT_HEADERS, tags.SEARCH_KEY}
"""What consists of the header section as it came: fields that tell of parts are written anew."""


def through(
    path: Path, messages: Sequence[Message], folder: str = "Inbox", kind: str = "IPF.Note"
) -> list[Found | Broken | None]:
    """Write items into one folder of a file and read it; None for what could not be written."""
    with PstWriter(path, "Test") as pst:
        place = pst.folder((folder,), kind)
        written: list[Written | Skipped] = [pst.add(place, message) for message in messages]
    found = iter([told for told in walk(path) if not isinstance(told, FolderFound)])
    return [next(found) if isinstance(one, Written) else None for one in written]


def state(found: Found) -> State:
    """Say what would be known of an item if it were in the vault."""
    item = Item(
        id=NodeId("item"),
        parent=NodeId("folder"),
        revision="",
        time=found.time,
        flags=found.flags,
        facets=found.facets,
    )
    return state_of(item)


def differences(one: Message, other: Message, where: str = "") -> Iterator[str]:
    """Name what differs between two items as Outlook keeps them. Line ends of texts do not count."""
    yield from _properties(one.properties, other.properties, where)
    if len(one.recipients) != len(other.recipients):
        yield f"{where}recipients"
    for number, (this, that) in enumerate(zip(one.recipients, other.recipients, strict=False)):
        yield from _properties(this.properties, that.properties, f"{where}recipient {number} ")
    if len(one.attachments) != len(other.attachments):
        yield f"{where}files"
    for number, (mine, theirs) in enumerate(zip(one.attachments, other.attachments, strict=False)):
        yield from _attachments(mine, theirs, f"{where}file {number} ")


def _attachments(one: Attachment, other: Attachment, where: str) -> Iterator[str]:
    yield from _properties(one.properties, other.properties, where)
    if isinstance(one.content, Message) and isinstance(other.content, Message):
        yield from differences(one.content, other.content, where)
    elif isinstance(one.content, Message) or isinstance(other.content, Message):
        yield f"{where}message"
    elif _flat(content_of(one)) != _flat(content_of(other)):
        yield f"{where}content"


def content_of(attachment: Attachment) -> bytes:
    """Read a file whole."""
    content = attachment.content
    assert not isinstance(content, Message)
    return content if isinstance(content, bytes) else b"" if content is None else b"".join(content())


def _flat(content: object) -> object:
    """Texts without regard to how their lines end, lists as lists."""
    if isinstance(content, bytes):
        return content.replace(b"\r\n", b"\n")
    return list(content) if isinstance(content, list | tuple) else content


def _properties(one: Properties, other: Properties, where: str) -> Iterator[str]:
    for tag in {**one, **other}:
        if tag not in _CHANGED and _flat(one.get(tag)) != _flat(other.get(tag)):
            name = f"{tag.id:#06x}" if isinstance(tag.id, int) else str(tag.id.id)
            yield f"{where}{name}: {one.get(tag)!r:.200} {other.get(tag)!r:.200}"
