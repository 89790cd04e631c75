"""A million entries in one vault: comparing two points in time, and opening it on a machine that never saw it.

Each figure is that of a program of its own: ``python -m tests.benchmarks.trees fill|open|compare FOLDER [COUNT]``.
"""

import argparse
import dataclasses
import json
import random
import shutil
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Folder, Item
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.benchmarks.driver import WallClock
from tests.benchmarks.figures import Run, program, tell, title
from tests.benchmarks.vault import entry
from tests.unit.vault.conftest import STREAM, head

_PASSPHRASE = "a passphrase for the benchmark"
_CHECKPOINT, _CHANGES, _FOLDERS, _PAGE = 10_000, 1_000, 20, 200
_COMPARE, _OPEN, _MEMORY = 1.0, 5.0, 300_000_000


def run(count: int | None) -> None:
    """Measure with ``count`` entries, a million unless said otherwise."""
    count = count or 1_000_000
    title(f"Vault: {count:,} entries at one point in time")
    place = Path(tempfile.mkdtemp(prefix="bench-trees-"))
    try:
        filled = _ran(place, "fill", count)
        tell("short messages stored", f"{count / filled.cpu:,.0f}/s", "for each second of processor time")
        stored = sum(path.stat().st_size for path in (place / "vault").rglob("*") if path.is_file())
        tell("stored for each entry", f"{stored / count:,.0f} bytes", "all files, two points in time")
        opened = _ran(place, "open", count)
        told = json.loads(opened.output.splitlines()[-1])
        _tell_seconds("first folder on a machine that never saw it", told, _OPEN, f"{told['nodes']} nodes shown")
        compared = _ran(place, "compare", count)
        told = json.loads(compared.output.splitlines()[-1])
        _tell_seconds("compare two points in time", told, _COMPARE, f"{told['edits']:,} differences")
        for what, ended in (("filling", filled), ("opening", opened), ("comparing", compared)):
            beside = f"limit {_MEMORY / 1e6:,.0f} MB"
            tell(f"peak memory, {what}", f"{ended.peak / 1e6:,.0f} MB", beside, good=ended.peak < _MEMORY)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _tell_seconds(what: str, told: dict[str, float], limit: float, more: str) -> None:
    beside = f"limit {limit:,.0f} s (processor {told['processor']:,.2f} s; {more})"
    tell(what, f"{told['seconds']:,.2f} s", beside, good=told["seconds"] < limit)


def _ran(place: Path, what: str, count: int) -> Run:
    ended = program(
        [sys.executable, "-m", "tests.benchmarks.trees", what, place / "vault", str(count)], log=place / "log"
    )
    if ended.code:
        raise RuntimeError(f"{what} ended with {ended.code}:\n{ended.output[-3000:]}")
    return ended


def fill(place: Path, count: int) -> None:
    """Store short messages and grow their tree by checkpoints, then change it here and there."""
    vault, _ = Vault.create(LocalStore(place), _PASSPHRASE, WallClock())
    with vault.writer(STREAM, "benchmark") as writer:
        folders = [
            Folder(id=NodeId(f"{number:016x}"), parent=None, name=f"Folder {number}") for number in range(_FOLDERS)
        ]
        root = writer.apply("", [Edit(None, folder) for folder in folders])
        for start in range(0, count, _CHECKPOINT):
            numbers = range(start, min(count, start + _CHECKPOINT))
            root = writer.apply(root, [Edit(None, entry(number, writer.add(_note(number)))) for number in numbers])
            writer.seal(head(root, 1, items=start, final=numbers.stop == count))
        chosen = set(random.Random(1).sample(range(count), min(count, _CHANGES)))
        items = (node for node in vault.nodes(root) if isinstance(node, Item))
        edits = [
            Edit(item, dataclasses.replace(item, flags=())) for number, item in enumerate(items) if number in chosen
        ]
        root = writer.apply(root, edits)
        writer.seal(head(root, 2, items=count))


def _note(number: int) -> bytes:
    return b"Subject: Note %d\r\nMessage-ID: <%d@example.org>\r\n\r\nNothing but the number %d.\r\n" % ((number,) * 3)


def look(place: Path) -> None:
    """Open the vault, list the folders and the first page of one of them."""
    begun, busy = time.perf_counter(), time.process_time()
    vault = Vault.open(LocalStore(place), _PASSPHRASE, WallClock())
    opening = time.perf_counter() - begun
    newest = vault.last_head(STREAM)
    assert newest is not None
    folders = list(islice(vault.nodes(newest.root, None), _FOLDERS))
    shown = list(islice(vault.nodes(newest.root, folders[7].id), _PAGE))
    took = {"seconds": time.perf_counter() - begun, "processor": time.process_time() - busy, "opening": opening}
    print(json.dumps(took | {"nodes": len(folders) + len(shown)}))


def compare(place: Path) -> None:
    """Compare the two points in time; nothing of them was read before."""
    vault = Vault.open(LocalStore(place), _PASSPHRASE, WallClock())
    old, new = vault.heads(STREAM)
    begun, busy = time.perf_counter(), time.process_time()
    edits = sum(1 for _ in vault.diff(old.root, new.root))
    took = {"seconds": time.perf_counter() - begun, "processor": time.process_time() - busy, "edits": edits}
    print(json.dumps(took))


def main() -> None:
    """Do one thing and end."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.trees")
    parser.add_argument("what", choices=("fill", "open", "compare"))
    parser.add_argument("place", type=Path)
    parser.add_argument("count", type=int)
    chosen = parser.parse_args()
    if chosen.what == "fill":
        fill(chosen.place, chosen.count)
    else:
        {"open": look, "compare": compare}[chosen.what](chosen.place)


if __name__ == "__main__":
    main()
