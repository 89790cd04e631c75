"""What a difference is called: how something differs, and in which of its fields."""

import pytest

from saasbackup_desktop.app.views import Difference, DiffRow
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.ui.rooms.compare import _kind_words


@pytest.mark.parametrize(
    ("kinds", "fields", "words"),
    [
        ((Difference.MOVED, Difference.FLAGS), (), "Moved, Flags changed"),
        ((Difference.CHANGED,), ("title", "location", "photo"), "Changed: Title, Where, Photo"),
    ],
)
def test_a_difference_names_its_fields(kinds: tuple[Difference, ...], fields: tuple[str, ...], words: str) -> None:
    row = DiffRow(kinds=kinds, is_folder=False, name="x", old_path="A", new_path="A", fields=fields, id=NodeId("x"))
    assert _kind_words(row) == words
