"""Repair: what can be read stays, what cannot is named, and a repair that was cut off is finished by the next one."""

import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, VaultBusy, VaultDamaged, VaultFault, VaultMissing
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Head, Item, Node, SnapshotStatus
from saasbackup_desktop.vault import loading
from saasbackup_desktop.vault.care.regrowth import leftovers
from saasbackup_desktop.vault.format.packs import NO_DICTIONARY
from saasbackup_desktop.vault.index import name_of
from saasbackup_desktop.vault.sharing.leases import Watch
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Damage, Deed, Vault
from tests.faulty_store import faulty
from tests.memory_store import MemoryStore
from tests.unit.vault.conftest import INBOX, PASSPHRASE, STREAM, Place, head, item, letter, store_letters

WORDS = [random.Random(seed).randbytes(6).hex() for seed in range(3000)]


def check(vault: Vault, percent: int = 100) -> list[Damage]:
    return list(vault.check(percent, lambda done, total: None, lambda: False))


def repair(
    vault: Vault, percent: int = 100, recall: Callable[[Head], Iterable[Node] | None] = lambda _head: None
) -> list[Deed]:
    ticks = iter(range(0, 1_000_000, 1000))  # a lease whose release failed is soon given up
    watch = Watch(lambda: next(ticks), lambda _seconds: None)
    return vault.repair(lambda done, total: None, lambda: False, read_percent=percent, recall=recall, watch=watch)


def codes(deeds: list[Deed]) -> set[str]:
    return {deed.code for deed in deeds}


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def state(place: Place) -> dict[str, bytes]:
    return {path.relative_to(place.folder).as_posix(): path.read_bytes() for path in place.files("")}


def filled(place: Place, packs: int = 3, each: int = 10) -> list[Head]:
    """A point in time after every pack: the last one has all letters."""
    heads: list[Head] = []
    with place.create().writer(STREAM, "me") as writer:
        root = writer.apply("", [Edit(None, INBOX)])
        for number in range(packs):
            some = range(number * each, number * each + each)
            root = writer.apply(root, store_letters(writer, some))
            heads.append(head(root, number + 1, items=(number + 1) * each))
            writer.seal(heads[-1])
    return heads


def whole(vault: Vault, root: str) -> set[str]:
    """Names of the items of a tree that can be read, byte for byte."""
    found = set()
    for node in vault.nodes(root):
        if isinstance(node, Item):
            assert node.body is not None
            try:
                data = vault.read(node.body)
            except BodyDamaged:
                continue
            assert data == letter(int(node.id[-8:], 16))
            found.add(node.name)
    return found


def letters(*numbers: int) -> set[str]:
    return {f"Letter {number}" for number in numbers}


def test_a_whole_vault_is_left_as_it_is(place: Place) -> None:
    filled(place)
    before = state(place)
    assert repair(place.open()) == []
    assert state(place) == before


