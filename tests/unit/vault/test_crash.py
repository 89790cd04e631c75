"""Killed at any moment: what was acknowledged is there, and the next run goes on at once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Item
from tests.unit.vault.conftest import STREAM, Place, letter

PROGRAM = """
import sys
from pathlib import Path
from tests.unit.vault.conftest import Place
from tests.unit.vault.victim import write_for_ever

place = Place(Path(sys.argv[1]))
vault = place.open()
write_for_ever(vault, 25, 100)
"""


@pytest.mark.parametrize("seed", range(3))
def test_nothing_acknowledged_is_lost(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    place.create()
    acknowledged = 0
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(place.folder)],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n", "the lease of a dead process stood in the way"
        time.sleep(chance.uniform(0.0, 0.25))
        os.kill(process.pid, signal.SIGKILL)
        told = process.stdout.read().split("\n")[:-1]
        process.stdout.close()
        process.wait()
        acknowledged = int(told[-1]) if told else acknowledged

        vault = place.open()
        last = vault.last_head(STREAM)
        assert (last.snapshot.items if last else 0) >= acknowledged
        for each in vault.heads(STREAM):
            items = [node for node in vault.nodes(each.root) if isinstance(node, Item)]
            assert len(items) == each.snapshot.items
        for node in items if last else []:
            assert node.body is not None
            assert vault.read(node.body) == letter(int(node.id[-8:], 16))
        assert list(vault.check(100, lambda done, total: None, lambda: False)) == []
    assert acknowledged
