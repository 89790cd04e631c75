"""From what a source says to what is really different."""

from dataclasses import replace

import pytest

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit
from saasbackup_desktop.core.stream import Gone, Put
from tests.unit.catalog.samples import STREAM, folder, head, item

INBOX, WORK, DEEP, TRASH = folder("inbox"), folder("work"), folder("deep", parent="work"), folder("trash")
ONE, TWO, THREE = item("one", "inbox"), item("two", "work"), item("three", "deep")


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    """Three items in three folders, one within another."""
    catalog.commit(head(1), [Edit(None, node) for node in (INBOX, WORK, DEEP, TRASH, ONE, TWO, THREE)], {})
    return catalog


def gone(*ids: str) -> list[Gone]:
    """Say that nodes are gone."""
    return [Gone(NodeId(id)) for id in ids]


def test_what_is_equal_is_no_edit(filled: Catalog) -> None:
    assert filled.edits(STREAM, [Put(ONE), Put(INBOX), Put(replace(ONE, facets=dict(ONE.facets)))]) == []


def test_the_last_word_counts(filled: Catalog) -> None:
    seen, flagged = replace(ONE, flags=("\\Seen",)), replace(ONE, flags=("\\Flagged",))
    assert filled.edits(STREAM, [Put(seen), Put(flagged)]) == [Edit(ONE, flagged)]
    assert filled.edits(STREAM, [Put(seen), Put(ONE)]) == []
    assert filled.edits(STREAM, [*gone("one"), Put(seen)]) == [Edit(ONE, seen)]
    assert filled.edits(STREAM, [Put(seen), *gone("one")]) == [Edit(ONE, None)]
    new = item("new")
    assert filled.edits(STREAM, [Put(new), *gone("new")]) == []


def test_a_folder_takes_its_subtree_with_it(filled: Catalog) -> None:
    edits = filled.edits(STREAM, gone("work"))
    assert {(edit.old.id if edit.old else None, edit.new) for edit in edits} == {
        ("work", None),
        ("deep", None),
        ("two", None),
        ("three", None),
    }


def test_what_moved_out_before_stays(filled: Catalog) -> None:
    moved, lifted = replace(THREE, parent=INBOX.id), replace(DEEP, parent=None)
    edits = filled.edits(STREAM, [Put(moved), *gone("work")])
    assert Edit(THREE, moved) in edits
    assert {edit.old.id for edit in edits if edit.new is None and edit.old} == {"work", "deep", "two"}
    edits = filled.edits(STREAM, [Put(lifted), *gone("work")])
    assert {edit.old.id for edit in edits if edit.new is None and edit.old} == {"work", "two"}


def test_what_moved_in_before_goes_too_and_what_comes_after_stays(filled: Catalog) -> None:
    moved = replace(ONE, parent=DEEP.id)
    assert Edit(ONE, None) in filled.edits(STREAM, [Put(moved), *gone("work")])
    assert Edit(ONE, moved) in filled.edits(STREAM, [*gone("work"), Put(WORK), Put(DEEP), Put(moved)])
    new = item("new", "fresh")
    assert filled.edits(STREAM, [Put(folder("fresh", parent="work")), Put(new), *gone("fresh")]) == []


def test_unknown_things_cannot_go(filled: Catalog) -> None:
    assert filled.edits(STREAM, gone("nobody")) == []


def test_an_item_without_a_body_takes_over_the_known_one(filled: Catalog) -> None:
    glimpse = replace(ONE, name="", body=None, facets={"internaldate": "x"}, flags=("\\Seen",), size=None, time=None)
    known = replace(ONE, flags=("\\Seen",), facets={**ONE.facets, "internaldate": "x"})
    assert filled.edits(STREAM, [Put(glimpse)]) == [Edit(ONE, known)]
    other = replace(glimpse, revision="2")
    assert filled.edits(STREAM, [Put(other)]) == [Edit(ONE, other)]


def test_a_size_follows_from_the_body(catalog: Catalog) -> None:
    bare = replace(ONE, size=None)
    edits = catalog.edits(STREAM, [Put(bare)])
    assert edits == [Edit(None, ONE)]
    catalog.commit(head(1), [Edit(None, bare)], {})
    assert catalog.edits(STREAM, [Put(bare)]) == []


def test_folders_in_a_circle_can_be_buried(catalog: Catalog) -> None:
    one, other = folder("a", parent="b"), folder("b", parent="a")
    catalog.commit(head(1), [Edit(None, one), Edit(None, other)], {})
    assert len(catalog.edits(STREAM, gone("a"))) == 2
    assert len(catalog.folders_at(STREAM, head(1).snapshot.id)) == 2


def test_many_changes_at_once(catalog: Catalog) -> None:
    many = [item(f"{number:05d}") for number in range(1_700)]
    edits = catalog.edits(STREAM, [Put(INBOX), *(Put(one) for one in many)])
    assert len(edits) == 1_701
    catalog.commit(head(1), edits, {})
    assert catalog.edits(STREAM, [Put(one) for one in many]) == []
    assert len(catalog.edits(STREAM, gone("inbox"))) == 1_701


def test_items_of_a_folder_that_was_not_known_go_with_it(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, ONE)], {})
    assert catalog.edits(STREAM, [Put(INBOX), *gone("inbox")]) == [Edit(ONE, None)]
