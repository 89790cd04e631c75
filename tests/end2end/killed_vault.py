"""What is killed in the middle: everything that changes a vault. Run as a program, it forks a process for each task.

Tasks come as lines of JSON on standard input: ``operation``, ``folder``, and ``kill`` (for ``faulty_store.killing``) or
``seconds`` after which it is killed. For each a line goes out: how the process ended, and how many times it asked the
store. What it was told to be safe it appends, line by line, to ``acknowledged`` beside the vault.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from saasbackup_desktop.core.errors import WrongPassphrase
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.core.retention import DAY, GRACE_DAYS, Keep
from saasbackup_desktop.vault.access import limited, slots
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import KILL_AT, killing
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, HandClock
from tests.unit.vault.writing import head_of, store_numbers

NEW_PASSPHRASE = "new passphrase"
OTHER = StreamId("0123456789abcdef/mail")
LIMITED_ID = "a" * 32
Task = Callable[[Vault, Path], None]


def say_nothing(_done: int, _known: int) -> None:
    """Nobody looks at the progress."""


def go_on() -> bool:
    """Nobody wants it to end."""
    return False


def acknowledge(folder: Path, **told: object) -> None:
    """Write down, so that a kill cannot take it back, what the vault said is safe."""
    file = os.open(folder.with_name("acknowledged"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, json.dumps(told).encode() + b"\n")
    os.close(file)


def back_up(vault: Vault, folder: Path, stream: StreamId = STREAM, runs: int = 2, checkpoints: int = 3) -> None:
    """Backups with checkpoints, on top of what is there."""
    for _ in range(runs):
        with vault.writer(stream, "killed") as writer:
            last = vault.last_head(stream)
            root, items = (last.root, last.snapshot.items) if last else ("", 0)
            id = f"20260101T{len(vault.heads(stream)):06d}Z-{os.urandom(4).hex()}"
            for turn in range(checkpoints):
                root = store_numbers(writer, root, range(items, items + 4))
                items += 4
                writer.seal(replace(head_of(stream, id, root, items), final=turn == checkpoints - 1))
                acknowledge(folder, stream=stream, snapshot=id, items=items)


def prune(vault: Vault, _folder: Path) -> None:
    """Both steps at once."""
    vault.housekeeping.set_policy(None, Keep(last=2))
    pruned = vault.housekeeping.prune("killed", 0, "test", say_nothing, go_on)
    if any(swept.busy for swept in pruned.swept):
        raise RuntimeError("somebody dead stood in the way")


def sweep(vault: Vault, _folder: Path) -> None:
    """What a prune had put into the trash eight days ago."""
    vault._clock.time += 8 * DAY  # type: ignore[attr-defined]
    vault.housekeeping.prune("killed", GRACE_DAYS, "test", say_nothing, go_on)


def discard(vault: Vault, folder: Path) -> None:
    """Remove a whole stream."""
    if OTHER in vault.streams():
        vault.housekeeping.discard(OTHER, (), "killed", 0, "test", say_nothing, go_on)
    vault.housekeeping.prune("killed", 0, "test", say_nothing, go_on)
    acknowledge(folder, gone=OTHER)


def repair(vault: Vault, folder: Path) -> None:
    """Mend what ``spoil`` did."""
    vault.repair(say_nothing, go_on, read_percent=100, owner="killed")
    acknowledge(folder, repaired=True)


def mirror(vault: Vault, folder: Path, target: BlobStore) -> None:
    """Bring an older mirror up to date."""
    result = vault.mirror(target, "killed", say_nothing, go_on, delete=True)
    if not result.is_whole:
        raise RuntimeError(f"not whole: {result.failed}")
    acknowledge(folder, mirrored=True)


def rotate(vault: Vault, folder: Path) -> None:
    """Replace the master key."""
    told = vault.rotate(NEW_PASSPHRASE, "killed")
    acknowledge(folder, recovery=told.recovery_key)


def erase(vault: Vault, folder: Path) -> None:
    """Destroy a limited vault."""
    store = LocalStore(folder)
    if LIMITED_ID in limited.ids(store):
        limited.erase(store, vault._keys, LIMITED_ID, say_nothing)
    acknowledge(folder, erased=True)


OPERATIONS: dict[str, Task] = {task.__name__: task for task in (back_up, prune, sweep, discard, repair, rotate, erase)}


def open_it(store: BlobStore) -> Vault:
    """Open with whatever passphrase opens it."""
    with suppress(WrongPassphrase):
        return Vault.open(store, NEW_PASSPHRASE, HandClock())
    return Vault.open(store, PASSPHRASE, HandClock())


def carry_out(operation: str, folder: Path, kill: str = "") -> int:
    """Do it; say how many times the store was asked. A mirror is killed at its target, all else at the vault."""
    slots.calibrated = lambda: CHEAP
    if operation == "mirror":
        target = killing(LocalStore(folder.with_name("mirror")), {KILL_AT: kill})
        mirror(open_it(LocalStore(folder)), folder, target)
        return len(target.calls)
    store = killing(LocalStore(folder), {KILL_AT: kill})
    OPERATIONS[operation](open_it(store), folder)
    return len(store.calls)


def _child(task: dict[str, Any], tell: int) -> NoReturn:
    try:
        asked = carry_out(task["operation"], Path(task["folder"]), task.get("kill", ""))
        os.write(tell, str(asked).encode())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Carry out tasks until there are no more."""
    for line in sys.stdin:
        task = json.loads(line)
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            os.close(told)
            _child(task, tell)
        os.close(tell)
        if task.get("seconds") is not None:
            time.sleep(task["seconds"])
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        asked = os.read(told, 20).decode() or "0"
        os.close(told)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "asked": int(asked)}), flush=True)


if __name__ == "__main__":
    main()
