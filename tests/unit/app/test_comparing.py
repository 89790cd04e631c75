"""What a person reads of two points in time."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.comparing import diff_rows
from saasbackup_desktop.app.views import Difference
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Edit, Folder, Item

FOLDER = Folder(id=NodeId("f"), parent=None, name="Work", facets={"uidvalidity": "1"})
ITEM = Item(
    id=NodeId("i"),
    parent=NodeId("f"),
    name="Letter",
    revision="1",
    flags=("\\Seen",),
    body=Body("aa", 1, ()),
    place="1:1",
)
OLD = {NodeId("f"): "Work", NodeId("g"): "Home"}
NEW = {NodeId("f"): "Labour", NodeId("g"): "Home"}


@pytest.mark.parametrize(
    ("edit", "kinds", "old_path", "new_path"),
    [
        (Edit(None, ITEM), (Difference.ADDED,), "", "Labour"),
        (Edit(ITEM, None), (Difference.REMOVED,), "Work", ""),
        (Edit(ITEM, replace(ITEM, parent=NodeId("g"))), (Difference.MOVED,), "Work", "Home"),
        (Edit(ITEM, replace(ITEM, flags=())), (Difference.FLAGS,), "Work", "Labour"),
        (
            Edit(ITEM, replace(ITEM, parent=NodeId("g"), flags=(), body=Body("bb", 1, ()))),
            (Difference.MOVED, Difference.FLAGS, Difference.CHANGED),
            "Work",
            "Home",
        ),
        (Edit(FOLDER, replace(FOLDER, name="Labour")), (Difference.RENAMED,), "Work", "Labour"),
        (Edit(FOLDER, None), (Difference.REMOVED,), "Work", ""),
        (Edit(None, FOLDER), (Difference.ADDED,), "", "Labour"),
    ],
)
def test_kinds_and_paths(edit: Edit, kinds: tuple[Difference, ...], old_path: str, new_path: str) -> None:
    [row] = diff_rows([edit], OLD, NEW, {})
    assert (row.kinds, row.old_path, row.new_path) == (kinds, old_path, new_path)
    assert row.is_folder is isinstance(edit.new or edit.old, Folder)


def test_what_only_the_server_sees_is_no_difference() -> None:
    edits = [
        Edit(ITEM, replace(ITEM, place="2:9", facets={"x": "y"})),
        Edit(FOLDER, replace(FOLDER, facets={"uidvalidity": "2"})),
    ]
    assert list(diff_rows(edits, OLD, NEW, {})) == []


def test_flags_of_both_sides() -> None:
    [row] = diff_rows([Edit(ITEM, replace(ITEM, flags=("\\Flagged",)))], OLD, NEW, {})
    assert (row.old_flags, row.new_flags, row.name, row.id) == (("\\Seen",), ("\\Flagged",), "Letter", "i")
