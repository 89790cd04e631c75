"""Folder lists in every order, and items through time."""

from itertools import pairwise

import pytest

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.catalog.rows import sort_key
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.core.selection import Selection
from tests.unit.catalog.samples import STREAM, folder, head, item, point

INBOX = NodeId("inbox")


def many() -> list[Item]:
    """Make items whose orders all differ, with ties."""
    return [
        item(
            f"{number:03d}",
            subject=f"{'éÉeE'[number % 4]}{number % 7}",
            sender=f"{'Zoë' if number % 3 else 'zoe'} <{number % 5}@x>",
            time=1_000 + number * 7919 % 101 if number % 10 else None,
            length=number * 31 % 17 + 1,
        )
        for number in range(250)
    ]


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    """Two points in time: 250 items, then 200 of them."""
    nodes = many()
    catalog.commit(head(1), [Edit(None, folder("inbox")), *(Edit(None, node) for node in nodes)], {})
    catalog.commit(head(2), [Edit(node, None) for node in nodes[:50]], {})
    return catalog


@pytest.mark.parametrize("order", ["time", "name", "sender", "size"])
@pytest.mark.parametrize("descending", [True, False])
def test_orders(filled: Catalog, order: str, descending: bool) -> None:
    for number, count in ((1, 250), (2, 200)):
        ids = filled.row_ids(STREAM, point(number), INBOX, order, descending)
        assert len(set(ids)) == count
        first = filled.first_rows(STREAM, point(number), INBOX, order, descending, 40)
        assert [row.row for row in first] == list(ids[:40])
        keys = {
            "time": lambda one: -1 if one.time is None else one.time,
            "name": lambda one: sort_key(one.name),
            "sender": lambda one: sort_key(one.facets["from"]),
            "size": lambda one: one.size,
        }[order]
        sorted_by = [keys(row.item) for row in filled.rows(ids)]
        assert all((a >= b) if descending else (a <= b) for a, b in pairwise(sorted_by))


def test_all_ids_backwards_are_the_other_direction(filled: Catalog) -> None:
    for order in ("time", "name", "sender", "size"):
        down = filled.row_ids(STREAM, point(1), INBOX, order, True)
        assert list(reversed(down)) == list(filled.row_ids(STREAM, point(1), INBOX, order, False))


def test_odd_questions(filled: Catalog) -> None:
    assert len(filled.row_ids(STREAM, point(1), NodeId("nowhere"), "time", True)) == 0
    assert filled.rows([999_999, 1]) == filled.rows([1])
    with pytest.raises(Misconfigured):
        filled.row_ids(STREAM, point(1), INBOX, "colour", True)


def test_a_folder_can_be_filtered(filled: Catalog) -> None:
    ids = filled.row_ids(STREAM, point(2), INBOX, "name", False, "e3")
    assert {row.item.name.casefold() for row in filled.rows(ids)} == {"e3", "é3"}
    everything = list(filled.row_ids(STREAM, point(2), INBOX, "name", False))
    assert list(ids) == [id for id in everything if id in set(ids)]
    assert len(filled.row_ids(STREAM, point(2), INBOX, "name", False, "nothing")) == 0


def test_an_item_is_found_at_a_point_or_as_it_was_last(filled: Catalog) -> None:
    gone = NodeId("003")
    row = filled.item_at(STREAM, gone)
    assert row is not None
    assert (row.item.id, row.path) == (gone, "inbox")
    assert filled.item_at(STREAM, gone, point(1)) == row
    assert filled.item_at(STREAM, gone, point(2)) is None
    assert filled.item_at(STREAM, NodeId("nobody")) is None


def test_walks_are_narrowed(catalog: Catalog) -> None:
    nodes = [
        *(folder("z"), folder("a", "Later", "z"), folder("b", "early", "z"), folder("deep", parent="a"), folder("y")),
        *(item("1", "deep", time=30), item("2", "deep", time=20), item("3", "z", time=10), item("4", "y", time=20)),
    ]
    catalog.commit(head(1), [Edit(None, node) for node in nodes], {})

    def ids(**selection: object) -> list[str]:
        return [node.id for node in catalog.nodes_at(STREAM, point(1), Selection(**selection))]  # type: ignore[arg-type]

    assert ids() == ["y", "z", "b", "a", "deep", "4", "3", "2", "1"]
    assert ids(folders=(NodeId("a"),)) == ["a", "deep", "2", "1"]
    assert ids(folders=(NodeId("a"),), items=(NodeId("4"), NodeId("1"))) == ["a", "deep", "4", "2", "1"]
    assert ids(items=(NodeId("3"),)) == ["3"]
    assert ids(since=20, until=30) == ["y", "z", "b", "a", "deep", "4", "2"]
    assert ids(folders=(NodeId("nowhere"),)) == []


def test_what_sources_ask(filled: Catalog) -> None:
    assert [one.id for one in filled.folders(STREAM)] == ["inbox"]
    glimpses = filled.within(STREAM, INBOX)
    assert len(glimpses) == 200
    assert (glimpses[0].id, glimpses[0].revision, glimpses[0].flags) == ("050", "1", ())
    known = filled.items(STREAM, [NodeId("049"), NodeId("050"), NodeId("nobody")])
    assert known == {"050": many()[50]}
    alike = filled.alike(STREAM, [5, 5, 1_000])
    assert set(alike) == {5}
    assert {one.size for one in alike[5]} == {5}
    assert all(one.id >= "050" for one in alike[5])
