"""Files that were altered, cut, swapped or lost: detected, named, and no worse than they must be."""

import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, VaultDamaged, VaultFault, VaultMissing, WrongPassphrase
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.vault.care.check import Damage
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import ACCOUNT, INBOX, STREAM, Place, head, item, letter, store_letters


def check(vault: Vault, percent: int = 100) -> list[Damage]:
    return list(vault.check(percent, lambda done, total: None, lambda: False))


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def filled(place: Place, packs: int = 3) -> tuple[str, list[Item]]:
    """Ten letters in each of some packs, sealed once."""
    items: list[Item] = []
    with place.create().writer(STREAM, "me") as writer:
        edits = [Edit(None, INBOX)]
        for pack in range(packs):
            new = [item(n, writer.add(letter(n))) for n in range(pack * 10, pack * 10 + 10)]
            writer.flush()
            edits += [Edit(None, each) for each in new]
            items += new
        root = writer.apply("", edits)
        writer.seal(head(root, items=len(items)))
    return root, items


def readable(vault: Vault, items: list[Item]) -> set[str]:
    found = set()
    for each in items:
        assert each.body is not None
        try:
            assert vault.read(each.body) == letter(int(each.id[-8:], 16))
        except BodyDamaged:
            continue
        found.add(f"ada@example.org:INBOX/{each.name}")
    return found


def names(items: list[Item]) -> set[str]:
    return {f"ada@example.org:INBOX/{each.name}" for each in items}


def test_a_whole_vault_has_no_damage(place: Place) -> None:
    filled(place)
    assert check(place.open()) == []


def test_a_flipped_byte_costs_the_item_that_it_lies_in_and_no_other(place: Place) -> None:
    _, items = filled(place)
    pack = place.files("packs")[0]
    flip(pack, 5000)
    vault = place.open()
    (damage,) = check(vault)
    assert damage.file == pack.relative_to(place.folder).as_posix()
    assert damage.code == "altered"
    assert len(damage.items) == 1
    assert readable(vault, items) == names(items) - set(damage.items)


def test_without_reading_a_flipped_byte_is_not_seen_but_reading_the_item_sees_it(place: Place) -> None:
    _, items = filled(place, packs=1)
    flip(place.files("packs")[0], 5000)
    vault = place.open()
    assert check(vault, 0) == []
    assert len(readable(vault, items)) == 9


@pytest.mark.parametrize("keep", [0, 20, 60, 9000])
def test_a_cut_pack_costs_what_was_cut_off(place: Place, keep: int) -> None:
    _, items = filled(place)
    pack = place.files("packs")[1]
    pack.write_bytes(pack.read_bytes()[:keep])
    vault = place.open()
    (damage,) = check(vault, 0)
    assert (damage.file, damage.code) == (pack.relative_to(place.folder).as_posix(), "cut")
    assert 0 < len(damage.items) <= 10
    assert readable(vault, items) == names(items) - set(damage.items)


def test_a_lost_pack_costs_its_items_and_the_next_backup_heals_it(place: Place) -> None:
    root, items = filled(place)
    pack = place.files("packs")[2]
    pack.unlink()
    vault = place.open()
    (damage,) = check(vault, 0)
    assert (damage.file, damage.code) == (pack.relative_to(place.folder).as_posix(), "missing")
    assert len(damage.items) == 10
    held = [each for each in items if each.body is not None and vault.holds(each.body)]
    assert readable(vault, items) == names(held) == names(items) - set(damage.items)
    with vault.writer(STREAM, "me") as writer:
        assert writer.apply(root, store_letters(writer, range(30))) == root
        writer.seal(head(root, 2, items=30))
    assert readable(place.open(), items) == names(items)
    assert check(place.open()) == []


def test_a_pack_altered_since_the_vault_was_opened(place: Place) -> None:
    _, items = filled(place)
    vault = place.open()
    for pack in place.files("packs"):
        pack.unlink()
    assert readable(vault, items) == set()
    assert {damage.code for damage in check(vault)} == {"missing"}


def test_swapped_packs_are_noticed(place: Place) -> None:
    _, items = filled(place)
    first, second, _ = place.files("packs")
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    vault = place.open()
    assert len(readable(vault, items)) == 10
    assert sum(len(damage.items) for damage in check(vault)) == 20


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: flip(path, 50), lambda path: path.write_bytes(b"x")])
def test_a_lost_or_altered_index_is_read_from_the_packs_again(place: Place, spoil: Callable[[Path], None]) -> None:
    root, items = filled(place)
    for segment in place.files("index"):
        spoil(segment)
    vault = place.open()
    assert readable(vault, items) == names(items)
    assert all(damage.file.startswith("index/") and not damage.items for damage in check(vault))
    with vault.writer(STREAM, "me") as writer:
        assert writer.apply("", store_letters(writer, range(30))) == root
        writer.seal(head(root, 2))
    assert len(place.files("packs")) == 3
    assert readable(place.open(), items) == names(items)


