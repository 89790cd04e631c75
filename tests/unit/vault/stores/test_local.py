"""A folder that fills up, cannot be written, goes away, or was left untidy."""

import os
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import VaultFull, VaultMissing, VaultUnwritable
from saasbackup_desktop.vault.sharing.processes import HOST
from saasbackup_desktop.vault.stores.local import LocalStore


def test_a_full_disk_is_named_and_leaves_nothing_behind(mounted: Path) -> None:
    store = LocalStore(mounted / "vault")
    store.put("packs/one", bytes(1000))
    with pytest.raises(VaultFull) as fault:
        store.put("packs/two", bytes(1_000_000))
    assert fault.value.facts == {"location": str(mounted / "vault")}
    assert list(store.list()) == ["packs/one"]
    assert not list((mounted / "vault" / "unfinished").iterdir())
    store.put("packs/two", bytes(1000))


def test_many_threads_make_the_folder_together(tmp_path: Path) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(60):
            store = LocalStore(tmp_path / str(turn) / "vault")
            with ThreadPoolExecutor(8) as threads:
                list(threads.map(store.put, [f"packs/{number}" for number in range(8)], [b"x"] * 8))
            assert len(list(store.list())) == 8
    finally:
        sys.setswitchinterval(before)


def test_a_limit_on_files_counts_as_full(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "vault")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(VaultFull):
            store.put("packs/one", bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(store.list()) == []


def test_a_read_only_disk_is_named(mounted: Path) -> None:
    store = LocalStore(mounted / "vault")
    store.put("packs/one", b"x")
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    with pytest.raises(VaultUnwritable):
        store.put("packs/two", b"x")
    with pytest.raises(VaultUnwritable):
        store.delete("packs/one")
    assert store.get("packs/one") == b"x"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / "vault"
    place.mkdir(mode=0o500)
    with pytest.raises(VaultUnwritable):
        LocalStore(place).put("packs/one", b"x")


def test_a_folder_that_went_away_is_missing_and_not_made_again(tmp_path: Path) -> None:
    place = tmp_path / "vault"
    store = LocalStore(place)
    store.put("packs/one", b"x")
    shutil.rmtree(place)
    for call in (lambda: store.get("packs/one"), lambda: store.put("packs/two", b""), lambda: list(store.list())):
        with pytest.raises(VaultMissing):
            call()
    assert not place.exists()


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "vault"
    place.write_text("not a folder")
    for root in (place, place / "below"):
        with pytest.raises(VaultUnwritable):
            LocalStore(root).put("packs/one", b"x")


def test_what_dead_writers_left_is_swept_and_the_living_are_left_alone(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "vault")
    store.put("packs/one", b"x")
    folder = tmp_path / "vault" / "unfinished"
    died = subprocess.Popen(["true"])
    died.wait()
    (folder / f"{HOST}-{died.pid}-00").write_bytes(b"half")
    (folder / f"{HOST}-{os.getpid()}-01").write_bytes(b"half")
    (folder / "0123456789abcdef-1-02").write_bytes(b"half")
    LocalStore(tmp_path / "vault").put("packs/two", b"x")
    assert sorted(path.name[-2:] for path in folder.iterdir()) == ["01", "02"]
    assert list(store.list()) == ["packs/one", "packs/two"]


def test_where_links_are_unknown_a_name_is_still_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links on this file system")

    monkeypatch.setattr(os, "link", refuse)
    store = LocalStore(tmp_path / "vault")
    store.put("index/one", b"first")
    with pytest.raises(FileExistsError):
        store.put("index/one", b"second")
    assert store.get("index/one") == b"first"


def test_what_a_desktop_leaves_in_a_folder_is_not_seen(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "vault")
    store.put("packs/one", b"x")
    (tmp_path / "vault" / "packs" / ".DS_Store").write_bytes(b"x")
    assert list(store.list()) == ["packs/one"]
