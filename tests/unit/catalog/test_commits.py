"""Checkpoints: versions within a run, counts, cursors, and what is owed."""

from dataclasses import replace

import pytest

from saasbackup_desktop.catalog.catalog import Catalog, Text
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Item, Node, Owed
from tests.unit.catalog.samples import BEN, BENS, STREAM, folder, head, item, point

INBOX = folder("inbox")
ONE = item("one")


def text_of(one: Item, words: str) -> dict[str, Text]:
    """Say what an item's body reads."""
    assert one.body is not None
    return {one.body.sha256: Text(words)}


def holds(catalog: Catalog, number: int) -> list[Node]:
    """List all that a point in time holds."""
    return list(catalog.nodes_at(STREAM, point(number)))


def test_within_a_run_a_version_is_written_over(catalog: Catalog) -> None:
    catalog.commit(head(1, final=False), [Edit(None, INBOX), Edit(None, ONE)], text_of(ONE, "first words"))
    seen = replace(ONE, flags=("\\Seen",))
    catalog.commit(head(1, final=False), [Edit(ONE, seen)], {})
    [version] = catalog.versions(STREAM, ONE.id)
    assert (version.item, version.first.id) == (seen, point(1))
    other = item("one", content="other", subject="Other")
    catalog.commit(head(1), [Edit(seen, other)], text_of(other, "second words"))
    assert [version.item for version in catalog.versions(STREAM, ONE.id)] == [other]
    assert catalog.search(None, "first") == []
    assert [row.item for row in catalog.search(None, "second")] == [other]


def test_within_a_run_what_came_and_went_was_never_there(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, INBOX), Edit(None, ONE)], text_of(ONE, "words"))
    two = item("two")
    catalog.commit(head(2, final=False), [Edit(None, two)], text_of(two, "passing"))
    catalog.commit(head(2), [Edit(two, None)], {})
    assert catalog.versions(STREAM, two.id) == []
    assert catalog.search(None, "passing") == []
    assert list(catalog.between(STREAM, point(1), point(2))) == []


def test_within_a_run_what_went_and_came_back_lives_on(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, INBOX), Edit(None, ONE)], {})
    catalog.commit(head(2, final=False), [Edit(ONE, None)], {})
    assert holds(catalog, 2) == [INBOX]
    catalog.commit(head(2), [Edit(None, ONE)], {})
    [version] = catalog.versions(STREAM, ONE.id)
    assert (version.first.id, version.last.id, version.alive) == (point(1), point(2), True)
    seen = replace(ONE, flags=("\\Seen",))
    catalog.commit(head(3, final=False), [Edit(ONE, seen)], {})
    catalog.commit(head(3), [Edit(seen, ONE)], {})
    assert list(catalog.between(STREAM, point(2), point(3))) == []
    assert len(catalog.versions(STREAM, ONE.id)) == 1


def test_the_same_commit_twice_changes_nothing(catalog: Catalog) -> None:
    edits = [Edit(None, INBOX), Edit(None, ONE), Edit(None, item("two"))]
    catalog.commit(head(1), edits, text_of(ONE, "words"))
    before = list(catalog.dump(STREAM))
    catalog.commit(head(1), edits, text_of(ONE, "words"))
    assert list(catalog.dump(STREAM)) == before
    assert catalog.folders_at(STREAM, point(1))[0][1:] == (2, 200)
    assert len(catalog.search(None, "words")) == 1


def test_counts_at_every_point(catalog: Catalog) -> None:
    work, two = folder("work"), item("two", length=50)
    catalog.commit(head(1), [Edit(None, node) for node in (INBOX, work, ONE, two)], {})
    catalog.commit(head(2), [Edit(ONE, replace(ONE, parent=work.id))], {})
    catalog.commit(head(3), [Edit(two, None), Edit(None, item("three", "work", length=7))], {})
    counts = [
        {row.folder.id: (row.items, row.size) for row in catalog.folders_at(STREAM, point(number))}
        for number in (1, 2, 3)
    ]
    assert counts == [
        {"inbox": (2, 150), "work": (0, 0)},
        {"inbox": (1, 50), "work": (1, 100)},
        {"inbox": (0, 0), "work": (2, 107)},
    ]
    assert catalog.totals_at(STREAM, point(3)) == (2, 2, 107)


def test_cursor_root_and_owed_come_with_the_rows(catalog: Catalog) -> None:
    assert catalog.position(STREAM) is None
    assert catalog.owed(STREAM) == []
    late, later = (Owed(item=item(id), code="refused", detail="no", attempts=1, since=7) for id in ("late", "later"))
    catalog.commit(head(1, cursor={"a": [1, None]}, owed=[late, later], root="r1", final=False), [], {})
    position = catalog.position(STREAM)
    assert position is not None
    assert (position.cursor, position.root, position.final) == ({"a": [1, None]}, "r1", False)
    assert catalog.owed(STREAM) == [late, later]
    again = replace(later, attempts=2)
    catalog.commit(head(1, owed=[again], root="r2"), [], {})
    assert catalog.owed(STREAM) == [again]
    position = catalog.position(STREAM)
    assert position is not None
    assert (position.root, position.final) == ("r2", True)
    assert [snapshot.owed for snapshot in catalog.snapshots(STREAM)] == [1]


