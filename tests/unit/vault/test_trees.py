"""Trees: what they hold decides their shape, and what differs is found without reading the rest."""

import hashlib
import random
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.vault.format.trees import Trees, decode


class Store:
    """Nodes in a dictionary; counts what is read."""

    def __init__(self) -> None:
        self.nodes: dict[bytes, bytes] = {}
        self.reads = 0

    def save(self, plain: bytes) -> bytes:
        id = hashlib.sha256(plain).digest()
        self.nodes[id] = plain
        return id

    def fetch(self, id: bytes) -> bytes:
        self.reads += 1
        return self.nodes[id]


def trees_of(store: Store) -> Trees:
    return Trees(store.fetch, b"seed")


def content(trees: Trees, root: bytes) -> dict[bytes, bytes]:
    entries = list(trees.entries(root))
    assert entries == sorted(entries)
    return dict(entries)


keys = st.binary(min_size=1, max_size=3)
steps = st.lists(st.dictionaries(keys, st.one_of(st.none(), st.binary(max_size=40)), max_size=60), max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_a_tree_is_a_map_and_its_shape_does_not_hang_on_its_past(changes: list[dict[bytes, bytes | None]]) -> None:
    store = Store()
    trees, root, model = trees_of(store), b"", dict[bytes, bytes]()
    for change in changes:
        before, old = root, dict(model)
        root = trees.changed(root, change, store.save)
        for key, value in change.items():
            if value is None:
                model.pop(key, None)
            else:
                model[key] = value
        assert content(trees, root) == model
        found = {key: (left, right) for key, left, right in trees.differences(before, root)}
        assert found == {k: (old.get(k), model.get(k)) for k in old | model if old.get(k) != model.get(k)}
    assert trees.changed(b"", model, store.save) == root


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_large_trees_in_any_order(seed: int) -> None:
    chance, store = random.Random(seed), Store()
    trees = trees_of(store)
    model = {b"%06d" % chance.randrange(10**6): chance.randbytes(chance.choice((3, 30, 9000))) for _ in range(600)}
    fresh = trees.changed(b"", model, store.save)
    order = list(model)
    chance.shuffle(order)
    root = b""
    for at in range(0, len(order), 97):
        root = trees.changed(root, {key: model[key] for key in order[at : at + 97]}, store.save)
    assert root == fresh
    gone = order[::2]
    shrunk = trees.changed(root, dict.fromkeys(gone), store.save)
    assert shrunk == trees.changed(b"", {key: model[key] for key in order[1::2]}, store.save)
    assert content(trees, shrunk) == {key: model[key] for key in order[1::2]}
    assert trees.changed(shrunk, dict.fromkeys(order), store.save) == b""


def test_prefixes() -> None:
    store = Store()
    trees = trees_of(store)
    model = {b"%d/%05d" % (folder, number): b"" for folder in range(12) for number in range(300)}
    root = trees.changed(b"", model, store.save)
    for folder in (*range(12), 77):
        prefix = b"%d/" % folder
        assert [key for key, _ in trees.entries(root, prefix)] == sorted(k for k in model if k.startswith(prefix))
    fresh = trees_of(store)
    store.reads = 0
    assert len(list(fresh.entries(root, b"7/"))) == 300
    assert store.reads < 60


def test_a_change_costs_a_path_and_a_comparison_reads_as_much() -> None:
    store = Store()
    trees = trees_of(store)
    model = {b"%08d" % number: hashlib.sha256(b"%d" % number).digest() for number in range(50_000)}
    root = trees.changed(b"", model, store.save)
    assert decode(store.nodes[root])[0] >= 2
    before = len(store.nodes)
    other = trees.changed(root, {b"00033333": b"new"}, store.save)
    assert len(store.nodes) - before == decode(store.nodes[root])[0] + 1
    fresh = trees_of(store)
    store.reads = 0
    assert len(list(fresh.differences(root, other))) == 1
    assert store.reads <= 2 * (decode(store.nodes[root])[0] + 1)


def test_no_change_writes_nothing() -> None:
    store = Store()
    trees = trees_of(store)
    model = {b"%08d" % number: b"x" for number in range(1000)}
    root = trees.changed(b"", model, store.save)
    before = len(store.nodes)
    assert trees.changed(root, {}, store.save) == root
    assert trees.changed(root, {b"00000500": b"x", b"absent": None}, store.save) == root
    assert len(store.nodes) == before


def test_nodes_are_of_moderate_size() -> None:
    store = Store()
    trees = trees_of(store)
    root = trees.changed(b"", {b"%08d" % number: bytes(500) for number in range(20_000)}, store.save)
    leaves = [plain for plain in store.nodes.values() if plain[0] == 0]
    assert max(map(len, leaves)) <= 130 * 1024
    assert 300 < len(leaves) < 1300
    assert all(left < right for left, right in pairwise(key for key, _ in trees.entries(root)))
