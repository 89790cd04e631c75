"""Key slots: what opens, what does not, and what is noticed."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged, VaultFault, VaultKeysChanged, WrongPassphrase
from saasbackup_desktop.core.ports import LockingStore
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.cabinet import open_ring
from saasbackup_desktop.vault.access.slots import Slot
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.retention.removed import removed
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.locking_store import DAY, LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, HandClock, Place

VAULT = "ab" * 16
NAME = "keys/0123456789abcdef.json"


def _slot(kind: str = slots.PASSPHRASE, label: str = "Office") -> Slot:
    return Slot("0123456789abcdef", kind, 7, label)


def _damages(vault: Vault) -> list[tuple[str, str]]:
    """What a check finds wrong with key slots."""
    found = vault.check(0, lambda _done, _of: None, lambda: False)
    return [(damage.file, damage.code) for damage in found if damage.file.startswith("keys/")]


def _opens(place: Place, secret: str) -> bool:
    try:
        Vault.open(LocalStore(place.folder), secret, place.clock)
    except WrongPassphrase:
        return False
    return True


# --- the format ----------------------------------------------------------------------------------------------


@given(
    ring=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4),
    passphrase=st.text(min_size=1),
    label=st.text(),
)
@settings(max_examples=40, deadline=None)
def test_a_slot_gives_back_the_whole_ring(ring: list[bytes], passphrase: str, label: str) -> None:
    keys = Keys(ring, VAULT)
    data = slots.wrap_passphrase(_slot(label=label), VAULT, passphrase, CHEAP, keys)
    assert slots.unwrap(NAME, data, passphrase) == tuple(ring)
    assert slots.unwrap(NAME, data, passphrase + "x") is None
    assert slots.described(NAME, data, VAULT, keys) == Slot("0123456789abcdef", "passphrase", 7, label, len(ring))
    for master in ring:
        assert master not in data
        assert master.hex().encode() not in data


@pytest.mark.parametrize("wrap", [slots.wrap_recovery, slots.wrap_device])
def test_random_secrets_open_only_their_own_kind(wrap: Callable[[Slot, str, Keys], tuple[bytes, str]]) -> None:
    keys = Keys([b"k" * 32], VAULT)
    kinds = {slots.wrap_recovery: slots.RECOVERY, slots.wrap_device: slots.DEVICE}
    data, text = wrap(_slot(kinds[wrap]), VAULT, keys)
    assert slots.unwrap(NAME, data, text) == keys.ring
    for other in (slots.wrap_recovery, slots.wrap_device):
        _, strange = other(_slot(kinds[other]), VAULT, keys)
        assert slots.unwrap(NAME, data, strange) is None


@given(seed=st.integers(0, 1 << 30))
@settings(max_examples=60, deadline=None)
def test_any_alteration_of_a_slot_is_noticed(seed: int) -> None:
    chance = random.Random(seed)
    keys = Keys([b"k" * 32, b"l" * 32], VAULT)
    good = slots.wrap_passphrase(_slot(), VAULT, "p", CHEAP, keys)
    plain = json.loads(good)
    field = chance.choice([name for name in plain if name != "sum"])
    plain[field] = _altered(plain[field], chance)
    plain.pop("sum")
    plain["sum"] = slots._sum(plain)  # whoever alters it can do this sum again: it needs no key
    with pytest.raises(VaultFault):
        slots.described(NAME, codec.dumps(plain).encode(), VAULT, keys)


def _altered(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        name = chance.choice(sorted(value))
        return {**value, name: _altered(value[name], chance)}
    at = chance.randrange(len(value))
    return value[:at] + chance.choice([digit for digit in "0123456789abcdef" if digit != value[at]]) + value[at + 1 :]


def test_a_slot_that_asks_for_too_much_is_refused() -> None:
    data = json.loads(slots.wrap_passphrase(_slot(), VAULT, "p", CHEAP, Keys([b"k" * 32], VAULT)))
    for name, value in (
        ("memory", 1 << 40),
        ("passes", 10**6),
        ("memory", -1),
        ("lanes", 0),
        ("salt", 5),
        ("salt", "x"),
    ):
        altered = {**data, "kdf": {**data["kdf"], name: value}}
        altered.pop("sum")
        altered["sum"] = slots._sum(altered)
        with pytest.raises(VaultDamaged):
            slots.unwrap(NAME, codec.dumps(altered).encode(), "p")


def test_the_price_is_measured_and_never_low() -> None:
    cost = slots.calibrated(0.0)
    assert cost.memory >= 64 * 1024
    assert cost.passes >= 3


# --- in a vault ----------------------------------------------------------------------------------------------


def test_a_device_slot_opens_and_is_taken_back(place: Place) -> None:
    vault = place.create()
    slot, secret = vault.add_device("Ada's laptop")
    assert (slot.kind, slot.label) == ("device", "Ada's laptop")
    assert vault.device_slot(secret) == slot
    assert _opens(place, secret)
    vault.change_passphrase(PASSPHRASE, "new")
    assert _opens(place, secret), "a device does not depend on any passphrase"
    vault.remove_slot(slot.id)
    assert not _opens(place, secret)
    assert vault.device_slot(secret) is None


def test_a_renamed_slot_opens_as_before(place: Place) -> None:
    vault = place.create()
    slot = vault.add_passphrase("second", "Office")
    renamed = vault.rename_slot(slot.id, "Front desk")
    assert (renamed.label, renamed.kind, renamed.created) == ("Front desk", slot.kind, slot.created)
    assert [s for s in vault.slots() if s.label] == [renamed]
    assert _opens(place, "second")
    assert _damages(vault) == []
    with pytest.raises(Misconfigured):
        vault.rename_slot(slot.id, "gone")


def test_the_last_ways_in_stay(place: Place) -> None:
    vault = place.create()
    vault.add_device("laptop")
    by_kind = {slot.kind: slot.id for slot in vault.slots()}
    with pytest.raises(Misconfigured) as caught:
        vault.remove_slot(by_kind["recovery"])
    assert caught.value.facts["what"] == "last-recovery-key"
    vault.remove_slot(by_kind["recovery"], force=True)
    with pytest.raises(Misconfigured) as caught:
        vault.remove_slot(by_kind["passphrase"], force=True)
    assert caught.value.facts["what"] == "last-key", "a device alone is no way in for a person"
    assert _opens(place, PASSPHRASE)


def test_another_recovery_key_makes_the_first_one_removable(place: Place) -> None:
    vault = place.create()
    (first,) = [slot for slot in vault.slots() if slot.kind == "recovery"]
    _, text = vault.add_recovery("Safe")
    vault.remove_slot(first.id)
    assert not vault.is_recovery_key(place.recovery)
    assert vault.is_recovery_key(text)


def test_a_removal_is_written_down_and_a_return_is_named(place: Place) -> None:
    vault = place.create()
    slot = vault.add_passphrase("second", "")
    file = place.folder / "keys" / f"{slot.id}.json"
    kept = file.read_bytes()
    vault.remove_slot(slot.id)
    assert list(removed(LocalStore(place.folder), vault._keys)) == [f"keys/{slot.id}.json"]
    assert _damages(vault) == []
    file.write_bytes(kept)
    assert _damages(vault) == [(f"keys/{slot.id}.json", "came-back")]


@pytest.mark.parametrize("spoil", ["swap", "rename", "cut", "garbage", "other vault"])
def test_tampered_slots_are_named_and_the_others_open(place: Place, spoil: str, tmp_path: Path) -> None:
    vault = place.create()
    slot = vault.add_passphrase("second", "Office")
    folder = place.folder / "keys"
    file = folder / f"{slot.id}.json"
    bad = {file.name}
    match spoil:
        case "swap":
            (other,) = [path for path in folder.iterdir() if json.loads(path.read_text())["kind"] == "recovery"]
            one, two = file.read_bytes(), other.read_bytes()
            file.write_bytes(two)
            other.write_bytes(one)
            bad.add(other.name)
        case "rename":
            file.rename(folder / "00000000000000aa.json")
            bad = {"00000000000000aa.json"}
        case "cut":
            file.write_bytes(file.read_bytes()[:-20])
        case "garbage":
            (folder / "00000000000000aa.json").write_bytes(b"\xff\x00")
            bad = {"00000000000000aa.json"}
        case "other vault":
            stranger = Place(tmp_path / "stranger")
            stranger.create()
            strange = stranger.files("keys")[0]
            (folder / strange.name).write_bytes(strange.read_bytes())
            bad = {strange.name}
    opened = place.open()
    assert {name for name, _ in _damages(opened)} == {f"keys/{name}" for name in bad}
    assert {reason for _, reason in _damages(opened)} <= {"altered", "cut"}


def test_a_planted_slot_of_a_later_epoch_shuts_nobody_out(place: Place) -> None:
    vault = place.create()
    plain = json.loads(place.files("keys")[0].read_text())
    plain["epoch"], plain["id"] = 9, "00000000000000aa"
    plain.pop("sum")
    plain["sum"] = slots._sum(plain)
    (place.folder / "keys" / "00000000000000aa.json").write_text(codec.dumps(plain))
    assert _opens(place, PASSPHRASE)
    vault.add_passphrase("second", "")
    assert _damages(vault) == [("keys/00000000000000aa.json", "altered")]


def test_a_recovery_key_costs_no_try_of_any_passphrase(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = place.create()
    _, device = vault.add_device("")

    def dear(*_: object) -> bytes:
        raise AssertionError("a passphrase was tried")

    monkeypatch.setattr(slots.Argon2, "derive", dear)
    assert open_ring(LocalStore(place.folder), vault.id, place.recovery) == vault._keys.ring
    assert open_ring(LocalStore(place.folder), vault.id, device) == vault._keys.ring


def test_where_files_are_locked_a_removed_slot_is_hidden_and_the_date_told() -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=30)
    assert isinstance(store, LockingStore)
    vault, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    slot = vault.add_passphrase("second", "")
    assert vault.remove_slot(slot.id) == clock.now() + 30 * DAY
    with pytest.raises(WrongPassphrase):
        Vault.open(store, "second", clock)
    assert f"keys/{slot.id}.json" in store.versions
    assert _damages(vault) == []
    until = vault.change_passphrase(PASSPHRASE, "new")
    assert until == clock.now() + 30 * DAY
    clock.time += 31 * DAY
    assert vault.remove_slot(vault.add_passphrase("third", "").id) is not None


@pytest.mark.parametrize("which", ["all", "own"])
def test_slots_that_a_stranger_hid_are_brought_back(which: str) -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=30)
    vault, recovery = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    removed_one = vault.add_passphrase("removed", "")
    vault.remove_slot(removed_one.id)
    vault.rotate("new")
    (own,) = [slot for slot in vault.slots() if slot.kind == "passphrase"]
    for name in list(store.list("keys")):
        if which == "all" or name == f"keys/{own.id}.json":
            store.hide(name)
    with pytest.raises((WrongPassphrase, VaultDamaged)):
        Vault.open(store, "new", clock)
    for secret in ("removed", PASSPHRASE, recovery, "never was one"):
        with pytest.raises((WrongPassphrase, VaultDamaged)):
            Vault.rescue(store, secret, clock)
    rescued = Vault.rescue(store, "new", clock)
    assert own in rescued.slots()
    assert Vault.open(store, "new", clock).epoch == 2
    assert removed_one.id not in {slot.id for slot in rescued.slots()}


def test_a_repair_brings_back_all_that_a_stranger_hid() -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=30)
    vault, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    gone = vault.add_passphrase("removed", "")
    vault.remove_slot(gone.id)
    vault.rotate("new")
    before = vault.slots()
    assert _damages(vault) == []
    hidden = list(store.list("keys"))
    for name in hidden:
        store.hide(name)
    assert _damages(vault) == [(name, "missing") for name in hidden]
    vault.repair(lambda _done, _of: None, lambda: False)
    assert _damages(vault) == []
    assert vault.slots() == before
    assert Vault.open(store, "new", clock).slots() == before
    for secret in ("removed", PASSPHRASE):
        with pytest.raises(WrongPassphrase):
            Vault.open(store, secret, clock)


def test_no_secret_is_in_what_a_fault_tells(place: Place) -> None:
    vault = place.create()
    with pytest.raises(WrongPassphrase) as caught:
        vault.change_passphrase("hunter2", "hunter3")
    assert "hunter" not in repr(caught.value) + str(caught.value.facts)
    assert "hunter" not in repr(vault._keys) + repr(vault._cabinet)
    assert vault._keys.ring[0].hex() not in repr(vault._keys)


def test_a_slot_of_newer_keys_is_told_from_a_damaged_one(place: Place) -> None:
    old = place.create()
    place.open().rotate("new")
    with pytest.raises(VaultKeysChanged):
        old.slots()
