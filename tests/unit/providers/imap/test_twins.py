"""What a mailbox has already, found by length, header and, where they do not tell, the body."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Item
from saasbackup_desktop.providers.imap.twins import Presence, find_twins, plain_flags


@pytest.mark.parametrize(
    ("ours", "theirs", "equal"),
    [
        (["\\Seen"], ["\\seen", "\\Recent"], True),
        (["Later"], ["later", "$restored"], True),
        (["\\Seen"], [], False),
        ([], ["$Forwarded"], False),
    ],
)
def test_flags_compare_without_what_is_not_theirs(ours: list[str], theirs: list[str], equal: bool) -> None:
    assert (plain_flags(ours) == plain_flags(theirs)) is equal


@dataclass
class Shelf:
    """A mailbox in memory, as far as it is read."""

    messages: dict[NodeId, bytes] = field(default_factory=dict)
    read_ids: list[NodeId] = field(default_factory=list)

    async def present(self, folder: NodeId) -> Sequence[Presence]:
        return [Presence(id, len(data), None, ()) for id, data in self.messages.items()]

    async def headers(self, ids: Sequence[NodeId]) -> Mapping[NodeId, str]:
        return {id: _header(self.messages[id]) for id in ids}

    async def read(self, ids: Sequence[NodeId]) -> AsyncGenerator[Sequence[tuple[NodeId, Item, bytes]], None]:
        self.read_ids.extend(ids)
        yield [(id, Item(id=id, parent=NodeId("x"), revision=""), self.messages[id]) for id in ids]


def _header(data: bytes) -> str:
    return sha256(data.partition(b"\n\n")[0]).hexdigest()


def _item(id: str, data: bytes) -> Item:
    named = {"message-id": "<x>"} if b"Message-ID" in data else {}
    return Item(
        id=NodeId(id),
        parent=NodeId("box"),
        revision="",
        facets={"header": _header(data), **named},
        body=Body(sha256(data).hexdigest(), len(data), ()),
    )


NAMED = b"Message-ID: <1>\n\nbody one"
ALIKE = b"Message-ID: <1>\n\nbody two"
NAMELESS = b"Subject: x\n\nbody one"
OTHER = b"Subject: x\n\nbody two"


async def test_a_named_message_needs_no_reading() -> None:
    shelf = Shelf({NodeId("1"): NAMED, NodeId("2"): b"else"})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", NAMED), _item("b", NAMELESS)])
    assert dict(twins.equal) == {"a": "1"}
    assert shelf.read_ids == []


async def test_each_of_the_targets_serves_once() -> None:
    shelf = Shelf({NodeId("1"): NAMED})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", NAMED), _item("b", NAMED)])
    assert list(twins.equal) == ["a"]


@pytest.mark.parametrize(("one", "two"), [(NAMED, ALIKE), (NAMELESS, OTHER)])
async def test_where_the_header_does_not_tell_the_body_does(one: bytes, two: bytes) -> None:
    shelf = Shelf({NodeId("2"): two, NodeId("1"): one})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", one), _item("b", two)])
    assert dict(twins.equal) == {"a": "1", "b": "2"}
    shelf = Shelf({NodeId("2"): two})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", one), _item("b", two)])
    assert list(twins.equal) == ["b"]


async def test_a_nameless_message_with_another_body_is_no_twin() -> None:
    twins = await find_twins(Shelf({NodeId("1"): OTHER}), NodeId("f"), [_item("a", NAMELESS)])
    assert not twins.equal
