"""Limited vaults: what the outer keys must not open, and what erasing leaves."""

import contextlib
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged, VaultFault, VaultMissing, WrongPassphrase
from saasbackup_desktop.core.ports import LockingStore
from saasbackup_desktop.vault.access.limited import is_inside, store_of
from saasbackup_desktop.vault.access.slots import described, unwrap
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import META, PACKS
from saasbackup_desktop.vault.format.packs import read_table
from saasbackup_desktop.vault.format.sealing import unseal
from saasbackup_desktop.vault.retention.removed import removed
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.prefix import below
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import faulty
from tests.locking_store import DAY, LockingMemoryStore
from tests.unit.vault.conftest import ACCOUNT, CHEAP, PASSPHRASE, STREAM, HandClock, Place, head, letter, store_letters

SECRET = "the board's own"


def _fill(vault: Vault, count: int = 30) -> None:
    with vault.writer(STREAM, "me") as writer:
        writer.seal(head(writer.apply("", store_letters(writer, range(count))), items=count))


def _require_letters(vault: Vault, count: int = 30) -> None:
    last = vault.last_head(STREAM)
    assert last is not None
    bodies = [node.body for node in vault.nodes(last.root) if getattr(node, "body", None)]
    assert {vault.read(body) for body in bodies} == {letter(number) for number in range(count)}


def test_it_is_a_vault_of_its_own(place: Place) -> None:
    outer = place.create()
    inner, recovery = outer.create_limited(SECRET, "Board")
    _fill(inner)
    assert outer.limited() == [inner.id]
    assert inner.location == f"{outer.location}/limited/{inner.id}"
    assert {slot.label for slot in inner.slots()} == {"Board"}
    for secret in (SECRET, recovery):
        _require_letters(outer.open_limited(inner.id, secret))
        _require_letters(Vault.open(LocalStore(Path(inner.location)), secret, place.clock))
    assert outer.streams() == []
    assert list(outer.check(100, lambda _done, _of: None, lambda: False)) == []
    inner.rotate("another")
    _require_letters(outer.open_limited(inner.id, "another"))


def test_the_attempt_to_open_it_is_a_real_one(place: Place) -> None:
    """With its own ring the very same calls open its packs."""
    outer = place.create()
    inner, _ = outer.create_limited(SECRET)
    _fill(inner)
    store = store_of(LocalStore(place.folder), inner.id)
    for folder in (PACKS, META):
        for name in store.list(folder):
            assert read_table(store, inner._keys, folder, name, bytes.fromhex(name[-64:]))
    for name in store.list("snapshots"):
        assert unseal(inner._keys, "head", name, store.get(name), name)


def test_equal_mail_is_not_shared_with_the_vault_around_it(place: Place) -> None:
    outer = place.create()
    _fill(outer)
    before = len(place.files("packs"))
    inner, _ = outer.create_limited(SECRET)
    _fill(inner)
    assert len(place.files("packs")) == before
    assert place.files(f"limited/{inner.id}/packs")
    assert not {file.name for file in place.files("packs")} & {
        file.name for file in place.files(f"limited/{inner.id}/packs")
    }


def test_the_outer_keys_open_nothing_of_it(place: Place) -> None:
    """Every file of it, with every purpose of the outer keys, under its own and under the outer vault's id."""
    outer = place.create()
    outer.rotate(PASSPHRASE)
    inner, _ = outer.create_limited(SECRET, "Board")
    _fill(inner)
    for secret in (PASSPHRASE, place.recovery):
        with pytest.raises(WrongPassphrase):
            outer.open_limited(inner.id, secret)
    store = store_of(LocalStore(place.folder), inner.id)
    clear = {"vault.json", *(name for name in store.list("keys"))}
    opened: list[str] = []
    for keys in (outer._keys, Keys(outer._keys.ring, inner.id), Keys(outer._keys.ring[1:], inner.id)):
        for name in store.list():
            data = store.get(name)
            assert SECRET.encode() not in data
            assert b"Board" not in data
            assert ACCOUNT.address.encode() not in data
            assert letter(1)[:40] not in data
            if name in clear:
                continue
            for purpose in ("data", "meta", "index", "head", "lease", "trash", "note", "slot", "config"):
                for context in (name, f"limited/{inner.id}/{name}", "index", "removed", "table"):
                    with contextlib.suppress(VaultFault):
                        unseal(keys, purpose, context, data, name)
                        opened.append(name)
        for name in store.list("keys"):
            for secret in (PASSPHRASE, place.recovery):
                assert unwrap(name, store.get(name), secret) is None
            with pytest.raises(VaultFault):
                described(name, store.get(name), inner.id, keys)
        for folder in (PACKS, META):
            for name in store.list(folder):
                with contextlib.suppress(VaultFault):
                    read_table(store, keys, folder, name, bytes.fromhex(name[-64:]))
                    opened.append(name)
    assert opened == []


