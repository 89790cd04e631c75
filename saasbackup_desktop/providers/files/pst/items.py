"""Messages with their recipients and attachments, as nodes ([MS-PST] 2.4.5, 2.4.6)."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from saasbackup_desktop.core.errors import Cancelled, Fault
from saasbackup_desktop.providers.files.pst import columns
from saasbackup_desktop.providers.files.pst.blocks import Blocks, Subnode, TooMany
from saasbackup_desktop.providers.files.pst.contexts import (
    Inside,
    Layout,
    Numbers,
    Placed,
    Records,
    Value,
    Versions,
    layout,
    properties,
    table,
)
from saasbackup_desktop.providers.files.pst.heap import LARGEST_VALUE, HeapFull
from saasbackup_desktop.providers.files.pst.model import Attachment, Message, Named, Properties, Recipient, Type
from saasbackup_desktop.providers.files.pst.names import Names
from saasbackup_desktop.providers.files.pst.values import SIZES, Unfit, encode, text

LARGEST_CONTENT = 0x7FFFFFFF
"""Sizes of messages and attachments are signed numbers of four bytes."""
ATTACHMENT_LEFT_OUT = "attachment-too-large"
SUBJECT_SHORTENED = "subject-shortened"

_ATTACHMENT = 5
_RECIPIENTS, _ATTACHMENTS = 0x692, 0x671
_BY_VALUE, _BY_MESSAGE = 1, 5
_DEEPEST = 32
_LONGEST_SUBJECT = 253
_MOST_COLUMNS = 250

_CLASS, _SUBJECT, _PREFIX, _NORMALIZED, _TOPIC, _INDEX = 0x001A, 0x0037, 0x003D, 0x0E1D, 0x0070, 0x0071
_FLAGS, _SIZE, _STATUS, _CONVERSATION, _SEARCH_KEY = 0x0E07, 0x0E08, 0x0E17, 0x3013, 0x300B
_CREATED, _CHANGED, _SENT, _DELIVERED = 0x3007, 0x3008, 0x0039, 0x0E06
_CONTENT, _METHOD, _CONTENT_SIZE, _RENDERING = 0x3701, 0x3705, 0x0E20, 0x370B
_KIND, _NAME, _ADDRESS = 0x0C15, 0x3001, 0x3003
_SHOWN = {1: 0x0E04, 2: 0x0E03, 3: 0x0E02}
_READ, _WITH_ATTACHMENTS = 0x01, 0x10
_HIDDEN = 0x7FFE
_INDEX_LENGTH = 22
_FIRST_NAMED = 0x8000

_OWN = frozenset({_SIZE, 0x0E05, 0x0E09, 0x0E1B, 0x67F2, 0x67F3})
"""Properties that say where a message lies: they are the writer's, or must not be there."""


class Written(NamedTuple):
    """A message in the file: its block, the block of its subnodes, all its properties, its bytes, what it lost."""

    block: int
    subnodes: int
    records: Records
    size: int
    losses: tuple[str, ...]


class _Attached(NamedTuple):
    block: int
    subnodes: int
    records: Records
    losses: tuple[str, ...]


