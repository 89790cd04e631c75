"""Whatever is done to the keys, in any order, by several programs: who should get in does, and nobody else."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from saasbackup_desktop.core.errors import Misconfigured, VaultBusy, VaultFault, VaultKeysChanged, WrongPassphrase
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.slots import Slot
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import faulty
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, HandClock, Place


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


def test_two_people_who_remove_keys_leave_one(place: Place) -> None:
    place.create().add_passphrase("second", "")
    recovery, one, two = sorted(place.open().slots(), key=lambda slot: slot.kind != "recovery")
    place.open().remove_slot(recovery.id, force=True)
    store = faulty(LocalStore(place.folder))
    first, other = Vault.open(store, PASSPHRASE, place.clock), place.open()
    refused: list[VaultFault] = []

    def meanwhile(_operation: str, _name: str) -> None:
        with pytest.raises(VaultBusy) as caught:
            other.remove_slot(two.id)
        refused.append(caught.value)

    store.before(1, meanwhile, "delete", "keys")
    first.remove_slot(one.id)
    assert refused
    with pytest.raises(Misconfigured):
        other.remove_slot(two.id)
    assert [slot.id for slot in other.slots()] == [two.id]


def test_a_key_that_is_added_during_a_rotation_waits_for_its_end(place: Place) -> None:
    place.create()
    store = faulty(LocalStore(place.folder))
    first, other = Vault.open(store, PASSPHRASE, place.clock), place.open()
    refused: list[int] = []

    def meanwhile(_operation: str, _name: str) -> None:
        with pytest.raises((VaultBusy, VaultKeysChanged)):
            other.add_passphrase("too early")
        refused.append(1)

    store.before(1, meanwhile, "put", "removed")
    first.rotate("new")
    assert refused
    with pytest.raises(VaultKeysChanged):
        other.add_passphrase("still with the old ring")
    Vault.open(LocalStore(place.folder), "new", place.clock).add_passphrase("in time")
    Vault.open(LocalStore(place.folder), "in time", place.clock)


@dataclass
class _Way:
    """Something that opens the vault, and its slot."""

    slot: Slot
    secret: str


class Keys(RuleBasedStateMachine):
    """A vault, what should open it, what should not any more, and a program that is open with an older ring."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="keys-"))
        self.clock = HandClock()
        self.ways: list[_Way] = []
        self.gone: list[str] = []
        self.removed_files: list[tuple[str, bytes]] = []
        self.count = 0
        self.original = slots.calibrated
        slots.calibrated = lambda seconds=0.5: CHEAP  # type: ignore[assignment]

    def teardown(self) -> None:
        slots.calibrated = self.original
        shutil.rmtree(self.folder)

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder)

    def _secret(self) -> str:
        self.count += 1
        return f"secret {self.count}"

    def _files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "keys").iterdir()}

    def _note_removed(self, before: dict[str, bytes]) -> None:
        now = self._files()
        self.removed_files += [(name, data) for name, data in before.items() if name not in now]

    @initialize()
    def make(self) -> None:
        secret = self._secret()
        self.vault, recovery = Vault.create(self.store, secret, self.clock, argon2=CHEAP)
        self.stale = Vault.open(self.store, secret, self.clock)
        by_kind = {slot.kind: slot for slot in self.vault.slots()}
        self.ways = [_Way(by_kind["passphrase"], secret), _Way(by_kind["recovery"], recovery)]

    @rule(label=st.text(max_size=8))
    def add_passphrase(self, label: str) -> None:
        secret = self._secret()
        self.ways.append(_Way(self.vault.add_passphrase(secret, label), secret))

    @rule()
    def add_recovery(self) -> None:
        self.ways.append(_Way(*self.vault.add_recovery()))

    @rule()
    def add_device(self) -> None:
        self.ways.append(_Way(*self.vault.add_device("computer")))

    @rule(pick=st.integers(0), label=st.text(max_size=8))
    def rename(self, pick: int, label: str) -> None:
        way = self.ways[pick % len(self.ways)]
        way.slot = self.vault.rename_slot(way.slot.id, label)

    @rule(pick=st.integers(0), force=st.booleans())
    def remove(self, pick: int, force: bool) -> None:
        way = self.ways[pick % len(self.ways)]
        others = [other for other in self.ways if other is not way]
        is_last = all(other.slot.kind == "device" for other in others)
        is_last_recovery = way.slot.kind == "recovery" and all(o.slot.kind != "recovery" for o in others)
        before = self._files()
        try:
            self.vault.remove_slot(way.slot.id, force=force)
        except Misconfigured:
            assert is_last or (is_last_recovery and not force)
            return
        assert not is_last
        assert force or not is_last_recovery
        self._note_removed(before)
        self.ways.remove(way)
        self.gone.append(way.secret)

    @rule()
    @precondition(lambda self: any(way.slot.kind == "passphrase" for way in self.ways))
    def change(self) -> None:
        way = next(way for way in self.ways if way.slot.kind == "passphrase")
        before, new = self._files(), self._secret()
        known = {slot.id for slot in self.vault.slots()}
        self.vault.change_passphrase(way.secret, new)
        self._note_removed(before)
        self.gone.append(way.secret)
        way.secret = new
        (way.slot,) = [slot for slot in self.vault.slots() if slot.id not in known]

    @rule()
    def rotate(self) -> None:
        before, new = self._files(), self._secret()
        rotation = self.vault.rotate(new)
        assert {slot.id for slot in rotation.fallen} == {way.slot.id for way in self.ways}
        self._note_removed(before)
        self.gone += [way.secret for way in self.ways]
        by_kind = {slot.kind: slot for slot in self.vault.slots()}
        self.ways = [_Way(by_kind["passphrase"], new), _Way(by_kind["recovery"], rotation.recovery_key)]

    @rule(pick=st.integers(0))
    @precondition(lambda self: self.vault.epoch > 1 and self.removed_files)
    def a_stranger_brings_an_old_slot_back(self, pick: int) -> None:
        """It opens nothing of now if the keys were replaced since, and its file is taken away again."""
        name, data = self.removed_files[pick % len(self.removed_files)]
        if slots.parse(name, data)["epoch"] == self.vault.epoch:
            return  # what a removed slot of the present ring opens, a rotation is for
        (self.folder / "keys" / name).write_bytes(data)
        for secret in self.gone:
            with pytest.raises((WrongPassphrase, VaultKeysChanged)):
                Vault.open(self.store, secret, self.clock)
        assert f"keys/{name}" in {damage.file for damage in self.vault.check(0, lambda _done, _of: None, lambda: False)}
        assert [slot.id for slot in self.vault.finish_rotation()] == [name.removesuffix(".json")]

    @rule()
    def an_older_program_writes_nothing_once_keys_were_replaced(self) -> None:
        if self.stale.epoch < self.vault.epoch:
            with pytest.raises(VaultKeysChanged):
                self.stale.add_passphrase("x")
            self.stale = Vault.open(self.store, self.ways[0].secret, self.clock)

    @invariant()
    def who_should_get_in_does_and_nobody_else(self) -> None:
        if not self.ways:
            return
        for way in self.ways:
            assert Vault.open(self.store, way.secret, self.clock).epoch == self.vault.epoch
        for secret in self.gone[-3:]:
            with pytest.raises(WrongPassphrase):
                Vault.open(self.store, secret, self.clock)
        listed = {(slot.id, slot.kind, slot.label, slot.epoch) for slot in self.vault.slots()}
        assert listed == {(w.slot.id, w.slot.kind, w.slot.label, self.vault.epoch) for w in self.ways}


TestKeys = Keys.TestCase
TestKeys.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
