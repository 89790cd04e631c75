"""Writes an export, and kills itself after so many calls of functions; notes after each seal where it stands."""

import json
import os
import random
import signal
import sys
import threading
from pathlib import Path

from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.mbox import MboxWriter
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.unit.providers.files.entries import entry

COUNT = 160


def body(number: int) -> bytes:
    """A message's bytes."""
    dice = random.Random(number)
    return b"Subject: %d\n\n" % number + dice.randbytes(dice.randrange(9_000)).hex().encode() + b"\n"


def shelf_of(kind: str, place: Path, since: dict[str, object] | None) -> FolderShelf | ZipShelf:
    """The shelf of a kind."""
    if kind.startswith("folder"):
        return FolderShelf(place, "Export", key="one", since=since)
    password = "secret" if kind.endswith("locked") else None
    return ZipShelf(place, "Export", key="one", since=since, part_size=200_000, password=password)


def main() -> None:
    """Go on where the file says, and write it anew after each seal."""
    kind, place, noted, calls = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    done, since = json.loads(noted.read_text()) if noted.exists() else (0, None)
    shelf = shelf_of(kind, place, since)
    writer = MboxWriter(shelf, place / "scratch") if "mbox" in kind else EmlWriter(shelf)
    dice = random.Random(calls)
    left = iter(range(calls))
    for profile in (sys.setprofile, threading.setprofile):
        profile(lambda *_: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL))
    for number in range(done, COUNT):
        writer.add(entry(body(number), name=f"{number % 3}", path=("Inbox", f"{number // 60}")))
        if dice.random() < 0.2:
            said = json.dumps([number + 1, shelf.seal().since])
            draft = noted.with_suffix(".draft")
            draft.write_text(said)
            draft.rename(noted)
    writer.finish()
    said = json.dumps([COUNT, shelf.end().since])
    noted.write_text(said)
    shelf.publish()


if __name__ == "__main__":
    main()
