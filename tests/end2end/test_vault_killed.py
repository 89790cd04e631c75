"""``kill -9`` at any moment of whatever changes a vault: it opens, it is whole, nothing that was promised is lost.

The same thing done again comes to its end.

``SAASBACKUP_KILLS=200`` kills two hundred times; a run of all tests does it about twenty times.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.errors import VaultKeysChanged, WrongPassphrase
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Item
from saasbackup_desktop.core.retention import GRACE_DAYS, Keep
from saasbackup_desktop.vault.access import slots
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.end2end import killed_vault as work
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, HandClock, letter

KILLS = int(os.environ.get("SAASBACKUP_KILLS", "24"))
ROOT = Path(__file__).parents[2]
OPERATIONS = (*work.OPERATIONS, "mirror")


@dataclass
class Killing:
    """A process that forks others, quickly."""

    process: subprocess.Popen[str] = field(
        default_factory=lambda: subprocess.Popen(
            [sys.executable, "-m", "tests.end2end.killed_vault"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )

    def run(self, operation: str, folder: Path, **how: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps({"operation": operation, "folder": str(folder), **how}), file=self.process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


@pytest.fixture(scope="module")
def killing() -> Iterator[Killing]:
    one = Killing()
    yield one
    one.process.communicate()


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "calibrated", lambda: CHEAP)
        yield


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each operation to begin with: the vault, and what else it needs."""
    base = tmp_path_factory.mktemp("base")
    folder = base / "common" / "vault"
    vault, _ = Vault.create(LocalStore(folder), PASSPHRASE, HandClock(), argon2=CHEAP)
    work.back_up(vault, folder, STREAM, runs=3)
    mirror = base / "common" / "mirror"
    vault.mirror(LocalStore(mirror), "test", work.say_nothing, work.go_on)
    work.back_up(vault, folder, work.OTHER, runs=2, checkpoints=2)
    work.back_up(vault, folder, STREAM, runs=2)
    limited = LocalStore(folder / "limited" / work.LIMITED_ID)
    inside, _ = Vault.create(limited, "its own", HandClock(), argon2=CHEAP)
    work.back_up(inside, folder, STREAM, runs=1)
    (folder.parent / "acknowledged").unlink()
    with vault.writer(StreamId("fedcba9876543210/mail"), "gave up") as writer:
        work.store_numbers(writer, "", range(500, 520))
        writer.flush()
    found = {}
    for operation in OPERATIONS:
        found[operation] = base / operation
        shutil.copytree(base / "common", found[operation])
        if operation != "mirror":
            shutil.rmtree(found[operation] / "mirror")
    trashing = work.open_it(LocalStore(found["sweep"] / "vault"))
    trashing.housekeeping.set_policy(None, Keep(last=2))
    trashing.housekeeping.prune("test", GRACE_DAYS, "test", work.say_nothing, work.go_on)
    assert trashing.housekeeping.trash()
    work.prune(vault, folder)
    shutil.rmtree(found["mirror"] / "vault")
    shutil.copytree(folder, found["mirror"] / "vault")
    _spoil(found["repair"] / "vault")
    return found


def _spoil(folder: Path) -> None:
    """Damage a pack, a head and the index."""
    pack = sorted((folder / "packs").rglob("*/*"))[0]
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    head = sorted((folder / "snapshots").rglob("*/*"))[1]
    head.write_bytes(head.read_bytes()[:-1])
    sorted((folder / "index").iterdir())[0].unlink()


def _open(folder: Path) -> Vault:
    return work.open_it(LocalStore(folder))


def _damages(vault: Vault) -> list[str]:
    found = vault.check(100, work.say_nothing, work.go_on)
    return [f"{one.code} {one.file} {one.items[:3]}" for one in found if not one.is_harmless]


def _points(vault: Vault) -> dict[tuple[str, str], int]:
    """Points in time, and how many letters of each can be read as they were written."""
    found = {}
    for stream in vault.streams():
        for head in vault.heads(stream):
            count = 0
            with suppress(Exception):
                for node in vault.nodes(head.root):
                    if isinstance(node, Item) and node.body is not None:
                        with suppress(Exception):
                            count += vault.read(node.body) == letter(int(node.id[-8:], 16), 800)
            found[stream, head.snapshot.id] = count
    return found


