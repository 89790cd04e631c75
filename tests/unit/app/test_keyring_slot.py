"""Only keyrings that encrypt are trusted."""

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringError, PasswordDeleteError

from saasbackup_desktop.app import keyring_slot
from saasbackup_desktop.core.errors import Denied
from tests.unit.app.keyrings import Memory, memory, trusted

__all__ = ["memory", "trusted"]


class Chain(Memory):
    """Several back ends, one after the other."""

    backends: list[KeyringBackend]


def test_what_is_remembered_is_forgotten(trusted: Memory) -> None:
    assert keyring_slot.remembered("v") is None
    assert keyring_slot.remember("v", "pass")
    assert keyring_slot.remembered("v") == "pass"
    assert keyring_slot.remembered("w") is None
    keyring_slot.forget("v")
    keyring_slot.forget("v")
    assert keyring_slot.remembered("v") is None


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.null", "keyring.backends.fail", "own"])
def test_plain_back_ends_are_refused(memory: Memory, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setattr(Memory, "__module__", module)
    assert not keyring_slot.remember("v", "pass")
    assert memory.kept == {}
    memory.kept[keyring_slot.SERVICE, "v"] = "pass"
    assert keyring_slot.remembered("v") is None


@pytest.mark.parametrize("backend", [null.Keyring, fail.Keyring])
def test_back_ends_that_are_none_are_refused(memory: Memory, backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert not keyring_slot.remember("v", "pass")
    assert keyring_slot.remembered("v") is None
    keyring_slot.forget("v")


def test_a_chain_is_as_good_as_its_worst_link(trusted: Memory) -> None:
    chain = Chain()
    keyring.set_keyring(chain)
    chain.backends = [trusted]
    assert keyring_slot.remember("v", "pass")
    chain.backends = [trusted, null.Keyring()]
    assert not keyring_slot.remember("v", "pass")
    chain.backends = []
    assert not keyring_slot.remember("v", "pass")


@pytest.mark.parametrize("fault", [KeyringError, PasswordDeleteError])
def test_a_keyring_that_fails(trusted: Memory, fault: type[KeyringError]) -> None:
    keyring_slot.remember("v", "pass")
    trusted.fault = fault
    assert not keyring_slot.remember("v", "other")
    with pytest.raises(Denied):
        keyring_slot.forget("v")
