"""Processes that prune and write at once, and processes that are killed: nothing that is kept is ever lost."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.retention import Keep
from tests.unit.vault.conftest import STREAM, Place
from tests.unit.vault.pruning import OTHER, backup, damages, letters_of, prune

PRUNES = """
import os, sys
from pathlib import Path
from saasbackup_desktop.core.errors import VaultBusy
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import killing
from tests.unit.vault.conftest import PASSPHRASE, Place
from tests.unit.vault.pruning import prune

place = Place(Path(sys.argv[1]))
store = LocalStore(place.folder)
vault = Vault.open(store, PASSPHRASE, place.clock)
if "KILL_AT" in os.environ:
    vault = Vault.open(killing(store, os.environ), PASSPHRASE, place.clock)
for _ in range(int(sys.argv[2])):
    try:
        prune(vault, 0)
    except VaultBusy:
        pass
print("whole", flush=True)
"""

WRITES = """
import random, sys
from pathlib import Path
from saasbackup_desktop.core.errors import VaultBusy
from saasbackup_desktop.core.ids import StreamId
from tests.unit.vault.conftest import Place
from tests.unit.vault.pruning import backup

place, stream, seed = Place(Path(sys.argv[1])), StreamId(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
vault = place.open()
for number in range(1, int(sys.argv[4]) + 1):
    letters = sorted(chance.sample(range(60), 20))
    backup(vault, seed * 1000 + number, letters, stream)
    print(number, *letters, flush=True)
"""


def start(program: str, *arguments: object, **environment: str) -> "subprocess.Popen[str]":

    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=Path(__file__).parents[3],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_all_readable(place: Place) -> None:
    vault = place.open()
    for stream in vault.streams():
        for one in vault.heads(stream):
            assert len(letters_of(vault, one)) == one.snapshot.items
    assert damages(vault) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_operations_again_and_again(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    vault = place.create()
    vault.housekeeping.set_policy(None, Keep(last=1))
    number, killed = 0, 0
    for _ in range(2):
        for _ in range(2):
            number += 1
            last = {stream: sorted(chance.sample(range(60), 20)) for stream in (STREAM, OTHER)}
            for stream, letters in last.items():
                backup(place.open(), number, letters, stream)
        for attempt in range(1, 100):
            when = f"{chance.choice(['before', 'after'])}:{chance.randrange(1, 40 * attempt)}"
            process = start(PRUNES, place.folder, 1, KILL_AT=when)
            told, said = process.communicate()
            assert process.returncode == (0 if "whole" in told else -9), said
            assert_all_readable(place)
            if "whole" in told:
                break
            killed += 1
        prune(place.open())
        for stream, letters in last.items():
            (head,) = place.open().heads(stream)
            assert letters_of(place.open(), head) == set(letters)
        assert place.files("trash") == []
    assert killed


@pytest.mark.slow
def test_writers_and_pruners_at_once(place: Place) -> None:
    vault = place.create()
    vault.housekeeping.set_policy(None, Keep(last=2))
    for stream in (STREAM, OTHER):
        backup(vault, 1, range(30), stream)
    writers = {stream: start(WRITES, place.folder, stream, seed, 25) for seed, stream in enumerate((STREAM, OTHER), 1)}
    pruners = [start(PRUNES, place.folder, 30) for _ in range(2)]
    last: dict[StreamId, set[int]] = {}
    for stream, process in writers.items():
        told, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
        number, *letters = map(int, told.strip().split("\n")[-1].split())
        assert number == 25
        last[stream] = set(letters)
    for process in pruners:
        told, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
        assert "whole" in told
    assert_all_readable(place)
    pruned = prune(place.open())
    assert all(one.busy is None for one in pruned.swept)
    for stream, letters in last.items():
        heads = place.open().heads(stream)
        assert len(heads) == 2
        assert letters_of(place.open(), heads[-1]) == letters
    assert_all_readable(place)