class Items:
    """Writes messages into one file."""

    def __init__(self, blocks: Blocks, names: Names, versions: Versions, high: dict[int, int], made: datetime) -> None:
        self._blocks = blocks
        self._names = names
        self._versions = versions
        self._high = high
        self._made = (Type.TIME, encode(Type.TIME, made))
        self._layouts: dict[tuple[tuple[int, int], ...], Layout] = {(): columns.RECIPIENTS}

    def write(self, message: Message) -> Written:
        """Write a message with everything in it.

        Raises Unfit.
        """
        try:
            return self._write(message, Numbers(self._high), 0)
        except (TooMany, HeapFull) as error:
            raise Unfit("too-many-parts") from error

    def _write(self, message: Message, numbers: Numbers, depth: int) -> Written:
        if depth > _DEEPEST:
            raise Unfit("nested-too-deep")
        blocks = self._blocks
        before = blocks.stored
        records = self._records(message.properties)
        for number in _OWN:
            records.pop(number, None)
        subnodes: list[Subnode] = []
        losses: list[str] = []
        shown = self._attachments(message, numbers, subnodes, losses, depth)
        people = [self._recipient(recipient) for recipient in message.recipients]
        self._recipients(people, numbers, subnodes)
        records.setdefault(_CREATED, records.get(_DELIVERED) or records.get(_SENT) or self._made)
        _complete(records, people, shown)
        if _fold_subject(records):
            losses.append(SUBJECT_SHORTENED)

        def size(own: int) -> int:
            return _within(blocks.stored - before + own)

        records[_SIZE] = (Type.INTEGER32, 0)
        block = properties(blocks, records, numbers, subnodes, (_SIZE, size))
        return Written(block, blocks.subnodes(subnodes), records, size(0), tuple(losses))

    def _records(self, given: Properties) -> Records:
        records: Records = {}
        for tag, value in given.items():
            if isinstance(tag.id, Named):
                number = self._names.number(tag.id)
            elif 0 < tag.id < _FIRST_NAMED:
                number = tag.id
            else:
                raise Unfit("property-without-name")
            records[number] = (tag.type, encode(tag.type, value))
        return records

    def _recipient(self, recipient: Recipient) -> Records:
        records = self._records(recipient.properties)
        records.setdefault(_KIND, (Type.INTEGER32, 1))
        records.setdefault(0x0FFE, (Type.INTEGER32, 6))
        records.setdefault(0x3900, (Type.INTEGER32, 0))
        if _NAME not in records:
            records[_NAME] = records.get(_ADDRESS, (Type.STRING, b""))
        return records

    def _recipients(self, people: list[Records], numbers: Numbers, subnodes: list[Subnode]) -> None:
        known = columns.RECIPIENTS.columns
        extra = {
            (number, int(kind))
            for person in people
            for number, (kind, _) in person.items()
            if number not in known or known[number].kind != kind
        }
        if len({number for number, _ in extra} - set(known)) != len(extra) or len(extra) > _MOST_COLUMNS - len(known):
            raise Unfit("recipients-unlike")
        form = self._layout(tuple(sorted(extra)))
        rows = list(enumerate(people, 1))
        subnodes.append((_RECIPIENTS, *table(self._blocks, form, numbers, self._versions, rows)))

    def _layout(self, extra: tuple[tuple[int, int], ...]) -> Layout:
        form = self._layouts.get(extra)
        if form is None:
            if len(self._layouts) > 256:
                self._layouts = {(): columns.RECIPIENTS}
            form = self._layouts[extra] = layout((*columns.RECIPIENT_COLUMNS, *extra))
        return form

    def _attachments(
        self, message: Message, numbers: Numbers, subnodes: list[Subnode], losses: list[str], depth: int
    ) -> bool:
        rows: list[tuple[int, Records]] = []
        for attachment in message.attachments:
            if _length(attachment) > LARGEST_CONTENT - 0x10000:
                losses.append(ATTACHMENT_LEFT_OUT)
                continue
            node = numbers.take(_ATTACHMENT)
            block, tree, records, more = self._attachment(attachment, numbers, depth)
            losses.extend(more)
            subnodes.append((node, block, tree))
            rows.append((node, records))
        if rows:
            written = table(self._blocks, columns.ATTACHMENTS, numbers, self._versions, rows)
            subnodes.append((_ATTACHMENTS, *written))
        return any(records.get(_HIDDEN, (0, 0))[1] != 1 for _, records in rows)

    def _attachment(
        self, attachment: Attachment, numbers: Numbers, depth: int
    ) -> tuple[int, int, Records, tuple[str, ...]]:
        records = self._records(attachment.properties)
        records.pop(_CONTENT, None)
        records.setdefault(_RENDERING, (Type.INTEGER32, 0xFFFFFFFF))
        subnodes: list[Subnode] = []
        losses: tuple[str, ...] = ()
        content = attachment.content
        if isinstance(content, Message):
            inner = self._write(content, numbers, depth + 1)
            node = numbers.take_message()
            subnodes.append((node, inner.block, inner.subnodes))
            records[_CONTENT] = (Type.OBJECT, Inside(node, inner.size))
            records[_METHOD] = (Type.INTEGER32, _BY_MESSAGE)
            losses = inner.losses
        elif content is not None:
            records[_CONTENT] = (Type.BINARY, content if isinstance(content, bytes) else self._stream(attachment))
            records.setdefault(_METHOD, (Type.INTEGER32, _BY_VALUE))
        else:
            records.setdefault(_METHOD, (Type.INTEGER32, 0))
        records[_CONTENT_SIZE] = (Type.INTEGER32, 0)
        total = sum(_bytes(kind, value) for kind, value in records.values())
        records[_CONTENT_SIZE] = (Type.INTEGER32, _within(total))
        block = properties(self._blocks, records, numbers, subnodes)
        return _Attached(block, self._blocks.subnodes(subnodes), records, losses)

    def _stream(self, attachment: Attachment) -> Value:
        assert callable(attachment.content)
        pieces = _read(attachment.content)
        head = bytearray()
        for piece in pieces:
            head += piece
            if len(head) > LARGEST_VALUE:
                break
        try:
            if len(head) <= LARGEST_VALUE:
                value: Value = bytes(head)
                total = len(head)
            else:
                value = Placed(*self._blocks.pieces(chain((bytes(head),), pieces), LARGEST_CONTENT))
                total = value.size
        except OverflowError as error:
            raise Unfit("content-too-large") from error
        if attachment.size is not None and total != attachment.size:
            raise Unfit("content-of-another-size")
        return value