def test_only_the_newest_point_can_grow(catalog: Catalog) -> None:
    catalog.commit(head(1), [], {})
    catalog.commit(head(2), [], {})
    with pytest.raises(ValueError, match="newest"):
        catalog.commit(head(1), [], {})
    assert [snapshot.id for snapshot in catalog.snapshots(STREAM)] == [point(2), point(1)]


def test_a_commit_that_fails_leaves_nothing(catalog: Catalog) -> None:
    broken = replace(ONE, facets={"from": object()})  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        catalog.commit(head(1), [Edit(None, INBOX), Edit(None, broken)], {})
    assert catalog.position(STREAM) is None
    assert catalog.accounts() == []


def test_streams_do_not_mix(catalog: Catalog) -> None:
    catalog.commit(head(1), [Edit(None, INBOX), Edit(None, ONE)], {})
    catalog.commit(head(1, BEN), [Edit(None, INBOX), Edit(None, ONE), Edit(None, item("two"))], {})
    assert len(holds(catalog, 1)) == 2
    assert [row.items for row in catalog.folders_at(BENS, point(1))] == [2]
    assert [account.address for _, account, _ in catalog.accounts()] == ["anna@example.org", "ben@example.org"]
    catalog.forget_streams()
    assert (catalog.accounts(), catalog.snapshots(STREAM), catalog.search(None, "one")) == ([], [], [])
    catalog.commit(head(1), [Edit(None, INBOX), Edit(None, ONE)], {})
    assert len(catalog.search(None, "one")) == 1


def test_an_item_without_a_body_is_kept_as_it_is(catalog: Catalog) -> None:
    bare = replace(ONE, body=None, size=None, time=None)
    catalog.commit(head(1), [Edit(None, INBOX), Edit(None, bare)], {})
    assert holds(catalog, 1) == [INBOX, bare]
    assert catalog.untexted(STREAM, 10) == []
    catalog.commit(head(2), [Edit(bare, replace(bare, flags=("x",)))], {})
    catalog.commit(head(3), [Edit(None, ONE)], {})
    assert [row.item for row in catalog.search(None, "one")] == [ONE]
    assert len(catalog.versions(STREAM, ONE.id)) == 3


def test_unknown_points_are_named(catalog: Catalog) -> None:
    with pytest.raises(Misconfigured) as caught:
        catalog.snapshot(STREAM, point(9))
    assert caught.value.facts["name"] == point(9)
    with pytest.raises(Misconfigured):
        catalog.row_ids(STREAM, point(9), NodeId("inbox"), "time", True)


def test_texts_can_come_later(catalog: Catalog) -> None:
    twin = item("twin", content="one", time=5)
    catalog.commit(head(1), [Edit(None, node) for node in (INBOX, ONE, twin, item("two"))], {})
    assert {one.id for one in catalog.untexted(STREAM, 10)} == {"one", "twin", "two"}
    assert [one.id for one in catalog.untexted(STREAM, 1)] != ["twin"]
    assert len(catalog.search(None, "ben")) == 3
    catalog.add_texts(text_of(ONE, "late words"))
    assert [one.id for one in catalog.untexted(STREAM, 10)] == ["two"]
    assert [row.item.id for row in catalog.search(None, "late words ben")] == ["one", "twin"]
    catalog.add_texts({**text_of(ONE, "changed"), "0" * 64: Text("nobody's")})
    assert len(catalog.search(None, "late")) == 2


def test_rebuilt_from_the_vault_it_is_the_same(catalog: Catalog) -> None:
    work, seen = folder("work"), replace(ONE, flags=("\\Seen",))
    two = item("two")
    catalog.commit(head(1, final=False), [Edit(None, INBOX)], {})
    catalog.commit(head(1), [Edit(None, ONE), Edit(None, two)], {})
    catalog.commit(head(2, final=False), [Edit(two, None), Edit(None, work)], {})
    catalog.commit(head(2), [Edit(ONE, seen), Edit(None, replace(two, parent=work.id))], {})
    before = list(catalog.dump(STREAM))
    catalog.forget_streams()
    catalog.commit(head(1), [Edit(None, node) for node in (two, ONE, INBOX)], {})
    catalog.commit(head(2), [Edit(ONE, seen), Edit(two, replace(two, parent=work.id)), Edit(None, work)], {})
    assert list(catalog.dump(STREAM)) == before


def test_a_whole_mailbox_in_one_commit(catalog: Catalog) -> None:
    many = [item(f"{number:05d}", subject="many", time=number * 7) for number in range(4_300)]
    texts = {one.body.sha256: Text(f"number {one.id}") for one in many if one.body is not None}
    catalog.commit(head(1), [Edit(None, INBOX), *(Edit(None, one) for one in many)], texts)
    assert catalog.totals_at(STREAM, point(1)) == (4_300, 1, 430_000)
    assert [row.item for row in catalog.search(STREAM, "04299")] == [many[-1]]
    assert len(catalog.search(STREAM, "number many", limit=5_000)) == 4_300
    assert catalog.untexted(STREAM, 1) == []