def test_an_empty_place_stays_empty(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault")
    place.create()
    vault = place.open()
    shutil.rmtree(place.folder)
    place.folder.mkdir()
    with pytest.raises(VaultMissing):
        repair(vault)
    with pytest.raises(VaultMissing):
        Vault.rescue(LocalStore(place.folder), PASSPHRASE, place.clock)
    assert not list(place.folder.iterdir())


def test_of_a_damaged_pack_only_the_damaged_blobs_are_lost(place: Place) -> None:
    heads = filled(place)
    pack = max(place.files("packs"), key=lambda path: path.stat().st_size)
    flip(pack, 5000)
    vault = place.open()
    (damage,) = check(vault)
    assert len(damage.items) == 1
    deeds = repair(vault)
    assert [(deed.code, deed.file) for deed in deeds] == [("salvaged", pack.relative_to(place.folder).as_posix())]
    assert not pack.exists()
    aside = place.folder / "aside" / pack.parent.name / pack.name
    assert aside.exists()
    vault = place.open()
    assert len(whole(vault, heads[-1].root)) == 29
    (left,) = check(vault)
    assert (left.code, left.items) == ("missing", damage.items)
    assert vault.has_losses()
    lost = [f"ada@example.org:INBOX/{each.name}" for each in vault.lost(heads[-1].root)]
    assert tuple(lost) == damage.items
    assert repair(place.open()) == []
    heal(place, range(30))
    assert check(place.open()) == []
    for number, each in enumerate(heads, 1):
        assert len(whole(place.open(), each.root)) == number * 10
    assert not list(place.open().lost(heads[-1].root))


def heal(place: Place, numbers: range) -> None:
    """What a backup does: what is lost is stored again."""
    vault = place.open()
    last = vault.last_head(STREAM)
    assert last is not None
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply(last.root, store_letters(writer, numbers))
        writer.seal(head(root, 90, items=len(numbers)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: flip(path, 3),  # its magic
        lambda path: flip(path, 10),  # its epoch
        lambda path: flip(path, 20),  # its salt
        lambda path: flip(path, -1),  # where the table is
        lambda path: flip(path, -20),  # the table
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
    ],
)
@pytest.mark.parametrize("folder", ["packs", "meta"])
def test_what_the_index_knows_of_a_pack_without_header_or_table_is_saved(
    place: Place, spoil: Callable[[Path], None], folder: str
) -> None:
    heads = filled(place)
    for pack in place.files(folder):
        spoil(pack)
    vault = place.open()
    assert {damage.code for damage in check(vault, 100)} <= {"altered", "cut"}
    repair(vault)
    vault = place.open()
    assert check(vault) == []
    for number, each in enumerate(heads, 1):
        assert len(whole(vault, each.root)) == number * 10


def test_swapped_packs_are_put_right(place: Place) -> None:
    heads = filled(place)
    first, second, _ = place.files("packs")
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    vault = place.open()
    assert {damage.file for damage in check(vault, 0)} >= {
        path.relative_to(place.folder).as_posix() for path in (first, second)
    }
    repair(vault)
    vault = place.open()
    assert check(vault) == []
    assert len(whole(vault, heads[-1].root)) == 30


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: flip(path, 60), lambda path: path.write_bytes(b"")])
def test_the_index_is_made_again_from_the_packs(place: Place, spoil: Callable[[Path], None]) -> None:
    heads = filled(place)
    for segment in place.files("index"):
        spoil(segment)
    repair(place.open(), 0)
    vault = place.open()
    assert len(place.files("index")) == 1
    assert not vault._index.has_adopted
    assert check(vault) == []
    assert len(whole(vault, heads[-1].root)) == 30


def test_segments_under_each_others_names_are_written_again(place: Place) -> None:
    heads = filled(place)
    first, second, *_ = place.files("index")
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert {damage.code for damage in check(place.open())} == {"altered"}
    assert codes(repair(place.open(), 0)) == {"reindexed"}
    assert repair(place.open()) == []
    vault = place.open()
    assert check(vault) == []
    assert len(whole(vault, heads[-1].root)) == 30


def test_an_index_that_names_a_pack_twice_is_no_damage(place: Place) -> None:
    heads = filled(place)
    index = place.open()._index
    for run in index.runs():
        index._write(run)
    vault = place.open()
    assert len(place.files("index")) == len(vault._index.runs()) == 6
    assert check(vault) == []
    assert len(whole(vault, heads[-1].root)) == 30
    assert repair(vault) == []


def test_what_is_lost_with_its_index_is_known_to_be_lost(place: Place) -> None:
    heads = filled(place)
    for segment in place.files("index"):
        segment.unlink()
    lost = place.files("packs")[1]
    lost.unlink()
    vault = place.open()
    (damage,) = check(vault)
    assert (damage.file, damage.code, len(damage.items)) == ("packs", "missing", 10)
    repair(vault)
    vault = place.open()
    assert len(list(vault.lost(heads[-1].root))) == 10
    (again,) = check(vault)
    assert again == damage
    assert repair(place.open()) == []
    heal(place, range(30))
    assert check(place.open()) == []
    assert len(whole(place.open(), heads[-1].root)) == 30


@pytest.mark.parametrize("folder", ["packs", "meta"])
def test_an_index_that_lacks_a_record_is_made_again(place: Place, folder: str) -> None:
    """A letter's or a tree's: what only the index did not know of is not lost."""
    heads = filled(place)
    vault = place.open()
    vault._index._read_segments()
    root = bytes.fromhex(heads[-1].root)
    (name, run), *_ = ((name, run) for name, run in vault._index._runs.items() if run.find(root))
    numbers = [at for at in range(run.count) if run.packs[run.pack_number(at)].folder == folder]
    at = next(at for at in numbers if folder == "packs" or root.startswith(run.key(at)))
    shorter = type(run)(run.packs, run._records[: at * 32] + run._records[at * 32 + 32 :])
    vault._index._write(shorter)
    vault._store.delete(name)
    vault = place.open()
    assert "incomplete" in {damage.code for damage in check(vault)}
    assert codes(repair(place.open())) == {"reindexed"}
    assert check(place.open()) == []
    assert len(whole(place.open(), heads[-1].root)) == 30


