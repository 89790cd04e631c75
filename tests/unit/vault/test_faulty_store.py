"""The store that goes wrong on purpose goes wrong exactly as it was told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import VaultFault, VaultFull
from saasbackup_desktop.vault.stores.local import LocalStore
from tests.faulty_store import FOREVER, KILL_AT, FaultyStore, faulty


@pytest.fixture
def store(tmp_path: Path) -> FaultyStore:
    store = faulty(LocalStore(tmp_path / "place"))
    store.put("packs/one", b"first")
    return store


def test_it_fails_when_it_was_told_to(store: FaultyStore) -> None:
    store.fail_before(2, "put", "packs")
    store.put("packs/two", b"2")
    store.put("index/two", b"2")
    with pytest.raises(VaultFault):
        store.put("packs/three", b"3")
    store.put("packs/four", b"4")
    assert list(store.list("packs")) == ["packs/four", "packs/one", "packs/two"]
    store.fail_after(1, "put")
    with pytest.raises(VaultFault):
        store.put("packs/five", b"5")
    assert store.get("packs/five") == b"5"
    store.fail_before(1, "put", times=FOREVER, error=VaultFull("full", location="here"))
    for _ in range(3):
        with pytest.raises(VaultFull):
            store.put("packs/six", b"6")
    store.mend()
    store.put("packs/six", b"6")
    assert ("put", "packs/six") in store.calls
    assert store.changes == 10


def test_it_gives_less_or_something_else(store: FaultyStore) -> None:
    store.cut(1, "packs", size=2)
    assert store.get("packs/one") == b"fi"
    store.twist(2, at=0)
    assert store.get("packs/one") == b"first"
    assert store.get("packs/one") == b"girst"
    assert store.get("packs/one") == b"first"


def test_its_lists_lag_behind(store: FaultyStore) -> None:
    store.put("packs/two", b"2")
    store.delete("packs/one")
    store.stale(2)
    assert list(store.list()) == list(store.list("packs")) == ["packs/one"]
    assert list(store.list("index")) == []
    store.stale(0)
    assert list(store.list()) == ["packs/two"]


def test_its_conditional_create_lies(store: FaultyStore) -> None:
    store.overwrite("packs")
    store.put("packs/one", b"second")
    assert store.get("packs/one") == b"second"
    store.put("index/one", b"first")
    with pytest.raises(FileExistsError):
        store.put("index/one", b"second")


def test_others_come_between(store: FaultyStore) -> None:
    store.after(1, lambda _operation, name: store.inside.put(f"{name}/new", b""), "list")
    assert list(store.list("packs")) == ["packs/one"]
    assert list(store.list("packs")) == ["packs/new", "packs/one"]


@pytest.mark.parametrize(
    ("wish", "there"), [("before:2:put:packs", ["packs/1"]), ("after:3:put", ["packs/1", "packs/2"])]
)
def test_it_kills_its_process(tmp_path: Path, wish: str, there: list[str]) -> None:
    program = (
        "import os, sys\n"
        "from saasbackup_desktop.vault.stores.local import LocalStore\n"
        "from tests.faulty_store import killing\n"
        "store = killing(LocalStore(sys.argv[1]), os.environ)\n"
        "for name in ('packs/1', 'index/1', 'packs/2', 'packs/3'):\n"
        "    store.put(name, b'')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        cwd=Path(__file__).parents[3],
        env={**os.environ, KILL_AT: wish},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert list(LocalStore(tmp_path).list("packs")) == there
