"""A writer or a pruner in a process of its own, on a machine and with a clock of its own as far as the vault can tell.

Run as a program: its task comes as JSON on standard input, what it has sealed goes to standard output, line by line.
"""

import hashlib
import json
import os
import random
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

from saasbackup_desktop.core.errors import VaultBusy
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Edit, Head, Node
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.sharing import leases
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.s3 import S3Store
from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place
from saasbackup_desktop.vault.vault import Vault
from saasbackup_desktop.vault.writer import Writer
from tests.faulty_store import killing
from tests.unit.vault.conftest import INBOX, PASSPHRASE, STREAM, head, item, letter


@dataclass(frozen=True)
class ShiftedClock:
    """A clock that is wrong."""

    seconds: int = 0

    def now(self) -> int:
        return int(time.time()) + self.seconds


def store_of(place: dict[str, Any], clock: ShiftedClock) -> BlobStore:
    """Open a place that was told as plain data."""
    if "folder" in place:
        return LocalStore(place["folder"])
    return S3Store(S3Place(**place["bucket"]), clock, keys=S3Keys(**place["keys"]))


def head_of(stream: str, id: str, root: str, items: int) -> Head:
    """Make up a point in time."""
    made = head(root, 1, items=items)
    return replace(made, snapshot=replace(made.snapshot, id=SnapshotId(id), stream=StreamId(stream)))


def store_numbers(writer: Writer, root: str, numbers: range) -> str:
    """Add letters to a tree."""
    nodes: list[Node] = [INBOX, *(item(number, writer.add(letter(number, 800))) for number in numbers)]
    return writer.apply(root, [Edit(None, node) for node in nodes])


def back_up(vault: Vault, stream: str, owner: str, run: int, checkpoints: int, base: int) -> str:
    """One backup with a few checkpoints; each tells what it has sealed."""
    with vault.writer(StreamId(stream), owner) as writer:
        last = vault.last_head(StreamId(stream))
        root, items = (last.root, last.snapshot.items) if last else ("", 0)
        id = f"20260101T{run:06d}Z-{os.urandom(4).hex()}"  # as every run makes one, also after a failed one
        for turn in range(checkpoints):
            first = base + (run * checkpoints + turn) * 5
            root = store_numbers(writer, root, range(first, first + 5))
            items += 5
            writer.seal(replace(head_of(stream, id, root, items), final=turn == checkpoints - 1))
            print(json.dumps({"stream": stream, "snapshot": id, "first": first}), flush=True)
    return root


def discard(vault: Vault, stream: str, owner: str) -> None:
    """Remove a stream at once: into the trash, and out of it when nobody at work counts on it any more."""
    keeper = vault.housekeeping
    if StreamId(stream) in vault.streams():
        keeper.discard(StreamId(stream), (), owner, 0, "test", _nothing, _go_on)
    while keeper.trash():
        keeper.prune(owner, 0, "test", _nothing, _go_on)
        time.sleep(0.05)


def _nothing(_done: int, _known: int) -> None:
    """Nobody looks at the progress."""


def _go_on() -> bool:
    return False


def main() -> None:
    task = json.load(sys.stdin)
    leases.HOST = hashlib.sha256(task["machine"].encode()).hexdigest()[:16]  # type: ignore[misc]
    clock = ShiftedClock(task.get("shift", 0))
    leases._LOOK = 0.2  # type: ignore[misc]
    store = killing(store_of(task["place"], clock), os.environ)
    vault = Vault.open(store, PASSPHRASE, clock)
    chance = random.Random(task["machine"])
    for run in range(task["runs"]):
        for _ in range(600):
            try:
                if task["kind"] == "discard":
                    discard(vault, task["streams"][run], task["machine"])
                else:
                    back_up(vault, task.get("stream", STREAM), task["machine"], run, task["checkpoints"], task["base"])
            except VaultBusy:
                time.sleep(chance.uniform(0.01, 0.1))
                vault.refresh()
            else:
                break
        else:
            raise TimeoutError("it never got its turn")


if __name__ == "__main__":
    main()