def test_a_damaged_head_is_set_aside_and_those_around_it_stay(place: Place) -> None:
    heads = filled(place)
    middle = place.files("snapshots")[1]
    flip(middle, 70)
    vault = place.open()
    assert {damage.file for damage in check(vault)} == {middle.relative_to(place.folder).as_posix()}
    assert codes(repair(vault)) == {"set-aside"}
    vault = place.open()
    assert check(vault) == []
    assert [each.snapshot.id for each in vault.heads(STREAM)] == [heads[0].snapshot.id, heads[2].snapshot.id]


def test_a_tree_that_is_lost_in_part_gives_way_to_what_is_left(place: Place) -> None:
    heads = filled(place, packs=3, each=100)
    before = {each.root: whole(place.open(), each.root) for each in heads}
    lost = place.files("meta")[-1]
    lost.unlink()
    vault = place.open()
    damages = check(vault)
    affected = {name for damage in damages for name in damage.items}
    assert affected
    deeds = repair(vault)
    assert "reduced" in codes(deeds)
    vault = place.open()
    after = vault.heads(STREAM)
    assert [each.snapshot.id for each in after] == [each.snapshot.id for each in heads]
    assert check(vault) == []
    for old, new in zip(heads, after, strict=True):
        if new.root == old.root:
            assert whole(vault, new.root) == before[old.root]
        else:
            assert new.snapshot.status is SnapshotStatus.PARTIAL
            assert len(whole(vault, new.root)) == new.snapshot.items < old.snapshot.items
            assert whole(vault, new.root) < before[old.root]
            assert new.cursor is None or new is not after[-1]
    assert repair(place.open()) == []


def test_a_tree_that_somebody_remembers_is_whole_again(place: Place) -> None:
    heads = filled(place)
    known = {each.root: list(place.open().nodes(each.root)) for each in heads}
    for pack in place.files("meta"):
        pack.unlink()
    deeds = repair(place.open(), recall=lambda each: known[each.root])
    assert codes(deeds) == {"restored"}
    vault = place.open()
    assert check(vault) == []
    assert vault.heads(STREAM) == heads


def test_items_whose_folder_is_lost_can_still_be_seen(place: Place) -> None:
    vault = place.create()
    folders = [replace(INBOX, id=NodeId(f"box-{number:04}"), name=f"Box {number}") for number in range(400)]
    letters = [item(number, parent=folder.id) for number, folder in enumerate(folders)]
    with vault.writer(STREAM, "me") as writer:
        root = bytes.fromhex(writer.apply("", [Edit(None, node) for node in (*folders, *letters)]))
        writer.flush()
        trees, loading = writer._trees, writer._loading
        first = root
        while trees.node(first)[0]:
            first = trees.node(first)[1][0][1]  # the first leaf: folders come first

        def fetch(id: bytes) -> bytes:
            if id == first:
                raise VaultDamaged("lost", file="meta")
            return vault._blobs.get(id)

        left = leftovers(trees, fetch, root.hex(), loading)
    nodes = list(place.open().nodes(left.root))
    there = {node.id for node in nodes if isinstance(node, Folder)}
    assert {node.parent for node in nodes if isinstance(node, Item)} <= there
    assert (left.folders, left.items) == (len(there), len(nodes) - len(there))
    assert any(node.name == node.id for node in nodes if isinstance(node, Folder))
    assert any(node.name != node.id for node in nodes if isinstance(node, Folder))


def _empty(path: Path) -> None:
    """What a power cut leaves."""
    path.write_bytes(b"")


def test_a_lost_description_is_written_again(place: Place) -> None:
    filled(place)
    description = place.folder / "vault.json"
    before = description.read_bytes()
    for spoil in (Path.unlink, _empty, lambda path: path.write_bytes(b"{}"), lambda path: flip(path, 40)):
        spoil(description)
        with pytest.raises(VaultDamaged):
            place.open()
        vault = Vault.rescue(LocalStore(place.folder), PASSPHRASE, place.clock)
        assert description.read_bytes() == before
        assert check(vault) == []
        assert place.open().id == vault.id
    vault = place.open()
    description.unlink()
    assert codes(repair(vault)) == {"rewritten"}
    assert description.read_bytes() == before


