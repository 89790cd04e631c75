"""Keys in a real bucket: where its server keeps what was removed, nothing opens with it all the same."""

import time

import pytest

from saasbackup_desktop.core.errors import Misconfigured, VaultKeysChanged, WrongPassphrase
from saasbackup_desktop.core.ports import ObjectLock
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.vault import Vault
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, head, letter, store_letters

DAY = 86400


class _Clock:
    def now(self) -> int:
        return int(time.time())


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)


@pytest.mark.parametrize("locks", [False, True], ids=["free", "locked"])
def test_keys_come_go_and_are_replaced(ceph: S3Server, locks: bool) -> None:
    place = ceph.bucket(locks=locks, prefix="some/vault")
    lock = ObjectLock("compliance", 1) if locks else None
    clock = _Clock()
    store = ceph.store(place, clock, lock)
    vault, recovery = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    with vault.writer(STREAM, "me") as writer:
        writer.seal(head(writer.apply("", store_letters(writer, range(5))), items=5))

    def require_kept(until: int | None) -> None:
        if locks:
            assert until is not None
            assert DAY - 60 < until - clock.now() < 3 * DAY, "at least the days that were asked for"
        else:
            assert until is None

    slot = vault.add_passphrase("second", "Office")
    _, device = vault.add_device("computer")
    renamed = vault.rename_slot(slot.id, "Front desk")
    assert Vault.open(ceph.store(place, clock, lock), "second", clock).id == vault.id
    require_kept(vault.remove_slot(renamed.id))
    other = Vault.open(ceph.store(place, clock, lock), PASSPHRASE, clock)
    rotation = vault.rotate("new")
    assert rotation.left == []
    require_kept(rotation.kept_until)
    with pytest.raises(VaultKeysChanged):
        other.add_passphrase("too late")
    for secret in (PASSPHRASE, recovery, "second", device):
        with pytest.raises(WrongPassphrase):
            Vault.open(ceph.store(place, clock, lock), secret, clock)
    for secret in ("new", rotation.recovery_key):
        opened = Vault.open(ceph.store(place, clock, lock), secret, clock)
        last = opened.last_head(STREAM)
        assert last is not None
        bodies = [node.body for node in opened.nodes(last.root) if getattr(node, "body", None)]
        assert {opened.read(body) for body in bodies} == {letter(number) for number in range(5)}
        assert [d.file for d in opened.check(100, lambda _done, _of: None, lambda: False) if not d.is_harmless] == []


@pytest.mark.parametrize("locks", [False, True], ids=["free", "locked"])
def test_a_limited_vault_is_erased(ceph: S3Server, locks: bool) -> None:
    place = ceph.bucket(locks=locks, prefix="some/vault")
    lock = ObjectLock("compliance", 1) if locks else None
    clock = _Clock()
    outer, _ = Vault.create(ceph.store(place, clock, lock), PASSPHRASE, clock, argon2=CHEAP)
    inner, recovery = outer.create_limited("board", "Board")
    with inner.writer(STREAM, "me") as writer:
        writer.seal(head(writer.apply("", store_letters(writer, range(5))), items=5))
    assert outer.open_limited(inner.id, recovery).streams() == [STREAM]
    with pytest.raises(WrongPassphrase):
        outer.open_limited(inner.id, PASSPHRASE)
    done = outer.erase_limited(inner.id)
    assert bool(done.kept) == bool(done.kept_until) == locks
    assert outer.limited() == []
    for secret in ("board", recovery):
        with pytest.raises(Misconfigured):
            outer.open_limited(inner.id, secret)
    assert [d.file for d in outer.check(100, lambda _done, _of: None, lambda: False) if not d.is_harmless] == []
