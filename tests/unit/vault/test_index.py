"""The index: sorted runs, segments that are merged, and packs that speak for themselves."""

import hashlib
import random

from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import META, PACKS, pack_name
from saasbackup_desktop.vault.format.packs import OpenPack, Pack, Place
from saasbackup_desktop.vault.format.runs import Run
from saasbackup_desktop.vault.index import Index
from saasbackup_desktop.vault.stores.local import LocalStore
from tests.unit.vault.conftest import STREAM, letter
from tests.unit.vault.conftest import Place as VaultPlace

KEYS = Keys([bytes(32)], "00" * 16)


def blob(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


def pack(number: int, folder: str = PACKS) -> Pack:
    return Pack(folder, 1, blob(-number), blob(-number - 1000), 1000 + number)


def test_a_run_finds_what_it_holds_and_nothing_else() -> None:
    for count in (0, 1, 2, 1000):
        places = [Place(blob(n), n, n + 1, n + 2) for n in range(count)]
        run = Run.of([(pack(1), places[::2]), (pack(2, META), places[1::2])])
        for n, place in enumerate(places):
            assert list(run.find(blob(n))) == [(pack(1) if n % 2 == 0 else pack(2, META), place)]
        assert not any(list(run.find(blob(n))) for n in range(count, count + 100))


def test_runs_are_merged_without_loss_and_what_is_common_is_kept_once() -> None:
    chance = random.Random(1)
    runs = []
    for number in range(5):
        places = [Place(blob(chance.randrange(500)), chance.randrange(10**6), 5, 6) for _ in range(200)]
        runs.append(Run.of([(pack(number), places[:100]), (pack(number + 1), places[100:])]))
    merged = Run.merged([*runs, runs[2]])
    for n in range(500):
        found = sorted(merged.find(blob(n)), key=repr)
        assert found == sorted({each for run in runs for each in run.find(blob(n))}, key=repr)
    assert len(merged.packs) == 6
    again = Run.from_bytes(merged.to_bytes())
    assert (again.packs, again.to_bytes()) == (merged.packs, merged.to_bytes())


def test_segments_stay_few_and_no_blob_is_lost(place: VaultPlace) -> None:
    store = LocalStore(place.folder)
    index = Index(store, KEYS)
    for number in range(100):
        opened = OpenPack(KEYS, PACKS)
        opened.add(blob(number), b"x", 1)
        finished, data = opened.close()
        store.put(pack_name(PACKS, finished.digest), data)
        index.add([(finished, opened.places)])
    assert len(place.files("index")) < 20
    for each in (index, Index(store, KEYS)):
        each.refresh()
        assert each.damages == []
        assert all(each.find(blob(number)) for number in range(100))


def test_a_reader_follows_when_segments_are_merged_under_it(place: VaultPlace) -> None:
    vault = place.create()
    reader = place.open()
    bodies = []
    with vault.writer(STREAM, "me") as writer:
        for number in range(20):
            bodies.append(writer.add(letter(number)))
            writer.flush()
            if number % 3 == 0:
                reader.refresh()
    reader.refresh()
    assert [reader.read(body) for body in bodies] == [letter(number) for number in range(20)]


def test_packs_whose_segment_was_never_written_are_adopted_for_good(place: VaultPlace) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(letter(1))
        writer.flush()
    for path in place.files("index"):
        path.unlink()
    with place.open().writer(STREAM, "me") as writer:
        writer.add(letter(2))
        writer.flush()
    assert len(place.files("packs")) == 2
    vault = place.open()
    assert len({pack.digest for run in vault._index._runs.values() for pack in run.packs}) == 2
    assert vault.read(body) == letter(1)
