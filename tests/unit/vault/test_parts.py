"""Items with more than one body: every part is kept, named when it is lost, and never taken for rubbish."""

from dataclasses import replace
from functools import partial

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.vault.format import contents
from tests.unit.vault.conftest import INBOX, STREAM, Place, head, item, letter


def with_parts(place: Place) -> tuple[Item, str]:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        whole = replace(
            item(1, writer.add(letter(1))),
            parts={"source": writer.add(b'{"importance":"high"}'), "photo": writer.add(letter(2))},
        )
        root = writer.apply("", [Edit(None, INBOX), Edit(None, whole)])
        writer.seal(head(root, items=1))
    return whole, root


def test_parts_come_back(place: Place) -> None:
    whole, root = with_parts(place)
    vault = place.open()
    (_, found) = vault.nodes(root)
    assert found == whole
    assert isinstance(found, Item)
    assert vault.read(found.parts["source"]) == b'{"importance":"high"}'
    assert vault.read(found.parts["photo"]) == letter(2)


def test_an_items_blobs_are_those_of_all_its_bodies(place: Place) -> None:
    whole, _ = with_parts(place)
    assert whole.body is not None
    bodies = [whole.body, *whole.parts.values()]
    assert contents.blobs_of(contents.value_of(whole)) == {
        bytes.fromhex(segment.blob) for body in bodies for segment in body.recipe
    }
    assert contents.blobs_of(contents.value_of(item(3))) == set()


def test_a_lost_part_is_named_by_its_item(place: Place) -> None:
    with_parts(place)
    for file in place.files("packs"):
        file.unlink()
    quiet = partial(lambda *_: None)
    damages = place.open().check(0, quiet, lambda: False)
    assert "ada@example.org:INBOX/Letter 1" in {name for damage in damages for name in damage.items}


def test_parts_are_written_down_only_if_there_are_any() -> None:
    assert "a" not in codec.node_to_plain(item(1))
