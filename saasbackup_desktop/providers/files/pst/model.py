"""What an Outlook data file holds, as plain values: messages of every class, with named and numbered properties."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from uuid import UUID


class Type(IntEnum):
    """Types of properties ([MS-OXCDATA] 2.11.1); of many values: with ``MANY`` added."""

    INTEGER16 = 0x0002
    INTEGER32 = 0x0003
    FLOATING64 = 0x0005
    BOOLEAN = 0x000B
    OBJECT = 0x000D
    INTEGER64 = 0x0014
    STRING = 0x001F
    TIME = 0x0040
    GUID = 0x0048
    BINARY = 0x0102
    MANY_INTEGER32 = 0x1003
    MANY_STRING = 0x101F
    MANY_BINARY = 0x1102


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a property without a number of its own ([MS-PST] 2.4.7)."""

    set: UUID
    id: int | str


@dataclass(frozen=True, slots=True)
class Tag:
    """Which property it is, and its type."""

    id: int | Named
    type: Type


Value = bool | int | float | str | bytes | datetime | UUID | Sequence[int] | Sequence[str] | Sequence[bytes]
"""Times are aware of their zone."""
Properties = Mapping[Tag, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody whom a message went to, or who was invited."""

    properties: Properties


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a message, or a message in it."""

    properties: Properties
    content: "bytes | Callable[[], Iterator[bytes]] | Message | None" = None
    """Bytes, or what gives them piece by piece (each time it is called, from the beginning)."""
    size: int | None = None
    """Bytes of a content that comes in pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An item: a mail, an appointment, a contact, a task, a note."""

    properties: Properties
    """With the message class (0x001A); what follows from the rest (sizes, display names of recipients' lists, row
    keys) is the writer's."""
    recipients: Sequence[Recipient] = ()
    attachments: Sequence[Attachment] = ()
    losses: Sequence[str] = field(default=(), compare=False)
    """Codes of what of the original cannot be had in such a file."""
