"""Where what is restored goes, and what is there already."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from saasbackup_desktop.core.ids import ConnectionName, NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Body, Folder, Item, Role
from saasbackup_desktop.core.ports import Delivery, Presence, Receipt
from saasbackup_desktop.core.selection import EVERYTHING, Selection
from saasbackup_desktop.engine.plan import target_paths
from saasbackup_desktop.engine.restore import BATCH_BYTES, BATCH_ITEMS, _batches
from saasbackup_desktop.engine.twins import find_twins, plain_flags


def _folder(path: str, role: Role | None = None, side: str = "") -> Folder:
    above, _, name = path.rpartition("/")
    return Folder(id=NodeId(side + path), parent=NodeId(side + above) if above else None, name=name, role=role)


def _paths(
    sources: Sequence[Folder],
    there: Sequence[Folder] = (),
    *,
    selection: Selection = EVERYTHING,
    folder: str | None = None,
    whole: bool = False,
    wanted: Sequence[str] = (),
) -> dict[str, str]:
    spec = Restore(
        stream=StreamId("a/mail"),
        snapshot=SnapshotId("s"),
        selection=selection,
        connection=ConnectionName("c"),
        folder=folder,
        whole_paths=whole,
    )
    by_id = {one.id: one for one in sources}
    found = target_paths(spec, by_id, {NodeId(one) for one in wanted} or set(by_id), there)
    return {id: "/".join(path) for id, path in found.items()}


SENT = _folder("Sent", Role.SENT)
SENT_OLD = _folder("Sent/2024")


def test_original_paths_where_the_target_knows_no_roles() -> None:
    assert _paths([SENT, SENT_OLD]) == {"Sent": "Sent", "Sent/2024": "Sent/2024"}


def test_a_role_finds_its_folder_at_the_target() -> None:
    there = [_folder("INBOX", Role.INBOX, "t"), _folder("Mail/Gesendet", Role.SENT, "t"), _folder("Mail", None, "t")]
    assert _paths([SENT, SENT_OLD, _folder("INBOX", Role.INBOX)], there) == {
        "Sent": "Mail/Gesendet",
        "Sent/2024": "Mail/Gesendet/2024",
        "INBOX": "INBOX",
    }


def test_of_two_folders_of_one_role_each_finds_itself() -> None:
    trash = [_folder("Trash", Role.TRASH), _folder("Deleted Items", Role.TRASH), _folder("Bin", Role.TRASH)]
    there = [_folder("Trash", Role.TRASH, "t"), _folder("Deleted Items", Role.TRASH, "t")]
    assert _paths(trash, there) == {"Trash": "Trash", "Deleted Items": "Deleted Items", "Bin": "Trash"}
    assert _paths(trash, [*reversed(there)])["Bin"] == "Deleted Items"


def test_below_a_folder_whole_or_from_what_was_selected() -> None:
    sources = [_folder("Work"), _folder("Work/Plans"), _folder("Work/Plans/Old"), _folder("Other")]
    assert _paths(sources, folder="Back")["Work/Plans/Old"] == "Back/Work/Plans/Old"
    chosen = Selection(folders=(NodeId("Work/Plans"), NodeId("Work/Plans/Old")))
    wanted = ["Work/Plans", "Work/Plans/Old"]
    assert _paths(sources, selection=chosen, folder="A/B", wanted=wanted) == {
        "Work/Plans": "A/B/Plans",
        "Work/Plans/Old": "A/B/Plans/Old",
    }
    assert _paths(sources, selection=chosen, folder="A", whole=True, wanted=wanted)["Work/Plans"] == "A/Work/Plans"
    single = Selection(items=(NodeId("x"),))
    assert _paths(sources, selection=single, folder="A", wanted=["Work/Plans", "Other"]) == {
        "Work/Plans": "A",
        "Other": "A",
    }


def test_the_inbox_is_spelled_as_the_target_does() -> None:
    there = [_folder("INBOX", Role.INBOX, "t")]
    single = Selection(items=(NodeId("x"),))
    assert _paths([SENT], there, selection=single, folder="inbox")["Sent"] == "INBOX"
    assert _paths([SENT], there, selection=single, folder="Inbox/New")["Sent"] == "INBOX/New"
    assert _paths([SENT], there, selection=single, folder="New/inbox")["Sent"] == "New/inbox"


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
    """A target's folder, in memory: implements the part of core.ports.Target that reads."""

    messages: dict[NodeId, bytes] = field(default_factory=dict)
    read_ids: list[NodeId] = field(default_factory=list)

    async def present(self, folder: NodeId) -> Sequence[Presence]:
        return [Presence(id, len(data), None, ()) for id, data in self.messages.items()]

    async def headers(self, ids: Sequence[NodeId]) -> Mapping[NodeId, str]:
        return {id: _header(self.messages[id]) for id in ids}

    async def read(self, ids: Sequence[NodeId]) -> AsyncGenerator[Sequence[tuple[NodeId, Item, bytes]], None]:
        self.read_ids.extend(ids)
        yield [(id, Item(id=id, parent=NodeId("x"), revision=""), self.messages[id]) for id in ids]

    async def folders(self) -> Sequence[Folder]:
        return ()

    async def room(self) -> tuple[int | None, int | None]:
        return None, None

    def folder_fault(self, path: Sequence[str]) -> str | None:
        return None

    async def folder(self, path: Sequence[str]) -> NodeId:
        return NodeId("/".join(path))

    async def put(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        raise NotImplementedError

    async def mark(self, id: NodeId, flags: Sequence[str]) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        return


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
    assert {id: one.id for id, one in twins.equal.items()} == {"a": "1"}
    assert shelf.read_ids == []


async def test_each_of_the_targets_serves_once() -> None:
    shelf = Shelf({NodeId("1"): NAMED})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", NAMED), _item("b", NAMED)])
    assert list(twins.equal) == ["a"]


@pytest.mark.parametrize(("one", "two"), [(NAMED, ALIKE), (NAMELESS, OTHER)])
async def test_where_the_header_does_not_tell_the_body_does(one: bytes, two: bytes) -> None:
    shelf = Shelf({NodeId("2"): two, NodeId("1"): one})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", one), _item("b", two)])
    assert {id: found.id for id, found in twins.equal.items()} == {"a": "1", "b": "2"}
    shelf = Shelf({NodeId("2"): two})
    twins = await find_twins(shelf, NodeId("f"), [_item("a", one), _item("b", two)])
    assert list(twins.equal) == ["b"]


async def test_a_nameless_message_with_another_body_is_no_twin() -> None:
    twins = await find_twins(Shelf({NodeId("1"): OTHER}), NodeId("f"), [_item("a", NAMELESS)])
    assert not twins.equal


def test_batches_hold_little() -> None:
    def sized(number: int, size: int) -> Item:
        return Item(id=NodeId(str(number)), parent=NodeId("b"), revision="", size=size)

    items = [sized(number, 100) for number in range(450)] + [sized(number, 3 << 20) for number in range(450, 454)]
    items.append(sized(454, 60 << 20))
    batches = list(_batches(items))
    assert [one for batch in batches for one in batch] == items
    assert all(len(batch) <= BATCH_ITEMS for batch in batches)
    assert all(len(batch) == 1 or sum(one.size or 0 for one in batch) <= BATCH_BYTES for batch in batches)
