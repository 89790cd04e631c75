"""How fast mail leaves the vault as files, beside only reading it: every way in a process of its own."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.export.ports import Entry, LastingShelf, Writer
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Item, Segment, Service
from saasbackup_desktop.engine.exporting.ahead import Held, in_order
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.mbox import MboxWriter
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.tables.writer import CsvWriter
from tests.benchmarks.figures import program, tell, title
from tests.benchmarks.pst_mail import _mails
from tests.unit.vault.conftest import STREAM, Place

_COUNT = 6_000
_ROUNDS = 3
_NEAR = 0.6
"""Of the speed of reading and writing down without looking, what MBOX and EML must have: they hash, and name files."""
_MEMORY = 300.0
_SAFE = 256 << 20
_PASSWORD = "correct horse battery staple"
_WAYS = {
    "read": "reading alone",
    "copied": "reading, and writing one file without looking",
    "mbox": "MBOX in a folder",
    "eml": "EML in a folder",
    "mbox-zip": "MBOX in ZIP archives",
    "eml-zip": "EML in ZIP archives",
    "mbox-locked": "MBOX in locked ZIP archives",
    "eml-locked": "EML in locked ZIP archives",
    "csv": "a table",
}


def run(count: int | None) -> None:
    """Fill a vault with mixed mail, and write it in every way."""
    place = Path(tempfile.mkdtemp(prefix="bench-shelves-"))
    try:
        items, size = _fill(place, count or _COUNT)
        title(f"From the vault to files: {items:,} messages of mixed mail, {size / 1e6:,.0f} MB; best of {_ROUNDS}")
        best: dict[str, float] = {}
        for way, name in _WAYS.items():
            speeds, peak = [], 0
            for _ in range(_ROUNDS):
                ran = program(
                    [sys.executable, "-m", "tests.benchmarks.shelves", way, place, place / "out"], log=place / "log"
                )
                shutil.rmtree(place / "out", ignore_errors=True)
                if ran.code:
                    raise RuntimeError(ran.output)
                speeds.append(size / 1e6 / float(ran.output.split()[0]))
                peak = max(peak, ran.peak)
            best[way] = max(speeds)
            share = best[way] / best["read"]
            good = best[way] >= _NEAR * best["copied"] if way in ("mbox", "eml") else None
            limit = f"at least {_NEAR * best['copied']:.0f}" if good is not None else ""
            tell(name, f"{best[way]:.0f} MB/s, {100 * share:.0f} %", limit, good=good)
            tell("  peak memory", f"{peak / 1e6:.0f} MB", f"at most {_MEMORY:.0f}", good=peak / 1e6 <= _MEMORY)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _fill(place: Path, count: int) -> tuple[int, int]:
    """Put mail into a vault; what is where stands beside it."""
    vault = Place(place / "vault").create()
    size = 0
    with vault.writer(STREAM, "benchmark") as writer, (place / "bodies").open("w") as lines:
        for data in _mails(count, 0.3):
            body = writer.add(data)
            size += body.size
            recipe = [[one.blob, one.size, one.coding] for one in body.recipe]
            lines.write(codec.dumps([body.sha256, body.size, recipe]) + "\n")
        writer.flush()
    return count, size


def _items(place: Path) -> Iterator[tuple[int, Item]]:
    with (place / "bodies").open() as lines:
        for number, said in enumerate(lines):
            digest, size, recipe = codec.loads(said)
            body = Body(digest, size, tuple(Segment(*one) for one in recipe))
            yield (
                number,
                Item(
                    id=NodeId(f"{number}"),
                    parent=NodeId("box"),
                    name=f"Re: About number {number}",
                    revision="1",
                    time=1_700_000_000 + number * 60,
                    facets={"from": "Ada <ada@b.example>"},
                    body=body,
                    size=size,
                ),
            )


def _work(way: str, place: Path, out: Path) -> None:
    vault = Place(place / "vault").open()
    out.mkdir()
    begun = time.perf_counter()
    read = in_order(vault, _items(place))
    if way in ("read", "copied"):
        with (out / "copy").open("wb", buffering=0) if way == "copied" else contextlib.nullcontext() as file:
            for held in read:
                for piece in held.data(vault)():
                    if file is not None:
                        file.write(piece)
            if file is not None:
                os.fsync(file.fileno())
    else:
        _write(way, read, vault, out)
    print(time.perf_counter() - begun)


def _write(way: str, read: Iterator[Held[int]], vault: object, out: Path) -> None:
    form, _, packing = way.partition("-")
    shelf: LastingShelf = (
        ZipShelf(out, "Export", password=_PASSWORD if packing == "locked" else None)
        if packing
        else FolderShelf(out, "Export")
    )
    writers: Mapping[str, Writer] = {
        "eml": EmlWriter(shelf),
        "mbox": MboxWriter(shelf, out / "scratch"),
        "csv": CsvWriter(shelf),
    }
    writer = writers[form]
    for held in read:
        writer.add(
            Entry(
                service=Service.MAIL,
                path=("Inbox", f"{held.about // 2000}"),
                role=None,
                item=held.item,
                data=held.data(vault),  # type: ignore[arg-type]
            )
        )
        if shelf.size >= _SAFE:
            shelf.seal()
    writer.finish()
    shelf.publish()


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
