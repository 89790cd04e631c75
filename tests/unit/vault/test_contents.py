"""Folders and items as a tree's entries."""

import pytest

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Edit, Folder, Item, Role, Segment
from saasbackup_desktop.vault.format import contents
from tests.unit.vault.conftest import INBOX, STREAM, Place, head, item

FULL = Item(
    id=NodeId("box-1"),
    parent=NodeId("box"),
    name="Grüße \U0001f600",
    revision="7:1",
    size=12,
    time=-1,
    flags=("$Work", "\\Seen"),
    place="7:1",
    facets={"from": "Ada <ada@example.org>", "header": "00"},
    body=Body("ab" * 32, 12, (Segment("cd" * 32, 10), Segment("cd" * 32, 2, "raw@10"))),
)


@pytest.mark.parametrize(
    "node",
    [
        FULL,
        Item(id=NodeId("x"), parent=NodeId("y"), revision=""),
        Item(id=NodeId("odd \udcff"), parent=NodeId("\ud800"), name="\udc80 half a letter", revision="1"),
        INBOX,
        Folder(id=NodeId("é"), parent=INBOX.id, name="", role=Role.SENT, facets={"delimiter": "/"}),
    ],
)
def test_a_node_is_what_it_was(node: Item | Folder) -> None:
    assert contents.node_of(contents.key_of(node), contents.value_of(node)) == node


def test_an_odd_name_is_kept_through_a_whole_vault(place: Place) -> None:
    odd = item(1, name="\udc80 half a letter")
    with place.create().writer(STREAM, "me") as writer:
        root = writer.apply("", [Edit(None, odd)])
        writer.seal(head(root))
    assert list(place.open().nodes(root)) == [odd]


def test_an_id_with_a_null_character_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="null"):
        contents.key_of(Folder(id=NodeId("a\0b"), parent=None, name=""))


def test_folders_come_first_and_a_folder_stands_together() -> None:
    nodes = [
        Folder(id=NodeId("z"), parent=None, name=""),
        Folder(id=NodeId("a"), parent=NodeId("z"), name=""),
        Item(id=NodeId("1"), parent=NodeId("a"), revision=""),
        Item(id=NodeId("2"), parent=NodeId("a"), revision=""),
        Item(id=NodeId("0"), parent=NodeId("ab"), revision=""),
    ]
    assert sorted(nodes, key=contents.key_of) == nodes
    assert contents.key_of(nodes[1]) < contents.LAST_FOLDER < contents.key_of(nodes[2])


def test_the_last_word_on_a_node_counts() -> None:
    first, second, moved = item(1, name="a"), item(1, name="b"), item(1, parent="other")
    assert contents.changes_of([Edit(None, first), Edit(first, second)]) == {
        contents.key_of(first): contents.value_of(second)
    }
    assert contents.changes_of([Edit(None, first), Edit(first, None)]) == {contents.key_of(first): None}
    assert contents.changes_of([Edit(first, None), Edit(None, second)]) == {
        contents.key_of(first): contents.value_of(second)
    }
    assert contents.changes_of([Edit(first, moved)]) == {
        contents.key_of(first): None,
        contents.key_of(moved): contents.value_of(moved),
    }
