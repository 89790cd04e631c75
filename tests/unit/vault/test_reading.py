"""Many bodies at once: the same bytes as one by one, whatever the order and whatever is broken."""

import random
import threading
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.vault import loading, reading
from saasbackup_desktop.vault.format.seams import Form
from tests.unit.vault.conftest import STREAM, Place, letter

SHARED = random.Random("shared").randbytes(9_000)


def mail(number: int) -> bytes:
    """Make up a message; every third one carries the same attachment, every seventh one is empty."""
    if number % 7 == 0:
        return b""
    if number % 3:
        return letter(number)
    encoded = Form(76, b"\r\n").write(SHARED + bytes([number % 5]))
    return b"Subject: %d\r\nContent-Transfer-Encoding: base64\r\n\r\n" % number + encoded + b"\r\n--x--\r\n"


@pytest.fixture
def bodies(place: Place, monkeypatch: pytest.MonkeyPatch) -> dict[int, Body]:
    """Six hundred messages in many small packs, read in small windows, stretches and batches."""
    monkeypatch.setattr(loading, "_FULL", 1 << 17)
    monkeypatch.setattr(reading, "_WINDOW", 1 << 18)
    monkeypatch.setattr(reading, "_STRETCH", 1 << 14)
    monkeypatch.setattr(reading, "_BATCH", 1 << 12)
    with place.create().writer(STREAM, "me") as writer:
        added = {number: writer.add(mail(number)) for number in range(600)}
        writer.flush()
    return added


def shuffled(bodies: dict[int, Body]) -> list[tuple[int, Body]]:
    wanted = list(bodies.items())
    random.Random(4).shuffle(wanted)
    return wanted


def test_every_body_comes_back_once(place: Place, bodies: dict[int, Body]) -> None:
    found = list(place.open().read_many(shuffled(bodies)))
    assert len(found) == len(bodies)
    assert dict(found) == {number: mail(number) for number in bodies}


def test_nothing_wanted_gives_nothing(place: Place) -> None:
    assert list(place.create().read_many(())) == []


def test_what_is_left_halfway_leaves_no_thread_behind(place: Place, bodies: dict[int, Body]) -> None:
    found = place.open().read_many(shuffled(bodies))
    assert len(list(islice(found, 5))) == 5
    assert isinstance(found, Generator)
    found.close()
    assert not any(thread.name.startswith("vault-read") for thread in threading.enumerate())


def test_a_lost_pack_costs_its_own_bodies(place: Place, bodies: dict[int, Body]) -> None:
    vault = place.open()
    place.files("packs")[0].unlink()
    _require_others(vault.read_many(shuffled(bodies)), len(bodies))


def test_an_altered_blob_costs_the_bodies_that_need_it(place: Place, bodies: dict[int, Body]) -> None:
    _alter(place.files("packs")[0])
    _require_others(place.open().read_many(shuffled(bodies)), len(bodies))


def test_what_was_stored_again_elsewhere_is_found_there(place: Place, bodies: dict[int, Body]) -> None:
    broken = place.files("packs")[0]
    kept = broken.read_bytes()
    broken.unlink()
    with place.open().writer(STREAM, "me") as writer:
        for number in bodies:
            writer.add(mail(number))
        writer.flush()
    broken.write_bytes(kept)
    _alter(broken)
    found = dict(place.open().read_many(shuffled(bodies)))
    assert found == {number: mail(number) for number in bodies}


def _alter(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[300] ^= 1
    file.write_bytes(data)


def _require_others(found: Iterator[tuple[int, bytes | BodyDamaged]], count: int) -> None:
    damaged = 0
    seen = 0
    for number, data in found:
        seen += 1
        if isinstance(data, BodyDamaged):
            damaged += 1
        else:
            assert data == mail(number)
    assert seen == count
    assert 0 < damaged < count