def test_packs_that_nothing_refers_to_are_no_damage(place: Place) -> None:
    filled(place)
    with place.open().writer(STREAM, "me") as writer:
        writer.add(random.Random(1).randbytes(5000))
        writer.flush()
    vault = place.open()
    assert check(vault) == []
    told = vault.check(0, lambda done, total: None, lambda: False, tells_all=True)
    assert [(each.code, each.is_harmless) for each in told] == [("unreferenced", True)]


def test_an_unknown_pack_that_cannot_be_read_is_named(place: Place) -> None:
    filled(place)
    stranger = place.folder / "packs" / "ab" / ("ab" * 32)
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"not a pack" * 100)
    assert [damage.file for damage in check(place.open(), 0)] == [f"packs/ab/{'ab' * 32}"]


def test_a_lost_tree_node_names_the_point_in_time_and_the_others_stay(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        first = writer.apply("", store_letters(writer, range(20)))
        writer.seal(head(first, 1, items=20))
        before = set(place.files("meta"))
        second = writer.apply(first, store_letters(writer, range(20, 30)))
        writer.seal(head(second, 2, items=30))
    (lost,) = set(place.files("meta")) - before
    lost.unlink()
    vault = place.open()
    (damage,) = check(vault, 0)
    assert damage.items == ("ada@example.org 20260101T000002Z-00000002",)
    assert len(list(vault.nodes(first))) == 21
    with pytest.raises(VaultDamaged):
        list(vault.nodes(second))


def test_an_altered_head_is_left_out_and_named(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        for number in (1, 2, 3):
            writer.seal(head("", number))
    newest = place.files("snapshots")[-1]
    flip(newest, 60)
    vault = place.open()
    last = vault.last_head(STREAM)
    assert last is not None
    assert last.snapshot.id.endswith("2")
    assert [damage.file for damage in check(vault)] == [newest.relative_to(place.folder).as_posix()]
    with vault.writer(STREAM, "me") as writer:
        writer.seal(head("", 4))
    assert [h.snapshot.id[-1] for h in place.open().heads(STREAM)] == ["1", "2", "4"]


def test_a_head_that_was_taken_out_or_put_elsewhere_is_noticed(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        for number in (1, 2, 3):
            writer.seal(head("", number))
    first, second, third = place.files("snapshots")
    kept = second.read_bytes()
    second.unlink()
    (damage,) = check(place.open())
    assert (damage.file, damage.code) == (second.relative_to(place.folder).as_posix(), "missing")
    assert damage.items == ("before ada@example.org 20260101T000003Z-00000003",)
    shutil.copy(first, second)
    assert {damage.code for damage in check(place.open())} == {"altered"}
    second.write_bytes(kept)
    assert check(place.open()) == []
    shutil.copy(third, third.with_name("00000004" + third.name[8:]))
    assert [damage.code for damage in check(place.open())] == ["altered"]


def test_an_altered_key_slot_is_named_and_the_others_open(place: Place) -> None:
    vault = place.create()
    vault.add_passphrase("second", "")
    slots = place.files("keys")
    slots[0].write_text(slots[0].read_text().replace('"created":1', '"created":2'))
    opened = 0
    for secret in ("second", place.recovery):
        try:
            vault = Vault.open(vault._store, secret, place.clock)
        except VaultDamaged:
            continue
        opened += 1
        assert [damage.file for damage in check(vault)] == [slots[0].relative_to(place.folder).as_posix()]
    assert opened


def test_an_altered_description_is_refused(place: Place) -> None:
    place.create()
    config = place.folder / "vault.json"
    text = config.read_text()
    for altered in (
        text.replace('"created":1', '"created":2'),
        text.replace('"mail-seams"', ""),
        text.replace('"id":"', '"id":"0')[:-1],
        text[:50],
        "",
        "[]",
    ):
        config.write_text(altered)
        with pytest.raises(VaultDamaged):
            place.open()
    config.unlink()
    with pytest.raises(VaultFault):
        place.open()


def test_a_description_that_was_swapped_with_its_id_is_refused(place: Place, tmp_path: Path) -> None:
    place.create()
    other = Place(tmp_path / "other")
    other.create()
    shutil.copy(other.folder / "vault.json", place.folder / "vault.json")
    with pytest.raises(VaultDamaged):
        place.open()


def test_a_vault_that_was_swapped_while_it_is_written_is_noticed(place: Place, tmp_path: Path) -> None:
    vault = place.create()
    other = Place(tmp_path / "other")
    other.create()
    with vault.writer(STREAM, "me") as writer:
        writer.add(letter(1))
        shutil.rmtree(place.folder)
        shutil.copytree(other.folder, place.folder)
        with pytest.raises(VaultDamaged):
            writer.seal(head(""))
    assert not place.files("packs")


def test_a_vault_that_goes_away_is_missing_not_damaged(place: Place) -> None:
    _, items = filled(place)
    vault = place.open()
    body = items[0].body
    assert body is not None
    shutil.move(place.folder, place.folder.with_name("elsewhere"))
    for call in (lambda: vault.read(body), lambda: check(vault), vault.refresh):
        with pytest.raises(VaultMissing):
            call()
    place.folder.mkdir()  # the empty folder that a disk was mounted on
    for call in (lambda: vault.read(body), lambda: check(vault), lambda: vault.writer(STREAM, "me")):
        with pytest.raises(VaultMissing):
            call()
    assert not list(place.folder.iterdir())


def test_another_vaults_keys_do_not_open(place: Place, tmp_path: Path) -> None:
    place.create()
    for path in place.files("keys"):
        path.unlink()
    with pytest.raises(VaultDamaged):
        place.open()
    other = Place(tmp_path / "other")
    other.create()
    for path in other.files("keys"):
        shutil.copy(path, place.folder / "keys")
    with pytest.raises((VaultDamaged, WrongPassphrase)):
        place.open()


def test_nothing_readable_lies_on_the_disk(place: Place) -> None:
    filled(place)
    everything = b"".join(path.read_bytes() for path in place.files("")) + b"".join(
        path.as_posix().encode() for path in place.files("")
    )
    for secret in (b"ada@exam", b"example", b"Letter", b"Subject", ACCOUNT.id.encode()):
        assert secret not in everything


def test_a_check_can_be_stopped_and_tells_how_far_it_is(place: Place) -> None:
    filled(place)
    vault = place.open()
    told: list[tuple[int, int]] = []
    list(vault.check(100, lambda done, total: told.append((done, total)), lambda: False))
    assert told == sorted(told)
    (total,) = {total for _, total in told}
    assert (told[0], told[-1]) == ((0, total), (total, total))
    assert total >= sum(path.stat().st_size for part in ("packs", "meta") for path in place.files(part))
    told.clear()
    assert list(vault.check(100, lambda done, total: told.append((done, total)), lambda: len(told) > 1)) == []
    assert len(told) == 2


def test_a_share_of_the_packs_is_read_and_in_time_all(place: Place) -> None:
    _, _ = filled(place, packs=12)
    for pack in place.files("packs"):
        flip(pack, 5000)
    found: set[str] = set()
    sizes = []
    for _ in range(10):
        today = {damage.file for damage in check(place.open(), 10)}
        sizes.append(len(today))
        found |= today
        place.clock.time += 86400
    assert len(found) == 12
    assert max(sizes) < 12


def test_a_checkpoint_that_a_writer_beside_it_followed_is_not_missed(place: Place) -> None:
    """Two writers, each not knowing of the other: one goes on from its checkpoint, the other has named that."""
    heads = place.create()._heads
    heads.append(head("", 1, final=False))
    heads.append(head("", 2))
    heads.append(head("", 1))
    vault = place.open()
    assert [each.snapshot.id[-1] for each in vault.heads(STREAM)] == ["2", "1"]
    assert check(vault) == []


def test_a_flipped_epoch_is_damage_and_no_sign_of_new_keys(place: Place) -> None:
    """A header says under which master key its file was written; only a slot can prove that there is a newer one."""
    _, items = filled(place)
    for folder in ("packs", "index", "snapshots", "meta"):
        spoilt = place.files(folder)[0]
        data = spoilt.read_bytes()
        flip(spoilt, 11)
        vault = place.open()
        assert spoilt.relative_to(place.folder).as_posix() in {damage.file for damage in check(vault)}
        assert readable(vault, items)
        spoilt.write_bytes(data)
    assert check(place.open()) == []


def test_a_check_beside_a_writer_sees_no_damage(place: Place) -> None:
    """Heads are followed, segments merged and leases renewed while it looks."""
    filled(place)
    is_over = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            vault = place.open()
            root = ""
            for run in range(2, 8):
                with vault.writer(STREAM, "somebody") as writer:
                    for checkpoint in range(5):
                        numbers = range(run * 100 + checkpoint * 10, run * 100 + checkpoint * 10 + 10)
                        root = writer.apply(root, store_letters(writer, numbers))
                        writer.seal(head(root, run, final=checkpoint == 4, items=10))
        except BaseException as fault:
            failures.append(fault)
        finally:
            is_over.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not is_over.is_set():
            assert check(place.open()) == []
    finally:
        thread.join()
    assert not failures
    assert check(place.open()) == []


def test_a_check_that_was_stopped_goes_on_where_it_was(place: Place) -> None:
    filled(place)
    read: set[bytes] = set()
    list(place.open().check(100, lambda _done, _of: None, lambda: len(read) == 2, read=read))
    assert len(read) == 2
    packs = place.files("packs") + place.files("meta")
    first = {path for path in packs if bytes.fromhex(path.name) in read}
    data_packs = [path for path in place.files("packs") if path in first]
    for path in data_packs:
        flip(path, path.stat().st_size // 2)
    totals: list[int] = []
    found = list(place.open().check(100, lambda _done, of: totals.append(of), lambda: False, read=set(read)))
    assert found == []
    weighed = totals[-1]
    whole = {str(path.relative_to(place.folder)) for path in data_packs}
    found = list(place.open().check(100, lambda _done, of: totals.append(of), lambda: False, read=read - read))
    assert {damage.file for damage in found} == whole
    assert totals[-1] > weighed
