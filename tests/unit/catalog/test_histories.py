"""Made-up histories of a mailbox, compared with a plain dictionary for each point in time."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Item, Node
from saasbackup_desktop.core.stream import Gone, Put
from tests.unit.catalog.samples import KEY, STREAM, folder, head, item, point

Nodes = dict[NodeId, Node]

FOLDERS = ["f0", "f1", "f2", "f3"]
ITEMS = [f"i{number}" for number in range(6)]

folders = st.builds(
    lambda number, parent, name: folder(FOLDERS[number], name, FOLDERS[parent] if parent < number else None),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from("ab"),
)
items = st.builds(
    lambda id, parent, flag, content: item(id, parent, flags=(flag,), content=f"{id}{content}", revision=content),
    st.sampled_from(ITEMS),
    st.sampled_from(FOLDERS),
    st.sampled_from("xy"),
    st.sampled_from("12"),
)
puts = st.builds(Put, st.one_of(folders, items))
gones = st.builds(lambda id: Gone(NodeId(id)), st.sampled_from(FOLDERS + ITEMS))
batches = st.lists(st.one_of(puts, puts, gones), max_size=6)
runs = st.lists(st.lists(batches, min_size=1, max_size=3), min_size=1, max_size=4)


def bury(nodes: Nodes, id: NodeId) -> None:
    """Take away a node and all that lies in it."""
    if isinstance(nodes.pop(id, None), Folder):
        for child in [node.id for node in nodes.values() if node.parent == id]:
            bury(nodes, child)


def apply(nodes: Nodes, changes: list[Put | Gone]) -> None:
    """Take changes in, one after the other."""
    for change in changes:
        if isinstance(change, Gone):
            bury(nodes, change.id)
        else:
            nodes[change.node.id] = change.node


def difference(old: Nodes, new: Nodes) -> set[tuple[NodeId, bool, bool]]:
    """Name what differs, and on which sides it is."""
    return {(id, id in old, id in new) for id in old.keys() | new.keys() if old.get(id) != new.get(id)}


def sides(edits: list[Edit]) -> set[tuple[NodeId, bool, bool]]:
    """Name what is edited, and on which sides it is."""
    return {(node.id, edit.old is not None, edit.new is not None) for edit in edits if (node := edit.new or edit.old)}


@settings(max_examples=30, deadline=None)
@given(history=runs)
def test_every_point_in_time_is_what_it_was(history: list[list[list[Put | Gone]]]) -> None:
    with TemporaryDirectory() as place:
        catalog = Catalog.open(Path(place) / "catalog.db", KEY)
        now: Nodes = {}
        points: list[Nodes] = []
        for number, run in enumerate(history, 1):
            for batch in run:
                before = dict(now)
                apply(now, batch)
                edits = catalog.edits(STREAM, batch)
                assert sides(edits) == difference(before, now)
                catalog.commit(head(number, final=batch is run[-1]), edits, {})
            points.append(dict(now))
        _compare(catalog, points)
        dumped = list(catalog.dump(STREAM))
        catalog.forget_streams()
        for number, nodes in enumerate(points, 1):
            earlier = points[number - 2] if number > 1 else {}
            ids = sorted(id for id, _, _ in difference(earlier, nodes))
            catalog.commit(head(number), [Edit(earlier.get(id), nodes.get(id)) for id in ids], {})
        assert list(catalog.dump(STREAM)) == dumped
        catalog.close()


def _compare(catalog: Catalog, points: list[Nodes]) -> None:
    for number, nodes in enumerate(points, 1):
        in_folders = {id: node for id, node in nodes.items() if isinstance(node, Folder) or node.parent in nodes}
        assert {node.id: node for node in catalog.nodes_at(STREAM, point(number))} == in_folders
        inside = Counter(node.parent for node in nodes.values() if isinstance(node, Item))
        for row in catalog.folders_at(STREAM, point(number)):
            assert (row.items, row.size) == (inside[row.folder.id], 100 * inside[row.folder.id])
            assert len(catalog.row_ids(STREAM, point(number), row.folder.id, "time", True)) == row.items
        found = {row.item.id: row.item for row in catalog.search(STREAM, "ben", snapshot=point(number))}
        assert found == {id: node for id, node in nodes.items() if isinstance(node, Item)}
        for other, others in enumerate(points, 1):
            edits = list(catalog.between(STREAM, point(number), point(other)))
            assert sides(edits) == difference(nodes, others)
            assert all((edit.old, edit.new) == (nodes.get(id), others.get(id)) for edit in edits for id in _id(edit))


def _id(edit: Edit) -> list[NodeId]:
    return [node.id for node in (edit.new or edit.old,) if node]
