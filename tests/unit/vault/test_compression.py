"""Dictionaries: trained on what is met first, enclosed in packs, and found again by every reader."""

import random
from itertools import count, islice

import pytest

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Body
from saasbackup_desktop.vault import loading
from saasbackup_desktop.vault.format.compression import Codec, Dictionary, trained
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY, WITH_DICTIONARY
from tests.unit.vault.conftest import STREAM, Place

WORDS = [random.Random(seed).randbytes(6).hex() for seed in range(3000)]


def note(number: int) -> bytes:
    """Make up a short message that has much in common with all others, and something of its own."""
    chance = random.Random(number)
    head = "Received: from relay-seven.example.org by mx.example.com with ESMTPS\r\nX-Spam-Status: No, score=-1.9\r\n"
    return f"{head}Message-ID: <{number}@example.org>\r\n\r\n{' '.join(chance.choices(WORDS, k=60))}\r\n".encode()


@pytest.fixture
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packs fill quickly, so that a few notes make many."""
    monkeypatch.setattr(loading, "_FULL", 1 << 20)


def fill(place: Place, numbers: range) -> list[Body]:
    vault = place.open()
    with vault.writer(STREAM, "me") as writer:
        bodies = [writer.add(note(number)) for number in numbers]
        writer.flush()
    return bodies


def test_what_a_dictionary_shortens_comes_back() -> None:
    content = trained([note(number) for number in range(1500)])
    assert content is not None
    dictionary, codec = Dictionary(b"id", content), Codec()
    plain = note(5000)
    packed, word = codec.pack(plain, dictionary)
    assert word & WITH_DICTIONARY
    assert len(packed) < len(codec.pack(plain)[0])
    assert Codec().unpack(packed, word, Dictionary(b"id", content)) == plain


def test_too_few_samples_make_none() -> None:
    assert trained([note(number) for number in range(100)]) is None


@pytest.mark.usefixtures("small_packs")
def test_later_packs_use_a_dictionary_and_keep_copies_of_it(place: Place) -> None:
    place.create()
    bodies = fill(place, range(20_000))
    vault = place.open()
    used = {pack.dictionary for pack in vault._index.packs()} - {NO_DICTIONARY}
    assert len(used) == 1
    assert vault._index.copies(used.pop()) == 3
    assert [vault.read(body) for body in bodies] == [note(number) for number in range(20_000)]


@pytest.mark.usefixtures("small_packs")
def test_the_next_run_takes_up_the_dictionary(place: Place) -> None:
    place.create()
    fill(place, range(6000))
    fill(place, range(6000, 6100))
    assert len({pack.dictionary for pack in place.open()._index.packs()} - {NO_DICTIONARY}) == 1


@pytest.mark.usefixtures("small_packs")
def test_a_lost_pack_does_not_take_the_dictionary_with_it(place: Place) -> None:
    place.create()
    bodies = fill(place, range(20_000))
    vault = place.open()
    pack = next(pack for pack in vault._index.packs() if pack.dictionary != NO_DICTIONARY)
    (place.folder / f"packs/{pack.digest.hex()[:2]}/{pack.digest.hex()}").unlink()
    vault, lost = place.open(), 0
    for number, body in enumerate(bodies):
        try:
            assert vault.read(body) == note(number)
        except BodyDamaged:
            lost += 1
    assert 0 < lost < len(bodies)


@pytest.mark.usefixtures("small_packs")
def test_without_any_copy_a_new_one_is_trained(place: Place) -> None:
    place.create()
    fill(place, range(6000))
    for file in place.files("packs"):
        file.unlink()
    bodies = fill(place, range(6000))
    vault = place.open()
    assert [vault.read(body) for body in islice(bodies, 20)] == list(map(note, islice(count(), 20)))
