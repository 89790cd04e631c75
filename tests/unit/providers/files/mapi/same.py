"""Items in a file, compared property by property with those that were made."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.pst.model import Message, Properties, Tag
from saasbackup_desktop.providers.files.pstcheck import Message as Found
from saasbackup_desktop.providers.files.pstcheck import Name, PstFile

_FOLDED: Final[frozenset[Tag]] = frozenset({tags.SUBJECT, tags.SUBJECT_PREFIX, tags.NORMALIZED_SUBJECT})
"""A file keeps them as one, with a mark in it."""


def compare(path: Path, folder: str, items: Sequence[Message]) -> None:
    """Compare all items of a folder."""
    with PstFile(path) as file:
        there = next(one for one in file.folders() if one.name == folder)
        for item, found in zip(items, there.messages(), strict=True):
            _compare(item, found)


def _compare(item: Message, found: Found) -> None:
    name = str(item.properties.get(tags.SUBJECT))
    assert found.subject == name
    compare_properties(item.properties, found.properties, name)
    for one, other in zip(item.recipients, found.recipients(), strict=True):
        compare_properties(one.properties, other.properties, name)
    for attachment, there in zip(item.attachments, found.attachments(), strict=True):
        compare_properties(attachment.properties, there.properties, name)
        if isinstance(attachment.content, Message):
            assert there.message is not None, name
            _compare(attachment.content, there.message)
        elif attachment.content is not None:
            data = attachment.content
            assert b"".join(there.content()) == (data if isinstance(data, bytes) else b"".join(data())), name


def compare_properties(said: Properties, found: Any, name: str) -> None:
    """Compare what a file holds with what was said, save what it folds into one."""
    for tag, value in said.items():
        if tag in _FOLDED:
            continue
        there = found.get(tag.id if isinstance(tag.id, int) else Name(tag.id.set, tag.id.id))
        if tag == tags.MESSAGE_FLAGS:
            assert isinstance(value, int)
            assert there & ~0x10 == value & ~0x10, name
        elif isinstance(value, list | tuple):
            assert list(there) == list(value), (name, tag)
        else:
            assert there == value, (name, tag)