@dataclass(frozen=True)
class State:
    """What a vault holds."""

    points: dict[tuple[str, str], int]
    damages: list[str]

    @classmethod
    def of(cls, folder: Path) -> "State":
        vault = _open(folder)
        return cls(_points(vault), _damages(vault))


def _acknowledged(folder: Path) -> list[dict[str, Any]]:
    file = folder.with_name("acknowledged")
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _require_promises(operation: str, folder: Path, before: State, now: State, expected: State | None) -> None:
    """Nothing that was acknowledged is lost, nothing that was there before is worse than it was."""
    for told in _acknowledged(folder):
        if "snapshot" in told:
            assert now.points.get((told["stream"], told["snapshot"]), 0) >= told["items"]
        elif "gone" in told:
            assert not any(stream == told["gone"] for stream, _ in now.points)
    if recovery := [told["recovery"] for told in _acknowledged(folder) if "recovery" in told]:
        Vault.open(LocalStore(folder), recovery[-1], HandClock())
        with pytest.raises((WrongPassphrase, VaultKeysChanged)):
            Vault.open(LocalStore(folder), PASSPHRASE, HandClock())
    may_go = {"prune": set(before.points) - set(expected.points if expected else before.points)}
    may_go["sweep"] = may_go["prune"]
    may_go["discard"] = {point for point in before.points if point[0] == work.OTHER}
    for point, count in before.points.items():
        if point not in may_go.get(operation, set()):
            assert now.points.get(point, 0) >= count, point
        elif point in now.points:
            assert now.points[point] == count, point


def _require_whole(operation: str, state: State, *, is_cut: bool = False) -> None:
    """Nothing is damaged, but what was when it began, or what half done work is rightly told for."""
    left = state.damages
    if operation == "repair":
        left = [] if is_cut else [one for one in left if not one.startswith("missing packs")]
    elif operation == "rotate" and is_cut:
        left = [one for one in left if not one.startswith(("superseded keys/", "came-back keys/"))]
    elif operation == "erase" and is_cut:  # its end is written down before its files go
        left = [one for one in left if not one.startswith("came-back limited/")]
    assert left == []


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_and_done_again(operation: str, bases: dict[str, Path], killing: Killing, tmp_path: Path) -> None:
    chance = random.Random(f"{operation} {os.environ.get('PYTEST_XDIST_TESTRUNUID', '')} {KILLS}")
    before = State.of(bases[operation] / "vault")
    assert bool(before.damages) == (operation == "repair")

    whole = tmp_path / "whole"
    shutil.copytree(bases[operation], whole)
    begun = time.perf_counter()
    told = killing.run(operation, whole / "vault")
    took = time.perf_counter() - begun
    assert told["code"] == 0
    expected = State.of(whole / "vault")
    _require_whole(operation, expected)
    _require_promises(operation, whole / "vault", before, expected, expected)

    killed, turns = 0, max(KILLS // len(OPERATIONS), 1)
    for turn in range(turns):
        place = tmp_path / f"{turn}"
        shutil.copytree(bases[operation], place)
        folder = place / "vault"
        if not killed and turn == turns - 1:  # a busy machine may have come to its end before each of the moments
            how: dict[str, object] = {"kill": f"before:{max(told['asked'] // 2, 1)}"}
        elif chance.random() < 0.75:
            when = chance.choice(["before", "after"])
            how = {"kill": f"{when}:{chance.randint(1, told['asked'])}"}
        else:
            how = {"seconds": chance.uniform(0.0, took)}
        print(f"{operation} {how}")
        ended = killing.run(operation, folder, **how)
        assert ended["code"] in (0, -signal.SIGKILL)
        killed += ended["code"] != 0
        now = State.of(folder)
        _require_whole(operation, now, is_cut=True)
        _require_promises(operation, folder, before, now, expected)
        if operation == "mirror" and (place / "mirror" / "vault.json").exists():
            assert State.of(place / "mirror").damages == []

        assert killing.run(operation, folder)["code"] == 0
        now = State.of(folder)
        _require_whole(operation, now)
        _require_promises(operation, folder, before, now, expected)
        if operation == "mirror":
            assert State.of(place / "mirror") == now
        if operation not in ("back_up", "rotate"):
            assert now.points == expected.points
        shutil.rmtree(place)
    print(f"{operation}: killed {killed} of {turn + 1} times, {told['asked']} requests when it is not")
    assert killed
