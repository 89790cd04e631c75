"""Copies kept near: quick, bounded, and never taken for the truth when they are damaged."""

from collections import Counter
from pathlib import Path

import pytest

from saasbackup_desktop.vault.stores.caching import CachingStore
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import PASSPHRASE, STREAM, Place, head, store_letters


class Counting(LocalStore):
    """Counts what is read from it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads: Counter[str] = Counter()

    def get(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        self.reads[name] += 1
        return super().get(name, start, size)


@pytest.fixture
def behind(tmp_path: Path) -> Counting:
    store = Counting(tmp_path / "store")
    store.put("meta/ab/abcd", b"0123456789")
    store.put("packs/ab/abcd", b"0123456789")
    return store


@pytest.fixture
def near(tmp_path: Path) -> Path:
    return tmp_path / "near"


def test_what_browsing_reads_is_fetched_once(behind: Counting, near: Path) -> None:
    for store in (CachingStore(behind, near), CachingStore(behind, near)):
        assert store.get("meta/ab/abcd", 3, 4) == b"3456"
        assert store.get("meta/ab/abcd") == b"0123456789"
        assert store.get("meta/ab/abcd", 8, 10) == b"89"
        assert store.get("packs/ab/abcd", 3, 4) == b"3456"
    assert behind.reads == {"meta/ab/abcd": 1, "packs/ab/abcd": 2}


def test_a_damaged_copy_is_fetched_again(behind: Counting, near: Path) -> None:
    CachingStore(behind, near).get("meta/ab/abcd")
    (near / "meta/ab/abcd").write_bytes(bytes(32) + b"0123X56789")
    assert CachingStore(behind, near).get("meta/ab/abcd") == b"0123456789"
    (near / "meta/ab/abcd").write_bytes(b"")
    assert CachingStore(behind, near).get("meta/ab/abcd", 2, 2) == b"23"


def test_what_was_not_used_for_longest_goes(behind: Counting, near: Path) -> None:
    store = CachingStore(behind, near, room=50_000)
    for number in range(20):
        behind.put(f"index/{number:064x}", bytes(5000))
        store.get(f"index/{number:064x}")
    kept = [path for path in near.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) <= 50_000
    assert near / f"index/{19:064x}" in kept


def test_without_a_place_to_keep_anything_it_reads_all_the_same(behind: Counting, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = CachingStore(behind, tmp_path / "file" / "below")
    assert store.get("meta/ab/abcd") == store.get("meta/ab/abcd") == b"0123456789"


def test_what_is_removed_is_forgotten(behind: Counting, near: Path) -> None:
    store = CachingStore(behind, near)
    store.get("meta/ab/abcd")
    store.delete("meta/ab/abcd")
    with pytest.raises(FileNotFoundError):
        store.get("meta/ab/abcd")
    with pytest.raises(FileNotFoundError):
        store.get("meta/ab/none")


@pytest.mark.parametrize("name", ["meta/../../etc/passwd", "index/.."])
def test_no_name_leads_out_of_the_folder(behind: Counting, near: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a valid name"):
        CachingStore(behind, near).get(name)


def test_a_vault_far_away_is_browsed_from_near_and_checked_where_it_lies(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault")
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", store_letters(writer, range(50)))
        writer.seal(head(root, items=50))
    for _ in range(2):
        store = Counting(place.folder)
        far = Vault.open(store, PASSPHRASE, place.clock, near=tmp_path / "near")
        assert len(list(far.nodes(far.heads(STREAM)[-1].root))) == 51
    assert not [name for name in store.reads if name.startswith(("meta/", "snapshots/", "index/"))]
    (meta,) = place.files("meta")
    meta.write_bytes(meta.read_bytes()[:-40] + bytes(40))
    damaged = [damage.file for damage in far.check(100, lambda *_: None, lambda: False)]
    assert f"meta/{meta.parent.name}/{meta.name}" in damaged