def test_damaged_small_files_are_set_aside(place: Place) -> None:
    vault = place.create()
    vault.add_passphrase("second", "")
    slot = place.files("keys")[0]
    slot.write_text(slot.read_text().replace('"created":1', '"created":2'))
    removed = place.folder / "removed" / ("ab" * 32)
    for path in (removed, place.folder / "leases" / ("a" * 32) / f"00000001-{'b' * 32}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nonsense" * 20)
    deeds = repair(vault)
    assert {deed.code for deed in deeds} <= {"set-aside", "removed"}
    assert not slot.exists()
    assert check(vault) == []


def test_what_was_removed_and_comes_back_is_removed_again(place: Place) -> None:
    filled(place)
    victim = place.files("snapshots")[1]
    flip(victim, 70)
    spoilt = victim.read_bytes()
    repair(place.open())
    victim.write_bytes(spoilt)
    (damage, *_) = check(place.open())
    assert damage.file == victim.relative_to(place.folder).as_posix()
    repair(place.open())
    assert not victim.exists()
    assert check(place.open()) == []


def test_nobody_writes_while_it_is_repaired(place: Place) -> None:
    filled(place)
    vault = place.open()
    with vault.writer(STREAM, "somebody"), pytest.raises(VaultBusy):
        repair(place.open())
    assert repair(place.open()) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_repair_that_is_cut_off_anywhere_is_finished_by_the_next(tmp_path: Path, when: str) -> None:
    """Every operation of a repair fails once, before it is carried out or after."""
    pattern = Place(tmp_path / "pattern")
    filled(pattern, packs=2)
    flip(max(pattern.files("packs"), key=lambda path: path.stat().st_size), 3000)
    flip(pattern.files("packs")[0], 10)
    pattern.files("index")[0].unlink()
    pattern.files("meta")[-1].unlink()
    flip(pattern.files("snapshots")[0], 70)
    files = state(pattern)
    expected: list[str] | None = None
    for turn in range(1, 10_000):
        inside = MemoryStore(files)
        store = faulty(inside)
        vault = Vault.open(store, PASSPHRASE, pattern.clock)
        (store.fail_before if when == "before" else store.fail_after)(turn)
        is_over = True
        try:
            repair(vault)
        except VaultFault:
            is_over = False
        repair(Vault.open(inside, PASSPHRASE, pattern.clock))
        vault = Vault.open(inside, PASSPHRASE, pattern.clock)
        assert repair(vault) == []
        # Under which file a loss is told hangs on how far it came: what is lost does not.
        left = sorted(name for damage in check(vault) for name in damage.items)
        assert expected is None or left == expected, turn
        expected = left
        if is_over and turn > 50:
            break


def test_what_a_lost_dictionary_made_small_is_known_to_be_lost(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every copy of a dictionary is altered: what it does not concern stays, what it does is fetched again."""
    monkeypatch.setattr(loading, "_FULL", 1 << 20)
    chance = random.Random(0)
    notes = {number: f"{number} {' '.join(chance.choices(WORDS, k=60))}".encode() for number in range(12_000)}
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        some = [Edit(None, item(number, writer.add(data))) for number, data in notes.items()]
        root = writer.apply("", [Edit(None, INBOX), *some])
        writer.seal(head(root, 1, items=len(notes)))
    vault = place.open()
    (dictionary,) = {pack.dictionary for pack in vault._index.packs() if pack.folder == "packs"} - {NO_DICTIONARY}
    copies = list(vault._index.places(dictionary))
    assert len(copies) > 1
    for pack, at in copies[1:]:
        flip(place.folder / name_of(pack), at.offset + 100)
    assert check(place.open(), 0) == []  # one copy is enough
    pack, at = copies[0]
    flip(place.folder / name_of(pack), at.offset + 100)
    damages = check(place.open(), 0)
    affected = {name for damage in damages for name in damage.items}
    assert 1000 < len(affected) < len(notes)
    repair(place.open(), 0)
    vault = place.open()
    assert {f"ada@example.org:INBOX/{each.name}" for each in vault.lost(root)} == affected
    with vault.writer(STREAM, "me") as writer:
        for data in notes.values():
            writer.add(data)
        writer.seal(head(root, 2, items=len(notes)))
    vault = place.open()
    assert check(vault) == []
    for node in vault.nodes(root):
        if isinstance(node, Item):
            assert node.body is not None
            assert vault.read(node.body) == notes[int(node.id[-8:], 16)]
