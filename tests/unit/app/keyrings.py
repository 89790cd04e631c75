"""Keyrings for tests: none of them is this machine's own."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError


class Memory(KeyringBackend):
    """A back end that keeps passwords in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: type[KeyringError] | None = None

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fault:
            raise self.fault
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.fault:
            raise self.fault
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    """A keyring in memory, which is not trusted."""
    before = keyring.get_keyring()
    found = Memory()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


@pytest.fixture
def trusted(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> Memory:
    """The same, taken for one that encrypts."""
    monkeypatch.setattr(Memory, "__module__", "keyring.backends.SecretService")
    return memory
