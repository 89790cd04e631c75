"""Under a retention lock nothing can be destroyed, only hidden or written over: a repair brings it back."""

import pytest

from saasbackup_desktop.core.errors import VaultDamaged, VaultMissing, WrongPassphrase
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.vault.vault import Vault
from tests.locking_store import LockingMemoryStore, Version
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, head, item, letter


@pytest.fixture
def store() -> LockingMemoryStore:
    store = LockingMemoryStore(HandClock())
    vault, _ = Vault.create(store, PASSPHRASE, store.clock, argon2=CHEAP)
    root = ""
    for number in range(3):
        with vault.writer(STREAM, "me") as writer:
            some = [item(each, writer.add(letter(each))) for each in range(number * 5, number * 5 + 5)]
            root = writer.apply(root, [Edit(None, INBOX), *(Edit(None, one) for one in some)])
            writer.seal(head(root, number + 1, items=number * 5 + 5))
    return store


def _opened(store: LockingMemoryStore) -> Vault:
    return Vault.open(store, PASSPHRASE, store.clock)


def _codes(store: LockingMemoryStore) -> list[str]:
    found = _opened(store).check(100, lambda done, total: None, lambda: False)
    return [damage.code for damage in found]


def _repair(store: LockingMemoryStore, percent: int = 100) -> set[str]:
    deeds = _opened(store).repair(lambda done, total: None, lambda: False, read_percent=percent)
    return {deed.code for deed in deeds}


def _assert_whole(store: LockingMemoryStore) -> None:
    assert _codes(store) == []
    vault = _opened(store)
    heads = vault.heads(STREAM)
    assert [each.snapshot.items for each in heads] == [5, 10, 15]
    for node in vault.nodes(heads[-1].root):
        if isinstance(node, Item):
            assert node.body is not None
            assert vault.read(node.body) == letter(int(node.id[-8:], 16))


def _forge(store: LockingMemoryStore, name: str) -> None:
    """Write over a file, as somebody can who may write: the version below stays."""
    data = bytearray(store.get(name))
    data[len(data) // 2] ^= 1
    store.versions[name].append(Version(bytes(data)))


@pytest.mark.parametrize("folder", ["packs", "meta"])
@pytest.mark.parametrize("spoils", [LockingMemoryStore.hide, _forge])
def test_packs_that_were_hidden_or_written_over_come_back(
    store: LockingMemoryStore, folder: str, spoils: object
) -> None:
    assert callable(spoils)
    for name in list(store.list(folder)):
        spoils(store, name)
    assert _codes(store)
    assert _repair(store) == {"uncovered"}
    _assert_whole(store)


def test_points_in_time_that_were_hidden_come_back(store: LockingMemoryStore) -> None:
    for name in list(store.list("snapshots")):
        store.hide(name)
    assert _opened(store).heads(STREAM) == []
    assert _repair(store) == {"uncovered"}
    _assert_whole(store)


def test_a_point_in_time_that_was_taken_for_lost_comes_back(
    store: LockingMemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repair that may not see older versions, as with keys of few rights, and one that may."""
    name = sorted(store.list("snapshots"))[1]
    store.hide(name)
    with monkeypatch.context() as blind:
        blind.setattr(store, "hidden", lambda: iter(()))
        assert _repair(store) == {"accepted"}
    assert len(_opened(store).heads(STREAM)) == 2
    assert _repair(store) == {"uncovered"}
    _assert_whole(store)


def test_a_description_that_was_hidden_or_written_over_comes_back(store: LockingMemoryStore) -> None:
    before = store.get("vault.json")
    for spoil in (LockingMemoryStore.hide, _forge):
        spoil(store, "vault.json")
        with pytest.raises(VaultDamaged):
            _opened(store)
        Vault.rescue(store, PASSPHRASE, store.clock)
        assert store.get("vault.json") == before
    _assert_whole(store)


def test_everything_at_once_comes_back(store: LockingMemoryStore) -> None:
    for name in list(store.list()):
        if not name.startswith("keys/"):
            store.hide(name)
    Vault.rescue(store, PASSPHRASE, store.clock)
    assert "uncovered" in _repair(store)
    _assert_whole(store)


@pytest.mark.parametrize(
    "folders",
    [
        ("",),
        ("vault.json",),
        ("keys/",),
        ("vault.json", "keys/"),
        ("vault.json", "packs/", "meta/", "index/", "snapshots/"),
    ],
)
def test_a_vault_that_was_hidden_comes_back(store: LockingMemoryStore, folders: tuple[str, ...]) -> None:
    vault = _opened(store)
    removed = vault.add_passphrase("second", "")
    vault.remove_slot(removed.id)
    slots = vault.slots()
    for name in list(store.list()):
        if name.startswith(folders):
            store.hide(name)
    with pytest.raises(VaultDamaged) as caught:
        _opened(store)
    assert caught.value.facts["reason"] == ("missing" if folders == ("keys/",) else "hidden")
    with pytest.raises(VaultDamaged):
        _codes(store)
    with pytest.raises(WrongPassphrase):
        Vault.rescue(store, "not this one", store.clock)
    Vault.rescue(store, PASSPHRASE, store.clock)
    assert _repair(store) <= {"uncovered", "reindexed"}
    assert _opened(store).slots() == slots
    assert _codes(store) == []
    _assert_whole(store)


def test_where_no_vault_ever_was_none_is_hidden(store: LockingMemoryStore) -> None:
    empty = LockingMemoryStore(HandClock())
    for work in (Vault.open, Vault.rescue):
        with pytest.raises(VaultMissing):
            work(empty, PASSPHRASE, empty.clock)


def test_what_was_taken_away_on_purpose_stays_away(store: LockingMemoryStore) -> None:
    vault = _opened(store)
    slot = vault.add_passphrase("second", "")
    vault.remove_slot(slot.id)
    assert f"keys/{slot.id}.json" not in store.list("keys")
    assert _repair(store, 0) == set()
    assert f"keys/{slot.id}.json" not in store.list("keys")


def test_a_pack_that_rotted_under_its_lock_is_salvaged_and_hidden(store: LockingMemoryStore) -> None:
    name = next(store.list("packs"))
    (version,) = store.versions[name]
    assert version.data is not None
    data = bytearray(version.data)
    data[200] ^= 1
    version.data = bytes(data)
    assert _repair(store) == {"salvaged"}
    assert name not in store.list("packs")
    (damage,) = _opened(store).check(100, lambda done, total: None, lambda: False)
    assert len(damage.items) == 1
