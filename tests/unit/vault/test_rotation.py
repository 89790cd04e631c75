"""New master keys: old data stays readable, old secrets open nothing, and no crash shuts anybody out."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Misconfigured, VaultBusy, VaultFault, VaultKeysChanged, WrongPassphrase
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.sealing import unseal
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import KILL_AT, faulty
from tests.locking_store import DAY, LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, HandClock, Place, head, letter, store_letters

NEW = "new passphrase"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


def _damages(vault: Vault) -> dict[str, str]:
    """What a check finds wrong with key slots."""
    found = vault.check(0, lambda _done, _of: None, lambda: False)
    return {damage.file: damage.code for damage in found if damage.file.startswith("keys/")}


def _open(place: Place, secret: str) -> Vault:
    return Vault.open(LocalStore(place.folder), secret, place.clock)


def _write(vault: Vault, numbers: range, snapshot: int) -> None:
    last = vault.last_head(STREAM)
    with vault.writer(STREAM, "me") as writer:
        edits = store_letters(writer, numbers)
        root = writer.apply(last.root if last else "", edits[1:] if last else edits)
        writer.seal(head(root, snapshot, items=numbers.stop))


def _require_letters(vault: Vault, count: int) -> None:
    last = vault.last_head(STREAM)
    assert last is not None
    bodies = [node.body for node in vault.nodes(last.root) if getattr(node, "body", None)]
    assert {vault.read(body) for body in bodies} == {letter(number) for number in range(count)}


def _epochs(place: Place, folder: str) -> set[int]:
    """The epochs in which the files below a folder were written, as their headers say."""
    return {int.from_bytes(file.read_bytes()[8:12], "big") for file in place.files(folder)}


def test_old_data_stays_readable_and_new_data_is_under_the_new_key(place: Place) -> None:
    vault = place.create()
    _write(vault, range(40), 1)
    before = {*place.files("packs"), *place.files("meta"), *place.files("snapshots")}
    rotation = vault.rotate(NEW)
    assert vault.epoch == 2
    _write(vault, range(40, 60), 2)
    for opened in (vault, _open(place, NEW), _open(place, rotation.recovery_key)):
        _require_letters(opened, 60)
        assert opened.epoch == 2
    written = {*place.files("packs"), *place.files("meta"), *place.files("snapshots")} - before
    assert {int.from_bytes(file.read_bytes()[8:12], "big") for file in written} == {2}
    assert 1 in _epochs(place, "packs")
    assert _damages(vault) == {}


def test_everything_else_falls_away_and_is_named(place: Place) -> None:
    vault = place.create()
    vault.add_passphrase("second", "Office")
    _, device = vault.add_device("laptop")
    before = vault.slots()
    rotation = vault.rotate(NEW)
    assert list(rotation.fallen) == before
    assert (rotation.left, rotation.kept_until) == ([], None)
    for secret in (PASSPHRASE, place.recovery, "second", device):
        with pytest.raises(WrongPassphrase):
            _open(place, secret)
    assert [slot.kind for slot in vault.slots()] in (["passphrase", "recovery"], ["recovery", "passphrase"])
    assert {slot.epoch for slot in vault.slots()} == {2}


def test_what_the_old_ring_knows_opens_nothing_new(place: Place) -> None:
    vault = place.create()
    old = Keys(vault._keys.ring, vault.id)
    vault.rotate(NEW)
    _write(vault, range(5), 1)
    (written,) = place.files("snapshots")
    name = written.relative_to(place.folder).as_posix()
    with pytest.raises(VaultKeysChanged):
        unseal(old, "head", name, written.read_bytes(), name)
    assert vault._keys.ring[0] not in {old.of("head", 1), *old.ring}


def test_who_writes_meanwhile_in_the_same_program_goes_on(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        edits = store_letters(writer, range(5))
        vault.rotate(NEW)
        edits += store_letters(writer, range(5, 10))[1:]
        writer.flush()
        vault.rotate("newer")
        edits += store_letters(writer, range(10, 15))[1:]
        writer.seal(head(writer.apply("", edits), items=15))
    assert _epochs(place, "packs") >= {1, 3}
    for opened in (vault, _open(place, "newer")):
        _require_letters(opened, 15)
        found = opened.check(100, lambda _done, _of: None, lambda: False)
        assert [damage for damage in found if not damage.is_harmless] == []


@pytest.mark.parametrize("times", [1, 3])
def test_it_can_be_done_again(place: Place, times: int) -> None:
    vault = place.create()
    _write(vault, range(10), 1)
    for turn in range(times):
        vault.rotate(f"passphrase {turn}")
        _write(vault, range((turn + 1) * 10, (turn + 2) * 10), turn + 2)
    _require_letters(_open(place, f"passphrase {times - 1}"), 10 * (times + 1))
    assert _open(place, f"passphrase {times - 1}").epoch == times + 1


def test_an_empty_passphrase_changes_nothing(place: Place) -> None:
    vault = place.create()
    with pytest.raises(Misconfigured):
        vault.rotate("")
    assert place.open().epoch == 1


def test_who_is_open_with_the_old_ring_is_told_at_the_next_write(place: Place) -> None:
    place.create()
    other = place.open()
    writer = other.writer(STREAM, "other")
    place.open().rotate(NEW)
    writer.add(letter(1))
    with pytest.raises(VaultKeysChanged):
        writer.flush()
    writer.close()
    for act in (
        lambda: other.writer(STREAM, "other"),
        lambda: other.add_passphrase("x"),
        other.add_recovery,
        other.add_device,
        lambda: other.rotate("another"),
    ):
        with pytest.raises(VaultKeysChanged):
            act()
    assert _open(place, NEW).epoch == 2


def test_who_reads_with_the_old_ring_is_told_once_something_new_is_there(place: Place) -> None:
    _write(place.create(), range(3), 1)
    other = place.open()
    place.open().rotate(NEW)
    _require_letters(other, 3)
    _write(_open(place, NEW), range(3, 6), 2)
    for look in (other.refresh, lambda: other.heads(STREAM), other.slots):
        with pytest.raises(VaultKeysChanged):
            look()


def test_two_rotations_at_once_give_one_master_key(place: Place) -> None:
    place.create()
    store = faulty(LocalStore(place.folder))
    first = Vault.open(store, PASSPHRASE, place.clock)
    second = place.open()
    refused: list[type[VaultFault]] = []

    def meanwhile(_operation: str, _name: str) -> None:
        try:
            second.rotate("second")
        except VaultFault as fault:
            refused.append(type(fault))

    store.before(1, meanwhile, "put", "keys")
    first.rotate(NEW)
    assert refused == [VaultBusy]
    assert _open(place, NEW).epoch == 2
    with pytest.raises(WrongPassphrase):
        _open(place, "second")


def test_an_old_slot_that_is_put_back_opens_nothing_and_is_named(place: Place) -> None:
    vault = place.create()
    kept = {file.name: file.read_bytes() for file in place.files("keys")}
    vault.rotate(NEW)
    for name, data in kept.items():
        (place.folder / "keys" / name).write_bytes(data)
    for secret in (PASSPHRASE, place.recovery):
        with pytest.raises(VaultKeysChanged):
            _open(place, secret)
    opened = _open(place, NEW)
    assert set(_damages(opened)) == {f"keys/{name}" for name in kept}
    for note in place.files("removed"):
        note.unlink()  # whoever brings slots back may take these away
    assert _damages(opened) == {f"keys/{name}": "superseded" for name in kept}
    assert {slot.id for slot in opened.finish_rotation()} == {name.removesuffix(".json") for name in kept}
    assert _damages(opened) == {}


def test_the_same_passphrase_again_opens_the_newest(place: Place) -> None:
    vault = place.create()
    kept = {file.name: file.read_bytes() for file in place.files("keys")}
    vault.rotate(PASSPHRASE)
    for name, data in kept.items():
        (place.folder / "keys" / name).write_bytes(data)
    assert place.open().epoch == 2


# --- cut off -------------------------------------------------------------------------------------------------


def _ways_in(store: BlobStore, clock: HandClock, *secrets: str) -> list[Vault]:
    found = []
    for secret in secrets:
        try:
            found.append(Vault.open(store, secret, clock))
        except (WrongPassphrase, VaultKeysChanged):
            continue
    return found


def _require_whole(place: Place, *, letters: int) -> None:
    """One of the passphrases opens all of it, and running again leads to the end."""
    opened = _ways_in(LocalStore(place.folder), place.clock, PASSPHRASE, NEW)
    assert len(opened) == 1, "exactly one of the old and the new passphrase opens it"
    _require_letters(opened[0], letters)
    again = opened[0].rotate("the last one")
    for secret in ("the last one", again.recovery_key):
        _require_letters(_open(place, secret), letters)
    assert not _ways_in(LocalStore(place.folder), place.clock, PASSPHRASE, NEW, place.recovery, "second")
    assert len(opened[0].slots()) == 2
    assert _damages(opened[0]) == {}


def _operations(place: Place) -> int:
    store = faulty(LocalStore(place.folder))
    vault = Vault.open(store, "count", place.clock)
    before = len(store.calls)
    vault.rotate("counted")
    return len(store.calls) - before


@pytest.mark.parametrize("when", ["before", "after"])
def test_no_failed_operation_shuts_anybody_out(tmp_path: Path, when: str) -> None:
    counted = Place(tmp_path / "counted")
    vault, _ = Vault.create(LocalStore(counted.folder), "count", counted.clock, argon2=CHEAP)
    vault.add_passphrase("second", "")
    operations = _operations(counted)
    assert operations > 10
    whole = Place(tmp_path / "whole")
    vault = whole.create()
    vault.add_passphrase("second", "")
    _write(vault, range(3), 1)
    for turn in range(1, operations + 1):
        place = Place(tmp_path / f"{turn}", recovery=whole.recovery)
        shutil.copytree(whole.folder, place.folder)
        store = faulty(LocalStore(place.folder))
        victim = Vault.open(store, PASSPHRASE, place.clock)
        plan: dict[str, Callable[[int], None]] = {"before": store.fail_before, "after": store.fail_after}
        plan[when](turn)
        with contextlib.suppress(VaultFault):
            victim.rotate(NEW)
        store.mend()
        _require_whole(place, letters=3)


_VICTIM = """
import os, sys
from pathlib import Path
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import killing
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, HandClock

