"""Groups of people among contacts ([MS-OXOCNTC] 2.2.2): their members are addresses of their own."""

import hashlib
import zlib
from typing import Final

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.addresses import Address
from saasbackup_desktop.providers.files.mapi.invitations import addresses
from saasbackup_desktop.providers.files.mapi.people import entry_id
from saasbackup_desktop.providers.files.mapi.plain_bodies import one_line, plain_body, subject_of
from saasbackup_desktop.providers.files.mapi.plain_times import stamps
from saasbackup_desktop.providers.files.pst.model import Message, Tag, Value
from saasbackup_desktop.providers.formats.graph.plain import Plain, line, lines

MEMBERS: Final = "members"
_READ: Final = 0x01
_ICON: Final = 0x202
_MOST: Final = 15_000
"""Bytes that each of the lists of members may have."""
_BY_NAME: Final = 0x8017
_SIDE_EFFECTS: Final = 0x110


def is_group(plain: Plain) -> bool:
    """Whether it is a group, and not a contact."""
    return isinstance(plain.get(MEMBERS), list)


def group(plain: Plain) -> Message:
    """Turn a group into an item; what of it cannot be kept is listed in its losses, each once."""
    lost: list[str] = []
    name = one_line(plain.get("displayName")) or one_line(plain.get("fileAs"))
    subject = subject_of(name, lost)
    members = _members(plain, lost)
    properties: dict[Tag, Value] = {
        tags.MESSAGE_CLASS: "IPM.DistList",
        tags.MESSAGE_FLAGS: _READ,
        tags.ICON: _ICON,
        tags.SIDE_EFFECTS: _SIDE_EFFECTS,
        **dict.fromkeys((tags.SUBJECT, tags.NORMALIZED_SUBJECT, tags.CONVERSATION_TOPIC), subject),
        tags.DISPLAY_NAME: name,
        tags.GROUP_NAME: name,
        tags.FILE_UNDER: name,
        tags.FILE_UNDER_RULE: _BY_NAME,
        tags.SEARCH_KEY: hashlib.md5(line(plain.get("id")).encode(), usedforsecurity=False).digest(),
        **plain_body(plain.get("personalNotes")),
    }
    if members:
        properties[tags.GROUP_MEMBERS] = members
        properties[tags.GROUP_ONE_OFFS] = members
        properties[tags.GROUP_SUM] = _sum(members)
    if categories := lines(plain.get("categories")):
        properties[tags.KEYWORDS] = categories
    properties |= stamps(plain)
    return Message(properties=properties, losses=tuple(dict.fromkeys(lost)))


def _members(plain: Plain, lost: list[str]) -> list[bytes]:
    """Entries of one's own, as many as Outlook takes."""
    found: list[bytes] = []
    room = _MOST
    for one in addresses(plain, MEMBERS):
        if not one.address:
            lost.append(losses.ADDRESS_BARE)
        entry = entry_id(Address(one.name, one.address))
        room -= len(entry) + 4
        if room < 0:
            lost.append(losses.GROUP_CUT)
            break
        found.append(entry)
    return found


def _sum(members: list[bytes]) -> int:
    """What tells that the list is as it was: a sum over all members, one after the other."""
    total = 0
    for one in members:
        total = zlib.crc32(one, total ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
    return total - (1 << 32) if total >= 1 << 31 else total
