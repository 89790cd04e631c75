"""Writing: many threads, a disk that fills up, and failures that nothing may build on."""

import random
import resource
import subprocess
import threading
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import VaultFull, VaultUnwritable
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.vault.writer import Writer
from tests.unit.vault.conftest import STREAM, HandClock, Place, head, item, letter, store_letters


def test_many_threads_add_at_once(place: Place) -> None:
    vault = place.create()
    bodies: dict[int, Body] = {}

    def work(first: int) -> None:
        for number in range(first, first + 200):
            bodies[number] = writer.add(letter(number))

    with vault.writer(STREAM, "me") as writer:
        threads = [threading.Thread(target=work, args=(first,)) for first in (0, 100, 200, 300)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        writer.flush()
    assert len(bodies) == 500
    again = place.open()
    assert all(again.read(body) == letter(number) for number, body in bodies.items())


def test_two_streams_are_written_side_by_side(place: Place) -> None:
    vault = place.create()
    other = StreamId("0123456789abcdef/mail")
    with vault.writer(STREAM, "ada") as first, place.open().writer(other, "bob") as second:
        bodies = [(writer.add(letter(n)), n) for n in range(50) for writer in (first, second)]
        first.flush()
        second.flush()
    vault.refresh()
    assert all(vault.read(body) == letter(number) for body, number in bodies)


def test_what_was_not_flushed_is_given_up_and_harmless(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(letter(1))
    assert not place.files("packs")
    with vault.writer(STREAM, "me") as writer:
        assert writer.add(letter(1)) == body
        writer.flush()
    assert vault.read(body) == letter(1)


def test_a_large_item_goes_into_several_packs(place: Place) -> None:
    vault = place.create()
    chance = random.Random(1)
    data = chance.randbytes(40_000_000)
    with vault.writer(STREAM, "me") as writer:
        body = writer.add_pieces(data[at : at + 1_000_000] for at in range(0, len(data), 1_000_000))
        writer.flush()
    assert len(place.files("packs")) == 3
    assert place.open().read(body) == data


def test_a_head_of_another_stream_is_a_mistake(place: Place) -> None:
    with (
        place.create().writer(StreamId("0123456789abcdef/mail"), "me") as writer,
        pytest.raises(ValueError, match="another stream"),
    ):
        writer.seal(head(""))


def test_after_a_failed_write_nothing_builds_on_what_was_lost(place: Place) -> None:
    vault = place.create()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with vault.writer(STREAM, "me") as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            store_letters(writer, range(30))
            with pytest.raises(VaultFull):
                writer.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        for call in (writer.flush, lambda: writer.add(letter(1)), lambda: writer.seal(head(""))):
            with pytest.raises(VaultFull):
                call()
    assert not place.files("packs")
    assert not place.files("snapshots")
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", store_letters(writer, range(30)))
        writer.seal(head(root, items=30))
    assert list(place.open().check(100, lambda done, total: None, lambda: False)) == []


def seal_until_full(writer: Writer) -> int:
    """Write ten letters after ten letters; how many of them were sealed."""
    root, sealed = "", 0
    try:
        while True:
            new = writer.apply(root, store_letters(writer, range(sealed, sealed + 10)))
            writer.seal(head(new, items=sealed + 10))
            root, sealed = new, sealed + 10
    except VaultFull:
        return sealed


def test_a_full_disk_keeps_what_was_sealed_and_goes_on_when_there_is_room(mounted: Path) -> None:
    place = Place(mounted / "vault", HandClock())
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        sealed = seal_until_full(writer)
    assert sealed
    subprocess.run(["mount", "-o", "remount,size=4m", str(mounted)], check=True)
    vault = place.open()
    last = vault.last_head(STREAM)
    assert last is not None
    assert last.snapshot.items == sealed
    with vault.writer(STREAM, "me") as writer:
        new = writer.apply(last.root, store_letters(writer, range(sealed, 200)))
        writer.seal(head(new, 2, items=200))
    vault = place.open()
    assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
    assert {node.id for node in vault.nodes(new)} >= {item(number).id for number in range(200)}


def test_a_vault_on_a_read_only_disk_can_be_read(mounted: Path) -> None:
    place = Place(mounted / "vault", HandClock())
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(letter(1))
        writer.seal(head(""))
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    vault = place.open()
    assert vault.read(body) == letter(1)
    assert vault.last_head(STREAM) == head("")
    assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
    with pytest.raises(VaultUnwritable):
        vault.writer(STREAM, "me")