def _read(content: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    try:
        yield from content()
    except Cancelled:
        raise
    except (Fault, OSError) as error:
        raise Unfit(error.code if isinstance(error, Fault) else "content-unreadable") from error


def _length(attachment: Attachment) -> int:
    return len(attachment.content) if isinstance(attachment.content, bytes) else attachment.size or 0


def _within(size: int) -> int:
    if size > LARGEST_CONTENT:
        raise Unfit("too-large")
    return size


def _bytes(kind: int, value: Value) -> int:
    if isinstance(value, int):
        return SIZES[kind]
    return len(value) if isinstance(value, bytes) else value.size


def _complete(records: Records, people: Iterable[Records], with_attachments: bool) -> None:
    records.setdefault(_CLASS, (Type.STRING, text("IPM.Note")))
    flags = _integer(records, _FLAGS, _READ) & ~_WITH_ATTACHMENTS
    records[_FLAGS] = (Type.INTEGER32, flags | _WITH_ATTACHMENTS if with_attachments else flags)
    records.setdefault(_STATUS, (Type.INTEGER32, 0))
    records.setdefault(_SEARCH_KEY, (Type.BINARY, os.urandom(16)))
    records.setdefault(_CHANGED, records[_CREATED])
    shown: dict[int, list[bytes]] = {}
    for person in people:
        shown.setdefault(_SHOWN.get(_integer(person, _KIND, 1) & 0xF, 0), []).append(_raw(person, _NAME))
    for number, names in shown.items():
        if number:
            records.setdefault(number, (Type.STRING, text("; ").join(names)))
    records.setdefault(_CONVERSATION, (Type.BINARY, _conversation(records)))


def _conversation(records: Records) -> bytes:
    """Tell which conversation a message belongs to ([MS-OXOMSG] 2.2.1.2)."""
    index = _raw(records, _INDEX)
    if len(index) >= _INDEX_LENGTH:
        return index[6:22]
    topic = _raw(records, _TOPIC) or _raw(records, _NORMALIZED)
    if topic:
        upper = topic.decode("utf-16-le").upper()
        return hashlib.md5(upper.encode("utf-16-le"), usedforsecurity=False).digest()
    return _raw(records, _SEARCH_KEY)[:16].ljust(16, b"\0")


def _fold_subject(records: Records) -> bool:
    """Write the subject as such files have it: a mark, how long its prefix is, then all of it. True if it was cut."""
    prefix, normalized = _raw(records, _PREFIX), _raw(records, _NORMALIZED)
    records.pop(_PREFIX, None)
    records.pop(_NORMALIZED, None)
    if _SUBJECT not in records and not normalized:
        return False
    whole = _raw(records, _SUBJECT) if _SUBJECT in records else prefix + normalized
    if not whole:
        records[_SUBJECT] = (Type.STRING, b"")
        return False
    if not whole.startswith(prefix) or len(prefix) > 16:
        prefix = b""
    kept = whole[: 2 * _LONGEST_SUBJECT]
    if len(kept) < len(whole):
        kept = kept.decode("utf-16-le", "ignore").encode("utf-16-le")
    records[_SUBJECT] = (Type.STRING, text("\x01" + chr(len(prefix) // 2 + 1)) + kept)
    return len(kept) < len(whole)


def _integer(records: Records, number: int, default: int) -> int:
    _, value = records.get(number, (0, default))
    return value if isinstance(value, int) else default


def _raw(records: Records, number: int) -> bytes:
    _, value = records.get(number, (0, b""))
    return value if isinstance(value, bytes) else b""