store = killing(LocalStore(Path(sys.argv[1])), {})
vault = Vault.open(store, PASSPHRASE, HandClock())
vault._cost = vault._cabinet._cost = CHEAP
when, turn = os.environ["KILL_AT"].split(":")
{"before": store.kill_before, "after": store.kill_after}[when](int(turn))
print("rotating", flush=True)
vault.rotate("new passphrase")
print("done", flush=True)
"""


@pytest.mark.parametrize("seed", range(12))
def test_killed_anywhere_there_is_a_way_in_and_running_again_finishes(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    vault = place.create()
    vault.add_passphrase("second", "")
    vault.add_device("laptop")
    _write(vault, range(3), 1)
    at = f"{chance.choice(['before', 'after'])}:{chance.randint(1, 45)}"
    ended = subprocess.run(
        [sys.executable, "-c", _VICTIM, str(place.folder)],
        cwd=Path(__file__).parents[3],
        env={**os.environ, KILL_AT: at},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.startswith("rotating\n"), ended.stderr
    assert ended.returncode == -9 or ended.stdout.endswith("done\n"), ended.stderr
    _require_whole(place, letters=3)


def test_opening_finishes_what_was_cut_off(place: Place) -> None:
    vault = place.create()
    vault.add_passphrase("second", "")
    store = faulty(LocalStore(place.folder))
    victim = Vault.open(store, PASSPHRASE, place.clock)
    store.fail_before(1, "put", "removed", times=99)  # stands for the end of the process before anything is removed
    rotation = victim.rotate(NEW)
    assert len(rotation.left) == 3
    assert {slot.epoch for slot in victim.slots()} == {1, 2}
    opened = _open(place, NEW)
    assert {slot.epoch for slot in opened.slots()} == {2}
    assert _damages(opened) == {}


def test_where_nothing_can_be_removed_the_keys_are_new_all_the_same(place: Place) -> None:
    place.create()
    store = faulty(LocalStore(place.folder))
    vault = Vault.open(store, PASSPHRASE, place.clock)
    store.fail_before(1, "delete", "keys", times=99)
    rotation = vault.rotate(NEW)
    assert {slot.id for slot in rotation.left} == {slot.id for slot in rotation.fallen}
    assert vault.is_recovery_key(rotation.recovery_key)
    with pytest.raises(VaultKeysChanged):
        place.open()


def test_on_locked_storage_old_slots_are_hidden_and_the_date_is_told() -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=90)
    vault, recovery = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    rotation = vault.rotate(NEW)
    assert rotation.kept_until == clock.now() + 90 * DAY
    assert not _ways_in(store, clock, PASSPHRASE, recovery)
    assert len(_ways_in(store, clock, NEW, rotation.recovery_key)) == 2
    assert _damages(vault) == {}
