"""Keys as the desk handles them: this computer's own way in, rotation, and limited vaults."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import null
from keyring.errors import KeyringError

from saasbackup_desktop.app import vault_keys
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.keyring_slot import SERVICE
from saasbackup_desktop.app.views import KeySlot, RecoveryKit
from saasbackup_desktop.core.errors import Misconfigured, VaultFault, VaultKeysChanged, VaultMissing, WrongPassphrase
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.access.recovery import from_device_text
from tests.unit.app.keyrings import Memory, memory, trusted
from tests.unit.vault.conftest import CHEAP

__all__ = ["memory", "trusted"]

OLD, NEW = "the first passphrase", "the second passphrase"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


@pytest.fixture
async def desk(tmp_path: Path, memory: Memory) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "home")
    await made.create_vault(str(tmp_path / "vault"), OLD)
    yield made
    await made.close()


async def _slots(desk: Desk, kind: str) -> list[KeySlot]:
    return [slot for slot in (await desk.vault_info()).slots if slot.kind == kind]


async def _entry(desk: Desk, kept: Memory) -> str | None:
    return kept.kept.get((SERVICE, (await desk.vault_info()).id))


async def test_a_computer_has_a_key_of_its_own(desk: Desk, trusted: Memory) -> None:
    assert not await desk.is_remembered()
    assert await desk.remember()
    assert await desk.remember(), "asked twice, it still has one"
    (slot,) = await _slots(desk, "device")
    assert slot.is_here
    entry = await _entry(desk, trusted)
    assert entry is not None
    assert from_device_text(entry) is not None
    assert OLD not in entry
    assert (await desk.rename_key(slot.id, "Ada's laptop")).is_here
    assert [(s.label, s.is_here) for s in await _slots(desk, "device")] == [("Ada's laptop", True)]
    await desk.change_passphrase(OLD, NEW)
    await desk.lock()
    assert await desk.unlock_remembered()
    assert desk.is_open


async def test_it_is_taken_back_here(desk: Desk, trusted: Memory) -> None:
    await desk.remember()
    await desk.forget()
    assert await _slots(desk, "device") == []
    assert not await desk.is_remembered()
    await desk.lock()
    assert not await desk.unlock_remembered()


async def test_it_is_taken_back_from_elsewhere(desk: Desk, trusted: Memory) -> None:
    await desk.remember()
    (slot,) = await _slots(desk, "device")
    await desk.remove_key(slot.id)
    await desk.lock()
    with pytest.raises(WrongPassphrase) as caught:
        await desk.unlock_remembered()
    assert caught.value.facts["reason"] == "device"
    await desk.unlock(OLD)
    assert await desk.remember()
    await desk.lock()
    assert await desk.unlock_remembered()


async def test_locked_it_can_be_forgotten_all_the_same(desk: Desk, trusted: Memory) -> None:
    await desk.remember()
    await desk.lock()
    await desk.forget()
    assert not await desk.is_remembered()


async def test_a_passphrase_in_the_keyring_is_replaced_once(desk: Desk, trusted: Memory) -> None:
    vault = (await desk.vault_info()).id
    trusted.kept[SERVICE, vault] = OLD
    await desk.lock()
    assert await desk.unlock_remembered()
    entry = trusted.kept[SERVICE, vault]
    assert from_device_text(entry) is not None
    assert [slot.is_here for slot in await _slots(desk, "device")] == [True]
    await desk.lock()
    await desk.unlock_remembered()
    assert trusted.kept[SERVICE, vault] == entry
    assert len(await _slots(desk, "device")) == 1


async def test_a_passphrase_in_the_keyring_that_is_wrong_by_now(desk: Desk, trusted: Memory) -> None:
    trusted.kept[SERVICE, (await desk.vault_info()).id] = "of last year"
    await desk.lock()
    with pytest.raises(WrongPassphrase):
        await desk.unlock_remembered()
    assert not desk.is_open


@pytest.mark.parametrize("reason", ["not trusted", "none", "refuses"])
async def test_without_a_keyring_no_slot_is_left(
    desk: Desk, memory: Memory, reason: str, request: pytest.FixtureRequest
) -> None:
    if reason == "none":
        keyring.set_keyring(null.Keyring())
    elif reason == "refuses":
        request.getfixturevalue("trusted").fault = KeyringError
    assert not await desk.remember()
    assert await _slots(desk, "device") == []


async def test_two_homes_of_one_computer_share_its_key(desk: Desk, trusted: Memory, tmp_path: Path) -> None:
    await desk.remember()
    other = Desk(tmp_path / "other")
    try:
        await other.adopt_vault(str(tmp_path / "vault"), OLD)
        assert await other.is_remembered()
        assert await other.remember()
        assert len(await _slots(other, "device")) == 1
    finally:
        await other.close()


async def test_a_wrong_passphrase_leaves_nothing_behind(desk: Desk, memory: Memory, tmp_path: Path) -> None:
    before = sorted(path for path in (tmp_path / "vault").rglob("*") if path.is_file())
    other = Desk(tmp_path / "other")
    try:
        with pytest.raises(WrongPassphrase):
            await other.adopt_vault(str(tmp_path / "vault"), "not it")
        assert not other.is_open
        assert other.vault_location is None
    finally:
        await other.close()
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file()] == []
    assert sorted(path for path in (tmp_path / "vault").rglob("*") if path.is_file()) == before
    assert memory.kept == {}


# --- rotation ------------------------------------------------------------------------------------------------


async def test_keys_are_replaced(desk: Desk, trusted: Memory) -> None:
    await desk.remember()
    await desk.add_passphrase("office", "Office")
    desk._home.write(recovery_confirmed=True)
    before = (await desk.vault_info()).slots
    done = await desk.rotate_keys(NEW)
    assert [slot.id for slot in done.fallen] == [slot.id for slot in before]
    assert (done.left, done.kept_until, done.is_remembered) == ([], None, True)
    info = await desk.vault_info()
    assert not info.recovery_confirmed
    assert sorted(slot.kind for slot in info.slots) == ["device", "passphrase", "recovery"]
    assert not any(slot.is_superseded for slot in info.slots)
    await desk.prove_recovery_kit(done.kit.recovery_key)
    assert (await desk.vault_info()).recovery_confirmed
    await desk.lock()
    assert await desk.unlock_remembered()
    for secret in (NEW, done.kit.recovery_key):
        await desk.lock()
        await desk.unlock(secret)
    await desk.lock()
    for secret in (OLD, "office"):
        with pytest.raises(WrongPassphrase):
            await desk.unlock(secret)


async def test_without_a_device_none_is_made(desk: Desk, trusted: Memory) -> None:
    done = await desk.rotate_keys(NEW)
    assert not done.is_remembered
    assert await _slots(desk, "device") == []


async def test_an_empty_passphrase_changes_nothing(desk: Desk, trusted: Memory) -> None:
    desk._home.write(recovery_confirmed=True)
    with pytest.raises(Misconfigured):
        await desk.rotate_keys("")
    assert (await desk.vault_info()).recovery_confirmed
    assert not desk._home.read().get("rotating")
    await desk.lock()
    await desk.unlock(OLD)


async def test_cut_off_it_is_finished_at_the_next_unlock(
    desk: Desk, trusted: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.remember()
    with monkeypatch.context() as patched:

        def cut(*_: object) -> bool:
            raise VaultFault("the process ended here")

        patched.setattr(vault_keys, "remember", cut)
        with pytest.raises(VaultFault):
            await desk.rotate_keys(NEW)
    await desk.lock()
    with pytest.raises(WrongPassphrase):
        await desk.unlock_remembered()
    await desk.unlock(NEW)
    assert not (await desk.vault_info()).recovery_confirmed
    assert [slot.is_here for slot in await _slots(desk, "device")] == [True]
    await desk.lock()
    assert await desk.unlock_remembered()


async def test_another_open_program_is_told_to_unlock_again(desk: Desk, trusted: Memory, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    try:
        await other.adopt_vault(str(tmp_path / "vault"), OLD)
        await desk.rotate_keys(NEW)
        with pytest.raises(VaultKeysChanged):
            await other.add_passphrase("mine", "")
        with pytest.raises(VaultKeysChanged):
            await other.rotate_keys("mine")
        await other.lock()
        await other.unlock(NEW)
        await other.add_passphrase("mine", "")
    finally:
        await other.close()


# --- what stays in memory ------------------------------------------------------------------------------------


async def test_a_locked_desk_holds_no_key(desk: Desk, trusted: Memory) -> None:
    await desk.remember()
    workspace = desk._open
    assert workspace is not None
    vault = weakref.ref(workspace.vault)
    master = workspace.vault._keys.ring[0]
    del workspace
    await desk.lock()
    await asyncio.sleep(0)
    gc.collect()
    assert vault() is None
    assert [one for one in gc.get_objects() if isinstance(one, tuple) and master in one] == []


# --- limited vaults ------------------------------------------------------------------------------------------


async def test_a_limited_vault_is_worked_with_in_a_home_of_its_own(desk: Desk, memory: Memory, tmp_path: Path) -> None:
    kit: RecoveryKit = await desk.add_limited("board only", "Board")
    assert await desk.limited_vaults() == [kit.vault_id]
    assert kit.location == f"{tmp_path / 'vault'}/limited/{kit.vault_id}"
    own = Desk(tmp_path / "own")
    try:
        with pytest.raises(WrongPassphrase):
            await own.adopt_vault(kit.location, OLD)
        await own.adopt_vault(kit.location, "board only")
        info = await own.vault_info()
        assert (info.id, {slot.label for slot in info.slots}) == (kit.vault_id, {"Board"})
        await own.lock()
        done = await desk.erase_limited(kit.vault_id)
        assert (done.kept, done.kept_until) == (0, None)
        assert done.files
        for secret in ("board only", kit.recovery_key):
            with pytest.raises(VaultMissing):
                await own.unlock(secret)
    finally:
        await own.close()
    assert await desk.limited_vaults() == []
