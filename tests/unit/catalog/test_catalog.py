"""The catalog from its first point in time to its rebuilding."""

from pathlib import Path

from saasbackup_desktop.catalog.catalog import Catalog, Text
from saasbackup_desktop.core.ids import AccountId, NodeId
from saasbackup_desktop.core.model import Edit, Service
from saasbackup_desktop.core.stream import Gone, Put
from tests.unit.catalog.samples import ANNA, KEY, STREAM, folder, head, item, point


def test_a_first_run_is_listed_found_and_remembered(catalog: Catalog) -> None:
    assert catalog.put_account(ANNA, Service.MAIL) == STREAM
    hello, bye = item("one", subject="Hello", time=2_000), item("two", subject="Goodbye", time=3_000)
    edits = catalog.edits(STREAM, [Put(folder("inbox", "INBOX")), Put(hello), Put(bye)])
    assert edits == [Edit(None, folder("inbox", "INBOX")), Edit(None, hello), Edit(None, bye)]
    assert hello.body is not None
    catalog.commit(head(1), edits, {hello.body.sha256: Text("the quick brown fox")})

    assert [row.item for row in catalog.first_rows(STREAM, point(1), NodeId("inbox"), "time", True, 10)] == [bye, hello]
    [count] = catalog.folders_at(STREAM, point(1))
    assert (count.folder.name, count.items, count.size) == ("INBOX", 2, 200)
    [hit] = catalog.search(None, words="quick FOX")
    assert (hit.item, hit.path, hit.stream) == (hello, "INBOX", STREAM)
    position = catalog.position(STREAM)
    assert position is not None
    assert (position.snapshot, position.root, position.cursor, position.final) == (point(1), "root", {"at": 1}, True)
    assert catalog.accounts() == [(STREAM, ANNA, Service.MAIL)]
    assert catalog.people([AccountId("imap:nobody"), ANNA.id]) == [ANNA]


def test_versions_live_from_one_point_to_another(catalog: Catalog) -> None:
    first = item("one", flags=())
    catalog.commit(head(1), [Edit(None, folder("inbox")), Edit(None, first)], {})
    seen = item("one", flags=("\\Seen",))
    edits = catalog.edits(STREAM, [Put(seen), Put(folder("inbox"))])
    assert edits == [Edit(first, seen)]
    catalog.commit(head(2), edits, {})
    catalog.commit(head(3), catalog.edits(STREAM, [Gone(NodeId("one"))]), {})

    newest, oldest = catalog.versions(STREAM, NodeId("one"))
    assert (newest.item, newest.first.id, newest.last.id, newest.alive) == (seen, point(2), point(2), False)
    assert (oldest.item, oldest.first.id, oldest.last.id) == (first, point(1), point(1))
    assert list(catalog.between(STREAM, point(1), point(3))) == [Edit(first, None)]
    assert list(catalog.between(STREAM, point(3), point(2))) == [Edit(None, seen)]
    assert list(catalog.nodes_at(STREAM, point(1))) == [folder("inbox"), first]
    assert [count.items for point_ in (1, 2, 3) for count in catalog.folders_at(STREAM, point(point_))] == [1, 1, 0]


def test_it_is_there_again_when_opened_again(tmp_path: Path) -> None:
    catalog = Catalog.open(tmp_path / "catalog.db", KEY)
    catalog.commit(head(1), [Edit(None, folder("inbox")), Edit(None, item("one"))], {})
    before = list(catalog.dump(STREAM))
    catalog.close()
    catalog = Catalog.open(tmp_path / "catalog.db", KEY)
    assert list(catalog.dump(STREAM)) == before
    assert len(before) == 4
    catalog.close()
