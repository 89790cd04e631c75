"""Any damage whatever: a repair ends, a second mends nothing, what is left is right, and a backup heals it."""

import functools
import random
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Edit, Item, SnapshotStatus
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.names import CONFIG, KEYS
from saasbackup_desktop.vault.sharing.leases import Watch
from saasbackup_desktop.vault.vault import Deed, Vault
from tests.memory_store import MemoryStore
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, head, item

RUNS, EACH = 4, 6
ALL = RUNS * EACH

DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "extend", "delete", "swap", "copy"]),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=8,
)


def _note(number: int) -> bytes:
    return f"Subject: Note {number}\r\n\r\n".encode() + random.Random(number).randbytes(60).hex().encode()


@functools.cache
def _files() -> dict[str, bytes]:
    store = MemoryStore()
    vault, _ = Vault.create(store, PASSPHRASE, HandClock(), argon2=CHEAP)
    root = ""
    for run in range(RUNS):
        with vault.writer(STREAM, "me") as writer:
            some = [item(number, writer.add(_note(number))) for number in range(run * EACH, run * EACH + EACH)]
            root = writer.apply(root, [Edit(None, INBOX), *(Edit(None, one) for one in some)])
            writer.seal(head(root, run + 1, items=run * EACH + EACH))
    return store.files


def _spoil(files: dict[str, bytes], damage: tuple[str, int, int]) -> None:
    """Do something to one file, but for the keys: without them there is nothing to repair."""
    how, which, where = damage
    names = [name for name in sorted(files) if kind_of(name) not in (KEYS, CONFIG)]
    if not names:
        return
    name = names[which % len(names)]
    other = names[where % len(names)]
    data = files[name]
    if how == "flip" and data:
        spoilt = bytearray(data)
        spoilt[where % len(data)] ^= 1 << (which % 8)
        files[name] = bytes(spoilt)
    elif how == "cut" and data:
        files[name] = data[: where % len(data)]
    elif how == "extend":
        files[name] = data + bytes(where % 100 + 1)
    elif how == "delete":
        del files[name]
    elif how == "swap":
        files[name], files[other] = files[other], files[name]
    elif how == "copy":
        files[other] = data


def _opened(store: MemoryStore) -> Vault:
    return Vault.open(store, PASSPHRASE, HandClock())


def _repair(vault: Vault) -> list[Deed]:
    ticks = iter(range(0, 10_000_000, 1000))
    watch = Watch(lambda: next(ticks), lambda _seconds: None)
    return vault.repair(lambda done, total: None, lambda: False, read_percent=100, watch=watch)


def _readable(vault: Vault, root: str) -> set[int]:
    found = set()
    for node in vault.nodes(root):
        if isinstance(node, Item):
            number = int(node.id[-8:], 16)
            assert node.body is not None
            try:
                data = vault.read(node.body)
            except BodyDamaged:
                continue
            assert data == _note(number)
            found.add(number)
    return found


@settings(max_examples=150, deadline=None)
@given(damages=DAMAGES)
@example(damages=[("flip", 4, 0), ("swap", 0, 6)])
def test_whatever_happens_to_files(damages: list[tuple[str, int, int]]) -> None:
    spoilt = dict(_files())
    for damage in damages:
        _spoil(spoilt, damage)
    store = MemoryStore(spoilt)
    before = _opened(store)
    list(before.check(100, lambda done, total: None, lambda: False))
    _repair(_opened(store))
    # After some damages at once the index is made again a second time; nothing else is left to do.
    assert {deed.code for deed in _repair(_opened(store))} <= {"reindexed"}
    assert _repair(_opened(store)) == []

    vault = _opened(store)
    left = list(vault.check(100, lambda done, total: None, lambda: False))
    assert {found.code for found in left} <= {"missing"}
    heads = vault.heads(STREAM)
    for each in heads:
        nodes = [node for node in vault.nodes(each.root) if isinstance(node, Item)]
        assert len(nodes) == each.snapshot.items
        assert each.snapshot.status is SnapshotStatus.PARTIAL or len(nodes) == int(each.snapshot.id[-1]) * EACH
    if heads:
        lost = {int(each.id[-8:], 16) for each in vault.lost(heads[-1].root)}
        there = {int(n.id[-8:], 16) for n in vault.nodes(heads[-1].root) if isinstance(n, Item)}
        assert _readable(vault, heads[-1].root) == there - lost

    # The next backup compares everything, and stores what is not held.
    with vault.writer(STREAM, "me") as writer:
        some = [item(number, writer.add(_note(number))) for number in range(ALL)]
        root = writer.apply("", [Edit(None, INBOX), *(Edit(None, one) for one in some)])
        made = head(root, 9, items=ALL)
        writer.seal(replace(made, cursor=None))
    vault = _opened(store)
    assert _readable(vault, root) == set(range(ALL))
    assert not list(vault.lost(root))
    for found in vault.check(100, lambda done, total: None, lambda: False):
        # What is gone for good is a point in time itself.
        assert (found.code, kind_of(found.file)) == ("missing", "snapshots")