def test_erased_it_cannot_be_read_even_with_its_passphrase(place: Place) -> None:
    outer = place.create()
    inner, recovery = outer.create_limited(SECRET, "Board")
    other, _ = outer.create_limited("other", "Works council")
    _fill(inner)
    _fill(other)
    done: list[tuple[int, int]] = []
    erasure = outer.erase_limited(inner.id, lambda at, of: done.append((at, of)))
    assert (erasure.kept, erasure.kept_until) == (0, None)
    assert done[-1] == (erasure.files, erasure.files)
    assert place.files(f"limited/{inner.id}") == []
    assert outer.limited() == [other.id]
    _require_letters(outer.open_limited(other.id, "other"))
    assert list(removed(LocalStore(place.folder), outer._keys)) == [f"limited/{inner.id}"]
    for secret in (SECRET, recovery):
        with pytest.raises(Misconfigured):
            outer.open_limited(inner.id, secret)
        with pytest.raises(VaultMissing):
            Vault.open(store_of(LocalStore(place.folder), inner.id), secret, place.clock)


def test_the_keys_go_first(place: Place) -> None:
    outer = place.create()
    inner, recovery = outer.create_limited(SECRET)
    _fill(inner)
    files = len(place.files(f"limited/{inner.id}"))
    store = faulty(LocalStore(place.folder))
    cut_off = Vault.open(store, PASSPHRASE, place.clock)
    store.fail_before(3, "delete", "limited")
    with pytest.raises(VaultFault):
        cut_off.erase_limited(inner.id)
    assert len(place.files(f"limited/{inner.id}")) == files - 2
    for secret in (SECRET, recovery):
        with pytest.raises(VaultDamaged) as caught:
            outer.open_limited(inner.id, secret)
        assert caught.value.facts["file"] == "keys"
    assert outer.erase_limited(inner.id).files == files - 2
    assert outer.limited() == []


def test_what_is_written_into_it_meanwhile_goes_too(place: Place) -> None:
    outer = place.create()
    inner, _ = outer.create_limited(SECRET)
    _fill(inner, 3)
    writer = inner.writer(STREAM, "at work")
    writer.add(letter(9))
    store = faulty(LocalStore(place.folder))
    erasing = Vault.open(store, PASSPHRASE, place.clock)
    store.after(1, lambda _operation, _name: writer.flush(), "delete", f"limited/{inner.id}/keys")
    assert erasing.erase_limited(inner.id).kept == 0
    assert outer.limited() == []
    writer.close()


def test_on_locked_storage_what_stays_is_said() -> None:
    clock = HandClock()
    store = LockingMemoryStore(clock, days=30)
    outer, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    inner, _ = outer.create_limited(SECRET)
    _fill(inner, 3)
    erasure = outer.erase_limited(inner.id)
    assert erasure.kept > 0
    assert erasure.kept_until == clock.now() + 30 * DAY
    assert outer.limited() == []
    with pytest.raises(Misconfigured):
        outer.open_limited(inner.id, SECRET)
    hidden = [name for name in store.hidden() if name.startswith(f"limited/{inner.id}/keys/")]
    assert len(hidden) == 2, "the server still has the key slots: that is what the date is told for"


@pytest.mark.parametrize(
    ("location", "inside"),
    [
        (f"/media/vault/limited/{'ab' * 16}", True),
        (f"C:\\vault\\limited\\{'ab' * 16}\\", True),
        (f"s3://bucket/limited/{'ab' * 16}", True),
        ("/media/limited/vault", False),
        (f"/media/limited/{'ab' * 16}/vault", False),
    ],
)
def test_a_limited_vault_is_known_by_its_place(place: Place, location: str, inside: bool) -> None:
    class Somewhere(LocalStore):
        @property
        def location(self) -> str:
            return location

    assert is_inside(Somewhere(place.folder)) is inside


@pytest.mark.parametrize("id", ["", "..", "0" * 31, "0" * 32, "../" + "0" * 32, "A" * 32])
def test_what_is_no_limited_vault_is_said(place: Place, id: str) -> None:
    outer = place.create()
    with pytest.raises(Misconfigured):
        outer.open_limited(id, SECRET)
    with pytest.raises(Misconfigured):
        outer.erase_limited(id)


def test_they_do_not_nest(place: Place) -> None:
    inner, _ = place.create().create_limited(SECRET)
    with pytest.raises(Misconfigured):
        inner.create_limited("deeper")
    opened = Vault.open(LocalStore(Path(inner.location)), SECRET, place.clock)
    with pytest.raises(Misconfigured):
        opened.create_limited("deeper")


def test_an_empty_passphrase_is_refused_and_leaves_nothing(place: Place) -> None:
    outer = place.create()
    with pytest.raises(Misconfigured):
        outer.create_limited("")
    assert outer.limited() == []


def test_a_folder_of_a_locking_store_locks_too() -> None:
    clock = HandClock()
    store = below(LockingMemoryStore(clock, days=30), "a")
    assert isinstance(store, LockingStore)
    store.put("b/c", b"first")
    assert (list(store.list()), list(store.list("b")), store.size("b/c")) == (["b/c"], ["b/c"], 5)
    assert store.get("b/c", 1, 2) == b"ir"
    store.extend("b/c", clock.now() + 60 * DAY)
    assert store.locked_until("b/c") == clock.now() + 60 * DAY
    store.hide("b/c")
    assert (list(store.list()), list(store.hidden())) == ([], ["b/c"])
    store.uncover("b/c", lambda data: data == b"first")
    assert store.get("b/c") == b"first"
    assert store.lock is not None
    store.keep_under(None)
    assert store.lock is None
