"""Whatever operation of a backup fails: the vault is as after the last checkpoint, and the next run goes on."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, Fault, Unreachable, VaultFault, VaultFull
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.vault.sharing.leases import Watch
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import FOREVER, FaultyStore, faulty
from tests.memory_store import MemoryStore
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, head, item, letter

FAULTS: dict[str, Callable[[], Fault]] = {
    "full": lambda: VaultFull("no room", location="here"),
    "unreachable": lambda: Unreachable("nobody answers", host="store"),
}
RUNS, CHECKPOINTS, EACH = 3, 2, 3


@dataclass
class Backup:
    """Backups one after the other, each with a few checkpoints; every one of them leaves an index segment to merge."""

    store: FaultyStore
    sealed: list[tuple[str, int]] = field(default_factory=list)
    """Roots whose heads were acknowledged, and how many items they hold."""
    tried: set[str] = field(default_factory=set)
    """Roots that somebody tried to seal."""

    def run(self) -> None:
        vault = Vault.open(self.store, PASSPHRASE, HandClock())
        last = vault.last_head(STREAM)
        root, done = (last.root, last.snapshot.items) if last else ("", 0)
        for number in range(done // (CHECKPOINTS * EACH), RUNS):
            with vault.writer(STREAM, "me") as writer:
                for checkpoint in range(CHECKPOINTS):
                    stored = [item(each, writer.add(letter(each, 400))) for each in range(done, done + EACH)]
                    root = writer.apply(root, [Edit(None, INBOX), *(Edit(None, one) for one in stored)])
                    done += EACH
                    self.tried.add(root)
                    is_final = checkpoint == CHECKPOINTS - 1
                    writer.seal(head(root, number + 1, final=is_final, items=done))
                    self.sealed.append((root, done))


def _created() -> MemoryStore:
    store = MemoryStore()
    Vault.create(store, PASSPHRASE, HandClock(), argon2=CHEAP)
    return store


def _without_leases(store: MemoryStore) -> MemoryStore:
    """As if the leases had run out: this process lives, so its own would stand."""
    return MemoryStore({name: data for name, data in store.files.items() if not name.startswith("leases/")})


def _items(vault: Vault, root: str) -> Iterator[Item]:
    for node in vault.nodes(root):
        if isinstance(node, Item):
            yield node


def _assert_as_after_the_last_checkpoint(store: MemoryStore, backup: Backup) -> None:
    vault = Vault.open(store, PASSPHRASE, HandClock())
    damages = list(vault.check(100, lambda done, total: None, lambda: False))
    if damages:  # a head that was to be taken back, when nothing was acknowledged any more
        assert {damage.code for damage in damages} == {"came-back"}
        _repair(vault)
        assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
    heads = vault.heads(STREAM)
    found = {each.root: each.snapshot.items for each in heads}
    if backup.sealed:
        root, done = backup.sealed[-1]
        last = heads[-1]
        # What was not acknowledged may have arrived all the same.
        assert last.root == root or (last.root in backup.tried and last.snapshot.items > done)
    assert found.keys() <= backup.tried
    for root, count in found.items():
        items = list(_items(vault, root))
        assert len(items) == count
        for each in items:
            assert each.body is not None
            assert vault.read(each.body) == letter(int(each.id[-8:], 16), 400)


def _operations() -> int:
    store = faulty(_created())
    Backup(store).run()
    return len(store.calls)


OPERATIONS = _operations()


@pytest.mark.parametrize(("fault", "times"), [("full", 1), ("unreachable", FOREVER)])
@pytest.mark.parametrize("is_lost_acknowledgement", [False, True])
def test_every_operation_of_a_backup_may_fail(fault: str, times: int, is_lost_acknowledgement: bool) -> None:
    assert OPERATIONS > 100
    failed = 0
    for turn in range(1, OPERATIONS + 1):
        inside = _created()
        store = faulty(inside)
        backup = Backup(store)
        fail = store.fail_after if is_lost_acknowledgement else store.fail_before
        fail(turn, times=times, error=FAULTS[fault]())
        with contextlib.suppress(VaultFull, Unreachable):
            backup.run()
            failed -= 1
        failed += 1
        rest = _without_leases(inside)
        _assert_as_after_the_last_checkpoint(rest, backup)
        again = Backup(faulty(rest), tried=backup.tried)
        again.run()
        _assert_as_after_the_last_checkpoint(rest, again)
        assert Vault.open(rest, PASSPHRASE, HandClock()).heads(STREAM)[-1].snapshot.items >= RUNS * CHECKPOINTS * EACH
    assert failed > OPERATIONS // 2


@pytest.mark.parametrize("spoil", ["cut", "twist"])
def test_every_read_of_a_backup_may_give_something_else(spoil: str) -> None:
    """What a bad line or a bad disk makes of bytes on their way is never taken for what was stored."""
    for turn in range(1, OPERATIONS + 1):
        inside = _created()
        store = faulty(inside)
        backup = Backup(store)
        (store.cut if spoil == "cut" else store.twist)(turn)
        with contextlib.suppress(VaultFault):  # refused; whatever is there is whole
            backup.run()
        rest = _without_leases(inside)
        _assert_as_after_the_last_checkpoint(rest, backup)


def test_every_operation_of_reading_may_fail() -> None:
    inside = _created()
    Backup(faulty(inside)).run()
    turn = 0
    while True:
        turn += 1
        store = faulty(MemoryStore(inside.files))
        vault_of = faulty(store).inside
        store.fail_before(turn)
        try:
            vault = Vault.open(vault_of, PASSPHRASE, HandClock())
            for each in vault.heads(STREAM):
                for one in _items(vault, each.root):
                    assert one.body is not None
                    assert vault.read(one.body) == letter(int(one.id[-8:], 16), 400)
        except (VaultFault, BodyDamaged):
            assert inside.files == MemoryStore(inside.files).files
            continue
        break
    assert turn > 20


def test_a_repair_that_fails_anywhere_loses_nothing_more() -> None:
    pattern = _created()
    Backup(faulty(pattern)).run()
    pattern = _without_leases(pattern)
    pack = max((name for name in pattern.files if name.startswith("packs/")), key=pattern.size)
    spoilt = bytearray(pattern.files[pack])
    spoilt[100] ^= 1
    pattern.files[pack] = bytes(spoilt)
    for name in list(pattern.list("index")):
        pattern.delete(name)
    for when in ("before", "after"):
        for turn in range(1, 10_000):
            inside = MemoryStore(pattern.files)
            store = faulty(inside)
            vault = Vault.open(store, PASSPHRASE, HandClock())
            (store.fail_before if when == "before" else store.fail_after)(turn, error=FAULTS["full"]())
            is_over = True
            try:
                _repair(vault)
            except VaultFull:
                is_over = False
            vault = Vault.open(_without_leases(inside), PASSPHRASE, HandClock())
            root = vault.heads(STREAM)[-1].root
            read = 0
            for each in _items(vault, root):
                assert each.body is not None
                try:
                    assert vault.read(each.body) == letter(int(each.id[-8:], 16), 400)
                except BodyDamaged:
                    continue
                read += 1
            assert read == RUNS * CHECKPOINTS * EACH - 1, (when, turn)
            if is_over and turn > 30:
                break


def _repair(vault: Vault) -> None:
    ticks = iter(range(0, 10_000_000, 1000))
    watch = Watch(lambda: next(ticks), lambda _seconds: None)
    vault.repair(lambda done, total: None, lambda: False, read_percent=100, watch=watch)
